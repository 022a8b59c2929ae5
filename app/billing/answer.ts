import type { NoOrderOutcome, ParkedReason, WaitReason } from "./engine";

/** What Shopify's answer to an attempt means, and when one on its way is looked at again. Pure. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

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
  | { kind: "WITHDRAW"; outcome: NoOrderOutcome }
  /** Not chargeable yet: the intent is withdrawn and the cycle looked at again; without a reason only its date has moved. */
  | { kind: "RELEASE"; until: Date; reason: WaitReason | null }
  /** @param raw what Shopify said, where it could not be understood */
  | { kind: "PARK"; reason: ParkedReason; raw?: string };

export const THROTTLED_WAIT_MS = MINUTE_MS;
const TOO_EARLY_WAIT_MS = HOUR_MS;
/** Shopify reviews a risky first order: asked again daily, nobody is mailed. */
const REVIEW_WAIT_MS = 24 * HOUR_MS;

/** @param claimedAt when the intent was committed: the longer ago, the longer the wait */
export function decideAnswer(answer: SendAnswer, claimedAt: Date, now: Date): SendDecision {
  const after = (milliseconds: number) => new Date(now.getTime() + milliseconds);
  if (answer.kind === "NO_ANSWER") return { kind: "UNKNOWN", nextActionAt: resendAt(claimedAt, now) };
  if (answer.kind === "ACCEPTED") {
    return {
      kind: "PENDING",
      shopifyId: answer.shopifyId,
      nextActionAt: answer.pending ? nextPollAt(now, now) : now,
    };
  }
  switch (answer.code) {
    case "THROTTLED":
      return { kind: "AGAIN", nextActionAt: after(THROTTLED_WAIT_MS) };
    case "PROCESSING_FAILED":
      return { kind: "UNKNOWN", nextActionAt: resendAt(claimedAt, now) };
    case "CONTRACT_PAUSED":
      return { kind: "WITHDRAW", outcome: "SKIPPED_PAUSED" };
    case "BILLING_CYCLE_SKIPPED":
      return { kind: "WITHDRAW", outcome: "SKIPPED" };
    case "CONTRACT_TERMINATED":
      return { kind: "WITHDRAW", outcome: "ENDED" };
    case "BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE":
      return { kind: "RELEASE", until: after(TOO_EARLY_WAIT_MS), reason: "TOO_EARLY" };
    case "CONTRACT_UNDER_REVIEW":
      return { kind: "RELEASE", until: after(REVIEW_WAIT_MS), reason: "UNDER_REVIEW" };
    default:
      return { kind: "PARK", reason: `REFUSED_${answer.code}` };
  }
}

/** Waits before the same key is sent again after no answer: [intent younger than, wait], the last one stays. */
const RESEND_STEPS: readonly (readonly [ageMs: number, waitMs: number])[] = [
  [15 * MINUTE_MS, 5 * MINUTE_MS],
  [2 * HOUR_MS, 30 * MINUTE_MS],
];

function resendAt(claimedAt: Date, now: Date): Date {
  const age = now.getTime() - claimedAt.getTime();
  const wait = RESEND_STEPS.find(([limit]) => age < limit)?.[1] ?? HOUR_MS;
  return new Date(now.getTime() + wait);
}

/** Minutes after sending at which a pending attempt is polled; hourly after that. Webhooks usually come first. */
const POLL_MINUTES = [2, 10, 30] as const;

/** The next moment after `now` at which an attempt sent at `sentAt` is polled. */
export function nextPollAt(sentAt: Date, now: Date): Date {
  const early = POLL_MINUTES.map((minutes) => sentAt.getTime() + minutes * MINUTE_MS).find((at) => at > now.getTime());
  return new Date(early ?? now.getTime() + HOUR_MS);
}

/** Sizes of the batches in which attempts are sent: a first one alone, so that a broken set-up shows on one contract. */
export const LARGEST_BATCH = 25;
const SEND_BATCHES = [1, 5, LARGEST_BATCH] as const;

export function batchSize(batchesSent: number): number {
  return SEND_BATCHES[batchesSent] ?? LARGEST_BATCH;
}
