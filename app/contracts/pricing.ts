import { Decimal } from "decimal.js";

import type { Interval } from "~/generated/prisma/enums";
import { money } from "~/money/money";
import type { SellingPlanAnchorType, SellingPlanPricingPolicyAdjustmentType } from "~/shopify/generated/admin";

import type { Frequency } from "./views";

export interface Anchor {
  type: SellingPlanAnchorType;
  day: number;
  month: number | null;
  cutoffDay: number | null;
}

export interface Policy extends Frequency {
  interval: Interval;
  anchors: Anchor[];
}

/** What a selling plan does to a variant's price after so many payments. */
export interface Adjustment {
  type: SellingPlanPricingPolicyAdjustmentType;
  /** Percent, or an amount. */
  value: string;
  /** The amount's; null for percent. */
  currencyCode: string | null;
  /** Payments after which it holds; 0 from the first on. */
  afterCycle: number;
}

/** As much of a selling plan as a contract takes from it. */
export interface PlanTerms {
  id: string;
  name: string;
  billing: Policy;
  delivery: Policy;
  adjustments: Adjustment[];
}

/** The plans that a product may be bought on, group by group. */
export type PlanGroups = readonly { id: string; plans: readonly PlanTerms[] }[];

/** Prices per unit, decimal strings in the contract's currency. */
export interface LinePricing {
  basePrice: string;
  currentPrice: string;
  phases: (Adjustment & { price: string })[];
}

/**
 * What a line costs on a plan, now and later.
 * @param paid payments that the contract has had, the checkout's among them: the phase that it is in
 * @returns null for a plan with amounts in another currency: Shopify tells them in the shop's alone, and converts them
 *   for a checkout at a rate that it does not tell
 */
export function pricingOn(basePrice: string, plan: PlanTerms, paid: number, currencyCode: string): LinePricing | null {
  if (plan.adjustments.some((one) => one.currencyCode !== null && one.currencyCode !== currencyCode)) return null;
  const phases = plan.adjustments.map((adjustment) => ({
    ...adjustment,
    price: adjusted(basePrice, adjustment, currencyCode),
  }));
  const reached = phases.filter(({ afterCycle }) => afterCycle <= paid);
  const phase = reached.reduce<(typeof phases)[number] | null>(
    (latest, one) => (latest && latest.afterCycle > one.afterCycle ? latest : one),
    null,
  );
  const base = money(basePrice, currencyCode).amount;
  return { basePrice: base, currentPrice: phase?.price ?? base, phases };
}

/** Without a plan that could be asked, what the line has been let off stays in proportion. */
export function pricingInProportion(
  basePrice: string,
  line: { price: string; basePrice: string | null },
  currencyCode: string,
): LinePricing {
  const before = new Decimal(line.basePrice ?? line.price);
  const ratio = before.isZero() ? new Decimal(1) : Decimal.min(1, new Decimal(line.price).div(before));
  const base = money(basePrice, currencyCode).amount;
  const price = money(new Decimal(basePrice).times(ratio), currencyCode).amount;
  if (ratio.equals(1)) return { basePrice: base, currentPrice: base, phases: [] };
  return {
    basePrice: base,
    currentPrice: price,
    phases: [{ type: "PRICE", value: price, currencyCode, afterCycle: 0, price }],
  };
}

function adjusted(basePrice: string, { type, value }: Adjustment, currencyCode: string): string {
  const base = new Decimal(basePrice);
  const price =
    type === "PERCENTAGE"
      ? base.times(new Decimal(100).minus(value)).div(100)
      : type === "FIXED_AMOUNT"
        ? base.minus(value)
        : new Decimal(value);
  return money(Decimal.max(0, price), currencyCode).amount;
}

const sameAnchors = (a: readonly Anchor[], b: readonly Anchor[]): boolean => JSON.stringify(a) === JSON.stringify(b);

const samePolicy = (a: Policy, b: Policy): boolean =>
  a.interval === b.interval && a.count === b.count && sameAnchors(a.anchors, b.anchors);

export const sameRhythm = (a: PlanTerms, b: PlanTerms): boolean =>
  samePolicy(a.billing, b.billing) && samePolicy(a.delivery, b.delivery);

export const planIn = (groups: PlanGroups, planId: string | null): PlanTerms | null =>
  groups.flatMap(({ plans }) => plans).find(({ id }) => id === planId) ?? null;

/** The plans of the group that holds a plan; empty if none does. */
export const siblingsOf = (groups: PlanGroups, planId: string | null): readonly PlanTerms[] =>
  groups.find(({ plans }) => plans.some(({ id }) => id === planId))?.plans ?? [];
