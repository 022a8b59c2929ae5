import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { allowance, paceAfter, paceNow, SLOWEST_PER_MINUTE, UNLIMITED } from "./pace";
import type { Pace } from "./pace";

const at = (minutes: number): Date => new Date(Date.UTC(2026, 11, 1, 9) + minutes * 60_000);
const DAY = 24 * 60;

describe("the pace of attempts", () => {
  test("has no limit until Shopify throttles", () => {
    expect(allowance(UNLIMITED, 10_000, at(0))).toBe(Number.POSITIVE_INFINITY);
    expect(paceAfter(UNLIMITED, { accepted: 10_000, throttled: 0, windowMs: 60_000, now: at(0) })).toEqual(UNLIMITED);
  });

  test("is then 95 % of what went well in the last minute", () => {
    const pace = paceAfter(UNLIMITED, { accepted: 400, throttled: 25, windowMs: 60_000, now: at(0) });
    expect(pace).toEqual({ perMinute: 380, heldAt: at(0) });
    expect(allowance(pace, 300, at(0))).toBe(80);
    expect(allowance(pace, 425, at(0))).toBe(0);
  });

  test("of a young run is reckoned from its age, not from its first batch", () => {
    expect(paceAfter(UNLIMITED, { accepted: 200, throttled: 1, windowMs: 20_000, now: at(0) }).perMinute).toBe(570);
    expect(paceAfter(UNLIMITED, { accepted: 25, throttled: 1, windowMs: 300, now: at(0) }).perMinute).toBe(142.5);
  });

  test("begins with one a second when nothing went well before the first refusal", () => {
    expect(paceAfter(UNLIMITED, { accepted: 0, throttled: 1, windowMs: 60_000, now: at(0) }).perMinute).toBe(60);
  });

  test("is not lowered again by what was sent before it was held", () => {
    const pace = paceAfter(UNLIMITED, { accepted: 400, throttled: 25, windowMs: 60_000, now: at(0) });
    const echo = { accepted: 380, throttled: 25, windowMs: 60_000, now: at(0.9) };
    expect(paceAfter(pace, echo)).toEqual(pace);
    expect(paceAfter(pace, { ...echo, now: at(1) }).perMinute).toBe(361);
  });

  test("is raised by what turns out to have gone well before it was held", () => {
    const pace = paceAfter(UNLIMITED, { accepted: 100, throttled: 25, windowMs: 60_000, now: at(0) });
    const later = paceAfter(pace, { accepted: 500, throttled: 25, windowMs: 60_000, now: at(0.1) });
    expect(later).toEqual({ perMinute: 475, heldAt: at(0) });
  });

  test("falls to half at most, however little was sent when Shopify throttled", () => {
    const pace: Pace = { perMinute: 400, heldAt: at(0) };
    expect(paceAfter(pace, { accepted: 3, throttled: 1, windowMs: 60_000, now: at(60) }).perMinute).toBe(200);
  });

  test("is felt upwards by a tenth each day, and forgotten after seven days without being throttled", () => {
    const pace: Pace = { perMinute: 100, heldAt: at(0) };
    expect([0, 1, 2, 6].map((days) => Math.round(paceNow(pace, at(days * DAY)) ?? 0))).toEqual([100, 110, 121, 177]);
    expect(paceNow(pace, at(7 * DAY - 1))).not.toBeNull();
    expect(paceNow(pace, at(7 * DAY))).toBeNull();
    expect(paceAfter(pace, { accepted: 1, throttled: 0, windowMs: 60_000, now: at(7 * DAY) })).toEqual(UNLIMITED);
  });

  test("falls back to 95 % of what went well when a probe meets the limit", () => {
    const pace: Pace = { perMinute: 100, heldAt: at(0) };
    const probed = paceAfter(pace, { accepted: 104, throttled: 6, windowMs: 60_000, now: at(DAY) });
    expect(probed.perMinute).toBeCloseTo(98.8);
    expect(probed.heldAt).toEqual(at(DAY));
  });
});

const count = fc.oneof(fc.nat(100_000), fc.constantFrom(0, 1));
const window = fc.record({
  accepted: count,
  throttled: count,
  windowMs: fc.integer({ min: 0, max: 60_000 }),
  minutesLater: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 20 * DAY })),
});

test("whatever is answered, the pace is a number of at least one in ten seconds, or none", () => {
  fc.assert(
    fc.property(fc.array(window, { maxLength: 40 }), count, (windows, sent) => {
      let pace = UNLIMITED;
      let minutes = 0;
      for (const { minutesLater, ...each } of windows) {
        minutes += minutesLater;
        const before = paceNow(pace, at(minutes));
        pace = paceAfter(pace, { ...each, now: at(minutes) });
        const after = paceNow(pace, at(minutes));
        if (after !== null) expect(after).toBeGreaterThanOrEqual(SLOWEST_PER_MINUTE);
        if (each.throttled > 0) expect(after).not.toBeNull();
        if (each.throttled > 0 && before !== null && after !== null) {
          expect(after).toBeGreaterThanOrEqual(Math.max(SLOWEST_PER_MINUTE, before / 2) - 1e-9);
        }
        const may = allowance(pace, sent, at(minutes));
        expect(may === Number.POSITIVE_INFINITY || (Number.isInteger(may) && may >= 0)).toBe(true);
      }
    }),
  );
});

/** Shopify's hidden limit: so many at once, which come back evenly over a minute. */
function run(limit: number, burst: number, batch: number, hours: number) {
  const stepMs = 5_000;
  let level = burst;
  let pace = UNLIMITED;
  const sent: { at: number; accepted: number; throttled: number }[] = [];
  const totals = { accepted: 0, throttled: 0 };
  const steps = (hours * 3_600_000) / stepMs;
  for (let step = 0; step < steps; step += 1) {
    const ms = step * stepMs;
    const now = at(ms / 60_000);
    level = Math.min(burst, level + (limit * stepMs) / 60_000);
    const last = sent.filter((each) => each.at > ms - 60_000);
    const already = last.reduce((sum, each) => sum + each.accepted + each.throttled, 0);
    const size = Math.min(batch, allowance(pace, already, now));
    const accepted = Math.min(size, Math.floor(level));
    level -= accepted;
    const one = { at: ms, accepted, throttled: size - accepted };
    sent.push(one);
    if (step >= steps / 2) {
      totals.accepted += accepted;
      totals.throttled += one.throttled;
    }
    const window = [...last, one];
    pace = paceAfter(pace, {
      accepted: window.reduce((sum, each) => sum + each.accepted, 0),
      throttled: one.throttled,
      windowMs: Math.min(60_000, ms + stepMs),
      now,
    });
  }
  return { perMinute: totals.accepted / ((hours * 60) / 2), throttled: totals.throttled };
}

test("against a limit that nobody told, it settles close below it and is hardly throttled any more", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 30, max: 6000 }),
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 750 }),
      (limit, burstShare, batch) => {
        const burst = Math.ceil(limit * burstShare);
        const { perMinute, throttled } = run(limit, burst, batch, 2);
        // A minute's attempts may go in one batch, so what Shopify takes at once is the limit that is met.
        const wanted = Math.min(burst, batch * 12);
        expect(perMinute / wanted).toBeGreaterThan(0.7);
        expect(throttled / (perMinute * 60)).toBeLessThan(0.02);
      },
    ),
    { numRuns: 100 },
  );
});
