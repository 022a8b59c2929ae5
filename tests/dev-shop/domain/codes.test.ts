import { describe, expect, test } from "vitest";

import { completeCheckout } from "./checkout";
import { deliveryOptionsFor, deliveryOptionsOf } from "./delivery-options";
import { commitDraft } from "./draft-commit";
import { applyCode } from "./draft-discounts";
import { openContractDraft } from "./drafts";
import { aContract, aShop } from "./fixture";
import type { DiscountCode } from "../world";

const code = (changes: Partial<DiscountCode> = {}): DiscountCode => ({
  code: "TAKK",
  value: { percentage: 10 },
  appliesOnSubscription: true,
  usedBy: [],
  ...changes,
});

function applied(changes: Partial<DiscountCode>, redeemCode = "TAKK") {
  const f = aShop();
  const contract = aContract(f, "WEEK");
  f.shop.discountCodes = [code(changes)];
  const { draft } = openContractDraft(f.world, f.shop, contract);
  if (!draft) throw new Error("no draft");
  return { ...f, contract, draft, result: applyCode(f.world, f.shop, draft, redeemCode) };
}

describe("a discount code", () => {
  test("is on the contract once its draft is committed, and counted then", () => {
    const { world, shop, contract, draft, result } = applied({ recurringCycleLimit: 2 }, "takk");
    expect(result.code).toMatchObject({ rejectionReason: null });
    expect(contract.discounts ?? []).toEqual([]);
    expect(shop.discountCodes?.[0]?.usedBy).toEqual([]);
    commitDraft(world, shop, draft);
    expect(contract.discounts).toMatchObject([{ code: "TAKK", title: "TAKK", recurringCycleLimit: 2, usageCount: 0 }]);
    expect(shop.discountCodes?.[0]?.usedBy).toEqual([contract.customerId]);
  });

  test.each<[Partial<DiscountCode>, string]>([
    [{ code: "OTHER" }, "NOT_FOUND"],
    [{ startsAt: "2099-01-01T00:00:00Z" }, "CURRENTLY_INACTIVE"],
    [{ endsAt: "2020-01-01T00:00:00Z" }, "CURRENTLY_INACTIVE"],
    [{ appliesOnSubscription: false }, "INCOMPATIBLE_PURCHASE_TYPE"],
    [{ usageLimit: 1, usedBy: ["someone"] }, "USAGE_LIMIT_REACHED"],
    [{ customerIds: [] }, "CUSTOMER_NOT_ELIGIBLE"],
    [{ productIds: [] }, "NO_ENTITLED_LINE_ITEMS"],
    [{ minimumSubtotal: "99999" }, "PURCHASE_NOT_IN_RANGE"],
    [{ minimumQuantity: 99 }, "QUANTITY_NOT_IN_RANGE"],
  ])("%j is rejected: %s, and takes nothing off", (changes, reason) => {
    const { world, shop, contract, draft, result } = applied(changes);
    expect(result.code).toMatchObject({ rejectionReason: reason });
    commitDraft(world, shop, draft);
    expect(contract.discounts ?? []).toEqual([]);
  });

  test("at the checkout takes off the first order, which counts, and stands on the contract", () => {
    const f = aShop();
    const first = aContract(f, "WEEK");
    const line = first.lines[0];
    f.shop.discountCodes = [code({ recurringCycleLimit: 3, oncePerCustomer: true })];
    const buy = () =>
      completeCheckout(f.world, f.shop, {
        customerId: first.customerId,
        lines: [{ variantId: line?.variantId ?? "", quantity: 1, sellingPlanId: line?.sellingPlanId ?? null }],
        discountCode: "TAKK",
      });
    const { order, contracts } = buy();
    expect(Number(order.subtotal)).toBeCloseTo(Number(line?.currentPrice) * 0.9, 2);
    expect(contracts[0]?.discounts).toMatchObject([{ code: "TAKK", usageCount: 1, recurringCycleLimit: 3 }]);
    const before = Object.keys(f.shop.contracts).length;
    expect(buy).toThrow("Enter a valid discount code.");
    expect(Object.keys(f.shop.contracts).length).toBe(before);
  });
});

describe("delivery", () => {
  test("is offered by country, and free from where the rate says", () => {
    const { world, shop, draft } = applied({});
    shop.shippingRates = [
      { title: "Home", price: "49.00", freeFrom: "0.01", countries: ["NO"] },
      { title: "Abroad", price: "119.00", countries: ["SE"] },
    ];
    expect(deliveryOptionsFor(shop, draft.working, "NO")).toEqual([{ code: "Home", title: "Home", price: "0.00" }]);
    expect(deliveryOptionsFor(shop, draft.working, "JP")).toEqual([]);
    // The first answer about an address takes a while.
    expect(deliveryOptionsOf(world, shop, draft, { countryCode: "SE" })).toBeNull();
    expect(deliveryOptionsOf(world, shop, draft, { countryCode: "SE" })).toMatchObject([
      { title: "Abroad", price: "119.00" },
    ]);
  });
});
