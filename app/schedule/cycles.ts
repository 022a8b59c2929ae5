import { Temporal } from "temporal-polyfill";

import type { IntervalUnit } from "./interval";

/**
 * Our own reckoning of billing cycles, for previews, the time machine and drift checks. Shopify publishes no rules for
 * its cycles; these are the ones observed (docs/decisions/0002). Where Shopify's own cycles exist, they win.
 */

/** Shopify's SellingPlanAnchor: WEEKDAY 1–7 from Monday, MONTHDAY 1–31, YEARDAY with a month. */
export interface Anchor {
  type: "WEEKDAY" | "MONTHDAY" | "YEARDAY";
  day: number;
  month?: number | null;
}

export interface CyclePolicy {
  interval: IntervalUnit;
  intervalCount: number;
  /**
   * The first that fits the interval counts: WEEKDAY for weeks, MONTHDAY for months and years, YEARDAY for years. For
   * several, Shopify's own cycles are known to be odd, so nothing is promised.
   */
  anchors: readonly Anchor[];
  /** Days before the first anchor in which a new contract waits for the one after it. Assumed: Shopify says it for deliveries only. */
  cutoff?: number;
  /** IANA name, the shop's. */
  timeZone: string;
  createdAt: Date;
  /** A commitment: it moves no dates. */
  minCycles: number | null;
  /** The index of the last cycle; null without an end. */
  maxCycles: number | null;
}

/** A prepaid plan delivers more often than it charges; others have the same policy twice. */
export interface DeliveryInterval {
  deliveryInterval: IntervalUnit;
  deliveryIntervalCount: number;
}

export interface ReckonedCycle {
  /** From 1, which is the first renewal: the checkout pays the period before it. */
  index: number;
  startAt: Date;
  endAt: Date;
  /** When it is charged: its end, unless Shopify knows of an edit. */
  expectedAt: Date;
}

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

const FITS: Record<Anchor["type"], readonly IntervalUnit[]> = {
  WEEKDAY: ["WEEK"],
  MONTHDAY: ["MONTH", "YEAR"],
  YEARDAY: ["YEAR"],
};

const UNITS = { DAY: "days", WEEK: "weeks", MONTH: "months", YEAR: "years" } as const;

/** A number of intervals as calendar steps: added to one origin at once, never to one another, so that nothing drifts. */
const steps = (unit: IntervalUnit, count: number): Temporal.Duration =>
  Temporal.Duration.from({ [UNITS[unit]]: count });

/** The anchor's day in the week, month or year of a date; a day that a month lacks becomes its last. */
function onAnchor(date: Temporal.PlainDate, { type, day, month }: Anchor): Temporal.PlainDate {
  if (type === "WEEKDAY") return date.add({ days: day - date.dayOfWeek });
  if (type === "MONTHDAY") return date.with({ day });
  return date.with({ month: month ?? date.month, day });
}

/** The first day on the anchor after a date. */
function nextAnchor(after: Temporal.PlainDate, anchor: Anchor): Temporal.PlainDate {
  const here = onAnchor(after, anchor);
  if (Temporal.PlainDate.compare(here, after) > 0) return here;
  if (anchor.type === "WEEKDAY") return onAnchor(after.add({ weeks: 1 }), anchor);
  return onAnchor(after.add(anchor.type === "MONTHDAY" ? { months: 1 } : { years: 1 }), anchor);
}

/** Wall clocks of a contract: `intervals` billing intervals after its creation, and `extra` beyond that. */
function wallClock(
  policy: CyclePolicy,
  intervals: number,
  extra: Temporal.Duration = new Temporal.Duration(),
): Temporal.PlainDateTime {
  const { interval, intervalCount, createdAt, timeZone, cutoff = 0 } = policy;
  const origin = Temporal.Instant.fromEpochMilliseconds(createdAt.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime();
  const anchor = policy.anchors.find(({ type }) => FITS[type].includes(interval));
  if (!anchor || intervals === 0) return origin.add(sum(steps(interval, intervals * intervalCount), extra));
  let first = nextAnchor(origin.toPlainDate(), anchor);
  const daysLeft = origin.toPlainDate().until(first, { largestUnit: "day" }).days;
  if (daysLeft <= cutoff) first = nextAnchor(first, anchor);
  const beyond = sum(steps(interval, (intervals - 1) * intervalCount), extra);
  const day =
    anchor.type === "WEEKDAY"
      ? first.add(beyond)
      : // Months first, back to an anchor that a short one lacked, then days: none of them loses the anchor.
        onAnchor(first.add({ years: beyond.years, months: beyond.months }), { type: "MONTHDAY", day: anchor.day }).add({
          weeks: beyond.weeks,
          days: beyond.days,
        });
  return day.toPlainDateTime(origin.toPlainTime());
}

/** Unit by unit: durations of months and days can't be added up without a date, and needn't be. */
const sum = (one: Temporal.Duration, other: Temporal.Duration): Temporal.Duration =>
  Temporal.Duration.from({
    years: one.years + other.years,
    months: one.months + other.months,
    weeks: one.weeks + other.weeks,
    days: one.days + other.days,
  });

/** A time that a clock change removes is moved forward, one that comes twice is the first of the two. */
const instantOf = (local: Temporal.PlainDateTime, timeZone: string): Date =>
  new Date(local.toZonedDateTime(timeZone, { disambiguation: "compatible" }).epochMilliseconds);

const endOf = (policy: CyclePolicy, index: number): Date =>
  index === 0 ? policy.createdAt : instantOf(wallClock(policy, index), policy.timeZone);

/**
 * Cycle `index` of a contract. Cycle 1 starts at the contract's creation; each next one a second after the one before
 * it ends. Ends keep the shop's wall clock; month ends clamp and do not drift (31 January, 28 February, 31 March).
 * @throws RangeError for an index that is no whole number from 1, or an unknown time zone
 */
export function cycle(policy: CyclePolicy, index: number): ReckonedCycle {
  if (!Number.isSafeInteger(index) || index < 1) throw new RangeError(`Cycles are numbered from 1, not ${index}.`);
  const before = endOf(policy, index - 1);
  const endAt = endOf(policy, index);
  const startAt = index === 1 ? before : new Date(before.getTime() + SECOND_MS);
  return { index, startAt, endAt, expectedAt: endAt };
}

/** Days in a unit, on average: where the search for a date begins, never a date itself. */
const ABOUT_DAYS: Record<IntervalUnit, number> = { DAY: 1, WEEK: 7, MONTH: 30.44, YEAR: 365.24 };

/** At most so many cycles are listed at once: years of daily ones, and no request can ask for endless ones. */
export const MOST_CYCLES = 2000;

/**
 * Cycles that end at `from` or later, in order; fewer than `count` when the contract ends (`maxCycles`) before.
 * @param count whole, up to MOST_CYCLES
 */
export function cyclesFrom(policy: CyclePolicy, from: Date, count: number): ReckonedCycle[] {
  const length = ABOUT_DAYS[policy.interval] * policy.intervalCount * DAY_MS;
  let index = Math.max(1, Math.floor((from.getTime() - policy.createdAt.getTime()) / length));
  while (endOf(policy, index) < from) index += 1;
  while (index > 1 && endOf(policy, index - 1) >= from) index -= 1;
  const last = Math.min(index + Math.min(count, MOST_CYCLES) - 1, policy.maxCycles ?? Infinity);
  const cycles: ReckonedCycle[] = [];
  for (; index <= last; index += 1) cycles.push(cycle(policy, index));
  return cycles;
}

/**
 * When the deliveries that the charge of cycle `index` pays for are due: the first with the charge, then one each
 * delivery interval until the next charge. One for a plan that charges with every delivery, k for a prepaid one.
 */
export function deliveriesOf(policy: CyclePolicy & DeliveryInterval, index: number): Date[] {
  const next = wallClock(policy, index + 1);
  const dates: Temporal.PlainDateTime[] = [wallClock(policy, index)];
  for (;;) {
    const extra = steps(policy.deliveryInterval, dates.length * policy.deliveryIntervalCount);
    const date = wallClock(policy, index, extra);
    if (Temporal.PlainDateTime.compare(date, next) >= 0) break;
    dates.push(date);
  }
  return dates.map((date) => instantOf(date, policy.timeZone));
}
