import { nextId, type Address, type Anchor, type Contract, type Draft, type Shop, type World } from "../world";
import { contractOfCycle, hasFutureEdits } from "./cycle-contracts";
import { isTerminated, selectionMessage, type UserError } from "./cycle-edits";
import { selectCycle, type CycleSelector } from "./cycles";
import type { ConcatenationInput, DraftInput, PolicyInput, ShippingInput } from "./draft-inputs";
import { fault } from "./draft-lines";
import { round } from "./money";
import { holds } from "./rules";
import { isMultiple } from "./selling-plan-validation";
import { instantOf, ms, nowOf } from "./time";

export interface DraftResult {
  draft: Draft | null;
  userErrors: UserError[];
}

/** Drafts that are kept; the oldest are forgotten, as Shopify's are once they lie unused. */
const MAX_DRAFTS = 200;
/** Characters of a note (INVALID_NOTE_LENGTH is documented, the number is assumed). */
const MAX_NOTE = 5000;
/** Contracts that one cycle may be delivered with (EXCEEDED_MAX_CONCATENATED_CONTRACTS is documented, the number is assumed). */
const MAX_CONCATENATED = 10;

const refused = (...userErrors: UserError[]): DraftResult => ({ draft: null, userErrors });

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

function selectionFault(error: Parameters<typeof selectionMessage>[0], field: string): UserError {
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
    ...(input.currencyCode === shop.currency
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

const anchorsOf = (anchors: PolicyInput["anchors"]): Anchor[] =>
  (anchors ?? []).map((anchor) => ({
    type: anchor.type ?? "MONTHDAY",
    day: anchor.day ?? 1,
    month: anchor.month ?? null,
    cutoffDay: anchor.cutoffDay ?? null,
  }));

const policyOf = (input: PolicyInput): Contract["deliveryPolicy"] => ({
  interval: input.interval,
  intervalCount: input.intervalCount,
  anchors: anchorsOf(input.anchors),
});

const limitsOf = (input: PolicyInput): Pick<Contract["billingPolicy"], "minCycles" | "maxCycles"> => ({
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
    ...(method?.localDelivery && !("localDeliveryOption" in method.localDelivery)
      ? [
          fault(
            "MISSING_LOCAL_DELIVERY_OPTIONS",
            "The local delivery options must be set for local delivery.",
            "input",
            "deliveryMethod",
            "localDelivery",
          ),
        ]
      : []),
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
  if (method?.shipping) ship(working, method.shipping);
  return { draft, userErrors: [] };
}

const BLANK_ADDRESS: Address = {
  firstName: "",
  lastName: "",
  address1: "",
  zip: "",
  city: "",
  countryCode: "",
};

/** Documented: partial input; a field that is not given keeps its value. */
function ship(working: Contract, { address, shippingOption }: ShippingInput): void {
  if (address) {
    const given = Object.fromEntries(
      Object.entries(address).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
    working.shippingAddress = { ...(working.shippingAddress ?? BLANK_ADDRESS), ...given };
  }
  if (shippingOption) {
    working.shippingTitle = shippingOption.title ?? shippingOption.presentmentTitle ?? working.shippingTitle;
  }
}

/** subscriptionBillingCycleContractDraftConcatenate: delivers and bills other contracts' cycles with this one. */
export function concatenate(
  world: World,
  shop: Shop,
  draft: Draft,
  inputs: readonly ConcatenationInput[],
): DraftResult {
  const field = "concatenatedBillingCycleContracts";
  if (draft.contractId === null) {
    return refused(
      fault(
        "CONCATENATION_UNCOMMITTED_CONTRACT_DRAFT",
        "Cannot concatenate a contract draft from subscriptionContractCreate mutation.",
        "draftId",
      ),
    );
  }
  if (draft.cycleIndex === null) {
    return refused(
      fault(
        "CONCATENATION_BILLING_CYCLE_CONTRACT_DRAFT_REQUIRED",
        "Contract draft must be a billing cycle contract draft for contract concatenation.",
        "draftId",
      ),
    );
  }
  const ids = [draft.contractId, ...draft.concatenated, ...inputs].map((one) =>
    typeof one === "string" ? one : one.contractId,
  );
  if (new Set(ids).size < ids.length) {
    return refused(
      fault(
        "DUPLICATE_CONCATENATED_CONTRACTS",
        "Concatenated contracts cannot contain duplicate subscription contracts.",
        field,
      ),
    );
  }
  if (ids.length - 1 > MAX_CONCATENATED) {
    return refused(
      fault(
        "EXCEEDED_MAX_CONCATENATED_CONTRACTS",
        "Maximum number of concatenated contracts on a billing cycle contract draft exceeded.",
        field,
      ),
    );
  }
  const added: Draft["concatenated"] = [];
  for (const { contractId, selector } of inputs) {
    const other = shop.contracts[contractId];
    if (!other || isTerminated(other) || other.customerId !== draft.working.customerId) {
      return refused(fault("INVALID", "Subscription contract cannot be concatenated.", field));
    }
    const { cycle, error } = selectCycle(world, shop, other, selector);
    if (error) return refused(selectionFault(error, field));
    added.push({ contractId, cycleIndex: cycle.cycleIndex });
  }
  for (const { contractId, cycleIndex } of added) {
    const other = shop.contracts[contractId];
    if (!other) continue;
    for (const line of contractOfCycle(other, cycleIndex).lines) {
      draft.working.lines.push({ ...structuredClone(line), concatenatedFrom: contractId });
    }
  }
  draft.concatenated.push(...added);
  return { draft, userErrors: [] };
}
