import { beforeAll, describe, expect, test } from "vitest";

import type { Db } from "~/db.server";

import { testDb } from "../../../tests/db";
import { CONTRACT, memoryStore, NOW, OTHER, sqlStore, suiteContracts } from "./charge-store.fixture";
import { sqlChargeStore } from "./charge-store.server";
import { chargeStoreSuite, claimOf, outcomeOf } from "./charge-store.suite";

let db: Db;

beforeAll(async () => {
  ({ db } = await testDb());
});

chargeStoreSuite("in memory", memoryStore);
chargeStoreSuite("in PostgreSQL", (contracts, settings) => sqlStore(db, contracts, settings));

describe("many workers in PostgreSQL", () => {
  const LEASE = new Date("2026-03-02T08:05:00Z");
  const workers = async () => {
    const { ctx, shop, settings } = await sqlStore(db, suiteContracts());
    return Array.from({ length: 8 }, () => sqlChargeStore(ctx, shop, settings));
  };

  test("that claim at once: each cycle falls to exactly one, and one cycle to each contract", async () => {
    const claimed = await Promise.all(
      (await workers()).map((store, index) => store.claim([claimOf(CONTRACT, index % 2 === 0 ? 4 : 5)], NOW, LEASE)),
    );
    expect(claimed.flat()).toHaveLength(1);
    expect(await db.charge.count()).toBe(1);
    expect(await db.billingAttempt.count()).toBe(1);
  });

  test("that follow up or try again at once: each charge falls to exactly one", async () => {
    const stores = await workers();
    await stores[0]?.claim([claimOf(CONTRACT, 4)], NOW, NOW);
    const taken = await Promise.all(stores.map((store) => store.takeFollowUps(NOW, 10, LEASE)));
    expect(taken.flat()).toHaveLength(1);
    await stores[0]?.settle([outcomeOf("FAILED")], NOW);
    const { id: chargeId } = await db.charge.findFirstOrThrow();
    const tried = await Promise.all(
      stores.map((store, index) =>
        store.retry([{ chargeId, idempotencyKey: `again ${index}`, number: 2 }], LEASE, LEASE),
      ),
    );
    expect(tried.flat()).toHaveLength(1);
    expect(await db.billingAttempt.count()).toBe(2);
  });

  test("that settle at once write one payment into the history", async () => {
    const stores = await workers();
    await stores[0]?.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
    await Promise.all(stores.map((store) => store.settle([outcomeOf("SUCCESS")], NOW)));
    expect(await db.historyEvent.count({ where: { type: "charge.paid" } })).toBe(1);
  });
});

test("an order that took more than was meant stops the very run that finds it, before anything else leaves", async () => {
  const LEASE = new Date("2026-03-02T08:05:00Z");
  const { store } = await sqlStore(db, suiteContracts());
  const intents = await store.claim([claimOf(CONTRACT, 4), claimOf(OTHER, 1)], NOW, LEASE);
  const paid = outcomeOf("SUCCESS");
  await store.settle([{ ...paid, order: paid.order && { ...paid.order, total: "249.00" } }], NOW);
  const others = intents.filter(({ contractId }) => contractId === OTHER);
  expect(others).toHaveLength(1);
  expect(await store.sending(others, NOW, LEASE)).toEqual([]);
  await db.shop.updateMany({ data: { billingHeldReason: null, billingHeldSince: null } });
  expect(await store.sending(others, NOW, LEASE)).toHaveLength(1);
});
