import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import type { Db } from "~/db.server";

import { testDb } from "../../../tests/db";
import type { SendDecision } from "../answer";
import type { Claim, Intent, OpenCharge } from "./charge-store";
import { CONTRACT, gid, memoryStore, NOW, ONE_OFF, OTHER, sqlStore, suiteContracts } from "./charge-store.fixture";
import type { StoreUnderTest } from "./charge-store.fixture";
import { claimOf, keyOf, outcomeOf } from "./charge-store.suite";
import { isTooSoonAfter } from "../engine";
import type { AttemptOutcome } from "../engine";

/**
 * What the simulation proves of the ledger in memory holds for the one in PostgreSQL only if the two are the same. Here
 * both go through the same acts, in any order, stale ones and repeated ones among them.
 */

let db: Db;
beforeAll(async () => {
  ({ db } = await testDb());
});

const HOUR_MS = 3_600_000;
const CYCLES = [
  [CONTRACT, 4],
  [CONTRACT, 5],
  [CONTRACT, 6],
  [CONTRACT, 7],
  [OTHER, 1],
  [OTHER, 2],
] as const;
const WEEKLY = { billingInterval: "WEEK", billingIntervalCount: 1 } as const;

/** Both keepers, and what a worker would remember of each. */
class Pair {
  now = NOW;
  readonly keys: string[] = [];
  private readonly intents: Record<"memory" | "sql", Map<string, OpenCharge>> = { memory: new Map(), sql: new Map() };

  constructor(
    readonly memory: StoreUnderTest,
    readonly sql: StoreUnderTest,
  ) {}

  at(hours: number): Date {
    return new Date(this.now.getTime() + hours * HOUR_MS);
  }

  /** Does the same to both and expects the same answer. */
  async both(act: (under: StoreUnderTest, name: "memory" | "sql") => Promise<unknown>): Promise<void> {
    const expected = await act(this.memory, "memory");
    expect(await act(this.sql, "sql")).toEqual(expected);
  }

  remember(name: "memory" | "sql", charges: readonly OpenCharge[]): string[] {
    for (const charge of charges) this.intents[name].set(`${charge.contractId}:${charge.cycleIndex}`, charge);
    return charges.map(told).sort();
  }

  remembered(name: "memory" | "sql", [contractId, cycleIndex]: (typeof CYCLES)[number]): Intent | null {
    const charge = this.intents[name].get(`${contractId}:${cycleIndex}`);
    return charge?.attempt ? { ...charge, attempt: charge.attempt } : null;
  }

  async isTooSoon(contractId: string, except: number | null): Promise<boolean> {
    for (const [id, cycleIndex] of CYCLES) {
      if (id !== contractId || cycleIndex === except) continue;
      const paidAt = (await this.memory.charge(id, cycleIndex))?.paidAt;
      if (paidAt && isTooSoonAfter(paidAt, WEEKLY, this.now)) return true;
    }
    return false;
  }
}

const told = (charge: OpenCharge): string =>
  JSON.stringify({
    id: `${charge.contractId}:${charge.cycleIndex}`,
    ...{ state: charge.state, confirmed: charge.confirmed, error: charge.errorCode, class: charge.declineClass },
    ...{ first: charge.firstFailedAt, ends: charge.dunningEndsAt, waits: charge.waitSince, edited: charge.cycleEdited },
    ...{
      amount: charge.expectedAmount,
      paid: charge.lastPaidAt,
      foreign: charge.foreignSeenAt,
      lease: charge.leaseUntil,
    },
    oneOffs: charge.oneOffs.map(({ oneOffId, quantity, price }) => [oneOffId, quantity, price]),
    attempt: charge.attempt && [charge.attempt.number, charge.attempt.idempotencyKey, charge.attempt.state],
  });

type Act = (pair: Pair) => Promise<void>;
const named = (name: string, act: Act): Act & { toString(): string } =>
  Object.assign((pair: Pair) => act(pair), { toString: () => name });

const cycle = fc.constantFrom(...CYCLES);
const contract = fc.constantFrom(CONTRACT, OTHER);
const hours = fc.constantFrom(0.1, 1, 13, 24, 84, 170);
const amount = { expectedAmount: "199.00", currencyCode: "NOK" };

const advance = hours.map((by) =>
  named(`+${by} h`, (pair) => {
    pair.now = pair.at(by);
    return Promise.resolve();
  }),
);
const attend = fc.constant(named("attend", (pair) => pair.both(({ store }) => store.attend(pair.now))));
const status = fc
  .tuple(contract, fc.constantFrom("ACTIVE", "ACTIVE", "PAUSED", "CANCELLED", "FAILED"))
  .map(([id, to]) =>
    named(`${id.at(-1) ?? ""} ${to}`, (pair) => pair.both((under) => under.change(id, { status: to }))),
  );
const newCard = contract.map((id) =>
  named(`new card ${id.at(-1) ?? ""}`, (pair) =>
    pair.both((under) => under.change(id, { paymentMethodChangedAt: pair.now })),
  ),
);
const claim = fc.constant(
  named("claim what is due", async (pair) => {
    await pair.both(async ({ store }) =>
      (await store.dueCycles(pair.now, 10))
        .map((due) => [
          due.contractId,
          due.cycleIndex,
          due.waitReason,
          due.waitSince,
          due.lastPaidAt,
          due.foreignSeenAt,
        ])
        .sort(),
    );
    const claims: Claim[] = [];
    for (const due of await pair.memory.store.dueCycles(pair.now, 10)) {
      if (await pair.isTooSoon(due.contractId, null)) continue;
      const idempotencyKey = `${keyOf(due.contractId, due.cycleIndex, 1)} ${pair.keys.length}`;
      pair.keys.push(idempotencyKey);
      claims.push(claimOf(due.contractId, due.cycleIndex, { idempotencyKey }));
    }
    await pair.both(async ({ store }, name) => pair.remember(name, await store.claim(claims, pair.now, pair.at(0.2))));
  }),
);
const take = fc.constant(
  named("take", (pair) =>
    pair.both(async ({ store }, name) => pair.remember(name, await store.takeFollowUps(pair.now, 10, pair.at(0.2)))),
  ),
);
const retry = cycle.map(([id, index]) =>
  named(`retry ${id.at(-1) ?? ""}:${index}`, async (pair) => {
    const row = await pair.memory.charge(id, index);
    if (!row || (!row.confirmed && (await pair.isTooSoon(id, index)))) return;
    const idempotencyKey = `${keyOf(id, index, row.attempts.length + 1)} ${pair.keys.length}`;
    pair.keys.push(idempotencyKey);
    await pair.both(async (under, name) => {
      const chargeId = await under.chargeId(id, index);
      return pair.remember(
        name,
        await under.store.retry(
          [{ chargeId, idempotencyKey, number: row.attempts.length + 1 }],
          pair.now,
          pair.at(0.2),
        ),
      );
    });
  }),
);
const sending = cycle.map((which) =>
  named(`sending ${which.join(":").slice(-3)}`, (pair) =>
    pair.both(async ({ store }, name) => {
      const intent = pair.remembered(name, which);
      return intent ? pair.remember(name, await store.sending([intent], pair.now, pair.at(0.3))) : null;
    }),
  ),
);
const decision = fc.constantFrom<((pair: Pair) => SendDecision)[]>(
  (pair) => ({ kind: "PENDING", shopifyId: "gid://shopify/SubscriptionBillingAttempt/9", nextActionAt: pair.at(1) }),
  (pair) => ({ kind: "AGAIN", nextActionAt: pair.at(0.1) }),
  (pair) => ({ kind: "UNKNOWN", nextActionAt: pair.at(0.1) }),
  () => ({ kind: "WITHDRAW", outcome: "SKIPPED" }),
  (pair) => ({ kind: "RELEASE", until: pair.at(1), reason: "STOCK" }),
  (pair) => ({ kind: "RELEASE", until: pair.at(1), reason: null }),
  () => ({ kind: "PARK", reason: "REFUSED_INVALID" }),
);
const sent = fc.tuple(cycle, decision).map(([which, decide]) =>
  named("sent", (pair) =>
    pair.both(async ({ store }, name) => {
      const charge = pair.remembered(name, which);
      if (charge) await store.sent([{ charge, decision: decide(pair) }], pair.now);
    }),
  ),
);
const outcome = fc.record({
  which: fc.nat(),
  state: fc.constantFrom<AttemptOutcome["state"][]>("PENDING", "ACTION_REQUIRED", "FAILED", "FAILED", "SUCCESS"),
  errorCode: fc.constantFrom(
    "CARD_DECLINED",
    "EXPIRED_CARD",
    "TRANSIENT_ERROR",
    "INSUFFICIENT_INVENTORY",
    "MERCHANT_ACCOUNT_ERROR",
  ),
  total: fc.constantFrom("199.00", "249.00"),
});
const toOutcome = (
  pair: Pair,
  { which, state, errorCode, total }: { which: number; total: string } & Pick<AttemptOutcome, "state" | "errorCode">,
): AttemptOutcome => {
  const seen = outcomeOf(state, { idempotencyKey: pair.keys[which % (pair.keys.length + 1)] ?? "unknown" });
  return {
    ...seen,
    errorCode: state === "FAILED" ? errorCode : null,
    completedAt: seen.completedAt && pair.now,
    order: seen.order && { ...seen.order, total },
  };
};
const settle = fc.array(outcome, { minLength: 1, maxLength: 3 }).map((all) =>
  named(`settle ${all.map(({ state, errorCode }) => `${state} ${errorCode}`).join()}`, (pair) =>
    pair.both(({ store }) =>
      store.settle(
        all.map((each) => toOutcome(pair, each)),
        pair.now,
      ),
    ),
  ),
);
const look = fc.tuple(contract, outcome, fc.constantFrom("1", "2")).map(([id, seen, revisionId]) =>
  named("look", (pair) =>
    pair.both(({ store }) =>
      store.look(
        {
          attempts: [{ outcome: toOutcome(pair, seen), contractShopifyId: gid(id) }],
          contracts: [{ shopifyId: gid(id), status: "ACTIVE", revisionId }],
          complete: true,
          mark: { attemptId: 1n, contractsAt: pair.now },
        },
        pair.now,
      ),
    ),
  ),
);
const forgive = contract.map((id) =>
  named("accounted for", (pair) => pair.both(({ store }) => store.accountedFor([id], pair.now))),
);
const adopt = fc
  .tuple(cycle, fc.boolean(), fc.constantFrom("theirs 1", "theirs 2"))
  .map(([[contractId, cycleIndex], isNamed, key]) =>
    named(`adopt ${contractId.at(-1) ?? ""}:${cycleIndex}`, (pair) => {
      const attempt = isNamed ? outcomeOf("SUCCESS", { idempotencyKey: key, completedAt: pair.now }) : null;
      return pair.both(({ store }) => store.adopt([{ contractId, cycleIndex, ...amount, attempt }], pair.now));
    }),
  );
const unclaimed = fc.tuple(cycle, fc.constantFrom("close", "postpone", "park")).map(([[contractId, cycleIndex], how]) =>
  named(`${how} ${contractId.at(-1) ?? ""}:${cycleIndex}`, (pair) => {
    const id = { contractId, cycleIndex };
    return pair.both(({ store }) => {
      if (how === "close") return store.close([{ ...id, outcome: "SKIPPED_PAUSED" }], pair.now);
      if (how === "postpone") return store.postpone([{ ...id, until: pair.at(3), reason: "NEW_CARD" }], pair.now);
      return store.park([{ ...id, ...amount, reason: "TOO_LATE" }], pair.now);
    });
  }),
);
const adjust = ({ store }: StoreUnderTest, chargeId: string, now: Date) =>
  store.adjusted(chargeId, { lines: [], expectedAmount: "99.00", oneOffs: [ONE_OFF] }, now);
const byId = fc
  .tuple(cycle, fc.constantFrom("pausing", "PAUSED", "ENDED", "SKIPPED_DUNNING", "put off", "adjusted"))
  .map(([[id, index], how]) =>
    named(`${how} ${id.at(-1) ?? ""}:${index}`, async (pair) => {
      if (!(await pair.memory.charge(id, index))) return;
      await pair.both(async (under) => {
        const chargeId = await under.chargeId(id, index);
        if (how === "pausing") return under.store.pausing(chargeId, pair.now);
        if (how === "put off") return under.store.putOff([chargeId], pair.at(2), pair.now);
        if (how === "adjusted") return adjust(under, chargeId, pair.now);
        return under.store.ended(chargeId, how, pair.now);
      });
    }),
  );
const letGo = cycle.map(([id, index]) =>
  named(`let go ${id.at(-1) ?? ""}:${index}`, async (pair) => {
    const row = await pair.memory.charge(id, index);
    const isOpen = row?.attempts.some((attempt) => / (PENDING|ACTION_REQUIRED) /.test(attempt)) ?? false;
    if (!row || isOpen || !["FAILED", "PARKED"].includes(row.state)) return;
    // A person is asked only while nothing else of the contract is on its way.
    for (const [other, cycleIndex] of CYCLES) {
      const state =
        other === id && cycleIndex !== index ? (await pair.memory.charge(other, cycleIndex))?.state : "PAID";
      if (state && !["PAID", "SKIPPED"].includes(state)) return;
    }
    await pair.both((under) => under.letGo(id, index, pair.now));
  }),
);

const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: advance },
    { weight: 4, arbitrary: claim },
    { weight: 4, arbitrary: take },
    { weight: 5, arbitrary: retry },
    { weight: 6, arbitrary: settle },
    { weight: 4, arbitrary: sent },
    { weight: 2, arbitrary: sending },
    { weight: 3, arbitrary: attend },
    { weight: 2, arbitrary: byId },
    { weight: 1, arbitrary: fc.oneof(status, newCard, look, forgive, adopt, unclaimed, letGo) },
  ),
  { minLength: 8, maxLength: 30 },
);

test("after any acts in any order both ledgers hold the same", { timeout: 180_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(acts, async (all) => {
      const pair = new Pair(await memoryStore(suiteContracts()), await sqlStore(db, suiteContracts()));
      for (const act of all) await act(pair);
      for (const [contractId, cycleIndex] of CYCLES) {
        await pair.both(async (under) => ({
          id: `${contractId}:${cycleIndex}`,
          charge: await under.charge(contractId, cycleIndex),
          cycle: await under.cycle(contractId, cycleIndex),
        }));
      }
      for (const contractId of [CONTRACT, OTHER]) {
        await pair.both((under) => under.contract(contractId));
        await pair.both(({ store }) => store.booked([contractId], pair.keys));
      }
    }),
    { numRuns: 50, endOnFailure: false },
  );
});
