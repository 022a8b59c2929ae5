import { beforeAll, describe, expect, test } from "vitest";

import type { Db } from "~/db.server";
import { randomIds } from "~/lib/ids";

import { testDb } from "../../../tests/db";
import { CONTRACT, NOW, OTHER, sqlStore, suiteContracts } from "./charge-store.fixture";
import { claimOf, outcomeOf } from "./charge-store.suite";

/** What PostgreSQL itself refuses when code forgets: the last line before somebody is charged twice. */

let db: Db;
beforeAll(async () => {
  ({ db } = await testDb());
});

const HOUR_MS = 3_600_000;
const later = (hours: number) => new Date(NOW.getTime() + hours * HOUR_MS);
const LEASE = later(0.1);

async function claimed() {
  const { store } = await sqlStore(db, suiteContracts());
  await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
  return {
    store,
    charge: await db.charge.findFirstOrThrow(),
    attempt: await db.billingAttempt.findFirstOrThrow(),
  };
}
async function paid() {
  const rows = await claimed();
  await rows.store.settle([outcomeOf("SUCCESS")], NOW);
  return rows;
}

describe("one cycle is paid once", () => {
  test("a charge has one success", async () => {
    const { attempt } = await paid();
    const second = { ...attempt, id: randomIds.next(), number: 2, idempotencyKey: "another", completedAt: NOW };
    await expect(db.billingAttempt.create({ data: { ...second, state: "SUCCESS" } })).rejects.toThrow(
      /BillingAttempt_one_success|Unique constraint/,
    );
    expect(await db.billingAttempt.count()).toBe(1);
  });

  test("a cycle has one charge", async () => {
    const { charge } = await claimed();
    const rest = { ...charge, expectedLines: [] };
    await expect(
      db.charge.create({
        data: { ...rest, id: randomIds.next(), state: "PARKED", nextActionAt: null, parkedReason: "X" },
      }),
    ).rejects.toThrow(/Unique constraint/);
  });

  test("a key is used once in a shop", async () => {
    const { attempt, store } = await claimed();
    await store.settle([outcomeOf("FAILED")], NOW);
    await expect(
      db.billingAttempt.create({ data: { ...attempt, id: randomIds.next(), number: 2, state: "SENDING" } }),
    ).rejects.toThrow(/Unique constraint/);
  });

  test("a contract has one charge on its way", async () => {
    const { charge } = await claimed();
    const rest = { ...charge, expectedLines: [] };
    await expect(db.charge.create({ data: { ...rest, id: randomIds.next(), cycleIndex: 5 } })).rejects.toThrow(
      /Charge_one_running|Unique constraint/,
    );
  });
});

describe("the next key only after Shopify has said that the one before failed", () => {
  test.each(["INTENT", "SENDING", "PENDING", "ACTION_REQUIRED", "SUCCESS"] as const)(
    "not while it is %s",
    async (state) => {
      const { attempt } = await claimed();
      const completedAt = state === "SUCCESS" ? NOW : null;
      await db.billingAttempt.update({ where: { id: attempt.id }, data: { state, completedAt } });
      const next = { ...attempt, id: randomIds.next(), number: 2, idempotencyKey: "key 2" };
      await expect(db.billingAttempt.create({ data: { ...next, state: "SENDING" } })).rejects.toThrow(/safety bound/);
      await expect(db.billingAttempt.create({ data: { ...next, state: "INTENT" } })).rejects.toThrow(/safety bound/);
    },
  );

  test("and no number is left out", async () => {
    const { attempt, store } = await claimed();
    await store.settle([outcomeOf("FAILED")], NOW);
    const next = { ...attempt, id: randomIds.next(), idempotencyKey: "key 3", state: "SENDING" } as const;
    await expect(db.billingAttempt.create({ data: { ...next, number: 3 } })).rejects.toThrow(/safety bound/);
    await db.billingAttempt.create({ data: { ...next, number: 2 } });
  });
});

describe("no try within half an interval of a success", () => {
  test("neither a first one nor a later one, to the millisecond", async () => {
    const { store } = await paid();
    const tooSoon = new Date(later(84).getTime() - 1);
    await expect(store.claim([claimOf(CONTRACT, 5)], tooSoon, LEASE)).rejects.toThrow(/safety bound/);
    expect(await db.charge.count({ where: { cycleIndex: 5 } })).toBe(0);
    expect(await store.claim([claimOf(CONTRACT, 5)], later(84), LEASE)).toHaveLength(1);
  });

  test("unless a person has asked for that very charge", async () => {
    const { store } = await paid();
    await store.park([{ ...claimOf(CONTRACT, 5), reason: "TOO_LATE" }], NOW);
    const { id: chargeId } = await db.charge.findFirstOrThrow({ where: { cycleIndex: 5 } });
    const tries = [{ chargeId, idempotencyKey: "key 5", number: 1 }];
    await db.charge.update({
      where: { id: chargeId },
      data: { state: "CLAIMED", nextActionAt: NOW, parkedReason: null },
    });
    await expect(store.retry(tries, later(1), later(2))).rejects.toThrow(/safety bound/);
    await db.charge.update({ where: { id: chargeId }, data: { confirmedBy: "merchant" } });
    expect(await store.retry(tries, later(1), later(2))).toHaveLength(1);
  });

  test("of another contract it does not concern", async () => {
    const { store } = await paid();
    expect(await store.claim([claimOf(OTHER, 1)], later(1), LEASE)).toHaveLength(1);
  });

  test("but what Shopify has taken can always be written down", async () => {
    const { store } = await paid();
    const attempt = outcomeOf("SUCCESS", { idempotencyKey: "theirs", completedAt: later(1) });
    await store.adopt([{ ...claimOf(CONTRACT, 5), attempt }], later(1));
    expect(await db.charge.count({ where: { state: "PAID" } })).toBe(2);
  });
});

describe("no row says what can't be", () => {
  test("what is on its way is looked at again, and what has ended is not", async () => {
    const { charge } = await claimed();
    const change = (data: Parameters<typeof db.charge.update>[0]["data"]) =>
      db.charge.update({ where: { id: charge.id }, data });
    await expect(change({ nextActionAt: null })).rejects.toThrow(/next_action/);
    await expect(change({ state: "PAID", paidAt: NOW })).rejects.toThrow(/next_action/);
    await expect(change({ state: "PARKED", parkedReason: "TOO_LATE" })).rejects.toThrow(/next_action/);
  });

  test("failed, parked, skipped and paid charges say why and when", async () => {
    const { charge } = await claimed();
    const change = (data: Parameters<typeof db.charge.update>[0]["data"]) =>
      db.charge.update({ where: { id: charge.id }, data });
    await expect(change({ state: "FAILED" })).rejects.toThrow(/failed_why/);
    await expect(change({ state: "PARKED", nextActionAt: null })).rejects.toThrow(/parked_why/);
    await expect(change({ state: "SKIPPED", nextActionAt: null })).rejects.toThrow(/skipped_why/);
    await expect(change({ state: "PAID", nextActionAt: null })).rejects.toThrow(/paid_when/);
    await expect(change({ expectedAmount: -1 })).rejects.toThrow(/amount/);
  });

  test("a cycle waits with a reason and since a moment, or not at all", async () => {
    await claimed();
    await expect(db.billingCycle.updateMany({ data: { waitReason: "STOCK" } })).rejects.toThrow(/BillingCycle_wait/);
  });
});
