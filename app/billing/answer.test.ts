import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { batchSize, decideAnswer, nextPollAt } from "./answer";

const NOW = new Date("2026-03-02T08:00:00Z");
const MINUTE_MS = 60_000;
const ago = (hours: number) => new Date(NOW.getTime() - hours * 60 * MINUTE_MS);
const minutesFrom = (from: Date, at: Date) => (at.getTime() - from.getTime()) / MINUTE_MS;

/** Codes after which nothing may be on its way: the intent's key is free to be taken back. */
const NOTHING_DONE = ["WITHDRAW", "RELEASE", "PARK", "AGAIN"];

describe("Shopify's answer to an attempt", () => {
  const refused = (code: string) => decideAnswer({ kind: "REFUSED", code, message: "" }, NOW, NOW);

  test("none: it may have been done, so the same key goes out again, later and later", () => {
    const waits = [0, 1, 3, 300].map((hours) => {
      const decision = decideAnswer({ kind: "NO_ANSWER" }, ago(hours), NOW);
      return decision.kind === "UNKNOWN" ? minutesFrom(NOW, decision.nextActionAt) : decision.kind;
    });
    expect(waits).toEqual([5, 30, 60, 60]);
  });

  test("accepted: it is pending, and looked at at once if Shopify calls it completed", () => {
    const accepted = { kind: "ACCEPTED", shopifyId: "gid://shopify/SubscriptionBillingAttempt/1" } as const;
    expect(decideAnswer({ ...accepted, pending: false }, NOW, NOW)).toEqual({
      kind: "PENDING",
      shopifyId: accepted.shopifyId,
      nextActionAt: NOW,
    });
    expect(decideAnswer({ ...accepted, pending: true }, NOW, NOW)).toMatchObject({
      nextActionAt: new Date(NOW.getTime() + 2 * MINUTE_MS),
    });
  });

  test.each([
    ["THROTTLED", { kind: "AGAIN", nextActionAt: new Date(NOW.getTime() + MINUTE_MS) }],
    ["PROCESSING_FAILED", { kind: "UNKNOWN" }],
    ["CONTRACT_PAUSED", { kind: "WITHDRAW", outcome: "SKIPPED_PAUSED" }],
    ["BILLING_CYCLE_SKIPPED", { kind: "WITHDRAW", outcome: "SKIPPED" }],
    ["CONTRACT_TERMINATED", { kind: "WITHDRAW", outcome: "ENDED" }],
    ["BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE", { kind: "RELEASE", reason: "TOO_EARLY" }],
    ["CONTRACT_UNDER_REVIEW", { kind: "RELEASE", reason: "UNDER_REVIEW" }],
    ["INVALID", { kind: "PARK", reason: "REFUSED_INVALID" }],
    ["CYCLE_INDEX_OUT_OF_RANGE", { kind: "PARK", reason: "REFUSED_CYCLE_INDEX_OUT_OF_RANGE" }],
    ["A_CODE_OF_NEXT_YEAR", { kind: "PARK", reason: "REFUSED_A_CODE_OF_NEXT_YEAR" }],
  ])("%s", (code, decision) => {
    expect(refused(code)).toMatchObject(decision);
  });

  test("none that may have moved money ever takes the intent's key back", () => {
    const codes = fc.oneof(
      fc.constantFrom("THROTTLED", "PROCESSING_FAILED", "CONTRACT_PAUSED", "CONTRACT_UNDER_REVIEW"),
      fc.string(),
    );
    fc.assert(
      fc.property(codes, (code) => {
        const { kind } = refused(code);
        expect(code === "PROCESSING_FAILED" ? kind === "UNKNOWN" : NOTHING_DONE.includes(kind)).toBe(true);
      }),
    );
    expect(NOTHING_DONE).not.toContain(decideAnswer({ kind: "NO_ANSWER" }, NOW, NOW).kind);
  });
});

test("a pending attempt is polled after 2, 10 and 30 minutes, then hourly", () => {
  const polls: number[] = [];
  for (let at = NOW; polls.length < 5;) {
    at = nextPollAt(NOW, at);
    polls.push(minutesFrom(NOW, at));
  }
  expect(polls).toEqual([2, 10, 30, 90, 150]);
});

test("a poll always lies ahead, at most an hour away", () => {
  const times = fc.integer({ min: -100_000, max: 100_000 });
  fc.assert(
    fc.property(times, (minutes) => {
      const next = minutesFrom(NOW, nextPollAt(new Date(NOW.getTime() - minutes * MINUTE_MS), NOW));
      expect(next).toBeGreaterThan(0);
      if (minutes >= 0) expect(next).toBeLessThanOrEqual(60);
    }),
  );
});

test("attempts go out one, five, then twenty-five at a time", () => {
  expect([0, 1, 2, 3, 1000].map(batchSize)).toEqual([1, 5, 25, 25, 25]);
});
