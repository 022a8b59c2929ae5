import { Temporal } from "temporal-polyfill";

import type { Interval } from "~/generated/prisma/enums";

import type { Departing } from "./way-out";

/** Which of what is possible an offer takes: pure. */

interface Frequency {
  interval: Interval;
  count: number;
}

/** Rough, to tell which of two is longer. */
const DAYS: Record<Interval, number> = { DAY: 1, WEEK: 7, MONTH: 30, YEAR: 365 };
const daysOf = ({ interval, count }: Frequency): number => DAYS[interval] * count;

/**
 * The next slower one of the plans, paid for in the same way: a plan that is paid ahead is another purchase, not a
 * slower one.
 * @returns null if there is none
 */
export function slowerPlan<Plan extends { billing: Frequency; delivery: Frequency; current: boolean }>(
  plans: readonly Plan[],
  now: { billing: Frequency; delivery: Frequency },
): Plan | null {
  const perCharge = daysOf(now.billing) / daysOf(now.delivery);
  const slower = plans
    .filter(({ current, billing, delivery }) => !current && daysOf(billing) / daysOf(delivery) === perCharge)
    .filter(({ delivery }) => daysOf(delivery) > daysOf(now.delivery))
    .sort((one, other) => daysOf(one.delivery) - daysOf(other.delivery));
  return slower[0] ?? null;
}

/** Half as many of what there is most of; null if there is no more than one of anything. */
export function smaller(lines: Departing["lines"]): { line: Departing["lines"][number]; quantity: number } | null {
  const [line] = lines.filter(({ quantity }) => quantity > 1).sort((one, other) => other.quantity - one.quantity);
  return line ? { line, quantity: Math.ceil(line.quantity / 2) } : null;
}

/** "2027-02-23" of an instant of 23 November and three months: a day of the shop's calendar. */
export function dayInMonths(now: Date, months: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .add({ months })
    .toString();
}
