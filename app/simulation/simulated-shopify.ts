import type { Cards } from "./cards";
import type { Random } from "./random";
import { amountOf, SimulatedContract } from "./simulated-contract";
import type {
  AttemptOrigin,
  ContractPolicy,
  ContractState,
  CycleDates,
  SimulatedAttempt,
  SimulatedLine,
} from "./simulated-contract";
import type { Timeline } from "./timeline";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Shopify refuses what is earlier than this before the expected date. */
const EARLIEST_MS = DAY_MS;
export interface ShopifyRules {
  /** How long a key finds its attempt again; nobody outside knows. Infinity: for ever. */
  keyRetentionMs: number;
  /** How long an attempt is pending as a rule. */
  pendingMs: number;
  /** Attempts a minute before Shopify says THROTTLED; Infinity without a throttle. */
  attemptsPerMinute: number;
  /** Tax on top of every amount, 0.25 for a quarter. */
  taxRate: number;
  /** How long a challenge waits for the shopper (nobody outside knows). */
  challengeMs: number;
  /** How many of those who are asked approve a payment with their bank, 0–1. */
  approvalShare: number;
}

export const CALM_RULES: ShopifyRules = {
  keyRetentionMs: Infinity,
  pendingMs: 0,
  attemptsPerMinute: Infinity,
  taxRate: 0,
  approvalShare: 1,
  challengeMs: DAY_MS,
};

/** What Shopify tells by webhook: that something has happened to this attempt or contract. */
export interface Hint {
  kind: "ATTEMPT" | "CONTRACT";
  id: string;
}

export type Creation = { kind: "ATTEMPT"; attempt: SimulatedAttempt } | { kind: "REFUSED"; code: string };

/**
 * Shopify as billing meets it, played from the rules in docs/decisions/0005 and the stand-in's: cycles by the calendar,
 * attempts that end later, keys that are forgotten, a billed cycle that may be billed again. It never fails and never
 * lags by itself; who calls it decides how the call goes.
 */
export class SimulatedShopify {
  readonly contracts = new Map<string, SimulatedContract>();
  /** Every attempt of the shop, in the order of its number. */
  readonly attempts: SimulatedAttempt[] = [];
  readonly stock = new Map<string, number>();
  /** Numbers of the contracts that were changed, oldest first. */
  readonly changes: { at: number; contractId: string }[] = [];
  private readonly byId = new Map<string, SimulatedAttempt>();
  private readonly minute = { began: 0, taken: 0 };

  constructor(
    private readonly timeline: Timeline,
    private readonly rules: ShopifyRules,
    private readonly cards: Cards,
    private readonly random: Random,
    private readonly reckon: (policy: ContractPolicy, index: number) => CycleDates,
    private readonly tell: (hint: Hint) => void = () => undefined,
  ) {}

  addContract(
    id: string,
    policy: ContractPolicy,
    what: { lines: readonly SimulatedLine[]; delivery: number } & Partial<ContractState>,
  ): SimulatedContract {
    const first: ContractState = {
      at: policy.createdAt,
      status: "ACTIVE",
      revision: 1,
      discount: 0,
      underReview: false,
      cardSince: policy.createdAt,
      skipped: new Set(),
      moved: new Map(),
      cycleLines: new Map(),
      ...what,
    };
    const contract = new SimulatedContract(id, policy, first, this.reckon);
    this.contracts.set(id, contract);
    return contract;
  }

  contract(id: string): SimulatedContract {
    const contract = this.contracts.get(id);
    if (!contract) throw new Error(`No contract ${id} in the simulated shop.`);
    return contract;
  }

  attempt(id: string): SimulatedAttempt | undefined {
    return this.byId.get(id);
  }

  /** subscriptionBillingAttemptCreate. The same key finds its attempt again for as long as it is kept. */
  createAttempt(contractId: string, cycleIndex: number, key: string, origin: AttemptOrigin = "app"): Creation {
    const contract = this.contract(contractId);
    const { now } = this.timeline;
    const known = contract.attempts.find(
      (attempt) => attempt.key === key && now - attempt.createdAt < this.rules.keyRetentionMs,
    );
    if (known) return { kind: "ATTEMPT", attempt: known };
    const refusal = this.refusal(contract, cycleIndex, now);
    if (refusal) return { kind: "REFUSED", code: refusal };
    if (origin === "app" && this.throttled(now)) return { kind: "REFUSED", code: "THROTTLED" };
    return { kind: "ATTEMPT", attempt: this.begin(contract, cycleIndex, key, origin, true) };
  }

  /** Another app's bulk charge, or Shopify's own retry after a new card: no key of ours, and not in the cycle's list. */
  chargeBehindOurBack(contractId: string, cycleIndex: number, origin: "foreign" | "native", listed: boolean): void {
    const contract = this.contract(contractId);
    if (this.refusal(contract, cycleIndex, this.timeline.now) !== null) return;
    this.begin(contract, cycleIndex, `${origin}-${this.attempts.length + 1}`, origin, listed);
  }

  /** What the checkout paid: a success that belongs to no cycle. */
  payAtCheckout(contractId: string): void {
    const contract = this.contract(contractId);
    const attempt = this.record(contract, null, `checkout-${contractId}`, "checkout", false, contract.policy.createdAt);
    attempt.result = { kind: "SUCCESS", orderId: `gid://shopify/Order/${attempt.number}` };
    attempt.completedAt = attempt.createdAt;
  }

  edit(contractId: string, what: Partial<ContractState>): void {
    const contract = this.contract(contractId);
    contract.change(this.timeline.now, what);
    this.changed(contract);
  }

  pause(contractId: string): void {
    if (this.contract(contractId).now.status === "ACTIVE") this.edit(contractId, { status: "PAUSED" });
  }

  resume(contractId: string): void {
    const { status } = this.contract(contractId).now;
    if (status === "PAUSED" || status === "FAILED") this.edit(contractId, { status: "ACTIVE" });
  }

  cancel(contractId: string): void {
    if (this.contract(contractId).now.status !== "EXPIRED") this.edit(contractId, { status: "CANCELLED" });
  }

  skip(contractId: string, cycleIndex: number, skipped: boolean): void {
    const contract = this.contract(contractId);
    if (this.pendingOf(contract) || contract.billed(cycleIndex, this.timeline.now)) return;
    const all = new Set(contract.now.skipped);
    if (skipped) all.add(cycleIndex);
    else all.delete(cycleIndex);
    this.edit(contractId, { skipped: all });
  }

  /** subscriptionBillingCycleScheduleEdit: within the cycle, and not while an attempt is on its way. */
  move(contractId: string, cycleIndex: number, to: number): boolean {
    const contract = this.contract(contractId);
    const { startAt, endAt } = contract.cycle(cycleIndex);
    if (to < startAt || to > endAt || this.pendingOf(contract) || contract.now.skipped.has(cycleIndex)) return false;
    this.edit(contractId, { moved: new Map(contract.now.moved).set(cycleIndex, to) });
    return true;
  }

  private pendingOf(contract: SimulatedContract): boolean {
    return contract.attempts.some((attempt) => attempt.result === null);
  }

  private refusal(contract: SimulatedContract, cycleIndex: number, now: number): string | null {
    const { status, underReview, skipped } = contract.now;
    if (status === "CANCELLED" || status === "EXPIRED") return "CONTRACT_TERMINATED";
    if (status === "PAUSED") return "CONTRACT_PAUSED";
    if (underReview) return "CONTRACT_UNDER_REVIEW";
    if (skipped.has(cycleIndex)) return "BILLING_CYCLE_SKIPPED";
    if (contract.expectedAt(cycleIndex) - now > EARLIEST_MS) return "BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE";
    return null;
  }

  private throttled(now: number): boolean {
    if (now - this.minute.began >= MINUTE_MS) Object.assign(this.minute, { began: now, taken: 0 });
    this.minute.taken += 1;
    return this.minute.taken > this.rules.attemptsPerMinute;
  }

  private begin(
    contract: SimulatedContract,
    cycleIndex: number,
    key: string,
    origin: AttemptOrigin,
    inCycleList: boolean,
  ): SimulatedAttempt {
    const attempt = this.record(contract, cycleIndex, key, origin, inCycleList, this.timeline.now);
    this.changed(contract, false);
    const pendingMs = this.rules.pendingMs === 0 ? 0 : this.random.around(this.rules.pendingMs);
    if (pendingMs === 0) this.end(contract, attempt);
    else this.timeline.in(pendingMs, () => this.end(contract, attempt));
    return attempt;
  }

  private record(
    contract: SimulatedContract,
    cycleIndex: number | null,
    key: string,
    origin: AttemptOrigin,
    inCycleList: boolean,
    createdAt: number,
  ): SimulatedAttempt {
    const number = this.attempts.length + 1;
    const amount = amountOf({ ...contract.now, lines: contract.linesOf(cycleIndex) });
    const attempt: SimulatedAttempt = {
      number,
      id: `gid://shopify/SubscriptionBillingAttempt/${number}`,
      contractId: contract.id,
      cycleIndex,
      key,
      origin,
      inCycleList,
      createdAt,
      challengedAt: null,
      completedAt: null,
      result: null,
      amount,
      total: amount + Math.round(amount * this.rules.taxRate),
    };
    this.attempts.push(attempt);
    this.byId.set(attempt.id, attempt);
    contract.attempts.push(attempt);
    return attempt;
  }

  private end(contract: SimulatedContract, attempt: SimulatedAttempt): void {
    const short = this.shortOf(contract.linesOf(attempt.cycleIndex));
    if (short.length > 0) return this.complete(contract, attempt, "INSUFFICIENT_INVENTORY", short);
    const answer = this.cards.answer(contract, attempt, this.timeline.now);
    if (answer.kind === "SUCCESS") return this.succeed(contract, attempt);
    if (answer.kind === "FAILED") return this.complete(contract, attempt, answer.code);
    attempt.challengedAt = this.timeline.now;
    this.tell({ kind: "ATTEMPT", id: attempt.id });
    if (this.random.chance(this.rules.approvalShare)) {
      const answeredAfter = this.random.around(8 * HOUR_MS) % this.rules.challengeMs;
      this.timeline.in(answeredAfter, () => this.succeed(contract, attempt));
    } else this.timeline.in(this.rules.challengeMs, () => this.complete(contract, attempt, "EXPIRED_BUYER_ACTION"));
  }

  /** Variants of which there are too few. */
  shortOf(lines: readonly SimulatedLine[]): string[] {
    return lines.flatMap(({ variantId, quantity }) => {
      const left = this.stock.get(variantId);
      return left !== undefined && left < quantity ? [variantId] : [];
    });
  }

  private succeed(contract: SimulatedContract, attempt: SimulatedAttempt): void {
    for (const { variantId, quantity } of contract.linesOf(attempt.cycleIndex)) {
      const left = this.stock.get(variantId);
      if (left !== undefined) this.stock.set(variantId, left - quantity);
    }
    attempt.result = { kind: "SUCCESS", orderId: `gid://shopify/Order/${attempt.number}` };
    this.completed(contract, attempt);
  }

  private complete(
    contract: SimulatedContract,
    attempt: SimulatedAttempt,
    code: string,
    variantIds: readonly string[] = [],
  ): void {
    attempt.result = { kind: "FAILED", code, variantIds };
    this.completed(contract, attempt);
  }

  private completed(contract: SimulatedContract, attempt: SimulatedAttempt): void {
    attempt.completedAt = this.timeline.now;
    this.tell({ kind: "ATTEMPT", id: attempt.id });
    this.changed(contract, false);
  }

  private changed(contract: SimulatedContract, tell = true): void {
    this.changes.push({ at: this.timeline.now, contractId: contract.id });
    if (tell) this.tell({ kind: "CONTRACT", id: contract.id });
  }
}
