import { describe, expect, test } from "vitest";

import type { Claim, Intent } from "./charge-store";
import { CONTRACT, gid, NOW, ONE_OFF, OTHER, suiteContracts } from "./charge-store.fixture";
import type { MakeStore, StoreUnderTest } from "./charge-store.fixture";
import type { AttemptOutcome } from "../engine";
import type { Feed } from "../guard";
import type { BillingSettings } from "../settings/settings";

const HOUR_MS = 3_600_000;
const later = (hours: number) => new Date(NOW.getTime() + hours * HOUR_MS);
const LEASE = new Date(NOW.getTime() + 300_000);

export const claimOf = (contractId: string, cycleIndex: number, change: Partial<Claim> = {}): Claim => ({
  contractId,
  cycleIndex,
  idempotencyKey: keyOf(contractId, cycleIndex, 1),
  expectedAmount: "199.00",
  expectedDelivery: "49.00",
  lines: suiteContracts()[0]?.lines ?? [],
  currencyCode: "NOK",
  revisionId: "1",
  ...change,
});

export const keyOf = (contractId: string, cycleIndex: number, number: number): string =>
  `key ${contractId.at(-1) ?? ""}:${cycleIndex}:${number}`;

export const outcomeOf = (state: AttemptOutcome["state"], change: Partial<AttemptOutcome> = {}): AttemptOutcome => ({
  shopifyId: "gid://shopify/SubscriptionBillingAttempt/9",
  idempotencyKey: keyOf(CONTRACT, 4, 1),
  state,
  createdAt: NOW,
  errorCode: state === "FAILED" ? "CARD_DECLINED" : null,
  nextActionUrl: state === "ACTION_REQUIRED" ? "https://shop.example/approve" : null,
  order:
    state === "SUCCESS"
      ? { id: "gid://shopify/Order/7", name: "#1007", total: "199.00", taxOnTop: "0", currencyCode: "NOK" }
      : null,
  completedAt: state === "SUCCESS" || state === "FAILED" ? NOW : null,
  ...change,
});

const id = { contractId: CONTRACT, cycleIndex: 4 };
const amount = { expectedAmount: "199.00", currencyCode: "NOK" };

/** The suite that every ChargeStore passes. */
export function chargeStoreSuite(name: string, make: MakeStore): void {
  const fresh = (settings?: Partial<BillingSettings>) => make(suiteContracts(), settings);

  async function claimed(under: StoreUnderTest, contractId = CONTRACT, cycleIndex = 4): Promise<Intent> {
    const [intent] = await under.store.claim([claimOf(contractId, cycleIndex)], NOW, LEASE);
    if (!intent) throw new Error("not claimed");
    return intent;
  }
  /** A charge that was declined at NOW and is tried again a day later. */
  async function declined(settings?: Partial<BillingSettings>, errorCode = "CARD_DECLINED") {
    const under = await fresh(settings);
    await claimed(under);
    await under.store.settle([outcomeOf("FAILED", { errorCode })], NOW);
    const failedId = await under.chargeId(CONTRACT, 4);
    const retry = (now = later(24), number = 2) =>
      under.store.retry([{ chargeId: failedId, idempotencyKey: keyOf(CONTRACT, 4, number), number }], now, later(25));
    return { ...under, failedId, retry, state: async () => (await under.charge(CONTRACT, 4))?.state };
  }
  const due = async ({ store }: StoreUnderTest, now = NOW) =>
    (await store.dueCycles(now, 10)).map(({ contractId, cycleIndex }) => `${contractId.at(-1) ?? ""}:${cycleIndex}`);

  describe(`${name}: what is due`, () => {
    test("only the earliest due cycle of a contract is offered, the longest due first", async () => {
      const under = await fresh();
      expect(await due(under)).toEqual(["1:4", "2:1"]);
      const [first] = await under.store.dueCycles(NOW, 1);
      expect(first).toMatchObject({
        ...amount,
        expectedDelivery: "49.00",
        lastPaidAt: null,
        foreignSeenAt: null,
        waitReason: null,
        originOrderId: "gid://shopify/Order/1",
      });
      expect(first?.lines).toMatchObject([{ title: "Mørk", quantity: 2 }]);
      expect(await under.store.dueCycles(new Date("2026-02-23T07:59:59Z"), 10)).toEqual([]);
    });

    test("a contract that has moved on since it was read, is paused or ended is not claimed", async () => {
      const under = await fresh();
      expect(await under.store.claim([claimOf(CONTRACT, 4, { revisionId: "0" })], NOW, LEASE)).toEqual([]);
      await under.change(CONTRACT, { status: "PAUSED" });
      expect(await under.store.claim([claimOf(CONTRACT, 4)], NOW, LEASE)).toEqual([]);
      expect(await under.charge(CONTRACT, 4)).toBeNull();
    });

    test("a contract that somebody is changing is neither claimed nor tried again; a change that was left behind holds nothing", async () => {
      const { failedId, retry, ...under } = await declined();
      await under.change(CONTRACT, { changingSince: later(24 - 0.05) });
      expect(await retry()).toEqual([]);
      expect(await retry(later(24.1))).toMatchObject([{ chargeId: failedId }]);
      const since = new Date(NOW.getTime() - 60_000);
      await under.change(OTHER, { changingSince: since });
      expect(await under.store.claim([claimOf(OTHER, 1)], NOW, LEASE)).toEqual([]);
      expect((await under.store.dueCycles(NOW, 10))[0]).toMatchObject({ contractId: OTHER, changingSince: since });
      expect(await under.store.claim([claimOf(OTHER, 1)], later(0.1), later(0.2))).toHaveLength(1);
    });

    test("a cycle is claimed once, and its contract offers nothing more while the charge is on its way", async () => {
      const under = await fresh();
      const intent = await claimed(under);
      expect(intent).toMatchObject({ ...id, state: "SENDING", confirmed: false, cycleEdited: false });
      expect(intent.attempt).toMatchObject({ number: 1, state: "SENDING", shopifyId: null });
      for (const again of [4, 5]) {
        expect(await under.store.claim([claimOf(CONTRACT, again)], NOW, LEASE)).toEqual([]);
      }
      expect(await due(under)).toEqual(["2:1"]);
      expect((await under.contract(CONTRACT)).nextBillingAt).toEqual(new Date("2026-03-02T08:00:00Z"));
    });

    test("closed, postponed and parked cycles are not offered; claimed ones are left alone by all three", async () => {
      const under = await fresh();
      const { store } = under;
      await claimed(under);
      await store.close([{ ...id, outcome: "SKIPPED_PAUSED" }], NOW);
      await store.postpone([{ ...id, until: later(1), reason: "STOCK" }], NOW);
      await store.park([{ ...id, ...amount, reason: "TOO_LATE" }], NOW);
      expect((await under.charge(CONTRACT, 4))?.state).toBe("SENDING");
      expect(await under.cycle(CONTRACT, 4)).toMatchObject({ outcome: null, waitReason: null });

      await store.park([{ contractId: OTHER, cycleIndex: 1, ...amount, reason: "TOO_LATE" }], NOW);
      expect(await under.charge(OTHER, 1)).toMatchObject({ state: "PARKED", parkedReason: "TOO_LATE", attempts: [] });
      expect(await due(under)).toEqual([]);
    });

    test("a wait begins once under one reason, begins anew under another, and ends when the cycle is closed", async () => {
      const under = await fresh();
      const { store } = under;
      const wait = async () => {
        const { waitReason, waitSince, dueAt } = await under.cycle(CONTRACT, 4);
        return [waitReason, waitSince, dueAt];
      };
      await store.postpone([{ ...id, until: later(1), reason: "STOCK" }], NOW);
      expect(await due(under)).toEqual(["2:1"]);
      await store.postpone([{ ...id, until: later(2), reason: "STOCK" }], later(1));
      expect(await wait()).toEqual(["STOCK", NOW, later(2)]);
      await store.postpone([{ ...id, until: later(3), reason: "UNDER_REVIEW" }], later(2));
      expect(await wait()).toEqual(["UNDER_REVIEW", later(2), later(3)]);
      const offered = await store.dueCycles(later(3), 10);
      expect(offered.find(({ contractId }) => contractId === CONTRACT)).toMatchObject({ waitReason: "UNDER_REVIEW" });
      // Looked at again at once: it waits for nothing new. With another date it waits for nothing.
      await store.postpone([{ ...id, until: later(3), reason: null }], later(3));
      expect(await wait()).toEqual(["UNDER_REVIEW", later(2), later(3)]);
      await store.postpone([{ ...id, until: later(4), reason: null }], later(3));
      expect(await wait()).toEqual([null, null, later(4)]);
      await store.close([{ ...id, outcome: "SKIPPED_STOCK" }], later(3));
      expect(await under.cycle(CONTRACT, 4)).toMatchObject({ outcome: "SKIPPED_STOCK", waitReason: null });
      expect(await due(under, later(3))).toContain("1:5");
    });

    test("the latest success is told with what is due, another's as well", async () => {
      const under = await fresh();
      await under.store.adopt([{ ...id, ...amount, attempt: outcomeOf("SUCCESS", { idempotencyKey: "theirs" }) }], NOW);
      const [next] = await under.store.dueCycles(later(1), 10);
      expect([next?.contractId, next?.cycleIndex]).toEqual([OTHER, 1]);
      const own = (await under.store.dueCycles(later(1), 10)).find(({ contractId }) => contractId === CONTRACT);
      expect(own).toMatchObject({ cycleIndex: 5, lastPaidAt: NOW });
    });
  });

  describe(`${name}: what was sent`, () => {
    test("a dead worker's charge is taken over after its lease with the same key, and by one only", async () => {
      const under = await fresh();
      const intent = await claimed(under);
      expect(await under.store.takeFollowUps(NOW, 10, LEASE)).toEqual([]);
      const taken = await under.store.takeFollowUps(LEASE, 10, later(1));
      expect(taken.map(({ attempt }) => attempt?.idempotencyKey)).toEqual([intent.attempt.idempotencyKey]);
      expect(await under.store.takeFollowUps(LEASE, 10, later(1))).toEqual([]);
    });

    test("an accepted attempt is pending under Shopify's id, and followed up at its moment", async () => {
      const under = await fresh();
      const charge = await claimed(under);
      const shopifyId = "gid://shopify/SubscriptionBillingAttempt/9";
      await under.store.sent([{ charge, decision: { kind: "PENDING", shopifyId, nextActionAt: LEASE } }], NOW);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "PENDING", nextActionAt: LEASE });
      const [open] = await under.store.takeFollowUps(LEASE, 10, later(1));
      expect(open).toMatchObject({ state: "PENDING", attempt: { state: "PENDING", shopifyId } });
    });

    test("a lost answer is followed up with the same key, and so is an attempt that was never made", async () => {
      for (const [kind, state, attemptState] of [
        ["UNKNOWN", "UNKNOWN", "SENDING"],
        ["AGAIN", "CLAIMED", "INTENT"],
      ] as const) {
        const under = await fresh();
        const charge = await claimed(under);
        await under.store.sent([{ charge, decision: { kind, nextActionAt: NOW } }], NOW);
        const [again] = await under.store.takeFollowUps(NOW, 10, LEASE);
        const { idempotencyKey } = charge.attempt;
        expect(again).toMatchObject({ state, attempt: { number: 1, idempotencyKey, state: attemptState } });
      }
    });

    test("a refusal that a person must see is parked with its reason, and its key is never used again", async () => {
      const under = await fresh();
      const charge = await claimed(under);
      await under.store.sent([{ charge, decision: { kind: "PARK", reason: "REFUSED_INVALID" } }], NOW);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({
        state: "PARKED",
        parkedReason: "REFUSED_INVALID",
        nextActionAt: null,
        attempts: [`1 REFUSED ${charge.attempt.idempotencyKey}`],
      });
      expect(await due(under)).toEqual(["2:1"]);
    });

    test("a withdrawn first try leaves no charge and closes its cycle", async () => {
      const under = await fresh();
      const charge = await claimed(under);
      await under.store.sent([{ charge, decision: { kind: "WITHDRAW", outcome: "SKIPPED_PAUSED" } }], NOW);
      expect(await under.charge(CONTRACT, 4)).toBeNull();
      expect(await under.cycle(CONTRACT, 4)).toMatchObject({ outcome: "SKIPPED_PAUSED", claimed: false });
    });

    test("a released first try leaves no charge, waits, and shows its date again", async () => {
      const under = await fresh();
      const charge = await claimed(under);
      await under.store.sent([{ charge, decision: { kind: "RELEASE", until: later(1), reason: "STOCK" } }], NOW);
      expect(await under.charge(CONTRACT, 4)).toBeNull();
      expect(await under.cycle(CONTRACT, 4)).toMatchObject({ claimed: false, waitReason: "STOCK", waitSince: NOW });
      expect((await under.contract(CONTRACT)).nextBillingAt).toEqual(new Date("2026-02-23T08:00:00Z"));
      expect(await due(under)).toEqual(["2:1"]);
      expect(await due(under, later(1))).toContain("1:4");
    });

    test("a released later try goes back into dunning, and a withdrawn one is given up with its cycle", async () => {
      const released = await declined();
      const [again] = await released.retry();
      if (!again) throw new Error("not tried again");
      const decision = { kind: "RELEASE", until: later(30), reason: "STOCK" } as const;
      await released.store.sent([{ charge: again, decision }], later(24));
      expect(await released.charge(CONTRACT, 4)).toMatchObject({
        state: "FAILED",
        errorCode: "CARD_DECLINED",
        nextActionAt: later(30),
        attempts: [`1 FAILED ${keyOf(CONTRACT, 4, 1)}`],
      });

      const withdrawn = await declined();
      const [once] = await withdrawn.retry();
      if (!once) throw new Error("not tried again");
      await withdrawn.store.sent([{ charge: once, decision: { kind: "WITHDRAW", outcome: "SKIPPED" } }], later(24));
      expect(await withdrawn.charge(CONTRACT, 4)).toMatchObject({ state: "SKIPPED", skippedReason: "SKIPPED" });
      expect(await withdrawn.cycle(CONTRACT, 4)).toMatchObject({ outcome: "SKIPPED" });
    });

    test("an answer that comes after the outcome, or after another worker's, changes nothing", async () => {
      const under = await fresh();
      const charge = await claimed(under);
      await under.store.settle([outcomeOf("SUCCESS")], NOW);
      for (const decision of [
        { kind: "UNKNOWN", nextActionAt: LEASE },
        { kind: "WITHDRAW", outcome: "SKIPPED" },
        { kind: "RELEASE", until: LEASE, reason: null },
        { kind: "PARK", reason: "REFUSED_INVALID" },
      ] as const) {
        await under.store.sent([{ charge, decision }], NOW);
        expect((await under.charge(CONTRACT, 4))?.state).toBe("PAID");
      }
      const twice = await fresh();
      const one = await claimed(twice);
      await twice.store.sent([{ charge: one, decision: { kind: "RELEASE", until: NOW, reason: null } }], NOW);
      const other = await claimed(twice);
      await twice.store.sent([{ charge: one, decision: { kind: "WITHDRAW", outcome: "SKIPPED" } }], NOW);
      expect((await twice.charge(CONTRACT, 4))?.attempts).toEqual([`1 SENDING ${other.attempt.idempotencyKey}`]);
    });

    test("what was changed on the cycle alone is what the charge is meant to take", async () => {
      const under = await fresh();
      const { chargeId, lines } = await claimed(under);
      await under.store.adjusted(chargeId, { lines: lines.slice(0, 1), expectedAmount: "99.00", oneOffs: [] }, NOW);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ expectedAmount: "99", cycleEdited: true });
      const paid = outcomeOf("SUCCESS");
      await under.store.settle([{ ...paid, order: paid.order && { ...paid.order, total: "99.00" } }], NOW);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "PAID", paidAmount: "99", differsBy: null });
    });

    test("who takes over a charge whose cycle alone was changed sends it with what was meant then", async () => {
      const under = await fresh();
      const { chargeId } = await claimed(under);
      const change = { lines: [], expectedAmount: "99.00", oneOffs: [] };
      await under.store.adjusted(chargeId, change, NOW);
      const [open] = await under.store.takeFollowUps(LEASE, 10, later(1));
      if (!open?.attempt) throw new Error("not taken over");
      const [intent] = await under.store.sending([{ ...open, attempt: open.attempt }], LEASE, later(2));
      expect(intent).toMatchObject({ expectedAmount: "99.00", lines: change.lines, cycleEdited: true });
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ expectedAmount: "99" });
    });
  });

  describe(`${name}: what goes with one delivery alone`, () => {
    const put = async (under: StoreUnderTest, intent: Intent, oneOffs = [ONE_OFF]) =>
      under.store.adjusted(intent.chargeId, { lines: [], expectedAmount: "498.00", oneOffs }, NOW);
    const waiting = async (under: StoreUnderTest) => (await under.contract(CONTRACT)).oneOffs;

    test("is offered to the charge that is claimed next, and paid with it", async () => {
      const under = await fresh();
      const intent = await claimed(under);
      expect(intent.oneOffs[0]).toMatchObject({ oneOffId: ONE_OFF, title: "Kvern", quantity: 1 });
      expect(intent.oneOffs).toHaveLength(2);
      await put(under, intent);
      expect(await waiting(under)).toEqual(["a1 on 4", "a2 waits"]);
      const paid = outcomeOf("SUCCESS");
      await under.store.settle([{ ...paid, order: paid.order && { ...paid.order, total: "498.00" } }], NOW);
      expect(await waiting(under)).toEqual(["a1 on 4 charged", "a2 waits"]);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "PAID", differsBy: null });
      const [next] = await under.store.claim([claimOf(CONTRACT, 5, { idempotencyKey: "next" })], later(84), later(85));
      expect(next?.oneOffs.map(({ oneOffId }) => oneOffId)).toEqual([intent.oneOffs[1]?.oneOffId]);
    });

    test("stays with a declined charge, and waits again when that is given up or the cycle is let go", async () => {
      const { retry, failedId, ...under } = await declined();
      const [again] = await retry();
      if (!again) throw new Error("not tried again");
      await put(under, again);
      await under.store.settle([outcomeOf("FAILED", { idempotencyKey: keyOf(CONTRACT, 4, 2) })], later(24));
      expect(await waiting(under)).toEqual(["a1 on 4", "a2 waits"]);
      const [third] = await retry(later(48), 3);
      expect(third?.oneOffs).toHaveLength(2);
      await under.store.ended(failedId, "SKIPPED_DUNNING", later(49));
      await under.store.settle([outcomeOf("FAILED", { idempotencyKey: keyOf(CONTRACT, 4, 3) })], later(49));
      await under.store.ended(failedId, "SKIPPED_DUNNING", later(50));
      expect(await waiting(under)).toEqual(["a1 waits", "a2 waits"]);

      for (const decision of [
        { kind: "WITHDRAW", outcome: "SKIPPED_STOCK" },
        { kind: "RELEASE", until: later(1), reason: "STOCK" },
      ] as const) {
        const other = await fresh();
        const intent = await claimed(other);
        await put(other, intent);
        await other.store.sent([{ charge: intent, decision }], NOW);
        expect(await waiting(other)).toEqual(["a1 waits", "a2 waits"]);
      }
    });

    test("that is left out by a later try waits for the next delivery", async () => {
      const under = await fresh();
      const intent = await claimed(under);
      await put(under, intent);
      await put(under, intent, []);
      expect(await waiting(under)).toEqual(["a1 waits", "a2 waits"]);
    });

    test("is not put on a cycle that is settled meanwhile, and is paid by whoever charges the cycle with it", async () => {
      const under = await fresh();
      const intent = await claimed(under);
      await under.store.settle([outcomeOf("SUCCESS")], NOW);
      await put(under, intent);
      expect(await waiting(under)).toEqual(["a1 waits", "a2 waits"]);

      const other = await fresh();
      await put(other, await claimed(other));
      await other.store.adopt([{ ...id, ...amount, attempt: null }], NOW);
      expect(await waiting(other)).toEqual(["a1 on 4 charged", "a2 waits"]);
    });
  });

  describe(`${name}: how attempts ended`, () => {
    test("paid is paid: told twice, late or after a failure, in any order", async () => {
      const under = await fresh();
      await claimed(under);
      await under.store.settle([outcomeOf("PENDING")], NOW);
      expect((await under.charge(CONTRACT, 4))?.state).toBe("PENDING");
      await under.store.settle([outcomeOf("SUCCESS"), outcomeOf("SUCCESS")], NOW);
      await under.store.settle([outcomeOf("FAILED")], NOW);
      await under.store.settle([outcomeOf("PENDING")], NOW);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "PAID", paidAmount: "199", nextActionAt: null });
      expect(await under.cycle(CONTRACT, 4)).toMatchObject({ outcome: "BILLED" });
      expect(await due(under)).toContain("1:5");
    });

    test("lists that differ are taken by their furthest news: what has ended doesn't go back to pending", async () => {
      for (const [told, state] of [
        [[outcomeOf("PENDING"), outcomeOf("SUCCESS")], "PAID"],
        [[outcomeOf("SUCCESS"), outcomeOf("PENDING")], "PAID"],
        [[outcomeOf("ACTION_REQUIRED"), outcomeOf("FAILED"), outcomeOf("PENDING")], "FAILED"],
      ] as const) {
        const under = await fresh();
        await claimed(under);
        await under.store.settle(told, NOW);
        expect((await under.charge(CONTRACT, 4))?.state).toBe(state);
      }
    });

    test("told at once of two attempts of one charge: a success is the truth, a second one is paid twice", async () => {
      const of = (number: number, state: AttemptOutcome["state"]) =>
        outcomeOf(state, { idempotencyKey: keyOf(CONTRACT, 4, number), completedAt: later(24) });
      for (const [told, attempts, differsBy] of [
        [[of(1, "SUCCESS"), of(2, "PENDING")], ["SUCCESS", "SENDING"], null],
        [[of(2, "PENDING"), of(1, "SUCCESS")], ["SUCCESS", "PENDING"], null],
        [[of(1, "SUCCESS"), of(2, "FAILED")], ["SUCCESS", "SENDING"], null],
        [[of(1, "SUCCESS"), of(2, "SUCCESS")], ["SUCCESS", "FAILED"], "199"],
      ] as const) {
        // The list first said that the earlier attempt had failed: the later one is on its way.
        const { retry, ...under } = await declined();
        await retry();
        await under.store.settle(told, later(24));
        expect(await under.charge(CONTRACT, 4)).toMatchObject({
          state: "PAID",
          nextActionAt: null,
          differsBy,
          attempts: attempts.map((state, index) => `${index + 1} ${state} ${keyOf(CONTRACT, 4, index + 1)}`),
        });
        expect(await under.cycle(CONTRACT, 4)).toMatchObject({ outcome: "BILLED" });
      }
    });

    test("a failed charge waits for its next try and holds the contract's later cycles", async () => {
      const under = await declined();
      expect(await under.charge(CONTRACT, 4)).toMatchObject({
        state: "FAILED",
        errorCode: "CARD_DECLINED",
        declineClass: "SOFT",
        declines: 1,
        nextActionAt: later(24),
      });
      expect(await under.cycle(CONTRACT, 4)).toMatchObject({ outcome: null, claimed: true });
      expect(await due(under)).toEqual(["2:1"]);
      expect(await under.store.takeFollowUps(later(23), 10, later(25))).toEqual([]);
      const [open] = await under.store.takeFollowUps(later(24), 10, later(25));
      expect(open).toMatchObject({ state: "FAILED", declineClass: "SOFT", attempt: { number: 1, state: "FAILED" } });
    });

    test("a payment to approve is polled on, reminded of once and given up after the shop's days", async () => {
      const under = await fresh({ challengeDays: 3 });
      await claimed(under);
      const told = (hours: number) => under.store.settle([outcomeOf("ACTION_REQUIRED")], later(hours));
      await told(0);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "ACTION_REQUIRED", remindedAt: null });
      await told(5);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ nextActionAt: later(6), remindedAt: null });
      await told(24);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ nextActionAt: later(25), remindedAt: later(24) });
      await told(48);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ remindedAt: later(24) });
      await told(72);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({
        state: "FAILED",
        errorCode: "EXPIRED_BUYER_ACTION",
        dunningEndsAt: later(72),
        attempts: [`1 ACTION_REQUIRED ${keyOf(CONTRACT, 4, 1)}`],
      });
    });

    test("what only the merchant can mend waits for a person", async () => {
      const under = await declined({}, "MERCHANT_ACCOUNT_ERROR");
      expect(await under.charge(CONTRACT, 4)).toMatchObject({
        state: "PARKED",
        parkedReason: "SETUP_MERCHANT_ACCOUNT_ERROR",
        nextActionAt: null,
      });
    });

    test("an order that took more than was meant says so", async () => {
      const under = await fresh();
      await claimed(under);
      const paid = outcomeOf("SUCCESS");
      await under.store.settle([{ ...paid, order: paid.order && { ...paid.order, total: "249.00" } }], NOW);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "PAID", paidAmount: "249", differsBy: "50" });
    });

    test("when a late payment comes, cycles that passed meanwhile are let go, or charged if the merchant wants that", async () => {
      for (const [missedCycles, outcome] of [
        ["SKIP", "SKIPPED_DUNNING"],
        ["CHARGE", null],
      ] as const) {
        const under = await declined({ missedCycles });
        await under.retry(later(24 * 7 + 1));
        const paid = outcomeOf("SUCCESS", { idempotencyKey: keyOf(CONTRACT, 4, 2), completedAt: later(24 * 7 + 1) });
        await under.store.settle([paid], later(24 * 7 + 1));
        const outcomes = [5, 6, 7].map(async (index) => (await under.cycle(CONTRACT, index)).outcome);
        expect(await Promise.all(outcomes)).toEqual([outcome, outcome, null]);
      }
    });

    test("when a new card pays, cycles that passed while the old one was tried are let go as well", async () => {
      const under = await declined({}, "EXPIRED_CARD");
      await under.change(CONTRACT, { paymentMethodChangedAt: later(24 * 7) });
      await under.store.attend(later(24 * 7));
      await under.retry(later(24 * 7 + 1));
      const paid = outcomeOf("SUCCESS", { idempotencyKey: keyOf(CONTRACT, 4, 2), completedAt: later(24 * 7 + 1) });
      await under.store.settle([paid], later(24 * 7 + 1));
      const outcomes = [5, 6, 7].map(async (index) => (await under.cycle(CONTRACT, index)).outcome);
      expect(await Promise.all(outcomes)).toEqual(["SKIPPED_DUNNING", "SKIPPED_DUNNING", null]);
    });

    test("when the tries end without a payment, cycles that passed meanwhile are let go, whatever the merchant wants", async () => {
      for (const missedCycles of ["SKIP", "CHARGE"] as const) {
        for (const end of ["PAUSED", "SKIPPED_DUNNING"] as const) {
          const under = await declined({ missedCycles });
          const at = later(24 * 7 + 1);
          if (end === "PAUSED") await under.store.pausing(under.failedId, at);
          await under.store.ended(under.failedId, end, at);
          const outcomes = [5, 6, 7].map(async (index) => (await under.cycle(CONTRACT, index)).outcome);
          expect(await Promise.all(outcomes)).toEqual(["SKIPPED_DUNNING", "SKIPPED_DUNNING", null]);
        }
      }
    });

    test("an attempt that is not the ledger's changes nothing", async () => {
      const { store } = await fresh();
      expect(await store.settle([outcomeOf("SUCCESS", { idempotencyKey: "unknown" })], NOW)).toEqual(new Set());
      expect(await store.settle([], NOW)).toEqual(new Set());
    });
  });

  describe(`${name}: the next try`, () => {
    test("has a key of its own and takes what the contract is now", async () => {
      const under = await declined();
      const [again] = await under.retry();
      expect(again).toMatchObject({
        state: "SENDING",
        expectedAmount: "199.00",
        dunningEndsAt: null,
        attempt: { number: 2, idempotencyKey: keyOf(CONTRACT, 4, 2), state: "SENDING" },
      });
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ declines: 1, nextActionAt: later(25) });
    });

    test.each([
      ["is on its way", async (under: StoreUnderTest) => under.store.settle([], NOW)],
      ["is pending", async (under: StoreUnderTest) => under.store.settle([outcomeOf("PENDING")], NOW)],
      ["waits for approval", async (under: StoreUnderTest) => under.store.settle([outcomeOf("ACTION_REQUIRED")], NOW)],
      ["has succeeded", async (under: StoreUnderTest) => under.store.settle([outcomeOf("SUCCESS")], NOW)],
      [
        "was given up on while it waits for approval",
        async (under: StoreUnderTest) => {
          await under.store.settle([outcomeOf("ACTION_REQUIRED")], NOW);
          await under.store.settle([outcomeOf("ACTION_REQUIRED")], later(72));
        },
      ],
    ])("is refused while the one before %s", async (_what, happen) => {
      const under = await fresh();
      const { chargeId } = await claimed(under);
      await happen(under);
      expect(
        await under.store.retry([{ chargeId, idempotencyKey: "another", number: 2 }], later(80), later(81)),
      ).toEqual([]);
      expect((await under.charge(CONTRACT, 4))?.attempts).toHaveLength(1);
    });

    test("is refused while somebody else makes it, and for a contract that may not be charged", async () => {
      const under = await declined();
      await under.change(CONTRACT, { status: "PAUSED" });
      expect(await under.retry()).toEqual([]);
      await under.change(CONTRACT, { status: "ACTIVE" });
      expect(await under.retry()).toHaveLength(1);
      expect(await under.retry()).toEqual([]);
    });

    test("of a charge that a person has let go is the first one, or the one after a refusal", async () => {
      const under = await fresh();
      await under.store.park([{ ...id, ...amount, reason: "TOO_LATE" }], NOW);
      await under.letGo(CONTRACT, 4, NOW);
      const [open] = await under.store.takeFollowUps(NOW, 10, LEASE);
      expect(open).toMatchObject({ state: "CLAIMED", attempt: null, confirmed: true });
      const tries = [{ chargeId: open?.chargeId ?? "", idempotencyKey: keyOf(CONTRACT, 4, 1), number: 1 }];
      const [charge] = await under.store.retry(tries, NOW, LEASE);
      expect(charge).toMatchObject({ attempt: { number: 1 }, confirmed: true });
      if (!charge) throw new Error("not tried");
      await under.store.sent([{ charge, decision: { kind: "RELEASE", until: later(1), reason: "TOO_EARLY" } }], NOW);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "CLAIMED", nextActionAt: later(1), attempts: [] });
    });

    test("for which there is no stock: what a person has let go waits like any other, what was declined keeps its place", async () => {
      const under = await fresh();
      await under.store.park([{ ...id, ...amount, reason: "TOO_LATE" }], NOW);
      await under.letGo(CONTRACT, 4, NOW);
      const tries = [{ chargeId: await under.chargeId(CONTRACT, 4), idempotencyKey: keyOf(CONTRACT, 4, 1), number: 1 }];
      const [charge] = await under.store.retry(tries, NOW, LEASE);
      if (!charge) throw new Error("not tried");
      const waits = { kind: "RELEASE", until: later(6), reason: "STOCK" } as const;
      await under.store.sent([{ charge, decision: waits }], NOW);
      expect(await under.charge(CONTRACT, 4)).toBeNull();
      const waiting = { waitReason: "STOCK", waitSince: NOW };
      expect(await under.cycle(CONTRACT, 4)).toMatchObject({ ...waiting, claimed: false, dueAt: later(6) });

      const other = await declined();
      const [again] = await other.retry();
      if (!again) throw new Error("not tried");
      await other.store.sent([{ charge: again, decision: { ...waits, until: later(30) } }], later(24));
      expect(await other.charge(CONTRACT, 4)).toMatchObject({ state: "FAILED", nextActionAt: later(30) });
      expect(await other.cycle(CONTRACT, 4)).toMatchObject({ ...waiting, claimed: true });
      expect((await other.store.takeFollowUps(later(30), 10, later(31)))[0]).toMatchObject({ waitSince: NOW });
    });
  });

  describe(`${name}: people's acts come first`, () => {
    test("what Shopify calls billed is not given up with its contract: somebody else's money is to be booked", async () => {
      const under = await declined();
      await under.billed(CONTRACT, 4);
      await under.change(CONTRACT, { status: "CANCELLED" });
      expect(await under.store.attend(later(1))).toBe(0);
      expect((await under.store.chargedElsewhere()).map(({ chargeId }) => chargeId)).toEqual([under.failedId]);
    });

    test("a shopper's pause ends a failed charge; a parked one goes on waiting for its person", async () => {
      for (const status of ["PAUSED", "FAILED"] as const) {
        const under = await declined();
        await under.store.park([{ contractId: OTHER, cycleIndex: 1, ...amount, reason: "TOO_LATE" }], NOW);
        await under.change(CONTRACT, { status });
        await under.change(OTHER, { status });
        expect(await under.store.attend(later(1))).toBe(1);
        expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "SKIPPED", skippedReason: "SKIPPED_PAUSED" });
        expect(await under.cycle(CONTRACT, 4)).toMatchObject({ outcome: "SKIPPED_PAUSED" });
        expect(await under.charge(OTHER, 1)).toMatchObject({ state: "PARKED" });
        expect(await under.store.attend(later(1))).toBe(0);
      }
    });

    test("a shopper's pause lets nothing go that could still be approved: the next renewal would be asked for beside it", async () => {
      const under = await fresh();
      await claimed(under);
      await under.store.settle([outcomeOf("ACTION_REQUIRED")], NOW);
      await under.store.settle([outcomeOf("ACTION_REQUIRED")], later(72));
      await under.change(CONTRACT, { status: "PAUSED" });
      expect(await under.store.attend(later(73))).toBe(0);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "FAILED", errorCode: "EXPIRED_BUYER_ACTION" });
      await under.store.settle([outcomeOf("FAILED", { errorCode: "EXPIRED_BUYER_ACTION" })], later(74));
      expect(await under.store.attend(later(75))).toBe(1);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "SKIPPED", skippedReason: "SKIPPED_PAUSED" });
    });

    test("a cancelled contract's failed and parked charges are over", async () => {
      const under = await declined();
      await under.store.park([{ contractId: OTHER, cycleIndex: 1, ...amount, reason: "TOO_LATE" }], NOW);
      for (const contractId of [CONTRACT, OTHER]) await under.change(contractId, { status: "CANCELLED" });
      expect(await under.store.attend(later(1))).toBe(2);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "SKIPPED", skippedReason: "ENDED" });
      expect(await under.charge(OTHER, 1)).toMatchObject({ state: "SKIPPED", parkedReason: null });
    });

    test("what is on its way is left alone, whatever people do", async () => {
      const under = await fresh();
      await claimed(under);
      await under.change(CONTRACT, { status: "CANCELLED", paymentMethodChangedAt: later(1) });
      expect(await under.store.attend(later(2))).toBe(0);
      expect((await under.charge(CONTRACT, 4))?.state).toBe("SENDING");
    });

    test("a new payment method brings fresh tries, after the wait in which Shopify may retry by itself", async () => {
      const under = await declined({}, "EXPIRED_CARD");
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ dunningEndsAt: later(14 * 24) });
      await under.change(CONTRACT, { paymentMethodChangedAt: later(5) });
      expect(await under.store.attend(later(6))).toBe(1);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({
        state: "FAILED",
        declines: 0,
        firstFailedAt: null,
        dunningEndsAt: null,
        nextActionAt: later(5.25),
      });
      expect(await under.store.attend(later(7))).toBe(0);
    });

    test("a payment method that was changed while the old one was being charged is tried as well", async () => {
      const under = await fresh();
      await claimed(under);
      await under.change(CONTRACT, { paymentMethodChangedAt: later(1) });
      await under.store.settle([outcomeOf("FAILED", { errorCode: "EXPIRED_CARD" })], later(2));
      expect(await under.store.attend(later(3))).toBe(1);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ dunningEndsAt: null, nextActionAt: later(1.25) });
      const [again] = await under.store.retry(
        [{ chargeId: await under.chargeId(CONTRACT, 4), idempotencyKey: keyOf(CONTRACT, 4, 2), number: 2 }],
        later(3),
        later(4),
      );
      expect(again).toBeDefined();
      const refusal = outcomeOf("FAILED", { idempotencyKey: keyOf(CONTRACT, 4, 2), completedAt: later(3) });
      await under.store.settle([refusal], later(3));
      // That card has had its try: it is not new any more.
      expect(await under.store.attend(later(4))).toBe(0);
    });

    test("dunning's own pause keeps the overdue cycle, and who resumes the contract has it tried at once", async () => {
      const under = await declined();
      await under.store.pausing(under.failedId, later(24));
      // What passed while it was tried was missed for dunning's sake.
      expect(await under.cycle(CONTRACT, 5)).toMatchObject({ outcome: "SKIPPED_DUNNING" });
      await under.change(CONTRACT, { status: "PAUSED" });
      await under.store.ended(under.failedId, "PAUSED", later(24));
      expect(await under.store.attend(later(25))).toBe(0);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "FAILED", nextActionAt: null });
      expect(await under.contract(CONTRACT)).toMatchObject({ dunningPausedAt: later(24) });
      expect(await under.cycle(CONTRACT, 4)).toMatchObject({ outcome: null });
      await under.change(CONTRACT, { status: "ACTIVE" });
      expect(await under.store.attend(later(48))).toBe(1);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "FAILED", nextActionAt: later(48) });
      expect(await under.contract(CONTRACT)).toMatchObject({ dunningPausedAt: null });
      expect(await under.store.attend(later(48))).toBe(0);
    });

    test("a pause that is begun and not yet carried out is still dunning's when it is carried out", async () => {
      const under = await declined({}, "EXPIRED_CARD");
      await under.store.pausing(under.failedId, later(24));
      // The worker dies here, or Shopify does not answer: the contract is active still.
      expect(await under.store.attend(later(25))).toBe(0);
      expect(await under.contract(CONTRACT)).toMatchObject({ dunningPausedAt: later(24) });
      await under.store.pausing(under.failedId, later(26));
      expect(await under.contract(CONTRACT)).toMatchObject({ dunningPausedAt: later(24) });
    });

    test("dunning's own pause is over once the payment has come without another try", async () => {
      const paused = async () => {
        const under = await declined();
        await under.store.pausing(under.failedId, later(24));
        await under.change(CONTRACT, { status: "PAUSED" });
        return under;
      };
      const late = await paused();
      await late.store.ended(late.failedId, "PAUSED", later(24));
      await late.store.settle([outcomeOf("SUCCESS")], later(48));
      expect(await late.contract(CONTRACT)).toMatchObject({ dunningPausedAt: null });

      const elsewhere = await paused();
      await elsewhere.store.ended(elsewhere.failedId, "PAUSED", later(24));
      await elsewhere.store.adopt([{ contractId: CONTRACT, cycleIndex: 5, attempt: null, ...amount }], later(48));
      expect(await elsewhere.contract(CONTRACT)).toMatchObject({ dunningPausedAt: later(24) });
      await elsewhere.store.adopt([{ ...id, attempt: null, ...amount }], later(48));
      expect(await elsewhere.contract(CONTRACT)).toMatchObject({ dunningPausedAt: null });

      const meanwhile = await declined();
      await meanwhile.store.pausing(meanwhile.failedId, later(24));
      await meanwhile.store.settle([outcomeOf("SUCCESS")], later(24));
      await meanwhile.change(CONTRACT, { status: "PAUSED" });
      await meanwhile.store.ended(meanwhile.failedId, "PAUSED", later(24));
      expect(await meanwhile.contract(CONTRACT)).toMatchObject({ dunningPausedAt: null });
    });

    test("a new card for a contract that dunning has paused is tried", async () => {
      const under = await declined();
      await under.store.pausing(under.failedId, later(24));
      await under.change(CONTRACT, { status: "PAUSED" });
      await under.store.ended(under.failedId, "PAUSED", later(24));
      await under.change(CONTRACT, { paymentMethodChangedAt: later(100) });
      expect(await under.store.attend(later(101))).toBe(1);
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ nextActionAt: later(100.25), declines: 0 });
    });
  });

  describe(`${name}: the end of dunning`, () => {
    test("given up: the cycle brings no order, and those that passed meanwhile don't either", async () => {
      const under = await declined();
      await under.store.ended(under.failedId, "SKIPPED_DUNNING", later(24 * 7 + 1));
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "SKIPPED", skippedReason: "SKIPPED_DUNNING" });
      const outcomes = [4, 5, 6, 7].map(async (index) => (await under.cycle(CONTRACT, index)).outcome);
      expect(await Promise.all(outcomes)).toEqual(["SKIPPED_DUNNING", "SKIPPED_DUNNING", "SKIPPED_DUNNING", null]);
    });

    test("a payment that comes after all is the truth", async () => {
      const under = await declined();
      await under.store.ended(under.failedId, "ENDED", later(24));
      await under.store.settle([outcomeOf("SUCCESS")], later(25));
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "PAID" });
      expect(await under.cycle(CONTRACT, 4)).toMatchObject({ outcome: "BILLED" });
    });

    test("what isn't failed any more is not ended, and what is at rest is not put off", async () => {
      const under = await declined();
      await under.retry();
      await under.store.ended(under.failedId, "SKIPPED_DUNNING", later(25));
      expect(await under.state()).toBe("SENDING");
      await under.store.putOff([under.failedId], later(30), later(25));
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ nextActionAt: later(30) });
      const paid = outcomeOf("SUCCESS", { idempotencyKey: keyOf(CONTRACT, 4, 2) });
      await under.store.settle([paid], later(26));
      await under.store.putOff([under.failedId], later(40), later(27));
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ nextActionAt: null });
    });
  });

  describe(`${name}: what Shopify's lists show`, () => {
    const feedOf = (change: Partial<Feed>): Feed => ({
      attempts: [],
      contracts: [],
      complete: true,
      mark: { attemptId: 9n, contractsAt: NOW },
      ...change,
    });
    const read = (outcome: AttemptOutcome, contractId = CONTRACT) => ({ outcome, contractShopifyId: gid(contractId) });

    test("own attempts are settled, foreign ones noted until they are accounted for, the checkout's is nobody's", async () => {
      const under = await fresh();
      await claimed(under);
      const foreign = outcomeOf("PENDING", { idempotencyKey: "theirs" });
      const checkout = outcomeOf("SUCCESS", { idempotencyKey: "checkout" });
      const origin = checkout.order && { ...checkout.order, id: "gid://shopify/Order/1" };
      const attempts = [read(outcomeOf("SUCCESS")), read(foreign, OTHER), read({ ...checkout, order: origin })];
      const looked = await under.store.look(feedOf({ attempts }), NOW);
      expect(looked).toEqual({
        own: new Set([keyOf(CONTRACT, 4, 1)]),
        foreign: new Set([gid(OTHER)]),
        behind: new Set(),
      });
      expect((await under.charge(CONTRACT, 4))?.state).toBe("PAID");
      expect((await under.contract(OTHER)).foreignSeenAt).toEqual(NOW);
      expect((await under.contract(CONTRACT)).foreignSeenAt).toBeNull();
      expect((await under.store.dueCycles(NOW, 10))[0]).toMatchObject({ contractId: OTHER, foreignSeenAt: NOW });
      await under.store.accountedFor([OTHER, CONTRACT], NOW);
      expect((await under.contract(OTHER)).foreignSeenAt).toBeNull();
    });

    test("contracts that the mirror has otherwise are told, strangers are not", async () => {
      const under = await fresh();
      const contracts = [
        { shopifyId: gid(CONTRACT), status: "ACTIVE", revisionId: "2" },
        { shopifyId: gid(OTHER), status: "ACTIVE", revisionId: "1" },
        { shopifyId: "gid://shopify/SubscriptionContract/99", status: "ACTIVE", revisionId: "1" },
      ] as const;
      expect((await under.store.look(feedOf({ contracts }), NOW)).behind).toEqual(new Set([gid(CONTRACT)]));
      // The list has moved on: also a run that never saw this look must look at the contract by itself.
      expect((await under.contract(CONTRACT)).foreignSeenAt).toEqual(NOW);
      expect((await under.contract(OTHER)).foreignSeenAt).toBeNull();
    });

    test("after lists that were not read whole every contract that can be charged is looked at by itself", async () => {
      const under = await fresh();
      await under.change(OTHER, { status: "CANCELLED" });
      const { behind, foreign } = await under.store.look(feedOf({ complete: false }), NOW);
      expect([behind.size, foreign.size]).toEqual([0, 0]);
      expect((await under.contract(CONTRACT)).foreignSeenAt).toEqual(NOW);
      expect((await under.contract(OTHER)).foreignSeenAt).toBeNull();
      await under.store.look(feedOf({ complete: false }), later(1));
      expect((await under.contract(CONTRACT)).foreignSeenAt).toEqual(NOW);
      await under.store.accountedFor([CONTRACT], later(1));
      await under.store.look(feedOf({}), later(2));
      expect((await under.contract(CONTRACT)).foreignSeenAt).toBeNull();
    });

    test("reading goes on where the last look ended", async () => {
      const { store } = await fresh();
      expect(await store.feedMark()).toEqual({ attemptId: null, contractsAt: null });
      const mark = { attemptId: 9_007_199_254_740_993n, contractsAt: NOW };
      await store.look(feedOf({ mark }), NOW);
      expect(await store.feedMark()).toEqual(mark);
    });

    test("the ledger tells its keys and paid cycles, of this shop's contracts alone", async () => {
      const under = await fresh();
      await claimed(under);
      await under.store.settle([outcomeOf("SUCCESS")], NOW);
      const booked = await under.store.booked([CONTRACT, OTHER], [keyOf(CONTRACT, 4, 1), "theirs"]);
      expect(booked.get(CONTRACT)).toEqual({ keys: new Set([keyOf(CONTRACT, 4, 1)]), paidCycles: new Set([4]) });
      expect(booked.get(OTHER)?.paidCycles).toEqual(new Set());
    });

    test("what somebody else has charged is booked once, not charged again, and an intent of ours for it withdrawn", async () => {
      const under = await fresh();
      await claimed(under);
      const foreign = outcomeOf("SUCCESS", { idempotencyKey: "theirs" });
      for (let time = 0; time < 2; time += 1) {
        await under.store.adopt([{ ...id, ...amount, attempt: foreign }], NOW);
        await under.store.adopt([{ ...amount, contractId: OTHER, cycleIndex: 1, attempt: null }], NOW);
      }
      expect(await under.charge(CONTRACT, 4)).toMatchObject({
        state: "PAID",
        paidAmount: "199",
        attempts: [`1 REFUSED ${keyOf(CONTRACT, 4, 1)}`, "2 SUCCESS theirs"],
      });
      expect(await under.charge(OTHER, 1)).toMatchObject({ state: "PAID", paidAmount: null, attempts: [] });
      expect(await under.cycle(OTHER, 1)).toMatchObject({ outcome: "BILLED", claimed: true });
      expect(await under.store.claim([claimOf(OTHER, 1)], NOW, LEASE)).toEqual([]);
      expect((await under.store.booked([CONTRACT], ["theirs"])).get(CONTRACT)?.keys).toEqual(new Set(["theirs"]));
    });

    test("failed and parked charges of cycles that others have charged are found; one with an open attempt may be paid by that", async () => {
      const under = await declined();
      const found = async () => (await under.store.chargedElsewhere()).map(({ chargeId }) => chargeId);
      await under.store.park([{ contractId: OTHER, cycleIndex: 1, ...amount, reason: "TOO_LATE" }], NOW);
      expect(await found()).toEqual([]);
      await under.billed(OTHER, 1);
      expect(await under.store.chargedElsewhere()).toMatchObject([
        { chargeId: await under.chargeId(OTHER, 1), state: "PARKED", attempt: null, expectedAmount: "199.00" },
      ]);
      await under.billed(CONTRACT, 4);
      expect(await found()).toHaveLength(2);
      await under.store.adopt([{ ...amount, contractId: OTHER, cycleIndex: 1, attempt: null }], later(1));
      expect(await found()).toEqual([under.failedId]);
      await under.retry();
      expect(await found()).toEqual([]);
      const asked = { idempotencyKey: keyOf(CONTRACT, 4, 2), createdAt: later(-100) };
      await under.store.settle([outcomeOf("ACTION_REQUIRED", asked)], later(24 * 30));
      expect(await under.state()).toBe("FAILED");
      expect(await found()).toEqual([]);
    });

    test("a charge that was given up is found when others turn out to have charged its cycle, and booked as paid", async () => {
      const under = await declined();
      const found = async () => (await under.store.chargedElsewhere()).map(({ chargeId }) => chargeId);
      await under.store.ended(under.failedId, "SKIPPED_DUNNING", later(24));
      expect(await found()).toEqual([]);
      await under.billed(CONTRACT, 4);
      expect(await found()).toEqual([under.failedId]);
      const attempt = outcomeOf("SUCCESS", { idempotencyKey: "theirs" });
      await under.store.adopt([{ ...id, ...amount, attempt }], later(48));
      expect(await under.charge(CONTRACT, 4)).toMatchObject({ state: "PAID", skippedReason: null });
      expect(await found()).toEqual([]);
    });

    test("one success pays one cycle: told for a second one it books that without it", async () => {
      const under = await fresh();
      const attempt = outcomeOf("SUCCESS", { idempotencyKey: "theirs" });
      await under.store.adopt([{ ...id, ...amount, attempt }], NOW);
      await under.store.adopt([{ ...id, cycleIndex: 5, ...amount, attempt }], NOW);
      expect((await under.charge(CONTRACT, 4))?.attempts).toEqual(["1 SUCCESS theirs"]);
      expect(await under.charge(CONTRACT, 5)).toMatchObject({ state: "PAID", attempts: [] });
    });
  });
}
