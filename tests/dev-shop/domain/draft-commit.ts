import { nextId, type Contract, type CycleContract, type Draft, type Shop, type World } from "../world";
import { useCode } from "./codes";
import { touch } from "./contracts";
import { hasFutureEdits } from "./cycle-contracts";
import { editCycle, isTerminated, type UserError } from "./cycle-edits";
import { currentCycleIndex, cycleAt } from "./cycles";
import { fault } from "./draft-lines";
import { basisOf, futureEditsFault, terminatedFault } from "./drafts";
import { emit } from "./emit";
import { addContract } from "./indexes";
import { holds } from "./rules";
import { nowOf } from "./time";
import { contractPayload, cyclePayload } from "./webhook-payloads";

export interface CommitResult {
  contract: Contract | null;
  userErrors: UserError[];
}

const refused = (...userErrors: UserError[]): CommitResult => ({ contract: null, userErrors });

export const committedFault = (): UserError =>
  fault("COMMITTED", "Subscription draft has been already committed.", "draftId");

const stale = (): UserError =>
  fault(
    "STALE_CONTRACT",
    "Another operation updated the contract concurrently as the commit was in progress.",
    "draftId",
  );

/** What any terms must have before they can hold: lines, someone to deliver to, discounts that apply to something. */
function faultsOfTerms({ lines, shippingAddress, deliveryMethod, discounts = [] }: Contract): UserError[] {
  return [
    ...(lines.length === 0 ? [fault("INVALID_LINES", "Must have at least one line.", "draftId")] : []),
    ...(shippingAddress === null && !deliveryMethod && lines.some(({ requiresShipping }) => requiresShipping)
      ? [
          fault(
            "DELIVERY_METHOD_REQUIRED",
            "The delivery method can't be blank if any lines require shipping.",
            "draftId",
          ),
        ]
      : []),
    ...(discounts.some(({ target, all, lineIds }) => target === "LINE_ITEM" && !all && lineIds.length === 0)
      ? [fault("NO_ENTITLED_LINES", "Discount must have at least one entitled line.", "draftId")]
      : []),
  ];
}

function close(draft: Draft): void {
  draft.committed = true;
  draft.original = null;
}

/**
 * subscriptionDraftCommit. Errors: COMMITTED, BILLING_CYCLE_PRESENT, HAS_FUTURE_EDITS, STALE_CONTRACT, INVALID (ended
 * meanwhile), INVALID_LINES, DELIVERY_METHOD_REQUIRED, NO_ENTITLED_LINES. Makes a new revision and sends
 * subscription_contracts/update (create for a new contract).
 */
export function commitDraft(world: World, shop: Shop, draft: Draft): CommitResult {
  if (draft.committed) return refused(committedFault());
  if (draft.cycleIndex !== null) {
    return refused(
      fault(
        "BILLING_CYCLE_PRESENT",
        "Cannot commit a billing cycle contract draft with this mutation. Please use SubscriptionBillingCycleContractDraftCommit.",
        "draftId",
      ),
    );
  }
  const contract = draft.contractId === null ? null : shop.contracts[draft.contractId];
  if (contract === undefined) return refused(stale());
  if (contract) {
    if (hasFutureEdits(world, shop, contract)) return refused(futureEditsFault("draftId"));
    if (isTerminated(contract)) return refused(terminatedFault("draftId"));
    if (basisOf(contract, null) !== draft.basedOn) return refused(stale());
  }
  const faults = faultsOfTerms(draft.working);
  if (faults.length > 0) return refused(...faults);
  close(draft);
  for (const { redeemCode, rejectionReason } of draft.codes) {
    if (rejectionReason === null) useCode(shop, redeemCode, draft.working.customerId);
  }
  return {
    contract: contract ? change(world, shop, contract, draft.working) : make(world, shop, draft),
    userErrors: [],
  };
}

function make(world: World, shop: Shop, draft: Draft): Contract {
  const now = nowOf(world);
  const contract: Contract = {
    ...structuredClone(draft.working),
    id: nextId(world),
    revisionId: nextId(world),
    createdAt: now,
    updatedAt: now,
    ...firstEndOf(world, draft.working.nextBillingDate),
  };
  draft.contractId = contract.id;
  addContract(shop, contract);
  emit(world, shop, "subscription_contracts/create", contractPayload(contract));
  return contract;
}

/** RULES.nextBillingDateEndsTheFirstCycle */
const firstEndOf = (world: World, nextBillingDate: Contract["nextBillingDate"]): Pick<Contract, "earlierEnds"> =>
  nextBillingDate !== null && holds(world, "nextBillingDateEndsTheFirstCycle")
    ? { earlierEnds: [nextBillingDate] }
    : {};

/** Orders that were made while the draft lay open have used discounts: what was used stays used. */
function withUse(contract: Contract, working: Contract): Contract["discounts"] {
  return (working.discounts ?? []).map((discount) => ({
    ...structuredClone(discount),
    usageCount: contract.discounts?.find(({ id }) => id === discount.id)?.usageCount ?? discount.usageCount,
  }));
}

const TOPICS = { ACTIVE: "activate", PAUSED: "pause", CANCELLED: "cancel", EXPIRED: "expire", FAILED: "fail" } as const;

function change(world: World, shop: Shop, contract: Contract, working: Contract): Contract {
  const earlierEnds = endsThatStay(world, shop, contract, working);
  const { status } = contract;
  Object.assign(contract, {
    status: working.status,
    paymentMethodId: working.paymentMethodId,
    lines: structuredClone(working.lines),
    discounts: withUse(contract, working),
    customAttributes: working.customAttributes ?? [],
    billingPolicy: working.billingPolicy,
    deliveryPolicy: working.deliveryPolicy,
    deliveryPrice: working.deliveryPrice,
    shippingTitle: working.shippingTitle,
    shippingAddress: working.shippingAddress,
    deliveryMethod: working.deliveryMethod ?? null,
    note: working.note,
    nextBillingDate: working.nextBillingDate,
    ...(earlierEnds ? { earlierEnds } : {}),
  } satisfies Partial<Contract>);
  touch(world, contract, true);
  if (contract.status !== status) {
    if (isTerminated(contract)) contract.terminatedAt = nowOf(world);
    emit(world, shop, `subscription_contracts/${TOPICS[contract.status]}`, contractPayload(contract));
  }
  emit(world, shop, "subscription_contracts/update", contractPayload(contract));
  return contract;
}

const spelled = ({ interval, intervalCount, anchors }: Contract["billingPolicy"]): string =>
  JSON.stringify([interval, intervalCount, anchors.map(({ type, day, month }) => [type, day, month ?? null])]);

/** Cycles are never renumbered: those that are over, and by the rule's switch the current one, keep their ends. */
function endsThatStay(world: World, shop: Shop, contract: Contract, working: Contract): string[] | null {
  if (spelled(contract.billingPolicy) === spelled(working.billingPolicy)) return null;
  const current = currentCycleIndex(world, shop, contract);
  const kept = holds(world, "policyChangesCountFromTheCyclesStart") ? current - 1 : current;
  return Array.from({ length: kept }, (_, index) => cycleAt(world, shop, contract, index + 1).cycleEndAt);
}

/**
 * subscriptionBillingCycleContractDraftCommit: the terms hold for the draft's cycle alone. The contract's revision stays.
 * Errors: COMMITTED, BILLING_CYCLE_ABSENT, STALE_CONTRACT, INVALID (billed or ended meanwhile) and those of terms.
 * Sends subscription_billing_cycle_edits/create, or update when the cycle was edited before.
 */
export function commitCycleDraft(world: World, shop: Shop, draft: Draft): CommitResult {
  if (draft.committed) return refused(committedFault());
  const { contractId, cycleIndex, working } = draft;
  const contract = contractId === null ? undefined : shop.contracts[contractId];
  if (cycleIndex === null || !contract) {
    return refused(
      fault(
        "BILLING_CYCLE_ABSENT",
        "Cannot commit a contract draft with this mutation. Please use SubscriptionDraftCommit.",
        "draftId",
      ),
    );
  }
  if (isTerminated(contract)) return refused(terminatedFault("draftId"));
  if (basisOf(contract, cycleIndex) !== draft.basedOn) return refused(stale());
  const before = cycleAt(world, shop, contract, cycleIndex);
  if (before.status === "BILLED" && holds(world, "billedCyclesCannotBeSkipped")) {
    return refused(fault("INVALID", "Billing cycle has already been billed.", "draftId"));
  }
  const faults = faultsOfTerms(working);
  if (faults.length > 0) return refused(...faults);
  const known = contract.cycleEdits[String(cycleIndex)]?.contract;
  const terms: CycleContract = {
    lines: structuredClone(working.lines),
    deliveryPrice: working.deliveryPrice,
    shippingTitle: working.shippingTitle,
    shippingAddress: working.shippingAddress,
    deliveryMethod: working.deliveryMethod ?? null,
    paymentMethodId: working.paymentMethodId,
    note: working.note,
    discounts: structuredClone(working.discounts ?? []),
    customAttributes: working.customAttributes ?? [],
    concatenated: draft.concatenated,
    createdAt: known?.createdAt ?? nowOf(world),
    updatedAt: nowOf(world),
    revisionId: nextId(world),
  };
  close(draft);
  editCycle(contract, cycleIndex, { contract: terms });
  emit(
    world,
    shop,
    `subscription_billing_cycle_edits/${before.edited ? "update" : "create"}`,
    cyclePayload(shop, cycleAt(world, shop, contract, cycleIndex)),
  );
  return { contract, userErrors: [] };
}
