import { expect, test } from "vitest";

import { rereadContracts } from "~/contracts/read.server";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { setStock } from "../../tests/dev-shop/domain";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const after = (at: Date, minutes: number): string => new Date(at.getTime() + minutes * MINUTE_MS).toISOString();

/** A contract of two lines, due next: the first is to be short. */
async function twoLines(app: TestApp) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
    include: { cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" }, take: 1 } },
  });
  const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
  const cycle = row.cycles[0];
  const [first] = contract?.lines ?? [];
  if (!contract || !cycle || !first?.variantId) throw new Error("nothing is due");
  const other = Object.values(app.shopify.variants).find(({ id }) => id !== first.variantId);
  if (!other) throw new Error("the shop sells one thing only");
  contract.lines = [
    { ...first, quantity: 3 },
    {
      ...first,
      id: `${first.id}1`,
      variantId: other.id,
      productId: other.productId,
      title: "Something else",
      quantity: 1,
    },
  ];
  contract.revisionId = `${contract.revisionId}1`;
  await rereadContracts(app.ctx, app.shop, [row.shopifyId], { whole: true });
  setStock(app.world, app.shopify, first.variantId, 0);
  setStock(app.world, app.shopify, other.id, 100);
  return { row, contract, cycle, short: first.variantId, other: other.id };
}

const gid = (variantId: string) => `gid://shopify/ProductVariant/${variantId}`;

const chargeOf = (app: TestApp, contractId: string, cycleIndex: number) =>
  app.ctx.db.charge.findUnique({ where: { contractId_cycleIndex: { contractId, cycleIndex } } });

function orderOf(app: TestApp, contractId: string, cycleIndex: number) {
  return Object.values(app.shopify.orders).find(
    (order) => order.contractIds.includes(contractId) && order.cycleIndex === cycleIndex,
  );
}

test("a line left out this time is neither sent nor charged, and the contract keeps it", async () => {
  const app = await testApp();
  const { row, contract, cycle, other } = await twoLines(app);
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { stockPolicy: "SKIP_LINE" } });
  await app.advanceTo(after(cycle.dueAt, 60));
  const order = orderOf(app, contract.id, cycle.cycleIndex);
  expect(order?.lines.map(({ variantId, quantity }) => `${variantId} ${quantity}`)).toEqual([`${other} 1`]);
  const charge = await chargeOf(app, row.id, cycle.cycleIndex);
  expect(charge).toMatchObject({ state: "PAID", cycleEdited: true, differsBy: null });
  expect(charge?.expectedAmount.toString()).toBe(String(Number(order?.total)));
  expect(contract.lines).toHaveLength(2);
});

test("as many as there are: the rest is neither sent nor charged", async () => {
  const app = await testApp();
  const { row, contract, cycle, short, other } = await twoLines(app);
  setStock(app.world, app.shopify, short, 2);
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { stockPolicy: "SHIP_REST" } });
  await app.advanceTo(after(cycle.dueAt, 60));
  const order = orderOf(app, contract.id, cycle.cycleIndex);
  expect(order?.lines.map(({ variantId, quantity }) => `${variantId} ${quantity}`).sort()).toEqual(
    [`${short} 2`, `${other} 1`].sort(),
  );
  expect(await chargeOf(app, row.id, cycle.cycleIndex)).toMatchObject({ state: "PAID", differsBy: null });
});

test("a substitute comes at the line's own price", async () => {
  const app = await testApp();
  const { row, contract, cycle, short, other } = await twoLines(app);
  const price = contract.lines[0]?.currentPrice;
  await app.ctx.db.stockRule.create({
    data: {
      shopId: app.shop.id,
      variantId: gid(short),
      title: "short",
      policy: "SUBSTITUTE",
      substituteVariantId: gid(other),
      substituteTitle: "other",
    },
  });
  await app.advanceTo(after(cycle.dueAt, 60));
  const order = orderOf(app, contract.id, cycle.cycleIndex);
  expect(order?.lines.map((line) => `${line.variantId} ${line.quantity}`).sort()).toEqual([`${other} 1`, `${other} 3`]);
  expect(order?.lines.find(({ quantity }) => quantity === 3)?.price).toBe(price);
  expect(await chargeOf(app, row.id, cycle.cycleIndex)).toMatchObject({ state: "PAID", differsBy: null });
});

test("a renewal that waits for stock tells so once, is charged when the goods are there, and skipped after the wait", async () => {
  for (const comes of [true, false]) {
    const app = await testApp();
    // The default's fourteen days take long to go through, four looks a day.
    await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { stockWaitDays: 3 } });
    const { row, contract, cycle, short } = await twoLines(app);
    await app.advanceTo(after(cycle.dueAt, DAY_MINUTES));
    expect(await chargeOf(app, row.id, cycle.cycleIndex)).toBeNull();
    const waiting = await app.ctx.db.billingCycle.findUniqueOrThrow({
      where: { contractId_cycleIndex: { contractId: row.id, cycleIndex: cycle.cycleIndex } },
    });
    expect(waiting).toMatchObject({ waitReason: "STOCK", outcome: null });
    expect(await app.ctx.db.historyEvent.count({ where: { contractId: row.id, type: "cycle.waiting" } })).toBe(1);

    if (comes) setStock(app.world, app.shopify, short, 10);
    await app.advanceTo(after(cycle.dueAt, comes ? 2 * DAY_MINUTES : 4 * DAY_MINUTES));
    const order = orderOf(app, contract.id, cycle.cycleIndex);
    const atLast = await app.ctx.db.billingCycle.findUniqueOrThrow({
      where: { contractId_cycleIndex: { contractId: row.id, cycleIndex: cycle.cycleIndex } },
    });
    expect(atLast.outcome).toBe(comes ? "BILLED" : "SKIPPED_STOCK");
    expect(order === undefined).toBe(!comes);
  }
});

test("a renewal that has waited for stock and is given a later day waits for nothing any more", async () => {
  const app = await testApp();
  const { row, contract, cycle } = await twoLines(app);
  await app.advanceTo(after(cycle.dueAt, 60));
  const wait = { contractId: row.id, cycleIndex: cycle.cycleIndex };
  const state = () => app.ctx.db.billingCycle.findUniqueOrThrow({ where: { contractId_cycleIndex: wait } });
  expect(await state()).toMatchObject({ waitReason: "STOCK" });
  const expectedAt = new Date(cycle.expectedAt.getTime() + 2 * DAY_MINUTES * MINUTE_MS);
  contract.cycleEdits[String(cycle.cycleIndex)] = { billingAttemptExpectedDate: expectedAt.toISOString() };
  await rereadContracts(app.ctx, app.shop, [row.shopifyId], { whole: true });
  expect(await state()).toMatchObject({ expectedAt, outcome: null, waitReason: null, waitSince: null });
});
