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

test("a rush from two shops about things of the same number marks each shop's own, and wakes both", async () => {
  const { ctx, shop } = await testApp();
  const other = await ctx.db.shop.create({ data: { ...shop, id: ctx.ids.next(), domain: "other.myshopify.com" } });
  const ours = await ctx.db.subscriptionContract.findFirstOrThrow({ where: { shopId: shop.id } });
  // To the first shop this says nothing new; the other has no such contract in its mirror.
  const webhook = {
    topic: "subscription_contracts/update",
    name: null,
    triggeredAt: ctx.clock.now(),
    payload: {
      admin_graphql_api_id: ours.shopifyId,
      revision_id: ours.revisionId,
      status: ours.status.toLowerCase(),
    },
  };
  const skipped = { ...webhook, topic: "subscription_billing_cycles/skip" };
  await ctx.db.$executeRaw`DELETE FROM pgboss.job WHERE name = 'webhooks.reread'`;
  await receiveAll(ctx, [
    { ...webhook, shopDomain: shop.domain, eventId: "1", webhookId: "a" },
    { ...webhook, shopDomain: other.domain, eventId: "1", webhookId: "b" },
    { ...skipped, shopDomain: shop.domain, eventId: "2", webhookId: "c", payload: { subscription_contract_id: 5 } },
  ]);
  expect(
    await ctx.db.reread.findMany({ select: { shopId: true, shopifyId: true }, orderBy: { shopifyId: "asc" } }),
  ).toEqual([
    { shopId: other.id, shopifyId: ours.shopifyId },
    { shopId: shop.id, shopifyId: "gid://shopify/SubscriptionContract/5" },
  ]);
  const woken = await ctx.db.$queryRaw<{ key: string }[]>`
    SELECT singleton_key AS key FROM pgboss.job WHERE name = 'webhooks.reread' AND state = 'created'`;
  expect(new Set(woken.map(({ key }) => key))).toEqual(new Set([shop.id, other.id]));
});
