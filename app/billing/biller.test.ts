import { describe, expect, test } from "vitest";

import { AdminApiError } from "~/shopify/admin-api.server";

import type { SendAnswer } from "./answer";
import { createBiller } from "./biller";
import type { BillerPorts, StockDecision } from "./biller";
import { CONTRACT, gid, NOW, OTHER, suiteContracts } from "./ledger/charge-store.fixture";
import { MemoryChargeStore } from "./ledger/charge-store.memory";
import type { MemoryContract } from "./ledger/charge-store.memory";
import { outcomeOf } from "./ledger/charge-store.suite";
import type { Intent } from "./ledger/charge-store";
import type { Feed, GuardReading, UnreadableGuard } from "./guard";
import { DEFAULT_SETTINGS } from "./settings/settings";
import type { BillingSettings } from "./settings/settings";

const MINUTE_MS = 60_000;
const QUIET: Feed = { attempts: [], contracts: [], complete: true, mark: { attemptId: 1n, contractsAt: NOW } };

/** A shop of so many weekly contracts, each with one cycle due. */
function manyContracts(count: number): MemoryContract[] {
  const [contract] = suiteContracts();
  if (!contract) throw new Error("no contract");
  return Array.from({ length: count }, (_, index) => ({
    ...contract,
    contractId: `contract ${index}`,
    contractShopifyId: `gid://shopify/SubscriptionContract/${index}`,
    cycles: contract.cycles.slice(1, 2).map((cycle) => ({ ...cycle })),
  }));
}

/** A biller over a ledger in memory and a Shopify that a test plays. */
function shopOf(
  contracts: MemoryContract[],
  ports: Partial<BillerPorts> & { settings?: BillingSettings } = {},
  gate: Partial<BillerPorts["gate"]> = {},
) {
  const settings = ports.settings ?? { ...DEFAULT_SETTINGS, timeZone: "UTC" };
  const store = new MemoryChargeStore(contracts, settings);
  const calls: string[][] = [];
  const guarded: string[] = [];
  const world = { now: NOW };
  const biller = createBiller({
    store,
    settings,
    stock: {
      decide: (intents) => Promise.resolve(intents.map((): StockDecision => ({ kind: "SEND" }))),
      undo: () => Promise.resolve(true),
    },
    acts: {
      pause: () => Promise.resolve("DONE"),
      resume: () => Promise.resolve("DONE"),
      cancel: () => Promise.resolve("DONE"),
    },
    pace: { allowance: () => 1000, sent: () => Promise.resolve() },
    reread: () => Promise.resolve(),
    keyOf: (contract, cycle, attempt) => `${contract}:${cycle}:${attempt}`,
    now: () => world.now,
    ...ports,
    gate: {
      readFeed: () => Promise.resolve(QUIET),
      readGuards: (cycles) => {
        guarded.push(...cycles.map(({ contractShopifyId }) => contractShopifyId));
        return Promise.resolve(cycles.map(() => reading({})));
      },
      readAttempts: () => Promise.resolve([]),
      ...gate,
      sendAttempts: (intents, isLate) => {
        calls.push(intents.map(({ attempt }) => attempt.idempotencyKey));
        return gate.sendAttempts?.(intents, isLate) ?? Promise.resolve(intents.map(accepted));
      },
    },
  });
  return { store, biller, calls, guarded, world, charges: () => [...store.charges.values()] };
}

const accepted = ({ attempt }: Intent): SendAnswer => ({
  kind: "ACCEPTED",
  shopifyId: `gid://shopify/SubscriptionBillingAttempt/${attempt.attemptId}`,
  pending: true,
});
const reading = (change: Partial<GuardReading>): GuardReading => ({
  contractStatus: "ACTIVE",
  revisionId: "1",
  skipped: false,
  expectedAt: NOW,
  dueAt: NOW,
  cycles: [],
  attempts: [],
  ...change,
});

describe("a run", () => {
  test("sends one attempt alone, then five, then twenty-five at a time", async () => {
    const { biller, calls } = shopOf(manyContracts(60));
    await biller.round(100);
    expect(calls.map((keys) => keys.length)).toEqual([1, 5, 25, 25, 4]);
    expect(new Set(calls.flat()).size).toBe(60);
  });

  test(
    "has many whole batches on their way at once as soon as the trials have gone well",
    { timeout: 5_000 },
    async () => {
      let together = 0;
      let most = 0;
      const { biller } = shopOf(
        manyContracts(106),
        {},
        {
          async sendAttempts(intents) {
            together += 1;
            most = Math.max(most, together);
            await new Promise((resolve) => setImmediate(resolve));
            together -= 1;
            return intents.map(accepted);
          },
        },
      );
      await biller.round(200);
      expect(most).toBe(4);
    },
  );

  test("keeps to the shop's pace also while many batches are on their way at once", async () => {
    let accepted_ = 0;
    const { biller, calls, charges } = shopOf(
      manyContracts(200),
      {
        pace: {
          allowance: () => 60 - accepted_,
          sent: ({ accepted: count }) => Promise.resolve(void (accepted_ += count)),
        },
      },
      {
        async sendAttempts(intents) {
          await new Promise((resolve) => setImmediate(resolve));
          return intents.map(accepted);
        },
      },
    );
    await biller.round(200);
    expect(calls.flat()).toHaveLength(60);
    expect(charges().filter(({ state }) => state === "CLAIMED")).toHaveLength(140);
  });

  test("that a first attempt shows to be broken goes on one by one, not with twenty-five", async () => {
    const { biller, calls } = shopOf(
      manyContracts(4),
      {},
      {
        sendAttempts: (intents) =>
          Promise.resolve(intents.map((): SendAnswer => ({ kind: "REFUSED", code: "INVALID", message: "" }))),
      },
    );
    await biller.round(100);
    expect(calls.map((keys) => keys.length)).toEqual([1, 1, 1, 1]);
  });

  test("stops when Shopify takes no more attempts, and nothing is lost: the same keys go out later", async () => {
    let isThrottled = true;
    const { biller, calls, charges, world } = shopOf(
      manyContracts(3),
      {},
      {
        sendAttempts: (intents) =>
          Promise.resolve(
            intents.map((intent) =>
              isThrottled ? { kind: "REFUSED", code: "THROTTLED", message: "" } : accepted(intent),
            ),
          ),
      },
    );
    await biller.round(100);
    expect(calls).toHaveLength(1);
    expect([...new Set(charges().map(({ state }) => state))]).toEqual(["CLAIMED"]);
    isThrottled = false;
    world.now = new Date(NOW.getTime() + 2 * MINUTE_MS);
    await biller.round(100);
    expect(charges().map(({ state, attempts }) => [state, attempts.length])).toEqual(
      Array.from({ length: 3 }, () => ["PENDING", 1]),
    );
    expect(calls.flat()).toEqual(expect.arrayContaining(calls[0] ?? []));
  });

  test("that Shopify breaks off says so to its caller, and puts back what it had not sent", async () => {
    const { biller, charges } = shopOf(
      manyContracts(3),
      {},
      {
        sendAttempts: () => Promise.reject(new AdminApiError("SHOP_UNAVAILABLE", "frozen")),
      },
    );
    await expect(biller.round(100)).rejects.toThrow("frozen");
    for (const { state, attempts } of charges()) {
      expect([state, attempts.map((attempt) => attempt.state)]).toEqual(["CLAIMED", ["INTENT"]]);
    }
  });

  test("that Shopify breaks off before anything was sent need not wait for its lease: a minute later all of it goes out", async () => {
    const lost = new AdminApiError("NO_ANSWER", "lost");
    // Throttled at once; then the lists have more than can be read, and the answer after them is lost; then all is well.
    const feeds = [new AdminApiError("THROTTLED", "Throttled"), { ...QUIET, complete: false }];
    const desks = [lost];
    const { biller, calls, guarded, world, charges } = shopOf(
      manyContracts(3),
      {
        stock: {
          decide: async (intents) => {
            const broken = desks.shift();
            if (broken) throw broken;
            return Promise.resolve(intents.map((): StockDecision => ({ kind: "SEND" })));
          },
          undo: () => Promise.resolve(true),
        },
      },
      {
        readFeed: async () => {
          const next = feeds.shift() ?? QUIET;
          if (next instanceof AdminApiError) throw next;
          return Promise.resolve(next);
        },
      },
    );
    await expect(biller.round(100)).rejects.toThrow("Throttled");
    expect(charges().map(({ state }) => state)).toEqual(["CLAIMED", "CLAIMED", "CLAIMED"]);
    world.now = new Date(NOW.getTime() + MINUTE_MS);
    await expect(biller.round(100)).rejects.toThrow("lost");
    expect(guarded.splice(0)).toHaveLength(3);
    world.now = new Date(NOW.getTime() + 2 * MINUTE_MS);
    await biller.round(100);
    // What the lists have left out then is still looked for.
    expect(guarded).toHaveLength(3);
    expect(calls.flat()).toHaveLength(3);
  });

  test("that sleeps beyond its lease before it sends leaves its intents to whoever has taken them over", async () => {
    const { biller, calls, store, world } = shopOf(manyContracts(1), {
      stock: {
        decide: async (intents) => {
          world.now = new Date(NOW.getTime() + 11 * MINUTE_MS);
          await store.takeFollowUps(world.now, 10, new Date(world.now.getTime() + 10 * MINUTE_MS));
          return intents.map((): StockDecision => ({ kind: "SEND" }));
        },
        undo: () => Promise.resolve(true),
      },
    });
    await biller.round(100);
    expect(calls).toEqual([]);
  });
});

describe("the end of dunning", () => {
  test.each([
    ["ACTIVE", 1],
    ["PAUSED", 0],
  ] as const)(
    "of a payment that could still be approved cancels a contract that is %s %i times",
    async (status, times) => {
      let cancelled = 0;
      const contracts = manyContracts(1);
      const { biller, store, charges, world } = shopOf(contracts, {
        settings: { ...DEFAULT_SETTINGS, timeZone: "UTC", dunningEnd: "CANCEL" },
        acts: {
          pause: () => Promise.resolve("DONE"),
          resume: () => Promise.resolve("DONE"),
          cancel: () => {
            cancelled += 1;
            return Promise.resolve("DONE");
          },
        },
      });
      await biller.round(100);
      const [attempt] = charges()[0]?.attempts ?? [];
      if (!attempt || !contracts[0]) throw new Error("nothing was sent");
      world.now = new Date(NOW.getTime() + 14 * 24 * 60 * MINUTE_MS);
      for (const at of [NOW, world.now]) {
        const { shopifyId, idempotencyKey } = attempt;
        await store.settle([outcomeOf("ACTION_REQUIRED", { shopifyId: shopifyId ?? "", idempotencyKey })], at);
      }
      contracts[0].status = status;
      await biller.attend();
      await biller.round(100);
      expect(cancelled).toBe(times);
      expect(charges()[0]?.state).toBe(times > 0 ? "SKIPPED" : "FAILED");
    },
  );
});

describe("before a charge", () => {
  test("the bulk guard is enough while it is whole, and each cycle is looked at by itself when it is not", async () => {
    const trusting = shopOf(manyContracts(3));
    await trusting.biller.round(100);
    expect(trusting.guarded).toEqual([]);
    const doubting = shopOf(manyContracts(3), {}, { readFeed: () => Promise.resolve({ ...QUIET, complete: false }) });
    await doubting.biller.round(100);
    expect(doubting.guarded).toHaveLength(3);
    expect(doubting.calls.flat()).toHaveLength(3);
  });

  test("a contract that Shopify has otherwise is read again once in a run, and waits while the two still differ", async () => {
    const read: string[] = [];
    const behind: Feed = { ...QUIET, contracts: [{ shopifyId: gid(CONTRACT), status: "ACTIVE", revisionId: "2" }] };
    const { biller, store, calls } = shopOf(
      suiteContracts().slice(0, 1),
      { reread: (ids) => Promise.resolve(void read.push(...ids)) },
      { readFeed: () => Promise.resolve(behind), readGuards: () => Promise.resolve([reading({ revisionId: "2" })]) },
    );
    for (let round = 0; round < 3; round += 1) await biller.round(100);
    expect([read, calls]).toEqual([[gid(CONTRACT)], []]);
    const [cycle] = store.contract(CONTRACT)?.cycles ?? [];
    expect(cycle).toMatchObject({ claimed: false, waitReason: "DISAGREEMENT" });
  });

  test("a cycle that can't be understood is parked, and the others go out", async () => {
    const { biller, store, calls } = shopOf(
      suiteContracts(),
      {},
      {
        readFeed: () => Promise.resolve({ ...QUIET, complete: false }),
        readGuards: (cycles) =>
          Promise.resolve(
            cycles.map(({ contractShopifyId }) =>
              contractShopifyId === gid(CONTRACT)
                ? { unreadable: "{}" }
                : reading({ expectedAt: new Date("2026-03-01T08:00:00Z"), dueAt: NOW }),
            ),
          ),
      },
    );
    await biller.round(100);
    expect(store.chargesOf(CONTRACT)).toMatchObject([{ state: "PARKED", parkedReason: "BAD_DATA" }]);
    expect(store.chargesOf(OTHER)).toMatchObject([{ state: "PENDING" }]);
    expect(calls.flat()).toHaveLength(1);
  });

  test("goods that are missing are waited for, and the cycle is let go when the wait has lasted", async () => {
    const missing: BillerPorts["stock"] = {
      decide: (intents) => Promise.resolve(intents.map((): StockDecision => ({ kind: "WAIT", titles: ["Mørk"] }))),
      undo: () => Promise.resolve(true),
    };
    const { biller, store, calls, world } = shopOf(suiteContracts().slice(1), { stock: missing });
    await biller.round(100);
    const first = () => store.contract(OTHER)?.cycles[0];
    expect(first()).toMatchObject({ waitReason: "STOCK", waitSince: NOW, claimed: false });
    world.now = new Date(NOW.getTime() + 14 * 24 * 60 * MINUTE_MS);
    await biller.round(100);
    expect(first()).toMatchObject({ outcome: "SKIPPED_STOCK" });
    expect(calls).toEqual([]);
  });
});

describe("a lost answer", () => {
  test("is sent again with the same key, after a look at the contract itself", async () => {
    let answers = 0;
    const { biller, calls, guarded, charges, world } = shopOf(
      manyContracts(1),
      {},
      {
        sendAttempts: (intents) => {
          answers += 1;
          return Promise.resolve(intents.map((intent) => (answers === 1 ? { kind: "NO_ANSWER" } : accepted(intent))));
        },
      },
    );
    await biller.round(100);
    expect(charges()).toMatchObject([{ state: "UNKNOWN" }]);
    world.now = new Date(NOW.getTime() + 6 * MINUTE_MS);
    await biller.round(100);
    expect(calls[1]).toEqual(calls[0]);
    expect(guarded).toHaveLength(1);
    expect(charges()).toMatchObject([{ state: "PENDING" }]);
  });
});

describe("a worker that stands still between the ledger's leave and the call", () => {
  test("asks for no money in the last minute of its lease, nor ever after", async () => {
    const late: boolean[] = [];
    const shop = shopOf(
      manyContracts(1),
      {},
      {
        sendAttempts: (intents, isLate) => {
          for (const minutes of [0, 3, 4, 600]) {
            shop.world.now = new Date(NOW.getTime() + minutes * MINUTE_MS);
            late.push(isLate());
          }
          return Promise.resolve(intents.map(() => ({ kind: "NO_ANSWER" })));
        },
      },
    );
    await shop.biller.round(100);
    expect(late).toEqual([false, false, true, true]);
  });
});

describe("what others have charged", () => {
  /** A cycle that was set aside as too late, and that the mirror knows as billed since. */
  const parked = async (attempts: GuardReading["attempts"], billed = true) => {
    const cycles = [{ cycleIndex: 1, billed, attempts }];
    const shop = shopOf(
      suiteContracts().slice(1),
      {},
      { readGuards: () => Promise.resolve([reading({ cycles, attempts })]) },
    );
    const about = { contractId: OTHER, cycleIndex: 1, expectedAmount: "199.00", currencyCode: "NOK" };
    await shop.store.park([{ ...about, reason: "TOO_LATE" }], NOW);
    expect(await shop.biller.attend()).toBe(0);
    Object.assign(shop.store.contract(OTHER)?.cycles[0] ?? {}, { outcome: "BILLED" });
    await shop.biller.attend();
    return shop;
  };
  const theirs = {
    shopifyId: "gid://shopify/SubscriptionBillingAttempt/7",
    idempotencyKey: "theirs",
    state: "SUCCESS",
    createdAt: NOW,
    errorCode: null,
    nextActionUrl: null,
    order: { id: "gid://shopify/Order/7", name: "#1007", total: "249.00", taxOnTop: "0", currencyCode: "NOK" },
    completedAt: NOW,
  } as const;

  test("while it waited for a person is booked with its order, and nobody need decide any more", async () => {
    const { charges, calls, biller } = await parked([theirs]);
    expect(charges()).toMatchObject([{ state: "PAID", parkedReason: null, paidAmount: "249.00" }]);
    expect(charges()[0]?.attempts).toMatchObject([{ idempotencyKey: "theirs", state: "SUCCESS" }]);
    expect(await biller.attend()).toBe(0);
    expect(calls).toEqual([]);
  });

  test("is not booked on the mirror's word alone", async () => {
    const { charges } = await parked([], false);
    expect(charges()).toMatchObject([{ state: "PARKED", parkedReason: "TOO_LATE" }]);
  });
});

describe("the end of dunning", () => {
  const failed = async (acts: Partial<BillerPorts["acts"]>, dunningEnd: BillingSettings["dunningEnd"]) => {
    const settings = { ...DEFAULT_SETTINGS, timeZone: "UTC", dunningEnd };
    const done = () => Promise.resolve("DONE" as const);
    const shop = shopOf(manyContracts(1), { settings, acts: { pause: done, resume: done, cancel: done, ...acts } });
    await shop.biller.round(100);
    const [charge] = shop.charges();
    if (!charge) throw new Error("no charge");
    const outcome = {
      shopifyId: "gid://shopify/SubscriptionBillingAttempt/1",
      idempotencyKey: charge.attempts[0]?.idempotencyKey ?? "",
      state: "FAILED",
      createdAt: NOW,
      errorCode: "EXPIRED_CARD",
      nextActionUrl: null,
      order: null,
      completedAt: NOW,
    } as const;
    await shop.store.settle([outcome], NOW);
    shop.world.now = new Date(NOW.getTime() + 14 * 24 * 60 * MINUTE_MS);
    await shop.biller.round(0);
    return { ...shop, charge };
  };

  test.each([
    ["PAUSE", { state: "FAILED", nextActionAt: null }],
    ["SKIP", { state: "SKIPPED", skippedReason: "SKIPPED_DUNNING" }],
    ["CANCEL", { state: "SKIPPED", skippedReason: "ENDED" }],
  ] as const)("is what the merchant chose: %s", async (end, expected) => {
    expect((await failed({}, end)).charge).toMatchObject(expected);
  });

  test("is tried again later when Shopify can't be asked, and nothing is given up before", async () => {
    const { charge, world } = await failed({ pause: () => Promise.resolve("LATER") }, "PAUSE");
    expect(charge).toMatchObject({ state: "FAILED", nextActionAt: new Date(world.now.getTime() + 60 * MINUTE_MS) });
  });
});

test("a person who lets a parked charge go on does not have it charged beside an attempt that Shopify had after all", async () => {
  const key = "gid://shopify/SubscriptionContract/0:5:1";
  const theirs = (state: "PENDING" | "FAILED"): GuardReading =>
    reading({
      attempts: [
        {
          shopifyId: "gid://shopify/SubscriptionBillingAttempt/1",
          idempotencyKey: key,
          state,
          createdAt: NOW,
          errorCode: state === "FAILED" ? "CARD_DECLINED" : null,
          nextActionUrl: null,
          order: null,
          completedAt: null,
        },
      ],
    });
  const answers: (GuardReading | UnreadableGuard)[] = [{ unreadable: "{}" }, theirs("PENDING"), theirs("FAILED")];
  const { biller, calls, charges, world } = shopOf(
    manyContracts(1),
    {},
    {
      readGuards: () => Promise.resolve([answers.shift() ?? reading({})]),
      sendAttempts: (intents) =>
        Promise.resolve(calls.length === 1 ? intents.map(() => ({ kind: "NO_ANSWER" })) : intents.map(accepted)),
    },
  );
  const later = (minutes: number) => (world.now = new Date(world.now.getTime() + minutes * MINUTE_MS));
  await biller.round(10);
  later(10);
  await biller.round(10);
  expect(charges()).toMatchObject([{ state: "PARKED", parkedReason: "BAD_DATA" }]);
  Object.assign(charges()[0] ?? {}, { state: "CLAIMED", nextActionAt: world.now, parkedReason: null, confirmed: true });
  await biller.round(10);
  expect(calls).toEqual([[key]]);
  // Shopify says that it failed: now the next key may go out.
  later(15);
  await biller.round(10);
  expect(calls).toEqual([[key], ["gid://shopify/SubscriptionContract/0:5:2"]]);
});
