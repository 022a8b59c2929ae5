import type { Context } from "~/context.server";
import type { Prisma, Shop } from "~/generated/prisma/client";
import { isSpent, storedDiscounts } from "~/money/next-amount";
import { requestEach } from "~/shopify/aliases";
import { EditPlansDocument, LinePoliciesDocument } from "~/shopify/generated/admin";
import type { EditPlansQuery } from "~/shopify/generated/admin";

import type { ContractEdit } from "./edit";
import { isId } from "./ids";
import type { Adjustment, PlanGroups, PlanTerms, Policy } from "./pricing";
import type { Material, VariantFacts } from "./terms";
import { buyerOf, variantFacts } from "./variant-facts.server";

/** A product's plans are about 150 points of the 1,000 that one query may cost. */
const PLANS_PER_CALL = 5;

const include = { lines: { orderBy: { position: "asc" } } } as const satisfies Prisma.SubscriptionContractInclude;
export type EditRow = Prisma.SubscriptionContractGetPayload<{ include: typeof include }>;

/** The contract as the mirror has it; null for an id that is not the shop's. */
export const editRow = async (ctx: Context, shop: Shop, contractId: string): Promise<EditRow | null> =>
  isId(contractId)
    ? ctx.db.subscriptionContract.findFirst({ where: { id: contractId, shopId: shop.id }, include })
    : null;

/** Which variants and plans have to be known for these edits. */
function wants(
  row: EditRow,
  edits: readonly ContractEdit[],
): { variants: string[]; plans: string[]; policies: boolean } {
  const touched = new Set<string>();
  const plans = new Set<string>();
  let policies = false;
  for (const edit of edits) {
    if (edit.kind === "VARIANT" || edit.kind === "ADD_LINE") {
      touched.add(edit.variantId);
      plans.add(edit.variantId);
    }
    if (edit.kind === "FREQUENCY" || edit.kind === "VARIANT") policies = true;
    const lines =
      edit.kind === "FREQUENCY"
        ? row.lines
        : edit.kind === "VARIANT"
          ? row.lines.filter(({ id }) => id === edit.lineId)
          : edit.kind === "ADD_LINE"
            ? row.lines.filter(({ sellingPlanId }) => sellingPlanId !== null).slice(0, 1)
            : [];
    for (const { variantId } of lines) {
      if (variantId === null) continue;
      touched.add(variantId);
      plans.add(variantId);
    }
  }
  return { variants: [...touched], plans: [...plans], policies };
}

/** @throws AdminApiError */
export async function materialFor(
  ctx: Context,
  shop: Shop,
  row: EditRow,
  edits: readonly ContractEdit[],
): Promise<Material> {
  const address = edits.findLast((edit) => edit.kind === "ADDRESS")?.address;
  return gather(ctx, shop, row, { ...wants(row, edits), ...(address ? { country: address.countryCode } : {}) });
}

export async function gather(
  ctx: Context,
  shop: Shop,
  row: EditRow,
  wanted: {
    variants: readonly string[];
    plans: readonly string[];
    policies: boolean;
    /** ISO 3166-1: where it is to be sent, if that changes with it. */
    country?: string;
  },
): Promise<Material> {
  const [facts, groups, basePrices, paid] = await Promise.all([
    pricedFor(ctx, shop, row, wanted.variants, wanted.country),
    plansOfVariants(ctx, shop, wanted.plans),
    wanted.policies ? agreedPrices(ctx, shop, row) : new Map<string, string>(),
    paidCycles(ctx, row),
  ]);
  const discounts = storedDiscounts(row.discounts);
  return {
    currencyCode: row.currencyCode,
    paid,
    variants: facts,
    plans: groups,
    basePrices,
    discountIds: discounts.map(({ id }) => id),
    codes: discounts.flatMap((discount) =>
      discount.type === "CODE_DISCOUNT" && discount.title !== null && !isSpent(discount) ? [discount.title] : [],
    ),
  };
}

/** Payments so far, the checkout's among them. */
async function paidCycles(ctx: Context, row: EditRow): Promise<number> {
  const charges = await ctx.db.charge.count({ where: { contractId: row.id, state: "PAID" } });
  return charges + (row.originOrderId === null ? 0 : 1);
}

/** @throws AdminApiError */
async function pricedFor(
  ctx: Context,
  shop: Shop,
  row: EditRow,
  ids: readonly string[],
  country?: string,
): Promise<Map<string, VariantFacts>> {
  if (ids.length === 0) return new Map();
  const buyer = country ? { country, currencyCode: row.currencyCode } : await buyerOf(ctx, shop, row);
  return variantFacts(ctx, shop, ids, buyer);
}

async function plansOfVariants(
  ctx: Context,
  shop: Shop,
  variantIds: readonly string[],
): Promise<Map<string, PlanGroups>> {
  const answers = await requestEach(
    ctx.admin(shop.domain),
    EditPlansDocument,
    variantIds.map((variantId) => ({ variantId })),
    PLANS_PER_CALL,
  );
  return new Map(variantIds.map((variantId, index) => [variantId, groupsOf(answers[index] ?? null)]));
}

type GroupNode = NonNullable<EditPlansQuery["productVariant"]>["product"]["sellingPlanGroups"]["nodes"][number];
type PlanNode = GroupNode["sellingPlans"]["nodes"][number];

const groupsOf = (answer: EditPlansQuery | null): PlanGroups =>
  (answer?.productVariant?.product.sellingPlanGroups.nodes ?? []).map(({ id, sellingPlans }) => ({
    id,
    plans: sellingPlans.nodes.flatMap((node) => planTerms(node) ?? []),
  }));

/** Pre-orders and plans of a fixed date have no rhythm that a subscription could take. */
function planTerms({ id, name, billingPolicy, deliveryPolicy, pricingPolicies }: PlanNode): PlanTerms | null {
  if (billingPolicy.__typename !== "SellingPlanRecurringBillingPolicy") return null;
  if (deliveryPolicy.__typename !== "SellingPlanRecurringDeliveryPolicy") return null;
  return {
    id,
    name,
    billing: policyOf(billingPolicy),
    delivery: policyOf(deliveryPolicy),
    adjustments: pricingPolicies.map(adjustmentOf),
  };
}

type PolicyNode =
  | Extract<PlanNode["billingPolicy"], { __typename: "SellingPlanRecurringBillingPolicy" }>
  | Extract<PlanNode["deliveryPolicy"], { __typename: "SellingPlanRecurringDeliveryPolicy" }>;

const policyOf = ({ interval, intervalCount, anchors }: PolicyNode): Policy => ({
  interval,
  count: intervalCount,
  anchors: anchors.map(({ type, day, month, cutoffDay }) => ({ type, day, month, cutoffDay })),
});

const adjustmentOf = (policy: PlanNode["pricingPolicies"][number]): Adjustment => ({
  type: policy.adjustmentType,
  ...(policy.adjustmentValue.__typename === "MoneyV2"
    ? { value: policy.adjustmentValue.amount, currencyCode: policy.adjustmentValue.currencyCode }
    : { value: String(policy.adjustmentValue.percentage), currencyCode: null }),
  afterCycle: policy.__typename === "SellingPlanRecurringPricingPolicy" ? (policy.afterCycle ?? 0) : 0,
});

async function agreedPrices(ctx: Context, shop: Shop, row: EditRow): Promise<Map<string, string>> {
  const { subscriptionContract } = await ctx
    .admin(shop.domain)
    .request(LinePoliciesDocument, { contractId: row.shopifyId });
  return new Map(
    (subscriptionContract?.lines.nodes ?? []).flatMap(({ id, pricingPolicy }): [string, string][] =>
      pricingPolicy ? [[id, pricingPolicy.basePrice.amount]] : [],
    ),
  );
}
