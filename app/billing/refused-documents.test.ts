import { expect, test } from "vitest";

import { confirmGone } from "~/contracts/gone.server";
import { addOneOff } from "~/contracts/one-offs.server";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { setStock } from "../../tests/dev-shop/domain";
import { resolveParked } from "./actions.server";
import { billingOverview } from "./overview/overview.server";

const MINUTE_MS = 60_000;
const after = (at: Date, minutes: number): string => new Date(at.getTime() + minutes * MINUTE_MS).toISOString();

/** Shopify refuses every document of this name as such, as after a change of its schema. */
function refuse(app: TestApp, name: string | null): void {
  app.intercept.fetch = (next) => (input, init) => {
    const { query } = JSON.parse(String(init?.body)) as { query: string };
    if (name === null || !query.includes(` ${name}(`)) return next(input, init);
    const answer = { errors: [{ message: "Field 'draft' doesn't exist", extensions: { code: "undefinedField" } }] };
    return Promise.resolve(Response.json(answer));
  };
}

async function nextDue(app: TestApp) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
    include: { lines: true, cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" }, take: 1 } },
  });
  const [cycle] = row.cycles;
  if (!cycle) throw new Error("nothing is due");
  const charge = () =>
    app.ctx.db.charge.findUnique({
      where: { contractId_cycleIndex: { contractId: row.id, cycleIndex: cycle.cycleIndex } },
    });
  return { row, cycle, charge };
}

test("a document that billing can't do without holds the shop with its reason, and billing goes on when it is mended", async () => {
  const app = await testApp({ subscribers: 1 });
  const { cycle, charge } = await nextDue(app);
  refuse(app, "AttemptFeed");
  await app.advanceTo(after(cycle.dueAt, 30));
  const shop = await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } });
  expect((await billingOverview(app.ctx, shop)).lane).toMatchObject({ reason: "REFUSED" });
  refuse(app, null);
  await app.advanceTo(after(cycle.dueAt, 65));
  expect(await charge()).toMatchObject({ state: "PAID", differsBy: null });
});

test("one about a single cycle parks that charge with its reason, and a person lets it go on", async () => {
  const app = await testApp({ subscribers: 1 });
  const { row, cycle, charge } = await nextDue(app);
  const other = Object.values(app.shopify.variants).find(
    ({ id }) => !row.lines.some(({ variantId }) => variantId?.endsWith(`/${id}`)),
  );
  setStock(app.world, app.shopify, other?.id ?? "", 10);
  const wish = { variantId: `gid://shopify/ProductVariant/${other?.id ?? ""}`, quantity: 1, price: "50.00" };
  expect(await addOneOff(app.ctx, app.shop, row.id, wish, "shopper")).toMatchObject({ outcome: "ADDED" });
  refuse(app, "CycleEditOpen");
  await app.advanceTo(after(cycle.dueAt, 30));
  const parked = await charge();
  expect(parked).toMatchObject({ state: "PARKED", parkedReason: "REFUSED_DOCUMENT" });
  expect(await app.ctx.db.shop.findUnique({ where: { id: app.shop.id } })).toMatchObject({ billingHeldReason: null });
  refuse(app, null);
  expect(await resolveParked(app.ctx, app.shop, parked?.id ?? "", "CHARGE", "merchant")).toEqual({ outcome: "DONE" });
  await app.advanceTo(after(cycle.dueAt, 60));
  expect(await charge()).toMatchObject({ state: "PAID", differsBy: null });
  expect(await app.ctx.db.oneOff.findFirst()).toMatchObject({ cycleIndex: cycle.cycleIndex });
});

test("a call that is turned away says nothing about what it asked for: no contract is gone by it, no charge parked", async () => {
  const app = await testApp({ subscribers: 1 });
  const { row, cycle, charge } = await nextDue(app);
  const turnAway = (name: string | null) => {
    app.intercept.fetch = (next) => (input, init) =>
      name !== null && String(init?.body).includes(name)
        ? Promise.resolve(Response.json({ errors: "Not Found" }, { status: 404 }))
        : next(input, init);
  };
  turnAway("query");
  await expect(confirmGone(app.ctx, app.shop, [row.shopifyId])).rejects.toThrow();
  const contract = await app.ctx.db.subscriptionContract.findUniqueOrThrow({ where: { id: row.id } });
  expect(contract).toMatchObject({ status: "ACTIVE", goneAt: null });

  turnAway("BillingAttemptCreate");
  await app.advanceTo(after(cycle.dueAt, 30));
  expect(await charge()).toMatchObject({ state: "CLAIMED" });
  turnAway(null);
  await app.advanceTo(after(cycle.dueAt, 90));
  expect(await charge()).toMatchObject({ state: "PAID" });
  expect(await app.ctx.db.billingAttempt.count({ where: { charge: { contractId: row.id, imported: false } } })).toBe(1);
});
