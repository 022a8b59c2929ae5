import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { amountsOf, discountOn } from "../../tests/dev-shop/domain";
import { createWorld } from "../../tests/dev-shop/world";
import type { Contract } from "../../tests/dev-shop/world";
import { nextAmount } from "./next-amount";
import type { ContractDiscount } from "./next-amount";

const line = (shopifyId: string, currentPrice: string, quantity = 1, discountedPrice: string | null = null) => ({
  shopifyId,
  currentPrice,
  quantity,
  discountedPrice,
});

const percent = (percentage: number, changes: Partial<ContractDiscount> = {}): ContractDiscount => ({
  id: "d",
  title: null,
  type: "MANUAL",
  target: "LINE_ITEM",
  value: { percentage },
  orders: null,
  used: 0,
  all: true,
  lineIds: [],
  ...changes,
});

const total = (discounts: ContractDiscount[], lines = [line("a", "100"), line("b", "50", 2)], deliveryPrice = "49") =>
  nextAmount({ lines, deliveryPrice, currencyCode: "NOK", discounts }).total.amount;

describe("what the next order takes", () => {
  test("is lines and delivery, less the discounts that still hold", () => {
    expect(total([])).toBe("249.00");
    expect(total([percent(10)])).toBe("229.00");
    expect(total([percent(10, { orders: 2, used: 2 })])).toBe("249.00");
    expect(total([percent(10, { all: false, lineIds: ["b"] })])).toBe("239.00");
    expect(total([percent(100, { target: "SHIPPING_LINE" })])).toBe("200.00");
    expect(total([percent(0, { value: { amount: "30", appliesOnEachItem: true } })])).toBe("159.00");
    expect(total([percent(0, { value: { amount: "999", appliesOnEachItem: false } })])).toBe("49.00");
  });

  test("is Shopify's own word on a line where it has given one", () => {
    expect(total([percent(10)], [line("a", "100", 1, "80"), line("b", "50", 2, "100")])).toBe("229.00");
    // Of terms that it has not seen as a whole, nothing is taken over.
    expect(total([percent(10)], [line("a", "100", 1, "80"), line("new", "50", 2)])).toBe("229.00");
  });

  test("is to the smallest coin what Shopify makes of the same terms", () => {
    const world = createWorld("2026-03-02T11:00:00Z");
    const price = fc.integer({ min: 0, max: 99_999 }).map((cents) => (cents / 100).toFixed(2));
    const lines = fc.array(fc.record({ price, quantity: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 1,
      maxLength: 5,
    });
    const value = fc.oneof(
      fc.integer({ min: 0, max: 100 }).map((percentage) => ({ percentage })),
      fc.record({ amount: price, appliesOnEachItem: fc.boolean() }),
    );
    const discounts = fc.array(
      fc.record({ value, target: fc.constantFrom("LINE_ITEM", "SHIPPING_LINE"), first: fc.boolean() }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(lines, discounts, price, (some, off, deliveryPrice) => {
        const contract = {
          currency: "NOK",
          deliveryPrice,
          lines: some.map((one, index) => ({ id: String(index), currentPrice: one.price, quantity: one.quantity })),
          discounts: off.map(({ value: amount, target, first }, index) => ({
            id: String(index),
            target,
            value: amount,
            recurringCycleLimit: null,
            usageCount: 0,
            all: !first,
            lineIds: first ? ["0"] : [],
          })),
        } as unknown as Contract;
        const theirs = amountsOf(world, contract);
        const ours = nextAmount({
          lines: contract.lines.map((one) => line(one.id, one.currentPrice, one.quantity)),
          deliveryPrice,
          currencyCode: "NOK",
          discounts: (contract.discounts ?? []).map(({ value: amount, target, all, lineIds }) =>
            percent(0, { value: amount, target, all, lineIds }),
          ),
        });
        expect(ours.delivery.amount).toBe(theirs.shipping);
        ours.lines.forEach((amount, index) => {
          const one = contract.lines[index];
          const full = Math.round(Number(one?.currentPrice) * 100) * (one?.quantity ?? 0);
          const taken = Math.round(Number(discountOn(theirs, String(index), "NOK")) * 100);
          expect(Math.round(Number(amount.amount) * 100)).toBe(full - taken);
        });
      }),
    );
  });
});
