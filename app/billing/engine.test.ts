import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decideDue, HOLDING_STATES, isTooSoonAfter, RUNNING_STATES, soonestAfter } from "./engine";
import type { DueCycle } from "./engine";

const NOW = new Date("2026-03-02T08:00:00Z");
const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

const due: DueCycle = {
  contractId: "c",
  contractShopifyId: "gid://shopify/SubscriptionContract/1",
  cycleIndex: 5,
  expectedAt: NOW,
  status: "ACTIVE",
  revisionId: "1",
  originOrderId: null,
  billingInterval: "WEEK",
  billingIntervalCount: 1,
  lines: [],
  expectedDelivery: "0.00",
  expectedAmount: "199.00",
  currencyCode: "NOK",
  lastPaidAt: null,
  foreignSeenAt: null,
  paymentMethodChangedAt: null,
  dunningPausedAt: null,
  unreadableSince: null,
  changingSince: null,
  discountsUsed: false,
  waitReason: null,
  waitSince: null,
  inGap: false,
};
const decide = (change: Partial<DueCycle> = {}) => decideDue({ ...due, ...change }, { lateDaysMax: 14 }, NOW);

describe("a due cycle", () => {
  test("waits for whoever is changing the contract at this moment, but not for a change that was left behind", () => {
    const until = new Date(NOW.getTime() + 60_000);
    expect(decide({ changingSince: ago(0.01) })).toEqual({ kind: "POSTPONE", until, reason: null });
    expect(decide({ changingSince: ago(0.1) }).kind).toBe("CHARGE");
    // What it waited for before is not forgotten: it would count as late.
    const reviewed = { waitReason: "UNDER_REVIEW", waitSince: ago(20 * 24) } as const;
    expect(decide({ ...reviewed, changingSince: ago(0.01) })).toMatchObject({ reason: "UNDER_REVIEW" });
  });

  test("that fell due while the app was removed from the shop waits for a person", () => {
    expect(decide({ inGap: true })).toEqual({ kind: "PARK", reason: "GAP" });
  });

  test("is charged on the bulk guard's word while nothing else is known", () => {
    expect(decide()).toEqual({ kind: "CHARGE", deep: false });
  });

  test.each([
    ["CANCELLED", "ENDED"],
    ["EXPIRED", "ENDED"],
    ["PAUSED", "SKIPPED_PAUSED"],
    ["FAILED", "SKIPPED_PAUSED"],
  ] as const)("of a contract that is %s brings no order: %s", (status, outcome) => {
    expect(decide({ status })).toEqual({ kind: "CLOSE", outcome });
  });

  test("waits for a person once it is later than the merchant allows, and not a moment before", () => {
    expect(decide({ expectedAt: ago(14 * 24) }).kind).toBe("CHARGE");
    expect(decide({ expectedAt: new Date(ago(14 * 24).getTime() - 1) })).toEqual({ kind: "PARK", reason: "TOO_LATE" });
  });

  test("that waited for a reason was not forgotten: it is as late as it was when the wait began", () => {
    const waited = { expectedAt: ago(20 * 24), waitReason: "UNDER_REVIEW", waitSince: ago(19 * 24) } as const;
    expect(decide(waited)).toEqual({ kind: "CHARGE", deep: true });
    expect(decide({ ...waited, waitSince: ago(1) })).toEqual({ kind: "PARK", reason: "TOO_LATE" });
    // Somebody has asked for it although it was late; its wait has an end of its own.
    expect(decide({ ...waited, waitReason: "STOCK", waitSince: ago(1) })).toEqual({ kind: "CHARGE", deep: true });
  });

  test("waits fifteen minutes after a new payment method, for Shopify's own retry, and is then looked at by itself", () => {
    const changed = { paymentMethodChangedAt: new Date(NOW.getTime() - 14 * 60_000) };
    expect(decide(changed)).toEqual({
      kind: "POSTPONE",
      until: new Date(NOW.getTime() + 60_000),
      reason: "NEW_CARD",
    });
    expect(decide({ paymentMethodChangedAt: ago(0.25) })).toEqual({ kind: "CHARGE", deep: true });
    expect(decide({ paymentMethodChangedAt: ago(24) })).toEqual({ kind: "CHARGE", deep: false });
  });

  test("is not charged within half an interval of the contract's latest success", () => {
    expect(decide({ lastPaidAt: ago(83) })).toEqual({
      kind: "POSTPONE",
      until: new Date(NOW.getTime() + HOUR_MS),
      reason: "CHARGED_RECENTLY",
    });
    expect(decide({ lastPaidAt: ago(84) }).kind).toBe("CHARGE");
  });

  test("is put off for an hour while Shopify's answer about the contract can't be understood", () => {
    expect(decide({ unreadableSince: ago(20) })).toEqual({
      kind: "POSTPONE",
      until: new Date(NOW.getTime() + HOUR_MS),
      reason: "DISAGREEMENT",
    });
    expect(decide({ unreadableSince: ago(20), status: "CANCELLED" }).kind).toBe("CLOSE");
  });

  test.each<[string, Partial<DueCycle>]>([
    ["somebody else's attempt was seen", { foreignSeenAt: ago(1) }],
    ["it has waited", { waitReason: "UNDER_REVIEW", waitSince: ago(1) }],
    ["it is more than a day late", { expectedAt: ago(25) }],
  ])("is looked at by itself before it is charged when %s", (_why, change) => {
    expect(decide(change)).toEqual({ kind: "CHARGE", deep: true });
  });

  test("is charged only when every rule lets it, whatever else is known about it", () => {
    const some = fc.record({
      status: fc.constantFrom("ACTIVE", "PAUSED", "CANCELLED", "EXPIRED", "FAILED"),
      lateHours: fc.integer({ min: 0, max: 1000 }),
      paidHoursAgo: fc.option(fc.integer({ min: 0, max: 400 })),
      cardHoursAgo: fc.option(fc.double({ min: 0, max: 48, noNaN: true })),
      isForeign: fc.boolean(),
    });
    fc.assert(
      fc.property(some, ({ status, lateHours, paidHoursAgo, cardHoursAgo, isForeign }) => {
        const decision = decide({
          status,
          expectedAt: ago(lateHours),
          lastPaidAt: paidHoursAgo === null ? null : ago(paidHoursAgo),
          paymentMethodChangedAt: cardHoursAgo === null ? null : ago(cardHoursAgo),
          foreignSeenAt: isForeign ? ago(1) : null,
        });
        const mayBeCharged =
          status === "ACTIVE" &&
          lateHours <= 14 * 24 &&
          (paidHoursAgo === null || paidHoursAgo >= 84) &&
          (cardHoursAgo === null || ago(cardHoursAgo).getTime() <= ago(0.25).getTime());
        expect(decision.kind === "CHARGE").toBe(mayBeCharged);
        if (decision.kind === "POSTPONE") expect(decision.until > NOW).toBe(true);
        if (decision.kind === "CHARGE" && isForeign) expect(decision.deep).toBe(true);
      }),
    );
  });
});

test("half an interval is half of the shortest that the interval can be", () => {
  const hours = (billingInterval: DueCycle["billingInterval"], billingIntervalCount: number) =>
    (soonestAfter(NOW, { billingInterval, billingIntervalCount }).getTime() - NOW.getTime()) / HOUR_MS;
  expect([hours("DAY", 1), hours("WEEK", 2), hours("MONTH", 1), hours("YEAR", 1)]).toEqual([
    12,
    7 * 24,
    14 * 24,
    365 * 12,
  ]);
  const weekly = { billingInterval: "WEEK", billingIntervalCount: 1 } as const;
  expect(isTooSoonAfter(ago(84), weekly, NOW)).toBe(false);
  expect(isTooSoonAfter(new Date(ago(84).getTime() + 1), weekly, NOW)).toBe(true);
});

test("whatever is on its way also keeps the contract's later cycles waiting, and so do failed and parked charges", () => {
  expect([...HOLDING_STATES].sort()).toEqual([...RUNNING_STATES, "FAILED", "PARKED"].sort());
  for (const over of ["PAID", "SKIPPED"] as const) expect(HOLDING_STATES).not.toContain(over);
});
