import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";

import { dueAt, localDate, spreadMs } from "./due";
import { halfIntervalMs } from "./interval";

const ZONES = Intl.supportedValuesOf("timeZone");
const DAY_MS = 86_400_000;
const instant = fc.date({ min: new Date("2020-01-01"), max: new Date("2035-12-31"), noInvalidDate: true });
const anyCase = [instant, fc.constantFrom(...ZONES), fc.integer({ min: 0, max: 23 })] as const;
/** Up to a day and a bit: more than any shop's window. */
const anySpread = fc.integer({ min: 0, max: 30 * 3_600_000 });
const often = { numRuns: 1000 };

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

  test("lies on the expected local date, whatever the zone, the hour, the spread and the clock change", () => {
    fc.assert(
      fc.property(...anyCase, anySpread, (expectedAt, zone, hour, spread) => {
        expect(localDate(dueAt(expectedAt, zone, hour, spread), zone)).toBe(localDate(expectedAt, zone));
      }),
      often,
    );
  });

  test("is never earlier than Shopify accepts: 24 hours before the expected date", () => {
    fc.assert(
      fc.property(...anyCase, anySpread, (expectedAt, zone, hour, spread) => {
        expect(expectedAt.getTime() - dueAt(expectedAt, zone, hour, spread).getTime()).toBeLessThanOrEqual(DAY_MS);
      }),
      often,
    );
    // A day of 25 hours: midnight would be 24 hours and 59 minutes early.
    expect(dueAt(new Date("2026-10-25T22:59:00Z"), "Europe/Oslo", 0).toISOString()).toBe("2026-10-24T22:59:00.000Z");
  });

  test("shows the billing hour on the shop's wall clock, except on the day of a clock change", () => {
    fc.assert(
      fc.property(...anyCase, (expectedAt, zone, hour) => {
        const due = dueAt(expectedAt, zone, hour);
        const local = Temporal.Instant.fromEpochMilliseconds(due.getTime()).toZonedDateTimeISO(zone);
        if (local.hoursInDay === 24)
          expect(local.toPlainTime().toString()).toBe(`${String(hour).padStart(2, "0")}:00:00`);
      }),
      often,
    );
  });

  test.each([
    // Midnight is missing in Beirut that day: its first moment, 01:00.
    ["2026-03-29T10:00:00Z", "Asia/Beirut", 0, "2026-03-28T22:00:00.000Z"],
    // Midnight comes twice in the Azores that day: the first of the two.
    ["2026-10-25T12:00:00Z", "Atlantic/Azores", 0, "2026-10-25T00:00:00.000Z"],
    // The day ends at 23:00 in eastern Greenland: its last moment, not the next day's first.
    ["2026-03-28T20:00:00Z", "America/Scoresbysund", 23, "2026-03-29T00:59:59.999Z"],
  ])("expected %s in %s at %i, where the clock changes at midnight, is due %s", (expected, zone, hour, due) => {
    expect(dueAt(new Date(expected), zone, hour).toISOString()).toBe(due);
  });

  test("a later expected date is never due earlier", () => {
    fc.assert(
      fc.property(
        ...anyCase,
        anySpread,
        fc.integer({ min: 0, max: 3 * DAY_MS }),
        (first, zone, hour, spread, later) => {
          const second = new Date(first.getTime() + later);
          expect(dueAt(second, zone, hour, spread) >= dueAt(first, zone, hour, spread)).toBe(true);
        },
      ),
      often,
    );
  });

  test("a billing hour that had passed when the cycle was moved is the next one, at most a day and a half later", () => {
    const moved = (at: string, hour = 9): string =>
      dueAt(new Date("2026-06-10T14:00:00Z"), "Europe/Oslo", hour, 0, new Date(at)).toISOString();
    expect(moved("2026-06-01T12:00:00Z")).toBe("2026-06-10T07:00:00.000Z");
    expect(moved("2026-06-10T07:00:00Z")).toBe("2026-06-10T07:00:00.000Z");
    expect(moved("2026-06-10T07:00:01Z")).toBe("2026-06-11T07:00:00.000Z");
    expect(moved("2026-06-12T06:00:00Z")).toBe("2026-06-12T07:00:00.000Z");
    expect(moved("2026-06-12T08:00:00Z")).toBe("2026-06-13T07:00:00.000Z");
    fc.assert(
      fc.property(...anyCase, anySpread, instant, (expectedAt, zone, hour, spread, notBefore) => {
        const plain = dueAt(expectedAt, zone, hour, spread);
        const due = dueAt(expectedAt, zone, hour, spread, notBefore);
        expect(due >= notBefore || due.getTime() === plain.getTime()).toBe(true);
        expect(due >= plain).toBe(true);
        if (plain < notBefore) expect(due.getTime() - notBefore.getTime()).toBeLessThanOrEqual(1.5 * DAY_MS);
      }),
      often,
    );
  });

  test("an unknown zone or hour is an error, not a wrong date", () => {
    expect(() => dueAt(new Date("2026-01-01"), "Europe/Nowhere", 9)).toThrow(RangeError);
    expect(() => dueAt(new Date("2026-01-01"), "UTC", 24)).toThrow(RangeError);
  });
});

describe("the spread of a shop's renewals", () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `gid://shopify/SubscriptionContract/${1_000_000 + index}`);

  test("is the same for the same contract, and inside the window", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 1440 }), (id, minutes) => {
        const spread = spreadMs(id, minutes);
        expect(spread).toBe(spreadMs(id, minutes));
        expect(spread >= 0 && (spread < minutes * 60_000 || (minutes === 0 && spread === 0))).toBe(true);
      }),
    );
    // Written down, because a new hash would move every shop's renewals on the day of an update.
    expect(spreadMs("gid://shopify/SubscriptionContract/1", 120)).toBe(5_359_907);
  });

  test("is even, also over contracts numbered one after another: no minute of two hours gets twice its share", () => {
    const perMinute = new Array<number>(120).fill(0);
    for (const id of ids) {
      const minute = Math.floor(spreadMs(id, 120) / 60_000);
      perMinute[minute] = (perMinute[minute] ?? 0) + 1;
    }
    const fair = ids.length / 120;
    // Chi-square over 119 degrees of freedom: above 180 chance is one in five thousand.
    const chiSquare = perMinute.reduce((total, count) => total + (count - fair) ** 2 / fair, 0);
    expect(chiSquare).toBeLessThan(180);
    expect(Math.max(...perMinute)).toBeLessThan(2 * fair);
  });

  test("neighbours lie far apart: on average a third of the window", () => {
    const spreads = ids.map((id) => spreadMs(id, 120));
    const gaps = spreads.slice(1).map((spread, index) => Math.abs(spread - (spreads[index] ?? 0)));
    const mean = gaps.reduce((total, gap) => total + gap, 0) / gaps.length;
    expect(mean / (120 * 60_000)).toBeGreaterThan(0.3);
    expect(mean / (120 * 60_000)).toBeLessThan(0.37);
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
