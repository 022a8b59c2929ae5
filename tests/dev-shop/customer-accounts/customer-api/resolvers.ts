import { list, type Connection } from "../../admin-api/connection";
import type { Paging } from "../../admin-api/context";
import { anchors, count, money, userErrors } from "../../admin-api/resolvers/values";
import { contractsOf, cyclesByIndex, moveContract, ordersOf, skipCycle, unskipCycle } from "../../domain";
import type { Cycle, CycleResult, CycleSelector, StatusMove } from "../../domain";
import { cycleIndexAt } from "../../domain/cycles";
import { gid, idOf, type Contract, type ContractLine, type Customer, type Order } from "../../world";
import type { Context } from "./context";
import { fetchOptions, selectMethod, type CustomerAddressInput } from "./delivery";

// GraphQL guarantees source and arguments; a table of many types can't name them all.
export type Resolve = (source: never, args: never, context: Context) => unknown;

/** So many cycles ahead are listed; Shopify's own number is not known. */
const UPCOMING = 100;

/** A customer's own contract, or null: somebody else's is not there. */
const ownContract = ({ shop, customer }: Context, id: string): Contract | null => {
  const contract = shop.contracts[idOf("SubscriptionContract", id) ?? ""];
  return contract?.customerId === customer.id ? contract : null;
};

const missing = (field: string) => ({
  field: [field],
  message: "Subscription contract does not exist.",
  code: "SUBSCRIPTION_CONTRACT_DOES_NOT_EXIST",
});

const policy = ({ interval, intervalCount, anchors: list_ }: Contract["deliveryPolicy"]): Record<string, unknown> => ({
  interval,
  intervalCount: count(intervalCount),
  anchors: anchors(list_),
});

/** The API knows fewer codes than the rules behind it: what it has no name for is INVALID. */
const move =
  (name: StatusMove) =>
  (_: unknown, { subscriptionContractId: id }: { subscriptionContractId: string }, context: Context): unknown => {
    const contract = ownContract(context, id);
    if (!contract) return { contract: null, userErrors: [missing("subscriptionContractId")] };
    const result = moveContract(context.world, context.shop, contract, name);
    const errors = result.userErrors.map((error) => ({ ...error, code: "INVALID" }));
    return { contract: result.contract, userErrors: userErrors(errors) };
  };

interface CycleTarget {
  billingCycleInput: { contractId: string; selector: CycleSelector };
}

const onCycle =
  (act: (context: Context, contract: Contract, selector: CycleSelector) => CycleResult) =>
  (_: unknown, { billingCycleInput: input }: CycleTarget, context: Context): unknown => {
    const contract = ownContract(context, input.contractId);
    const invalid = { field: ["billingCycleInput"], message: "Billing cycle does not exist.", code: "INVALID" };
    if (!contract) return { billingCycle: null, userErrors: [invalid] };
    const { cycle, userErrors: errors } = act(context, contract, input.selector);
    return {
      billingCycle: cycle,
      userErrors: errors.map(({ message, field }) => ({ field, message, code: "INVALID" })),
    };
  };

function upcoming(contract: Contract, args: Paging, { world, shop }: Context): Connection<Cycle> {
  const now = cycleIndexAt(world, shop, contract, world.now);
  return list(cyclesByIndex(world, shop, contract, now, now + UPCOMING - 1), args);
}

const newestFirst = (orders: readonly Order[]): Order[] =>
  [...orders].sort((a, b) => b.createdAt.localeCompare(a.createdAt));

const OTHER_METHODS = {
  localDelivery: "SubscriptionDeliveryMethodLocalDelivery",
  pickup: "SubscriptionDeliveryMethodPickup",
} as const;

/** What is served, by type and field; everything else of the schema answers NOT_SERVED. */
export const FIELDS: Record<string, Record<string, Resolve>> = {
  QueryRoot: { customer: (_: unknown, __: unknown, { customer }: Context) => customer },
  Mutation: {
    subscriptionContractActivate: move("activate"),
    subscriptionContractPause: move("pause"),
    subscriptionContractCancel: move("cancel"),
    subscriptionBillingCycleSkip: onCycle(({ world, shop }, contract, selector) =>
      skipCycle(world, shop, contract, selector),
    ),
    subscriptionBillingCycleUnskip: onCycle(({ world, shop }, contract, selector) =>
      unskipCycle(world, shop, contract, selector),
    ),
    subscriptionContractFetchDeliveryOptions: (
      _: unknown,
      args: { subscriptionContractId: string; address?: CustomerAddressInput | null },
      context: Context,
    ) => {
      const contract = ownContract(context, args.subscriptionContractId);
      if (!contract) return { deliveryOptionsResult: null, userErrors: [missing("subscriptionContractId")] };
      return { deliveryOptionsResult: fetchOptions(context, contract, args.address ?? null), userErrors: [] };
    },
    subscriptionContractSelectDeliveryMethod: (
      _: unknown,
      args: {
        subscriptionContractId: string;
        subscriptionDeliveryOptionsResultToken: string;
        deliveryMethodInput: Parameters<typeof selectMethod>[2];
      },
      context: Context,
    ) => {
      const contract = ownContract(context, args.subscriptionContractId);
      if (!contract) return { contract: null, userErrors: [missing("subscriptionContractId")] };
      return selectMethod(context, contract, args.deliveryMethodInput, args.subscriptionDeliveryOptionsResultToken);
    },
  },
  Customer: {
    id: ({ id }: Customer) => gid("Customer", id),
    firstName: ({ firstName }: Customer) => firstName,
    lastName: ({ lastName }: Customer) => lastName,
    displayName: ({ firstName, lastName }: Customer) => `${firstName} ${lastName}`,
    creationDate: ({ createdAt }: Customer) => createdAt,
    emailAddress: ({ email }: Customer) => ({ emailAddress: email }),
    orders: ({ id }: Customer, args: Paging, { shop }: Context) =>
      list(newestFirst(Object.values(shop.orders).filter(({ customerId }) => customerId === id)), args),
    subscriptionContract: (_: Customer, { id }: { id: string }, context: Context) => ownContract(context, id),
    subscriptionContracts: ({ id }: Customer, args: Paging, { shop }: Context) => list(contractsOf(shop, id), args),
  },
  Order: {
    id: ({ id }: Order) => gid("Order", id),
    name: ({ name }: Order) => name,
    createdAt: ({ createdAt }: Order) => createdAt,
    processedAt: ({ createdAt }: Order) => createdAt,
    totalPrice: ({ total }: Order, _: unknown, { shop }: Context) => money(total, shop),
    subscriptionContracts: ({ contractIds }: Order, args: Paging, { shop }: Context) =>
      list(
        contractIds.flatMap((id) => shop.contracts[id] ?? []),
        args,
      ),
  },
  SubscriptionContract: {
    id: ({ id }: Contract) => gid("SubscriptionContract", id),
    status: ({ status }: Contract) => status,
    createdAt: ({ createdAt }: Contract) => createdAt,
    updatedAt: ({ updatedAt }: Contract) => updatedAt,
    nextBillingDate: ({ nextBillingDate }: Contract) => nextBillingDate,
    currencyCode: ({ currency }: Contract) => currency,
    revisionId: ({ revisionId }: Contract) => revisionId,
    note: ({ note }: Contract) => note,
    customAttributes: ({ customAttributes }: Contract) => customAttributes ?? [],
    lastPaymentStatus: ({ lastPaymentStatus }: Contract) => lastPaymentStatus,
    lastBillingAttemptErrorType: ({ lastBillingAttemptErrorType }: Contract) => lastBillingAttemptErrorType,
    billingPolicy: ({ billingPolicy }: Contract) => ({
      ...policy(billingPolicy),
      minCycles: billingPolicy.minCycles,
      maxCycles: billingPolicy.maxCycles,
    }),
    deliveryPolicy: ({ deliveryPolicy }: Contract) => policy(deliveryPolicy),
    deliveryPrice: ({ deliveryPrice }: Contract, _: unknown, { shop }: Context) => money(deliveryPrice, shop),
    // Of the other two ways only their name is served.
    deliveryMethod: ({ deliveryMethod, shippingAddress, shippingTitle }: Contract) =>
      deliveryMethod
        ? { __typename: OTHER_METHODS[deliveryMethod.kind] }
        : shippingAddress && {
            __typename: "SubscriptionDeliveryMethodShipping",
            address: {
              ...shippingAddress,
              name: `${shippingAddress.firstName} ${shippingAddress.lastName}`,
              address2: shippingAddress.address2 ?? null,
              phone: shippingAddress.phone ?? null,
              provinceCode: shippingAddress.provinceCode ?? null,
            },
            shippingOption: { title: shippingTitle ?? "", presentmentTitle: shippingTitle, description: null },
          },
    lines: ({ lines }: Contract, args: Paging) => list(lines, args),
    linesCount: ({ lines }: Contract) => count(lines.length),
    orders: ({ id }: Contract, args: Paging, { shop }: Context) => list(newestFirst(ordersOf(shop, id)), args),
    originOrder: ({ originOrderId }: Contract, _: unknown, { shop }: Context) =>
      shop.orders[originOrderId ?? ""] ?? null,
    upcomingBillingCycles: upcoming,
  },
  SubscriptionLine: {
    id: ({ id }: ContractLine) => gid("SubscriptionLine", id),
    name: ({ title, variantTitle }: ContractLine) => (variantTitle ? `${title} - ${variantTitle}` : title),
    title: ({ title }: ContractLine) => title,
    variantTitle: ({ variantTitle }: ContractLine) => variantTitle,
    sku: ({ sku }: ContractLine) => sku,
    quantity: ({ quantity }: ContractLine) => quantity,
    currentPrice: ({ currentPrice }: ContractLine, _: unknown, { shop }: Context) => money(currentPrice, shop),
    requiresShipping: ({ requiresShipping }: ContractLine) => requiresShipping,
    taxable: ({ taxable }: ContractLine) => taxable,
    customAttributes: ({ customAttributes }: ContractLine) => customAttributes ?? [],
  },
  SubscriptionBillingCycle: {
    cycleIndex: ({ cycleIndex }: Cycle) => cycleIndex,
    cycleStartAt: ({ cycleStartAt }: Cycle) => cycleStartAt,
    cycleEndAt: ({ cycleEndAt }: Cycle) => cycleEndAt,
    billingAttemptExpectedDate: ({ billingAttemptExpectedDate }: Cycle) => billingAttemptExpectedDate,
    status: ({ status }: Cycle) => status,
    skipped: ({ skipped }: Cycle) => skipped,
    edited: ({ edited }: Cycle) => edited,
  },
};

/** Types whose answers are made here field by field, so that a field is served when it is there. */
export const isMade = (type: string): boolean =>
  /(Connection|Edge|Payload|UserError|Policy)$|^(PageInfo|MoneyV2|Count|Attribute|CustomerEmailAddress)$|^Subscription(DeliveryMethodShipping|DeliveryMethodShippingOption|MailingAddress|ShippingOption|DeliveryOptionsResult(Success|Failure))$/.test(
    type,
  );
