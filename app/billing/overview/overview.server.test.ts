import { expect, test } from "vitest";

import { contractDetail } from "~/contracts/queries.server";
import { localDate } from "~/schedule/due";

import { testApp } from "../../../tests/app";
import type { TestApp } from "../../../tests/app";
import { setCardOutcomes } from "../../../tests/dev-shop/domain";
import { failingCharges, parkedCharges, waitingCycles } from "./attention.server";
import { billingOf } from "./charges-of.server";
import { billingGlance, billingOverview } from "./overview.server";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The contract that is due next, with its customer at Shopify. */
async function nextDue(app: TestApp) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
    include: { cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" } } },
  });
  const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
  const customer = app.shopify.customers[contract?.customerId ?? ""];
  const [cycle] = row.cycles;
  if (!customer || !cycle) throw new Error("nothing is due");
  return { row, customer, cycle };
}

const shopNow = (app: TestApp) => app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } });
const overview = async (app: TestApp) => billingOverview(app.ctx, await shopNow(app));
const after = (at: Date, ms: number) => new Date(at.getTime() + ms).toISOString();

test("the day's run: a renewal is later today, then charged, and nothing of tomorrow is counted", async () => {
  const app = await testApp({ subscribers: 3 });
  const { row, cycle } = await nextDue(app);
  const amount = (await contractDetail(app.ctx, app.shop, row.id))?.amount;
  // The shop's night, hours before the renewals of that day.
  await app.advanceTo(after(cycle.dueAt, -6 * HOUR_MS));
  const before = await overview(app);
  const own = await app.ctx.db.billingCycle.findMany({ where: { outcome: null, claimed: false } });
  const today = localDate(app.ctx.clock.now(), app.shop.timeZone);
  const dueToday = own.filter(({ dueAt }) => localDate(dueAt, app.shop.timeZone) === today).length;
  expect(before.today).toMatchObject({
    all: { count: dueToday },
    later: { count: dueToday },
    charged: { count: 0 },
    running: false,
  });
  if (dueToday === 1) expect(before.today.all.amount).toEqual([amount]);

  await app.advanceTo(after(cycle.dueAt, 2 * HOUR_MS));
  const done = await overview(app);
  expect(done.today).toMatchObject({
    all: { count: dueToday },
    charged: { count: dueToday, amount: before.today.all.amount },
    later: { count: 0 },
    underWay: { count: 0 },
    running: false,
  });
});

test("while a run goes on the page knows it, by what is due and by what is with Shopify", async () => {
  const app = await testApp({ subscribers: 4 });
  const { cycle } = await nextDue(app);
  app.world.now = after(cycle.dueAt, 1000);
  expect((await overview(app)).today).toMatchObject({ running: true });
  await app.settle();
  expect((await overview(app)).today.underWay.count).toBeGreaterThan(0);
});

test("the next thirty days hold each coming cycle on its own day, overdue ones today, and what it is expected to take", async () => {
  const app = await testApp({ subscribers: 8 });
  const { upcoming, upcomingAmount } = await overview(app);
  const today = localDate(app.ctx.clock.now(), app.shop.timeZone);
  expect(upcoming).toHaveLength(30);
  expect(upcoming[0]?.date).toBe(today);
  const last = upcoming.at(-1)?.date ?? "";
  const cycles = await app.ctx.db.billingCycle.findMany({
    where: { outcome: null, claimed: false, contract: { status: "ACTIVE" } },
  });
  const days = cycles.map(({ dueAt }) => localDate(dueAt, app.shop.timeZone)).filter((day) => day <= last);
  expect(upcomingAmount.count).toBe(days.length);
  for (const { date, count } of upcoming)
    expect([date, count]).toEqual([date, days.filter((day) => day === date).length]);
});

test("a daily subscription fills all thirty days, although the mirror holds only its next few cycles", async () => {
  const app = await testApp({ subscribers: 3 });
  const { row } = await nextDue(app);
  await app.ctx.db.subscriptionContract.updateMany({ where: { id: { not: row.id } }, data: { status: "PAUSED" } });
  await app.ctx.db.billingCycle.deleteMany({ where: { contractId: row.id, outcome: null } });
  const known = await app.ctx.db.billingCycle.aggregate({ where: { contractId: row.id }, _max: { cycleIndex: true } });
  const first = (known._max.cycleIndex ?? 0) + 1;
  const now = app.ctx.clock.now().getTime();
  await app.ctx.db.billingCycle.createMany({
    data: [0, 1, 2].map((ahead) => {
      const at = new Date(now + HOUR_MS + ahead * DAY_MS);
      return {
        contractId: row.id,
        shopId: app.shop.id,
        cycleIndex: first + ahead,
        startAt: new Date(at.getTime() - DAY_MS),
        endAt: at,
        expectedAt: at,
        dueAt: at,
      };
    }),
  });
  const daily = { billingInterval: "DAY", billingIntervalCount: 1 } as const;
  await app.ctx.db.subscriptionContract.update({ where: { id: row.id }, data: daily });
  expect((await overview(app)).upcoming.map(({ count }) => count)).toEqual(Array(30).fill(1));
  // With an end in sight only the renewals that are left come.
  await app.ctx.db.subscriptionContract.update({
    where: { id: row.id },
    data: { maxCycles: first + 9 + (row.originOrderId === null ? 0 : 1) },
  });
  expect((await overview(app)).upcomingAmount.count).toBe(10);
});

test("a declined payment is told with its cause, tries and next try, on both pages, and as won back once it is paid", async () => {
  const app = await testApp();
  const { row, customer, cycle } = await nextDue(app);
  setCardOutcomes(customer, ["INSUFFICIENT_FUNDS", "success"]);
  await app.advanceTo(after(cycle.dueAt, 2 * HOUR_MS));
  const failing = await failingCharges(app.ctx, app.shop);
  expect(failing).toMatchObject({ total: 1, page: 1 });
  const [item] = failing.items;
  expect(item).toMatchObject({
    contract: { id: row.id, titles: [expect.any(String)] },
    standing: { stage: "RETRIES", errorCode: "INSUFFICIENT_FUNDS", tries: 1, triesMax: 8 },
  });
  const charge = await app.ctx.db.charge.findUniqueOrThrow({ where: { id: item?.id ?? "" } });
  expect(item?.standing.nextTryAt).toBe(charge.nextActionAt?.toISOString());
  const billing = await billingOf(app.ctx, app.shop, row.id);
  const [newest] = billing?.charges ?? [];
  expect(newest).toMatchObject({ id: item?.id, standing: item?.standing, attempts: [{ number: 1, state: "FAILED" }] });
  expect(newest?.plan).toHaveLength(7);
  expect(billing?.orderNow).toBeNull();
  expect((await overview(app)).today.failed.count).toBe(1);
  expect(await billingGlance(app.ctx, app.shop)).toMatchObject({ failing: 1, parked: 0, heldReason: null });

  await app.advanceTo(after(charge.nextActionAt ?? new Date(0), HOUR_MS));
  expect((await failingCharges(app.ctx, app.shop)).total).toBe(0);
  const paid = await app.ctx.db.charge.findUniqueOrThrow({ where: { id: item?.id ?? "" } });
  expect((await overview(app)).recovery).toMatchObject({
    recovered: { count: 1, amount: [{ amount: paid.paidAmount?.toFixed(2), currencyCode: "NOK" }] },
    lost: { count: 0 },
    ofHundred: 100,
  });
});

test("a held shop tells why, and what is due is kept, not shown as on its way", async () => {
  const app = await testApp({ subscribers: 4 });
  const { cycle } = await nextDue(app);
  const since = app.ctx.clock.now();
  const held = { billingHeldReason: "FROZEN", billingHeldSince: since, billingHeldUntil: null };
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: held });
  app.world.now = after(cycle.dueAt, HOUR_MS);
  const { lane, today } = await overview(app);
  expect(lane).toMatchObject({ reason: "FROZEN", since: since.toISOString(), until: null, differing: [] });
  expect(lane?.kept.count).toBeGreaterThan(0);
  expect(today).toMatchObject({ running: false, underWay: { count: 0 } });
  // Shopify's own pace is no standstill.
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { billingHeldReason: "RATE" } });
  expect(await overview(app)).toMatchObject({ lane: null, today: { running: true, paced: true } });
});

test("what waits or is held back is listed with its reason, page by page, and of this shop alone", async () => {
  const app = await testApp({ subscribers: 14 });
  const rows = await app.ctx.db.subscriptionContract.findMany({ where: { status: "ACTIVE" }, orderBy: { id: "asc" } });
  const now = app.ctx.clock.now();
  for (const row of rows) {
    const cycle = await app.ctx.db.billingCycle.findFirstOrThrow({
      where: { contractId: row.id, outcome: null, claimed: false },
      orderBy: { cycleIndex: "asc" },
    });
    const { contractId, cycleIndex } = cycle;
    await app.ctx.db.billingCycle.update({
      where: { contractId_cycleIndex: { contractId, cycleIndex } },
      data: { waitReason: "STOCK", waitSince: now },
    });
    await app.ctx.db.historyEvent.create({
      data: {
        id: app.ctx.ids.next(),
        shopId: app.shop.id,
        contractId,
        type: "cycle.waiting",
        actor: "perennial",
        data: { cycleIndex, expectedAt: cycle.expectedAt.toISOString(), reason: "stock", titles: ["Nordlys"] },
        at: now,
      },
    });
  }
  const first = await waitingCycles(app.ctx, app.shop);
  expect(first).toMatchObject({ total: rows.length, pageSize: 10 });
  expect(first.items[0]).toMatchObject({ reason: "STOCK", missing: ["Nordlys"], since: now.toISOString() });
  const second = await waitingCycles(app.ctx, app.shop, 2);
  expect(second.items).toHaveLength(rows.length - 10);
  expect(second.items.map(({ id }) => id)).not.toContain(first.items[0]?.id);
  expect((await billingOf(app.ctx, app.shop, rows[0]?.id ?? ""))?.wait).toMatchObject({ missing: ["Nordlys"] });

  const [parkable] = first.items;
  if (!parkable) throw new Error("nothing waits");
  const [contractId = "", cycleIndex] = parkable.id.split(" ");
  await app.ctx.db.charge.create({
    data: {
      id: app.ctx.ids.next(),
      shopId: app.shop.id,
      contractId,
      cycleIndex: Number(cycleIndex),
      state: "PARKED",
      parkedReason: "FOREIGN_CHARGE",
      expectedAmount: 100,
      currencyCode: "NOK",
      claimedAt: now,
      updatedAt: now,
    },
  });
  expect((await parkedCharges(app.ctx, app.shop)).items).toEqual([
    expect.objectContaining({
      reason: "FOREIGN_CHARGE",
      amount: { amount: "100.00", currencyCode: "NOK" },
      amountNow: parkable.amount,
      resolutions: ["MARK_PAID", "CHARGE", "SKIP"],
    }),
  ]);
  const other = { ...app.shop, id: app.ctx.ids.next() };
  for (const list of [waitingCycles, parkedCharges, failingCharges]) {
    expect((await list(app.ctx, other)).total).toBe(0);
  }
  expect(await billingOf(app.ctx, other, contractId)).toBeNull();
});

test("order now is offered once its period has begun, for what the contract takes now", async () => {
  const app = await testApp();
  const { row, cycle } = await nextDue(app);
  expect((await billingOf(app.ctx, app.shop, row.id))?.orderNow).toEqual({
    expectedAt: cycle.expectedAt.toISOString(),
    amount: (await contractDetail(app.ctx, app.shop, row.id))?.amount,
  });
  await app.ctx.db.billingCycle.update({
    where: { contractId_cycleIndex: { contractId: row.id, cycleIndex: cycle.cycleIndex } },
    data: { startAt: new Date(app.ctx.clock.now().getTime() + 1) },
  });
  expect((await billingOf(app.ctx, app.shop, row.id))?.orderNow).toBeNull();
});
