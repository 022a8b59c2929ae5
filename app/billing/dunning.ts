import { Temporal } from "temporal-polyfill";

import type { DeclineClass } from "./decline";

/** When a failed charge is tried again. Pure: instants come in, instants go out (docs/decisions/0005). */

export interface DunningSettings {
  /** IANA name, the shop's. */
  timeZone: string;
  /** Whole days after the first failure, ascending, from 1. The last is the end of the window. */
  retryDays: readonly number[];
  /** Shop-local working hours: tries lie in [hourFrom, hourTo), 0–24. */
  hourFrom: number;
  hourTo: number;
  /** Days of the month on which the shop's customers are paid, 1–31; beyond a month's end means its last day. Empty: none. */
  payDays: readonly number[];
}

/** With the first one: 8 tries in 14 days, 6 of them in the first 10. */
export const DEFAULT_RETRY_DAYS: readonly number[] = [1, 2, 4, 6, 8, 11, 14];

/** A shop's settings before anybody changed them. */
export const DEFAULT_DUNNING: Omit<DunningSettings, "timeZone"> = {
  retryDays: DEFAULT_RETRY_DAYS,
  hourFrom: 9,
  hourTo: 17,
  payDays: [],
};

export interface Failure {
  class: DeclineClass;
  /**
   * When the charge first failed with a decline, or with gateway trouble that counts as one; before that, when it last
   * failed. The window starts here: neither a broken gateway nor missing stock takes anything from it.
   */
  firstFailedAt: Date;
  /** Declines of this charge, this one included: every class but GATEWAY, STOCK and SETUP. */
  failures: number;
  /** Failures of this charge that were gateway trouble, this one included. */
  gatewayFailures: number;
  failedAt: Date;
  now: Date;
}

export type DunningDecision =
  /** The next try. */
  | { kind: "RETRY"; at: Date }
  /** No tries until there is a new payment method; at `until`, the end of the window, it ends. */
  | { kind: "WAIT_FOR_CARD"; until: Date }
  /** Not for dunning: the stock rules decide. */
  | { kind: "STOCK" }
  /** Not for dunning: a merchant must act. */
  | { kind: "SETUP" }
  /** The tries or the time are used up. */
  | { kind: "END" };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Two tries of one charge are never closer: banks count what comes faster as an attack. */
export const SPACING_MS = 12 * HOUR_MS;
/** Gateway trouble passes in hours or not at all: after these waits, then daily. */
const GATEWAY_WAITS_MS: readonly number[] = [HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS];
/** Tries after gateway trouble before it counts as a decline, so that a broken gateway is heard of. */
export const GATEWAY_TRIES = 10;

const epoch = (zoned: Temporal.ZonedDateTime): number => zoned.epochMilliseconds;
const zonedAt = (at: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);

/** The first failure's wall clock so many days later; a time that a clock change removes is moved forward. */
const daysAfter = (first: Date, days: number, timeZone: string): number =>
  epoch(zonedAt(first.getTime(), timeZone).add({ days }));

/**
 * The end of the window: the last retry day. No try of a declined charge lies after it; waiting for a card ends with it.
 * @throws RangeError for settings that can't be kept
 */
export function windowEnd(firstFailedAt: Date, settings: DunningSettings): Date {
  check(settings);
  return new Date(daysAfter(firstFailedAt, settings.retryDays.at(-1) ?? 0, settings.timeZone));
}

function check({ retryDays, hourFrom, hourTo, payDays }: DunningSettings): void {
  const whole = (value: number, from: number, to: number): boolean =>
    Number.isInteger(value) && value >= from && value <= to;
  const ascending = retryDays.every((day, index) => whole(day, 1, 365) && day > (retryDays[index - 1] ?? 0));
  if (!ascending) throw new RangeError("retryDays must be whole days from 1, ascending.");
  if (!whole(hourFrom, 0, 23) || !whole(hourTo, hourFrom + 1, 24)) {
    throw new RangeError("Working hours must be whole and end after they begin, on the same day.");
  }
  if (!payDays.every((day) => whole(day, 1, 31))) throw new RangeError("payDays must be days of a month, 1 to 31.");
}

const isWorking = ({ hour }: Temporal.ZonedDateTime, settings: DunningSettings): boolean =>
  hour >= settings.hourFrom && hour < settings.hourTo;

/** A clock change can take a short working day away altogether; days beside it have one. */
const DAYS_WITHOUT_WORK = 3;

const hourOn = (date: Temporal.PlainDate, hour: number, { timeZone }: DunningSettings): Temporal.ZonedDateTime =>
  date.toPlainDateTime({ hour }).toZonedDateTime(timeZone, { disambiguation: "compatible" });

/** `at` if it lies in working hours, else the next moment at which they begin. */
function nextWorking(at: number, settings: DunningSettings): number {
  const local = zonedAt(at, settings.timeZone);
  if (isWorking(local, settings)) return at;
  for (let days = 0; days <= DAYS_WITHOUT_WORK; days += 1) {
    const opening = hourOn(local.toPlainDate().add({ days }), settings.hourFrom, settings);
    if (epoch(opening) >= at && isWorking(opening, settings)) return epoch(opening);
  }
  throw new RangeError(`${settings.timeZone} has no working hours after ${new Date(at).toISOString()}.`);
}

/** `at` if it lies in working hours, else the beginning of the last working hour before it. */
function lastWorking(at: number, settings: DunningSettings): number {
  const local = zonedAt(at, settings.timeZone);
  if (isWorking(local, settings)) return at;
  for (let days = 0; days <= DAYS_WITHOUT_WORK; days += 1) {
    const closing = hourOn(local.toPlainDate().subtract({ days }), settings.hourTo - 1, settings);
    if (epoch(closing) <= at && isWorking(closing, settings)) return epoch(closing);
  }
  throw new RangeError(`${settings.timeZone} has no working hours before ${new Date(at).toISOString()}.`);
}

/** The first business day, Monday to Friday, on or after a date. */
function businessDay(date: Temporal.PlainDate): Temporal.PlainDate {
  return date.dayOfWeek > 5 ? date.add({ days: 8 - date.dayOfWeek }) : date;
}

/** Working hours of the first business day on or after a pay day, from `earliest` to `latest`; null if there are none. */
function payDayTry(earliest: number, latest: number, settings: DunningSettings): number | null {
  if (settings.payDays.length === 0) return null;
  const last = zonedAt(latest, settings.timeZone).toPlainDate();
  // A pay day of last weekend is paid out for today.
  let date = zonedAt(earliest, settings.timeZone).toPlainDate().subtract({ days: 2 });
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    const { day, daysInMonth } = date;
    if (!settings.payDays.some((payDay) => Math.min(payDay, daysInMonth) === day)) continue;
    const business = businessDay(date);
    const at = nextWorking(Math.max(earliest, epoch(hourOn(business, settings.hourFrom, settings))), settings);
    const onThatDay = zonedAt(at, settings.timeZone).toPlainDate().equals(business);
    if (onThatDay && at <= latest) return at;
  }
  return null;
}

/**
 * What happens after a failure. Declines are tried again on the shop's retry days in working hours, at least 12 hours
 * apart, never after the window and never more than `retryDays.length + 1` times in all; what runs late moves the later
 * tries, it doesn't drop them. After INSUFFICIENT_FUNDS the next try moves to the first business day on or after a pay
 * day, if one lies in what is left of the window. Gateway trouble has its own tries (after 1, 4 and 12 hours, then
 * daily, 10 in all, at any hour, whatever is left of the window) and then counts as SOFT.
 * The same failure gives the same decision whenever it is asked again within the wait.
 * @throws RangeError for settings that can't be kept or an unknown time zone
 */
export function afterFailure(failure: Failure, settings: DunningSettings): DunningDecision {
  check(settings);
  switch (failure.class) {
    case "STOCK":
    case "SETUP":
      return { kind: failure.class };
    case "EXPIRED":
    case "HARD": {
      const until = windowEnd(failure.firstFailedAt, settings);
      return until > failure.now ? { kind: "WAIT_FOR_CARD", until } : { kind: "END" };
    }
    case "GATEWAY": {
      if (failure.gatewayFailures > GATEWAY_TRIES) return onSchedule(failure, settings);
      const wait = GATEWAY_WAITS_MS[failure.gatewayFailures - 1] ?? DAY_MS;
      return { kind: "RETRY", at: new Date(Math.max(failure.failedAt.getTime() + wait, failure.now.getTime())) };
    }
    case "SOFT":
    case "INSUFFICIENT_FUNDS":
    case "CHALLENGE":
      return onSchedule(failure, settings);
  }
}

function onSchedule(failure: Failure, settings: DunningSettings): DunningDecision {
  const used = Math.max(1, failure.failures + Math.max(0, failure.gatewayFailures - GATEWAY_TRIES));
  const day = settings.retryDays[used - 1];
  if (day === undefined) return { kind: "END" };
  const latest = windowEnd(failure.firstFailedAt, settings).getTime();
  const earliest = Math.max(failure.failedAt.getTime() + SPACING_MS, failure.now.getTime());
  if (failure.class === "INSUFFICIENT_FUNDS") {
    const paid = payDayTry(earliest, latest, settings);
    if (paid !== null) return { kind: "RETRY", at: new Date(paid) };
  }
  const wanted = Math.max(daysAfter(failure.firstFailedAt, day, settings.timeZone), earliest);
  let at = nextWorking(wanted, settings);
  // An evening's last try would be moved past the end: it comes before it instead.
  if (at > latest) at = lastWorking(latest, settings);
  return at >= earliest && at <= latest ? { kind: "RETRY", at: new Date(at) } : { kind: "END" };
}

/**
 * The moments at which a charge that first failed at `firstFailedAt` is tried again if every try fails the same way and
 * at once; the first try itself is not among them. `endsAt` is when dunning gives up: the last try's moment, or the end
 * of the wait for a card, or `firstFailedAt` for what is not dunning's business (STOCK, SETUP).
 * For previews and the time machine.
 */
export function dunningPlan(
  kind: DeclineClass,
  firstFailedAt: Date,
  settings: DunningSettings,
): { tries: Date[]; endsAt: Date } {
  const tries: Date[] = [];
  let failedAt = firstFailedAt;
  for (;;) {
    const count = tries.length + 1;
    const decision = afterFailure(
      {
        class: kind,
        firstFailedAt,
        failures: kind === "GATEWAY" ? 0 : count,
        gatewayFailures: kind === "GATEWAY" ? count : 0,
        failedAt,
        now: failedAt,
      },
      settings,
    );
    if (decision.kind === "WAIT_FOR_CARD") return { tries, endsAt: decision.until };
    if (decision.kind !== "RETRY") return { tries, endsAt: failedAt };
    failedAt = decision.at;
    tries.push(failedAt);
  }
}
