import { describe, expect, it } from "vitest";

import {
  createAttempt,
  deleteOrder,
  nextEventAt,
  openChallenge,
  refundOrder,
  runDueEvents,
  setCardOutcomes,
} from "../domain";
import { gid } from "../world";
import { subscribed } from "./fixture";

const READ = `query ($id: ID!) { subscriptionBillingAttempt(id: $id) { state { __typename
  ... on SubscriptionBillingAttemptActionRequiredState { action { ... on SubscriptionBillingAttemptPaymentChallenge { nextActionUrl status } } }
  ... on SubscriptionBillingAttemptFailedState { error { __typename
    ... on SubscriptionBillingAttemptInventoryError { inventoryCode: code insufficientStockProductVariants(first: 5) { nodes { id inventoryQuantity inventoryPolicy inventoryItem { tracked } } } } } }
  ... on SubscriptionBillingAttemptSuccessState { order { id cancelledAt displayFinancialStatus taxesIncluded
    totalPriceSet { shopMoney { amount currencyCode } } currentTotalPriceSet { shopMoney { amount } } subtotalPriceSet { shopMoney { amount } }
    totalTaxSet { shopMoney { amount } } totalShippingPriceSet { shopMoney { amount } } totalDiscountsSet { shopMoney { amount } } } } } } }`;

/** A decided attempt, and what the API says of it. */
function charged(prepare: (f: ReturnType<typeof subscribed>) => void = () => undefined) {
  const f = subscribed();
  prepare(f);
  f.world.now = "2026-03-08T09:00:00Z";
  const { attempt } = createAttempt(f.world, f.shop, f.contract, { idempotencyKey: "k" }, "app");
  if (!attempt) throw new Error("The attempt was refused.");
  f.world.now = nextEventAt(f.world) ?? "";
  runDueEvents(f.world);
  const state = async (): Promise<unknown> => {
    const { data, errors } = await f.api.call(READ, { id: gid("SubscriptionBillingAttempt", attempt.id) });
    expect(errors).toEqual([]);
    return (data?.subscriptionBillingAttempt as { state: unknown }).state;
  };
  return { ...f, attempt, state };
}

describe("an attempt's state", () => {
  it("documented: success carries the order's amounts, with tax on top where prices do not include it", async () => {
    const { state } = charged(({ shop }) => {
      shop.taxesIncluded = false;
    });
    expect(await state()).toMatchObject({
      order: {
        cancelledAt: null,
        displayFinancialStatus: "PAID",
        taxesIncluded: false,
        totalPriceSet: { shopMoney: { amount: "263.35", currencyCode: "NOK" } },
        subtotalPriceSet: { shopMoney: { amount: "180.0" } },
        totalTaxSet: { shopMoney: { amount: "34.35" } },
        totalShippingPriceSet: { shopMoney: { amount: "49.0" } },
        totalDiscountsSet: { shopMoney: { amount: "0.0" } },
      },
    });
  });

  it("documented: a refund shows in the order, and the attempt stays a success also when its order is deleted", async () => {
    const { state, shop, attempt } = charged();
    const order = shop.orders[attempt.orderId ?? ""];
    if (!order) throw new Error("The attempt made no order.");
    refundOrder(order);
    expect(await state()).toMatchObject({
      order: { displayFinancialStatus: "REFUNDED", currentTotalPriceSet: { shopMoney: { amount: "0.0" } } },
    });
    deleteOrder(shop, order);
    expect(await state()).toEqual({ __typename: "SubscriptionBillingAttemptSuccessState", order: null });
  });

  it("documented: want of stock names the variants that were short", async () => {
    const { state, variant } = charged((f) => {
      f.variant.inventory = 0;
    });
    expect(await state()).toMatchObject({
      error: {
        __typename: "SubscriptionBillingAttemptInventoryError",
        inventoryCode: "INSUFFICIENT_INVENTORY",
        insufficientStockProductVariants: {
          nodes: [
            {
              id: gid("ProductVariant", variant.id),
              inventoryQuantity: 0,
              inventoryPolicy: "DENY",
              inventoryItem: { tracked: true },
            },
          ],
        },
      },
    });
  });

  it("documented: a payment challenge has an address, and another status once the shopper has opened it", async () => {
    const { state, world, shop, attempt } = charged(({ customer }) => setCardOutcomes(customer, ["challenge"]));
    const nextActionUrl = `https://kaffebonna.myshopify.com/subscription_billing_attempts/${attempt.id}/challenge`;
    expect(await state()).toMatchObject({ action: { nextActionUrl, status: "OFF_SESSION_REJECTED" } });
    openChallenge(world, shop, attempt);
    expect(await state()).toMatchObject({ action: { nextActionUrl, status: "ON_SESSION_CHALLENGED" } });
  });
});
