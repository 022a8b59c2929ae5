import { groupsOfVariant } from "../../domain";
import type { PricingPolicy, Product, SellingPlan, SellingPlanGroup, Shop, Variant } from "../../world";
import { drop } from "../liquid/drop";
import type { Drop } from "../liquid/drop";
import { toCents } from "../liquid/money";

/** A unit price in hundredths after one pricing policy; never below zero. */
function priceUnder(policy: PricingPolicy, base: number): number {
  const value = Number(policy.adjustmentValue);
  if (policy.adjustmentType === "PERCENTAGE") return Math.round((base * (100 - value)) / 100);
  const amount = toCents(policy.adjustmentValue);
  return policy.adjustmentType === "PRICE" ? amount : Math.max(0, base - amount);
}

/** Prices in hundredths by phase: the first holds from checkout, the second after its `afterCycle`. */
export function phasePrices(plan: SellingPlan, variant: Variant): number[] {
  const base = toCents(variant.price);
  const prices = plan.pricingPolicies.map((policy) => priceUnder(policy, base));
  return prices.length > 0 ? prices : [base];
}

/** The merchant's order: by position, and groups without one in the order they were made. */
const inOrder = (groups: SellingPlanGroup[]): SellingPlanGroup[] =>
  groups.sort((a, b) => (a.position ?? Number(a.id)) - (b.position ?? Number(b.id)));

export function sellingPlanGroupsOf(shop: Shop, product: Product): SellingPlanGroup[] {
  return inOrder([...new Set(product.variantIds.flatMap((id) => groupsOfVariant(shop, id)))]);
}

const plansOf = (shop: Shop, group: SellingPlanGroup): SellingPlan[] =>
  group.sellingPlanIds
    .map((id) => shop.sellingPlans[id])
    .filter((plan) => plan !== undefined)
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));

/** The plans a variant can be bought with, in the merchant's order. */
export function plansForVariant(shop: Shop, variant: Variant): SellingPlan[] {
  return inOrder(groupsOfVariant(shop, variant.id)).flatMap((group) => plansOf(shop, group));
}

/** Source: shopify.dev, Liquid objects, `selling_plan`. */
export function sellingPlanDrop(plan: SellingPlan, selectedId: string | null): Drop {
  const last = plan.pricingPolicies.length - 1;
  const firstPhaseOrders = plan.pricingPolicies[1]?.afterCycle ?? null;
  return drop("selling_plan", {
    id: Number(plan.id),
    name: plan.name,
    description: plan.description,
    group_id: plan.groupId,
    options: plan.options.map((value, index) => drop("selling_plan_option", { name: "", position: index + 1, value })),
    recurring_deliveries: true,
    selected: plan.id === selectedId,
    price_adjustments: plan.pricingPolicies.map((policy, index) =>
      drop("selling_plan_price_adjustment", {
        position: index + 1,
        order_count: index === last ? null : firstPhaseOrders,
        value_type: policy.adjustmentType.toLowerCase(),
        value:
          policy.adjustmentType === "PERCENTAGE" ? Number(policy.adjustmentValue) : toCents(policy.adjustmentValue),
      }),
    ),
    checkout_charge: drop("selling_plan_checkout_charge", { value_type: "percentage", value: 100 }),
  });
}

/** Grams and millilitres in each unit a price may refer to. */
const UNITS: Readonly<Record<string, number>> = { g: 1, kg: 1_000, ml: 1, l: 1_000 };

/** Hundredths for the reference amount (a kilo, 100 ml); null without a measurement. */
export function unitPriceOf({ unitPriceMeasurement: measured }: Variant, price: number): number | null {
  if (!measured) return null;
  const amount = measured.quantityValue * (UNITS[measured.quantityUnit] ?? 1);
  const reference = measured.referenceValue * (UNITS[measured.referenceUnit] ?? 1);
  return Math.round((price * reference) / amount);
}

/** Deliveries that one payment covers: billing every 12 weeks and delivering every 4 gives 3. */
function deliveriesPerPayment(plan: SellingPlan): number {
  const { billingPolicy: billing, deliveryPolicy: delivery } = plan;
  if (billing.interval !== delivery.interval || delivery.intervalCount < 1) return 1;
  return Math.max(1, Math.floor(billing.intervalCount / delivery.intervalCount));
}

/** Source: shopify.dev, Liquid objects, `selling_plan_allocation`; all prices in hundredths. */
export function allocationDrop(plan: SellingPlan, variant: Variant, selectedId: string | null): Drop {
  const prices = phasePrices(plan, variant);
  const price = prices[0] ?? toCents(variant.price);
  return drop("selling_plan_allocation", {
    price,
    compare_at_price: toCents(variant.price),
    per_delivery_price: Math.round(price / deliveriesPerPayment(plan)),
    unit_price: unitPriceOf(variant, price),
    checkout_charge_amount: price,
    remaining_balance_charge_amount: 0,
    price_adjustments: prices.map((amount, index) =>
      drop("selling_plan_allocation_price_adjustment", { position: index + 1, price: amount }),
    ),
    selling_plan: sellingPlanDrop(plan, selectedId),
    selling_plan_group_id: plan.groupId,
  });
}

/** Source: shopify.dev, Liquid objects, `selling_plan_group`; `app_id` is what the app wrote in the group's `appId`. */
export function sellingPlanGroupDrop(shop: Shop, group: SellingPlanGroup, selectedId: string | null): Drop {
  const plans = plansOf(shop, group);
  return drop("selling_plan_group", {
    id: group.id,
    name: group.name,
    app_id: group.appReference ?? null,
    selling_plan_selected: plans.some((plan) => plan.id === selectedId),
    selling_plans: plans.map((plan) => sellingPlanDrop(plan, selectedId)),
    options: group.options.map((name, index) =>
      drop("selling_plan_group_option", {
        name,
        position: index + 1,
        values: [...new Set(plans.map((plan) => plan.options[index] ?? ""))],
        selected_value: plans.find((plan) => plan.id === selectedId)?.options[index] ?? null,
      }),
    ),
  });
}
