import type { Adoption, ChargeStore, Claim, OpenCharge, Sent } from "./charge-store";
import { batchSize, decideAnswer, decideDue } from "./engine";
import type { AttemptOutcome, DueCycle, DueDecision, GuardReading, SendAnswer } from "./engine";

/** What billing asks Shopify for. Every call may throw; only `sendAttempts` moves money. */
export interface Gate {
  readGuards(cycles: readonly CycleRef[]): Promise<(GuardReading | null)[]>;
  readCycleAttempts(cycles: readonly CycleRef[]): Promise<AttemptOutcome[][]>;
  readAttempts(ids: readonly string[]): Promise<ReadAttempt[]>;
  sendAttempts(charges: readonly OpenCharge[]): Promise<SendAnswer[]>;
}

export interface CycleRef {
  contractShopifyId: string;
  cycleIndex: number;
}

/** An attempt as Shopify has it, with the contract that it is about. */
export interface ReadAttempt {
  outcome: AttemptOutcome;
  contractShopifyId: string;
}

export interface BillerPorts {
  store: ChargeStore;
  gate: Gate;
  /** Brings the mirror of these contracts up to Shopify. */
  reread(contractShopifyIds: readonly string[]): Promise<void>;
  keyOf(contractShopifyId: string, cycleIndex: number, attemptNumber: number): string;
  now(): Date;
}

/** Cycles that are guarded, claimed and sent in one round. */
const DUE_PER_ROUND = 50;
const FOLLOW_UPS_PER_ROUND = 100;
/** A charge is another worker's after this long: longer than any call to Shopify waits. */
const LEASE_MS = 5 * 60_000;
/** A cycle that the mirror and Shopify can't agree on is looked at again after this long. */
const DISAGREEMENT_WAIT_MS = 10 * 60_000;
const AGAIN_WAIT_MS = 60_000;

/** One shop's billing run: takes what is due through the gate, and follows up what is on its way. */
export function createBiller({ store, gate, reread, keyOf, now }: BillerPorts) {
  let batchesSent = 0;
  const alreadyRead = new Set<string>();

  /** @returns how many charges it looked after */
  async function followUp(): Promise<number> {
    const at = now();
    const open = await store.takeFollowUps(at, FOLLOW_UPS_PER_ROUND, lease(at));
    const sentOnes = open.flatMap(({ attemptShopifyId }) => (attemptShopifyId === null ? [] : [attemptShopifyId]));
    if (sentOnes.length > 0) {
      const read = await gate.readAttempts(sentOnes);
      await store.settle(
        read.map(({ outcome }) => outcome),
        now(),
      );
    }
    await resend(open.filter(({ attemptShopifyId }) => attemptShopifyId === null));
    return open.length;
  }

  /** Charges of which nobody knows whether Shopify has them: looked up first, then sent with the same key. */
  async function resend(charges: readonly OpenCharge[]): Promise<void> {
    if (charges.length === 0) return;
    const attempts = await gate.readCycleAttempts(charges);
    const found: AttemptOutcome[] = [];
    const adoptions: Adoption[] = [];
    const missing: OpenCharge[] = [];
    charges.forEach((charge, index) => {
      const seen = attempts[index] ?? [];
      const own = seen.find(({ idempotencyKey }) => idempotencyKey === charge.idempotencyKey);
      const foreign = seen.find(({ state }) => state === "SUCCESS");
      if (own) found.push(own);
      else if (foreign) adoptions.push({ ...charge, attempt: foreign });
      else missing.push(charge);
    });
    await store.settle(found, now());
    await store.adopt(adoptions, now());
    await send(missing);
  }

  /** @returns how many cycles it moved on; 0 when nothing is due or nothing can be done about it now */
  async function chargeDue(): Promise<number> {
    const at = now();
    const due = await store.dueCycles(at, DUE_PER_ROUND);
    if (due.length === 0) return 0;
    const guards = await gate.readGuards(due);
    const own = await store.ownKeys(
      guards.flatMap((guard) => guard?.attempts.map((each) => each.idempotencyKey) ?? []),
    );
    const decided = due.map((cycle, index) => ({ cycle, decision: decideDue(cycle, guards[index] ?? null, own, at) }));
    const of = <Kind extends DueDecision["kind"]>(kind: Kind) =>
      decided.flatMap(({ cycle, decision }) =>
        decision.kind === kind ? [{ cycle, decision: decision as Extract<DueDecision, { kind: Kind }> }] : [],
      );

    await store.close(
      of("CLOSE").map(({ cycle, decision }) => ({ ...idOf(cycle), outcome: decision.outcome })),
      at,
    );
    await store.park(
      of("PARK").map(({ cycle, decision }) => ({ ...idOf(cycle), ...amountOf(cycle), reason: decision.reason })),
      at,
    );
    await store.postpone(
      of("POSTPONE").map(({ cycle, decision }) => ({ ...idOf(cycle), until: decision.until })),
      at,
    );
    await adoptBilled(of("ADOPT").map(({ cycle }) => cycle));
    await readBehind(of("REREAD").map(({ cycle }) => cycle));
    const claimed = await store.claim(
      of("CHARGE").map(({ cycle }) => claimOf(cycle)),
      at,
      lease(at),
    );
    await send(claimed);
    return decided.length - of("CHARGE").length + claimed.length;
  }

  const claimOf = (cycle: DueCycle): Claim => ({
    ...idOf(cycle),
    ...amountOf(cycle),
    revisionId: cycle.revisionId,
    idempotencyKey: keyOf(cycle.contractShopifyId, cycle.cycleIndex, 1),
  });

  async function adoptBilled(cycles: readonly DueCycle[]): Promise<void> {
    if (cycles.length === 0) return;
    const attempts = await gate.readCycleAttempts(cycles);
    await store.adopt(
      cycles.map((cycle, index) => ({
        ...idOf(cycle),
        ...amountOf(cycle),
        attempt: attempts[index]?.find(({ state }) => state === "SUCCESS") ?? null,
      })),
      now(),
    );
  }

  async function readBehind(cycles: readonly DueCycle[]): Promise<void> {
    const fresh = cycles.filter(({ contractShopifyId }) => !alreadyRead.has(contractShopifyId));
    const again = cycles.filter(({ contractShopifyId }) => alreadyRead.has(contractShopifyId));
    if (fresh.length > 0) await reread(fresh.map(({ contractShopifyId }) => contractShopifyId));
    for (const { contractShopifyId } of fresh) alreadyRead.add(contractShopifyId);
    // Read a moment ago and still not the same: somebody is editing it.
    const until = new Date(now().getTime() + DISAGREEMENT_WAIT_MS);
    await store.postpone(
      again.map((cycle) => ({ ...idOf(cycle), until })),
      now(),
    );
  }

  async function send(charges: readonly OpenCharge[]): Promise<void> {
    for (let from = 0; from < charges.length;) {
      const batch = charges.slice(from, from + batchSize(batchesSent));
      from += batch.length;
      batchesSent += 1;
      const answers = await sendOrPutBack(batch, charges.slice(from));
      const results = batch.map((charge, index): Sent => {
        const answer: SendAnswer = answers[index] ?? { kind: "NO_ANSWER" };
        return { charge, decision: decideAnswer(answer, charge.claimedAt, now()) };
      });
      // After trouble the next batch is a single one again.
      if (results.some(({ decision }) => decision.kind !== "PENDING")) batchesSent = 0;
      await store.sent(results, now());
    }
  }

  /** When Shopify takes no calls at all, everything claimed goes back to waiting before the run stops. */
  async function sendOrPutBack(batch: readonly OpenCharge[], rest: readonly OpenCharge[]): Promise<SendAnswer[]> {
    try {
      return await gate.sendAttempts(batch);
    } catch (error) {
      const nextActionAt = new Date(now().getTime() + AGAIN_WAIT_MS);
      await store.sent(
        [...batch, ...rest].map((charge) => ({ charge, decision: { kind: "AGAIN", nextActionAt } })),
        now(),
      );
      throw error;
    }
  }

  return { followUp, chargeDue };
}

const lease = (at: Date): Date => new Date(at.getTime() + LEASE_MS);

const idOf = ({ contractId, cycleIndex }: DueCycle) => ({ contractId, cycleIndex });

const amountOf = ({ expectedAmount, currencyCode }: DueCycle) => ({ expectedAmount, currencyCode });
