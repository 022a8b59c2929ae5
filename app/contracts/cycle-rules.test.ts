import { describe, expect, test } from "vitest";

import { cycleOutcome, maxRenewals } from "./cycle-rules";
import type { CycleContext } from "./cycle-rules";

const NOW = new Date("2026-03-02T08:00:00Z");
const PAST = new Date("2026-03-01T08:00:00Z");
const TO_COME = new Date("2026-03-03T08:00:00Z");

const context: CycleContext = {
  now: NOW,
  installedAt: new Date("2026-01-01T00:00:00Z"),
  uninstalledAt: null,
  status: "ACTIVE",
  maxRenewals: Infinity,
  resumed: false,
};
const reading = { cycleIndex: 3, billed: false, skipped: false, expectedAt: PAST };
const open = { outcome: null, claimed: false };

describe("a cycle", () => {
  test("is open while its contract may be charged, also when it is overdue", () => {
    expect(cycleOutcome(reading, open, TO_COME, context)).toBeNull();
    expect(cycleOutcome(reading, null, PAST, context)).toBeNull();
  });

  test("that passed while nothing could be charged is never charged afterwards, however often it is read", () => {
    expect(cycleOutcome(reading, open, PAST, { ...context, status: "PAUSED" })).toBe("SKIPPED_PAUSED");
    expect(cycleOutcome(reading, open, PAST, { ...context, resumed: true })).toBe("SKIPPED_PAUSED");
    expect(cycleOutcome(reading, { outcome: "SKIPPED_PAUSED", claimed: false }, PAST, context)).toBe("SKIPPED_PAUSED");
    expect(cycleOutcome(reading, open, TO_COME, { ...context, status: "PAUSED" })).toBeNull();
  });

  test.each(["SKIPPED_DUNNING", "SKIPPED_STOCK", "SKIPPED_BY_MERCHANT"] as const)(
    "that was let go as %s stays so however often it is read: Shopify knows nothing of it",
    (outcome) => {
      expect(cycleOutcome(reading, { outcome, claimed: false }, PAST, context)).toBe(outcome);
      expect(cycleOutcome(reading, { outcome, claimed: false }, PAST, { ...context, status: "PAUSED" })).toBe(outcome);
      // Its hour has come, and the hour that Shopify expects has not.
      const today = { ...reading, expectedAt: TO_COME };
      expect(cycleOutcome(today, { outcome, claimed: false }, PAST, context)).toBe(outcome);
    },
  );

  test("that passed meanwhile is open again once somebody has given it a date to come", () => {
    const passed = { outcome: "SKIPPED_PAUSED", claimed: false } as const;
    const moved = { ...reading, expectedAt: TO_COME };
    expect(cycleOutcome(moved, passed, TO_COME, context)).toBeNull();
    // The billing hour comes before the hour that Shopify expects: what let the hour pass is not to come.
    expect(cycleOutcome(moved, passed, PAST, context)).toBe("SKIPPED_PAUSED");
    // Nobody was told of a date that a shorter interval put into the past, whenever it would be charged.
    expect(cycleOutcome(reading, passed, TO_COME, context)).toBe("SKIPPED_PAUSED");
  });

  test("that was due before the install is not ours to charge", () => {
    expect(cycleOutcome(reading, null, PAST, { ...context, installedAt: NOW })).toBe("SKIPPED_PAUSED");
  });

  test("that fell due while the app was away stays open, for a person to decide", () => {
    const reinstalled = { ...context, installedAt: NOW, uninstalledAt: new Date("2026-02-28T08:00:00Z") };
    expect(cycleOutcome(reading, open, PAST, reinstalled)).toBeNull();
    const before = new Date("2026-02-27T08:00:00Z");
    expect(cycleOutcome(reading, open, before, reinstalled)).toBe("SKIPPED_PAUSED");
  });

  test("is billed or skipped by Shopify's word, and open again when a skip is taken back", () => {
    expect(cycleOutcome({ ...reading, billed: true }, open, PAST, context)).toBe("BILLED");
    expect(cycleOutcome(reading, { outcome: "BILLED", claimed: true }, PAST, context)).toBe("BILLED");
    expect(cycleOutcome({ ...reading, skipped: true }, open, TO_COME, context)).toBe("SKIPPED");
    expect(cycleOutcome(reading, { outcome: "SKIPPED", claimed: false }, TO_COME, context)).toBeNull();
  });

  test("that is claimed belongs to the ledger: only being billed changes it", () => {
    const claimed = { outcome: null, claimed: true };
    expect(cycleOutcome(reading, claimed, PAST, { ...context, status: "CANCELLED" })).toBeNull();
    expect(cycleOutcome({ ...reading, skipped: true }, claimed, PAST, context)).toBeNull();
    expect(cycleOutcome({ ...reading, billed: true }, claimed, PAST, context)).toBe("BILLED");
  });

  test("ends with its contract and after the last renewal that was agreed", () => {
    expect(cycleOutcome(reading, open, TO_COME, { ...context, status: "CANCELLED" })).toBe("ENDED");
    expect(cycleOutcome(reading, open, TO_COME, { ...context, status: "EXPIRED" })).toBe("ENDED");
    expect(cycleOutcome(reading, open, TO_COME, { ...context, maxRenewals: 2 })).toBe("ENDED");
    expect(cycleOutcome(reading, open, TO_COME, { ...context, maxRenewals: 3 })).toBeNull();
  });
});

test("a plan of twelve payments takes twelve: the checkout's is the first", () => {
  expect(maxRenewals({ maxCycles: 12, originOrderId: "gid://shopify/Order/1" })).toBe(11);
  expect(maxRenewals({ maxCycles: 12, originOrderId: null })).toBe(12);
  expect(maxRenewals({ maxCycles: null, originOrderId: null })).toBe(Infinity);
});
