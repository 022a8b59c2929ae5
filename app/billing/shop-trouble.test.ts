import { expect, test } from "vitest";

import { installShop } from "~/shops/install.server";
import { receive } from "~/webhooks/inbox.server";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { setScopes } from "../../tests/dev-shop/domain";
import { runBilling } from "./run.server";

const MINUTE_MS = 60_000;
const after = (at: Date, minutes: number): string => new Date(at.getTime() + minutes * MINUTE_MS).toISOString();

const shopOf = (app: TestApp) => app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } });

const nextCycle = (app: TestApp) =>
  app.ctx.db.billingCycle.findFirstOrThrow({ where: { outcome: null, claimed: false }, orderBy: { dueAt: "asc" } });

const chargesOf = (app: TestApp, contractId: string) =>
  app.ctx.db.charge.findMany({ where: { contractId, imported: false }, select: { cycleIndex: true, state: true } });

const told = (app: TestApp) =>
  app.ctx.db.historyEvent.findMany({
    where: { contractId: null, type: { in: ["billing.held", "billing.resumed"] } },
    orderBy: { id: "asc" },
    select: { type: true, data: true },
  });

test("a scope that was taken away stops billing with its reason, and giving it back charges what was due, once", async () => {
  const app = await testApp();
  const cycle = await nextCycle(app);
  const scopes = [...(app.shopify.grantedScopes ?? [])];
  const lost = scopes.filter((scope) => !scope.includes("own_subscription_contracts"));
  setScopes(app.world, app.shopify, lost);
  for (const token of app.shopify.tokens) token.scopes = lost;
  app.shopify.outbox.splice(0);
  app.world.now = after(cycle.dueAt, 1);
  await runBilling(app.ctx, app.shop.id);
  expect(await shopOf(app)).toMatchObject({ billingHeldReason: "SCOPES_LOST" });
  expect(await chargesOf(app, cycle.contractId)).not.toContainEqual(expect.objectContaining({ state: "PAID" }));

  setScopes(app.world, app.shopify, scopes);
  for (const token of app.shopify.tokens) token.scopes = scopes;
  await app.advanceTo(after(cycle.dueAt, 30));
  expect(await shopOf(app)).toMatchObject({ billingHeldReason: null });
  expect(await chargesOf(app, cycle.contractId)).toEqual([{ cycleIndex: cycle.cycleIndex, state: "PAID" }]);
  expect(await told(app)).toEqual([
    { type: "billing.held", data: { reason: "SCOPES_LOST" } },
    { type: "billing.resumed", data: { reason: "SCOPES_LOST" } },
  ]);
});

test("a shop that is held stays so until Shopify has taken a call, also while nothing is due in it", async () => {
  const app = await testApp();
  const held = { billingHeldReason: "FROZEN", billingHeldSince: app.ctx.clock.now() } as const;
  const probedNow = { ...held, billingHeldUntil: app.ctx.clock.now() };
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: probedNow });
  app.intercept.fetch = () => () => Promise.resolve(new Response("", { status: 402 }));
  await runBilling(app.ctx, app.shop.id);
  expect(await shopOf(app)).toMatchObject(held);
  expect(await told(app)).toEqual([]);
  app.intercept.fetch = (next) => next;
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: probedNow });
  await runBilling(app.ctx, app.shop.id);
  expect(await shopOf(app)).toMatchObject({ billingHeldReason: null });
});

test("while a person has to look at a shop's billing, what was on its way is still followed without a webhook, and nothing new is charged", async () => {
  const app = await testApp({ subscribers: 6 });
  const cycle = await nextCycle(app);
  app.world.settings.attemptPendingMinutes = 5;
  await app.advanceTo(after(cycle.dueAt, 1));
  expect(await chargesOf(app, cycle.contractId)).toMatchObject([{ state: "PENDING" }]);
  await app.ctx.db.shop.update({
    where: { id: app.shop.id },
    data: { billingHeldReason: "AMOUNT_DIFFERS", billingHeldSince: app.ctx.clock.now() },
  });
  Object.defineProperty(app.shopify, "outbox", { get: () => [], configurable: true });
  const charges = await app.ctx.db.charge.count();
  for (const minutes of [11, 31]) await app.advanceTo(after(cycle.dueAt, minutes));
  expect(await chargesOf(app, cycle.contractId)).toMatchObject([{ state: "PAID" }]);
  await app.advanceTo(after(cycle.dueAt, 14 * 24 * 60));
  expect(await app.ctx.db.charge.count()).toBe(charges);
  expect(await shopOf(app)).toMatchObject({ billingHeldReason: "AMOUNT_DIFFERS" });
});

test("while Shopify does not answer nothing is lost and nobody is mailed; it is probed ever less often", async () => {
  const app = await testApp();
  const cycle = await nextCycle(app);
  let calls = 0;
  app.intercept.fetch = () => () => {
    calls += 1;
    return Promise.reject(new TypeError("fetch failed"));
  };
  await app.advanceTo(after(cycle.dueAt, 6 * 60));
  expect(await shopOf(app)).toMatchObject({ billingHeldReason: "UNREACHABLE" });
  // After a minute, then half of the time it has lasted, at most half an hour: not every minute for six hours.
  expect(calls).toBeLessThan(300);
  app.intercept.fetch = (next) => next;
  await app.advanceTo(after(cycle.dueAt, 7 * 60));
  expect(await shopOf(app)).toMatchObject({ billingHeldReason: null });
  expect(await chargesOf(app, cycle.contractId)).toEqual([{ cycleIndex: cycle.cycleIndex, state: "PAID" }]);
  expect(await told(app)).toEqual([]);
});

test("what fell due between removal and reinstallation waits for a person to say", async () => {
  const app = await testApp();
  const cycle = await nextCycle(app);
  app.world.now = after(cycle.dueAt, -60);
  await receive(app.ctx, {
    shopDomain: app.shop.domain,
    topic: "app/uninstalled",
    name: null,
    eventId: "gone",
    webhookId: "gone",
    triggeredAt: new Date(app.world.now),
    payload: {},
  });
  expect(await shopOf(app)).toMatchObject({ status: "UNINSTALLED" });
  app.world.now = after(cycle.dueAt, 20 * 60);
  await runBilling(app.ctx, app.shop.id);
  expect(await chargesOf(app, cycle.contractId)).toEqual([]);

  await installShop(app.ctx, { domain: app.shop.domain });
  await app.settle();
  const [charge] = await app.ctx.db.charge.findMany({ where: { contractId: cycle.contractId, imported: false } });
  expect(charge).toMatchObject({ cycleIndex: cycle.cycleIndex, state: "PARKED", parkedReason: "GAP" });
});
