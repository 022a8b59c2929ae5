import type { MemoryCharge } from "~/billing/ledger/charge-store.memory";
import { decimal, stateOf, UNITS } from "~/simulation/simulated-contract";
import type { SimulatedContract } from "~/simulation/simulated-contract";

import { punctuality, PUNCTUAL_MS } from "./punctuality";
import type { Watch } from "./watch";
import { isRunning } from "./watch";
import { DAY_MS } from "./world";
import type { World } from "./world";

/** What a seed came to. */
export interface Totals {
  cycles: number;
  charged: number;
  double: number;
  missed: number;
  parked: number;
  retried: number;
  /** Cycles that could be charged in time, and those of them whose first attempt came within the hour. */
  punctual: number;
  inTime: number;
}

/** How long after its moment a cycle must be accounted for at the end. */
const SETTLED_MS = DAY_MS;
/** A worker comes for what is due within this. */
const LOOK_MS = 10 * 60_000;
/** A pause that ended this long before a cycle's date has nothing to do with it. */
const PAUSE_BEFORE_MS = 7 * DAY_MS;

/**
 * The reckoning when nothing is on its way any more: every cycle that was due is paid, given up with a reason, skipped
 * with a reason, parked, or waits behind one that is; and what the ledger calls paid is what Shopify took.
 * @param stoppedAt when the workers ended their last job, in milliseconds: nobody looks at anything after it
 */
export function account(world: World, watch: Watch, stoppedAt: number): Totals {
  const totals = {
    cycles: 0,
    charged: 0,
    double: 0,
    missed: 0,
    parked: 0,
    retried: watch.retried,
    punctual: 0,
    inTime: 0,
  };
  for (const contract of world.shopify.contracts.values()) accountContract(world, watch, contract, stoppedAt, totals);
  return totals;
}

function accountContract(
  world: World,
  watch: Watch,
  contract: SimulatedContract,
  stoppedAt: number,
  totals: Totals,
): void {
  const { shop, timeline, start } = world;
  const row = shop.mirror.get(contract.id);
  if (!row) throw new Error(`${contract.id} is not in the mirror.`);
  const charges = new Map(shop.store.chargesOf(row.contractId).map((charge) => [charge.cycleIndex, charge]));
  const holds = [...charges.values()].some(({ state }) => state === "FAILED" || state === "PARKED");
  for (let index = 1; ; index += 1) {
    const expectedAt = contract.expectedAt(index);
    const dueAt = shop.dueAt(row.contractId, expectedAt);
    if (contract.cycle(index).startAt > timeline.now - SETTLED_MS) break;
    if (dueAt < start || dueAt > timeline.now - SETTLED_MS) continue;
    const charge = charges.get(index);
    const successes = contract.attempts.filter(
      ({ cycleIndex, result }) => cycleIndex === index && result?.kind === "SUCCESS",
    );
    totals.cycles += 1;
    if (charge?.state === "PARKED") totals.parked += 1;
    if (successes.length > 0) totals.charged += 1;
    if (successes.filter(({ origin }) => origin === "app").length > 1) {
      totals.double += 1;
      watch.say("I1 one success for a cycle", contract.id, `cycle ${index} was paid twice`);
    }
    paidIsTaken(watch, contract, index, charge, successes.length > 0);
    const why = charge
      ? chargeAccounted(world, contract, charge, stoppedAt)
      : cycleAccounted(world, contract, index, stoppedAt, holds);
    if (why !== null) {
      totals.missed += 1;
      watch.say("I3 nothing is forgotten", contract.id, `cycle ${index}: ${why}`);
    }
    measure(world, contract, index, [...charges.values()], totals);
  }
  amountsAddUp(watch, contract, [...charges.values()]);
}

function paidIsTaken(
  watch: Watch,
  contract: SimulatedContract,
  index: number,
  charge: MemoryCharge | undefined,
  taken: boolean,
): void {
  const paid = charge?.state === "PAID";
  if (paid === taken) return;
  const text = `cycle ${index}: the ledger says ${charge?.state ?? "nothing"}, Shopify ${taken ? "took it" : "took nothing"}`;
  watch.say("I7 what is paid for us is what Shopify took", contract.id, text);
}

/** @returns what is wrong, or null */
function chargeAccounted(
  world: World,
  contract: SimulatedContract,
  charge: MemoryCharge,
  stoppedAt: number,
): string | null {
  switch (charge.state) {
    case "PAID":
      return null;
    case "SKIPPED":
      return charge.skippedReason === null ? "given up without a reason" : null;
    case "PARKED":
      return charge.parkedReason === null ? "parked without a reason" : null;
    case "FAILED":
      return charge.declineClass === null ? "failed without a reason" : null;
    case "ACTION_REQUIRED":
      return isStillAsked(world, contract, charge, stoppedAt) ? null : "still ACTION_REQUIRED";
    default:
      return isOfTheLastMoment(charge, stoppedAt) ? null : `still ${charge.state}`;
  }
}

/** A try that began as the world ended: nobody was there any more to look how it went. */
const isOfTheLastMoment = ({ attempts }: MemoryCharge, stoppedAt: number): boolean =>
  (attempts.at(-1)?.sentAt.getTime() ?? 0) >= stoppedAt;

/** Shopify may keep a challenge open for longer than the world lasts: the shopper has until dunning's own end. */
function isStillAsked(
  { settings }: World,
  { attempts }: SimulatedContract,
  charge: MemoryCharge,
  stoppedAt: number,
): boolean {
  const asked = attempts.find(({ key }) => key === charge.attempts.at(-1)?.idempotencyKey);
  if (!asked || stateOf(asked, stoppedAt) !== "ACTION_REQUIRED") return false;
  return stoppedAt - asked.createdAt < settings.challengeDays * DAY_MS;
}

/** A pause may have begun long before and say nothing new since: what counts is that it still lasted then. */
const wasPausedSince = ({ states }: SimulatedContract, since: number): boolean =>
  states.some(({ status }, index) => status === "PAUSED" && (states[index + 1]?.at ?? Infinity) > since);

/** Given a date that had passed by then: nobody can have meant it to come. */
const wasMovedIntoThePast = ({ states }: SimulatedContract, index: number): boolean =>
  states.some(({ at, moved }, place) => {
    const date = moved.get(index);
    return date !== undefined && date <= at && states[place - 1]?.moved.get(index) !== date;
  });

/** A cycle without a charge: Shopify's own history must give the reason that the mirror gives. */
function cycleAccounted(
  world: World,
  contract: SimulatedContract,
  index: number,
  stoppedAt: number,
  holds: boolean,
): string | null {
  const row = world.shop.mirror.get(contract.id);
  const cycle = row?.cycles.find(({ cycleIndex }) => cycleIndex === index);
  if (!cycle) return holds || contract.now.status !== "ACTIVE" ? null : "not in the mirror";
  const was = (what: (state: SimulatedContract["now"]) => boolean) => contract.states.some(what);
  switch (cycle.outcome) {
    case null: {
      if (holds || freedAtLast(world, contract, stoppedAt)) return null;
      // A contract's cycles are charged one after another: a later one waits with the earliest that is open.
      const first = row?.cycles.find(({ outcome, claimed }) => outcome === null && !claimed);
      const waits = first !== undefined && first.waitReason !== null && first.dueAt.getTime() > stoppedAt - LOOK_MS;
      return waits ? null : "open and not looked at";
    }
    case "BILLED":
      return "billed without a charge in the ledger";
    case "SKIPPED":
      return was(({ skipped }) => skipped.has(index)) ? null : "called skipped, which it never was";
    case "SKIPPED_PAUSED":
      return wasPausedSince(contract, cycle.expectedAt.getTime() - PAUSE_BEFORE_MS) ||
        wasMovedIntoThePast(contract, index)
        ? null
        : "called paused, which it never was";
    case "ENDED":
      return was(({ status }) => status === "CANCELLED") || index > (contract.policy.maxCycles ?? Infinity)
        ? null
        : "called ended, which it never was";
    case "SKIPPED_DUNNING":
      // A challenge that the engine has given up on may still be open at Shopify.
      return contract.attempts.some((attempt) => ["FAILED", "ACTION_REQUIRED"].includes(stateOf(attempt, stoppedAt)))
        ? null
        : "called declined, without a decline";
    case "SKIPPED_STOCK":
      return null;
    case "SKIPPED_BY_MERCHANT":
      return "called skipped by a person, who was not there";
  }
}

/** What held the later cycles came to its end when nobody looked any more. */
const freedAtLast = ({ shop }: World, { id }: SimulatedContract, stoppedAt: number): boolean =>
  shop.store
    .chargesOf(shop.mirror.get(id)?.contractId ?? "")
    .some(({ updatedAt }) => updatedAt.getTime() >= stoppedAt - LOOK_MS);

/** Less than this is rounding. */
const ROUNDING = UNITS / 20;

/** I8 for one contract: what the ledger says was paid is what the orders say. */
function amountsAddUp(watch: Watch, contract: SimulatedContract, charges: readonly MemoryCharge[]): void {
  for (const charge of charges) {
    if (charge.state !== "PAID") continue;
    const keys = new Set(charge.attempts.filter(({ state }) => state === "SUCCESS").map((each) => each.idempotencyKey));
    const taken = contract.attempts.find(({ key, result }) => result?.kind === "SUCCESS" && keys.has(key));
    if (!taken || taken.origin !== "app") continue;
    if (charge.paidAmount !== decimal(taken.total)) {
      const text = `cycle ${charge.cycleIndex}: ${charge.paidAmount} in the ledger, ${decimal(taken.total)} taken`;
      watch.say("I8 the ledger adds up to the orders", contract.id, text);
    }
    const differs = taken.amount - Math.round(Number(charge.expectedAmount) * UNITS);
    if (differs > ROUNDING !== (charge.differsBy !== null)) {
      const text = `cycle ${charge.cycleIndex}: meant ${charge.expectedAmount}, took ${decimal(taken.amount)}, noted ${charge.differsBy}`;
      watch.say("I12 what is taken is what was meant", contract.id, text);
    }
  }
}

/** How punctual first attempts are, where nothing but the engine itself could keep them. */
function measure(
  world: World,
  contract: SimulatedContract,
  index: number,
  charges: readonly MemoryCharge[],
  totals: Totals,
): void {
  const first = contract.attempts.find(({ cycleIndex, origin }) => cycleIndex === index && origin === "app");
  if (!first) return;
  const measured = punctuality(world, contract, first, charges);
  if (measured.lateMs === null) return;
  totals.inTime += 1;
  if (measured.lateMs <= PUNCTUAL_MS) totals.punctual += 1;
}

export const somethingRuns = (world: World): boolean => [...world.shop.store.charges.values()].some(isRunning);
