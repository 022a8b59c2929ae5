import { Decimal as Num } from "decimal.js";

import type { RecurringPolicy } from "../world";
import type { UserError } from "./cycle-edits";
import type { PlanDraft } from "./selling-plan-input";

/** Documented: "Selling plan groups can't have more than 31 selling plans." */
export const MAX_PLANS = 31;
/** Documented: at most three options a group. */
export const MAX_OPTIONS = 3;
/** Documented: one fixed pricing policy and, optionally, one recurring. */
const MAX_PRICING_POLICIES = 2;

/** A policy's length in a unit that divides exactly: days for days and weeks, months for months and years. */
function length(policy: RecurringPolicy): { unit: "days" | "months"; count: number } {
  const { interval, intervalCount } = policy;
  if (interval === "DAY") return { unit: "days", count: intervalCount };
  if (interval === "WEEK") return { unit: "days", count: 7 * intervalCount };
  return { unit: "months", count: interval === "MONTH" ? intervalCount : 12 * intervalCount };
}

export function isMultiple(billing: RecurringPolicy, delivery: RecurringPolicy): boolean {
  const b = length(billing);
  const d = length(delivery);
  return b.unit === d.unit && b.count % d.count === 0;
}

/** Every fault of one plan, with Shopify's codes and, where they were observed, Shopify's sentences. */
export function faultsOfPlan(draft: PlanDraft, groupOptions: readonly string[]): UserError[] {
  const faults: UserError[] = [];
  const { plan } = draft;
  const fault = (code: string, message: string, ...path: string[]): void => {
    faults.push({ field: [...draft.field, ...path], message, code });
  };
  if (plan.name.trim() === "") fault("BLANK", "Name can't be blank", "name");
  for (const kind of draft.ambiguous) {
    fault(
      `ONLY_NEED_ONE_${kind.toUpperCase()}_POLICY_TYPE`,
      `Only one ${kind} policy type is needed.`,
      `${kind}Policy`,
    );
  }
  for (const kind of draft.missing) {
    fault(
      `SELLING_PLAN_${kind.toUpperCase()}_POLICY_MISSING`,
      `${kind === "billing" ? "Billing" : "Delivery"} policy can't be blank`,
      `${kind}Policy`,
    );
  }
  if (draft.fixed.length === 1 && draft.ambiguous.length === 0) {
    fault("BILLING_AND_DELIVERY_POLICY_TYPES_MUST_BE_THE_SAME", "billing and delivery policy types must be the same.");
  }
  if (faults.length > 0) return faults;
  faultsOfPolicies(draft, fault);
  faultsOfPricing(draft, fault);
  faultsOfOptions(plan.options, groupOptions, fault);
  return faults;
}

type Fault = (code: string, message: string, ...path: string[]) => void;

function faultsOfPolicies({ plan }: PlanDraft, fault: Fault): void {
  const { billingPolicy: billing, deliveryPolicy: delivery } = plan;
  const positive = [
    ["billingPolicy", billing],
    ["deliveryPolicy", delivery],
  ] as const;
  const wrong = positive.filter(([, policy]) => policy.intervalCount <= 0);
  for (const [path] of wrong) {
    fault("GREATER_THAN", "Interval count must be greater than 0", path, "recurring", "intervalCount");
  }
  if (wrong.length === 0 && !isMultiple(billing, delivery)) {
    fault(
      "SELLING_PLAN_BILLING_CYCLE_MUST_BE_A_MULTIPLE_OF_DELIVERY_CYCLE",
      "Billing cycle must be a multiple of the delivery cycle",
    );
  }
  const spelled = (policy: RecurringPolicy): string =>
    JSON.stringify(policy.anchors.map(({ type, day, month }) => [type, day, month ?? null]));
  if (spelled(billing) !== spelled(delivery)) {
    fault(
      "SELLING_PLAN_BILLING_AND_DELIVERY_POLICY_ANCHORS_MUST_BE_EQUAL",
      "Billing and delivery policy anchors must be the same",
    );
  }
  const { minCycles, maxCycles } = billing;
  if (minCycles !== null && maxCycles !== null && maxCycles < minCycles) {
    fault(
      "SELLING_PLAN_MAX_CYCLES_MUST_BE_GREATER_THAN_MIN_CYCLES",
      "Max cycles must be greater than min cycles",
      "billingPolicy",
      "recurring",
      "maxCycles",
    );
  }
}

function faultsOfPricing(draft: PlanDraft, fault: Fault): void {
  const policies = draft.plan.pricingPolicies;
  const fixed = policies.filter((policy) => policy.kind === "FIXED").length;
  if (draft.mismatchedValue) {
    fault(
      "PRICING_POLICY_ADJUSTMENT_VALUE_AND_TYPE_MUST_MATCH",
      "Adjustment value and type must match",
      "pricingPolicies",
    );
  }
  if (policies.length > MAX_PRICING_POLICIES) {
    fault(
      "SELLING_PLAN_PRICING_POLICIES_LIMIT",
      "A selling plan can have at most 2 pricing policies",
      "pricingPolicies",
    );
  }
  if (fixed > 1) {
    fault(
      "SELLING_PLAN_FIXED_PRICING_POLICIES_LIMIT",
      "A selling plan can have at most 1 fixed pricing policy",
      "pricingPolicies",
    );
  }
  if (fixed === 0 && policies.length > 0) {
    fault(
      "SELLING_PLAN_PRICING_POLICIES_MUST_CONTAIN_A_FIXED_PRICING_POLICY",
      "Selling plan pricing policies must contain a fixed pricing policy",
      "pricingPolicies",
    );
  }
  for (const [index, { adjustmentType, adjustmentValue }] of policies.entries()) {
    const path = ["pricingPolicies", String(index), "adjustmentValue"];
    if (new Num(adjustmentValue).lt(0)) {
      fault("GREATER_THAN_OR_EQUAL_TO", "Adjustment value must be greater than or equal to 0", ...path);
    }
    if (adjustmentType === "PERCENTAGE" && new Num(adjustmentValue).gt(100)) {
      fault("LESS_THAN_OR_EQUAL_TO", "Adjustment value must be less than or equal to 100", ...path);
    }
  }
}

function faultsOfOptions(options: readonly string[], groupOptions: readonly string[], fault: Fault): void {
  if (options.length === 0 && groupOptions.length > 0) fault("BLANK", "Options can't be blank", "options");
  for (const n of [2, 3]) {
    if (groupOptions.length >= n && options.length > 0 && options.length < n) {
      fault(
        `SELLING_PLAN_OPTION${n}_REQUIRED_AS_DEFINED_ON_PARENT_GROUP`,
        `Option${n} is required as defined on the parent group`,
        "options",
      );
    }
    if (options.length >= n && groupOptions.length < n) {
      fault(
        `SELLING_PLAN_MISSING_OPTION${n}_LABEL_ON_PARENT_GROUP`,
        `Missing option${n} label on the parent group`,
        "options",
      );
    }
  }
}

/** Faults between the plans of one group: how many, and no two alike. */
export function faultsOfPlans(plans: readonly { name: string; options: readonly string[] }[]): UserError[] {
  const faults: UserError[] = [];
  const fault = (code: string, message: string): void => {
    faults.push({ field: ["input", "sellingPlansToCreate"], message, code });
  };
  if (plans.length > MAX_PLANS) {
    fault("SELLING_PLAN_COUNT_UPPER_BOUND", "Selling plan groups can't have more than 31 selling plans.");
  }
  if (plans.length === 0)
    fault("SELLING_PLAN_COUNT_LOWER_BOUND", "Selling plan groups must have at least 1 selling plan.");
  const distinct = (values: string[]): boolean => new Set(values).size === values.length;
  if (!distinct(plans.map((plan) => plan.name))) {
    fault("SELLING_PLAN_DUPLICATE_NAME", "Selling plan names must be unique within a group");
  }
  if (!distinct(plans.map((plan) => plan.options.join("\n")))) {
    fault("SELLING_PLAN_DUPLICATE_OPTIONS", "Selling plan options must be unique within a group");
  }
  return faults;
}
