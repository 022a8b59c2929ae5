import { expect, test } from "vitest";

import { testApp } from "../../tests/app";
import { readAppConfig } from "../../tests/dev-shop/hosts/app-config";
import { receive, receiveAll } from "./inbox.server";
import { followersOf, topics } from "./topics";

test("the inbox knows every topic that shopify.app.toml subscribes to", () => {
  const subscribed = readAppConfig(".").webhookTopics.map(({ topic }) => topic);
  for (const topic of subscribed) expect(followersOf(topic), topic).not.toBeNull();
  expect(Object.keys(topics).sort()).toEqual([...subscribed].sort());
  expect(followersOf("SUBSCRIPTION_CONTRACTS_CREATE")).toBe(followersOf("subscription_contracts/create"));
});

test("a webhook is stored once, whatever is wrong is named, and nothing of it is stored", async () => {
  const { ctx, shop } = await testApp();
  const webhook = {
    shopDomain: shop.domain,
    topic: "subscription_billing_cycles/skip",
    name: null,
    eventId: "event-1",
    webhookId: "delivery-1",
    triggeredAt: ctx.clock.now(),
    payload: { subscription_contract_id: 5, cycle_index: 2 },
  };
  expect(await receive(ctx, webhook)).toBe("STORED");
  expect(await receive(ctx, { ...webhook, webhookId: "delivery-2" })).toBe("DUPLICATE");
  expect(await receive(ctx, { ...webhook, name: "another subscription" })).toBe("STORED");
  expect(await ctx.db.reread.findMany()).toMatchObject([
    { kind: "CONTRACT", shopifyId: "gid://shopify/SubscriptionContract/5", marks: 2 },
  ]);

  const stored = await ctx.db.webhook.count();
  expect(await receive(ctx, { ...webhook, eventId: "2", topic: "orders/create" })).toBe("UNKNOWN_TOPIC");
  expect(await receive(ctx, { ...webhook, eventId: "2", topic: "constructor" })).toBe("UNKNOWN_TOPIC");
  expect(await receive(ctx, { ...webhook, eventId: "2", shopDomain: "nobody.myshopify.com" })).toBe("UNKNOWN_SHOP");
  for (const payload of [null, "text", [], {}, { subscription_contract_id: "5; DROP TABLE" }]) {
    expect(await receive(ctx, { ...webhook, eventId: "2", payload })).toBe("MALFORMED");
  }
  for (const name of ["eventId", "webhookId", "name"]) {
    expect(await receive(ctx, { ...webhook, eventId: "3", [name]: "x".repeat(10_000) })).toBe("MALFORMED");
  }
  expect(await ctx.db.webhook.count()).toBe(stored);
});

test("a rush is stored as its webhooks one by one would be: once each, marked once, each with its own answer", async () => {
  const { ctx, shop } = await testApp();
  const webhook = {
    shopDomain: shop.domain,
    topic: "subscription_billing_cycles/skip",
    name: null,
    triggeredAt: ctx.clock.now(),
    payload: { subscription_contract_id: 5, cycle_index: 2 },
  };
  expect(
    await receiveAll(ctx, [
      { ...webhook, eventId: "9", webhookId: "a" },
      { ...webhook, eventId: "1", webhookId: "b", payload: { subscription_contract_id: 6 } },
      { ...webhook, eventId: "9", webhookId: "c" },
      { ...webhook, eventId: "2", webhookId: "d", topic: "orders/create" },
      { ...webhook, eventId: "3", webhookId: "e", shopDomain: "nobody.myshopify.com" },
      { ...webhook, eventId: "4", webhookId: "f", payload: null },
    ]),
  ).toEqual(["STORED", "STORED", "DUPLICATE", "UNKNOWN_TOPIC", "UNKNOWN_SHOP", "MALFORMED"]);
  expect(await ctx.db.webhook.count({ where: { topic: webhook.topic } })).toBe(2);
  expect(await ctx.db.reread.findMany({ orderBy: { shopifyId: "asc" } })).toMatchObject([
    { kind: "CONTRACT", shopifyId: "gid://shopify/SubscriptionContract/5", marks: 1 },
    { kind: "CONTRACT", shopifyId: "gid://shopify/SubscriptionContract/6", marks: 1 },
  ]);
});
