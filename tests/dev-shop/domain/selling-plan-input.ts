import type { Anchor, Interval, PricingPolicy, SellingPlan } from "../world";

type Maybe<T> = T | null | undefined;

export interface AnchorInput {
  type?: Maybe<Anchor["type"]>;
  day?: Maybe<number>;
  month?: Maybe<number>;
  cutoffDay?: Maybe<number>;
}

export interface RecurringPolicyInput {
  interval?: Maybe<Interval>;
  intervalCount?: Maybe<number>;
  anchors?: Maybe<AnchorInput[]>;
}

export interface PricingInput {
  adjustmentType?: Maybe<PricingPolicy["adjustmentType"]>;
  adjustmentValue?: Maybe<{ percentage?: Maybe<number>; fixedValue?: Maybe<string> }>;
}

/** SellingPlanInput of the Admin API, as far as recurring plans need it. */
export interface SellingPlanInput {
  id?: Maybe<string>;
  name?: Maybe<string>;
  description?: Maybe<string>;
  category?: Maybe<string>;
  options?: Maybe<string[]>;
  position?: Maybe<number>;
  billingPolicy?: Maybe<{
    fixed?: Maybe<object>;
    recurring?: Maybe<RecurringPolicyInput & { minCycles?: Maybe<number>; maxCycles?: Maybe<number> }>;
  }>;
  deliveryPolicy?: Maybe<{
    fixed?: Maybe<object>;
    recurring?: Maybe<
      RecurringPolicyInput & { cutoff?: Maybe<number>; intent?: Maybe<string>; preAnchorBehavior?: Maybe<string> }
    >;
  }>;
  pricingPolicies?: Maybe<{ fixed?: Maybe<PricingInput>; recurring?: Maybe<PricingInput & { afterCycle: number }> }[]>;
  inventoryPolicy?: Maybe<{ reserve?: Maybe<SellingPlan["inventoryReserve"]> }>;
}

/** SellingPlanGroupInput of the Admin API; ids are numeric ids as strings. */
export interface SellingPlanGroupInput {
  name?: Maybe<string>;
  merchantCode?: Maybe<string>;
  appId?: Maybe<string>;
  description?: Maybe<string>;
  options?: Maybe<string[]>;
  position?: Maybe<number>;
  sellingPlansToCreate?: Maybe<SellingPlanInput[]>;
  sellingPlansToUpdate?: Maybe<SellingPlanInput[]>;
  sellingPlansToDelete?: Maybe<string[]>;
}

/** A selling plan as far as it has been said: what is missing is found by validation. */
export interface PlanDraft {
  plan: Omit<SellingPlan, "id" | "groupId" | "createdAt">;
  /** Where the plan stands in the input, for the `field` of its errors. */
  field: string[];
  missing: ("billing" | "delivery")[];
  fixed: ("billing" | "delivery")[];
  ambiguous: ("billing" | "delivery")[];
  mismatchedValue: boolean;
}

const NO_CYCLE = { interval: "MONTH", intervalCount: 0, anchors: [] } as const;

export const emptyPlan = (): PlanDraft["plan"] => ({
  name: "",
  description: null,
  category: null,
  options: [],
  position: null,
  billingPolicy: { ...NO_CYCLE, anchors: [], minCycles: null, maxCycles: null },
  deliveryPolicy: {
    ...NO_CYCLE,
    anchors: [],
    cutoff: null,
    intent: "FULFILLMENT_BEGIN",
    preAnchorBehavior: "ASAP",
  },
  pricingPolicies: [],
  inventoryReserve: "ON_SALE",
});

const anchors = (input: Maybe<AnchorInput[]>, old: Anchor[]): Anchor[] =>
  input?.map((anchor) => ({
    type: anchor.type ?? "MONTHDAY",
    day: anchor.day ?? 1,
    month: anchor.month ?? null,
    cutoffDay: anchor.cutoffDay ?? null,
  })) ?? old;

function pricing(input: PricingInput, kind: PricingPolicy["kind"], afterCycle: number | null): PricingPolicy {
  const type = input.adjustmentType ?? "PERCENTAGE";
  const value = type === "PERCENTAGE" ? input.adjustmentValue?.percentage : input.adjustmentValue?.fixedValue;
  return {
    kind,
    adjustmentType: type,
    adjustmentValue: String(value ?? 0),
    ...(afterCycle === null ? {} : { afterCycle }),
  };
}

const mismatched = (input: PricingInput): boolean => {
  const value = input.adjustmentValue;
  const given = input.adjustmentType === "PERCENTAGE" ? value?.percentage : value?.fixedValue;
  return given === null || given === undefined;
};

/** Lays an input over a plan (documented for updates: what is not named keeps its value; lists are replaced whole). */
export function draftPlan(old: PlanDraft["plan"], input: SellingPlanInput, field: string[], isNew: boolean): PlanDraft {
  const billing = input.billingPolicy?.recurring;
  const delivery = input.deliveryPolicy?.recurring;
  const policies = input.pricingPolicies ?? [];
  const kinds = ["billing", "delivery"] as const;
  const given = { billing: input.billingPolicy, delivery: input.deliveryPolicy };
  return {
    field,
    missing: kinds.filter((kind) => isNew && !given[kind]?.recurring && !given[kind]?.fixed),
    fixed: kinds.filter((kind) => given[kind]?.fixed),
    ambiguous: kinds.filter((kind) => given[kind]?.fixed && given[kind]?.recurring),
    mismatchedValue: policies.some((policy) => [policy.fixed, policy.recurring].some((one) => one && mismatched(one))),
    plan: {
      name: input.name ?? old.name,
      description: input.description === undefined ? old.description : input.description,
      category: input.category ?? old.category,
      options: input.options ?? old.options,
      position: input.position === undefined ? old.position : input.position,
      billingPolicy: {
        interval: billing?.interval ?? old.billingPolicy.interval,
        intervalCount: billing?.intervalCount ?? old.billingPolicy.intervalCount,
        anchors: anchors(billing?.anchors, old.billingPolicy.anchors),
        minCycles: billing?.minCycles === undefined ? old.billingPolicy.minCycles : billing.minCycles,
        maxCycles: billing?.maxCycles === undefined ? old.billingPolicy.maxCycles : billing.maxCycles,
      },
      deliveryPolicy: {
        interval: delivery?.interval ?? old.deliveryPolicy.interval,
        intervalCount: delivery?.intervalCount ?? old.deliveryPolicy.intervalCount,
        anchors: anchors(delivery?.anchors, old.deliveryPolicy.anchors),
        cutoff: delivery?.cutoff === undefined ? old.deliveryPolicy.cutoff : delivery.cutoff,
        intent: delivery?.intent ?? old.deliveryPolicy.intent,
        preAnchorBehavior: delivery?.preAnchorBehavior ?? old.deliveryPolicy.preAnchorBehavior,
      },
      pricingPolicies: input.pricingPolicies
        ? policies.flatMap((policy) => [
            ...(policy.fixed ? [pricing(policy.fixed, "FIXED", null)] : []),
            ...(policy.recurring ? [pricing(policy.recurring, "RECURRING", policy.recurring.afterCycle)] : []),
          ])
        : old.pricingPolicies,
      inventoryReserve: input.inventoryPolicy?.reserve ?? old.inventoryReserve,
    },
  };
}
