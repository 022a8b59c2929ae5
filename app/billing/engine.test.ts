import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { batchSize, decideAnswer, decideDue, nextPollAt, transition } from "./engine";
import type { DueCycle, GuardReading, SeenAttempt } from "./engine";
import { idempotencyKey } from "./key";
import { placeSuccesses } from "./placing";

const NOW = new Date("2026-03-02T08:00:00Z");
const ago = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);

const due: DueCycle = {
  contractId: "c",
  contractShopifyId: "gid://shopify/SubscriptionContract/1",
  cycleIndex: 5,
  expectedAt: NOW,
  status: "ACTIVE",
  revisionId: "1",
  billingInterval: "WEEK",
  billingIntervalCount: 1,
  expectedAmount: "199.00",
  currencyCode: "NOK",
  lastPaidAt: null,
};
const guard: GuardReading = {
  contractStatus: "ACTIVE",
  revisionId: "1",
  billed: false,
  skipped: false,
  expectedAt: NOW,
  dueAt: NOW,
  attempts: [],
};
const seen = (state: SeenAttempt["state"], key: string, completedAt: Date): SeenAttempt => ({
  shopifyId: "gid://shopify/SubscriptionBillingAttempt/1",
  idempotencyKey: key,
  state,
  createdAt: completedAt,
  completedAt,
});
const decide = (change: Partial<GuardReading>, dueChange: Partial<DueCycle> = {}) =>
  decideDue({ ...due, ...dueChange }, { ...guard, ...change }, new Set(["ours"]), NOW);

describe("a due cycle", () => {
  test("is charged when Shopify sees it as the mirror does and nothing else has been taken", () => {
    expect(decide({})).toEqual({ kind: "CHARGE" });
    expect(decide({ attempts: [seen("FAILED", "theirs", ago(1)), seen("SUCCESS", "theirs", ago(24 * 7))] })).toEqual({
      kind: "CHARGE",
    });
  });

  test("that Shopify calls billed is adopted, whatever else is true", () => {
    expect(decide({ billed: true, skipped: true, contractStatus: "CANCELLED" })).toEqual({ kind: "ADOPT" });
  });

  test.each([
    [{ contractStatus: "CANCELLED" }, "ENDED"],
    [{ contractStatus: "EXPIRED" }, "ENDED"],
    [{ contractStatus: "PAUSED" }, "SKIPPED_PAUSED"],
    [{ contractStatus: "FAILED" }, "SKIPPED_PAUSED"],
    [{ skipped: true }, "SKIPPED"],
  ] as const)("with %o is closed as %s", (change, outcome) => {
    expect(decide(change)).toEqual({ kind: "CLOSE", outcome });
  });

  test("waits while somebody else's attempt is on its way", () => {
    expect(decide({ attempts: [seen("PENDING", "theirs", ago(0))] }).kind).toBe("POSTPONE");
    expect(decide({ attempts: [seen("ACTION_REQUIRED", "theirs", ago(30))] }).kind).toBe("POSTPONE");
  });

  test("moves with its date", () => {
    const later = new Date("2026-03-05T08:00:00Z");
    expect(decide({ expectedAt: later, dueAt: later })).toEqual({ kind: "POSTPONE", until: later });
  });

  test("is not charged within half an interval of any success, ours or another's", () => {
    const parked = { kind: "PARK", reason: "PAID_RECENTLY" };
    expect(decide({ attempts: [seen("SUCCESS", "theirs", ago(83))] })).toEqual(parked);
    expect(decide({}, { lastPaidAt: ago(83) })).toEqual(parked);
    expect(decide({}, { lastPaidAt: ago(84) })).toEqual({ kind: "CHARGE" });
  });

  test("is read again before it is charged if the contract has changed since it was announced", () => {
    expect(decide({ revisionId: "2" })).toEqual({ kind: "REREAD" });
    expect(decide({}, { status: "PAUSED" })).toEqual({ kind: "REREAD" });
  });

  test("that Shopify doesn't know waits for a person", () => {
    expect(decideDue(due, null, new Set(), NOW)).toEqual({ kind: "PARK", reason: "CYCLE_NOT_FOUND" });
  });

  test("is never charged when any reading of it speaks against it", () => {
    const status = fc.constantFrom("ACTIVE", "PAUSED", "CANCELLED", "EXPIRED", "FAILED");
    const reading = fc.record({ billed: fc.boolean(), skipped: fc.boolean(), contractStatus: status, own: status });
    fc.assert(
      fc.property(reading, ({ own, ...change }) => {
        const against = change.billed || change.skipped || change.contractStatus !== "ACTIVE" || own !== "ACTIVE";
        expect(decide(change, { status: own }).kind === "CHARGE").toBe(!against);
      }),
    );
  });
});

describe("Shopify's answer to an attempt", () => {
  const refused = (code: string) => decideAnswer({ kind: "REFUSED", code, message: "" }, NOW, NOW);

  test("none: the same key goes out again, later and later", () => {
    const waits = [0, 1, 3].map((hours) => {
      const decision = decideAnswer({ kind: "NO_ANSWER" }, ago(hours), NOW);
      if (decision.kind !== "UNKNOWN") throw new Error(decision.kind);
      return (decision.nextActionAt.getTime() - NOW.getTime()) / 60_000;
    });
    expect(waits).toEqual([5, 30, 60]);
  });

  test.each([
    ["THROTTLED", { kind: "AGAIN" }],
    ["PROCESSING_FAILED", { kind: "UNKNOWN" }],
    ["CONTRACT_PAUSED", { kind: "WITHDRAW", outcome: "SKIPPED_PAUSED" }],
    ["BILLING_CYCLE_SKIPPED", { kind: "WITHDRAW", outcome: "SKIPPED" }],
    ["CONTRACT_TERMINATED", { kind: "WITHDRAW", outcome: "ENDED" }],
    ["BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE", { kind: "RELEASE" }],
    ["CONTRACT_UNDER_REVIEW", { kind: "PARK", reason: "REFUSED_CONTRACT_UNDER_REVIEW" }],
    ["INVALID", { kind: "PARK", reason: "REFUSED_INVALID" }],
  ])("%s", (code, decision) => {
    expect(refused(code)).toMatchObject(decision);
  });
});

test("a pending attempt is polled after 2, 10 and 30 minutes, then hourly", () => {
  const minutes = (at: Date) => (at.getTime() - NOW.getTime()) / 60_000;
  const polls: number[] = [];
  for (let at = NOW; polls.length < 5;) {
    at = nextPollAt(NOW, at);
    polls.push(minutes(at));
  }
  expect(polls).toEqual([2, 10, 30, 90, 150]);
});

test("whatever order outcomes come in, a success ends in PAID and stays there", () => {
  const states = fc.array(fc.constantFrom("PENDING", "ACTION_REQUIRED", "FAILED", "SUCCESS"), { maxLength: 8 });
  fc.assert(
    fc.property(states, (outcomes) => {
      let state: "SENDING" | "PENDING" | "ACTION_REQUIRED" | "FAILED" | "PAID" = "SENDING";
      let attemptState: "SENDING" | "PENDING" | "ACTION_REQUIRED" | "FAILED" | "SUCCESS" = "SENDING";
      for (const outcome of outcomes) {
        const result = transition({ state, attemptState, sentAt: NOW, isLatestAttempt: true }, outcome, NOW);
        if (result.kind === "PAID") [state, attemptState] = ["PAID", "SUCCESS"];
        if (result.kind === "FAILED") [state, attemptState] = ["FAILED", "FAILED"];
        if (result.kind === "ACTION_REQUIRED") [state, attemptState] = ["ACTION_REQUIRED", "ACTION_REQUIRED"];
        if (result.kind === "STILL_PENDING") [state, attemptState] = ["PENDING", "PENDING"];
      }
      expect(state === "PAID").toBe(outcomes.includes("SUCCESS"));
    }),
  );
});

test("attempts go out one, five, then twenty-five at a time", () => {
  expect([0, 1, 2, 3].map(batchSize)).toEqual([1, 5, 25, 25]);
});

test("a key is the same for ever, and another for every shop, contract, cycle and attempt", () => {
  const contract = "gid://shopify/SubscriptionContract/1";
  const key = idempotencyKey("kaffebonna.myshopify.com", contract, 5, 1);
  // Changing this breaks the promise to every charge that is on its way.
  expect(key).toBe("22cb09d9-d748-5b61-bac9-6c390f042113");
  const others = [
    idempotencyKey("skylager.myshopify.com", contract, 5, 1),
    idempotencyKey("kaffebonna.myshopify.com", `${contract}1`, 5, 1),
    idempotencyKey("kaffebonna.myshopify.com", contract, 51, 1),
    idempotencyKey("kaffebonna.myshopify.com", contract, 5, 2),
  ];
  expect(new Set([key, ...others]).size).toBe(5);
});

describe("past successes", () => {
  const success = (key: string, completedAt: string) => ({
    shopifyId: key,
    idempotencyKey: key,
    state: "SUCCESS" as const,
    errorCode: null,
    order: null,
    completedAt: new Date(completedAt),
  });
  const cycles = [
    { cycleIndex: 1, expectedAt: new Date("2026-01-08T10:00:00Z") },
    { cycleIndex: 2, expectedAt: new Date("2026-01-15T10:00:00Z") },
  ];
  const WEEK_HALF = 84 * 3_600_000;

  test("are placed by date where there is one for each billed cycle", () => {
    const placed = placeSuccesses(
      cycles,
      [success("b", "2026-01-15T08:02:00Z"), success("a", "2026-01-08T08:02:00Z")],
      WEEK_HALF,
    );
    expect([placed?.get(1)?.idempotencyKey, placed?.get(2)?.idempotencyKey]).toEqual(["a", "b"]);
  });

  test("are not guessed at: one too many, one too few or one out of place", () => {
    const a = success("a", "2026-01-08T08:02:00Z");
    expect(placeSuccesses(cycles, [a], WEEK_HALF)).toBeNull();
    expect(placeSuccesses(cycles, [a, a, a], WEEK_HALF)).toBeNull();
    expect(placeSuccesses(cycles, [a, success("b", "2026-01-20T08:02:00Z")], WEEK_HALF)).toBeNull();
  });
});
