import { Temporal } from "temporal-polyfill";

import type { CycleOutcome } from "~/generated/prisma/enums";

import { dayOf, sameTimeOn } from "./days";

/** Days of the shop's calendar, "2026-12-24", both included. */
export interface DayRange {
  from: string;
  to: string;
}

/** As much of a cycle as moving needs to know. */
export interface MovableCycle {
  cycleIndex: number;
  startAt: Date;
  endAt: Date;
  expectedAt: Date;
  skipped: boolean;
  claimed: boolean;
  outcome: CycleOutcome | null;
}

/** How many cycles later a delivery may be put off; more is a pause. */
export const CYCLES_LATER = 3;

const isOpen = ({ outcome, claimed, skipped }: MovableCycle): boolean => outcome === null && !claimed && !skipped;

/**
 * The cycles that a delivery may be put on, the own one first: those that follow it, up to CYCLES_LATER, as long as
 * nobody has skipped or moved them otherwise.
 */
export function cyclesFrom<Cycle extends MovableCycle>(cycles: readonly Cycle[], cycleIndex: number): Cycle[] {
  const within: Cycle[] = [];
  for (let step = 0; step <= CYCLES_LATER; step += 1) {
    const cycle = cycles.find((one) => one.cycleIndex === cycleIndex + step);
    if (!cycle || !isOpen(cycle)) break;
    within.push(cycle);
  }
  return within;
}

/**
 * The days to which a coming delivery may be moved: from today, or from its cycle's first day, until the end of the last
 * cycle that it may be put on (a cycle begins when the one before ends, so that it never comes before its
 * predecessor's order).
 * @returns null if it can't be moved: it is not open, or there is one day only
 */
export function movableDays(
  cycles: readonly MovableCycle[],
  cycleIndex: number,
  now: Date,
  timeZone: string,
): DayRange | null {
  const within = cyclesFrom(cycles, cycleIndex);
  const own = within[0];
  const last = within.at(-1);
  if (!own || !last) return null;
  const days = daysWithin(own.startAt, last.endAt, own.expectedAt, now, timeZone);
  return days && days.from !== days.to ? days : null;
}

/** First and last day on which the moment of the same time of day lies within bounds and is still to come. */
function daysWithin(start: Date, end: Date, time: Date, now: Date, timeZone: string): DayRange | null {
  const earliest = start > now ? start : now;
  let from = Temporal.PlainDate.from(dayOf(earliest, timeZone));
  if (sameTimeOn(time, from.toString(), timeZone) <= earliest) from = from.add({ days: 1 });
  let to = Temporal.PlainDate.from(dayOf(end, timeZone));
  if (sameTimeOn(time, to.toString(), timeZone) > end) to = to.subtract({ days: 1 });
  return Temporal.PlainDate.compare(from, to) > 0 ? null : { from: from.toString(), to: to.toString() };
}

/** Where a delivery goes when it is moved to a day. */
export interface MoveTarget<Cycle extends MovableCycle> {
  /** The cycle whose date is set. */
  cycle: Cycle;
  at: Date;
  /** Those before it, its own among them, that bring no order then. */
  skipped: Cycle[];
}

/** @returns null if the day is not one of `movableDays` */
export function moveTarget<Cycle extends MovableCycle>(
  cycles: readonly Cycle[],
  cycleIndex: number,
  day: string,
  now: Date,
  timeZone: string,
): MoveTarget<Cycle> | null {
  const range = movableDays(cycles, cycleIndex, now, timeZone);
  if (!range || day < range.from || day > range.to) return null;
  const within = cyclesFrom(cycles, cycleIndex);
  const own = within[0];
  if (!own) return null;
  const at = sameTimeOn(own.expectedAt, day, timeZone);
  const position = within.findIndex(({ endAt }) => at <= endAt);
  const cycle = within[position];
  return cycle && at > now ? { cycle, at, skipped: within.slice(0, position) } : null;
}
