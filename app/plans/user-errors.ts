import type { SellingPlanGroupUserErrorCode } from "~/shopify/generated/admin";

import type { PlanField, PlanProblem, PlanProblemCode } from "./plan";

/** Shopify's SellingPlanGroupUserError. */
export interface PlanUserError {
  field: string[] | null;
  code: SellingPlanGroupUserErrorCode | null;
  message: string;
}

function fieldOf(path: string[]): PlanField {
  if (path.some((part) => part === "pricingPolicies" || part === "adjustmentValue")) return "discountPercentage";
  if (path.some((part) => part.startsWith("sellingPlans"))) return "frequencies";
  if (path.some((part) => part === "productIds" || part === "resources")) return "products";
  if (path.at(-1) === "name" || path.at(-1) === "merchantCode") return "name";
  return "form";
}

function codeOf(field: PlanField, code: SellingPlanGroupUserErrorCode | null): PlanProblemCode {
  switch (code) {
    case "SELLING_PLAN_COUNT_UPPER_BOUND":
      return "FREQUENCIES_TOO_MANY";
    case "SELLING_PLAN_COUNT_LOWER_BOUND":
      return "FREQUENCIES_NONE";
    case "SELLING_PLAN_DUPLICATE_NAME":
    case "SELLING_PLAN_DUPLICATE_OPTIONS":
      return "FREQUENCY_TWICE";
    case "BILLING_POLICY_INTERVAL_TOO_LARGE":
    case "DELIVERY_POLICY_INTERVAL_TOO_LARGE":
      return "FREQUENCY_TOO_LONG";
    case "PRODUCT_DOES_NOT_EXIST":
    case "RESOURCE_LIST_CONTAINS_INVALID_IDS":
      return "PRODUCT_GONE";
    case "BLANK":
      return field === "name" ? "NAME_BLANK" : "SHOPIFY_SAYS";
    case "TOO_LONG":
      return field === "name" ? "NAME_TOO_LONG" : "SHOPIFY_SAYS";
    case "TAKEN":
      return field === "name" ? "NAME_TAKEN" : "SHOPIFY_SAYS";
    default:
      return "SHOPIFY_SAYS";
  }
}

const home: Partial<Record<PlanProblemCode, PlanField>> = {
  FREQUENCIES_TOO_MANY: "frequencies",
  FREQUENCIES_NONE: "frequencies",
  FREQUENCY_TWICE: "frequencies",
  FREQUENCY_TOO_LONG: "frequencies",
  PRODUCT_GONE: "products",
};

/**
 * Shopify's refusals as problems beside the form's fields. Those without words of ours keep Shopify's.
 * Re-adding a product that is in the group already (TAKEN on products) is no problem: it is what was asked for.
 */
export function problemsFromUserErrors(errors: readonly PlanUserError[]): PlanProblem[] {
  return errors.flatMap((error) => {
    const path = fieldOf(error.field ?? []);
    if (path === "products" && error.code === "TAKEN") return [];
    const code = codeOf(path, error.code);
    const field = home[code] ?? path;
    return [code === "SHOPIFY_SAYS" ? { field, code, message: error.message } : { field, code }];
  });
}
