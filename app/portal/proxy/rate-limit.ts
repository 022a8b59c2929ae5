import type { Clock } from "~/lib/clock";

/** Requests of one shopper within a minute; far above what a person does, far below what a script wants. */
export const READS_PER_MINUTE = 90;
export const WRITES_PER_MINUTE = 20;
/** What an address may ask for without signing in that sends e-mails or writes something down: a family's worth. */
export const REQUESTS_PER_TEN_MINUTES = 10;

export const MINUTE_MS = 60_000;
/** Shoppers remembered at once; when there are more, the windows that have ended are forgotten. */
const MAX_KEYS = 10_000;

export interface RateLimit {
  /** Counts one request. @returns seconds to wait when there were too many, else 0 */
  take(key: string): number;
}

/**
 * A fixed window per key, in the memory of this process: with N web processes a shopper may do up to N times as much,
 * which is still little.
 * @param clock real time
 * @param windowMs length of the window
 */
export function createRateLimit(limit: number, clock: Clock, windowMs = MINUTE_MS): RateLimit {
  const windows = new Map<string, { endsAt: number; count: number }>();
  return {
    take(key) {
      const now = clock.now().getTime();
      if (windows.size >= MAX_KEYS) {
        for (const [other, { endsAt }] of windows) if (endsAt <= now) windows.delete(other);
      }
      const known = windows.get(key);
      const window = known && known.endsAt > now ? known : { endsAt: now + windowMs, count: 0 };
      window.count += 1;
      windows.set(key, window);
      return window.count > limit ? Math.max(1, Math.ceil((window.endsAt - now) / 1000)) : 0;
    },
  };
}
