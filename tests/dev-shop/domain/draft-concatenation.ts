import type { Draft, Shop, World } from "../world";
import { contractOfCycle } from "./cycle-contracts";
import { isTerminated } from "./cycle-edits";
import { selectCycle } from "./cycles";
import type { ConcatenationInput } from "./draft-inputs";
import { fault } from "./draft-lines";
import { refused, type DraftResult } from "./draft-terms";
import { selectionFault } from "./drafts";

/** Contracts that one cycle may be delivered with (EXCEEDED_MAX_CONCATENATED_CONTRACTS is documented, the number is assumed). */
const MAX_CONCATENATED = 10;

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
