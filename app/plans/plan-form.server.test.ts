import { describe, expect, it } from "vitest";

import { parsePlanForm } from "./plan-form.server";

const form = {
  name: " Kaffe hjem ",
  discountPercentage: "10",
  frequencies: [
    { interval: "WEEK", intervalCount: "1" },
    { interval: "WEEK", intervalCount: "2" },
  ],
  productIds: ["gid://shopify/Product/1"],
};

const problemsOf = (changes: Partial<typeof form>) => {
  const parsed = parsePlanForm({ ...form, ...changes });
  return parsed.ok ? [] : parsed.problems;
};

it("reads a good form", () => {
  expect(parsePlanForm(form)).toEqual({
    ok: true,
    plan: {
      name: "Kaffe hjem",
      discountPercentage: 10,
      frequencies: [
        { interval: "WEEK", intervalCount: 1 },
        { interval: "WEEK", intervalCount: 2 },
      ],
      productIds: ["gid://shopify/Product/1"],
    },
  });
});

it.each([
  ["12,5", 12.5],
  ["12.5 %", 12.5],
  ["", 0],
  ["100", 100],
])("reads the discount %j as people type it", (discountPercentage, expected) => {
  const parsed = parsePlanForm({ ...form, discountPercentage });
  expect(parsed.ok && parsed.plan.discountPercentage).toBe(expected);
});

describe("tells every problem beside its field", () => {
  const week = (intervalCount: string) => ({ interval: "WEEK", intervalCount });
  it.each([
    [{ name: "  " }, "name", "NAME_BLANK"],
    [{ name: "x".repeat(101) }, "name", "NAME_TOO_LONG"],
    [{ discountPercentage: "ti" }, "discountPercentage", "DISCOUNT_NOT_A_NUMBER"],
    [{ discountPercentage: "101" }, "discountPercentage", "DISCOUNT_OUT_OF_RANGE"],
    [{ discountPercentage: "-1" }, "discountPercentage", "DISCOUNT_OUT_OF_RANGE"],
    [{ frequencies: [] }, "frequencies", "FREQUENCIES_NONE"],
    [{ frequencies: [week("1"), week("0")] }, "frequencies.1", "FREQUENCY_NOT_WHOLE"],
    [{ frequencies: [week("1,5")] }, "frequencies.0", "FREQUENCY_NOT_WHOLE"],
    [{ frequencies: [week("")] }, "frequencies.0", "FREQUENCY_NOT_WHOLE"],
    [{ frequencies: [week("200")] }, "frequencies.0", "FREQUENCY_TOO_LONG"],
    [{ frequencies: [week("2"), week("2")] }, "frequencies.1", "FREQUENCY_TWICE"],
    [{ frequencies: Array.from({ length: 32 }, (_, i) => week(String(i + 1))) }, "frequencies", "FREQUENCIES_TOO_MANY"],
  ])("%o", (changes, field, code) => {
    expect(problemsOf(changes)).toEqual([{ field, code }]);
  });

  it("all at once", () => {
    expect(problemsOf({ name: "", discountPercentage: "x" }).map(({ field }) => field)).toEqual([
      "name",
      "discountPercentage",
    ]);
  });
});

it("refuses what is not from the form", () => {
  expect(() => parsePlanForm({ ...form, productIds: ["1; DROP"] })).toThrow();
  expect(() => parsePlanForm(null)).toThrow();
});
