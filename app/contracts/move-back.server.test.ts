import { beforeAll, describe, expect, test } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { cycleAt } from "../../tests/dev-shop/domain";
import type { Contract } from "../../tests/dev-shop/world";
import { tickContracts } from "./attend.server";
import { moveCycle, unskipCycle } from "./cycles.server";
import { moveBackWouldBe, takeMoveBack } from "./move-back.server";
import { moveDelivery } from "./move.server";

/** A move beyond its cycle is taken back as a whole or not at all, to the very moments of before. */
let app: TestApp;
const contracts: Contract[] = [];

beforeAll(async () => {
  app = await testApp({ subscribers: 20 });
  await app.settle();
  contracts.push(...Object.values(app.shopify.contracts).filter(({ status }) => status === "ACTIVE"));
});

const FIRST = 1;
const SHOWN = 8;

/** A contract's cycles, here and at Shopify: what is expected, charged and skipped, and when. */
async function cyclesOf(contract: Contract, contractId: string) {
  const here = await app.ctx.db.billingCycle.findMany({ where: { contractId }, orderBy: { cycleIndex: "asc" } });
  const there = Array.from({ length: SHOWN }, (_, at) => cycleAt(app.world, app.shopify, contract, FIRST + at)).map(
    ({ billingAttemptExpectedDate, skipped }) => [billingAttemptExpectedDate, skipped],
  );
  return { here, there };
}

/** Another contract, with its next delivery moved beyond its cycle. */
async function moved(cycles = 1) {
  const contract = contracts.pop();
  if (!contract) throw new Error("no contract is left");
  const { id } = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { shopifyId: `gid://shopify/SubscriptionContract/${contract.id}` },
  });
  const open = { contractId: id, outcome: null, dueAt: { gt: app.ctx.clock.now() } };
  const [own, ...rest] = await app.ctx.db.billingCycle.findMany({ where: open, orderBy: { cycleIndex: "asc" } });
  const later = rest[cycles - 1];
  if (!own || !later) throw new Error("the contract has deliveries to come");
  const before = await cyclesOf(contract, id);
  // Its first whole day: another than its own date, within it for every frequency.
  const day = new Date(later.startAt.getTime() + 86_400_000).toISOString().slice(0, 10);
  const outcome = await moveDelivery(app.ctx, app.shop, id, own.cycleIndex, day, "shopper");
  if (outcome.outcome !== "MOVED" || !outcome.move) throw new Error(JSON.stringify(outcome));
  expect(outcome.cycleIndex).toBe(own.cycleIndex + cycles);
  const { move } = outcome;
  const takeBack = () => takeMoveBack(app.ctx, app.shop, id, move, "shopper");
  const state = async () => (await app.ctx.db.deliveryMove.findUniqueOrThrow({ where: { id: move } })).state;
  return { contract, id, own, later, move, before, takeBack, state, after: await cyclesOf(contract, id) };
}

/** Answers the calls of one mutation otherwise while `act` runs. */
async function meanwhile(name: string, answer: () => Promise<Response>, act: () => Promise<unknown>) {
  app.intercept.fetch = (next) => (input, init) =>
    String(init?.body).includes(`mutation ${name}`) ? answer() : next(input, init);
  try {
    await act();
  } finally {
    app.intercept.fetch = (next) => next;
  }
}

const cut = () => Promise.reject(new TypeError("connection reset"));

const refusing = (field: string) => () =>
  Promise.resolve(
    Response.json({ data: { [field]: { billingCycle: null, userErrors: [{ code: "INVALID", message: "No." }] } } }),
  );

/** The job comes by, some minutes later. */
async function attended() {
  await app.advanceTo(new Date(Date.parse(app.world.now) + 3 * 60_000).toISOString());
  await tickContracts(app.ctx);
  await app.work();
}

describe("a move beyond its cycle", () => {
  test.each([1, 2])("by %i is taken back to the millisecond, and by the shopper", async (cycles) => {
    const { contract, id, before, after, takeBack, state } = await moved(cycles);
    expect(after).not.toEqual(before);
    expect(await takeBack()).toEqual({ outcome: "MOVED_BACK", underWay: false });
    expect(await cyclesOf(contract, id)).toEqual(before);
    expect(await state()).toBe("UNDONE");
    const events = await app.ctx.db.historyEvent.findMany({
      where: { contractId: id, type: { startsWith: "cycle." } },
    });
    expect(new Set(events.map(({ actor }) => actor))).toEqual(new Set(["shopper"]));
  });

  test("brings back a later delivery that had been moved itself, to where that was", async () => {
    const { contract, id, own, later, takeBack } = await moved();
    await takeBack();
    const elsewhere = new Date(later.startAt.getTime() + 3 * 86_400_000 + 123_000);
    await moveCycle(app.ctx, app.shop, id, later.cycleIndex, elsewhere, "shopper");
    const before = await cyclesOf(contract, id);
    const day = new Date(later.startAt.getTime() + 86_400_000).toISOString().slice(0, 10);
    const again = await moveDelivery(app.ctx, app.shop, id, own.cycleIndex, day, "shopper");
    const move = again.outcome === "MOVED" ? again.move : null;
    expect(await cyclesOf(contract, id)).not.toEqual(before);
    await takeMoveBack(app.ctx, app.shop, id, move ?? "", "shopper");
    expect(await cyclesOf(contract, id)).toEqual(before);
  });

  test("that was being taken back when the process died is taken back by the job", async () => {
    const { contract, id, before, after, later, takeBack, state } = await moved(2);
    await meanwhile("CycleUnskip", cut, async () => {
      expect(await takeBack()).toEqual({ outcome: "MOVED_BACK", underWay: true });
    });
    // Half of it: the later one has its date again, and those before it do not come yet.
    const half = await cyclesOf(contract, id);
    expect(half.here.find(({ cycleIndex }) => cycleIndex === later.cycleIndex)?.expectedAt).toEqual(later.expectedAt);
    expect(half.here.filter(({ skipped }) => skipped)).toEqual(after.here.filter(({ skipped }) => skipped));
    expect(await state()).toBe("UNDOING");
    await attended();
    expect(await cyclesOf(contract, id)).toEqual(before);
    expect(await state()).toBe("UNDONE");
  });

  test("stays as it was moved when Shopify refuses a part of the way back", async () => {
    const { contract, id, after, takeBack, state } = await moved();
    await meanwhile("CycleUnskip", refusing("subscriptionBillingCycleUnskip"), async () => {
      expect(await takeBack()).toMatchObject({ outcome: "REFUSED" });
    });
    expect(await cyclesOf(contract, id)).toEqual(after);
    expect(await state()).toBe("DONE");
    // It may be asked for again.
    expect(await takeBack()).toEqual({ outcome: "MOVED_BACK", underWay: false });
  });

  test("stays as it was moved when the job finds a half of it refused", async () => {
    const { contract, id, after, takeBack, state } = await moved(2);
    await meanwhile("CycleUnskip", cut, takeBack);
    await meanwhile("CycleUnskip", refusing("subscriptionBillingCycleUnskip"), attended);
    expect(await cyclesOf(contract, id)).toEqual(after);
    expect(await state()).toBe("DONE");
  });

  test("is taken back once, whoever presses twice", async () => {
    const { contract, id, before, takeBack } = await moved();
    const both = await Promise.all([takeBack(), takeBack()]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(["ALREADY_DONE", "MOVED_BACK"]);
    expect(await takeBack()).toEqual({ outcome: "ALREADY_DONE" });
    expect(await cyclesOf(contract, id)).toEqual(before);
  });

  test("is not taken back over what somebody has changed since", async () => {
    const [one, other] = [await moved(2), await moved()];
    await unskipCycle(app.ctx, app.shop, one.id, one.own.cycleIndex, "shopper");
    const elsewhere = new Date(other.later.startAt.getTime() + 4 * 86_400_000);
    await moveCycle(app.ctx, app.shop, other.id, other.later.cycleIndex, elsewhere, "merchant");
    for (const { contract, id, takeBack } of [one, other]) {
      const changed = await cyclesOf(contract, id);
      expect(await takeBack()).toEqual({ outcome: "CHANGED" });
      expect(await cyclesOf(contract, id)).toEqual(changed);
    }
  });

  test("is nobody else's to take back", async () => {
    const [one, other] = [await moved(), await moved()];
    expect(await takeMoveBack(app.ctx, app.shop, other.id, one.move, "shopper")).toEqual({ outcome: "NOT_FOUND" });
    const stranger = { ...app.shop, id: app.ctx.ids.next() };
    expect(await takeMoveBack(app.ctx, stranger, one.id, one.move, "shopper")).toEqual({ outcome: "NOT_FOUND" });
    expect(await cyclesOf(one.contract, one.id)).toEqual(one.after);
  });

  test("is not taken back once the old date has passed: that delivery is never charged", async () => {
    const { contract, id, own, move, takeBack } = await moved();
    await app.advanceTo(new Date(own.dueAt.getTime() + 60_000).toISOString());
    const passed = await cyclesOf(contract, id);
    expect(await moveBackWouldBe(app.ctx, app.shop, id, move)).toEqual({ outcome: "TOO_LATE" });
    expect(await takeBack()).toEqual({ outcome: "TOO_LATE" });
    expect(await cyclesOf(contract, id)).toEqual(passed);
    const attempts = Object.values(app.shopify.attempts).filter(({ contractId }) => contractId === contract.id);
    expect(attempts.filter(({ cycleIndex }) => cycleIndex === own.cycleIndex)).toEqual([]);
  });

  test("that could not be taken back before the old date passed arrives where it was moved to", async () => {
    const { contract, id, own, after, takeBack, state } = await moved();
    await meanwhile("CycleUnskip", cut, async () => {
      await takeBack();
      await app.advanceTo(new Date(own.dueAt.getTime() + 60_000).toISOString());
    });
    await attended();
    expect((await cyclesOf(contract, id)).there).toEqual(after.there);
    expect(await state()).toBe("DONE");
  });

  test("is not taken back once it has been charged, and that is charged once", async () => {
    const { contract, id, own, later, takeBack } = await moved();
    const { dueAt } = await app.ctx.db.billingCycle.findUniqueOrThrow({
      where: { contractId_cycleIndex: { contractId: id, cycleIndex: later.cycleIndex } },
    });
    await app.advanceTo(new Date(dueAt.getTime() + 3_600_000).toISOString());
    const charged = await cyclesOf(contract, id);
    expect(await takeBack()).toEqual({ outcome: "TOO_LATE" });
    expect(await cyclesOf(contract, id)).toEqual(charged);
    const attempts = Object.values(app.shopify.attempts).filter(({ contractId }) => contractId === contract.id);
    const ofBoth = attempts.map(({ cycleIndex }) => cycleIndex ?? 0).filter((index) => index >= own.cycleIndex);
    expect(ofBoth).toEqual([later.cycleIndex]);
  });
});
