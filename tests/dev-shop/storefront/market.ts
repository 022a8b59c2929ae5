import { converted, priceIn } from "../domain/markets";
import type { Shop } from "../world";

/**
 * The shop as visitors from a country see it: prices and fixed reductions in their market's currency. Percentages stay.
 * Checkout stays in the shop's currency here.
 */
export function shopAsShown(shop: Shop, country: string): Shop {
  const market = shop.markets?.[country];
  if (!market) return shop;
  const { currency } = market;
  const mapped = <Value>(records: Record<string, Value>, change: (value: Value) => Value): Record<string, Value> =>
    Object.fromEntries(Object.entries(records).map(([id, value]) => [id, change(value)]));
  return {
    ...shop,
    currency,
    variants: mapped(shop.variants, (variant) => ({ ...variant, price: priceIn(shop, variant, country).amount })),
    sellingPlans: mapped(shop.sellingPlans, (plan) => ({
      ...plan,
      pricingPolicies: plan.pricingPolicies.map((policy) => ({
        ...policy,
        adjustmentValue:
          policy.adjustmentType === "PERCENTAGE"
            ? policy.adjustmentValue
            : converted(shop, policy.adjustmentValue, currency),
      })),
    })),
  };
}
