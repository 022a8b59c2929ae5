import { expect, test } from "vitest";

import { contractDetail, homeFigures, listContracts } from "~/contracts/queries.server";
import { rereadContracts } from "~/contracts/read.server";
import { pauseContract, resumeContract } from "~/contracts/status.server";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import {
  answerChallenge,
  createAttempt,
  scheduleEditCycle,
  setCardOutcomes,
  updatePaymentMethod,
} from "../../tests/dev-shop/domain";
import { sqlChargeStore } from "./ledger/charge-store.server";
import { runBilling } from "./run.server";
import { billingSettings } from "./settings/settings.server";

/** Successful attempts of a contract's cycles in Shopify, whoever made them: "contract cycle", sorted. */
const shopifySuccesses = ({ shopify }: TestApp): string[] =>
  Object.values(shopify.attempts)
    .filter(({ state, cycleIndex }) => state === "Success" && cycleIndex !== null)
    .map(({ contractId, cycleIndex }) => `${contractId} ${cycleIndex}`)
    .sort();

/** The ledger's paid charges in the same form. */
async function ledgerPaid({ ctx }: TestApp): Promise<string[]> {
  const charges = await ctx.db.charge.findMany({ where: { state: "PAID" }, include: { contract: true } });
  return charges.map(({ contract, cycleIndex }) => `${contract.shopifyId.split("/").at(-1)} ${cycleIndex}`).sort();
}

/** Shopify and ledger agree, and no cycle was paid twice. */
async function expectTrueLedger(app: TestApp): Promise<void> {
  const successes = shopifySuccesses(app);
  expect(new Set(successes).size).toBe(successes.length);
  expect(await ledgerPaid(app)).toEqual(successes);
}

/** Shopify's events go nowhere from now on. */
const loseWebhooks = ({ shopify }: TestApp): void => {
  Object.defineProperty(shopify, "outbox", { get: () => [], configurable: true });
};

/** The contract that is due next, with its own customer alone. */
async function nextDue(app: TestApp) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
    include: { customer: true, cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" }, take: 1 } },
  });
  const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
  const cycle = row.cycles[0];
  if (!contract || !cycle) throw new Error("nothing is due");
  return { row, contract, cycle };
}

const DAY_MINUTES = 24 * 60;
const after = (at: Date, minutes: number): string => new Date(at.getTime() + minutes * 60_000).toISOString();

const isAttempt = (init: RequestInit | undefined): boolean =>
  String(init?.body).includes("subscriptionBillingAttemptCreate");

test("over a month each due cycle is charged once, at the billing hour, and ledger and Shopify agree", async () => {
  const app = await testApp({ subscribers: 6 });
  const before = shopifySuccesses(app).length;
  await expectTrueLedger(app);
  await app.advanceTo("2026-04-02T11:00:00Z");
  expect(shopifySuccesses(app).length).toBeGreaterThan(before);
  await expectTrueLedger(app);
  const charges = await app.ctx.db.charge.findMany({ where: { imported: false }, include: { attempts: true } });
  for (const charge of charges) {
    expect(charge.attempts).toHaveLength(1);
    expect(charge.orderName).toMatch(/^#\d+$/);
    // 09:00 in Oslo, in winter and in summer time.
    expect(charge.claimedAt.toISOString().slice(11, 16)).toBe(
      charge.claimedAt < new Date("2026-03-29") ? "08:00" : "07:00",
    );
  }
  const overdue = await app.ctx.db.billingCycle.count({
    where: { outcome: null, claimed: false, dueAt: { lte: app.ctx.clock.now() } },
  });
  expect(overdue).toBe(0);
});

test("without a single webhook the poll finds every outcome", async () => {
  const app = await testApp();
  loseWebhooks(app);
  const before = shopifySuccesses(app).length;
  await app.advanceTo("2026-03-20T11:00:00Z");
  expect(shopifySuccesses(app).length).toBeGreaterThan(before);
  await expectTrueLedger(app);
});

test("webhooks that come again, in another order and under other names, change nothing", async () => {
  const app = await testApp();
  const { outbox } = app.shopify;
  const sent: typeof outbox = [];
  const push = outbox.push.bind(outbox);
  outbox.push = (...events) => {
    sent.push(...events);
    return push(...events);
  };
  const { cycle } = await nextDue(app);
  await app.advanceTo(after(cycle.dueAt, 5));
  expect(sent.map(({ topic }) => topic)).toContain("subscription_billing_attempts/success");
  const history = await app.ctx.db.historyEvent.count();
  push(...[...sent].reverse());
  push(...sent.map((event) => ({ ...event, eventId: `${event.eventId} again` })));
  await app.settle();
  expect(await app.ctx.db.historyEvent.count()).toBe(history);
  await expectTrueLedger(app);
});

test("an answer that is lost after the work was done brings one order, by the same key", async () => {
  const app = await testApp();
  loseWebhooks(app);
  let lost = 0;
  app.intercept.fetch = (next) => async (input, init) => {
    const response = await next(input, init);
    if (!isAttempt(init) || lost > 0) return response;
    lost += 1;
    throw new TypeError("connection reset");
  };
  const { row, cycle } = await nextDue(app);
  await app.advanceTo(cycle.dueAt.toISOString());
  expect(lost).toBe(1);
  expect(await app.ctx.db.charge.findMany({ where: { state: "UNKNOWN" } })).toHaveLength(1);
  expect(await pauseContract(app.ctx, app.shop, row.id, "merchant")).toEqual({ outcome: "RENEWAL_RUNNING" });
  await app.advanceTo(after(cycle.dueAt, 60));
  await expectTrueLedger(app);
  expect(await app.ctx.db.charge.count({ where: { imported: false, state: "PAID" } })).toBe(1);
});

test("an attempt that never reached Shopify is sent again with the same key", async () => {
  const app = await testApp();
  let tries = 0;
  app.intercept.fetch = (next) => (input, init) => {
    if (isAttempt(init)) tries += 1;
    return isAttempt(init) && tries === 1 ? Promise.reject(new TypeError("refused")) : next(input, init);
  };
  const { cycle } = await nextDue(app);
  await app.advanceTo(after(cycle.dueAt, 60));
  expect(tries).toBe(2);
  await expectTrueLedger(app);
});

test("a worker that dies between intent and sending is taken over after its lease, and one order comes of it", async () => {
  const app = await testApp();
  const { cycle, row } = await nextDue(app);
  app.world.now = cycle.dueAt.toISOString();
  const store = sqlChargeStore(app.ctx, app.shop, await billingSettings(app.ctx, app.shop));
  const [due] = await store.dueCycles(cycle.dueAt, 1);
  if (!due) throw new Error("nothing due");
  const { idempotencyKey } = await import("./key");
  await store.claim(
    [{ ...due, idempotencyKey: idempotencyKey(app.shop.domain, row.shopifyId, cycle.cycleIndex, 1) }],
    cycle.dueAt,
    new Date(after(cycle.dueAt, 5)),
  );
  await app.advanceTo(after(cycle.dueAt, 4));
  expect(await app.ctx.db.charge.count({ where: { state: "SENDING" } })).toBe(1);
  await app.advanceTo(after(cycle.dueAt, 30));
  await expectTrueLedger(app);
  expect(await app.ctx.db.charge.count({ where: { contractId: row.id, imported: false, state: "PAID" } })).toBe(1);
});

test("two workers on one shop at once charge every cycle once", async () => {
  const app = await testApp({ subscribers: 8 });
  // Weeks of renewals are due at once.
  app.world.now = "2026-03-16T11:00:00Z";
  await Promise.all([1, 2, 3].map(() => runBilling(app.ctx, app.shop.id)));
  await app.advanceTo("2026-03-16T13:00:00Z");
  await expectTrueLedger(app);
});

test("what another app has charged is booked and not charged again", async () => {
  const app = await testApp();
  const { contract, cycle, row } = await nextDue(app);
  app.world.now = after(cycle.expectedAt, -120);
  createAttempt(
    app.world,
    app.shopify,
    contract,
    { idempotencyKey: "theirs", billingCycleSelector: { index: cycle.cycleIndex } },
    "foreign",
  );
  loseWebhooks(app);
  await app.advanceTo(after(cycle.dueAt, 24 * 60));
  await expectTrueLedger(app);
  const detail = await contractDetail(app.ctx, app.shop, row.id);
  expect(detail?.history.find(({ type }) => type === "charge.paid")).toMatchObject({
    actor: "shopify",
    data: { adopted: true },
  });
});

test("a cycle that passes while paused brings no order, and resuming never charges it", async () => {
  const app = await testApp();
  const { row, cycle } = await nextDue(app);
  expect(await pauseContract(app.ctx, app.shop, row.id, "merchant")).toEqual({ outcome: "PAUSED" });
  await app.advanceTo(after(cycle.dueAt, 120));
  const paused = await contractDetail(app.ctx, app.shop, row.id);
  expect(paused).toMatchObject({ status: "PAUSED", nextBillingAt: null });
  expect(paused?.history[0]).toMatchObject({ type: "cycle.skipped", data: { reason: "paused" } });
  const resumed = await resumeContract(app.ctx, app.shop, row.id, "merchant");
  expect(resumed.outcome).toBe("RESUMED");
  await app.advanceTo(after(cycle.dueAt, 240));
  expect(await app.ctx.db.charge.count({ where: { contractId: row.id, cycleIndex: cycle.cycleIndex } })).toBe(0);
  const detail = await contractDetail(app.ctx, app.shop, row.id);
  expect(Date.parse(detail?.nextBillingAt ?? "")).toBeGreaterThan(cycle.expectedAt.getTime());
  expect(detail?.history.map(({ type, actor }) => `${type} ${actor}`)).toEqual([
    "contract.resumed merchant",
    "cycle.skipped perennial",
    "contract.paused merchant",
    "contract.created shopify",
  ]);
});

test("a cycle that passed while paused is charged after all, once, when somebody gives it a day to come", async () => {
  const app = await testApp();
  const { row, contract, cycle } = await nextDue(app);
  const move = (billingDate: string) =>
    scheduleEditCycle(app.world, app.shopify, contract, { index: cycle.cycleIndex }, { billingDate });
  expect(move(after(new Date(app.world.now), DAY_MINUTES)).userErrors).toEqual([]);
  await app.settle();
  expect(await pauseContract(app.ctx, app.shop, row.id, "merchant")).toEqual({ outcome: "PAUSED" });
  await app.advanceTo(after(new Date(app.world.now), 2 * DAY_MINUTES));
  await resumeContract(app.ctx, app.shop, row.id, "merchant");
  const passed = await contractDetail(app.ctx, app.shop, row.id);
  expect(passed?.history.some(({ type }) => type === "cycle.skipped")).toBe(true);
  expect(move(cycle.endAt.toISOString()).userErrors).toEqual([]);
  await app.advanceTo(after(cycle.endAt, DAY_MINUTES));
  const successes = shopifySuccesses(app).filter((each) => each === `${contract.id} ${cycle.cycleIndex}`);
  expect(successes).toHaveLength(1);
  await expectTrueLedger(app);
});

test("a declined card is tried again by the schedule, shows until it is paid, and the cycle that was missed is let go", async () => {
  const app = await testApp();
  const { row, contract, cycle } = await nextDue(app);
  const customer = app.shopify.customers[contract.customerId];
  if (!customer) throw new Error("no customer");
  setCardOutcomes(customer, ["CARD_DECLINED", "CARD_DECLINED", "success"]);
  await app.advanceTo(after(cycle.dueAt, 60));
  const failed = await contractDetail(app.ctx, app.shop, row.id);
  expect(failed).toMatchObject({ attention: "PAYMENT_FAILED", paymentErrorCode: "CARD_DECLINED", status: "ACTIVE" });
  expect(failed?.charges[0]).toMatchObject({ state: "FAILED", errorCode: "CARD_DECLINED" });
  expect((await listContracts(app.ctx, app.shop, { needsAttention: true })).items.map(({ id }) => id)).toEqual([
    row.id,
  ]);
  expect((await homeFigures(app.ctx, app.shop)).attention.paymentFailed).toBe(1);

  await app.advanceTo(after(cycle.dueAt, 3 * 24 * 60));
  const charge = await app.ctx.db.charge.findFirstOrThrow({
    where: { contractId: row.id, cycleIndex: cycle.cycleIndex },
    include: { attempts: { orderBy: { number: "asc" } } },
  });
  expect(charge.attempts.map(({ number, state }) => `${number} ${state}`)).toEqual([
    "1 FAILED",
    "2 FAILED",
    "3 SUCCESS",
  ]);
  expect(await contractDetail(app.ctx, app.shop, row.id)).toMatchObject({ attention: null, paymentErrorCode: null });
  await expectTrueLedger(app);
});

test("a card that never works ends in a pause that keeps the overdue cycle, and a new card is charged for it", async () => {
  const app = await testApp();
  const { row, contract, cycle } = await nextDue(app);
  const customer = app.shopify.customers[contract.customerId];
  if (!customer) throw new Error("no customer");
  setCardOutcomes(customer, ["CARD_DECLINED"]);
  await app.advanceTo(after(cycle.dueAt, 16 * 24 * 60));
  const paused = await app.ctx.db.charge.findFirstOrThrow({
    where: { contractId: row.id, cycleIndex: cycle.cycleIndex },
    include: { attempts: true, contract: true },
  });
  expect(paused).toMatchObject({ state: "FAILED", nextActionAt: null, contract: { status: "PAUSED" } });
  expect(paused.attempts).toHaveLength(8);
  expect(contract.status).toBe("PAUSED");

  setCardOutcomes(customer, ["success"]);
  const method = Object.values(app.shopify.paymentMethods).find(({ customerId }) => customerId === customer.id);
  if (!method) throw new Error("no card");
  updatePaymentMethod(app.world, app.shopify, method, { lastDigits: "9876" });
  await app.advanceTo(after(new Date(app.world.now), 10));
  expect((await app.ctx.db.charge.findUniqueOrThrow({ where: { id: paused.id } })).state).toBe("FAILED");
  await app.advanceTo(after(new Date(app.world.now), 60));
  expect(contract.status).toBe("ACTIVE");
  expect((await app.ctx.db.charge.findUniqueOrThrow({ where: { id: paused.id } })).state).toBe("PAID");
  await expectTrueLedger(app);
});

test("what was let go when the tries ended stays so however often the contract is read again", async () => {
  const app = await testApp({ subscribers: 8 });
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { dunningEnd: "SKIP" } });
  const weekly = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { billingInterval: "WEEK", billingIntervalCount: 1, status: "ACTIVE" },
    include: { cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" } } },
  });
  const [first, second] = weekly.cycles;
  const contract = app.shopify.contracts[weekly.shopifyId.split("/").at(-1) ?? ""];
  const customer = app.shopify.customers[contract?.customerId ?? ""];
  if (!first || !second || !customer) throw new Error("nothing is due");
  setCardOutcomes(customer, ["EXPIRED_CARD"]);
  await app.advanceTo(after(first.dueAt, 14 * DAY_MINUTES - 60));
  setCardOutcomes(customer, ["success"]);
  await app.advanceTo(after(first.dueAt, 14 * DAY_MINUTES + 60));
  const outcomes = async () => {
    const ofBoth = { contractId: weekly.id, cycleIndex: { in: [first.cycleIndex, second.cycleIndex] } };
    const cycles = await app.ctx.db.billingCycle.findMany({ where: ofBoth });
    return cycles.map(({ outcome }) => outcome);
  };
  expect(await outcomes()).toEqual(["SKIPPED_DUNNING", "SKIPPED_DUNNING"]);
  await rereadContracts(app.ctx, app.shop, [weekly.shopifyId], { whole: true });
  await app.advanceTo(after(first.dueAt, 20 * DAY_MINUTES));
  expect(await outcomes()).toEqual(["SKIPPED_DUNNING", "SKIPPED_DUNNING"]);
  expect(await app.ctx.db.charge.count({ where: { contractId: weekly.id, cycleIndex: second.cycleIndex } })).toBe(0);
  await expectTrueLedger(app);
});

test("a payment that is approved after dunning has paused lets the subscription go on", async () => {
  const app = await testApp();
  const { row, contract, cycle } = await nextDue(app);
  const customer = app.shopify.customers[contract.customerId];
  if (!customer) throw new Error("no customer");
  app.world.settings.assumptions.challengesExpire = false;
  setCardOutcomes(customer, ["challenge"]);
  await app.advanceTo(after(cycle.dueAt, 4 * DAY_MINUTES));
  expect(contract.status).toBe("PAUSED");
  const attempt = Object.values(app.shopify.attempts).find(
    ({ contractId, cycleIndex }) => contractId === contract.id && cycleIndex === cycle.cycleIndex,
  );
  if (!attempt) throw new Error("no attempt");
  expect(answerChallenge(app.world, app.shopify, attempt, true)).toBe(true);
  await app.advanceTo(after(cycle.dueAt, 4 * DAY_MINUTES + 60));
  const charge = await app.ctx.db.charge.findFirstOrThrow({
    where: { contractId: row.id, cycleIndex: cycle.cycleIndex },
  });
  expect(charge.state).toBe("PAID");
  expect(contract.status).toBe("ACTIVE");
  await expectTrueLedger(app);
});

test("a shopper who pauses while a charge is in dunning is not charged for it any more", async () => {
  const app = await testApp();
  const { row, contract, cycle } = await nextDue(app);
  const customer = app.shopify.customers[contract.customerId];
  if (!customer) throw new Error("no customer");
  setCardOutcomes(customer, ["CARD_DECLINED", "success"]);
  await app.advanceTo(after(cycle.dueAt, 60));
  expect(await pauseContract(app.ctx, app.shop, row.id, "shopper")).toEqual({ outcome: "PAUSED" });
  await app.advanceTo(after(cycle.dueAt, 5 * 24 * 60));
  const charge = await app.ctx.db.charge.findFirstOrThrow({
    where: { contractId: row.id, cycleIndex: cycle.cycleIndex },
    include: { attempts: true, cycle: true },
  });
  expect(charge).toMatchObject({ state: "SKIPPED", cycle: { outcome: "SKIPPED_PAUSED" } });
  expect(charge.attempts).toHaveLength(1);
});

test("after two weeks without a worker every missed renewal of a weekly subscriber is charged, half an interval apart", async () => {
  const app = await testApp({ subscribers: 8 });
  const weekly = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { billingInterval: "WEEK", billingIntervalCount: 1, status: "ACTIVE" },
  });
  const due = await app.ctx.db.billingCycle.count({
    where: { contractId: weekly.id, outcome: null, dueAt: { lte: "2026-03-15T11:00:00Z" } },
  });
  expect(due).toBeGreaterThanOrEqual(2);
  const own = { contractId: weekly.id, imported: false };
  // Nobody worked for two weeks.
  app.world.now = "2026-03-15T11:00:00Z";
  await app.advanceTo("2026-03-15T13:00:00Z");
  expect(await app.ctx.db.charge.count({ where: { ...own, state: "PAID" } })).toBeLessThanOrEqual(1);
  await app.advanceTo("2026-04-20T13:00:00Z");
  const paid = await app.ctx.db.charge.findMany({ where: { ...own, state: "PAID" }, orderBy: { paidAt: "asc" } });
  const parked = await app.ctx.db.charge.findMany({ where: { ...own, state: "PARKED" } });
  expect(parked.map(({ parkedReason }) => parkedReason)).toEqual([]);
  expect(paid.length).toBeGreaterThanOrEqual(due);
  const times = paid.map(({ paidAt }) => paidAt?.getTime() ?? 0);
  for (const [index, at] of times.slice(1).entries()) {
    expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(3.5 * 24 * 3_600_000);
  }
  await expectTrueLedger(app);
});

test("what is later than the merchant allows waits for a person, and says so", async () => {
  const app = await testApp();
  const { row, cycle } = await nextDue(app);
  app.world.now = after(cycle.dueAt, 15 * 24 * 60);
  await app.settle();
  const charge = await app.ctx.db.charge.findFirstOrThrow({
    where: { contractId: row.id, cycleIndex: cycle.cycleIndex },
    include: { attempts: true },
  });
  expect(charge).toMatchObject({ state: "PARKED", parkedReason: "TOO_LATE", attempts: [] });
});

test("after the last of its renewals a contract expires, and is not charged again", async () => {
  const app = await testApp();
  const { row, contract, cycle } = await nextDue(app);
  contract.billingPolicy.maxCycles = cycle.cycleIndex + (contract.originOrderId === null ? 0 : 1);
  contract.revisionId = `${contract.revisionId}1`;
  await rereadContracts(app.ctx, app.shop, [row.shopifyId], { whole: true });
  await app.advanceTo(after(cycle.dueAt, 40 * 24 * 60));
  expect(contract.status).toBe("EXPIRED");
  const paid = await app.ctx.db.charge.findMany({ where: { contractId: row.id, imported: false } });
  expect(paid.map(({ cycleIndex, state }) => `${cycleIndex} ${state}`)).toEqual([`${cycle.cycleIndex} PAID`]);
});

test("while the shop is frozen nothing is lost, and it goes on when the shop is back", async () => {
  const app = await testApp();
  const { cycle } = await nextDue(app);
  app.shopify.status = "frozen";
  app.world.now = cycle.dueAt.toISOString();
  await runBilling(app.ctx, app.shop.id);
  expect(await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } })).toMatchObject({
    billingHeldReason: "FROZEN",
  });
  app.shopify.status = "active";
  await app.advanceTo(after(cycle.dueAt, 7 * 60));
  expect(await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } })).toMatchObject({
    billingHeldReason: null,
  });
  await expectTrueLedger(app);
  expect(await app.ctx.db.charge.count({ where: { imported: false, state: "PAID" } })).toBe(1);
});
