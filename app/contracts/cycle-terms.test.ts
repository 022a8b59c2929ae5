import { describe, expect, test } from "vitest";

import { isDone, stepsTo, wantedTerms } from "./cycle-terms";
import type { CycleLine } from "./cycle-terms";

const line = (id: string, quantity = 1, currentPrice = "100.00", variantId = `v-${id}`): CycleLine => ({
  lineShopifyId: id,
  variantId,
  quantity,
  currentPrice,
});
const source = [line("a"), line("b", 2)];

describe("what a cycle's order shall hold", () => {
  test("follows from the contract and the changes, not from an earlier edit", () => {
    const wanted = wantedTerms(source, [
      { kind: "REMOVE", lineShopifyId: "a" },
      { kind: "VARIANT", lineShopifyId: "b", variantId: "v-other", price: "90" },
      { kind: "ADD", variantId: "v-gift", quantity: 1, price: "0.00" },
    ]);
    expect(wanted).toEqual({
      kept: [line("b", 2, "90", "v-other")],
      added: [{ variantId: "v-gift", quantity: 1, currentPrice: "0.00" }],
    });
  });

  test("is unknown when a line is gone", () => {
    expect(wantedTerms(source, [{ kind: "REMOVE", lineShopifyId: "c" }])).toBeNull();
  });
});

describe("the steps there", () => {
  const wanted = { kept: [line("b", 1)], added: [{ variantId: "v-x", quantity: 1, currentPrice: "5.0" }] };

  test("are none once it is so, whatever ids Shopify gave and however it writes amounts", () => {
    const now = [line("b", 1, "100.0"), line("new", 1, "5.00", "v-x")];
    expect(isDone(stepsTo(now, wanted))).toBe(true);
  });

  test("name what is to be removed, updated and added", () => {
    expect(stepsTo(source, wanted)).toEqual({
      remove: ["a"],
      update: [line("b", 1)],
      add: wanted.added,
      startOver: false,
    });
  });

  test("start over when an earlier edit has removed a line that is wanted", () => {
    expect(stepsTo([line("b")], { kept: source, added: [] }).startOver).toBe(true);
  });

  test("two equal lines are two lines", () => {
    const twice = { kept: [], added: [...wanted.added, ...wanted.added] };
    expect(stepsTo([line("new", 1, "5.00", "v-x")], twice).add).toHaveLength(1);
  });
});
