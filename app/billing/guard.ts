import { isEnded, isHeld } from "~/contracts/cycle-rules";
import type { ContractStatus } from "~/generated/prisma/enums";

import { isTooSoonAfter, soonestAfter } from "./engine";
import type { AttemptOutcome, ContractFacts, NoOrderOutcome, ParkedReason, WaitReason } from "./engine";

/**
 * The guard: what Shopify says right before a charge. In bulk, everything new since the last look; for a single cycle,
 * where something was seen that is not ours, or much may have happened meanwhile.
 */

/** How far Shopify's lists have been read. */
export interface FeedMark {
  /** Numeric id of the newest attempt seen; null before the first look. */
  attemptId: bigint | null;
  /** Contracts changed before this moment have been seen. */
  contractsAt: Date | null;
}

/** An attempt with the contract that it is about. */
export interface ReadAttempt {
  outcome: AttemptOutcome;
  contractShopifyId: string;
}

export interface ChangedContract {
  shopifyId: string;
  /** UNREADABLE differs from whatever the mirror has, so that the contract is read by itself. */
  status: ContractStatus | "UNREADABLE";
  revisionId: string;
}

/** What is new in Shopify's lists of the shop's attempts and contracts. */
export interface Feed {
  attempts: readonly ReadAttempt[];
  contracts: readonly ChangedContract[];
  /** False when there was more than is read in one go, or no mark to read on from: nobody may trust it alone. */
  complete: boolean;
  mark: FeedMark;
}

/** A cycle and its neighbours, read by itself. */
export interface GuardReading {
  contractStatus: ContractStatus;
  revisionId: string;
  skipped: boolean;
  expectedAt: Date;
  /** When a cycle with this expected date is charged (schedule/due.ts). */
  dueAt: Date;
  /** The cycle itself and those around it, with the attempts that Shopify lists for each. */
  cycles: readonly { cycleIndex: number; billed: boolean; attempts: readonly AttemptOutcome[] }[];
  /** The contract's own list, newest first: it has been seen to hold what the cycle's list lacks. */
  attempts: readonly AttemptOutcome[];
}

/** Shopify knows the cycle, and what it says about it can't be understood. */
export interface UnreadableGuard {
  /** Its answer, as JSON. */
  unreadable: string;
}

/** What the ledger knows about the contract. */
export interface Booked {
  /** Keys of attempts in the ledger, adopted ones too. */
  keys: ReadonlySet<string>;
  /** Cycles with a paid charge. */
  paidCycles: ReadonlySet<number>;
}

export type GuardDecision = { others: readonly Placed[] } & (
  | { kind: "SEND" }
  /** Shopify has billed it: whoever did, it is taken over, not charged again. */
  | { kind: "ADOPT"; attempt: AttemptOutcome | null }
  | { kind: "CLOSE"; outcome: NoOrderOutcome }
  /** @param raw what Shopify said, where it could not be understood */
  | { kind: "PARK"; reason: ParkedReason; raw?: string }
  | { kind: "RELEASE"; until: Date; reason: WaitReason | null }
  /** The mirror is behind: the contract is read again, then the cycle is looked at once more. */
  | { kind: "REREAD" }
);

/** A success of somebody else's and the cycle that it has paid. */
export interface Placed {
  cycleIndex: number;
  attempt: AttemptOutcome | null;
}

/** Somebody else's attempt is looked at again after this long. */
const FOREIGN_WAIT_MS = 10 * 60_000;

export interface GuardedCharge extends Pick<
  ContractFacts,
  "revisionId" | "originOrderId" | "billingInterval" | "billingIntervalCount" | "lastPaidAt"
> {
  cycleIndex: number;
  expectedAt: Date;
  /** A person has asked for this very charge: neither the date nor the second bound holds it. */
  confirmed: boolean;
}

/** What happens to an intent after its cycle was read by itself. The first rule that fits decides. */
export function decideGuard(
  charge: GuardedCharge,
  guard: GuardReading | UnreadableGuard | null,
  booked: Booked,
  now: Date,
): GuardDecision {
  // Whoever slept over another worker's adoption finds the cycle paid and the success no longer foreign.
  if (booked.paidCycles.has(charge.cycleIndex)) return { kind: "ADOPT", attempt: null, others: [] };
  if (!guard) return { kind: "PARK", reason: "CYCLE_NOT_FOUND", others: [] };
  if ("unreadable" in guard) return { kind: "PARK", reason: "BAD_DATA", raw: guard.unreadable, others: [] };
  const { own, others, unplaced } = place(charge, guard, booked);
  if (own) return { kind: "ADOPT", attempt: own.attempt, others };
  if (isEnded(guard.contractStatus)) return { kind: "CLOSE", outcome: "ENDED", others };
  if (guard.skipped) return { kind: "CLOSE", outcome: "SKIPPED", others };
  if (isHeld(guard.contractStatus)) return { kind: "CLOSE", outcome: "SKIPPED_PAUSED", others };
  if (unplaced && !charge.confirmed) return { kind: "PARK", reason: "FOREIGN_CHARGE", others };
  const foreign = foreignOf(charge, guard, booked);
  if (foreign.some(({ state }) => state === "PENDING" || state === "ACTION_REQUIRED")) {
    return { kind: "RELEASE", until: new Date(now.getTime() + FOREIGN_WAIT_MS), reason: "FOREIGN_ATTEMPT", others };
  }
  if (!charge.confirmed) {
    // Either of the two dates may be the older one: only reading the contract again tells.
    if (guard.expectedAt.getTime() !== charge.expectedAt.getTime() && guard.dueAt > now)
      return { kind: "REREAD", others };
    const paid = foreign.filter(({ state }) => state === "SUCCESS").map((each) => each.completedAt ?? each.createdAt);
    if (charge.lastPaidAt) paid.push(charge.lastPaidAt);
    const latest = new Date(Math.max(0, ...paid.map((at) => at.getTime())));
    if (paid.length > 0 && isTooSoonAfter(latest, charge, now)) {
      return { kind: "RELEASE", until: soonestAfter(latest, charge), reason: "CHARGED_RECENTLY", others };
    }
  }
  if (guard.revisionId !== charge.revisionId) return { kind: "REREAD", others };
  return { kind: "SEND", others };
}

/**
 * Whether nothing is left of what made the contract be looked at by itself. As long as the mirror is behind it is left, also
 * where this cycle brings no order: the next one would be charged without a look, for what the contract no longer takes.
 */
export const isAccountedFor = (
  charge: GuardedCharge,
  guard: GuardReading | UnreadableGuard | null,
  decision: GuardDecision,
): boolean =>
  guard !== null &&
  !("unreadable" in guard) &&
  guard.revisionId === charge.revisionId &&
  decision.kind !== "PARK" &&
  decision.kind !== "REREAD" &&
  !(decision.kind === "RELEASE" && decision.reason === "FOREIGN_ATTEMPT");

/** Attempts in the contract's and the cycles' lists that the ledger doesn't know; the checkout's own is nobody's. */
function foreignOf(
  { originOrderId }: Pick<GuardedCharge, "originOrderId">,
  guard: GuardReading,
  booked: Booked,
): AttemptOutcome[] {
  const all = new Map<string, AttemptOutcome>();
  for (const attempt of [...guard.attempts, ...guard.cycles.flatMap((cycle) => cycle.attempts)]) {
    const isCheckout = originOrderId !== null && attempt.order?.id === originOrderId;
    if (!isCheckout && !booked.keys.has(attempt.idempotencyKey)) all.set(attempt.shopifyId, attempt);
  }
  return [...all.values()];
}

/**
 * Which foreign successes have paid which cycles, where that is beyond doubt: a cycle's own list names it; or Shopify
 * calls a single unbooked cycle billed and there is a single success left over.
 */
function place(
  charge: GuardedCharge,
  guard: GuardReading,
  booked: Booked,
): { own: Placed | null; others: Placed[]; unplaced: boolean } {
  const successes = foreignOf(charge, guard, booked).filter(({ state }) => state === "SUCCESS");
  const placed: Placed[] = [];
  const taken = new Set<string>();
  const nameless: number[] = [];
  for (const { cycleIndex, billed, attempts } of guard.cycles) {
    if (booked.paidCycles.has(cycleIndex)) continue;
    const named = successes.find(({ shopifyId }) => attempts.some((attempt) => attempt.shopifyId === shopifyId));
    if (named) {
      taken.add(named.shopifyId);
      placed.push({ cycleIndex, attempt: named });
    } else if (billed) nameless.push(cycleIndex);
  }
  const rest = successes.filter(({ shopifyId }) => !taken.has(shopifyId));
  const [only] = rest;
  const [cycleIndex] = nameless;
  const isUnique = rest.length === 1 && nameless.length === 1;
  if (isUnique && only && cycleIndex !== undefined) placed.push({ cycleIndex, attempt: only });
  // Shopify calls it billed and shows no attempt for it: the cycle's word is enough.
  else placed.push(...nameless.map((index) => ({ cycleIndex: index, attempt: null })));
  return {
    own: placed.find((each) => each.cycleIndex === charge.cycleIndex) ?? null,
    others: placed.filter((each) => each.cycleIndex !== charge.cycleIndex),
    unplaced: rest.length > 0 && !isUnique,
  };
}
