import { describe, expect, it } from "vitest";

import { completeCheckout, type CheckoutRefusal } from "./checkout";
import { cycleAt } from "./cycles";
import { aContract, aGroup, APP, aShop, planInput } from "./fixture";
import { attemptsOf } from "./indexes";

describe("checkout", () => {
  it("documented: the plan's discount is on the line; tax is included, shipping makes the order differ from its lines", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK", 2, 2);
    const order = f.shop.orders[contract.originOrderId ?? ""];
    expect(order).toMatchObject({
      name: "#1001",
      subtotal: "360.00",
      shipping: "49.00",
      total: "409.00",
      tax: "53.35",
      source: "checkout",
      cycleIndex: null,
    });
    expect(contract).toMatchObject({ status: "ACTIVE", appId: APP, deliveryPrice: "49.00" });
    expect(contract.lines[0]).toMatchObject({ currentPrice: "180.00", basePrice: "200.00", quantity: 2 });
    expect(f.variant.inventory).toBe(8);
    expect(f.shop.outbox.map(({ topic }) => topic)).toEqual([
      "selling_plan_groups/create",
      "customer_payment_methods/create",
      "subscription_contracts/create",
      "subscription_billing_attempts/success",
    ]);
  });

  it("observed: the checkout's own attempt belongs to no cycle; cycle 1 stays unbilled", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK");
    expect(attemptsOf(f.shop, contract.id)).toMatchObject([
      { origin: "checkout", state: "Success", cycleIndex: null, orderId: contract.originOrderId },
    ]);
    expect(cycleAt(f.world, f.shop, contract, 1).status).toBe("UNBILLED");
  });

  it("documented: one contract for each pair of billing and delivery policy, and none for a one-time line", () => {
    const f = aShop();
    const group = aGroup(f, planInput("WEEK", 1), planInput("MONTH", 1));
    const [weekly, monthly] = group.sellingPlanIds;
    const line = (sellingPlanId?: string): { variantId: string; quantity: number; sellingPlanId?: string } => ({
      variantId: f.variant.id,
      quantity: 1,
      ...(sellingPlanId ? { sellingPlanId } : {}),
    });
    const { order, contracts } = completeCheckout(f.world, f.shop, {
      customerId: f.customer.id,
      lines: [line(weekly), line(monthly), line(weekly), line()],
    });
    expect(contracts.map(({ lines }) => lines.length)).toEqual([2, 1]);
    expect(order.contractIds).toEqual(contracts.map(({ id }) => id));
    expect(order.lines.map(({ contractId }) => contractId)).toEqual([
      contracts[0]?.id,
      contracts[1]?.id,
      contracts[0]?.id,
      null,
    ]);
    expect(order.shipping).toBe("0.00");
  });

  it("refuses what Shopify's checkout refuses, and changes nothing then", () => {
    const f = aShop();
    const group = aGroup(f, planInput("WEEK", 1));
    const sellingPlanId = group.sellingPlanIds[0] ?? "";
    const line = { variantId: f.variant.id, quantity: 1 };
    const code = (change: Partial<Parameters<typeof completeCheckout>[2]>): CheckoutRefusal | null => {
      try {
        completeCheckout(f.world, f.shop, { customerId: f.customer.id, lines: [line], ...change });
        return null;
      } catch (error) {
        return (error as { code: CheckoutRefusal }).code;
      }
    };
    expect(code({ lines: [{ ...line, sellingPlanId: "999" }] })).toBe("SELLING_PLAN_NOT_APPLICABLE");
    expect(code({ lines: [{ ...line, quantity: 11 }] })).toBe("OUT_OF_STOCK");
    expect(code({ discountCode: "X" })).toBe("DISCOUNT_CODE_INVALID");
    f.product.requiresSellingPlan = true;
    expect(code({})).toBe("SELLING_PLAN_REQUIRED");
    group.productIds = [];
    expect(code({ lines: [{ ...line, sellingPlanId }] })).toBe("SELLING_PLAN_NOT_APPLICABLE");
    expect(f.shop.orders).toEqual({});
    expect(f.variant.inventory).toBe(10);
  });
});
