import type { ContractStatus } from "~/generated/prisma/enums";
import type { IntervalUnit } from "~/schedule/interval";

/** Simulated instants are milliseconds since 1970, amounts whole ten-thousandths of the currency, as fine as ours get. */

export interface SimulatedLine {
  id: string;
  variantId: string;
  quantity: number;
  /** Each, in ten-thousandths. */
  price: number;
}

/** What Shopify knows of a contract from a moment on. Never changed: an edit appends the next one. */
export interface ContractState {
  at: number;
  status: ContractStatus;
  revision: number;
  lines: readonly SimulatedLine[];
  delivery: number;
  /** What discounts take off the lines in all. */
  discount: number;
  /** Shopify reviews the origin order: nothing may be charged. */
  underReview: boolean;
  /** When the payment method was last replaced or updated. */
  cardSince: number;
  skipped: ReadonlySet<number>;
  /** Lines of single cycles that differ from the contract's, by cycle index. */
  cycleLines: ReadonlyMap<number, readonly SimulatedLine[]>;
  /** Expected dates that somebody has moved, by cycle index. */
  moved: ReadonlyMap<number, number>;
}

export interface ContractPolicy {
  interval: IntervalUnit;
  intervalCount: number;
  createdAt: number;
  maxCycles: number | null;
  /** The first cycle that anybody looks at; 1 unless a contract's past is left out. */
  firstIndex: number;
}

/** A billing cycle's own dates, before anybody moves them. */
export interface CycleDates {
  startAt: number;
  endAt: number;
  expectedAt: number;
}

export type AttemptOrigin = "app" | "checkout" | "foreign" | "native";

export interface SimulatedAttempt {
  /** Counts up over the whole shop, as Shopify's ids do. */
  number: number;
  id: string;
  contractId: string;
  /** Null for the checkout's own, which pays no cycle. */
  cycleIndex: number | null;
  key: string;
  origin: AttemptOrigin;
  /** False for what appears in the contract's and the shop's lists, yet not in the cycle's. */
  inCycleList: boolean;
  createdAt: number;
  challengedAt: number | null;
  completedAt: number | null;
  /** Null while it is pending. */
  result: AttemptResult | null;
  /** What the order will say, before tax and with it; settled when the attempt is made. */
  amount: number;
  total: number;
}

export type AttemptResult =
  { kind: "SUCCESS"; orderId: string } | { kind: "FAILED"; code: string; variantIds: readonly string[] };

/** One simulated contract with everything that has ever been true of it. */
export class SimulatedContract {
  readonly states: [ContractState, ...ContractState[]];
  readonly attempts: SimulatedAttempt[] = [];
  private readonly dates = new Map<number, CycleDates>();

  constructor(
    readonly id: string,
    readonly policy: ContractPolicy,
    first: ContractState,
    private readonly reckon: (policy: ContractPolicy, index: number) => CycleDates,
  ) {
    this.states = [first];
  }

  get now(): ContractState {
    return this.states[this.states.length - 1] ?? this.states[0];
  }

  /** As Shopify would have answered then. */
  asOf(at: number): ContractState {
    for (let place = this.states.length - 1; place > 0; place -= 1) {
      const state = this.states[place];
      if (state && state.at <= at) return state;
    }
    return this.states[0];
  }

  /** Edits of single cycles leave the contract's revision as it is. */
  change(at: number, what: Partial<ContractState>): void {
    const ofCycles = "skipped" in what || "moved" in what || "cycleLines" in what;
    this.states.push({ ...this.now, revision: this.now.revision + (ofCycles ? 0 : 1), ...what, at });
  }

  linesOf(index: number | null): readonly SimulatedLine[] {
    return (index === null ? undefined : this.now.cycleLines.get(index)) ?? this.now.lines;
  }

  cycle(index: number): CycleDates {
    let dates = this.dates.get(index);
    if (!dates) {
      dates = this.reckon(this.policy, index);
      this.dates.set(index, dates);
    }
    return dates;
  }

  expectedAt(index: number, state = this.now): number {
    return state.moved.get(index) ?? this.cycle(index).expectedAt;
  }

  /** The cycle that runs at this moment. */
  indexAt(at: number): number {
    const { firstIndex } = this.policy;
    let index = Math.max(firstIndex, this.lastIndex - 1);
    while (index > firstIndex && this.cycle(index).startAt > at) index -= 1;
    while (this.cycle(index).endAt < at) index += 1;
    this.lastIndex = index;
    return index;
  }
  private lastIndex = 1;

  /** Whether Shopify calls the cycle billed at that moment. */
  billed(index: number, at: number): boolean {
    return this.attempts.some((attempt) => attempt.cycleIndex === index && stateOf(attempt, at) === "SUCCESS");
  }
}

/** An attempt's state as Shopify would have answered at that moment. */
export function stateOf(attempt: SimulatedAttempt, at: number): "PENDING" | "ACTION_REQUIRED" | "SUCCESS" | "FAILED" {
  if (attempt.result && attempt.completedAt !== null && attempt.completedAt <= at) return attempt.result.kind;
  return attempt.challengedAt !== null && attempt.challengedAt <= at ? "ACTION_REQUIRED" : "PENDING";
}

/** How many simulated units one krone has. */
export const UNITS = 10_000;

/** Units as Shopify writes them: 1 990 000 → "199.00", with more decimals only where there are any. */
export const decimal = (units: number): string => (units / UNITS).toFixed(units % 100 === 0 ? 2 : 4);

/** "119.00" → units. */
export const units = (amount: string): number => Math.round(Number(amount) * UNITS);

/** What the lines, less their discounts, and the delivery come to, in units. */
export const amountOf = ({
  lines,
  delivery,
  discount,
}: Pick<ContractState, "lines" | "delivery" | "discount">): number =>
  delivery +
  Math.max(
    0,
    lines.reduce((sum, { price, quantity }) => sum + price * quantity, -discount),
  );
