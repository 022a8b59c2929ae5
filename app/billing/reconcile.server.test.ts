import { expect, test } from "vitest";

import { contractDetail } from "~/contracts/queries.server";
import { rereadMarked } from "~/webhooks/reread.server";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { reconcile } from "./reconcile.server";
import { nextBillingMoment, runBilling } from "./run.server";

/** The ledger as Shopify could tell it: what was paid, by which order, for how much. */
async function ledger({ ctx }: TestApp) {
  const charges = await ctx.db.charge.findMany({
    where: { state: "PAID" },
    include: { contract: true, attempts: true },
    orderBy: [{ contract: { shopifyId: "asc" } }, { cycleIndex: "asc" }],
  });
  return charges.map((charge) => ({
    contract: charge.contract.shopifyId,
    cycleIndex: charge.cycleIndex,
    order: charge.orderName,
    paid: charge.paidAmount?.toString(),
    key: charge.attempts[0]?.idempotencyKey,
  }));
}

async function mirror({ ctx }: TestApp) {
  const contracts = await ctx.db.subscriptionContract.findMany({
    orderBy: { shopifyId: "asc" },
    include: { cycles: { orderBy: { cycleIndex: "asc" } }, lines: true },
  });
  return contracts.map(({ shopifyId, status, nextBillingAt, cycles, lines }) => ({
    shopifyId,
    status,
    nextBillingAt,
    // How far ahead the mirror looks depends on when it was read.
    cycles: cycles
      .filter(({ dueAt }) => dueAt <= ctx.clock.now())
      .map(({ cycleIndex, outcome, billed, expectedAt }) => ({ cycleIndex, outcome, billed, expectedAt })),
    lines: lines.map(({ title, quantity, currentPrice }) => ({ title, quantity, price: currentPrice.toString() })),
  }));
}

async function forgetContracts({ ctx, shop }: TestApp): Promise<void> {
  await ctx.db.subscriptionContract.deleteMany({ where: { shopId: shop.id } });
}

test("the install imports the months before it: every past renewal with its order, each in its own cycle", async () => {
  const app = await testApp({ subscribers: 8 });
  const orders = Object.values(app.shopify.orders)
    .filter(({ cycleIndex }) => cycleIndex !== null)
    .map(({ name, cycleIndex, contractIds }) => `${contractIds[0]} ${cycleIndex} ${name}`);
  const booked = (await ledger(app)).map(
    ({ contract, cycleIndex, order }) => `${contract.split("/").at(-1)} ${cycleIndex} ${order}`,
  );
  expect(orders.length).toBeGreaterThan(10);
  expect(booked.sort()).toEqual(orders.sort());
  expect(app.mails).toEqual([]);
});

test("nothing is charged before the first reading has ended", async () => {
  const app = await testApp();
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { reconciledAt: null } });
  const before = Object.keys(app.shopify.attempts).length;
  app.world.now = "2026-03-20T11:00:00Z";
  await runBilling(app.ctx, app.shop.id);
  expect(await nextBillingMoment(app.ctx)).toBeNull();
  expect(Object.keys(app.shopify.attempts)).toHaveLength(before);
});

test("a mirror and ledger that are lost are rebuilt as they were, and nothing is charged twice", async () => {
  const app = await testApp({ subscribers: 6 });
  await app.advanceTo("2026-03-25T11:00:00Z");
  const [ledgerBefore, mirrorBefore] = [await ledger(app), await mirror(app)];
  await forgetContracts(app);
  await reconcile(app.ctx, app.shop.id);
  await app.settle();
  expect(await ledger(app)).toEqual(ledgerBefore);
  expect(await mirror(app)).toEqual(mirrorBefore);
});

test("reading again what has not changed writes no history and moves nothing", async () => {
  const app = await testApp();
  const [events, before] = [await app.ctx.db.historyEvent.count(), await mirror(app)];
  await reconcile(app.ctx, app.shop.id);
  await app.work();
  expect(await app.ctx.db.historyEvent.count()).toBe(events);
  expect(await mirror(app)).toEqual(before);
});

test("a reading that is interrupted goes on where it stopped, and until then nothing is charged", async () => {
  const app = await testApp({ subscribers: 60 });
  const all = await app.ctx.db.subscriptionContract.count();
  expect(all).toBeGreaterThan(50);
  await forgetContracts(app);
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { reconciledAt: null } });
  let pages = 0;
  app.intercept.fetch = (next) => (input, init) => {
    if (String(init?.body).includes("query ContractPage")) pages += 1;
    return pages === 2 ? Promise.resolve(new Response("", { status: 402 })) : next(input, init);
  };
  await expect(reconcile(app.ctx, app.shop.id)).rejects.toThrow();
  const interrupted = await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } });
  expect(interrupted).toMatchObject({ reconciledAt: null });
  expect(interrupted.reconcileCursor).not.toBeNull();
  pages = 2;
  app.intercept.fetch = (next) => next;
  await reconcile(app.ctx, app.shop.id);
  expect(await app.ctx.db.subscriptionContract.count()).toBe(all);
  const done = await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } });
  expect(done.reconciledAt).not.toBeNull();
  expect(done.reconcileCursor).toBeNull();
});

test("a contract that Shopify no longer has is ended, and its ledger kept", async () => {
  const app = await testApp();
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { charges: { some: { state: "PAID" } }, status: "ACTIVE" },
  });
  const charges = await app.ctx.db.charge.count({ where: { contractId: row.id } });
  const gone = row.shopifyId.split("/").at(-1);
  app.shopify.contracts = Object.fromEntries(Object.entries(app.shopify.contracts).filter(([id]) => id !== gone));
  app.world.now = "2026-03-02T12:00:00Z";
  await reconcile(app.ctx, app.shop.id);
  const detail = await contractDetail(app.ctx, app.shop, row.id);
  expect(detail).toMatchObject({ status: "CANCELLED", nextBillingAt: null });
  expect(detail?.history[0]?.type).toBe("contract.gone");
  expect(await app.ctx.db.charge.count({ where: { contractId: row.id } })).toBe(charges);
});

test("a mark that is set while the re-reading runs is not lost", async () => {
  const app = await testApp();
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow();
  const mark = {
    shopId: app.shop.id,
    kind: "CONTRACT",
    shopifyId: row.shopifyId,
    markedAt: app.ctx.clock.now(),
  } as const;
  await app.ctx.db.reread.create({ data: mark });
  let readings = 0;
  app.intercept.fetch = (next) => async (input, init) => {
    readings += 1;
    if (readings === 1) await app.ctx.db.reread.updateMany({ data: { marks: { increment: 1 } } });
    return next(input, init);
  };
  await rereadMarked(app.ctx, app.shop.id);
  expect(readings).toBe(2);
  expect(await app.ctx.db.reread.count()).toBe(0);
});
