import { Temporal } from "temporal-polyfill";

/**
 * The moment at which a cycle is charged: the billing hour on the shop's local date of Shopify's expected date.
 * A billing hour that a clock change removes is moved forward, one that happens twice is the first of the two.
 * Never more than 24 hours before `expectedAt`, which is the earliest that Shopify accepts.
 * @param expectedAt Shopify's billingAttemptExpectedDate
 * @param timeZone IANA name
 * @param billingHour 0–23
 * @throws RangeError for an unknown time zone or hour
 */
export function dueAt(expectedAt: Date, timeZone: string, billingHour: number): Date {
  const local = Temporal.Instant.fromEpochMilliseconds(expectedAt.getTime()).toZonedDateTimeISO(timeZone);
  const due = local
    .toPlainDate()
    .toPlainDateTime(Temporal.PlainTime.from({ hour: billingHour }, { overflow: "reject" }))
    .toZonedDateTime(timeZone, { disambiguation: "compatible" });
  // A day of 25 hours is longer than Shopify lets anyone be early.
  return new Date(Math.max(due.epochMilliseconds, expectedAt.getTime() - EARLIEST_MS));
}

/** Shopify refuses an attempt earlier than this before the expected date (BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE). */
const EARLIEST_MS = 24 * 3_600_000;

/** The shop's local calendar day of an instant, "2026-12-01": what charts and lists group by. */
export function localDate(at: Date, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}
