import { Temporal } from "temporal-polyfill";

import type { Interval } from "~/generated/prisma/enums";

import type { Policy } from "./pricing";
import type { Frequency } from "./views";

const UNITS = { DAY: "days", WEEK: "weeks", MONTH: "months", YEAR: "years" } as const satisfies Record<
  Interval,
  "days" | "weeks" | "months" | "years"
>;

/** Tries of one rhythm until it lies in the future: 400 days of a daily one after a year's. */
const MOST_STEPS = 400;

/**
 * When the next order is expected after a change of frequency: whole intervals from the current cycle's start, the first
 * that is still to come, at the same time of day (assumed: Shopify does not say whether the current cycle keeps its end;
 * the page says "expected", and shows both when it comes otherwise).
 * @returns null with anchors, whose dates Shopify alone reckons, and without a cycle
 */
export function expectedAfterChange(
  cycle: { cycleIndex: number; startAt: Date } | null,
  policy: Policy | Frequency,
  now: Date,
  timeZone: string,
): Date | null {
  if (!cycle || ("anchors" in policy && policy.anchors.length > 0)) return null;
  // A cycle starts one second after the one before has ended; the first one when the contract was made.
  const start = Temporal.Instant.fromEpochMilliseconds(cycle.startAt.getTime() - (cycle.cycleIndex === 1 ? 0 : 1000))
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime();
  for (let step = 1; step <= MOST_STEPS; step += 1) {
    const end = start.add({ [UNITS[policy.interval]]: step * policy.count }).toZonedDateTime(timeZone);
    if (end.epochMilliseconds > now.getTime()) return new Date(end.epochMilliseconds);
  }
  return null;
}
