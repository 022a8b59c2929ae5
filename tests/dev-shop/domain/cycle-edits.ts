import type { Contract, CycleEdit, Instant, Shop, World } from "../world";
import { cycleAt, selectCycle, type Cycle, type CycleSelector } from "./cycles";
import { emit } from "./emit";
import { attemptsOf } from "./indexes";
import { holds } from "./rules";
import { instantOf, ms } from "./time";
import { cyclePayload } from "./webhook-payloads";

export interface UserError {
  field: string[] | null;
  message: string;
  code: string | null;
}

export interface CycleResult {
  cycle: Cycle | null;
  userErrors: UserError[];
}

const SELECTION_MESSAGES = {
  CYCLE_INDEX_OUT_OF_RANGE: "Billing cycle selector cannot select billing cycle outside of index range.",
  CYCLE_START_DATE_OUT_OF_RANGE: "Billing cycle selector cannot select billing cycle outside of start date range.",
  UPCOMING_CYCLE_LIMIT_EXCEEDED: "Billing cycle selector cannot select upcoming billing cycle past limit.",
  INVALID: "Billing cycle selector must have either an index or a date.",
} as const;

export const selectionMessage = (code: keyof typeof SELECTION_MESSAGES): string => SELECTION_MESSAGES[code];

const refused = (code: string | null, message: string, field: string[] | null): CycleResult => ({
  cycle: null,
  userErrors: [{ field, message, code }],
});

export const hasIncompleteAttempts = (shop: Shop, contract: Contract, index: number): boolean =>
  attemptsOf(shop, contract.id).some(
    (attempt) => attempt.cycleIndex === index && (attempt.state === "Pending" || attempt.state === "ActionRequired"),
  );

export const isTerminated = (contract: Contract): boolean =>
  contract.status === "CANCELLED" || contract.status === "EXPIRED";

/** Lay an edit over a cycle; an entry that says nothing is taken away again, so that the cycle counts as unedited. */
export function editCycle(contract: Contract, index: number, change: CycleEdit): void {
  const next: CycleEdit = { ...contract.cycleEdits[String(index)], ...change };
  if (!next.skipped) delete next.skipped;
  if (!next.billed) delete next.billed;
  if (next.billingAttemptExpectedDate === undefined) delete next.billingAttemptExpectedDate;
  if (next.contract === undefined) delete next.contract;
  if (Object.keys(next).length === 0) delete contract.cycleEdits[String(index)];
  else contract.cycleEdits[String(index)] = next;
}

function target(world: World, shop: Shop, contract: Contract, selector: CycleSelector, codes: boolean): CycleResult {
  const { cycle, error } = selectCycle(world, shop, contract, selector);
  if (error) return refused(codes ? error : "INVALID", selectionMessage(error), ["billingCycleInput", "selector"]);
  const invalid = (message: string): CycleResult => refused("INVALID", message, ["billingCycleInput"]);
  if (isTerminated(contract)) return invalid("Subscription contract is terminated.");
  if (cycle.status === "BILLED" && holds(world, "billedCyclesCannotBeSkipped")) {
    return invalid("Billing cycle has already been billed.");
  }
  if (hasIncompleteAttempts(shop, contract, cycle.cycleIndex)) {
    return refused(
      codes ? "INCOMPLETE_BILLING_ATTEMPTS" : "INVALID",
      "Billing cycle has incomplete billing attempts in progress.",
      ["billingCycleInput"],
    );
  }
  return { cycle, userErrors: [] };
}

function setSkipped(
  world: World,
  shop: Shop,
  contract: Contract,
  selector: CycleSelector,
  skipped: boolean,
): CycleResult {
  const found = target(world, shop, contract, selector, false);
  if (!found.cycle) return found;
  const index = found.cycle.cycleIndex;
  if (found.cycle.skipped !== skipped) {
    editCycle(contract, index, { skipped });
    const cycle = cycleAt(world, shop, contract, index);
    emit(
      world,
      shop,
      skipped ? "subscription_billing_cycles/skip" : "subscription_billing_cycles/unskip",
      cyclePayload(shop, cycle),
    );
  }
  return { cycle: cycleAt(world, shop, contract, index), userErrors: [] };
}

/** subscriptionBillingCycleSkip. Its error enum knows only INVALID. Skipping twice is no error. */
export const skipCycle = (world: World, shop: Shop, contract: Contract, selector: CycleSelector): CycleResult =>
  setSkipped(world, shop, contract, selector, true);

/** subscriptionBillingCycleUnskip. */
export const unskipCycle = (world: World, shop: Shop, contract: Contract, selector: CycleSelector): CycleResult =>
  setSkipped(world, shop, contract, selector, false);

/**
 * subscriptionBillingCycleScheduleEdit: moves the expected date within the cycle, or (un)skips it.
 * Errors: EMPTY_BILLING_CYCLE_EDIT_SCHEDULE_INPUT, BILLING_DATE_SET_ON_SKIPPED, OUT_OF_BOUNDS,
 * INCOMPLETE_BILLING_ATTEMPTS and those of the selector.
 */
export function scheduleEditCycle(
  world: World,
  shop: Shop,
  contract: Contract,
  selector: CycleSelector,
  input: { billingDate?: Instant | null; skip?: boolean | null },
): CycleResult {
  const found = target(world, shop, contract, selector, true);
  if (!found.cycle) return found;
  const { cycle } = found;
  const date = input.billingDate ?? null;
  const skip = input.skip ?? null;
  if (date === null && skip === null) {
    return refused(
      "EMPTY_BILLING_CYCLE_EDIT_SCHEDULE_INPUT",
      "Billing cycle schedule edit input provided is empty. Must take in parameters to modify schedule.",
      ["input"],
    );
  }
  if (date !== null && (skip ?? cycle.skipped)) {
    return refused("BILLING_DATE_SET_ON_SKIPPED", "Billing date cannot be set on skipped billing cycle.", [
      "input",
      "billingDate",
    ]);
  }
  if (date !== null && (ms(date) < ms(cycle.cycleStartAt) || ms(date) > ms(cycle.cycleEndAt))) {
    return refused(
      "OUT_OF_BOUNDS",
      "Billing date of a cycle cannot be set to a value outside of its billing date range.",
      ["input", "billingDate"],
    );
  }
  editCycle(contract, cycle.cycleIndex, {
    ...(skip === null ? {} : { skipped: skip }),
    ...(date === null ? {} : { billingAttemptExpectedDate: instantOf(ms(date)) }),
  });
  const after = cycleAt(world, shop, contract, cycle.cycleIndex);
  const payload = cyclePayload(shop, after);
  emit(world, shop, `subscription_billing_cycle_edits/${cycle.edited ? "update" : "create"}`, payload);
  if (after.skipped !== cycle.skipped) {
    emit(world, shop, `subscription_billing_cycles/${after.skipped ? "skip" : "unskip"}`, payload);
  }
  return { cycle: after, userErrors: [] };
}
