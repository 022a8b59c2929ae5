import { Decimal as Num } from "decimal.js";

import type { ContractLine, Draft, PricingPolicy, Shop, World } from "../world";
import type { UserError } from "./cycle-edits";
import type { LineInput, LineUpdateInput, PricingPolicyInput } from "./draft-inputs";
import { nextToken } from "./emit";
import { round } from "./money";
import { holds } from "./rules";

/** Lines of one contract (TOO_MANY_LINES is documented, the number is assumed). */
const MAX_LINES = 250;

export const fault = (code: string, message: string, ...field: string[]): UserError => ({ code, message, field });

/** Ids of contract lines and discounts are UUIDs at Shopify. */
export const nextUuid = (world: World, shop: Shop): string =>
  nextToken(world, shop).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

export interface LineResult {
  line: ContractLine | null;
  userErrors: UserError[];
}

const refused = (...userErrors: UserError[]): LineResult => ({ line: null, userErrors });

function faultsOfPricing(input: PricingPolicyInput): UserError[] {
  const path = ["input", "pricingPolicy", "cycleDiscounts"];
  const faults = input.cycleDiscounts.flatMap((discount, index) => {
    const at = [...path, String(index)];
    const { percentage, fixedValue } = discount.adjustmentValue;
    const given = [percentage, fixedValue].filter((value) => value !== null && value !== undefined);
    const wanted = discount.adjustmentType === "PERCENTAGE" ? percentage : fixedValue;
    if (given.length !== 1) {
      return [
        fault(
          "INVALID_ADJUSTMENT_VALUE",
          "The adjustment value must be either fixed_value or percentage.",
          ...at,
          "adjustmentValue",
        ),
      ];
    }
    if (wanted === null || wanted === undefined) {
      return [
        fault(
          "INVALID_ADJUSTMENT_TYPE",
          "The adjustment value must the same type as the adjustment type.",
          ...at,
          "adjustmentType",
        ),
      ];
    }
    if (discount.afterCycle < 0) {
      return [fault("GREATER_THAN_OR_EQUAL_TO", "After cycle must be greater than or equal to 0", ...at, "afterCycle")];
    }
    return [];
  });
  const cycles = input.cycleDiscounts.map(({ afterCycle }) => afterCycle);
  if (new Set(cycles).size < cycles.length) {
    faults.push(
      fault(
        "CYCLE_DISCOUNTS_UNIQUE_AFTER_CYCLE",
        "The after cycle attribute must be unique between cycle discounts.",
        ...path,
      ),
    );
  }
  return faults;
}

const policiesOf = (input: PricingPolicyInput): PricingPolicy[] =>
  input.cycleDiscounts.map(({ adjustmentType, adjustmentValue, afterCycle }) => ({
    kind: afterCycle === 0 ? "FIXED" : "RECURRING",
    adjustmentType,
    adjustmentValue: String(adjustmentValue.percentage ?? adjustmentValue.fixedValue ?? 0),
    ...(afterCycle === 0 ? {} : { afterCycle }),
  }));

function faultsOfLine(shop: Shop, input: LineUpdateInput): UserError[] {
  const { productVariantId, quantity, currentPrice, sellingPlanId, pricingPolicy } = input;
  return [
    ...(productVariantId && !shop.variants[productVariantId]
      ? [fault("INVALID", "Product variant does not exist.", "input", "productVariantId")]
      : []),
    ...(typeof quantity === "number" && quantity <= 0
      ? [fault("GREATER_THAN", "Quantity must be greater than 0", "input", "quantity")]
      : []),
    ...(typeof currentPrice === "string" && new Num(currentPrice).isNegative()
      ? [fault("GREATER_THAN_OR_EQUAL_TO", "Current price must be greater than or equal to 0", "input", "currentPrice")]
      : []),
    ...(sellingPlanId && !shop.sellingPlans[sellingPlanId]
      ? [fault("INVALID", "Selling plan does not exist.", "input", "sellingPlanId")]
      : []),
    ...(pricingPolicy ? faultsOfPricing(pricingPolicy) : []),
  ];
}

/** What of a line follows from its variant. */
function variantFields(
  shop: Shop,
  variantId: string,
): Pick<ContractLine, "variantId" | "productId" | "title" | "variantTitle" | "sku" | "requiresShipping"> | null {
  const variant = shop.variants[variantId];
  if (!variant) return null;
  return {
    variantId,
    productId: variant.productId,
    title: shop.products[variant.productId]?.title ?? variant.title,
    variantTitle: variant.title === "Default Title" ? null : variant.title,
    sku: variant.sku || null,
    requiresShipping: variant.requiresShipping,
  };
}

/** subscriptionDraftLineAdd. Errors: TOO_MANY_LINES, GREATER_THAN, GREATER_THAN_OR_EQUAL_TO, INVALID and those of pricing policies. */
export function addLine(world: World, shop: Shop, draft: Draft, input: LineInput): LineResult {
  const { lines, currency } = draft.working;
  if (lines.length >= MAX_LINES) {
    return refused(fault("TOO_MANY_LINES", "The contract draft has too many lines.", "input"));
  }
  const faults = faultsOfLine(shop, input);
  const product = variantFields(shop, input.productVariantId);
  if (faults.length > 0 || !product) return refused(...faults);
  const planId = input.sellingPlanId ?? null;
  const line: ContractLine = {
    id: nextUuid(world, shop),
    ...product,
    quantity: input.quantity,
    currentPrice: round(input.currentPrice, currency),
    basePrice: round(input.pricingPolicy?.basePrice ?? input.currentPrice, currency),
    sellingPlanId: planId,
    sellingPlanName: input.sellingPlanName ?? (planId === null ? null : (shop.sellingPlans[planId]?.name ?? null)),
    taxable: true,
    pricingPolicies: input.pricingPolicy ? policiesOf(input.pricingPolicy) : [],
    customAttributes: input.customAttributes ?? [],
  };
  lines.push(line);
  return { line, userErrors: [] };
}

/** subscriptionDraftLineUpdate and what subscriptionContractProductChange does: what is not named stays. */
export function updateLine(world: World, shop: Shop, draft: Draft, lineId: string, input: LineUpdateInput): LineResult {
  const { lines, currency } = draft.working;
  const line = lines.find(({ id }) => id === lineId);
  if (!line) return refused(fault("INVALID", "Subscription line does not exist.", "lineId"));
  const faults = faultsOfLine(shop, input);
  if (faults.length > 0) return refused(...faults);
  const before = { price: line.currentPrice, variantId: line.variantId };
  if (input.productVariantId) Object.assign(line, variantFields(shop, input.productVariantId));
  if (typeof input.quantity === "number") line.quantity = input.quantity;
  if (typeof input.currentPrice === "string") line.currentPrice = round(input.currentPrice, currency);
  if (input.sellingPlanId) {
    line.sellingPlanId = input.sellingPlanId;
    line.sellingPlanName = shop.sellingPlans[input.sellingPlanId]?.name ?? line.sellingPlanName;
  }
  if (typeof input.sellingPlanName === "string") line.sellingPlanName = input.sellingPlanName;
  if (input.customAttributes) line.customAttributes = input.customAttributes;
  if (input.pricingPolicy) {
    line.basePrice = round(input.pricingPolicy.basePrice, currency);
    line.pricingPolicies = policiesOf(input.pricingPolicy);
  } else if (
    holds(world, "lineEditsDropThePricingPolicy") &&
    (line.currentPrice !== before.price || line.variantId !== before.variantId)
  ) {
    line.pricingPolicies = [];
  }
  return { line, userErrors: [] };
}

/** subscriptionDraftLineRemove: discounts forget the line; answers which did. ALREADY_REMOVED the second time. */
export function removeLine(draft: Draft, lineId: string): LineResult & { discountIds: string[] } {
  const { lines } = draft.working;
  const line = lines.find(({ id }) => id === lineId);
  if (!line) {
    const was = draft.original?.lines.some(({ id }) => id === lineId);
    return {
      ...refused(
        was
          ? fault("ALREADY_REMOVED", "This line has already been removed.", "lineId")
          : fault("INVALID", "Subscription line does not exist.", "lineId"),
      ),
      discountIds: [],
    };
  }
  draft.working.lines = lines.filter((one) => one !== line);
  const touched = (draft.working.discounts ?? []).filter(({ lineIds }) => lineIds.includes(lineId));
  for (const discount of touched) discount.lineIds = discount.lineIds.filter((id) => id !== lineId);
  return { line, userErrors: [], discountIds: touched.map(({ id }) => id) };
}
