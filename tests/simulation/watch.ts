import type { Intent } from "~/billing/ledger/charge-store";
import type { MemoryCharge } from "~/billing/ledger/charge-store.memory";
import { declineClass } from "~/billing/decline";
import { isTooSoonAfter, RUNNING_STATES } from "~/billing/engine";
import { decimal, stateOf, UNITS } from "~/simulation/simulated-contract";
import type { SimulatedAttempt, SimulatedContract } from "~/simulation/simulated-contract";

import { DatesWatch } from "./watch-dates";
import { EndsWatch } from "./watch-ends";
import type { World } from "./world";

/** The promises of the engine, as research numbered them; which are other tests' business says the README. */
export type Invariant =
  | "I1 one success for a cycle"
  | "I2 one attempt on its way for a contract"
  | "I3 nothing is forgotten"
  | "I4 no attempt without a committed intent"
  | "I5 one key, one cycle, one try"
  | "I6 the next try only after the one before failed"
  | "I7 what is paid for us is what Shopify took"
  | "I8 the ledger adds up to the orders"
  | "I10 nothing is asked of a contract known to be paused or ended"
  | "I11 retries are few and far between"
  | "I12 what is taken is what was meant"
  | "I15 told twice, nothing changes"
  | "I17 due dates don't depend on the run"
  | "what ended is booked within half a day, told or not"
  | "second bound: half an interval between two successes";

export type Say = (invariant: Invariant, contractId: string, text: string) => void;

export interface Violation {
  invariant: Invariant;
  at: string;
  contractId: string;
  text: string;
}

/** Somebody else's charge can't be known before: the longest stall between looking and sending, and the stalest look. */
export const SEEN_AFTER_MS = 60 * 60_000;
const HOUR_MS = 3_600_000;
const DECLINE_SPACING_MS = 12 * HOUR_MS;
const GATEWAY_SPACING_MS = HOUR_MS;

/** Looks at the world after every single step, and says what must never be. */
export class Watch {
  readonly violations: Violation[] = [];
  /** Every intent that was ever committed, by key. */
  readonly intents = new Map<string, { contractId: string; cycleIndex: number; number: number }>();
  retried = 0;
  private seen = 0;
  private readonly keyOfTry = new Map<string, string>();

  /** A worker's clock may be off; what it takes for the right moment is a little early then. */
  private readonly slackMs: number;

  private readonly dates: DatesWatch;
  private readonly ends: EndsWatch;

  constructor(private readonly world: World) {
    this.seen = world.shopify.attempts.length;
    this.slackMs = world.options.faults.clockSkewMs * 2 + 60_000;
    const say: Say = (...what) => this.say(...what);
    this.dates = new DatesWatch(world, say, this.slackMs);
    this.ends = new EndsWatch(world, say);
  }

  say(invariant: Invariant, contractId: string, text: string): void {
    this.violations.push({ invariant, at: new Date(this.world.timeline.now).toISOString(), contractId, text });
  }

  /** Intents that a worker has just committed. */
  committed(intents: readonly Intent[]): void {
    for (const { contractId, cycleIndex, attempt, status } of intents) {
      const { idempotencyKey, number } = attempt;
      const known = this.intents.get(idempotencyKey);
      if (known && (known.contractId !== contractId || known.cycleIndex !== cycleIndex || known.number !== number)) {
        this.say("I5 one key, one cycle, one try", contractId, `${idempotencyKey} is used twice`);
      }
      this.intents.set(idempotencyKey, { contractId, cycleIndex, number });
      if (number > 1) this.retried += 1;
      if (status !== "ACTIVE") {
        this.say(
          "I10 nothing is asked of a contract known to be paused or ended",
          contractId,
          `${idempotencyKey} was committed while the contract is ${status}`,
        );
      }
      const name = `${contractId} ${cycleIndex} ${number}`;
      const before = this.keyOfTry.get(name);
      this.keyOfTry.set(name, idempotencyKey);
      if (before !== undefined && before !== idempotencyKey) {
        this.say("I5 one key, one cycle, one try", contractId, `${before} and ${idempotencyKey} are the same try`);
      }
    }
  }

  /** After every step of the world. */
  step(): void {
    const { attempts } = this.world.shopify;
    for (; this.seen < attempts.length; this.seen += 1) {
      const attempt = attempts[this.seen];
      if (attempt) this.created(attempt);
    }
    this.dates.step();
    this.ends.step();
  }

  private created(attempt: SimulatedAttempt): void {
    if (attempt.origin !== "app") return;
    const contract = this.world.shopify.contract(attempt.contractId);
    const { key, cycleIndex, createdAt } = attempt;
    this.dates.created(attempt);
    this.ends.created(attempt);
    const intent = this.intents.get(key);
    if (!intent || intent.cycleIndex !== cycleIndex) {
      this.say("I4 no attempt without a committed intent", contract.id, `${key} for cycle ${cycleIndex}`);
    }
    this.isAsMeant(contract, attempt);
    const earlier = contract.attempts.filter((other) => other.number < attempt.number && other.origin !== "checkout");
    for (const other of earlier) this.compare(contract, other, attempt);
    this.isSpaced(
      contract,
      earlier.filter((other) => other.origin === "app" && other.cycleIndex === cycleIndex),
      createdAt,
    );
  }

  private compare(contract: SimulatedContract, other: SimulatedAttempt, attempt: SimulatedAttempt): void {
    const { createdAt, key, cycleIndex } = attempt;
    const state = stateOf(other, createdAt);
    const isOwn = other.origin === "app";
    const isOpen = state === "PENDING" || state === "ACTION_REQUIRED";
    if (isOwn && isOpen) {
      const invariant =
        other.cycleIndex === cycleIndex
          ? "I6 the next try only after the one before failed"
          : "I2 one attempt on its way for a contract";
      this.say(invariant, contract.id, `${key} was made while ${other.key} is ${state}`);
    }
    if (state !== "SUCCESS") return;
    const completedAt = other.completedAt ?? other.createdAt;
    const couldBeKnown = isOwn || createdAt - completedAt > SEEN_AFTER_MS;
    if (!couldBeKnown) return;
    if (other.cycleIndex === cycleIndex) {
      this.say("I1 one success for a cycle", contract.id, `${key} was made after ${other.key} had paid the cycle`);
    } else if (isTooSoonAfter(new Date(completedAt), intervalOf(contract), new Date(createdAt + this.slackMs))) {
      this.say(
        "second bound: half an interval between two successes",
        contract.id,
        `${key} was made at once after ${other.key}`,
      );
    }
  }

  /** An edit that could be known must be in what was meant to be taken. */
  private isAsMeant(contract: SimulatedContract, attempt: SimulatedAttempt): void {
    const { shop } = this.world;
    const row = shop.mirror.get(contract.id);
    const charge =
      row && shop.store.chargesOf(row.contractId).find(({ cycleIndex }) => cycleIndex === attempt.cycleIndex);
    if (!charge || !charge.attempts.some(({ idempotencyKey }) => idempotencyKey === attempt.key)) return;
    const isFresh = contract.now.at > attempt.createdAt - SEEN_AFTER_MS;
    const meant = Math.round(Number(charge.expectedAmount) * UNITS);
    if (isFresh || meant === attempt.amount) return;
    this.say(
      "I12 what is taken is what was meant",
      contract.id,
      `${attempt.key}: ${charge.expectedAmount} was meant, ${decimal(attempt.amount)} is asked for`,
    );
  }

  private isSpaced(contract: SimulatedContract, earlier: readonly SimulatedAttempt[], createdAt: number): void {
    const last = earlier.at(-1);
    if (last?.result?.kind !== "FAILED" || last.completedAt === null) return;
    const { cardSince } = contract.now;
    const kind = declineClass(last.result.code);
    const least = kind === "GATEWAY" ? GATEWAY_SPACING_MS : kind === "STOCK" ? 0 : DECLINE_SPACING_MS;
    // A card that came while the last try was on its way has not been tried either.
    const isNewCard = cardSince > last.createdAt;
    // Nobody was asked when a challenge ran out: the bank has heard of it when it began.
    const since = kind === "CHALLENGE" ? last.createdAt : last.completedAt;
    if (!isNewCard && createdAt - since < least - this.slackMs && !this.resumedSince(contract, last.completedAt)) {
      this.say("I11 retries are few and far between", contract.id, `${kind} tried again at once: ${last.key}`);
    }
    const sinceCard = earlier.filter(
      ({ createdAt: at, result }) =>
        at > cardSince && result?.kind === "FAILED" && !["GATEWAY", "STOCK"].includes(declineClass(result.code)),
    );
    const cap = this.world.settings.dunningRetryDays.length + 1;
    if (sinceCard.length >= cap + this.resumptions(contract, cardSince)) {
      this.say("I11 retries are few and far between", contract.id, `more than ${cap} tries: ${last.key}`);
    }
  }

  private resumedSince(contract: SimulatedContract, since: number): boolean {
    return this.resumptions(contract, since) > 0;
  }

  /** Each time that a person lets a contract go on, its failed charge may be tried again. */
  private resumptions(contract: SimulatedContract, since: number): number {
    return contract.states.filter(
      ({ at, status }, index) => at > since && status === "ACTIVE" && contract.states[index - 1]?.status === "PAUSED",
    ).length;
  }
}

export const intervalOf = ({ policy }: SimulatedContract) => ({
  billingInterval: policy.interval,
  billingIntervalCount: policy.intervalCount,
});

export const isRunning = ({ state }: MemoryCharge): boolean => RUNNING_STATES.includes(state);
