import type { AttemptOutcome, SeenState } from "../engine";

const FURTHEST: readonly SeenState[] = ["PENDING", "ACTION_REQUIRED", "FAILED", "SUCCESS"];

/**
 * One outcome for each key. Shopify's lists of one attempt have been seen to differ: as an attempt only ever goes forward,
 * the state that has come furthest is the newest.
 */
export function newestOf(outcomes: readonly AttemptOutcome[], now: Date): AttemptOutcome[] {
  const newest = new Map<string, AttemptOutcome>();
  for (const outcome of outcomes) {
    const known = newest.get(outcome.idempotencyKey);
    if (!known || FURTHEST.indexOf(outcome.state) > FURTHEST.indexOf(known.state)) {
      newest.set(outcome.idempotencyKey, outcome);
    }
  }
  return [...newest.values()].map((outcome) => notToCome(outcome, now));
}

/** What is told ended by now: an end to come would hold the contract's next charges back until then. */
export const notToCome = (outcome: AttemptOutcome, now: Date): AttemptOutcome =>
  outcome.completedAt && outcome.completedAt > now ? { ...outcome, completedAt: now } : outcome;
