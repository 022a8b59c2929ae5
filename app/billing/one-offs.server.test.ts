import { expect, test } from "vitest";

import { addOneOff, oneOffsOf, removeOneOff } from "~/contracts/one-offs.server";
import { skipCycle } from "~/contracts/cycles.server";
import { editContract } from "~/contracts/edit.server";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { hasFutureEdits, setCardOutcomes, setStock } from "../../tests/dev-shop/domain";
import { orderNow } from "./actions.server";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const after = (at: Date, minutes: number): string => new Date(at.getTime() + minutes * MINUTE_MS).toISOString();
const gid = (variantId: string) => `gid://shopify/ProductVariant/${variantId}`;
const PRICE = "99.00";

/** The contract that is due next, and something that is on none of its lines. */
async function nextDue(app: TestApp) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
    include: { lines: true, cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" } } },
  });
  const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
  const customer = app.shopify.customers[contract?.customerId ?? ""];
  const [cycle, following] = row.cycles;
  const extra = Object.values(app.shopify.variants).find(
    ({ id }) => !row.lines.some(({ variantId }) => variantId === gid(id)),
  );
  if (!contract || !customer || !cycle || !following || !extra) throw new Error("nothing is due");
  for (const { id } of Object.values(app.shopify.variants)) setStock(app.world, app.shopify, id, 100);
  const add = async (quantity = 2) => {
    const wish = { variantId: gid(extra.id), quantity, price: PRICE };
    const added = await addOneOff(app.ctx, app.shop, row.id, wish, "shopper");
    if (added.outcome !== "ADDED") throw new Error(added.outcome);
    return added.oneOff;
  };
  const orderOf = ({ cycleIndex }: { cycleIndex: number }) =>
    Object.values(app.shopify.orders).find(
      (order) => order.contractIds.includes(contract.id) && order.cycleIndex === cycleIndex,
    );
  const extraIn = (of: { cycleIndex: number }) =>
    orderOf(of)?.lines.flatMap(({ variantId, quantity, price }) =>
      variantId === extra.id ? [`${quantity} at ${price}`] : [],
    );
  const charge = ({ cycleIndex }: { cycleIndex: number }) =>
    app.ctx.db.charge.findUnique({ where: { contractId_cycleIndex: { contractId: row.id, cycleIndex } } });
  const waiting = async () => ((await oneOffsOf(app.ctx, app.shop, [row.id])).get(row.id) ?? []).map(({ id }) => id);
  const editable = () => !hasFutureEdits(app.world, app.shopify, contract);
  return { row, contract, customer, cycle, following, extra, add, orderOf, extraIn, charge, waiting, editable };
}

const isHeld = async (app: TestApp): Promise<string | null> =>
  (await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } })).billingHeldReason;

test("goes with the next order alone, at the price that was seen, and is paid with it", async () => {
  const app = await testApp({ subscribers: 1 });
  const { contract, cycle, following, add, orderOf, extraIn, charge, waiting } = await nextDue(app);
  const lines = contract.lines.length;
  const oneOff = await add();
  await app.advanceTo(after(following.dueAt, 60));
  expect(extraIn(cycle)).toEqual([`2 at ${PRICE}`]);
  expect(extraIn(following)).toEqual([]);
  expect(contract.lines).toHaveLength(lines);
  const paid = await charge(cycle);
  expect(paid).toMatchObject({ state: "PAID", differsBy: null });
  expect(Number(paid?.expectedAmount)).toBe(Number(orderOf(cycle)?.total));
  expect(await waiting()).toEqual([]);
  const row = await app.ctx.db.oneOff.findUniqueOrThrow({ where: { id: oneOff.id } });
  expect(row).toMatchObject({ cycleIndex: cycle.cycleIndex, chargedAt: expect.any(Date) });
  expect(await isHeld(app)).toBeNull();
});

test("waits through a skipped delivery, and goes with the one after it", async () => {
  const app = await testApp({ subscribers: 1 });
  const { row, cycle, following, add, extraIn } = await nextDue(app);
  await add();
  await skipCycle(app.ctx, app.shop, row.id, cycle.cycleIndex, "shopper");
  await app.advanceTo(after(following.dueAt, 60));
  expect(extraIn(cycle)).toBeUndefined();
  expect(extraIn(following)).toEqual([`2 at ${PRICE}`]);
});

test("that is out of stock holds nothing: the renewal goes without it, the shopper is told, and it waits", async () => {
  const app = await testApp({ subscribers: 1 });
  const { row, cycle, following, extra, add, extraIn, charge, waiting } = await nextDue(app);
  const { id } = await add();
  setStock(app.world, app.shopify, extra.id, 1);
  await app.advanceTo(after(cycle.dueAt, 60));
  expect(extraIn(cycle)).toEqual([]);
  expect(await charge(cycle)).toMatchObject({ state: "PAID", differsBy: null });
  expect(await waiting()).toEqual([id]);
  const told = await app.ctx.db.historyEvent.findFirst({ where: { contractId: row.id, type: "cycle.adjusted" } });
  expect(told?.data).toMatchObject({ lines: [{ change: "postponed" }] });
  setStock(app.world, app.shopify, extra.id, 10);
  await app.advanceTo(after(following.dueAt, 60));
  expect(extraIn(following)).toEqual([`2 at ${PRICE}`]);
});

test("that the shop sells no more holds nothing either", async () => {
  const app = await testApp({ subscribers: 1 });
  const { cycle, extra, add, charge, waiting } = await nextDue(app);
  const { id } = await add();
  delete app.shopify.variants[extra.id];
  await app.advanceTo(after(cycle.dueAt, 60));
  expect(await charge(cycle)).toMatchObject({ state: "PAID", differsBy: null });
  expect(await waiting()).toEqual([id]);
});

test("can be added and taken off while a declined payment waits for its next try, which goes by what is so then", async () => {
  const app = await testApp({ subscribers: 1 });
  const { row, customer, cycle, add, extraIn, charge } = await nextDue(app);
  setCardOutcomes(customer, ["CARD_DECLINED", "success"]);
  const early = await add(1);
  await app.advanceTo(after(cycle.dueAt, 60));
  expect(await charge(cycle)).toMatchObject({ state: "FAILED" });
  await removeOneOff(app.ctx, app.shop, row.id, early.id, "shopper");
  await add(3);
  await app.advanceTo(after(cycle.dueAt, 3 * DAY_MINUTES));
  expect(extraIn(cycle)).toEqual([`3 at ${PRICE}`]);
  expect(await charge(cycle)).toMatchObject({ state: "PAID", differsBy: null });
});

test("does not keep the contract from being changed while a declined payment waits for its next try", async () => {
  const app = await testApp({ subscribers: 1 });
  const { row, contract, customer, cycle, add, orderOf, extraIn, charge, editable } = await nextDue(app);
  setCardOutcomes(customer, ["CARD_DECLINED", "success"]);
  await add();
  await app.advanceTo(after(cycle.dueAt, 60));
  expect(editable()).toBe(false);
  const [line] = row.lines;
  const edit = { kind: "QUANTITY", lineId: line?.id ?? "", quantity: 5 } as const;
  expect(await editContract(app.ctx, app.shop, row.id, [edit], { actor: "shopper" })).toMatchObject({
    outcome: "EDITED",
  });
  expect(contract.lines[0]?.quantity).toBe(5);
  await app.advanceTo(after(cycle.dueAt, 3 * DAY_MINUTES));
  expect(orderOf(cycle)?.lines.map(({ quantity }) => quantity)).toContain(5);
  expect(extraIn(cycle)).toEqual([`2 at ${PRICE}`]);
  expect(await charge(cycle)).toMatchObject({ state: "PAID", differsBy: null });
});

test("waits again when the payment is given up, and leaves the contract free to be changed", async () => {
  const app = await testApp({ subscribers: 1 });
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { dunningEnd: "SKIP" } });
  const { customer, cycle, add, charge, waiting, editable } = await nextDue(app);
  setCardOutcomes(customer, ["CARD_DECLINED"]);
  const { id } = await add();
  await app.advanceTo(after(cycle.dueAt, 20 * DAY_MINUTES));
  expect(await charge(cycle)).toMatchObject({ state: "SKIPPED" });
  expect(await waiting()).toEqual([id]);
  expect(editable()).toBe(true);
});

test("goes with an order that is asked for now, which leaves the contract free to be changed before its cycle is over", async () => {
  const app = await testApp({ subscribers: 1 });
  const { row, cycle, add, extraIn, editable } = await nextDue(app);
  await add();
  expect(await orderNow(app.ctx, app.shop, row.id, "shopper")).toMatchObject({ outcome: "DONE" });
  const running = await addOneOff(
    app.ctx,
    app.shop,
    row.id,
    { variantId: gid("1"), quantity: 1, price: PRICE },
    "shopper",
  );
  expect(running.outcome).not.toBe("ADDED");
  await app.advanceTo(after(new Date(app.world.now), 60));
  expect(extraIn(cycle)).toEqual([`2 at ${PRICE}`]);
  expect(new Date(app.world.now) < cycle.endAt).toBe(true);
  expect(editable()).toBe(true);
});

test.each(["CycleEditOpen", "DraftLineAdd", "CycleEditCommit", "BillingAttemptCreate"])(
  "is neither lost nor charged twice when the answer to %s is lost, whether it was carried out or not",
  async (operation) => {
    const app = await testApp({ subscribers: 1 });
    for (const isDone of [false, true]) {
      const { cycle, add, orderOf, extraIn, charge } = await nextDue(app);
      await add();
      let isBroken = true;
      app.intercept.fetch = (next) => async (input, init) => {
        const { query } = JSON.parse(String(init?.body)) as { query: string };
        const isIt = isBroken && query.startsWith(`mutation ${operation}`);
        if (!isIt) return next(input, init);
        isBroken = false;
        if (isDone) await next(input, init);
        throw new TypeError("fetch failed");
      };
      await app.advanceTo(after(cycle.dueAt, 45));
      expect(isBroken, operation).toBe(false);
      expect(extraIn(cycle), `${operation} ${isDone}`).toEqual([`2 at ${PRICE}`]);
      const paid = await charge(cycle);
      expect(paid).toMatchObject({ state: "PAID", differsBy: null });
      expect(Number(paid?.expectedAmount)).toBe(Number(orderOf(cycle)?.total));
    }
  },
);
