import { nextId, type Contract, type Draft, type Shop, type World } from "../world";
import { contractOfCycle, hasFutureEdits } from "./cycle-contracts";
import { isTerminated, selectionMessage, type UserError } from "./cycle-edits";
import { selectCycle, type CycleSelector } from "./cycles";
import type { DraftInput } from "./draft-inputs";
import { fault } from "./draft-lines";
import { limitsOf, policyOf, refused, updateDraft, type DraftResult } from "./draft-terms";
import { isSoldIn } from "./markets";
import { round } from "./money";
import { holds } from "./rules";
import { nowOf } from "./time";

/** Drafts that are kept; the oldest are forgotten, as Shopify's are once they lie unused. */
const MAX_DRAFTS = 200;
export const futureEditsFault = (field: string): UserError =>
  fault(
    "HAS_FUTURE_EDITS",
    "Cannot update a subscription contract with a current or upcoming billing cycle contract edit.",
    field,
  );
export const terminatedFault = (field: string): UserError =>
  fault("INVALID", "Subscription contract cannot be changed once terminated.", field);

/** What a draft of the contract, or of one of its cycles, builds on: another value later means that it moved on. */
export const basisOf = (contract: Contract, cycleIndex: number | null): string =>
  cycleIndex === null
    ? contract.revisionId
    : `${contract.revisionId} ${contract.cycleEdits[String(cycleIndex)]?.contract?.revisionId ?? ""}`;

function keepDraft(world: World, shop: Shop, draft: Omit<Draft, "id" | "codes" | "committed" | "createdAt">): Draft {
  const drafts = (shop.drafts ??= {});
  const kept: Draft = { id: nextId(world), codes: [], committed: false, createdAt: nowOf(world), ...draft };
  drafts[kept.id] = kept;
  const ids = Object.keys(drafts);
  for (const id of ids.slice(0, Math.max(0, ids.length - MAX_DRAFTS))) delete drafts[id];
  return kept;
}

/** A contract's own terms, apart from the record: what a draft may change without anyone seeing it. */
const copyOf = (contract: Contract): Contract => structuredClone({ ...contract, cycleEdits: {} });

/** subscriptionContractUpdate: opens a draft of the contract. Errors: INVALID for an ended contract, HAS_FUTURE_EDITS by RULES.futureEditsRefuseTheCommit. */
export function openContractDraft(world: World, shop: Shop, contract: Contract): DraftResult {
  if (isTerminated(contract)) return refused(terminatedFault("contractId"));
  if (!holds(world, "futureEditsRefuseTheCommit") && hasFutureEdits(world, shop, contract)) {
    return refused(futureEditsFault("contractId"));
  }
  const draft = keepDraft(world, shop, {
    contractId: contract.id,
    cycleIndex: null,
    original: copyOf(contract),
    working: copyOf(contract),
    basedOn: basisOf(contract, null),
    concatenated: [],
  });
  return { draft, userErrors: [] };
}

/**
 * subscriptionBillingCycleContractEdit: opens a draft of one cycle's terms, which begin as what the cycle has now.
 * Errors: those of the selector, INVALID for an ended contract and for a billed cycle (RULES.billedCyclesCannotBeSkipped).
 */
export function openCycleDraft(world: World, shop: Shop, contract: Contract, selector: CycleSelector): DraftResult {
  const { cycle, error } = selectCycle(world, shop, contract, selector);
  if (error) return refused(selectionFault(error, "billingCycleInput"));
  if (isTerminated(contract)) return refused(terminatedFault("billingCycleInput"));
  if (cycle.status === "BILLED" && holds(world, "billedCyclesCannotBeSkipped")) {
    return refused(fault("INVALID", "Billing cycle has already been billed.", "billingCycleInput"));
  }
  const { cycleIndex } = cycle;
  const terms = contractOfCycle(contract, cycleIndex);
  const draft = keepDraft(world, shop, {
    contractId: contract.id,
    cycleIndex,
    original: copyOf(terms),
    working: copyOf(terms),
    basedOn: basisOf(contract, cycleIndex),
    concatenated: [...(contract.cycleEdits[String(cycleIndex)]?.contract?.concatenated ?? [])],
  });
  return { draft, userErrors: [] };
}

export function selectionFault(error: Parameters<typeof selectionMessage>[0], field: string): UserError {
  return error === "INVALID"
    ? fault(
        "CYCLE_SELECTOR_VALIDATE_ONE_OF",
        "Billing cycle selector requires exactly one of index or date to be provided.",
        field,
        "selector",
      )
    : fault(error, selectionMessage(error), field, "selector");
}

export interface NewContractInput {
  customerId: string;
  currencyCode: string;
  nextBillingDate: string;
  contract: DraftInput;
}

/**
 * subscriptionContractCreate: a draft of a contract that is still to be made. Errors: CUSTOMER_DOES_NOT_EXIST,
 * CUSTOMER_REDACTED, CURRENCY_NOT_ENABLED, BLANK for a missing policy, and those of `updateDraft`.
 */
export function openNewDraft(world: World, shop: Shop, appId: string, input: NewContractInput): DraftResult {
  const customer = shop.customers[input.customerId];
  const { billingPolicy, deliveryPolicy } = input.contract;
  const faults: UserError[] = [
    ...(customer ? [] : [fault("CUSTOMER_DOES_NOT_EXIST", "The customer doesn't exist.", "input", "customerId")]),
    ...(customer?.redacted
      ? [fault("CUSTOMER_REDACTED", "Customer is scheduled for redaction or has been redacted.", "input", "customerId")]
      : []),
    ...(isSoldIn(shop, input.currencyCode)
      ? []
      : [fault("CURRENCY_NOT_ENABLED", "Currency is not enabled.", "input", "currencyCode")]),
    ...(billingPolicy ? [] : [fault("BLANK", "Billing policy can't be blank", "input", "contract", "billingPolicy")]),
    ...(deliveryPolicy
      ? []
      : [fault("BLANK", "Delivery policy can't be blank", "input", "contract", "deliveryPolicy")]),
  ];
  if (faults.length > 0 || !billingPolicy || !deliveryPolicy) return refused(...faults);
  const now = nowOf(world);
  const working: Contract = {
    id: "0",
    appId,
    status: input.contract.status ?? "ACTIVE",
    customerId: input.customerId,
    paymentMethodId: null,
    currency: input.currencyCode,
    lines: [],
    billingPolicy: { ...policyOf(billingPolicy), ...limitsOf(billingPolicy) },
    deliveryPolicy: policyOf(deliveryPolicy),
    deliveryPrice: round("0", input.currencyCode),
    shippingTitle: null,
    shippingAddress: null,
    originOrderId: null,
    note: null,
    nextBillingDate: null,
    revisionId: "0",
    lastPaymentStatus: null,
    lastBillingAttemptErrorType: null,
    createdAt: now,
    updatedAt: now,
    terminatedAt: null,
    cycleEdits: {},
    createdTimeZone: shop.timeZone,
    discounts: [],
    customAttributes: [],
  };
  const draft: Draft = {
    id: "",
    contractId: null,
    cycleIndex: null,
    original: null,
    working,
    basedOn: "",
    codes: [],
    concatenated: [],
    committed: false,
    createdAt: now,
  };
  const { userErrors } = updateDraft(world, shop, draft, {
    ...input.contract,
    nextBillingDate: input.contract.nextBillingDate ?? input.nextBillingDate,
  });
  if (userErrors.length > 0) return refused(...userErrors);
  return { draft: keepDraft(world, shop, draft), userErrors: [] };
}
