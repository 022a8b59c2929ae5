import { Decimal as Num } from "decimal.js";

import type { SellingPlanGroup, Shop } from "../world";

/** The group's `summary`, as observed: "1 delivery frequency, 10% discount"; a range where plans differ. */
export function summaryOf(shop: Shop, group: SellingPlanGroup): string {
  const plans = group.sellingPlanIds.flatMap((id) => shop.sellingPlans[id] ?? []);
  const frequencies = new Set(
    plans.map((plan) => `${plan.deliveryPolicy.intervalCount} ${plan.deliveryPolicy.interval}`),
  ).size;
  const first = `${frequencies} delivery ${frequencies === 1 ? "frequency" : "frequencies"}`;
  const discounts = plans.flatMap((plan) => {
    const policy = plan.pricingPolicies[0];
    return policy ? [policy] : [];
  });
  const sample = discounts[0];
  if (!sample) return `${first},  discount`;
  const values = discounts
    .filter((policy) => policy.adjustmentType === sample.adjustmentType)
    .map((policy) => new Num(policy.adjustmentValue));
  const low = Num.min(...values).toString();
  const high = Num.max(...values).toString();
  const unit = sample.adjustmentType === "PERCENTAGE" ? "%" : ` ${shop.currency}`;
  const range = low === high ? `${low}${unit}` : `${low}${unit === "%" ? "" : unit}-${high}${unit}`;
  return `${first}, ${range} ${sample.adjustmentType === "PRICE" ? "price" : "discount"}`;
}
