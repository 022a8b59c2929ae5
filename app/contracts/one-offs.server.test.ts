import { expect, test } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { setStock } from "../../tests/dev-shop/domain";
import { addOneOff, oneOffsOf, removeOneOff } from "./one-offs.server";
import { MAX_ONE_OFFS } from "./one-offs";

const gid = (variantId: string) => `gid://shopify/ProductVariant/${variantId}`;

/** An active contract and a variant that is on none of its lines. */
async function contractAndExtra(app: TestApp) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { status: "ACTIVE", nextBillingAt: { not: null } },
    include: { lines: true },
  });
  const taken = row.lines.map(({ variantId }) => variantId);
  const variant = Object.values(app.shopify.variants).find(({ id }) => !taken.includes(gid(id)));
  if (!variant) throw new Error("nothing else is sold");
  setStock(app.world, app.shopify, variant.id, 50);
  return { row, variant, wish: { variantId: gid(variant.id), quantity: 2, price: "99.5" } };
}

const waiting = async (app: TestApp, contractId: string) =>
  (await oneOffsOf(app.ctx, app.shop, [contractId])).get(contractId) ?? [];

const history = (app: TestApp, contractId: string) =>
  app.ctx.db.historyEvent.findMany({
    where: { contractId, type: { in: ["one-off.added", "one-off.removed"] } },
    orderBy: { id: "asc" },
  });

test("what is added waits at the price that was seen, is told with who did it, and can be taken off again", async () => {
  const app = await testApp();
  const { row, variant, wish } = await contractAndExtra(app);
  const added = await addOneOff(app.ctx, app.shop, row.id, wish, "shopper");
  if (added.outcome !== "ADDED") throw new Error(added.outcome);
  expect(await waiting(app, row.id)).toEqual([added.oneOff]);
  expect(added.oneOff).toMatchObject({
    title: app.shopify.products[variant.productId]?.title,
    quantity: 2,
    price: { amount: "99.50", currencyCode: "NOK" },
    total: { amount: "199.00", currencyCode: "NOK" },
  });
  // Shopify hears nothing of it before it is charged.
  const edits = Object.values(app.shopify.contracts).flatMap(({ cycleEdits }) => Object.values(cycleEdits));
  expect(edits.filter(({ contract }) => contract !== undefined)).toEqual([]);

  for (const again of [false, true]) {
    const removed = await removeOneOff(app.ctx, app.shop, row.id, added.oneOff.id, "shopper");
    expect(removed, String(again)).toMatchObject({ outcome: "REMOVED" });
  }
  expect(await waiting(app, row.id)).toEqual([]);
  expect((await history(app, row.id)).map(({ type, actor }) => `${type} ${actor}`)).toEqual([
    "one-off.added shopper",
    "one-off.removed shopper",
  ]);
});

test("nothing is added that can't be sent: too many, sold out, not sold, of a contract that brings no delivery", async () => {
  const app = await testApp();
  const { row, variant, wish } = await contractAndExtra(app);
  const add = (change: Partial<typeof wish> = {}) =>
    addOneOff(app.ctx, app.shop, row.id, { ...wish, ...change }, "shopper");
  expect(await add({ quantity: 0 })).toMatchObject({ outcome: "TOO_MANY" });
  expect(await add({ quantity: 100 })).toMatchObject({ outcome: "TOO_MANY" });
  expect(await add({ quantity: 51 })).toEqual({ outcome: "SOLD_OUT" });
  expect(await add({ variantId: gid("1") })).toEqual({ outcome: "NOT_OFFERED" });
  for (let number = 0; number < MAX_ONE_OFFS; number += 1) expect(await add()).toMatchObject({ outcome: "ADDED" });
  expect(await add()).toEqual({ outcome: "TOO_MANY", most: MAX_ONE_OFFS });
  await app.ctx.db.subscriptionContract.update({ where: { id: row.id }, data: { status: "PAUSED" } });
  expect(await add()).toEqual({ outcome: "NOT_ACTIVE" });
  const first = (await waiting(app, row.id))[0]?.id ?? "";
  expect(await removeOneOff(app.ctx, app.shop, row.id, first, "shopper")).toMatchObject({ outcome: "REMOVED" });
  await app.ctx.db.subscriptionContract.update({ where: { id: row.id }, data: { status: "CANCELLED" } });
  expect(await add()).toEqual({ outcome: "ALREADY_ENDED" });
  expect(variant.inventory).toBe(50);
});

test("a wrong id, another contract's and another shop's are not found", async () => {
  const app = await testApp();
  const { row, wish } = await contractAndExtra(app);
  const added = await addOneOff(app.ctx, app.shop, row.id, wish, "shopper");
  if (added.outcome !== "ADDED") throw new Error(added.outcome);
  const other = await app.ctx.db.subscriptionContract.findFirstOrThrow({ where: { id: { not: row.id } } });
  const stranger = { ...app.shop, id: app.ctx.ids.next() };
  expect(await addOneOff(app.ctx, app.shop, "1", wish, "shopper")).toEqual({ outcome: "NOT_FOUND" });
  expect(await addOneOff(app.ctx, stranger, row.id, wish, "shopper")).toEqual({ outcome: "NOT_FOUND" });
  for (const [shop, contractId, id] of [
    [app.shop, row.id, "1"],
    [app.shop, other.id, added.oneOff.id],
    [stranger, row.id, added.oneOff.id],
  ] as const) {
    expect(await removeOneOff(app.ctx, shop, contractId, id, "shopper")).toEqual({ outcome: "NOT_FOUND" });
  }
  expect((await oneOffsOf(app.ctx, stranger, [row.id])).size).toBe(0);
  expect(await waiting(app, row.id)).toHaveLength(1);
});
