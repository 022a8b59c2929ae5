import type { Contract, CycleContract, Shop, World } from "../world";
import { editCycle, hasIncompleteAttempts, selectionMessage, type UserError } from "./cycle-edits";
import { currentCycleIndex, cycleAt, selectCycle, type Cycle, type CycleSelector } from "./cycles";
import { discountsOf, useDiscounts } from "./discounts";
import { emit } from "./emit";
import { cyclePayload } from "./webhook-payloads";

const cycleContractOf = (contract: Contract, index: number | null): CycleContract | null =>
  index === null ? null : (contract.cycleEdits[String(index)]?.contract ?? null);

/**
 * The contract as one cycle has it: with that cycle's contract edit laid over, else the contract itself. What a charge of
 * the cycle takes and ships is this. `index` null: the current terms.
 */
export function contractOfCycle(contract: Contract, index: number | null): Contract {
  const edit = cycleContractOf(contract, index);
  if (!edit) return contract;
  const { lines, discounts, customAttributes, deliveryPrice, shippingTitle, shippingAddress } = edit;
  const { deliveryMethod = null, paymentMethodId, note, createdAt, updatedAt } = edit;
  return {
    ...contract,
    ...{ lines, discounts, customAttributes, deliveryPrice, shippingTitle, shippingAddress },
    ...{ deliveryMethod, paymentMethodId, note, createdAt, updatedAt },
  };
}

/** Cycles of other contracts that are delivered and billed with this one. */
export function concatenatedWith(
  shop: Shop,
  contract: Contract,
  index: number | null,
): { contract: Contract; cycleIndex: number }[] {
  return (cycleContractOf(contract, index)?.concatenated ?? []).flatMap(({ contractId, cycleIndex }) => {
    const other = shop.contracts[contractId];
    return other ? [{ contract: other, cycleIndex }] : [];
  });
}

/** What an order of the cycle leaves behind: discounts are used once more, concatenated cycles are paid with it. */
export function settleCycleTerms(shop: Shop, contract: Contract, index: number | null): void {
  const used = discountsOf(contractOfCycle(contract, index));
  useDiscounts(contract, used);
  const edit = cycleContractOf(contract, index);
  if (edit) useDiscounts(edit, used);
  for (const { contract: other, cycleIndex } of concatenatedWith(shop, contract, index)) {
    editCycle(other, cycleIndex, { billed: true });
  }
}

/** Documented (HAS_FUTURE_EDITS): the contract can't be updated while a current or upcoming cycle has terms of its own. */
export function hasFutureEdits(world: World, shop: Shop, contract: Contract): boolean {
  const current = currentCycleIndex(world, shop, contract);
  return Object.entries(contract.cycleEdits).some(
    ([index, edit]) => Number(index) >= current && edit.contract !== undefined,
  );
}

/** The edits that cycle edit deletions take away; that a cycle is billed is no edit. */
const isEdited = (cycle: Cycle): boolean => cycle.edited;

export interface CyclesResult {
  cycles: Cycle[] | null;
  userErrors: UserError[];
}

const refused = (code: string, message: string, field: string[]): CyclesResult => ({
  cycles: null,
  userErrors: [{ field, message, code }],
});

const NO_EDITS = "There's no contract or schedule edit associated with the targeted billing cycle(s).";

function removeEdits(world: World, shop: Shop, contract: Contract, cycles: readonly Cycle[]): Cycle[] {
  return cycles.map(({ cycleIndex, skipped }) => {
    const billed = contract.cycleEdits[String(cycleIndex)]?.billed;
    delete contract.cycleEdits[String(cycleIndex)];
    if (billed) editCycle(contract, cycleIndex, { billed });
    const after = cycleAt(world, shop, contract, cycleIndex);
    const payload = cyclePayload(shop, after);
    emit(world, shop, "subscription_billing_cycle_edits/delete", payload);
    if (skipped) emit(world, shop, "subscription_billing_cycles/unskip", payload);
    return after;
  });
}

/**
 * subscriptionBillingCycleEditDelete: takes the schedule edit (a moved date, a skip) and the contract edit off one cycle.
 * Errors: those of the selector, INCOMPLETE_BILLING_ATTEMPTS, NO_CYCLE_EDITS.
 */
export function deleteCycleEdit(world: World, shop: Shop, contract: Contract, selector: CycleSelector): CyclesResult {
  const { cycle, error } = selectCycle(world, shop, contract, selector);
  if (error) return refused(error, selectionMessage(error), ["billingCycleInput", "selector"]);
  if (hasIncompleteAttempts(shop, contract, cycle.cycleIndex)) {
    return refused("INCOMPLETE_BILLING_ATTEMPTS", "Billing cycle has incomplete billing attempts in progress.", [
      "billingCycleInput",
    ]);
  }
  if (!isEdited(cycle)) return refused("NO_CYCLE_EDITS", NO_EDITS, ["billingCycleInput"]);
  return { cycles: removeEdits(world, shop, contract, [cycle]), userErrors: [] };
}

/** subscriptionBillingCycleEditsDelete: the same for the current and all later cycles that are edited. */
export function deleteCycleEdits(world: World, shop: Shop, contract: Contract): CyclesResult {
  const current = currentCycleIndex(world, shop, contract);
  const cycles = Object.keys(contract.cycleEdits)
    .map(Number)
    .filter((index) => index >= current)
    .sort((a, b) => a - b)
    .map((index) => cycleAt(world, shop, contract, index))
    .filter(isEdited);
  if (cycles.length === 0) return refused("NO_CYCLE_EDITS", NO_EDITS, ["contractId"]);
  if (cycles.some(({ cycleIndex }) => hasIncompleteAttempts(shop, contract, cycleIndex))) {
    return refused("INCOMPLETE_BILLING_ATTEMPTS", "Billing cycle has incomplete billing attempts in progress.", [
      "contractId",
    ]);
  }
  return { cycles: removeEdits(world, shop, contract, cycles), userErrors: [] };
}
