import { nextId, type Contract, type ContractStatus, type Customer, type Shop, type World } from "../world";
import { createAttempt, type AttemptResult } from "./attempts";
import { moveContract, touch, type StatusMove } from "./contracts";
import { isTerminated, scheduleEditCycle, skipCycle, type UserError } from "./cycle-edits";
import { currentCycleIndex, cycleAt, type Cycle } from "./cycles";
import { emit } from "./emit";
import { contractsOf } from "./indexes";
import { round } from "./money";
import { MINUTE, ms, nowOf, plus } from "./time";
import { contractPayload } from "./webhook-payloads";

/** Observed: Shopify's own retry after a card update comes within fifteen minutes (RULES.nativeRetriesTakeTodaysCycle). */
const NATIVE_RETRY_AFTER = 10 * MINUTE;
/** How far ahead the next cycle that can be charged is looked for; more skips in a row are nobody's. */
const CYCLES_TO_LOOK_AT = 100;

/**
 * Another app or a person charges a contract. With a cycle it is a bulk charge, which the cycle's own list of attempts
 * does not show (RULES.attemptListsDiffer) unless `bulk` is false; without one it bills today's cycle, and an overdue
 * one stays unbilled (RULES.attemptWithoutSelectorMayBeEarly).
 */
export function chargeFromOutside(
  world: World,
  shop: Shop,
  contract: Contract,
  { cycleIndex, bulk = cycleIndex !== undefined }: { cycleIndex?: number | undefined; bulk?: boolean | undefined },
): AttemptResult {
  const input = { idempotencyKey: `foreign-${nextId(world)}`, isBulk: bulk };
  const selector = cycleIndex === undefined ? {} : { billingCycleSelector: { index: cycleIndex } };
  return createAttempt(world, shop, contract, { ...input, ...selector }, "foreign");
}

export interface OutsideChange {
  status?: ContractStatus | undefined;
  /** Per unit, a decimal string in the contract's currency. */
  lines?: { id: string; price?: string | undefined; quantity?: number | undefined }[] | undefined;
  deliveryPrice?: string | undefined;
  /** A new expected date for the next cycle that is neither billed nor skipped; it must lie within that cycle. */
  nextExpectedDate?: string | undefined;
  /** Index of the cycle to skip. */
  skip?: number | undefined;
}

const MOVES: Record<ContractStatus, StatusMove> = {
  ACTIVE: "activate",
  PAUSED: "pause",
  CANCELLED: "cancel",
  EXPIRED: "expire",
  FAILED: "fail",
};

const problem = (field: string, message: string, code = "INVALID"): UserError => ({ field: [field], message, code });

function nextCycle(world: World, shop: Shop, contract: Contract): Cycle | null {
  const current = currentCycleIndex(world, shop, contract);
  for (let index = current; index < current + CYCLES_TO_LOOK_AT; index += 1) {
    const cycle = cycleAt(world, shop, contract, index);
    if (cycle.status === "UNBILLED" && !cycle.skipped) return cycle;
  }
  return null;
}

function changeTerms(world: World, shop: Shop, contract: Contract, change: OutsideChange): UserError[] {
  const { lines = [], deliveryPrice } = change;
  if (lines.length === 0 && deliveryPrice === undefined) return [];
  if (isTerminated(contract)) return [problem("id", "Subscription contract is terminated.", "CONTRACT_TERMINATED")];
  const unknown = lines.find(({ id }) => !contract.lines.some((line) => line.id === id));
  if (unknown) return [problem("lines", `The contract has no line ${unknown.id}.`)];
  for (const { id, price, quantity } of lines) {
    const line = contract.lines.find((one) => one.id === id);
    if (!line) continue;
    if (price !== undefined) line.currentPrice = round(price, contract.currency);
    if (quantity !== undefined) line.quantity = quantity;
  }
  if (deliveryPrice !== undefined) contract.deliveryPrice = round(deliveryPrice, contract.currency);
  touch(world, contract, true);
  emit(world, shop, "subscription_contracts/update", contractPayload(contract));
  return [];
}

/**
 * A person or another app changes a contract behind the app's back, with the webhooks and the revision that follow.
 * The parts are done in the order date, skip, lines and delivery, status; the first that Shopify would refuse ends it,
 * and what was done before it stays.
 */
export function changeFromOutside(world: World, shop: Shop, contract: Contract, change: OutsideChange): UserError[] {
  const { nextExpectedDate, skip, status } = change;
  const steps: (() => UserError[])[] = [
    () => {
      if (nextExpectedDate === undefined) return [];
      const cycle = nextCycle(world, shop, contract);
      if (!cycle) return [problem("nextExpectedDate", "No coming cycle can be charged.")];
      const selector = { index: cycle.cycleIndex };
      return scheduleEditCycle(world, shop, contract, selector, { billingDate: nextExpectedDate }).userErrors;
    },
    () => (skip === undefined ? [] : skipCycle(world, shop, contract, { index: skip }).userErrors),
    () => changeTerms(world, shop, contract, change),
    () => (status === undefined ? [] : moveContract(world, shop, contract, MOVES[status]).userErrors),
  ];
  for (const step of steps) {
    const errors = step();
    if (errors.length > 0) return errors;
  }
  return [];
}

/**
 * After a card update Shopify will retry, by itself and on the cycle of that day, each of the customer's contracts whose
 * last charge failed. Answers which those are and when it will be.
 */
export function planNativeRetries(
  world: World,
  shop: Shop,
  customer: Customer,
): NonNullable<Shop["nativeRetries"]>[number][] {
  const at = plus(nowOf(world), NATIVE_RETRY_AFTER);
  const planned = contractsOf(shop, customer.id)
    .filter((contract) => !isTerminated(contract) && contract.lastPaymentStatus === "FAILED")
    .map(({ id }) => ({ contractId: id, at }));
  shop.nativeRetries = [...(shop.nativeRetries ?? []), ...planned];
  return planned;
}

/** Makes the retries that are due, unless a charge has succeeded meanwhile. A refusal is Shopify's own affair. */
export function runNativeRetries(world: World, shop: Shop): void {
  const waiting = shop.nativeRetries ?? [];
  const isDue = ({ at }: { at: string }): boolean => ms(at) <= ms(world.now);
  shop.nativeRetries = waiting.filter((retry) => !isDue(retry));
  for (const { contractId } of waiting.filter(isDue)) {
    const contract = shop.contracts[contractId];
    if (contract?.lastPaymentStatus !== "FAILED") continue;
    createAttempt(world, shop, contract, { idempotencyKey: `native-${nextId(world)}` }, "native");
  }
}
