import { describe, expect, test } from "vitest";

import type { ChargeStore, Claim } from "./charge-store";
import type { MemoryContract } from "./charge-store.memory";
import type { AttemptOutcome } from "./engine";

/** What a test may ask of a store's rows, whatever keeps them. */
export interface StoreUnderTest {
  store: ChargeStore;
  /** "SENDING", "PAID", …; null without a charge. */
  chargeState(contractId: string, cycleIndex: number): Promise<string | null>;
  outcome(contractId: string, cycleIndex: number): Promise<string | null>;
}

const at = (iso: string) => new Date(iso);
export const NOW = at("2026-03-02T08:00:00Z");
const LEASE = at("2026-03-02T08:05:00Z");

const CONTRACT = "0197a000-0000-7000-8000-000000000001";
const OTHER = "0197a000-0000-7000-8000-000000000002";

/** Two weekly contracts: the first has cycles 4 and 5 due, the second cycle 1. */
export function suiteContracts(): MemoryContract[] {
  const contract = (contractId: string, number: number): Omit<MemoryContract, "cycles"> => ({
    contractId,
    contractShopifyId: `gid://shopify/SubscriptionContract/${number}`,
    status: "ACTIVE",
    revisionId: "1",
    billingInterval: "WEEK",
    billingIntervalCount: 1,
    expectedAmount: "199.00",
    currencyCode: "NOK",
  });
  const cycle = (cycleIndex: number, due: string) => ({
    cycleIndex,
    expectedAt: at(due),
    dueAt: at(due),
    outcome: null,
    claimed: false,
  });
  return [
    { ...contract(CONTRACT, 1), cycles: [cycle(4, "2026-02-23T08:00:00Z"), cycle(5, "2026-03-02T08:00:00Z")] },
    { ...contract(OTHER, 2), cycles: [cycle(1, "2026-03-01T08:00:00Z"), cycle(2, "2026-03-08T08:00:00Z")] },
  ];
}

const claimOf = (contractId: string, cycleIndex: number, change: Partial<Claim> = {}): Claim => ({
  contractId,
  cycleIndex,
  idempotencyKey: `key ${contractId} ${cycleIndex}`,
  expectedAmount: "199.00",
  currencyCode: "NOK",
  revisionId: "1",
  ...change,
});

const outcomeOf = (state: AttemptOutcome["state"], change: Partial<AttemptOutcome> = {}): AttemptOutcome => ({
  shopifyId: "gid://shopify/SubscriptionBillingAttempt/9",
  idempotencyKey: claimOf(CONTRACT, 4).idempotencyKey,
  state,
  errorCode: state === "FAILED" ? "CARD_DECLINED" : null,
  order:
    state === "SUCCESS" ? { id: "gid://shopify/Order/7", name: "#1007", total: "199.00", currencyCode: "NOK" } : null,
  completedAt: state === "SUCCESS" || state === "FAILED" ? NOW : null,
  ...change,
});

/** The suite that every ChargeStore passes. */
export function chargeStoreSuite(name: string, make: (contracts: MemoryContract[]) => Promise<StoreUnderTest>): void {
  const fresh = () => make(suiteContracts());

  describe(name, () => {
    test("only the earliest due cycle of a contract is offered, the longest due first", async () => {
      const { store } = await fresh();
      const due = await store.dueCycles(NOW, 10);
      expect(due.map(({ contractId, cycleIndex }) => [contractId, cycleIndex])).toEqual([
        [CONTRACT, 4],
        [OTHER, 1],
      ]);
      expect(due[0]).toMatchObject({ expectedAmount: "199.00", currencyCode: "NOK", lastPaidAt: null });
      expect(await store.dueCycles(NOW, 1)).toHaveLength(1);
    });

    test("a cycle is claimed once, and its contract offers nothing more while the charge is on its way", async () => {
      const { store } = await fresh();
      const [first] = await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
      expect(first).toMatchObject({ contractId: CONTRACT, cycleIndex: 4, state: "SENDING", attemptShopifyId: null });
      expect(await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE)).toEqual([]);
      expect(await store.claim([claimOf(CONTRACT, 5)], NOW, LEASE)).toEqual([]);
      expect((await store.dueCycles(NOW, 10)).map(({ contractId }) => contractId)).toEqual([OTHER]);
      expect(await store.ownKeys([claimOf(CONTRACT, 4).idempotencyKey, "another"])).toEqual(
        new Set([claimOf(CONTRACT, 4).idempotencyKey]),
      );
    });

    test("a contract that has moved on since it was read is not claimed", async () => {
      const { store } = await fresh();
      expect(await store.claim([claimOf(CONTRACT, 4, { revisionId: "0" })], NOW, LEASE)).toEqual([]);
    });

    test("a dead worker's charge is taken over after its lease with the same key, and by one only", async () => {
      const { store } = await fresh();
      await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
      expect(await store.takeFollowUps(NOW, 10, LEASE)).toEqual([]);
      const later = at("2026-03-02T08:10:00Z");
      const taken = await store.takeFollowUps(LEASE, 10, later);
      expect(taken.map(({ idempotencyKey }) => idempotencyKey)).toEqual([claimOf(CONTRACT, 4).idempotencyKey]);
      expect(await store.takeFollowUps(LEASE, 10, later)).toEqual([]);
    });

    test("paid is paid: told twice, late or after a failure, in any order", async () => {
      const { store, chargeState, outcome } = await fresh();
      await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
      await store.settle([outcomeOf("PENDING")], NOW);
      expect(await chargeState(CONTRACT, 4)).toBe("PENDING");
      await store.settle([outcomeOf("SUCCESS"), outcomeOf("SUCCESS")], NOW);
      await store.settle([outcomeOf("FAILED")], NOW);
      await store.settle([outcomeOf("PENDING")], NOW);
      expect(await chargeState(CONTRACT, 4)).toBe("PAID");
      expect(await outcome(CONTRACT, 4)).toBe("BILLED");
      const due = await store.dueCycles(NOW, 10);
      expect(due.find(({ contractId }) => contractId === CONTRACT)).toMatchObject({ cycleIndex: 5, lastPaidAt: NOW });
    });

    test("an answer that comes after the outcome changes nothing", async () => {
      const { store, chargeState } = await fresh();
      const [charge] = await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
      if (!charge) throw new Error("not claimed");
      await store.settle([outcomeOf("SUCCESS")], NOW);
      await store.sent([{ charge, decision: { kind: "UNKNOWN", nextActionAt: LEASE } }], NOW);
      expect(await chargeState(CONTRACT, 4)).toBe("PAID");
    });

    test("a failed charge rests, its cycle stays open for a person, and later cycles are offered", async () => {
      const { store, chargeState, outcome } = await fresh();
      await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
      await store.settle([outcomeOf("FAILED")], NOW);
      expect(await chargeState(CONTRACT, 4)).toBe("FAILED");
      expect(await outcome(CONTRACT, 4)).toBeNull();
      expect(await store.takeFollowUps(at("2027-01-01T00:00:00Z"), 10, LEASE)).toEqual([]);
      expect((await store.dueCycles(NOW, 10)).map(({ cycleIndex }) => cycleIndex)).toContain(5);
    });

    test("a lost answer is followed up with the same key", async () => {
      const { store, chargeState } = await fresh();
      const [charge] = await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
      if (!charge) throw new Error("not claimed");
      await store.sent([{ charge, decision: { kind: "UNKNOWN", nextActionAt: NOW } }], NOW);
      expect(await chargeState(CONTRACT, 4)).toBe("UNKNOWN");
      const [again] = await store.takeFollowUps(NOW, 10, LEASE);
      expect(again).toMatchObject({ idempotencyKey: charge.idempotencyKey, state: "UNKNOWN" });
    });

    test("a withdrawn intent leaves no charge and closes its cycle", async () => {
      const { store, chargeState, outcome } = await fresh();
      const [charge] = await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
      if (!charge) throw new Error("not claimed");
      await store.sent([{ charge, decision: { kind: "WITHDRAW", outcome: "SKIPPED_PAUSED" } }], NOW);
      expect(await chargeState(CONTRACT, 4)).toBeNull();
      expect(await outcome(CONTRACT, 4)).toBe("SKIPPED_PAUSED");
    });

    test("a cycle that is charged too early is released for later", async () => {
      const { store, chargeState } = await fresh();
      const [charge] = await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
      if (!charge) throw new Error("not claimed");
      await store.sent([{ charge, decision: { kind: "RELEASE", until: LEASE } }], NOW);
      expect(await chargeState(CONTRACT, 4)).toBeNull();
      expect((await store.dueCycles(NOW, 10)).map(({ cycleIndex }) => cycleIndex)).not.toContain(4);
      expect((await store.dueCycles(LEASE, 10)).map(({ cycleIndex }) => cycleIndex)).toContain(4);
    });

    test("closed, postponed and parked cycles are not offered; claimed ones are left alone by all three", async () => {
      const { store, chargeState, outcome } = await fresh();
      await store.claim([claimOf(CONTRACT, 4)], NOW, LEASE);
      const id = { contractId: CONTRACT, cycleIndex: 4 };
      await store.close([{ ...id, outcome: "SKIPPED_PAUSED" }], NOW);
      await store.postpone([{ ...id, until: LEASE }], NOW);
      const amount = { expectedAmount: "199.00", currencyCode: "NOK" };
      await store.park([{ ...id, ...amount, reason: "PAID_RECENTLY" }], NOW);
      expect([await chargeState(CONTRACT, 4), await outcome(CONTRACT, 4)]).toEqual(["SENDING", null]);

      await store.park([{ contractId: OTHER, cycleIndex: 1, ...amount, reason: "PAID_RECENTLY" }], NOW);
      expect(await chargeState(OTHER, 1)).toBe("PARKED");
      expect(await store.dueCycles(NOW, 10)).toEqual([]);
    });

    test("what somebody else has charged is booked, not charged again", async () => {
      const { store, chargeState, outcome } = await fresh();
      const foreign = outcomeOf("SUCCESS", { idempotencyKey: "somebody else's" });
      const adoption = { contractId: OTHER, cycleIndex: 1, expectedAmount: "199.00", currencyCode: "NOK" };
      await store.adopt([{ ...adoption, attempt: foreign }], NOW);
      await store.adopt([{ ...adoption, attempt: foreign }], NOW);
      expect([await chargeState(OTHER, 1), await outcome(OTHER, 1)]).toEqual(["PAID", "BILLED"]);
      expect(await store.claim([claimOf(OTHER, 1)], NOW, LEASE)).toEqual([]);
      expect(await store.ownKeys(["somebody else's"])).toEqual(new Set(["somebody else's"]));
    });

    test("an attempt that is not the ledger's changes nothing", async () => {
      const { store } = await fresh();
      expect(await store.settle([outcomeOf("SUCCESS", { idempotencyKey: "unknown" })], NOW)).toEqual(new Set());
    });
  });
}
