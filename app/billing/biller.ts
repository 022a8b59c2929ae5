import { isHeld } from "~/contracts/cycle-rules";

import { decideAnswer, THROTTLED_WAIT_MS } from "./answer";
import type { SendAnswer, SendDecision } from "./answer";
import type { Adjustment, ChargeStore, Claim, Intent, OpenCharge, Sent } from "./ledger/charge-store";
import { adoptionsOf, bookChargedElsewhere, readCycles } from "./charged-elsewhere";
import {
  CHANGE_WAIT_MS,
  decideDue,
  isBeingChanged,
  isTooSoonAfter,
  NEW_CARD_WAIT_MS,
  soonestAfter,
  UNREADABLE_WAIT_MS,
} from "./engine";
import type { ContractFacts, DueCycle, DueDecision, ParkedReason } from "./engine";
import { decideGuard, isAccountedFor } from "./guard";
import type { Booked, Feed, FeedMark, GuardReading, ReadAttempt, UnreadableGuard } from "./guard";
import { createSender, lease, NOT_PUT_BACK_WAIT_MS } from "./sender";
import type { BillingSettings } from "./settings/settings";

/** What billing asks Shopify for. Every call may throw; only `sendAttempts` moves money. */
export interface Gate {
  readFeed(mark: FeedMark): Promise<Feed>;
  /** Null for a cycle that Shopify doesn't know. */
  readGuards(
    cycles: readonly (CycleRef & { contractId: string })[],
  ): Promise<(GuardReading | UnreadableGuard | null)[]>;
  readAttempts(ids: readonly string[]): Promise<ReadAttempt[]>;
  /**
   * @param isLate asked right before anything leaves this process: whoever has slept meanwhile asks for no money, for the
   * intents may be another worker's by now. The answer is NO_ANSWER then.
   */
  sendAttempts(intents: readonly Intent[], isLate: () => boolean): Promise<SendAnswer[]>;
}

export interface CycleRef {
  contractShopifyId: string;
  cycleIndex: number;
}

/** What a renewal's cycle takes, by what is in stock and what was added to this delivery alone. */
export type StockDecision =
  | { kind: "SEND" }
  | { kind: "WAIT"; titles: readonly string[] }
  /** Nothing is left to be sent. */
  | { kind: "SKIP" }
  /** Shopify refuses the very question: a person must look at it. */
  | { kind: "PARK"; reason: ParkedReason; raw: string }
  /** This cycle alone was changed: what it takes now. */
  | ({ kind: "CHANGED" } & Adjustment);

export interface StockDesk {
  /** Looks at stock and, where the shop's rules say so, changes the cycle. In the order of `intents`. */
  decide(intents: readonly Intent[]): Promise<StockDecision[]>;
  /** Takes back what was changed on the cycle of a charge that is abandoned. False: Shopify does not let it be done now. */
  undo(intent: Intent): Promise<boolean>;
}

/** DONE is so now; ENDED can't be done any more; LATER may be tried again. */
export type ActResult = "DONE" | "ENDED" | "LATER";

export interface ContractActs {
  pause(contractId: string): Promise<ActResult>;
  resume(contractId: string): Promise<ActResult>;
  cancel(contractId: string): Promise<ActResult>;
}

/** Shopify's own throttle of attempts (pace.ts). */
export interface Pace {
  /** How many attempts may be sent now. */
  allowance(now: Date): number;
  sent(taken: { accepted: number; throttled: boolean }, now: Date): Promise<void>;
}

export interface BillerPorts {
  store: ChargeStore;
  gate: Gate;
  stock: StockDesk;
  acts: ContractActs;
  pace: Pace;
  settings: BillingSettings;
  /** Brings the mirror of these contracts up to Shopify. */
  reread(contractShopifyIds: readonly string[]): Promise<void>;
  keyOf(contractShopifyId: string, cycleIndex: number, attemptNumber: number): string;
  now(): Date;
}

/** The decisions, so that a test can put a wrong one in its place and see that it is found out. */
export const RULES = { decideDue, decideGuard, decideAnswer };
export type Rules = typeof RULES;

const FOLLOW_UPS_PER_ROUND = 250;
/** A cycle that the mirror and Shopify can't agree on is looked at again after this long. */
const DISAGREEMENT_WAIT_MS = 10 * 60_000;
const STOCK_WAIT_MS = 6 * 3_600_000;
const ACT_WAIT_MS = 3_600_000;
/** A challenge that was given up on is asked after this often, until Shopify closes it. */
const OLD_CHALLENGE_POLL_MS = 12 * 3_600_000;
const DAY_MS = 86_400_000;

export type Biller = ReturnType<typeof createBiller>;

/** One shop's billing run: takes what is due through the gate, and follows up what is on its way. */
export function createBiller(ports: BillerPorts, rules: Rules = RULES) {
  const { store, gate, stock, acts, settings, reread, keyOf, now } = ports;
  const send = createSender(ports, rules);
  const alreadyRead = new Set<string>();
  const unreadableRead = new Set<string>();
  const later = (milliseconds: number) => new Date(now().getTime() + milliseconds);

  /**
   * One round: follows up, claims, guards, sends.
   * @param limit cycles claimed at most
   * @returns how many charges and cycles it moved on; 0 when nothing can be done now
   */
  async function round(limit: number): Promise<number> {
    const at = now();
    const open = await store.takeFollowUps(at, FOLLOW_UPS_PER_ROUND, lease(at));
    const sentOnes = open.flatMap((charge) =>
      charge.attempt?.shopifyId != null && !mayTryAgain(charge.attempt) && !isOver(charge, at)
        ? [charge.attempt.shopifyId]
        : [],
    );
    const challenges = open.filter((charge) => isOpenChallenge(charge) && !isOver(charge, at));
    if (challenges.length > 0) {
      const ids = challenges.map(({ chargeId }) => chargeId);
      await store.putOff(ids, later(OLD_CHALLENGE_POLL_MS), now());
    }
    if (sentOnes.length > 0) {
      const read = await gate.readAttempts(sentOnes);
      await store.settle(
        read.map(({ outcome }) => outcome),
        now(),
      );
    }
    for (const charge of open) if (isOver(charge, at)) await endDunning(charge);
    const tried = await tryAgain(open.filter((charge) => !isOver(charge, at)));
    const due = await claimDue(limit);
    // Nobody knows whether Shopify has these: only looking at the contract itself can tell.
    const inDoubt = open.filter(isInDoubt);
    const waiting = open.filter((charge): charge is Intent => charge.attempt?.state === "INTENT");
    const deep = new Set([...tried, ...inDoubt, ...due.deep].map(({ chargeId }) => chargeId));
    await proceed([...tried, ...inDoubt, ...waiting, ...due.claimed], deep);
    return open.length + due.moved;
  }

  /**
   * A challenge that Shopify keeps open could still be approved: the cycle is not given up before it is closed, and a
   * person's own pause stays as it is.
   */
  const isOver = (charge: OpenCharge, at: Date): boolean =>
    charge.state === "FAILED" &&
    charge.dunningEndsAt !== null &&
    charge.dunningEndsAt <= at &&
    !(isOpenChallenge(charge) && (settings.dunningEnd === "SKIP" || isPausedByPerson(charge)));

  const isInDoubt = (charge: OpenCharge): charge is Intent =>
    charge.attempt?.state === "SENDING" && charge.attempt.shopifyId === null;

  async function endDunning(charge: OpenCharge): Promise<void> {
    const { chargeId, contractId } = charge;
    if (settings.dunningEnd === "SKIP") return store.ended(chargeId, "SKIPPED_DUNNING", now());
    if (settings.dunningEnd === "PAUSE") await store.pausing(chargeId, now());
    const result = await (settings.dunningEnd === "PAUSE" ? acts.pause(contractId) : acts.cancel(contractId));
    if (result === "LATER") return store.putOff([chargeId], later(ACT_WAIT_MS), now());
    await store.ended(chargeId, result === "DONE" && settings.dunningEnd === "PAUSE" ? "PAUSED" : "ENDED", now());
  }

  /** Charges whose next try has come, and those that a person has let go on. */
  async function tryAgain(open: readonly OpenCharge[]): Promise<Intent[]> {
    const tries: OpenCharge[] = [];
    for (const charge of open) {
      if (charge.attempt !== null && !mayTryAgain(charge.attempt)) continue;
      // Read again at most once in a run; with fresh facts it is back in the next round.
      const until = charge.unreadableSince
        ? (await readAgain([charge]))
          ? now()
          : later(UNREADABLE_WAIT_MS)
        : heldUntil(charge);
      if (until) await store.putOff([charge.chargeId], until, now());
      else if (await isRunning(charge)) tries.push(charge);
    }
    // The try takes what the contract is at that moment.
    await readAgain(tries);
    if (tries.length === 0) return [];
    const withKeys = tries.map(({ chargeId, contractShopifyId, cycleIndex, attempt }) => ({
      chargeId,
      number: (attempt?.number ?? 0) + 1,
      idempotencyKey: keyOf(contractShopifyId, cycleIndex, (attempt?.number ?? 0) + 1),
    }));
    return store.retry(withKeys, now(), lease(now()));
  }

  /** @returns whether any of these contracts, which could not be understood or whose discounts were used, was read again */
  async function readAgain(contracts: readonly ContractFacts[]): Promise<boolean> {
    const ids = contracts.flatMap(({ contractShopifyId, unreadableSince, discountsUsed }) =>
      (unreadableSince !== null || discountsUsed) && !unreadableRead.has(contractShopifyId) ? [contractShopifyId] : [],
    );
    for (const id of ids) unreadableRead.add(id);
    if (ids.length > 0) await reread(ids);
    return ids.length > 0;
  }

  function heldUntil(charge: OpenCharge): Date | null {
    if (isBeingChanged(charge, now())) return later(CHANGE_WAIT_MS);
    const newCard = charge.paymentMethodChangedAt;
    const cardIsSafe = newCard === null ? now() : new Date(newCard.getTime() + NEW_CARD_WAIT_MS);
    if (cardIsSafe > now()) return cardIsSafe;
    if (charge.confirmed || charge.lastPaidAt === null) return null;
    return isTooSoonAfter(charge.lastPaidAt, charge, now()) ? soonestAfter(charge.lastPaidAt, charge) : null;
  }

  /** Dunning's own pause is lifted before the charge is tried again. */
  async function isRunning({ chargeId, contractId, status, dunningPausedAt }: OpenCharge): Promise<boolean> {
    if (status === "ACTIVE") return true;
    const result = status === "PAUSED" && dunningPausedAt !== null ? await acts.resume(contractId) : "LATER";
    if (result === "DONE") return true;
    await store.putOff([chargeId], later(ACT_WAIT_MS), now());
    return false;
  }

  async function claimDue(limit: number): Promise<{ claimed: Intent[]; deep: Intent[]; moved: number }> {
    const at = now();
    let due = limit > 0 ? await store.dueCycles(at, limit) : [];
    if (await readAgain(due)) due = await store.dueCycles(at, limit);
    if (due.length === 0) return { claimed: [], deep: [], moved: 0 };
    const decided = due.map((cycle) => ({ cycle, decision: rules.decideDue(cycle, settings, at) }));
    const of = <Kind extends DueDecision["kind"]>(kind: Kind) =>
      decided.flatMap(({ cycle, decision }) =>
        decision.kind === kind ? [{ cycle, decision: decision as Extract<DueDecision, { kind: Kind }> }] : [],
      );
    const closed = of("CLOSE").map(({ cycle, decision }) => ({ ...idOf(cycle), outcome: decision.outcome }));
    if (closed.length > 0) await store.close(closed, at);
    const parked = of("PARK").map(({ cycle, decision: { reason } }) => ({
      ...idOf(cycle),
      ...amountOf(cycle),
      reason,
    }));
    if (parked.length > 0) await store.park(parked, at);
    const postponed = of("POSTPONE").map(({ cycle, decision: { until, reason } }) => ({
      ...idOf(cycle),
      until,
      reason,
    }));
    if (postponed.length > 0) await store.postpone(postponed, at);
    const wanted = of("CHARGE");
    const claimed = await store.claim(
      wanted.map(({ cycle }) => claimOf(cycle)),
      at,
      lease(at),
    );
    const deepContracts = new Set(wanted.flatMap(({ cycle, decision }) => (decision.deep ? [cycle.contractId] : [])));
    return {
      claimed,
      deep: claimed.filter(({ contractId }) => deepContracts.has(contractId)),
      moved: decided.length - wanted.length + claimed.length,
    };
  }

  const claimOf = (cycle: DueCycle): Claim => ({
    ...idOf(cycle),
    ...amountOf(cycle),
    expectedDelivery: cycle.expectedDelivery,
    lines: cycle.lines,
    revisionId: cycle.revisionId,
    idempotencyKey: keyOf(cycle.contractShopifyId, cycle.cycleIndex, 1),
  });

  /** Committed intents: guarded, looked at for stock, sent. */
  async function proceed(intents: readonly Intent[], deep: ReadonlySet<string>): Promise<void> {
    if (intents.length === 0) return;
    const alone = new Set(deep);
    let ready: Intent[];
    try {
      ready = await look(intents, alone);
    } catch (error) {
      // Nothing was sent: nobody need wait for the lease to end, unless this can't be written down either.
      await Promise.allSettled([letWait(intents, alone)]);
      throw error;
    }
    await send(ready);
  }

  /**
   * @param alone the charges to look at by themselves; those that the bulk guard turns out not to be enough for are added
   * @returns the intents that may be sent
   */
  async function look(intents: readonly Intent[], alone: Set<string>): Promise<Intent[]> {
    const feed = await gate.readFeed(await store.feedMark());
    if (!feed.complete) for (const { chargeId } of intents) alone.add(chargeId);
    const { foreign, behind, own } = await store.look(feed, now());
    const open = intents.filter(({ attempt }) => !own.has(attempt.idempotencyKey));
    const isDeep = ({ chargeId, contractShopifyId, foreignSeenAt }: Intent) =>
      alone.has(chargeId) || foreignSeenAt !== null || foreign.has(contractShopifyId);
    const guarded = await guard(open.filter(isDeep));
    const shallow = open.filter((intent) => !isDeep(intent));
    await readBehind(shallow.filter(({ contractShopifyId }) => behind.has(contractShopifyId)));
    return inStock([...guarded, ...shallow.filter(({ contractShopifyId }) => !behind.has(contractShopifyId))]);
  }

  /** Looked at again soon; what has to be looked at by itself stays in doubt, so that it will be then, too. */
  const letWait = (intents: readonly Intent[], alone: ReadonlySet<string>): Promise<void> =>
    store.sent(
      intents.map((charge) => ({
        charge,
        decision: { kind: alone.has(charge.chargeId) ? "UNKNOWN" : "AGAIN", nextActionAt: later(THROTTLED_WAIT_MS) },
      })),
      now(),
    );

  /** @returns the intents that may be sent */
  async function guard(intents: readonly Intent[]): Promise<Intent[]> {
    if (intents.length === 0) return [];
    const { guards, own, bookedOf } = await readCycles(ports, intents);
    const decided = intents.flatMap((intent, index) => {
      if (own.has(intent.attempt.idempotencyKey)) return [];
      const reading = guards[index] ?? null;
      const decision = rules.decideGuard(intent, reading, withoutEarlier(intent, bookedOf(intent.contractId)), now());
      return [{ intent, reading, decision }];
    });
    await store.adopt(
      decided.flatMap(({ intent, decision }) => adoptionsOf(intent, decision)),
      now(),
    );
    await abandon(
      decided.flatMap(({ intent, decision }): { intent: Intent; decision: SendDecision }[] => {
        if (decision.kind === "CLOSE") return [{ intent, decision: { kind: "WITHDRAW", outcome: decision.outcome } }];
        return decision.kind === "PARK" || decision.kind === "RELEASE" ? [{ intent, decision }] : [];
      }),
    );
    await readBehind(decided.flatMap(({ intent, decision }) => (decision.kind === "REREAD" ? [intent] : [])));
    await store.accountedFor(
      decided.flatMap(({ intent, reading, decision }) =>
        isAccountedFor(intent, reading, decision) ? [intent.contractId] : [],
      ),
      now(),
    );
    return decided.flatMap(({ intent, decision }) => (decision.kind === "SEND" ? [intent] : []));
  }

  /**
   * An earlier attempt at this very cycle that was refused or parked as far as anybody knew, and that Shopify has on its way
   * after all, holds the next one as a stranger's does.
   */
  function withoutEarlier({ contractShopifyId, cycleIndex, attempt }: Intent, booked: Booked): Booked {
    const keys = new Set(booked.keys);
    for (let number = 1; number < attempt.number; number += 1)
      keys.delete(keyOf(contractShopifyId, cycleIndex, number));
    return { ...booked, keys };
  }

  /** What the mirror has otherwise is read again, and looked at once more in the next round. */
  async function readBehind(intents: readonly Intent[]): Promise<void> {
    if (intents.length === 0) return;
    const fresh = intents.filter(({ contractShopifyId }) => !alreadyRead.has(contractShopifyId));
    await abandon(
      intents.map((intent) => ({
        intent,
        // Read a moment ago and still not the same: somebody is editing it.
        decision: {
          kind: "RELEASE",
          until: fresh.includes(intent) ? now() : later(DISAGREEMENT_WAIT_MS),
          reason: fresh.includes(intent) ? null : "DISAGREEMENT",
        },
      })),
    );
    if (fresh.length > 0) await reread(fresh.map(({ contractShopifyId }) => contractShopifyId));
    for (const { contractShopifyId } of fresh) alreadyRead.add(contractShopifyId);
  }

  /** @returns the intents whose goods are there, with what they take now */
  async function inStock(intents: readonly Intent[]): Promise<Intent[]> {
    if (intents.length === 0) return [];
    const decisions = await stock.decide(intents);
    const ready: Intent[] = [];
    const abandoned: { intent: Intent; decision: SendDecision }[] = [];
    const refused: Sent[] = [];
    for (const [index, intent] of intents.entries()) {
      const decision = decisions[index] ?? { kind: "SEND" };
      if (decision.kind === "SEND") ready.push(intent);
      else if (decision.kind === "CHANGED") {
        const { lines, expectedAmount } = decision;
        await store.adjusted(intent.chargeId, decision, now());
        ready.push({ ...intent, lines, expectedAmount, cycleEdited: true });
      } else if (decision.kind === "PARK") refused.push({ charge: intent, decision });
      else abandoned.push({ intent, decision: stockDecision(intent, decision.kind === "SKIP") });
    }
    await abandon(abandoned);
    // Nothing is put back for them: that would be refused, too.
    await store.sent(refused, now());
    return ready;
  }

  function stockDecision({ waitSince, firstFailedAt }: Intent, nothingLeft: boolean): SendDecision {
    const since = waitSince ?? firstFailedAt ?? now();
    const isOverdue = now().getTime() - since.getTime() >= settings.stockWaitDays * DAY_MS;
    if (nothingLeft || isOverdue) return { kind: "WITHDRAW", outcome: "SKIPPED_STOCK" };
    return { kind: "RELEASE", until: later(STOCK_WAIT_MS), reason: "STOCK" };
  }

  async function abandon(results: readonly { intent: Intent; decision: SendDecision }[]): Promise<void> {
    if (results.length === 0) return;
    const decided: Sent[] = [];
    for (const { intent, decision } of results) {
      const isAsBefore = !intent.cycleEdited || (await stock.undo(intent));
      // While the cycle can't be put back the charge is kept, and looked at by itself.
      const kept = { kind: "UNKNOWN", nextActionAt: later(NOT_PUT_BACK_WAIT_MS) } as const;
      decided.push({ charge: intent, decision: isAsBefore ? decision : kept });
    }
    await store.sent(decided, now());
  }

  /** People's acts, and what others have charged: @returns how many charges were attended to. */
  async function attend(): Promise<number> {
    const changed = await store.attend(now());
    return changed + (await bookChargedElsewhere(ports, rules));
  }

  return { attend, round };
}

/** The next key only after Shopify has said that the one before failed, or has refused it. */
const mayTryAgain = ({ state }: NonNullable<OpenCharge["attempt"]>): boolean =>
  state === "FAILED" || state === "REFUSED";

const isOpenChallenge = ({ state, attempt }: OpenCharge): boolean =>
  state === "FAILED" && attempt?.state === "ACTION_REQUIRED";

const isPausedByPerson = ({ status, dunningPausedAt }: OpenCharge): boolean =>
  isHeld(status) && dunningPausedAt === null;

const idOf = ({ contractId, cycleIndex }: DueCycle) => ({ contractId, cycleIndex });

const amountOf = ({ expectedAmount, currencyCode }: DueCycle) => ({ expectedAmount, currencyCode });
