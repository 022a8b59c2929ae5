import { describe, expect, it } from "vitest";

import { dunningPlan } from "../dunning";
import { resolutionsOf } from "../resolutions";
import { planOf, standingOf } from "./standing";
import type { Unpaid } from "./standing";

const settings = {
  timeZone: "Europe/Oslo",
  retryDays: [1, 2, 4, 6, 8, 11, 14],
  hourFrom: 9,
  hourTo: 17,
  payDays: [],
};
const firstFailedAt = new Date("2026-12-01T09:00:00Z");
const plan = dunningPlan("SOFT", firstFailedAt, settings);

const declined = (changes: Partial<Unpaid> = {}): Unpaid => ({
  state: "FAILED",
  errorCode: "CARD_DECLINED",
  declineClass: "SOFT",
  firstFailedAt,
  declines: 1,
  nextActionAt: plan.tries[0] ?? null,
  dunningEndsAt: null,
  nextActionUrl: null,
  ...changes,
});

describe("what is told of a payment that failed", () => {
  it("is the engine's next try and those of the plan after it, up to as many as there are", () => {
    expect(planOf(declined(), settings)).toEqual(plan.tries);
    expect(standingOf(declined(), 1, settings)).toMatchObject({
      stage: "RETRIES",
      tries: 1,
      triesMax: 8,
      nextTryAt: plan.tries[0]?.toISOString(),
      endsAt: plan.tries.at(-1)?.toISOString(),
    });
    const third = declined({ declines: 3, nextActionAt: plan.tries[2] ?? null });
    expect(planOf(third, settings)).toEqual(plan.tries.slice(2));
    expect(standingOf(third, 3, settings)?.triesMax).toBe(8);
  });

  it("keeps to the engine's next try when a pay day or a person has moved it", () => {
    const moved = new Date("2026-12-14T08:00:00Z");
    expect(planOf(declined({ declines: 2, nextActionAt: moved }), settings)).toEqual([moved, plan.tries.at(-1)]);
  });

  it.each([
    ["of a card that has run out", declined({ declineClass: "EXPIRED" }), "NEW_CARD"],
    ["of a card that is refused for good", declined({ declineClass: "HARD" }), "NEW_CARD"],
    ["of gateway trouble", declined({ declineClass: "GATEWAY" }), "GATEWAY"],
    ["when dunning is over", declined({ nextActionAt: null }), "OVER"],
    ["while the shopper must approve", declined({ state: "ACTION_REQUIRED", errorCode: null }), "APPROVAL"],
  ] as const)("%s promises no tries that won't come", (_, charge, stage) => {
    expect(standingOf(charge, 1, settings)).toMatchObject({ stage, triesMax: null });
    expect(planOf(charge, settings)).toEqual([]);
  });

  it("of a class this app doesn't know is the next try alone", () => {
    const charge = declined({ declineClass: "BRAND_NEW" });
    expect(planOf(charge, settings)).toEqual([charge.nextActionAt]);
    expect(standingOf(charge, 1, settings)?.declineClass).toBeNull();
  });

  it("is nothing for a charge that is paid, on its way or held back", () => {
    for (const state of ["PAID", "PENDING", "PARKED", "SKIPPED"] as const) {
      expect(standingOf(declined({ state }), 1, settings)).toBeNull();
    }
  });
});

describe("what is held back", () => {
  const reasons = [
    "TOO_LATE",
    "FOREIGN_CHARGE",
    "CYCLE_NOT_FOUND",
    "AMOUNT_CHANGED",
    "GATEWAY",
    "BAD_DATA",
    "PAID_RECENTLY",
    "SETUP_TEST_MODE",
    "SETUP_INVOICE_ALREADY_PAID",
    "REFUSED_INVALID",
    "BRAND_NEW",
    null,
  ];
  it("always has a way out, and skipping is never the first offered", () => {
    for (const reason of reasons) {
      const ways = resolutionsOf(reason);
      expect(ways).toContain("SKIP");
      expect(ways[0]).not.toBe("SKIP");
    }
  });
  it("can be marked as paid exactly where somebody may have paid", () => {
    expect(reasons.filter((reason) => resolutionsOf(reason).includes("MARK_PAID"))).toEqual([
      "FOREIGN_CHARGE",
      "BAD_DATA",
      "PAID_RECENTLY",
      "SETUP_INVOICE_ALREADY_PAID",
      "BRAND_NEW",
      null,
    ]);
  });
});
