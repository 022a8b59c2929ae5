import fc from "fast-check";
import { expect, test } from "vitest";

import { add, exponentOf, isSame, money, renewalAmount, times } from "./money";

test("amounts have as many decimals as their currency", () => {
  expect(money("119.9", "NOK")).toEqual({ amount: "119.90", currencyCode: "NOK" });
  expect(money("119.5", "JPY")).toEqual({ amount: "120", currencyCode: "JPY" });
  expect(money("1.2345", "KWD")).toEqual({ amount: "1.235", currencyCode: "KWD" });
  expect([exponentOf("SEK"), exponentOf("JPY"), exponentOf("KWD")]).toEqual([2, 0, 3]);
});

test("sums are exact where floating point is not", () => {
  expect(add(money("0.1", "EUR"), money("0.2", "EUR")).amount).toBe("0.30");
  expect(times(money("1197.60", "NOK"), 3).amount).toBe("3592.80");
  const cents = fc.integer({ min: 0, max: 10_000_000 });
  const euros = (value: number) => money(`${Math.floor(value / 100)}.${String(value % 100).padStart(2, "0")}`, "EUR");
  fc.assert(
    fc.property(cents, cents, (a, b) => {
      expect(add(euros(a), euros(b))).toEqual(euros(a + b));
    }),
  );
});

test("amounts of two currencies have no sum", () => {
  expect(() => add(money(1, "NOK"), money(1, "SEK"))).toThrow("NOK and SEK have no sum.");
});

test("a renewal is its lines and its delivery", () => {
  const lines = [
    { quantity: 2, currentPrice: "143.10" },
    { quantity: 1, currentPrice: "99" },
  ];
  expect(renewalAmount(lines, "49.00", "NOK")).toEqual({ amount: "434.20", currencyCode: "NOK" });
  expect(renewalAmount([], "0", "NOK").amount).toBe("0.00");
});

test("equal amounts are equal however they are written", () => {
  expect(isSame("49", "49.0000")).toBe(true);
  expect(isSame("49", "49.01")).toBe(false);
});
