import { expect, test } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { setCardOutcomes } from "../../tests/dev-shop/domain";
import { orderNow, releaseBilling, resolveParked, retryNow } from "./actions.server";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const after = (at: Date, minutes: number): string => new Date(at.getTime() + minutes * MINUTE_MS).toISOString();

/** The contract that is due next, with Shopify's side of it. */
async function nextDue(app: TestApp) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
    include: { cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" } } },
  });
  const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
  const customer = app.shopify.customers[contract?.customerId ?? ""];
  const [cycle, following] = row.cycles;
  if (!customer || !cycle || !following) throw new Error("nothing is due");
  return { row, customer, cycle, following };
}

const chargeOf = (app: TestApp, contractId: string, cycleIndex: number) =>
  app.ctx.db.charge.findUniqueOrThrow({
    where: { contractId_cycleIndex: { contractId, cycleIndex } },
    include: { attempts: { orderBy: { number: "asc" } }, cycle: true },
  });

const ordersOf = (app: TestApp, contractShopifyId: string, cycleIndex: number): number =>
  Object.values(app.shopify.attempts).filter(
    (attempt) =>
      contractShopifyId.endsWith(`/${attempt.contractId}`) &&
      attempt.cycleIndex === cycleIndex &&
      attempt.state === "Success",
  ).length;

test("order now charges the current cycle once, also when it is asked for twice, and leaves the dates after it", async () => {
  const app = await testApp();
  const { row, cycle, following } = await nextDue(app);
  const asked = await orderNow(app.ctx, app.shop, row.id, "merchant");
  expect(asked).toEqual({ outcome: "DONE", expectedAt: app.world.now });
  expect(await orderNow(app.ctx, app.shop, row.id, "merchant")).toEqual({ outcome: "NOT_NOW", why: "RENEWAL_RUNNING" });
  await app.advanceTo(after(new Date(app.world.now), 60));
  expect(await chargeOf(app, row.id, cycle.cycleIndex)).toMatchObject({ state: "PAID", confirmedBy: "merchant" });
  expect(ordersOf(app, row.shopifyId, cycle.cycleIndex)).toBe(1);
  const next = await app.ctx.db.billingCycle.findUniqueOrThrow({
    where: { contractId_cycleIndex: { contractId: row.id, cycleIndex: following.cycleIndex } },
  });
  expect(next.expectedAt).toEqual(following.expectedAt);
  // The current cycle is paid and the next has not begun.
  expect(await orderNow(app.ctx, app.shop, row.id, "merchant")).toEqual({ outcome: "NOT_NOW", why: "TOO_EARLY" });
  await app.advanceTo(after(cycle.expectedAt, 60));
  expect(ordersOf(app, row.shopifyId, cycle.cycleIndex)).toBe(1);
});

test("retry now tries a declined charge at once with a new key, and only once", async () => {
  const app = await testApp();
  const { row, customer, cycle } = await nextDue(app);
  setCardOutcomes(customer, ["CARD_DECLINED", "success"]);
  await app.advanceTo(after(cycle.dueAt, 60));
  const { id } = await chargeOf(app, row.id, cycle.cycleIndex);
  expect(await retryNow(app.ctx, app.shop, id, "merchant")).toEqual({ outcome: "DONE" });
  await app.advanceTo(after(cycle.dueAt, 90));
  const paid = await chargeOf(app, row.id, cycle.cycleIndex);
  expect(paid.attempts.map(({ state }) => state)).toEqual(["FAILED", "SUCCESS"]);
  expect(await retryNow(app.ctx, app.shop, id, "merchant")).toEqual({ outcome: "NOT_NOW", why: "ALREADY_PAID" });
});

test("a shopper may have a declined payment tried again three times a day, the shop as often as it likes", async () => {
  const app = await testApp();
  const { row, customer, cycle } = await nextDue(app);
  setCardOutcomes(customer, ["CARD_DECLINED"]);
  await app.advanceTo(after(cycle.dueAt, 10));
  const { id } = await chargeOf(app, row.id, cycle.cycleIndex);
  const retry = async (actor: "shopper" | "merchant") => {
    const asked = await retryNow(app.ctx, app.shop, id, actor);
    await app.advanceTo(after(new Date(app.world.now), 10));
    return asked;
  };
  expect(await retry("shopper")).toEqual({ outcome: "DONE" });
  expect(await retry("shopper")).toEqual({ outcome: "DONE" });
  expect(await retry("shopper")).toEqual({ outcome: "NOT_NOW", why: "TOO_OFTEN" });
  expect(await retry("merchant")).toEqual({ outcome: "DONE" });
  expect((await chargeOf(app, row.id, cycle.cycleIndex)).attempts).toHaveLength(4);
});

test("a parked charge is resolved by its buttons: charged, skipped, or noted as paid", async () => {
  for (const how of ["CHARGE", "SKIP", "MARK_PAID"] as const) {
    const app = await testApp();
    const { row, cycle } = await nextDue(app);
    app.world.now = after(cycle.dueAt, 15 * DAY_MINUTES);
    await app.settle();
    const parked = await chargeOf(app, row.id, cycle.cycleIndex);
    expect(parked).toMatchObject({ state: "PARKED", parkedReason: "TOO_LATE" });
    expect(await resolveParked(app.ctx, app.shop, parked.id, how, "merchant")).toEqual({ outcome: "DONE" });
    await app.advanceTo(after(new Date(app.world.now), 60));
    const resolved = await chargeOf(app, row.id, cycle.cycleIndex);
    expect(resolved).toMatchObject(
      how === "SKIP"
        ? { state: "SKIPPED", cycle: { outcome: "SKIPPED_BY_MERCHANT" } }
        : { state: "PAID", cycle: { outcome: "BILLED" } },
    );
    expect(ordersOf(app, row.shopifyId, cycle.cycleIndex)).toBe(how === "CHARGE" ? 1 : 0);
  }
});

test("nobody acts on another shop's charge", async () => {
  const app = await testApp();
  const { row, cycle } = await nextDue(app);
  app.world.now = after(cycle.dueAt, 15 * DAY_MINUTES);
  await app.settle();
  const { id } = await chargeOf(app, row.id, cycle.cycleIndex);
  const stranger = { ...app.shop, id: "0197b0a0-0000-7000-8000-000000000009" };
  expect(await resolveParked(app.ctx, stranger, id, "CHARGE", "merchant")).toEqual({ outcome: "NOT_FOUND" });
  expect(await retryNow(app.ctx, stranger, id, "merchant")).toEqual({ outcome: "NOT_FOUND" });
  expect(await orderNow(app.ctx, stranger, row.id, "merchant")).toEqual({ outcome: "NOT_FOUND" });
  expect(await chargeOf(app, row.id, cycle.cycleIndex)).toMatchObject({ state: "PARKED" });
});

test("an order that takes more than was meant stops the shop's billing until a person lets it go on", async () => {
  const app = await testApp({ subscribers: 6 });
  const { row, cycle } = await nextDue(app);
  // Somebody raises the price in Shopify between the announcement and the order.
  app.intercept.fetch = (next) => async (input, init) => {
    const response = await next(input, init);
    const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
    const line = contract?.lines[0];
    if (line && String(init?.body).includes("subscriptionBillingAttemptCreate")) line.currentPrice = "9999.00";
    return response;
  };
  app.world.settings.assumptions.orderFollowsContractAtAttempt = false;
  await app.advanceTo(after(cycle.dueAt, 60));
  const paid = await chargeOf(app, row.id, cycle.cycleIndex);
  expect(paid.state).toBe("PAID");
  expect(Number(paid.differsBy)).toBeGreaterThan(0);
  const held = await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } });
  expect(held).toMatchObject({ billingHeldReason: "AMOUNT_DIFFERS", billingHeldUntil: null });

  const before = await app.ctx.db.charge.count({ where: { imported: false } });
  await app.advanceTo(after(cycle.dueAt, 20 * DAY_MINUTES));
  expect(await app.ctx.db.charge.count({ where: { imported: false } })).toBe(before);
  app.intercept.fetch = (next) => next;
  await releaseBilling(app.ctx, held, "merchant");
  await app.advanceTo(after(new Date(app.world.now), 60));
  expect(await app.ctx.db.charge.count({ where: { imported: false } })).toBeGreaterThan(before);
});
