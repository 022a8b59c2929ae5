import type { AttemptState, ChargeState, ContractStatus, CycleOutcome } from "~/generated/prisma/enums";
import { isEnded, isHeld } from "~/contracts/cycle-rules";
import { halfIntervalMs } from "~/schedule/interval";
import type { IntervalUnit } from "~/schedule/interval";

/** The engine's decisions: pure, no clock, no database, no Shopify. Instants come in as parameters. */

const MINUTE_MS = 60_000;

/** A cycle whose moment has come, as the mirror and the ledger know it. */
export interface DueCycle {
  contractId: string;
  contractShopifyId: string;
  cycleIndex: number;
  expectedAt: Date;
  status: ContractStatus;
  revisionId: string;
  billingInterval: IntervalUnit;
  billingIntervalCount: number;
  /** Decimal string: lines and delivery before tax. */
  expectedAmount: string;
  currencyCode: string;
  /** Latest success of the contract in the ledger, imported ones too. */
  lastPaidAt: Date | null;
}

export type SeenState = "PENDING" | "ACTION_REQUIRED" | "SUCCESS" | "FAILED";

export interface SeenAttempt {
  shopifyId: string;
  idempotencyKey: string;
  state: SeenState;
  createdAt: Date;
  completedAt: Date | null;
}

/** What Shopify says about a due cycle at the moment before it is charged. */
export interface GuardReading {
  contractStatus: ContractStatus;
  revisionId: string;
  billed: boolean;
  skipped: boolean;
  expectedAt: Date;
  /** When a cycle with this expected date is charged (schedule/due.ts). */
  dueAt: Date;
  /** The contract's newest. */
  attempts: readonly SeenAttempt[];
}

/** Why a charge waits for a person. */
export type ParkedReason =
  /** Another success within half an interval: charging again could be charging twice. */
  | "PAID_RECENTLY"
  /** Shopify doesn't know the cycle. */
  | "CYCLE_NOT_FOUND"
  /** Shopify's code of a refusal that should not happen. */
  | `REFUSED_${string}`;

export type DueDecision =
  | { kind: "CHARGE" }
  | { kind: "CLOSE"; outcome: Exclude<CycleOutcome, "BILLED"> }
  /** Shopify has billed it: whoever did, it is taken over, not charged again. */
  | { kind: "ADOPT" }
  | { kind: "PARK"; reason: ParkedReason }
  /** Not now: the date has moved, or somebody else's attempt is on its way. */
  | { kind: "POSTPONE"; until: Date }
  /** The mirror is behind: read the contract again, then decide. */
  | { kind: "REREAD" };

/** Somebody else's attempt is looked at again after this long. */
const FOREIGN_WAIT_MS = 10 * MINUTE_MS;

/** What happens to a due cycle. The first rule that fits decides. */
export function decideDue(
  due: DueCycle,
  guard: GuardReading | null,
  ownKeys: ReadonlySet<string>,
  now: Date,
): DueDecision {
  if (!guard) return { kind: "PARK", reason: "CYCLE_NOT_FOUND" };
  if (guard.billed) return { kind: "ADOPT" };
  if (isEnded(guard.contractStatus)) return { kind: "CLOSE", outcome: "ENDED" };
  if (guard.skipped) return { kind: "CLOSE", outcome: "SKIPPED" };
  if (isHeld(guard.contractStatus)) return { kind: "CLOSE", outcome: "SKIPPED_PAUSED" };
  // The mirror says paused, Shopify says active: the reading decides what passed in between.
  if (guard.contractStatus !== due.status) return { kind: "REREAD" };
  if (guard.expectedAt.getTime() !== due.expectedAt.getTime() && guard.dueAt > now) {
    return { kind: "POSTPONE", until: guard.dueAt };
  }
  const foreign = guard.attempts.filter(({ idempotencyKey }) => !ownKeys.has(idempotencyKey));
  if (foreign.some(({ state }) => state === "PENDING" || state === "ACTION_REQUIRED")) {
    return { kind: "POSTPONE", until: new Date(now.getTime() + FOREIGN_WAIT_MS) };
  }
  const paid = foreign.filter(({ state }) => state === "SUCCESS").map((each) => each.completedAt ?? each.createdAt);
  if (due.lastPaidAt) paid.push(due.lastPaidAt);
  if (paid.some((at) => isTooSoonAfter(at, due, now))) return { kind: "PARK", reason: "PAID_RECENTLY" };
  if (guard.revisionId !== due.revisionId) return { kind: "REREAD" };
  return { kind: "CHARGE" };
}

/** The second safety bound: a success lies within half an interval of now. */
export function isTooSoonAfter(
  paidAt: Date,
  contract: Pick<DueCycle, "billingInterval" | "billingIntervalCount">,
  now: Date,
): boolean {
  return now.getTime() - paidAt.getTime() < halfIntervalMs(contract.billingInterval, contract.billingIntervalCount);
}

/** Shopify's answer to an attempt, or that there was none. */
export type SendAnswer =
  | { kind: "ACCEPTED"; shopifyId: string; pending: boolean }
  | { kind: "REFUSED"; code: string; message: string }
  | { kind: "NO_ANSWER" };

export type SendDecision =
  | { kind: "PENDING"; shopifyId: string; nextActionAt: Date }
  /** Nothing was done: the same intent is sent again. */
  | { kind: "AGAIN"; nextActionAt: Date }
  /** It may have been done: the same key is sent again, never another. */
  | { kind: "UNKNOWN"; nextActionAt: Date }
  /** The cycle brings no order; the intent is withdrawn. */
  | { kind: "WITHDRAW"; outcome: Exclude<CycleOutcome, "BILLED"> }
  /** The cycle isn't chargeable yet: the intent is withdrawn and the cycle looked at again. */
  | { kind: "RELEASE"; until: Date }
  | { kind: "PARK"; reason: ParkedReason };

const THROTTLED_WAIT_MS = MINUTE_MS;
const TOO_EARLY_WAIT_MS = 60 * MINUTE_MS;

/** @param claimedAt when the intent was committed: the longer ago, the longer the wait */
export function decideAnswer(answer: SendAnswer, claimedAt: Date, now: Date): SendDecision {
  if (answer.kind === "NO_ANSWER") return { kind: "UNKNOWN", nextActionAt: resendAt(claimedAt, now) };
  if (answer.kind === "ACCEPTED") {
    const nextActionAt = answer.pending ? nextPollAt(now, now) : now;
    return { kind: "PENDING", shopifyId: answer.shopifyId, nextActionAt };
  }
  switch (answer.code) {
    case "THROTTLED":
      return { kind: "AGAIN", nextActionAt: new Date(now.getTime() + THROTTLED_WAIT_MS) };
    case "PROCESSING_FAILED":
      return { kind: "UNKNOWN", nextActionAt: resendAt(claimedAt, now) };
    case "CONTRACT_PAUSED":
      return { kind: "WITHDRAW", outcome: "SKIPPED_PAUSED" };
    case "BILLING_CYCLE_SKIPPED":
      return { kind: "WITHDRAW", outcome: "SKIPPED" };
    case "CONTRACT_TERMINATED":
      return { kind: "WITHDRAW", outcome: "ENDED" };
    case "BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE":
      return { kind: "RELEASE", until: new Date(now.getTime() + TOO_EARLY_WAIT_MS) };
    default:
      return { kind: "PARK", reason: `REFUSED_${answer.code}` };
  }
}

/** Waits before the same key is sent again after no answer: [intent younger than, wait], the last one stays. */
const RESEND_STEPS: readonly (readonly [ageMs: number, waitMs: number])[] = [
  [15 * MINUTE_MS, 5 * MINUTE_MS],
  [2 * 60 * MINUTE_MS, 30 * MINUTE_MS],
];
const RESEND_LAST_MS = 60 * MINUTE_MS;

function resendAt(claimedAt: Date, now: Date): Date {
  const age = now.getTime() - claimedAt.getTime();
  const wait = RESEND_STEPS.find(([limit]) => age < limit)?.[1] ?? RESEND_LAST_MS;
  return new Date(now.getTime() + wait);
}

/** Minutes after sending at which a pending attempt is polled; hourly after that. Webhooks usually come first. */
const POLL_MINUTES = [2, 10, 30] as const;
const POLL_HOURLY_MS = 60 * MINUTE_MS;

/** The next moment after `now` at which an attempt sent at `sentAt` is polled. */
export function nextPollAt(sentAt: Date, now: Date): Date {
  const early = POLL_MINUTES.map((minutes) => sentAt.getTime() + minutes * MINUTE_MS).find((at) => at > now.getTime());
  return new Date(early ?? now.getTime() + POLL_HOURLY_MS);
}

/** How an attempt ended, or that it has not: read from Shopify. */
export interface AttemptOutcome {
  shopifyId: string;
  idempotencyKey: string;
  state: SeenState;
  /** Of the failure: Shopify's code, "UNEXPECTED" without one. */
  errorCode: string | null;
  /** Null with SUCCESS means that the order has been deleted since. */
  order: { id: string; name: string; total: string; currencyCode: string } | null;
  completedAt: Date | null;
}

export interface ChargeStanding {
  state: ChargeState;
  attemptState: AttemptState;
  sentAt: Date | null;
  /** False for an attempt before the charge's latest. */
  isLatestAttempt: boolean;
}

export type Transition =
  | { kind: "PAID" }
  | { kind: "FAILED" }
  | { kind: "ACTION_REQUIRED"; nextActionAt: Date; isNew: boolean }
  | { kind: "STILL_PENDING"; nextActionAt: Date }
  /** Known already: told twice, or late. */
  | { kind: "NOTHING" };

/** What an outcome changes. Success is the truth whatever we thought before; anything known already changes nothing. */
export function transition(charge: ChargeStanding, seen: SeenState, now: Date): Transition {
  if (charge.state === "PAID") return { kind: "NOTHING" };
  if (seen === "SUCCESS") return { kind: "PAID" };
  if (!charge.isLatestAttempt || charge.attemptState === "FAILED") return { kind: "NOTHING" };
  if (seen === "FAILED") return { kind: "FAILED" };
  const nextActionAt = nextPollAt(charge.sentAt ?? now, now);
  if (seen === "ACTION_REQUIRED") {
    return { kind: "ACTION_REQUIRED", nextActionAt, isNew: charge.state !== "ACTION_REQUIRED" };
  }
  return { kind: "STILL_PENDING", nextActionAt };
}

/** Sizes of the batches in which attempts are sent: a first one alone, so that a broken set-up shows on one contract. */
export const SEND_BATCHES = [1, 5, 25] as const;

export function batchSize(batchesSent: number): number {
  return SEND_BATCHES[Math.min(batchesSent, SEND_BATCHES.length - 1)] ?? 1;
}
