import { beforeEach, describe, expect, test, vi } from "vitest";

import { testApp } from "../../../tests/app";
import type { TestApp } from "../../../tests/app";
import {
  createAttempt,
  cyclesByIndex,
  moveContract,
  nextEventAt,
  runDueEvents,
  setCardOutcomes,
} from "../../../tests/dev-shop/domain";
import { gid } from "../../../tests/dev-shop/world";
import type { Contract } from "../../../tests/dev-shop/world";
import { nextBillingMoment } from "../run.server";
import { nextSweepMoment, sweep, sweepShops } from "./sweep.server";

let app: TestApp;

beforeEach(async () => {
  app = await testApp({ subscribers: 8 });
  vi.restoreAllMocks();
});

/** The shop's active contracts, the oldest first. */
function active(place: number): Contract {
  const contract = Object.values(app.shopify.contracts)
    .filter(({ status }) => status === "ACTIVE")
    .at(place);
  if (!contract) throw new Error("There are too few contracts.");
  return contract;
}

function nextCycle(contract: Contract) {
  const cycle = cyclesByIndex(app.world, app.shopify, contract, 1, 500).find(
    ({ status, billingAttemptExpectedDate: at }) => status === "UNBILLED" && at > app.world.now,
  );
  if (!cycle) throw new Error("There is no cycle to come.");
  return cycle;
}

const idOf = (contract: Contract): string => gid("SubscriptionContract", contract.id);
const shopRow = () => app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } });

/** What Shopify does by itself until the moment; no webhook reaches the app. */
function unheard(instant: string): void {
  for (let next = nextEventAt(app.world); next !== null && next <= instant; next = nextEventAt(app.world)) {
    app.world.now = next;
    runDueEvents(app.world);
  }
  app.world.now = new Date(instant).toISOString();
  app.shopify.outbox = [];
}

/** One whole sweep from its own night on, and what it found. */
async function aNight() {
  const night = (await nextSweepMoment(app.ctx))?.toISOString() ?? "";
  unheard(night > app.world.now ? night : app.world.now);
  const before = app.shopify.calls.length;
  await sweep(app.ctx, app.shop.id);
  expect((await shopRow()).sweepOperationId).not.toBeNull();
  unheard((await nextSweepMoment(app.ctx))?.toISOString() ?? "");
  // The job that waits to look: here it is carried out by hand.
  await app.ctx.db.$executeRaw`DELETE FROM pgboss.job WHERE name = 'billing.sweep'`;
  await sweep(app.ctx, app.shop.id);
  const calls = app.shopify.calls.slice(before);
  const event = await app.ctx.db.historyEvent.findFirstOrThrow({
    where: { shopId: app.shop.id, type: "billing.swept" },
    orderBy: { at: "desc" },
  });
  return { night, found: event.data, points: calls.reduce((sum, call) => sum + call.actualCost, 0) };
}

describe("the nightly sweep", () => {
  test("with nothing amiss finds nothing, in the shop's night, for less than 60 points", async () => {
    const { night, found, points } = await aNight();
    expect(night >= "2026-03-03T02:00:00" && night < "2026-03-03T04:00:00").toBe(true);
    expect(found).toMatchObject({ contracts: expect.any(Number), differed: 0, settled: 0, foreign: 0 });
    expect(points).toBeLessThanOrEqual(60);
    const shop = await shopRow();
    expect(shop).toMatchObject({ sweepOperationId: null, sweptAt: new Date(app.world.now) });
    expect(await nextSweepMoment(app.ctx)).toEqual(new Date(Date.parse(night) + 86_400_000));
  });

  test("learns to which countries the shop ships since", async () => {
    expect((await shopRow()).shipsTo).not.toContain("US");
    app.shopify.shippingRates.push({ title: "USA", price: "299.00", countries: ["US"] });
    await aNight();
    await app.work();
    expect((await shopRow()).shipsTo).toContain("US");
  });

  test("brings mirror and ledger level after a day without a single webhook", async () => {
    const [paused, cancelled, foreign, gone] = [active(0), active(1), active(2), active(3)];
    moveContract(app.world, app.shopify, paused, "pause");
    moveContract(app.world, app.shopify, cancelled, "cancel");
    const { cycleIndex, billingAttemptExpectedDate } = nextCycle(foreign);
    unheard(billingAttemptExpectedDate);
    const input = { idempotencyKey: "another app's", billingCycleSelector: { index: cycleIndex } };
    createAttempt(app.world, app.shopify, foreign, input, "foreign");
    delete app.shopify.contracts[gone.id];
    unheard(new Date(Date.parse(app.world.now) + 3_600_000).toISOString());
    const { found } = await aNight();
    expect(found).toMatchObject({ differed: 3, foreign: 1 });
    await app.work();
    const rows = await app.ctx.db.subscriptionContract.findMany({ include: { cycles: true } });
    for (const row of rows) {
      const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
      expect([row.shopifyId, row.status]).toEqual([row.shopifyId, contract?.status ?? "CANCELLED"]);
      expect(row.goneAt === null).toBe(contract !== undefined);
    }
    const row = rows.find(({ shopifyId }) => shopifyId === idOf(foreign));
    expect(row?.cycles.find((cycle) => cycle.cycleIndex === cycleIndex)?.billed).toBe(true);
    expect((await aNight()).found).toMatchObject({ differed: 0 });
  });

  test("settles outcomes that never reached the ledger", async () => {
    const charge = await aPendingCharge();
    unheard(new Date(Date.parse(app.world.now) + 600_000).toISOString());
    const { found } = await aNight();
    expect(found).toMatchObject({ settled: 1 });
    const settled = await app.ctx.db.charge.findUniqueOrThrow({ where: { id: charge.id } });
    expect(settled.state).toBe("PAID");
  });

  test("hears of a challenge's end however long ago dunning gave it up", async () => {
    const charge = await aPendingCharge();
    // Dunning has given it up and paused the contract; Shopify takes the money after all, longer ago than a sweep lists.
    const givenUp = { errorCode: "EXPIRED_BUYER_ACTION", declineClass: "CHALLENGE", firstFailedAt: charge.claimedAt };
    await app.ctx.db.charge.update({
      where: { id: charge.id },
      data: { ...givenUp, state: "FAILED", nextActionAt: null },
    });
    await app.ctx.db.billingAttempt.updateMany({
      where: { chargeId: charge.id },
      data: { state: "ACTION_REQUIRED" },
    });
    unheard(new Date(Date.parse(app.world.now) + 3 * 86_400_000).toISOString());
    await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { sweptAt: new Date(app.world.now) } });
    expect((await aNight()).found).toMatchObject({ settled: 0 });
    await app.work();
    const settled = await app.ctx.db.charge.findUniqueOrThrow({ where: { id: charge.id } });
    expect(settled.state).toBe("PAID");
  });

  test("books what others have charged of a cycle that was given up before", async () => {
    for (const each of Object.values(app.shopify.customers)) setCardOutcomes(each, ["CARD_DECLINED", "success"]);
    const { id, contractId, cycleIndex } = await aPendingCharge();
    await app.advanceTo(new Date(Date.parse(app.world.now) + 600_000).toISOString());
    const { state } = await app.ctx.db.charge.findUniqueOrThrow({ where: { id } });
    expect(state).toBe("FAILED");
    const givenUp = { state: "SKIPPED", skippedReason: "SKIPPED_DUNNING", nextActionAt: null } as const;
    await app.ctx.db.charge.update({ where: { id }, data: givenUp });
    await app.ctx.db.billingCycle.updateMany({
      where: { contractId, cycleIndex },
      data: { outcome: "SKIPPED_DUNNING", endAt: new Date(app.world.now) },
    });
    const row = await app.ctx.db.subscriptionContract.findUniqueOrThrow({ where: { id: contractId } });
    const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
    if (!contract) throw new Error("the contract is gone");
    const input = { idempotencyKey: "another app's", billingCycleSelector: { index: cycleIndex } };
    createAttempt(app.world, app.shopify, contract, input, "foreign");
    unheard(new Date(Date.parse(app.world.now) + 3_600_000).toISOString());
    expect((await aNight()).found).toMatchObject({ foreign: 1 });
    await app.work();
    await app.advanceTo((await nextBillingMoment(app.ctx))?.toISOString() ?? "");
    const booked = await app.ctx.db.charge.findUniqueOrThrow({ where: { id } });
    expect(booked).toMatchObject({ state: "PAID", imported: true, skippedReason: null });
  });

  test("is carried out by its own jobs, once a night", async () => {
    app = await testApp({ subscribers: 3, sweeps: true });
    await app.advanceTo("2026-03-05T11:00:00Z");
    const swept = await app.ctx.db.historyEvent.findMany({
      where: { shopId: app.shop.id, type: "billing.swept" },
      orderBy: { at: "asc" },
    });
    expect(swept.map(({ at }) => at.toISOString().slice(0, 10))).toEqual(["2026-03-03", "2026-03-04", "2026-03-05"]);
    expect(Object.keys(app.shopify.bulkOperations ?? {})).toHaveLength(6);
  });

  test("begins anew after an operation that ended without a result, but not at once", async () => {
    app = await testApp({ subscribers: 3, sweeps: true });
    unheard((await nextSweepMoment(app.ctx))?.toISOString() ?? "");
    await sweep(app.ctx, app.shop.id);
    for (const operation of Object.values(app.shopify.bulkOperations ?? {})) operation.errorCode = "TIMEOUT";
    unheard((await nextSweepMoment(app.ctx))?.toISOString() ?? "");
    await sweep(app.ctx, app.shop.id);
    expect(await shopRow()).toMatchObject({ sweepOperationId: null, sweptAt: null });
    const started = Object.keys(app.shopify.bulkOperations ?? {}).length;
    await sweepShops(app.ctx);
    await app.work();
    expect(Object.keys(app.shopify.bulkOperations ?? {})).toHaveLength(started);
  });

  test("a result that is cut off on its way changes nothing for good: it is read again", async () => {
    unheard((await nextSweepMoment(app.ctx))?.toISOString() ?? "");
    await sweep(app.ctx, app.shop.id);
    unheard((await nextSweepMoment(app.ctx))?.toISOString() ?? "");
    const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(() => Promise.resolve(new Response("{}\n")));
    await sweep(app.ctx, app.shop.id);
    expect(await shopRow()).toMatchObject({ sweptAt: null, sweepOperationId: expect.any(String) });
    fetched.mockRestore();
    await sweep(app.ctx, app.shop.id);
    expect((await shopRow()).sweptAt).toEqual(new Date(app.world.now));
  });
});

/** A charge that Shopify has taken on and the ledger still waits for. */
async function aPendingCharge() {
  app.world.settings.attemptPendingMinutes = 5;
  for (;;) {
    const moment = await nextBillingMoment(app.ctx);
    if (!moment) throw new Error("nothing is charged");
    await app.advanceTo(moment.toISOString());
    const charge = await app.ctx.db.charge.findFirst({ where: { shopId: app.shop.id, state: "PENDING" } });
    if (charge) return charge;
  }
}
