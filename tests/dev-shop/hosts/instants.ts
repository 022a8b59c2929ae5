import type { Instant } from "../world";

/** An instant in the one form the hosts keep: UTC with milliseconds. Throws a RangeError on text that is no date. */
export const normal = (instant: Instant): Instant => new Date(instant).toISOString();

/** Order of two instants, however each is written. */
export const isAfter = (one: Instant, other: Instant): boolean => Date.parse(one) > Date.parse(other);

/** The earliest of some instants, in normal form; null when there is none. */
export function earliest(instants: Iterable<Instant | null | undefined>): Instant | null {
  let first: number | null = null;
  for (const instant of instants) {
    if (instant === null || instant === undefined) continue;
    const at = Date.parse(instant);
    if (first === null || at < first) first = at;
  }
  return first === null ? null : new Date(first).toISOString();
}
