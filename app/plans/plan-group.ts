import type { TFunction } from "i18next";

import { asSentence, formatInterval } from "~/lib/format";
import type { PlanFieldsFragment, SellingPlanGroupInput, SellingPlanInput } from "~/shopify/generated/admin";

import { byLength, frequencyKey } from "./plan";
import type { Frequency, PlanInput } from "./plan";

/** What the widget and Shopify's Liquid know the groups of this app by (extensions/storefront). */
export const PLAN_APP_ID = "perennial";

/** A plan as the list and the form show it. */
export interface Plan {
  id: string;
  name: string;
  /** Shortest first. */
  frequencies: (Frequency & { sellingPlanId: string })[];
  /** 0–100; null if the selling plans differ or have another kind of discount. */
  discountPercentage: number | null;
  productCount: number;
  /**
   * False for a group with terms that the form has no fields for (prepaid, anchors, commitments, price steps): saving
   * the form would flatten them.
   */
  editable: boolean;
}

type SellingPlanFields = PlanFieldsFragment["sellingPlans"]["nodes"][number];

/** The one percentage of a selling plan, 0 without a discount, null if its pricing is of another kind. */
function percentageOf(plan: SellingPlanFields): number | null {
  const [policy, ...others] = plan.pricingPolicies;
  if (!policy) return 0;
  if (others.length > 0 || policy.__typename !== "SellingPlanFixedPricingPolicy") return null;
  return policy.adjustmentValue.__typename === "SellingPlanPricingPolicyPercentageValue"
    ? policy.adjustmentValue.percentage
    : null;
}

function frequencyOf({ billingPolicy, deliveryPolicy }: SellingPlanFields): (Frequency & { simple: boolean }) | null {
  if (billingPolicy.__typename !== "SellingPlanRecurringBillingPolicy") return null;
  if (deliveryPolicy.__typename !== "SellingPlanRecurringDeliveryPolicy") return null;
  const { interval, intervalCount, anchors, minCycles, maxCycles } = billingPolicy;
  const simple =
    anchors.length === 0 &&
    (minCycles ?? 1) <= 1 &&
    maxCycles === null &&
    deliveryPolicy.interval === interval &&
    deliveryPolicy.intervalCount === intervalCount;
  return { interval, intervalCount, simple };
}

/** Shopify's selling plan group as a plan. */
export function planFromGroup(group: PlanFieldsFragment): Plan {
  const plans = group.sellingPlans.nodes.map((node) => ({
    id: node.id,
    percentage: percentageOf(node),
    frequency: frequencyOf(node),
  }));
  const percentages = new Set(plans.map((plan) => plan.percentage));
  const [percentage] = percentages;
  const discountPercentage = percentages.size === 1 ? (percentage ?? null) : null;
  return {
    id: group.id,
    name: group.name,
    frequencies: plans
      .flatMap(({ id, frequency }) =>
        frequency ? [{ sellingPlanId: id, interval: frequency.interval, intervalCount: frequency.intervalCount }] : [],
      )
      .sort(byLength),
    discountPercentage,
    productCount: group.productsCount?.count ?? 0,
    editable: discountPercentage !== null && plans.every(({ frequency }) => frequency?.simple === true),
  };
}

/** "Levering hver 2. uke" / "Delivery every 2 weeks". @param t a translator of the shop's language, with plans.* */
export const sellingPlanName = ({ interval, intervalCount }: Frequency, t: TFunction): string =>
  t("plans.sellingPlanName", { frequency: formatInterval(interval, intervalCount, t) });

/** The option's value as the shopper picks it: "Hver 2. uke" / "Every 2 weeks". */
export function optionText({ interval, intervalCount }: Frequency, t: TFunction): string {
  return asSentence(formatInterval(interval, intervalCount, t));
}

function sellingPlanInput(
  frequency: Frequency,
  discountPercentage: number,
  position: number,
  t: TFunction,
): SellingPlanInput {
  const { interval, intervalCount } = frequency;
  return {
    name: sellingPlanName(frequency, t),
    options: [optionText(frequency, t)],
    position,
    category: "SUBSCRIPTION",
    // Pay as you go: every delivery is paid when it is ordered.
    billingPolicy: { recurring: { interval, intervalCount } },
    deliveryPolicy: { recurring: { interval, intervalCount } },
    // A renewal's order is packed straight away, so it takes its stock at once, as any other order does; reserving only
    // on fulfilment (meant for pre-orders) would let the shop sell the same bag twice in between.
    inventoryPolicy: { reserve: "ON_SALE" },
    pricingPolicies:
      discountPercentage > 0
        ? [{ fixed: { adjustmentType: "PERCENTAGE", adjustmentValue: { percentage: discountPercentage } } }]
        : [],
  };
}

const groupInput = (plan: PlanInput, t: TFunction): SellingPlanGroupInput => ({
  appId: PLAN_APP_ID,
  name: plan.name,
  merchantCode: plan.name,
  options: [t("plans.optionName")],
});

/** The input of sellingPlanGroupCreate. @param t a translator of the shop's language */
export function createInput(plan: PlanInput, t: TFunction): SellingPlanGroupInput {
  return {
    ...groupInput(plan, t),
    sellingPlansToCreate: [...plan.frequencies]
      .sort(byLength)
      .map((frequency, index) => sellingPlanInput(frequency, plan.discountPercentage, index + 1, t)),
  };
}

/**
 * The input of sellingPlanGroupUpdate. A frequency that stays keeps its selling plan and so its id, which contracts,
 * carts and links refer to. Another frequency is another selling plan: a shopper who put "every 2 weeks" in the cart
 * must not find "every 3 weeks" there.
 */
export function updateInput(plan: PlanInput, current: Plan, t: TFunction): SellingPlanGroupInput {
  const idByKey = new Map(current.frequencies.map((frequency) => [frequencyKey(frequency), frequency.sellingPlanId]));
  const wanted = [...plan.frequencies].sort(byLength).map((frequency, index) => ({
    id: idByKey.get(frequencyKey(frequency)),
    input: sellingPlanInput(frequency, plan.discountPercentage, index + 1, t),
  }));
  const kept = new Set(wanted.map(({ id }) => id));
  return {
    ...groupInput(plan, t),
    sellingPlansToCreate: wanted.filter(({ id }) => !id).map(({ input }) => input),
    sellingPlansToUpdate: wanted.flatMap(({ id, input }) => (id ? [{ id, ...input }] : [])),
    sellingPlansToDelete: current.frequencies
      .map(({ sellingPlanId }) => sellingPlanId)
      .filter((sellingPlanId) => !kept.has(sellingPlanId)),
  };
}
