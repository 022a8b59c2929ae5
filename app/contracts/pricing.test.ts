import { describe, expect, test } from "vitest";

import { expectedAfterChange } from "./next-date";
import { pricingInProportion, pricingOn } from "./pricing";
import type { Adjustment, LinePricing, PlanTerms } from "./pricing";

const plan = (...adjustments: Adjustment[]): PlanTerms => ({
  id: "gid://shopify/SellingPlan/1",
  name: "Every week",
  billing: { interval: "WEEK", count: 1, anchors: [] },
  delivery: { interval: "WEEK", count: 1, anchors: [] },
  adjustments,
});

const priced = (...asked: Parameters<typeof pricingOn>): LinePricing => {
  const pricing = pricingOn(...asked);
  if (!pricing) throw new Error("the plan is of another currency");
  return pricing;
};

describe("a line's price", () => {
  test("follows from the variant's and the plan's adjustment, to the smallest coin", () => {
    expect(priced("129.90", plan(), 1, "NOK").currentPrice).toBe("129.90");
    expect(
      priced("129.90", plan({ type: "PERCENTAGE", value: "15", currencyCode: null, afterCycle: 0 }), 1, "NOK")
        .currentPrice,
    ).toBe("110.42");
    expect(
      priced("129", plan({ type: "FIXED_AMOUNT", value: "150", currencyCode: "NOK", afterCycle: 0 }), 1, "NOK")
        .currentPrice,
    ).toBe("0.00");
    expect(
      priced("129", plan({ type: "PRICE", value: "99", currencyCode: "NOK", afterCycle: 0 }), 1, "NOK").currentPrice,
    ).toBe("99.00");
    expect(
      priced("1290", plan({ type: "PERCENTAGE", value: "15", currencyCode: null, afterCycle: 0 }), 1, "JPY")
        .currentPrice,
    ).toBe("1097");
  });

  test("is unknown on a plan with amounts of another currency, and follows from its percentages in any", () => {
    const fixed = plan({ type: "FIXED_AMOUNT", value: "20", currencyCode: "NOK", afterCycle: 3 });
    expect(pricingOn("11.40", fixed, 0, "EUR")).toBeNull();
    const percent = plan({ type: "PERCENTAGE", value: "10", currencyCode: null, afterCycle: 0 });
    expect(pricingOn("11.40", percent, 0, "EUR")?.currentPrice).toBe("10.26");
  });

  test("is that of the phase which the payments so far have reached", () => {
    const phases = plan(
      { type: "PERCENTAGE", value: "20", currencyCode: null, afterCycle: 0 },
      { type: "PERCENTAGE", value: "5", currencyCode: null, afterCycle: 3 },
    );
    expect([0, 2, 3, 9].map((paid) => priced("100", phases, paid, "NOK").currentPrice)).toEqual([
      "80.00",
      "80.00",
      "95.00",
      "95.00",
    ]);
    expect(priced("100", phases, 0, "NOK").phases.map(({ price }) => price)).toEqual(["80.00", "95.00"]);
  });

  test("without a plan stays in proportion to what was agreed, and is never raised by that", () => {
    expect(pricingInProportion("200", { price: "90", basePrice: "100" }, "NOK").currentPrice).toBe("180.00");
    expect(pricingInProportion("200", { price: "120", basePrice: "100" }, "NOK").currentPrice).toBe("200.00");
    expect(pricingInProportion("200", { price: "0", basePrice: "0" }, "NOK").currentPrice).toBe("200.00");
  });
});

describe("after a change of frequency", () => {
  const now = new Date("2026-03-20T11:00:00Z");

  test("the next date is a whole number of intervals after the cycle's start, at the same time of day, and to come", () => {
    const cycle = { cycleIndex: 3, startAt: new Date("2026-03-02T09:00:01Z") };
    const weekly = expectedAfterChange(cycle, { interval: "WEEK", count: 1 }, now, "Europe/Oslo");
    expect(weekly?.toISOString()).toBe("2026-03-23T09:00:00.000Z");
    // Norway's clocks go forward on 29 March.
    const monthly = expectedAfterChange(cycle, { interval: "MONTH", count: 1 }, now, "Europe/Oslo");
    expect(monthly?.toISOString()).toBe("2026-04-02T08:00:00.000Z");
  });

  test("dates that Shopify alone can reckon are not guessed", () => {
    const anchored = {
      interval: "MONTH" as const,
      count: 1,
      anchors: [{ type: "MONTHDAY" as const, day: 1, month: null, cutoffDay: null }],
    };
    expect(expectedAfterChange({ cycleIndex: 1, startAt: now }, anchored, now, "Europe/Oslo")).toBeNull();
    expect(expectedAfterChange(null, { interval: "WEEK", count: 1 }, now, "Europe/Oslo")).toBeNull();
  });
});
