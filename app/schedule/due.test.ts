import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";

import { dueAt, localDate } from "./due";
import { halfIntervalMs } from "./interval";

const ZONES = [
  "Europe/Oslo",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "Asia/Tokyo",
  "Pacific/Apia",
  "UTC",
];
const DAY_MS = 86_400_000;
const instant = fc.date({ min: new Date("2020-01-01"), max: new Date("2035-12-31"), noInvalidDate: true });
const anyCase = [instant, fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 23 })] as const;

describe("the moment at which a cycle is charged", () => {
  test.each([
    ["2026-03-28T14:00:00Z", "Europe/Oslo", 9, "2026-03-28T08:00:00.000Z"],
    ["2026-03-29T14:00:00Z", "Europe/Oslo", 9, "2026-03-29T07:00:00.000Z"],
    // 02:00 does not exist that night: an hour later.
    ["2026-03-29T14:00:00Z", "Europe/Oslo", 2, "2026-03-29T01:00:00.000Z"],
    // 02:00 comes twice that night: the first.
    ["2026-10-25T14:00:00Z", "Europe/Oslo", 2, "2026-10-25T00:00:00.000Z"],
    // Late in the evening in Oslo it is still the same day there, and the day after in UTC.
    ["2026-06-30T22:30:00Z", "Europe/Oslo", 9, "2026-07-01T07:00:00.000Z"],
    ["2026-06-30T22:30:00Z", "America/New_York", 9, "2026-06-30T13:00:00.000Z"],
  ])("expected %s in %s at %i is due %s", (expected, zone, hour, due) => {
    expect(dueAt(new Date(expected), zone, hour).toISOString()).toBe(due);
  });

  test("lies on the expected local date, whatever the zone, the hour and the clock change", () => {
    fc.assert(
      fc.property(...anyCase, (expectedAt, zone, hour) => {
        expect(localDate(dueAt(expectedAt, zone, hour), zone)).toBe(localDate(expectedAt, zone));
      }),
    );
  });

  test("is never earlier than Shopify accepts: 24 hours before the expected date", () => {
    fc.assert(
      fc.property(...anyCase, (expectedAt, zone, hour) => {
        expect(expectedAt.getTime() - dueAt(expectedAt, zone, hour).getTime()).toBeLessThanOrEqual(DAY_MS);
      }),
    );
    // A day of 25 hours: midnight would be 24 hours and 59 minutes early.
    expect(dueAt(new Date("2026-10-25T22:59:00Z"), "Europe/Oslo", 0).toISOString()).toBe("2026-10-24T22:59:00.000Z");
  });

  test("shows the billing hour on the shop's wall clock, except on the day of a clock change", () => {
    fc.assert(
      fc.property(...anyCase, (expectedAt, zone, hour) => {
        const shown = Temporal.Instant.fromEpochMilliseconds(dueAt(expectedAt, zone, hour).getTime());
        const local = shown.toZonedDateTimeISO(zone);
        expect([hour, hour + 1]).toContain(local.hour);
        if (local.hour !== hour) expect(local.hoursInDay).not.toBe(24);
      }),
    );
  });

  test("an unknown zone or hour is an error, not a wrong date", () => {
    expect(() => dueAt(new Date("2026-01-01"), "Europe/Nowhere", 9)).toThrow(RangeError);
    expect(() => dueAt(new Date("2026-01-01"), "UTC", 24)).toThrow(RangeError);
  });
});

test("half an interval is shorter than the time between any two neighbouring dates of a schedule", () => {
  const add = { DAY: "days", WEEK: "weeks", MONTH: "months", YEAR: "years" } as const;
  const units = fc.constantFrom("DAY", "WEEK", "MONTH", "YEAR");
  fc.assert(
    fc.property(
      instant,
      units,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 24 }),
      (from, unit, count, n) => {
        const anchor = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO("Europe/Oslo");
        const at = (index: number) => anchor.add({ [add[unit]]: count * index }).epochMilliseconds;
        expect(at(n + 1) - at(n)).toBeGreaterThan(halfIntervalMs(unit, count));
      },
    ),
  );
});
