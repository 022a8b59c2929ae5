import { Temporal } from "temporal-polyfill";

/** Shopify refuses an attempt earlier than this before the expected date (BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE). */
const EARLIEST_MS = 24 * 3_600_000;

/**
 * The moment at which a cycle is charged: the billing hour on the shop's local date of Shopify's expected date, plus the
 * contract's place in the shop's window. A billing hour that a clock change removes is moved forward, one that happens
 * twice is the first of the two. Never more than 24 hours before `expectedAt`, which is the earliest that Shopify
 * accepts, and never on another local date because of the spread. A change of the shop's time zone needs no rule of its
 * own: the same call with the new zone gives the new moment.
 * @param expectedAt Shopify's billingAttemptExpectedDate
 * @param timeZone IANA name
 * @param billingHour 0–23
 * @param spread milliseconds after the billing hour, of `spreadMs`
 * @param notBefore when the contract was made or the cycle moved: a billing hour that had passed by then is the next one
 * @throws RangeError for an unknown time zone or hour
 */
export function dueAt(expectedAt: Date, timeZone: string, billingHour: number, spread = 0, notBefore?: Date): Date {
  const onDate = (date: Temporal.PlainDate): Date => {
    const hour = date
      .toPlainDateTime(Temporal.PlainTime.from({ hour: billingHour }, { overflow: "reject" }))
      .toZonedDateTime(timeZone, { disambiguation: "compatible" });
    const dayEnd = date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds - 1;
    // A day of 25 hours is longer than Shopify lets anyone be early.
    const from = Math.max(hour.epochMilliseconds, expectedAt.getTime() - EARLIEST_MS);
    // The day's end also when a clock change removes its last hours, the billing hour among them.
    return new Date(Math.min(from + spread, dayEnd));
  };
  const expectedOn = dateOf(expectedAt, timeZone);
  const due = onDate(expectedOn);
  if (!notBefore || due >= notBefore) return due;
  const thatDay = dateOf(notBefore, timeZone);
  const sameDay = onDate(thatDay);
  return sameDay >= notBefore ? sameDay : onDate(thatDay.add({ days: 1 }));
}

/**
 * A contract's place in the window over which a shop spreads its renewals, in milliseconds: always the same for the
 * same contract, even over all contracts, below the window's length.
 * @param windowMinutes 0 for no spread
 */
export function spreadMs(contractId: string, windowMinutes: number): number {
  // FNV-1a, then the finalizer of MurmurHash3: ids that differ in their last digit lie far apart.
  let hash = 0x811c9dc5;
  for (let index = 0; index < contractId.length; index += 1) {
    hash = Math.imul(hash ^ contractId.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * windowMinutes * 60_000);
}

const dateOf = (at: Date, timeZone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();

/** The shop's local calendar day of an instant, "2026-12-01": what charts and lists group by. */
export function localDate(at: Date, timeZone: string): string {
  return dateOf(at, timeZone).toString();
}
