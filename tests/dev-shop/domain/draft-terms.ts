import type { Anchor, Contract, Draft, Shop, World } from "../world";
import type { UserError } from "./cycle-edits";
import { deliver, faultsOfDelivery } from "./draft-delivery";
import type { DraftInput, PolicyInput } from "./draft-inputs";
import { fault } from "./draft-lines";
import { round } from "./money";
import { isMultiple } from "./selling-plan-validation";
import { instantOf, ms } from "./time";

export interface DraftResult {
  draft: Draft | null;
  userErrors: UserError[];
}

/** Characters of a note (INVALID_NOTE_LENGTH is documented, the number is assumed). */
const MAX_NOTE = 5000;
export const refused = (...userErrors: UserError[]): DraftResult => ({ draft: null, userErrors });

const anchorsOf = (anchors: PolicyInput["anchors"]): Anchor[] =>
  (anchors ?? []).map((anchor) => ({
    type: anchor.type ?? "MONTHDAY",
    day: anchor.day ?? 1,
    month: anchor.month ?? null,
    cutoffDay: anchor.cutoffDay ?? null,
  }));

export const policyOf = (input: PolicyInput): Contract["deliveryPolicy"] => ({
  interval: input.interval,
  intervalCount: input.intervalCount,
  anchors: anchorsOf(input.anchors),
});

export const limitsOf = (input: PolicyInput): Pick<Contract["billingPolicy"], "minCycles" | "maxCycles"> => ({
  minCycles: input.minCycles ?? null,
  maxCycles: input.maxCycles ?? null,
});

function faultsOfPolicies(working: Contract, input: DraftInput): UserError[] {
  const faults: UserError[] = [];
  const billing = input.billingPolicy ? policyOf(input.billingPolicy) : working.billingPolicy;
  const delivery = input.deliveryPolicy ? policyOf(input.deliveryPolicy) : working.deliveryPolicy;
  for (const [name, policy] of [
    ["billingPolicy", billing],
    ["deliveryPolicy", delivery],
  ] as const) {
    if (policy.intervalCount <= 0) {
      faults.push(fault("GREATER_THAN", "Interval count must be greater than 0", "input", name, "intervalCount"));
    }
  }
  if (faults.length === 0 && !isMultiple(billing, delivery)) {
    faults.push(
      fault(
        "DELIVERY_MUST_BE_MULTIPLE_OF_BILLING",
        "The delivery policy interval must be a multiple of the billing policy interval.",
        "input",
        "deliveryPolicy",
      ),
    );
  }
  const { minCycles, maxCycles } = input.billingPolicy ?? {};
  if (typeof minCycles === "number" && typeof maxCycles === "number" && maxCycles < minCycles) {
    faults.push(
      fault(
        "SELLING_PLAN_MAX_CYCLES_MUST_BE_GREATER_THAN_MIN_CYCLES",
        "The maximum number of cycles must be greater than the minimum.",
        "input",
        "billingPolicy",
        "maxCycles",
      ),
    );
  }
  return faults;
}

function faultsOfCycleDraft(input: DraftInput): UserError[] {
  return [
    ...(input.billingPolicy
      ? [
          fault(
            "BILLING_CYCLE_CONTRACT_DRAFT_BILLING_POLICY_INVALID",
            "Billing policy cannot be updated for billing cycle contract drafts.",
            "input",
            "billingPolicy",
          ),
        ]
      : []),
    ...(input.deliveryPolicy
      ? [
          fault(
            "BILLING_CYCLE_CONTRACT_DRAFT_DELIVERY_POLICY_INVALID",
            "Delivery policy cannot be updated for billing cycle contract drafts.",
            "input",
            "deliveryPolicy",
          ),
        ]
      : []),
  ];
}

function faultsOfPayment(shop: Shop, working: Contract, methodId: string): UserError[] {
  const method = shop.paymentMethods[methodId];
  const field = ["input", "paymentMethodId"];
  if (!method || method.revokedAt !== null) {
    return [fault("INVALID", "Customer payment method does not exist.", ...field)];
  }
  return method.customerId === working.customerId
    ? []
    : [fault("CUSTOMER_MISMATCH", "The payment method customer must be the same as the contract customer.", ...field)];
}

/** subscriptionDraftUpdate: what is not named stays. All or nothing. */
export function updateDraft(world: World, shop: Shop, draft: Draft, input: DraftInput): DraftResult {
  const { working } = draft;
  const method = input.deliveryMethod;
  const date = input.nextBillingDate;
  const faults: UserError[] = [
    ...(draft.cycleIndex === null ? faultsOfPolicies(working, input) : faultsOfCycleDraft(input)),
    ...(input.paymentMethodId ? faultsOfPayment(shop, working, input.paymentMethodId) : []),
    ...(typeof input.deliveryPrice === "string" && Number(input.deliveryPrice) < 0
      ? [
          fault(
            "GREATER_THAN_OR_EQUAL_TO",
            "Delivery price must be greater than or equal to 0",
            "input",
            "deliveryPrice",
          ),
        ]
      : []),
    ...((input.note ?? "").length > MAX_NOTE
      ? [fault("INVALID_NOTE_LENGTH", "Note length is too long.", "input", "note")]
      : []),
    ...(typeof date === "string" && ms(date) < ms(world.now)
      ? [fault("INVALID_BILLING_DATE", "Next billing date is invalid.", "input", "nextBillingDate")]
      : []),
    ...(method ? faultsOfDelivery(world, shop, working, method) : []),
  ];
  if (faults.length > 0) return refused(...faults);
  if (input.billingPolicy) {
    working.billingPolicy = { ...policyOf(input.billingPolicy), ...limitsOf(input.billingPolicy) };
  }
  if (input.deliveryPolicy) working.deliveryPolicy = policyOf(input.deliveryPolicy);
  if (typeof input.deliveryPrice === "string") working.deliveryPrice = round(input.deliveryPrice, working.currency);
  if (input.paymentMethodId) working.paymentMethodId = input.paymentMethodId;
  if (input.status) working.status = input.status;
  if (input.note !== undefined) working.note = input.note;
  if (input.customAttributes) working.customAttributes = input.customAttributes;
  if (typeof date === "string") working.nextBillingDate = instantOf(ms(date));
  if (method) deliver(working, method);
  return { draft, userErrors: [] };
}
