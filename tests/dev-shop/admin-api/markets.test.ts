import { expect, it } from "vitest";

import { createAttempt, nextEventAt, runDueEvents } from "../domain";
import { gid } from "../world";
import { contractGid, subscribed } from "./fixture";

const PRICES = `query ($id: ID!) {
  productVariant(id: $id) {
    price
    here: contextualPricing(context: { country: NO }) { price { amount currencyCode } }
    sweden: contextualPricing(context: { country: SE }) { price { amount currencyCode } }
    japan: contextualPricing(context: { country: JP }) { price { amount currencyCode } }
  }
}`;

it("a variant costs in a country what its market says, whole yen in Japan, and the shop's price where there is none", async () => {
  const { api, shop, contract } = subscribed();
  shop.markets = { SE: { currency: "SEK", rate: 0.98765 }, JP: { currency: "JPY", rate: 14.71234 } };
  const variant = shop.variants[contract.lines[0]?.variantId ?? ""];
  if (!variant) throw new Error("the contract has no variant");
  variant.price = "129.00";
  const { data, errors } = await api.call(PRICES, { id: gid("ProductVariant", variant.id) });
  expect(errors).toEqual([]);
  expect(data?.productVariant).toEqual({
    price: "129.00",
    here: { price: { amount: "129.0", currencyCode: "NOK" } },
    sweden: { price: { amount: "127.41", currencyCode: "SEK" } },
    japan: { price: { amount: "1898.0", currencyCode: "JPY" } },
  });
});

it("a contract's amounts are in its own currency; its orders have both sides", async () => {
  const { api, shop, world, contract } = subscribed();
  shop.markets = { SE: { currency: "SEK", rate: 2 } };
  contract.currency = "SEK";
  world.now = "2026-03-08T09:00:00Z";
  createAttempt(world, shop, contract, { idempotencyKey: "k" }, "app");
  world.now = nextEventAt(world) ?? "";
  runDueEvents(world);
  const { data, errors } = await api.call(
    `query ($id: ID!) {
      subscriptionContract(id: $id) {
        deliveryPrice { currencyCode }
        lines(first: 1) { nodes {
          currentPrice { currencyCode } lineDiscountedPrice { currencyCode }
          pricingPolicy { basePrice { currencyCode } cycleDiscounts { computedPrice { currencyCode } } }
        } }
        orders(first: 1, reverse: true) { nodes {
          currencyCode presentmentCurrencyCode
          totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
        } }
      }
    }`,
    { id: contractGid(contract) },
  );
  expect(errors).toEqual([]);
  const sek = { currencyCode: "SEK" };
  const total = Number(Object.values(shop.orders).find(({ currency }) => currency === "SEK")?.total);
  expect(data?.subscriptionContract).toEqual({
    deliveryPrice: sek,
    lines: {
      nodes: [
        {
          currentPrice: sek,
          lineDiscountedPrice: sek,
          pricingPolicy: { basePrice: sek, cycleDiscounts: [{ computedPrice: sek }] },
        },
      ],
    },
    orders: {
      nodes: [
        {
          currencyCode: "NOK",
          presentmentCurrencyCode: "SEK",
          totalPriceSet: {
            shopMoney: { amount: (total / 2).toFixed(1), currencyCode: "NOK" },
            presentmentMoney: { amount: total.toFixed(1), currencyCode: "SEK" },
          },
        },
      ],
    },
  });
});
