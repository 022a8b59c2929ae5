/**
 * How many billing attempts a minute a shop is sent. Besides query cost, Shopify throttles attempts by a limit of their
 * own, which it does not publish (userErrors code THROTTLED). So there is no pace until Shopify first throttles; then
 * what went well is held, a tenth more is tried each day, and after a week in which nothing was throttled the pace is
 * forgotten. A throttled attempt costs its points and nothing else: finding the edge again is cheap, being slow is not.
 */
export interface Pace {
  /** Attempts a minute as last measured; null: no limit is known. */
  perMinute: number | null;
  /** When it was measured, which is when Shopify last throttled; null without a limit. */
  heldAt: Date | null;
}

/** What came back of the attempts that were sent in the time before `now`. */
export interface PaceWindow {
  /** Attempts that Shopify took, whatever became of the payment. */
  accepted: number;
  /** Attempts that Shopify refused with THROTTLED. */
  throttled: number;
  /** Milliseconds that the counts cover: the last minute, less when the run is younger. */
  windowMs: number;
  now: Date;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Of the rate that went well: far enough below the edge not to meet it with every batch, near enough to lose little. */
const HELD_SHARE = 0.95;
/** A window in which hardly anything was sent says little of the limit: no fall is deeper than to this share. */
const DEEPEST_FALL = 0.5;
/** The limit may have been a bad hour of Shopify's: so much more is tried each day. */
const PROBE_FACTOR = 1.1;
/** After as many days without being throttled, no limit is known any more. */
const FORGET_AFTER_DAYS = 7;
/** One in ten seconds: whatever was measured, a shop's renewals go on. */
export const SLOWEST_PER_MINUTE = 6;
/** Where to begin when nothing went well before the first refusal: one a second. */
const FIRST_GUESS_PER_MINUTE = 60;
/** What went well in less than this is the size of a batch rather than a rate. */
const SHORTEST_WINDOW_MS = 10_000;

export const UNLIMITED: Pace = { perMinute: null, heldAt: null };

/** Attempts a minute that may be sent at `now`, the daily probes included; null: as many as you like. */
export function paceNow({ perMinute, heldAt }: Pace, now: Date): number | null {
  if (perMinute === null || heldAt === null || !Number.isFinite(perMinute)) return null;
  const days = Math.max(0, Math.floor((now.getTime() - heldAt.getTime()) / DAY_MS));
  if (days >= FORGET_AFTER_DAYS) return null;
  return Math.max(SLOWEST_PER_MINUTE, perMinute * PROBE_FACTOR ** days);
}

/**
 * The pace after answers have come back. Call it with every batch that had a THROTTLED among its answers; without one it
 * changes nothing but to forget a pace that is over.
 */
export function paceAfter(pace: Pace, { accepted, throttled, windowMs, now }: PaceWindow): Pace {
  const current = paceNow(pace, now);
  if (throttled <= 0) return current === null ? UNLIMITED : pace;
  const wentWell = (HELD_SHARE * Math.max(0, accepted) * MINUTE_MS) / Math.max(windowMs, SHORTEST_WINDOW_MS);
  if (current === null) return held(wentWell > 0 ? wentWell : FIRST_GUESS_PER_MINUTE, now);
  const sinceHeld = now.getTime() - (pace.heldAt?.getTime() ?? 0);
  if (sinceHeld >= 0 && sinceHeld < MINUTE_MS) {
    // An answer to what was sent before the pace was held; it can only show that more went well than was known then.
    return { ...pace, perMinute: Math.max(pace.perMinute ?? 0, wentWell) };
  }
  return held(Math.min(HELD_SHARE * current, Math.max(DEEPEST_FALL * current, wentWell)), now);
}

const held = (perMinute: number, now: Date): Pace => ({
  perMinute: Math.max(SLOWEST_PER_MINUTE, perMinute),
  heldAt: now,
});

/**
 * How many attempts may be sent now. Infinity without a known limit.
 * @param sentInLastMinute attempts sent in the minute before `now`, whatever was answered
 */
export function allowance(pace: Pace, sentInLastMinute: number, now: Date): number {
  const perMinute = paceNow(pace, now);
  if (perMinute === null) return Number.POSITIVE_INFINITY;
  return Math.max(0, Math.floor(perMinute) - Math.max(0, sentInLastMinute));
}
