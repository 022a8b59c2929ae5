import { soonestAfter } from "~/billing/engine";
import type { MemoryCharge } from "~/billing/ledger/charge-store.memory";
import type { ContractState, SimulatedAttempt, SimulatedContract } from "~/simulation/simulated-contract";

import { intervalOf } from "./watch";
import { DAY_MS } from "./world";
import type { Span, World } from "./world";

const HOUR_MS = 3_600_000;
/** The promise: the first try comes within this of the moment from which it may come. */
export const PUNCTUAL_MS = HOUR_MS;
/** What people do reaches the mirror within this, also when Shopify's webhook about it is lost: the sweep is nightly. */
const TOLD_MS = DAY_MS + HOUR_MS;

/** How a cycle's first try stands to the promise; null: it is not measured, for `why`. */
export type Punctuality = { lateMs: number } | { lateMs: null; why: string };

/**
 * How late the first try of a cycle came after the first moment at which it was allowed: its own, or, where one of the
 * engine's promises of safety holds it, the moment that this one ends. Judged by Shopify's history, not by the engine's
 * own reasons. Not measured is what no engine could have charged:
 * - while Shopify could not be reached or the app was down, or the clock jumped over the moment: these are outages;
 *   so it is when every worker stands still at once for minutes. One that stands still, dies or loses calls is none;
 * - while a person, a review or missing goods kept it from being charged, and what became due by such an act in the
 *   last day: whether the engine hears of it at once is up to a webhook that may be lost;
 * - while an earlier cycle of the contract stood unpaid: they are charged one after another.
 */
export function punctuality(
  world: World,
  contract: SimulatedContract,
  first: SimulatedAttempt,
  charges: readonly MemoryCharge[],
): Punctuality {
  const until = first.createdAt;
  const index = first.cycleIndex ?? 0;
  // As things stood then: somebody may have moved the cycle after it was charged.
  const expectedAt = contract.expectedAt(index, contract.asOf(until));
  const dueAt = world.shop.dueAt(world.shop.mirror.get(contract.id)?.contractId ?? "", expectedAt);
  const readyAt = Math.max(dueAt, spacedFrom(contract, first));
  const not = (why: string): Punctuality => ({ lateMs: null, why });
  const overlaps = ({ from, to }: Span) => from < until && to > readyAt - HOUR_MS;
  if (world.shopifyOutages.some(overlaps)) return not("Shopify could not be reached");
  if (world.appOutages.some(overlaps)) return not("the app was down");
  if (standstills(world).some(overlaps)) return not("no worker ran");
  if (world.jumps.some(overlaps)) return not("the clock jumped");
  if (changedSince(contract, index, readyAt - TOLD_MS, until)) return not("people, or a review");
  if (world.shortages.some((span) => overlaps(span) && needs(contract, index, span.variantId))) return not("goods");
  const waits = charges.some(
    (charge) => charge.cycleIndex !== index && heldUntil(contract, charge, first) > readyAt - HOUR_MS,
  );
  if (waits) return not("an earlier cycle stood unpaid");
  return { lateMs: Math.max(0, until - readyAt) };
}

/** A shorter standstill of everybody is no excuse. */
const STANDSTILL_MS = 5 * 60_000;

/** Spans in which every worker stood still at once. */
function standstills({ stalls }: World): Span[] {
  return stalls.flatMap((one) =>
    stalls.flatMap((other) => {
      if (one.place >= other.place) return [];
      const both = { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) };
      return both.to - both.from >= STANDSTILL_MS ? [both] : [];
    }),
  );
}

/** From when the half interval after every other charge that was seen to bring money lets this one be made. */
function spacedFrom(contract: SimulatedContract, first: SimulatedAttempt): number {
  const paid = contract.attempts.filter(
    ({ number, origin, cycleIndex, result }) =>
      number < first.number && origin !== "checkout" && cycleIndex !== first.cycleIndex && result?.kind === "SUCCESS",
  );
  return Math.max(
    0,
    ...paid.flatMap(({ completedAt }) =>
      completedAt === null || completedAt > first.createdAt
        ? []
        : [soonestAfter(new Date(completedAt), intervalOf(contract)).getTime()],
    ),
  );
}

/** Whether the cycle's date, or whether it may be charged at all, was changed then. */
function changedSince({ states }: SimulatedContract, index: number, from: number, to: number): boolean {
  const mayBe = (state: ContractState) => state.status === "ACTIVE" && !state.underReview && !state.skipped.has(index);
  return states.some((state, place) => {
    const before = states[place - 1];
    if (!before || state.at > to) return false;
    if (!mayBe(state)) return (states[place + 1]?.at ?? Infinity) > from;
    return state.at > from && (!mayBe(before) || state.moved.get(index) !== before.moved.get(index));
  });
}

const needs = (contract: SimulatedContract, index: number, variantId: string): boolean =>
  [...contract.linesOf(index), ...contract.linesOf(null)].some((line) => line.variantId === variantId);

/** Until when another cycle's failed or open charge kept this one waiting; 0 if it never did. */
function heldUntil(
  contract: SimulatedContract,
  { state, cycleIndex, paidAt, updatedAt }: MemoryCharge,
  first: SimulatedAttempt,
): number {
  const isBorneOut = contract.attempts.some(
    (other) =>
      other.cycleIndex === cycleIndex &&
      other.number < first.number &&
      (other.result?.kind !== "SUCCESS" || other.origin !== "app" || (other.completedAt ?? 0) > first.createdAt),
  );
  if (!isBorneOut) return 0;
  if (state === "PAID") return paidAt?.getTime() ?? 0;
  return state === "SKIPPED" ? updatedAt.getTime() : Infinity;
}
