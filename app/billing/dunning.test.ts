import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";

import type { DeclineClass } from "./decline";
import { afterFailure, DEFAULT_DUNNING, DEFAULT_RETRY_DAYS, dunningPlan, GATEWAY_TRIES, windowEnd } from "./dunning";
import type { DunningSettings, Failure } from "./dunning";

const HOUR_MS = 3_600_000;
const oslo: DunningSettings = { ...DEFAULT_DUNNING, timeZone: "Europe/Oslo" };
const at = (text: string): Date => new Date(text);
const local = (date: Date, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(timeZone);
const shown = (dates: readonly Date[], timeZone = "Europe/Oslo"): string[] =>
  dates.map((date) => local(date, timeZone).toPlainDateTime().toString({ smallestUnit: "minute" }));

/** A charge that fails the same way each time, with each try as late as `delays` says. */
function play(
  kind: DeclineClass,
  first: Date,
  settings: DunningSettings,
  delays: readonly number[],
  mix: readonly DeclineClass[] = [],
) {
  const steps: { failure: Failure; next: Date }[] = [];
  const failure: Failure = {
    class: kind,
    firstFailedAt: first,
    failures: kind === "GATEWAY" ? 0 : 1,
    gatewayFailures: kind === "GATEWAY" ? 1 : 0,
    failedAt: first,
    now: first,
  };
  for (let step = 0; step < 100; step += 1) {
    const decision = afterFailure(failure, settings);
    if (decision.kind !== "RETRY") return { steps, end: decision };
    steps.push({ failure: { ...failure }, next: decision.at });
    const failedAt = new Date(decision.at.getTime() + (delays[step % Math.max(1, delays.length)] ?? 0));
    const next = mix[step % Math.max(1, mix.length)] ?? kind;
    Object.assign(failure, { failedAt, now: failedAt, class: next });
    if (next === "GATEWAY") failure.gatewayFailures += 1;
    else failure.failures += 1;
  }
  throw new Error("dunning never ends");
}

const ZONES = Intl.supportedValuesOf("timeZone");
const moment = fc.date({ min: at("2024-01-01"), max: at("2032-12-31"), noInvalidDate: true });
const anySettings: fc.Arbitrary<DunningSettings> = fc
  .record({
    timeZone: fc.constantFrom(...ZONES),
    retryDays: fc
      .uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 })
      .map((days) => days.sort((a, b) => a - b)),
    hours: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 12 })),
    payDays: fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { maxLength: 3 }),
  })
  .map(({ hours: [hourFrom, length], ...rest }) => ({
    ...rest,
    hourFrom,
    hourTo: Math.min(24, hourFrom + length),
  }));
const declined = fc.constantFrom<DeclineClass>("SOFT", "INSUFFICIENT_FUNDS", "CHALLENGE");
const delays = fc.array(fc.integer({ min: 0, max: 4 * 24 * HOUR_MS }), { maxLength: 6 });

describe("when a failed charge is tried again", () => {
  test("by default 8 times in 14 days, 6 of them in the first 10, at the hour of the first", () => {
    const first = at("2026-12-01T08:05:00Z");
    const { tries, endsAt } = dunningPlan("SOFT", first, oslo);
    expect(shown(tries)).toEqual([
      "2026-12-02T09:05",
      "2026-12-03T09:05",
      "2026-12-05T09:05",
      "2026-12-07T09:05",
      "2026-12-09T09:05",
      "2026-12-12T09:05",
      "2026-12-15T09:05",
    ]);
    expect(endsAt).toEqual(tries.at(-1));
    expect(1 + tries.length).toBe(8);
    const tenDays = first.getTime() + 10 * 24 * HOUR_MS;
    expect(1 + tries.filter((date) => date.getTime() < tenDays).length).toBeGreaterThanOrEqual(6);
  });

  test("in working hours: an early one waits for the morning, a late one for the next, the last never passes the end", () => {
    const settings = { ...oslo, retryDays: [1, 3, 5] };
    expect(shown(dunningPlan("SOFT", at("2026-12-01T04:00:00Z"), settings).tries)).toEqual([
      "2026-12-02T09:00",
      "2026-12-04T09:00",
      "2026-12-05T16:00",
    ]);
    expect(shown(dunningPlan("SOFT", at("2026-12-01T19:00:00Z"), settings).tries)).toEqual([
      "2026-12-03T09:00",
      "2026-12-05T09:00",
      "2026-12-06T16:00",
    ]);
  });

  test("a working hour that a clock change removes is waited for until the next day", () => {
    const nightly = { ...oslo, retryDays: [1, 5], hourFrom: 2, hourTo: 3 };
    const { tries } = dunningPlan("SOFT", at("2026-03-28T00:30:00Z"), nightly);
    expect(shown(tries)).toEqual(["2026-03-30T02:00", "2026-04-01T02:00"]);
  });

  test("keeps the shop's wall clock over a clock change", () => {
    const { tries } = dunningPlan("SOFT", at("2026-03-27T09:30:00Z"), { ...oslo, retryDays: [1, 2, 3] });
    expect(tries.map((date) => date.toISOString())).toEqual([
      "2026-03-28T09:30:00.000Z",
      "2026-03-29T08:30:00.000Z",
      "2026-03-30T08:30:00.000Z",
    ]);
  });

  test("an empty account waits for the pay day, on its first business day, and is then tried daily", () => {
    // The 12th is a Saturday: wages are there on Monday the 14th.
    const { tries } = dunningPlan("INSUFFICIENT_FUNDS", at("2026-12-08T08:05:00Z"), { ...oslo, payDays: [12] });
    expect(shown(tries)).toEqual([
      "2026-12-14T09:00",
      "2026-12-15T09:00",
      "2026-12-16T09:00",
      "2026-12-17T09:00",
      "2026-12-18T09:00",
      "2026-12-19T09:05",
      "2026-12-22T09:05",
    ]);
  });

  test.each([
    ["the last of the month", [31], "2026-02-20T08:05:00Z", "2026-03-02T09:00"],
    ["a 30th in February", [30], "2027-02-25T08:05:00Z", "2027-03-01T09:00"],
    ["one of the weekend before the failure", [25], "2026-07-26T11:00:00Z", "2026-07-27T09:00"],
    ["none in the window: the schedule", [25], "2026-07-27T08:05:00Z", "2026-07-28T10:05"],
    ["the nearest of several", [1, 15], "2026-12-08T08:05:00Z", "2026-12-15T09:00"],
    ["the pay day itself, tried already", [15], "2026-12-15T08:05:00Z", "2026-12-16T09:05"],
  ])("pay days: %s", (_, payDays, first, next) => {
    const { tries } = dunningPlan("INSUFFICIENT_FUNDS", at(first), { ...oslo, payDays });
    expect(shown(tries.slice(0, 1))).toEqual([next]);
  });

  test("pay days move nothing but empty accounts", () => {
    const first = at("2026-12-08T08:05:00Z");
    for (const kind of ["SOFT", "CHALLENGE"] as const) {
      expect(dunningPlan(kind, first, { ...oslo, payDays: [12] })).toEqual(dunningPlan(kind, first, oslo));
    }
  });

  test("a card that will never work is not tried, and is waited for until the end of the window", () => {
    const first = at("2026-12-01T08:05:00Z");
    for (const kind of ["HARD", "EXPIRED"] as const) {
      expect(dunningPlan(kind, first, oslo)).toEqual({ tries: [], endsAt: at("2026-12-15T08:05:00Z") });
      const late = { class: kind, firstFailedAt: first, failures: 3, gatewayFailures: 0 };
      expect(
        afterFailure({ ...late, failedAt: at("2026-12-07T08:00:00Z"), now: at("2026-12-07T08:00:00Z") }, oslo),
      ).toEqual({ kind: "WAIT_FOR_CARD", until: at("2026-12-15T08:05:00Z") });
    }
  });

  test("nobody is asked for a card when there is no time left to give one", () => {
    const last = at("2026-12-15T08:05:00Z");
    const failure = { firstFailedAt: at("2026-12-01T08:05:00Z"), failures: 8, gatewayFailures: 0, failedAt: last };
    for (const kind of ["HARD", "EXPIRED"] as const) {
      expect(afterFailure({ ...failure, class: kind, now: last }, oslo)).toEqual({ kind: "END" });
    }
  });

  test("gateway trouble: after 1, 4 and 12 hours, then daily, ten tries; then it counts as a soft decline", () => {
    const first = at("2026-12-01T08:00:00Z");
    const { tries } = dunningPlan("GATEWAY", first, oslo);
    const waits = tries.map((date, index) => (date.getTime() - (tries[index - 1] ?? first).getTime()) / HOUR_MS);
    expect(waits.slice(0, GATEWAY_TRIES)).toEqual([1, 4, 12, 24, 24, 24, 24, 24, 24, 24]);
    expect(tries.length).toBeGreaterThan(GATEWAY_TRIES);
    expect(tries.length).toBeLessThanOrEqual(GATEWAY_TRIES + DEFAULT_RETRY_DAYS.length);
  });

  test("gateway trouble uses up no tries and none of the schedule", () => {
    const first = at("2026-12-01T08:05:00Z");
    const mixed = play("SOFT", first, oslo, [], ["GATEWAY", "SOFT"]);
    expect(mixed.steps.filter(({ failure }) => failure.class === "SOFT").length).toBe(DEFAULT_RETRY_DAYS.length);
  });

  test("stock and set-up are not dunning's business", () => {
    const first = at("2026-12-01T08:05:00Z");
    for (const kind of ["STOCK", "SETUP"] as const) {
      expect(play(kind, first, oslo, []).end).toEqual({ kind });
      expect(dunningPlan(kind, first, oslo)).toEqual({ tries: [], endsAt: first });
    }
  });

  test.each([
    { retryDays: [0, 1] },
    { retryDays: [2, 1] },
    { retryDays: [1.5] },
    { hourFrom: 17, hourTo: 9 },
    { hourFrom: 9, hourTo: 25 },
    { payDays: [32] },
    { timeZone: "Europe/Nowhere" },
  ])("settings that can't be kept are an error: %o", (wrong) => {
    expect(() => dunningPlan("SOFT", at("2026-12-01T08:05:00Z"), { ...oslo, ...wrong })).toThrow(RangeError);
  });
});

describe("in every time zone, at any time of the year, however late the engine is", () => {
  test("tries rise, are 12 hours apart, in working hours, within the window, and no more than the schedule has", () => {
    fc.assert(
      fc.property(declined, moment, anySettings, delays, (kind, first, settings, late) => {
        const { steps, end } = play(kind, first, settings, late);
        expect(end).toEqual({ kind: "END" });
        expect(steps.length).toBeLessThanOrEqual(settings.retryDays.length);
        for (const { failure, next } of steps) {
          expect(next.getTime() - failure.failedAt.getTime()).toBeGreaterThanOrEqual(12 * HOUR_MS);
          expect(next <= windowEnd(first, settings)).toBe(true);
          const { hour } = local(next, settings.timeZone);
          expect(hour >= settings.hourFrom && hour < settings.hourTo).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("on time and with whole working days, every day of the schedule is tried", () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...ZONES), (first, timeZone) => {
        expect(dunningPlan("SOFT", first, { ...oslo, timeZone }).tries.length).toBe(DEFAULT_RETRY_DAYS.length);
      }),
      { numRuns: 300 },
    );
  });

  test("any mix of classes comes to an end, with bounded tries, each later than the failure before it", () => {
    const anyClass = fc.constantFrom<DeclineClass>("SOFT", "INSUFFICIENT_FUNDS", "CHALLENGE", "GATEWAY", "EXPIRED");
    fc.assert(
      fc.property(
        anyClass,
        fc.array(anyClass, { maxLength: 8 }),
        moment,
        anySettings,
        delays,
        (kind, mix, first, settings, late) => {
          const { steps } = play(kind, first, settings, late, mix);
          expect(steps.length).toBeLessThanOrEqual(settings.retryDays.length + GATEWAY_TRIES);
          for (const { failure, next } of steps) expect(next > failure.failedAt).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("asked again while it waits, it says the same; asked too late, it never names the past", () => {
    fc.assert(
      fc.property(
        declined,
        moment,
        anySettings,
        fc.double({ min: 0, max: 2, noNaN: true }),
        (kind, first, settings, part) => {
          const failure = { class: kind, firstFailedAt: first, failures: 1, gatewayFailures: 0, failedAt: first };
          const decision = afterFailure({ ...failure, now: first }, settings);
          if (decision.kind !== "RETRY") return;
          const now = new Date(first.getTime() + Math.floor((decision.at.getTime() - first.getTime()) * part));
          const again = afterFailure({ ...failure, now }, settings);
          if (now <= decision.at) expect(again).toEqual(decision);
          else if (again.kind === "RETRY") expect(again.at >= now).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("an empty account's next try is on a weekday on or just after a pay day, or on the schedule if there is none", () => {
    fc.assert(
      fc.property(moment, anySettings, (first, settings) => {
        const failure = { firstFailedAt: first, failures: 1, gatewayFailures: 0, failedAt: first, now: first };
        const moved = afterFailure({ ...failure, class: "INSUFFICIENT_FUNDS" }, settings);
        const plain = afterFailure({ ...failure, class: "SOFT" }, settings);
        if (moved.kind !== "RETRY" || plain.kind !== "RETRY" || moved.at.getTime() === plain.at.getTime()) return;
        const date = local(moved.at, settings.timeZone).toPlainDate();
        expect(date.dayOfWeek).toBeLessThanOrEqual(5);
        const isPayDay = (day: Temporal.PlainDate): boolean =>
          settings.payDays.some((payDay) => Math.min(payDay, day.daysInMonth) === day.day);
        const back = date.dayOfWeek === 1 ? 2 : 0;
        expect([0, 1, 2].slice(0, back + 1).some((days) => isPayDay(date.subtract({ days })))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
