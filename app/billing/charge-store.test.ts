import { beforeAll, describe, expect, test } from "vitest";

import type { Context } from "~/context.server";
import type { Db } from "~/db.server";
import { FixedClock } from "~/lib/clock";
import { randomIds } from "~/lib/ids";
import { log } from "~/lib/log.server";

import { testDb } from "../../tests/db";
import { MemoryChargeStore } from "./charge-store.memory";
import type { MemoryContract } from "./charge-store.memory";
import { sqlChargeStore } from "./charge-store.server";
import { chargeStoreSuite, NOW, suiteContracts } from "./charge-store.suite";
import type { StoreUnderTest } from "./charge-store.suite";

chargeStoreSuite("the ledger in memory", (contracts) => {
  const store = new MemoryChargeStore(contracts);
  const chargeOf = (contractId: string, cycleIndex: number) =>
    [...store.charges.values()].find((each) => each.contractId === contractId && each.cycleIndex === cycleIndex);
  const cycleOf = (contractId: string, cycleIndex: number) =>
    contracts.find((each) => each.contractId === contractId)?.cycles.find((each) => each.cycleIndex === cycleIndex);
  return Promise.resolve({
    store,
    chargeState: (contractId, cycleIndex) => Promise.resolve(chargeOf(contractId, cycleIndex)?.state ?? null),
    outcome: (contractId, cycleIndex) => Promise.resolve(cycleOf(contractId, cycleIndex)?.outcome ?? null),
  });
});

let db: Db;

beforeAll(async () => {
  ({ db } = await testDb());
});

chargeStoreSuite("the ledger in PostgreSQL", (contracts) => inPostgres(contracts));

async function inPostgres(contracts: MemoryContract[]): Promise<StoreUnderTest> {
  const { ctx, shop } = await shopWith(contracts);
  return {
    store: sqlChargeStore(ctx, shop),
    chargeState: async (contractId, cycleIndex) =>
      (await db.charge.findUnique({ where: { contractId_cycleIndex: { contractId, cycleIndex } } }))?.state ?? null,
    outcome: async (contractId, cycleIndex) =>
      (await db.billingCycle.findUnique({ where: { contractId_cycleIndex: { contractId, cycleIndex } } }))?.outcome ??
      null,
  };
}

async function shopWith(contracts: readonly MemoryContract[]) {
  await db.shop.deleteMany();
  const clock = new FixedClock(NOW);
  const ctx: Context = {
    clock,
    ids: randomIds,
    log,
    db,
    jobs: { put: () => Promise.resolve() },
    mailer: { send: () => Promise.resolve() },
    admin: () => {
      throw new Error("A store asks Shopify nothing.");
    },
  };
  const shop = await db.shop.create({
    data: {
      id: randomIds.next(),
      domain: "kaffebonna.myshopify.com",
      name: "Kaffebønna",
      email: "post@example.com",
      currencyCode: "NOK",
      timeZone: "Europe/Oslo",
      installedAt: new Date("2026-01-01T00:00:00Z"),
      reconciledAt: new Date("2026-01-01T00:00:00Z"),
    },
  });
  for (const contract of contracts) {
    await db.subscriptionContract.create({
      data: {
        id: contract.contractId,
        shopId: shop.id,
        shopifyId: contract.contractShopifyId,
        status: contract.status,
        currencyCode: contract.currencyCode,
        billingInterval: contract.billingInterval,
        billingIntervalCount: contract.billingIntervalCount,
        deliveryInterval: contract.billingInterval,
        deliveryIntervalCount: contract.billingIntervalCount,
        deliveryPrice: "0",
        revisionId: contract.revisionId,
        shopifyCreatedAt: NOW,
        shopifyUpdatedAt: NOW,
        readAt: NOW,
        lines: {
          create: {
            id: randomIds.next(),
            shopifyId: "gid://shopify/SubscriptionLine/1",
            position: 0,
            title: "Mørk",
            quantity: 1,
            currentPrice: contract.expectedAmount,
          },
        },
        cycles: {
          create: contract.cycles.map((cycle) => ({
            ...cycle,
            shopId: shop.id,
            startAt: cycle.expectedAt,
            endAt: cycle.expectedAt,
          })),
        },
      },
    });
  }
  return { ctx, shop };
}

describe("PostgreSQL itself", () => {
  const LEASE = new Date("2026-03-02T08:05:00Z");
  const [weekly] = suiteContracts();
  if (!weekly) throw new Error("no contract");
  const claim = (cycleIndex: number) => ({
    contractId: weekly.contractId,
    cycleIndex,
    idempotencyKey: `key ${cycleIndex}`,
    expectedAmount: "199.00",
    currencyCode: "NOK",
    revisionId: "1",
  });

  test("of many workers that claim at once, each cycle falls to exactly one, and one cycle to each contract", async () => {
    const { ctx, shop } = await shopWith(suiteContracts());
    const workers = Array.from({ length: 8 }, () => sqlChargeStore(ctx, shop));
    const claimed = await Promise.all(
      workers.map((store, index) => store.claim([claim(index % 2 === 0 ? 4 : 5)], NOW, LEASE)),
    );
    expect(claimed.flat()).toHaveLength(1);
    expect(await db.charge.count()).toBe(1);
    expect(await db.billingAttempt.count()).toBe(1);
  });

  test("of many workers that follow up at once, each charge falls to exactly one", async () => {
    const { ctx, shop } = await shopWith(suiteContracts());
    await sqlChargeStore(ctx, shop).claim([claim(4)], NOW, NOW);
    const taken = await Promise.all(
      Array.from({ length: 8 }, () => sqlChargeStore(ctx, shop).takeFollowUps(NOW, 10, LEASE)),
    );
    expect(taken.flat()).toHaveLength(1);
  });

  test("the database itself refuses an intent within half an interval of a success", async () => {
    const { ctx, shop } = await shopWith(suiteContracts());
    const store = sqlChargeStore(ctx, shop);
    await store.claim([claim(4)], NOW, LEASE);
    const success = {
      shopifyId: "gid://shopify/SubscriptionBillingAttempt/9",
      idempotencyKey: "key 4",
      state: "SUCCESS",
      errorCode: null,
      order: null,
      completedAt: NOW,
    } as const;
    await store.settle([success], NOW);
    await expect(store.claim([claim(5)], new Date("2026-03-05T19:59:59Z"), LEASE)).rejects.toThrow(/safety bound/);
    expect(await store.claim([claim(5)], new Date("2026-03-05T20:00:00Z"), LEASE)).toHaveLength(1);
  });

  test("the database itself refuses a second charge on its way and a second success of one cycle", async () => {
    const { ctx, shop } = await shopWith(suiteContracts());
    await sqlChargeStore(ctx, shop).claim([claim(4)], NOW, LEASE);
    const charge = await db.charge.findFirstOrThrow();
    await expect(db.charge.create({ data: { ...charge, id: randomIds.next(), cycleIndex: 5 } })).rejects.toThrow(
      /Charge_one_running|Unique constraint/,
    );
    const attempt = await db.billingAttempt.findFirstOrThrow();
    const success = { ...attempt, state: "SUCCESS", completedAt: NOW } as const;
    await db.billingAttempt.update({ where: { id: attempt.id }, data: { state: "SUCCESS", completedAt: NOW } });
    await expect(
      db.billingAttempt.create({ data: { ...success, id: randomIds.next(), number: 2, idempotencyKey: "another" } }),
    ).rejects.toThrow(/BillingAttempt_one_success|Unique constraint/);
  });

  test("the database itself refuses a charge on its way that nobody would look at again", async () => {
    const { ctx, shop } = await shopWith(suiteContracts());
    await sqlChargeStore(ctx, shop).claim([claim(4)], NOW, LEASE);
    await expect(db.charge.updateMany({ data: { nextActionAt: null } })).rejects.toThrow(/next_action/);
  });
});
