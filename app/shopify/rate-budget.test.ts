import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { RateBudget } from "./rate-budget";
import type { AnsweredCost, CallShape, TakenPoints } from "./rate-budget";

const mutation = (aliases: number): CallShape => ({ operation: "Attempt", aliases, mutation: true });
const query = (aliases: number): CallShape => ({ operation: "Guard", aliases, mutation: false });

const said = (available: number, requested: number, actual: number | null = requested): AnsweredCost => ({
  requestedQueryCost: requested,
  actualQueryCost: actual,
  throttleStatus: { maximumAvailable: 2000, currentlyAvailable: available, restoreRate: 100 },
});

/** A budget that has just been told what a Standard bucket holds. */
function told(available: number): RateBudget {
  const budget = new RateBudget(0);
  const taken = budget.take(query(1), 0);
  budget.answered(taken, said(available, 1), 0);
  return budget;
}

describe("a shop's points", () => {
  test("come back at the rate that Shopify said, up to what the bucket holds", () => {
    const budget = told(500);
    expect(budget.status(0).currentlyAvailable).toBe(500);
    expect(budget.status(3_000).currentlyAvailable).toBe(800);
    expect(budget.status(3_600_000).currentlyAvailable).toBe(2000);
  });

  test("of a call are gone while it is on its way, and what it did not use comes back", () => {
    const budget = told(1000);
    budget.answered(budget.take(query(10), 0), said(940, 60), 0);
    const taken = budget.take(query(10), 0);
    expect(taken.points).toBe(60);
    expect(budget.status(0).currentlyAvailable).toBe(880);
    budget.answered(taken, said(920, 60, 20), 0);
    expect(budget.status(0).currentlyAvailable).toBe(920);
  });

  test("that another process drew are noticed at the next answer", () => {
    const budget = told(1500);
    budget.answered(budget.take(query(1), 0), said(300, 1), 0);
    expect(budget.status(0).currentlyAvailable).toBe(300);
  });

  test("of a call that may not have reached Shopify yet are not counted as there", () => {
    const budget = told(1000);
    const first = budget.take(query(1), 0);
    budget.take(mutation(25), 100);
    const before = budget.status(100).currentlyAvailable;
    // Shopify wrote this before the mutations arrived.
    budget.answered(first, said(999, 1), 120);
    expect(budget.status(120).currentlyAvailable).toBeLessThanOrEqual(before + 22);
  });

  test("of an operation are known from its last answer, also in another size", () => {
    const budget = told(2000);
    expect(budget.estimate(mutation(25))).toBe(300);
    budget.answered(budget.take(mutation(25), 0), said(1750, 250), 0);
    expect(budget.estimate(mutation(25))).toBe(250);
    expect(budget.estimate(mutation(5))).toBe(50);
  });

  test("are kept for people: background work leaves a tenth, at least 100", () => {
    const budget = told(400);
    expect(budget.reserve).toBe(200);
    expect(budget.waitMs(250, "page", 0)).toBe(0);
    expect(budget.waitMs(250, "background", 0)).toBe(500);
    expect(budget.waitMs(250, "background", 500)).toBe(0);
  });

  test("for a call that the bucket can never hold are waited for until it is full, not forever", () => {
    expect(told(1000).waitMs(1950, "background", 0)).toBe(10_000);
    expect(told(1000).waitMs(1e9, "page", 0)).toBe(10_000);
  });

  test("are not believed in without a second's pause after a bare HTTP 429", () => {
    const budget = told(1000);
    budget.drained(0);
    expect(budget.waitMs(1, "page", 0)).toBe(1_010);
  });

  test.each([
    ["nothing", Number.NaN, Number.NaN, Number.NaN],
    ["a bucket of none", 0, 0, 0],
    ["a rate below nothing", 2000, 5, -1],
  ])("stay as they were when Shopify says %s", (_, maximumAvailable, currentlyAvailable, restoreRate) => {
    const budget = told(1000);
    budget.answered(
      budget.take(query(1), 0),
      {
        requestedQueryCost: Number.NaN,
        actualQueryCost: 1,
        throttleStatus: { maximumAvailable, currentlyAvailable, restoreRate },
      },
      0,
    );
    const wait = budget.waitMs(100, "background", 0);
    expect(wait).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(wait)).toBe(true);
    expect(budget.status(0)).toMatchObject({ maximumAvailable: 2000, restoreRate: 100 });
  });
});

interface Step {
  aliases: number;
  /** Milliseconds from the call's leaving to Shopify's seeing it, its work there, and the answer's way back. */
  there: number;
  work: number;
  back: number;
  /** Until the next call is wanted. */
  pause: number;
}

const step = fc.record({
  aliases: fc.integer({ min: 1, max: 25 }),
  there: fc.integer({ min: 0, max: 400 }),
  work: fc.integer({ min: 0, max: 8000 }),
  back: fc.integer({ min: 0, max: 400 }),
  pause: fc.integer({ min: 0, max: 500 }),
});

/**
 * Shopify's bucket as documented, drawn from by this budget alone: each call goes as soon as the budget lets it.
 * @returns calls throttled after the first answer, and milliseconds until the last call was let go
 */
function play(steps: readonly Step[], rate: number, startsWith: number): { throttled: number; lastAt: number } {
  const maximum = rate * 20;
  const budget = new RateBudget(0);
  const bucket = { level: maximum * startsWith, at: 0 };
  const fill = (now: number): number => {
    bucket.level = Math.min(maximum, bucket.level + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    return bucket.level;
  };
  const events: { at: number; run: (now: number) => void }[] = [];
  let throttled = 0;
  let answers = 0;
  const runUntil = (until: number): void => {
    for (;;) {
      events.sort((one, other) => one.at - other.at);
      if (!events[0] || events[0].at > until) return;
      const next = events.shift();
      next?.run(next.at);
    }
  };
  const later = (at: number, run: (now: number) => void) => void events.push({ at, run });
  const call = (each: Step, taken: TakenPoints, now: number): void => {
    const points = each.aliases * 10;
    later(now + each.there, (arrived) => {
      const refused = fill(arrived) < points;
      if (refused && answers > 0) throttled += 1;
      if (!refused) bucket.level -= points;
      later(arrived + (refused ? 0 : each.work), (written) => {
        const throttleStatus = {
          maximumAvailable: maximum,
          currentlyAvailable: Math.floor(fill(written)),
          restoreRate: rate,
        };
        const cost = { requestedQueryCost: points, actualQueryCost: refused ? null : points, throttleStatus };
        later(written + each.back, (read) => {
          answers += 1;
          budget.answered(taken, cost, read);
        });
      });
    });
  };
  let now = 0;
  let lastAt = 0;
  for (const each of steps) {
    const shape = mutation(each.aliases);
    for (let wait = 1; wait > 0;) {
      wait = budget.waitMs(budget.estimate(shape), "background", now);
      now += wait;
      runUntil(now);
    }
    call(each, budget.take(shape, now), now);
    lastAt = now;
    now += each.pause;
    runUntil(now);
  }
  runUntil(Number.POSITIVE_INFINITY);
  return { throttled, lastAt };
}

/** Tells the budget the shop's plan before the rest begins. */
const first: Step = { aliases: 1, there: 0, work: 0, back: 0, pause: 500 };

describe("drawing from a bucket that nobody else draws from", () => {
  test.each([100, 200, 1000, 2000])(
    "is never throttled after the first answer, at %i points a second, however long calls take",
    (rate) => {
      fc.assert(
        fc.property(
          fc.array(step, { minLength: 1, maxLength: 60 }),
          fc.double({ min: 0.1, max: 1, noNaN: true }),
          (steps, startsWith) => {
            expect(play([first, ...steps], rate, startsWith).throttled).toBe(0);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  test.each([100, 1000])("uses what comes back to the last point, at %i points a second", (rate) => {
    const reserveAlone = 0.1;
    const full: Step = { aliases: 25, there: 60, work: 7500, back: 60, pause: 0 };
    const calls = 200;
    const { throttled, lastAt } = play([first, ...Array.from({ length: calls }, () => full)], rate, reserveAlone);
    expect(throttled).toBe(0);
    expect((calls * 250) / ((rate * lastAt) / 1000)).toBeGreaterThan(0.98);
  });
});
