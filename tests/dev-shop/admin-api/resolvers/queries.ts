import { bulkOperationsOf, cyclesByDate, cyclesByIndex, holds, selectCycle } from "../../domain";
import {
  idOf,
  type Attempt,
  type Contract,
  type Customer,
  type Draft,
  type GidType,
  type Order,
  type Product,
  type SellingPlanGroup,
  type Variant,
} from "../../world";
import { connect } from "../connection";
import { as, numericId, seesOrder, type Context, type Fields, type Listing } from "../context";
import { badRequest, invalidId, notServed } from "../errors";
import { search, type Searchable } from "../search";
import { asIndexed } from "../search-index";
import type { GraphQLResolveInfo } from "graphql";

/** Terms of a `query:` argument that Shopify knows, by connection; from the schema's own tables. */
const SEARCH = {
  contracts: {
    filters: {
      id: { type: "id", get: ({ id }: Contract) => id },
      customer_id: { type: "id", get: ({ customerId }: Contract) => customerId },
      product_id: { type: "id", get: ({ lines }: Contract) => lines.map(({ productId }) => productId) },
      product_variant_id: { type: "id", get: ({ lines }: Contract) => lines.map(({ variantId }) => variantId) },
      status: { type: "string", get: ({ status }: Contract) => status },
      last_billing_attempt_error_type: {
        type: "string",
        get: (contract: Contract) => contract.lastBillingAttemptErrorType,
      },
      created_at: { type: "time", get: ({ createdAt }: Contract) => createdAt },
      updated_at: { type: "time", get: ({ updatedAt }: Contract) => updatedAt },
    },
    text: () => "",
  } satisfies Searchable<Contract>,
  attempts: {
    filters: {
      id: { type: "id", get: ({ id }: Attempt) => id },
      created_at: { type: "time", get: ({ createdAt }: Attempt) => createdAt },
      error_code: { type: "string", get: ({ errorCode }: Attempt) => errorCode },
      error_message: { type: "string", get: ({ errorMessage }: Attempt) => errorMessage },
    },
    text: () => "",
  } satisfies Searchable<Attempt>,
  products: {
    filters: {
      id: { type: "id", get: ({ id }: Product) => id },
      title: { type: "string", get: ({ title }: Product) => title },
      handle: { type: "string", get: ({ handle }: Product) => handle },
      vendor: { type: "string", get: ({ vendor }: Product) => vendor },
      product_type: { type: "string", get: ({ productType }: Product) => productType },
      status: { type: "string", get: () => "active" },
      created_at: { type: "time", get: ({ createdAt }: Product) => createdAt },
    },
    text: ({ title, vendor, productType, handle }: Product) => `${title} ${vendor} ${productType} ${handle}`,
  } satisfies Searchable<Product>,
  customers: {
    filters: {
      id: { type: "id", get: ({ id }: Customer) => id },
      email: { type: "string", get: ({ email }: Customer) => email },
      first_name: { type: "string", get: ({ firstName }: Customer) => firstName },
      last_name: { type: "string", get: ({ lastName }: Customer) => lastName },
      phone: { type: "string", get: ({ phone }: Customer) => phone },
      customer_date: { type: "time", get: ({ createdAt }: Customer) => createdAt },
    },
    text: ({ email, firstName, lastName, phone }: Customer) => `${firstName} ${lastName} ${email} ${phone ?? ""}`,
  } satisfies Searchable<Customer>,
  orders: {
    filters: {
      id: { type: "id", get: ({ id }: Order) => id },
      name: { type: "string", get: ({ name }: Order) => [name, name.slice(1)] },
      customer_id: { type: "id", get: ({ customerId }: Order) => customerId },
      created_at: { type: "time", get: ({ createdAt }: Order) => createdAt },
      processed_at: { type: "time", get: ({ createdAt }: Order) => createdAt },
      updated_at: { type: "time", get: ({ createdAt }: Order) => createdAt },
      financial_status: { type: "string", get: ({ financialStatus }: Order) => financialStatus },
      fulfillment_status: { type: "string", get: ({ fulfillmentStatus }: Order) => fulfillmentStatus },
    },
    text: ({ name }: Order) => name,
  } satisfies Searchable<Order>,
};

/** The records that a `query:` argument names; all without one. `lagging` is the list whose search index lags. */
function found<T extends object>(
  records: readonly T[],
  args: Listing,
  searchable: Searchable<T>,
  context: Context,
  info: GraphQLResolveInfo,
  lagging: object | null = null,
): T[] {
  const { query } = args;
  if (!query) return [...records];
  const path = [info.path.key];
  const meets = search(query, searchable, (field) => context.searchWarnings.push({ path, query, field }));
  if (lagging === null || !holds(context.world, "searchesLag")) return records.filter(meets);
  return asIndexed(lagging, records, searchable, Date.now())
    .filter(({ seen }) => meets(seen))
    .map(({ record }) => record);
}

const groupSearch = (context: Context): Searchable<SellingPlanGroup> => ({
  filters: {
    id: { type: "id", get: ({ id }) => id },
    name: { type: "string", get: ({ name }) => name },
    created_at: { type: "time", get: ({ createdAt }) => createdAt },
    app_id: { type: "string", get: ({ appId }) => (appId === context.app.clientId ? ["CURRENT", "ALL"] : ["ALL"]) },
    category: {
      type: "string",
      get: ({ sellingPlanIds }) => sellingPlanIds.map((id) => context.shop.sellingPlans[id]?.category),
    },
  },
  text: ({ name, merchantCode }) => `${name} ${merchantCode}`,
});

export const ownContract = (context: Context, id: string): Contract | null => {
  const contract = context.shop.contracts[numericId("SubscriptionContract", id)];
  return contract?.appId === context.app.clientId ? contract : null;
};

/** Not found for other apps' drafts. */
export function ownDraft(context: Context, id: string): Draft | null {
  const draft = context.shop.drafts?.[numericId("SubscriptionDraft", id)];
  return draft?.working.appId === context.app.clientId ? draft : null;
}

const seenOrder = (context: Context, id: string): Order | null => {
  const order = context.shop.orders[numericId("Order", id)];
  return order && seesOrder(context, order) ? order : null;
};

const ownAttempt = (context: Context, id: string): Attempt | null => {
  const attempt = context.shop.attempts[numericId("SubscriptionBillingAttempt", id)];
  return attempt && context.shop.contracts[attempt.contractId]?.appId === context.app.clientId ? attempt : null;
};

type Find = (context: Context, id: string) => object | null | undefined;

/** What `node` finds, by the type in the id. */
const NODES: Partial<Record<GidType, Find>> = {
  Product: ({ shop }, id) => shop.products[numericId("Product", id)],
  ProductVariant: ({ shop }, id) => shop.variants[numericId("ProductVariant", id)],
  Customer: ({ shop }, id) => shop.customers[numericId("Customer", id)],
  CustomerPaymentMethod: ({ shop }, id) => shop.paymentMethods[numericId("CustomerPaymentMethod", id)],
  SellingPlanGroup: ({ shop }, id) => shop.sellingPlanGroups[numericId("SellingPlanGroup", id)],
  SellingPlan: ({ shop }, id) => shop.sellingPlans[numericId("SellingPlan", id)],
  SubscriptionContract: ownContract,
  SubscriptionBillingAttempt: ownAttempt,
  SubscriptionDraft: ownDraft,
  BulkOperation: ({ world, shop }, id) => bulkOperationsOf(world, shop)[numericId("BulkOperation", id)],
  Order: seenOrder,
  Shop: ({ shop }, id) => (numericId("Shop", id) === shop.id ? shop : null),
};

function node(context: Context, id: string): object | null {
  const type = /^gid:\/\/shopify\/(\w+)\//.exec(id)?.[1];
  if (type === undefined) throw invalidId(id);
  const find = NODES[type as GidType];
  if (!find) throw notServed(`Node of type ${type}`);
  const record = find(context, id);
  return record ? as(type, record) : null;
}

/** Without a range all cycles that may be selected are listed; cyclesByIndex knows the last. */
const NO_END = Number.MAX_SAFE_INTEGER;

interface CycleRange {
  contractId: string;
  billingCyclesIndexRangeSelector?: { startIndex: number; endIndex: number } | null;
  billingCyclesDateRangeSelector?: { startDate: string; endDate: string } | null;
}

export const queryFields: Fields = {
  shop: (_: unknown, __: object, { shop }: Context) => shop,
  app: (_: unknown, { id }: { id?: string | null }, context: Context) => {
    if (id && idOf("App", id) === null) throw invalidId(id);
    return context;
  },
  currentAppInstallation: (_: unknown, __: object, context: Context) => ({ context }),
  node: (_: unknown, { id }: { id: string }, context: Context) => node(context, id),
  nodes: (_: unknown, { ids }: { ids: string[] }, context: Context) => ids.map((id) => node(context, id)),
  product: (_: unknown, { id }: { id: string }, { shop }: Context) => shop.products[numericId("Product", id)] ?? null,
  products: (_: unknown, args: Listing, context: Context, info: GraphQLResolveInfo) =>
    connect(
      found(Object.values(context.shop.products), args, SEARCH.products, context, info),
      args,
      ({ id }) => id,
      (product) => {
        if (args.sortKey === "TITLE") return product.title;
        if (args.sortKey === "CREATED_AT") return Date.parse(product.createdAt);
        return product.id;
      },
    ),
  productVariant: (_: unknown, { id }: { id: string }, { shop }: Context) =>
    shop.variants[numericId("ProductVariant", id)] ?? null,
  productVariants: (_: unknown, args: Listing, context: Context, info: GraphQLResolveInfo) => {
    const searchable: Searchable<Variant> = {
      filters: {
        id: { type: "id", get: ({ id }) => id },
        product_id: { type: "id", get: ({ productId }) => productId },
        sku: { type: "string", get: ({ sku }) => sku },
        title: { type: "string", get: ({ title }) => title },
      },
      text: ({ productId, title, sku }) => `${context.shop.products[productId]?.title ?? ""} ${title} ${sku}`,
    };
    return connect(found(Object.values(context.shop.variants), args, searchable, context, info), args, ({ id }) => id);
  },
  customer: (_: unknown, { id }: { id: string }, { shop }: Context) =>
    shop.customers[numericId("Customer", id)] ?? null,
  customers: (_: unknown, args: Listing, context: Context, info: GraphQLResolveInfo) =>
    connect(
      found(Object.values(context.shop.customers), args, SEARCH.customers, context, info, context.shop.customers),
      args,
      ({ id }) => id,
      (customer) => (args.sortKey === "NAME" ? `${customer.lastName} ${customer.firstName}` : customer.id),
    ),
  customerPaymentMethod: (
    _: unknown,
    { id, showRevoked }: { id: string; showRevoked?: boolean | null },
    { shop }: Context,
  ) => {
    const method = shop.paymentMethods[numericId("CustomerPaymentMethod", id)];
    return method && (showRevoked || method.revokedAt === null) ? method : null;
  },
  order: (_: unknown, { id }: { id: string }, context: Context) => seenOrder(context, id),
  orders: (_: unknown, args: Listing, context: Context, info: GraphQLResolveInfo) =>
    connect(
      found(
        Object.values(context.shop.orders).filter((order) => seesOrder(context, order)),
        args,
        SEARCH.orders,
        context,
        info,
        context.shop.orders,
      ),
      args,
      ({ id }) => id,
      (order) => (args.sortKey === "TOTAL_PRICE" ? Number(order.total) : Date.parse(order.createdAt)),
    ),
  sellingPlanGroup: (_: unknown, { id }: { id: string }, { shop }: Context) =>
    shop.sellingPlanGroups[numericId("SellingPlanGroup", id)] ?? null,
  // Documented: app_id is CURRENT unless the query says otherwise.
  sellingPlanGroups: (_: unknown, args: Listing, context: Context, info: GraphQLResolveInfo) => {
    const all = Object.values(context.shop.sellingPlanGroups);
    const current = args.query?.includes("app_id:") ? all : all.filter(({ appId }) => appId === context.app.clientId);
    return connect(
      found(current, args, groupSearch(context), context, info),
      args,
      ({ id }) => id,
      (group) => {
        if (args.sortKey === "NAME") return group.name;
        if (args.sortKey === "CREATED_AT" || args.sortKey === "UPDATED_AT") return Date.parse(group.createdAt);
        return group.id;
      },
    );
  },
  subscriptionContract: (_: unknown, { id }: { id: string }, context: Context) => ownContract(context, id),
  subscriptionContracts: (_: unknown, args: Listing, context: Context, info: GraphQLResolveInfo) =>
    connect(
      found(
        Object.values(context.shop.contracts).filter(({ appId }) => appId === context.app.clientId),
        args,
        SEARCH.contracts,
        context,
        info,
        context.shop.contracts,
      ),
      args,
      ({ id }) => id,
      (contract) => {
        if (args.sortKey === "ID") return contract.id;
        if (args.sortKey === "STATUS") return contract.status;
        return Date.parse(args.sortKey === "UPDATED_AT" ? contract.updatedAt : contract.createdAt);
      },
    ),
  // Documented: a committed draft is no longer accessible.
  subscriptionDraft: (_: unknown, { id }: { id: string }, context: Context) => {
    const draft = ownDraft(context, id);
    return draft && !draft.committed ? draft : null;
  },
  subscriptionBillingCycle: (
    _: unknown,
    { billingCycleInput: input }: { billingCycleInput: { contractId: string; selector: object } },
    context: Context,
  ) => {
    const contract = ownContract(context, input.contractId);
    if (!contract) return null;
    return selectCycle(context.world, context.shop, contract, input.selector).cycle;
  },
  subscriptionBillingCycles: (_: unknown, args: Listing & CycleRange, context: Context) => {
    const contract = ownContract(context, args.contractId);
    if (!contract) throw invalidId(args.contractId);
    const { billingCyclesIndexRangeSelector: indexes, billingCyclesDateRangeSelector: dates } = args;
    if (indexes && dates) throw badRequest("Only one of index range and date range selectors can be given.");
    const { world, shop } = context;
    const cycles = dates
      ? cyclesByDate(world, shop, contract, dates.startDate, dates.endDate)
      : cyclesByIndex(world, shop, contract, indexes?.startIndex ?? 1, indexes?.endIndex ?? NO_END);
    return connect(cycles, args, ({ cycleIndex }) => cycleIndex);
  },
  subscriptionBillingAttempt: (_: unknown, { id }: { id: string }, context: Context) => ownAttempt(context, id),
  subscriptionBillingAttempts: (_: unknown, args: Listing, context: Context, info: GraphQLResolveInfo) =>
    connect(
      // Over the shop's attempts, which are in their order: pages of a long list need no scan of every contract.
      found(
        Object.values(context.shop.attempts).filter(
          ({ contractId, origin }) =>
            context.shop.contracts[contractId]?.appId === context.app.clientId &&
            (origin === "app" || holds(context.world, "rootListShowsForeign")),
        ),
        args,
        SEARCH.attempts,
        context,
        info,
        context.shop.attempts,
      ),
      args,
      ({ id }) => id,
      (attempt) => (args.sortKey === "ID" ? attempt.id : Date.parse(attempt.createdAt)),
    ),
  productsCount: (_: unknown, __: object, { shop }: Context) => ({
    count: Object.keys(shop.products).length,
    precision: "EXACT",
  }),
};
