import { Temporal } from "temporal-polyfill";

import type { Anchor, Contract, Instant, Shop, World } from "../world";
import { holds } from "./rules";
import { DAY, instantOf, ms, SECOND } from "./time";

export interface Cycle {
  contractId: string;
  cycleIndex: number;
  cycleStartAt: Instant;
  cycleEndAt: Instant;
  billingAttemptExpectedDate: Instant;
  status: "UNBILLED" | "BILLED";
  skipped: boolean;
  edited: boolean;
}

/** How far ahead of the current cycle one may select (assumed, see RULES.upcomingCyclesAreLimited). */
export const UPCOMING_CYCLE_LIMIT = 100;

export interface CycleSelector {
  index?: number | null;
  date?: Instant | null;
}

export type CycleSelectionError =
  "CYCLE_INDEX_OUT_OF_RANGE" | "CYCLE_START_DATE_OUT_OF_RANGE" | "UPCOMING_CYCLE_LIMIT_EXCEEDED" | "INVALID";

interface Ends {
  key: string;
  origin: Temporal.PlainDateTime;
  zone: string;
  /** The last cycle that was reckoned by an earlier billing policy; 0 for a contract whose policy never changed. */
  base: number;
  /** Epoch milliseconds of each cycle's end; entry 0 is the contract's creation. */
  at: number[];
  /** The wall clock of the same ends, for the rule that lets month ends drift. */
  local: Temporal.PlainDateTime[];
}

const reckoned = new WeakMap<Contract, Ends>();

function endsOf(world: World, shop: Shop, contract: Contract): Ends {
  const zone = holds(world, "cyclesFollowTheShopsZone") ? shop.timeZone : (contract.createdTimeZone ?? shop.timeZone);
  const drift = !holds(world, "monthEndsClampWithoutDrift");
  const midnight = holds(world, "anchoredCyclesEndAtMidnight");
  const { interval, intervalCount, anchors } = contract.billingPolicy;
  const anchor = anchors[0];
  const key = [
    zone,
    interval,
    intervalCount,
    contract.createdAt,
    contract.earlierEnds ? `${contract.earlierEnds.length} ${contract.earlierEnds.at(-1) ?? ""}` : "",
    anchor ? `${anchor.type}${anchor.day}/${anchor.month ?? ""}` : "",
    drift,
    midnight,
  ].join(" ");
  const known = reckoned.get(contract);
  if (known?.key === key) return known;
  const at = [ms(contract.createdAt), ...(contract.earlierEnds ?? []).map(ms)];
  const wallClock = (end: number): Temporal.PlainDateTime =>
    Temporal.Instant.fromEpochMilliseconds(end).toZonedDateTimeISO(zone).toPlainDateTime();
  const base = at.length - 1;
  const ends: Ends = { key, origin: wallClock(at[base] ?? 0), zone, base, at, local: at.map(wallClock) };
  reckoned.set(contract, ends);
  return ends;
}

function onAnchor(date: Temporal.PlainDate, anchor: Anchor): Temporal.PlainDate {
  if (anchor.type === "WEEKDAY") return date.add({ days: anchor.day - date.dayOfWeek });
  if (anchor.type === "MONTHDAY") return date.with({ day: anchor.day });
  return date.with({ month: anchor.month ?? date.month, day: anchor.day });
}

/** The first day on the anchor after the given one. */
function nextAnchor(after: Temporal.PlainDate, anchor: Anchor): Temporal.PlainDate {
  const here = onAnchor(after, anchor);
  if (Temporal.PlainDate.compare(here, after) > 0) return here;
  if (anchor.type === "WEEKDAY") return onAnchor(after.add({ weeks: 1 }), anchor);
  const unit = anchor.type === "MONTHDAY" ? { months: 1 } : { years: 1 };
  // From the first of the month, so that adding a month never skips a short one.
  return onAnchor(after.with({ day: 1 }).add(unit), anchor);
}

function localEnd(world: World, contract: Contract, ends: Ends, cycleIndex: number): Temporal.PlainDateTime {
  const index = cycleIndex - ends.base;
  const { interval, intervalCount, anchors } = contract.billingPolicy;
  const steps = (n: number): Temporal.DurationLike => {
    const count = n * intervalCount;
    if (interval === "DAY") return { days: count };
    if (interval === "WEEK") return { weeks: count };
    return interval === "MONTH" ? { months: count } : { years: count };
  };
  const anchor = anchors[0];
  if (anchor) {
    const first = nextAnchor(ends.origin.toPlainDate(), anchor);
    const day =
      anchor.type === "WEEKDAY"
        ? first.add(steps(index - 1))
        : onAnchor(first.with({ day: 1 }).add(steps(index - 1)), anchor);
    return holds(world, "anchoredCyclesEndAtMidnight")
      ? day.toPlainDateTime()
      : day.toPlainDateTime(ends.origin.toPlainTime());
  }
  if (holds(world, "monthEndsClampWithoutDrift")) return ends.origin.add(steps(index));
  return (ends.local[cycleIndex - 1] ?? ends.origin).add(steps(1));
}

function endAt(world: World, shop: Shop, contract: Contract, index: number): number {
  const ends = endsOf(world, shop, contract);
  // Filled in order: with drift each end builds on the one before, and the list stays dense for both.
  for (let n = ends.at.length; n <= index; n += 1) {
    const local = localEnd(world, contract, ends, n);
    ends.local[n] = local;
    ends.at[n] = local.toZonedDateTime(ends.zone, { disambiguation: "compatible" }).epochMilliseconds;
  }
  return ends.at[index] ?? 0;
}

/** Cycle `index` (from 1) of a contract, reckoned from its creation and billing policy with its own edits laid over. */
export function cycleAt(world: World, shop: Shop, contract: Contract, index: number): Cycle {
  const before = endAt(world, shop, contract, index - 1);
  const cycleEndAt = instantOf(endAt(world, shop, contract, index));
  const edit = contract.cycleEdits[String(index)];
  return {
    contractId: contract.id,
    cycleIndex: index,
    cycleStartAt: index === 1 ? instantOf(before) : instantOf(before + SECOND),
    cycleEndAt,
    billingAttemptExpectedDate: edit?.billingAttemptExpectedDate ?? cycleEndAt,
    status: edit?.billed ? "BILLED" : "UNBILLED",
    skipped: edit?.skipped ?? false,
    edited: edit?.skipped === true || edit?.billingAttemptExpectedDate !== undefined || edit?.contract !== undefined,
  };
}

/** The cycle in which an instant lies: the first that ends at it or later. 1 for anything before the first end. */
export function cycleIndexAt(world: World, shop: Shop, contract: Contract, at: Instant): number {
  const target = ms(at);
  const { interval, intervalCount } = contract.billingPolicy;
  const days = { DAY: 1, WEEK: 7, MONTH: 30.4, YEAR: 365.2 }[interval] * intervalCount;
  let index = Math.max(1, Math.floor((target - ms(contract.createdAt)) / (days * DAY)));
  while (endAt(world, shop, contract, index) < target) index += 1;
  while (index > 1 && endAt(world, shop, contract, index - 1) >= target) index -= 1;
  return index;
}

export const currentCycleIndex = (world: World, shop: Shop, contract: Contract, now: Instant = world.now): number =>
  cycleIndexAt(world, shop, contract, now);

/** Cycles `from` to `to`, both included, as far as they may be selected. */
export function cyclesByIndex(world: World, shop: Shop, contract: Contract, from: number, to: number): Cycle[] {
  const last = Math.min(to, lastSelectable(world, shop, contract));
  const cycles: Cycle[] = [];
  for (let index = Math.max(1, from); index <= last; index += 1) cycles.push(cycleAt(world, shop, contract, index));
  return cycles;
}

/** Cycles of a date range (RULES.dateRangeSelectsOverlapping says which). */
export function cyclesByDate(world: World, shop: Shop, contract: Contract, start: Instant, end: Instant): Cycle[] {
  const overlapping = holds(world, "dateRangeSelectsOverlapping");
  return cyclesByIndex(
    world,
    shop,
    contract,
    cycleIndexAt(world, shop, contract, start),
    cycleIndexAt(world, shop, contract, end),
  ).filter((cycle) => {
    if (overlapping) return ms(cycle.cycleStartAt) <= ms(end) && ms(cycle.cycleEndAt) >= ms(start);
    const expected = ms(cycle.billingAttemptExpectedDate);
    return expected >= ms(start) && expected <= ms(end);
  });
}

export function lastSelectable(world: World, shop: Shop, contract: Contract): number {
  const current = currentCycleIndex(world, shop, contract);
  // Without the limit the number is still bounded, so that a wrong range can't reckon for ever.
  return current + (holds(world, "upcomingCyclesAreLimited") ? UPCOMING_CYCLE_LIMIT : 10 * UPCOMING_CYCLE_LIMIT);
}

/** What a SubscriptionBillingCycleSelector means: exactly one of index and date. */
export function selectCycle(
  world: World,
  shop: Shop,
  contract: Contract,
  selector: CycleSelector,
): { cycle: Cycle; error: null } | { cycle: null; error: CycleSelectionError } {
  const hasIndex = typeof selector.index === "number";
  const hasDate = typeof selector.date === "string";
  if (hasIndex === hasDate) return { cycle: null, error: "INVALID" };
  if (typeof selector.date === "string" && ms(selector.date) < ms(contract.createdAt)) {
    return { cycle: null, error: "CYCLE_START_DATE_OUT_OF_RANGE" };
  }
  const index =
    typeof selector.date === "string" ? cycleIndexAt(world, shop, contract, selector.date) : (selector.index ?? 0);
  if (index < 1) return { cycle: null, error: "CYCLE_INDEX_OUT_OF_RANGE" };
  if (index > lastSelectable(world, shop, contract)) return { cycle: null, error: "UPCOMING_CYCLE_LIMIT_EXCEEDED" };
  return { cycle: cycleAt(world, shop, contract, index), error: null };
}
