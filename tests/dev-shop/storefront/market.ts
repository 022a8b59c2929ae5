import type { Decimal, Shop } from "../world";

/**
 * The shop as visitors from a country see it: prices and fixed reductions in their market's currency. Percentages stay.
 * Assumed: converted amounts are not rounded to .95 and the like. Checkout stays in the shop's currency here.
 */
export function shopAsShown(shop: Shop, country: string): Shop {
  const market = shop.markets?.[country];
  if (!market) return shop;
  const convert = (amount: Decimal): Decimal => (Number(amount) * market.rate).toFixed(2);
  const mapped = <Value>(records: Record<string, Value>, change: (value: Value) => Value): Record<string, Value> =>
    Object.fromEntries(Object.entries(records).map(([id, value]) => [id, change(value)]));
  return {
    ...shop,
    currency: market.currency,
    variants: mapped(shop.variants, (variant) => ({ ...variant, price: convert(variant.price) })),
    sellingPlans: mapped(shop.sellingPlans, (plan) => ({
      ...plan,
      pricingPolicies: plan.pricingPolicies.map((policy) => ({
        ...policy,
        adjustmentValue:
          policy.adjustmentType === "PERCENTAGE" ? policy.adjustmentValue : convert(policy.adjustmentValue),
      })),
    })),
  };
}
