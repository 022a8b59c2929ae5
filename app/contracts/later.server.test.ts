import { beforeAll, describe, expect, test } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { cycleAt } from "../../tests/dev-shop/domain";
import type { Contract } from "../../tests/dev-shop/world";
import { tickContracts } from "./attend.server";
import { moveDelivery } from "./move.server";
import { pauseUntil } from "./pause.server";
import { contractDetail } from "./queries.server";
import { quoteRestart, restartContract } from "./restart.server";
import { cancelContract } from "./status.server";
import type { ContractDetail } from "./views";

/** Moving, pausing until a day, restarting. */
let app: TestApp;
const contracts: Contract[] = [];

beforeAll(async () => {
  app = await testApp({ subscribers: 16 });
  await app.settle();
  contracts.push(...Object.values(app.shopify.contracts).filter(({ status }) => status === "ACTIVE"));
});

async function fresh(): Promise<{ contract: Contract; view: ContractDetail }> {
  const contract = contracts.pop();
  const view = contract ? await contractDetail(app.ctx, app.shop, contract.id) : null;
  if (!contract || !view) throw new Error("no contract is left");
  return { contract, view };
}

const viewOf = async (id: string): Promise<ContractDetail> => {
  const view = await contractDetail(app.ctx, app.shop, id);
  if (!view) throw new Error("the contract is gone");
  return view;
};

/** Does something to the calls of one mutation while `act` runs. */
async function meanwhile(
  name: string,
  fault: (next: () => Promise<Response>) => Promise<Response>,
  act: () => Promise<unknown>,
) {
  app.intercept.fetch = (next) => (input, init) =>
    String(init?.body).includes(`mutation ${name}`) ? fault(() => next(input, init)) : next(input, init);
  try {
    await act();
  } finally {
    app.intercept.fetch = (next) => next;
  }
}

const cutBefore = () => Promise.reject(new TypeError("connection reset"));

const cycleOf = (contract: Contract, index: number) => cycleAt(app.world, app.shopify, contract, index);

/** Beyond the cycle, and another day than the later cycle's own. */
const dayBefore = (day = ""): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

const expectedOf = (contract: Contract, index: number) =>
  new Date(cycleOf(contract, index).billingAttemptExpectedDate).toISOString();

describe("a delivery", () => {
  test("is moved beyond its cycle: the cycle is skipped, the later one's date is set, by the shopper", async () => {
    const { contract, view } = await fresh();
    const [own, next] = view.upcoming;
    const day = dayBefore(own?.movable?.to);
    const outcome = await moveDelivery(app.ctx, app.shop, view.id, own?.cycleIndex ?? 0, day, "shopper");
    expect(outcome).toMatchObject({ outcome: "MOVED", underWay: false });
    if (outcome.outcome !== "MOVED") return;
    expect(outcome.skipped[0]).toBe(own?.expectedAt);
    expect(cycleOf(contract, own?.cycleIndex ?? 0).skipped).toBe(true);
    expect(expectedOf(contract, outcome.cycleIndex)).toBe(outcome.expectedAt);
    expect(outcome.cycleIndex).toBeGreaterThanOrEqual(next?.cycleIndex ?? 0);
    const now = await viewOf(view.id);
    expect(now.nextBillingAt).toBe(outcome.expectedAt);
    expect(now.history.filter(({ type }) => type.startsWith("cycle.")).every(({ actor }) => actor === "shopper")).toBe(
      true,
    );
  });

  test("is not moved to a day that is not offered, nor a second time at once", async () => {
    const { view } = await fresh();
    const own = view.upcoming[0];
    const index = own?.cycleIndex ?? 0;
    const past = await moveDelivery(app.ctx, app.shop, view.id, index, "2026-03-01", "shopper");
    expect(past).toEqual({ outcome: "DATE_NOT_POSSIBLE", range: own?.movable });
    const day = dayBefore(own?.movable?.to);
    const both = await Promise.all([1, 2].map(() => moveDelivery(app.ctx, app.shop, view.id, index, day, "shopper")));
    expect(
      both
        .map(({ outcome }) => outcome)
        .sort()
        .at(0),
    ).toBe("MOVED");
    expect(await app.ctx.db.deliveryMove.count({ where: { contractId: view.id, state: "DONE" } })).toBe(1);
  });

  test("is where it was when Shopify refuses a part of it", async () => {
    const { contract, view } = await fresh();
    const own = view.upcoming[0];
    const before = structuredClone(contract.cycleEdits);
    const refusal = {
      data: {
        subscriptionBillingCycleScheduleEdit: {
          billingCycle: null,
          userErrors: [{ code: "OUT_OF_BOUNDS", message: "No." }],
        },
      },
    };
    await meanwhile(
      "CycleMove",
      () => Promise.resolve(Response.json(refusal)),
      async () => {
        const outcome = await moveDelivery(
          app.ctx,
          app.shop,
          view.id,
          own?.cycleIndex ?? 0,
          dayBefore(own?.movable?.to),
          "shopper",
        );
        expect(outcome).toMatchObject({ outcome: "REFUSED" });
      },
    );
    expect(contract.cycleEdits).toEqual(before);
    expect((await viewOf(view.id)).nextBillingAt).toBe(view.nextBillingAt);
    expect(await app.ctx.db.deliveryMove.findFirst({ where: { contractId: view.id } })).toMatchObject({
      state: "UNDONE",
    });
  });

  test("whose move was left on the way arrives all the same", async () => {
    const { contract, view } = await fresh();
    const own = view.upcoming[0];
    const index = own?.cycleIndex ?? 0;
    let moved: Awaited<ReturnType<typeof moveDelivery>> | null = null;
    await meanwhile("CycleMove", cutBefore, async () => {
      moved = await moveDelivery(app.ctx, app.shop, view.id, index, dayBefore(own?.movable?.to), "shopper");
      expect(moved).toMatchObject({ outcome: "MOVED", underWay: true });
    });
    expect(cycleOf(contract, index).skipped).toBe(true);
    await app.advanceTo(new Date(Date.parse(app.world.now) + 3 * 60_000).toISOString());
    await tickContracts(app.ctx);
    await app.work();
    const target = (moved as { cycleIndex?: number } | null)?.cycleIndex ?? 0;
    expect(expectedOf(contract, target)).toBe((moved as { expectedAt?: string } | null)?.expectedAt);
    expect(await app.ctx.db.deliveryMove.findFirst({ where: { contractId: view.id } })).toMatchObject({
      state: "DONE",
    });
  });
});

describe("a pause", () => {
  test("until a day ends by itself at the shop's beginning of that day, and bills nothing that passed", async () => {
    const { contract, view } = await fresh();
    expect(await pauseUntil(app.ctx, app.shop, view.id, "2026-03-01", "shopper")).toEqual({
      outcome: "DATE_NOT_POSSIBLE",
    });
    expect(await pauseUntil(app.ctx, app.shop, view.id, "2026-03-20", "shopper")).toEqual({ outcome: "PAUSED" });
    const paused = await viewOf(view.id);
    expect(paused).toMatchObject({ status: "PAUSED", pausedUntil: "2026-03-20", nextBillingAt: null });
    expect(paused.history[0]).toMatchObject({
      type: "contract.paused",
      actor: "shopper",
      data: { until: "2026-03-20" },
    });
    // Another day.
    expect(await pauseUntil(app.ctx, app.shop, view.id, "2026-03-22", "shopper")).toEqual({ outcome: "PAUSED" });
    await app.advanceTo("2026-03-21T22:59:00Z");
    expect(contract.status).toBe("PAUSED");
    await app.advanceTo("2026-03-21T23:00:00Z");
    expect(contract.status).toBe("ACTIVE");
    const resumed = await viewOf(view.id);
    expect(resumed).toMatchObject({ status: "ACTIVE", pausedUntil: null });
    expect(resumed.nextBillingAt && resumed.nextBillingAt > "2026-03-21").toBe(true);
    expect(resumed.history.find(({ type }) => type === "contract.resumed")).toMatchObject({ actor: "perennial" });
    const charged = resumed.charges.filter(
      ({ expectedAt }) => expectedAt > "2026-03-02T11:00" && expectedAt < "2026-03-21T23",
    );
    expect(charged).toEqual([]);
  });

  test("that the merchant has made has no end of its own", async () => {
    const { view } = await fresh();
    await pauseUntil(app.ctx, app.shop, view.id, null, "merchant");
    expect(await viewOf(view.id)).toMatchObject({ status: "PAUSED", pausedUntil: null });
  });
});

describe("an ended contract", () => {
  test("is made anew at today's prices, once for a double click, with its consent", async () => {
    const { view } = await fresh();
    expect(await quoteRestart(app.ctx, app.shop, view.id)).toEqual({ outcome: "NOT_ENDED" });
    await cancelContract(app.ctx, app.shop, view.id, "shopper");
    const quoted = await quoteRestart(app.ctx, app.shop, view.id);
    expect(quoted).toMatchObject({ outcome: "QUOTED", terms: { frequency: view.frequency } });
    const consented: string[] = [];
    const count = Object.keys(app.shopify.contracts).length;
    const click = () =>
      restartContract(app.ctx, app.shop, view.id, {
        actor: "shopper",
        consent: (_tx, contractId) => Promise.resolve(void consented.push(contractId)),
      });
    const [one, two] = await Promise.all([click(), click()]);
    expect(one).toMatchObject({ outcome: "RESTARTED" });
    expect(two).toEqual(one);
    expect(await click()).toEqual(one);
    expect(Object.keys(app.shopify.contracts).length).toBe(count + 1);
    if (one.outcome !== "RESTARTED" || quoted.outcome !== "QUOTED") throw new Error(one.outcome);
    expect(consented).toEqual([one.contractId]);
    expect(one).toMatchObject({ amount: quoted.terms.amount, nextBillingAt: quoted.terms.nextBillingAt });
    const made = await viewOf(one.contractId);
    expect(made).toMatchObject({ status: "ACTIVE", restartedFromId: view.id, shippingAddress: view.shippingAddress });
    expect(made.history[0]).toMatchObject({
      type: "contract.restarted",
      actor: "shopper",
      data: { from: view.number },
    });
  });

  test("is not made twice when Shopify's answer was lost", async () => {
    const { view } = await fresh();
    await cancelContract(app.ctx, app.shop, view.id, "shopper");
    const count = Object.keys(app.shopify.contracts).length;
    const click = () =>
      restartContract(app.ctx, app.shop, view.id, { actor: "shopper", consent: () => Promise.resolve() });
    const doneAndCut = async (next: () => Promise<Response>): Promise<Response> => {
      await next();
      throw new TypeError("connection reset");
    };
    await meanwhile("ContractRestart", doneAndCut, async () => {
      expect(await click()).toEqual({ outcome: "SHOPIFY_UNAVAILABLE" });
    });
    expect(await click()).toMatchObject({ outcome: "RESTARTED" });
    expect(Object.keys(app.shopify.contracts).length).toBe(count + 1);
  });

  test("without a card that could be charged stays ended", async () => {
    const { contract, view } = await fresh();
    await cancelContract(app.ctx, app.shop, view.id, "shopper");
    for (const method of Object.values(app.shopify.paymentMethods)) {
      if (method.customerId === contract.customerId) method.revokedAt = app.world.now;
    }
    const click = restartContract(app.ctx, app.shop, view.id, { actor: "shopper", consent: () => Promise.resolve() });
    expect(await click).toEqual({ outcome: "NO_PAYMENT_METHOD" });
  });
});
