import type { BillingSettings } from "~/billing/settings/settings";
import type { Money } from "~/money/money";

/** Furthest the time machine runs, in days: half a year shows every monthly rhythm and still ends in seconds. */
export const MAX_DAYS = 180;
/** Largest share of further charges that may be assumed to fail. */
export const MAX_DECLINE_SHARE = 0.5;

/** What a run may have taken for granted; the page has a sentence for each (timeMachine.assumption.*). */
export const ASSUMPTIONS = [
  /** Each card answers as it did at the contract's last charge. */
  "CARDS_AS_LAST_TIME",
  /** Besides, the asked share of charges is declined: the same ones in both runs. */
  "DECLINE_SHARE",
  /** Nobody pauses, skips, cancels, subscribes or changes a subscription. */
  "NOBODY_CHANGES_ANYTHING",
  /** Nobody puts in a new card or approves a payment. */
  "NO_NEW_CARDS",
  /** Everything is in stock. */
  "ENOUGH_STOCK",
  /** No discount comes to its last order, and no price to its next phase. */
  "PRICES_STAY",
  /** The shop's billing stands still; the run takes it up again. */
  "BILLING_GOES_ON",
  /** Cycles that Shopify has not told of yet are reckoned by us. */
  "DATES_RECKONED",
  /** The shop has more contracts than a run takes: the figures are those of a part of them. */
  "SAMPLE",
] as const;

export type Assumption = (typeof ASSUMPTIONS)[number];

/** What a shop asks the time machine. */
export interface TimeMachineInput {
  /** 1–180 */
  days: number;
  /** A changed setting to compare with. */
  changed?: Partial<Omit<BillingSettings, "timeZone" | "stockRules">>;
  assumptions: {
    /** Cards behave as they did at the last charge; this share of further charges fails, 0–0.5. */
    declineShare: number;
  };
  seed?: number;
}

/** What would have happened. No order was made, nothing was charged and nobody was written to. */
export interface TimeMachineReport {
  /** ISO 8601 */
  from: string;
  to: string;
  run: Run;
  /** The same days with the changed setting; null when none was asked for. */
  changed: Run | null;
  /** Keys of sentences that say what was taken for granted (ASSUMPTIONS); one that is not known is not shown. */
  assumptions: string[];
}

/** One walk through the days. Amounts are before tax, one a currency. */
export interface Run {
  charged: number;
  amount: Money[];
  retried: number;
  /** Charges that were declined and paid later, and what they brought. */
  recovered: number;
  recoveredAmount: Money[];
  failedForGood: number;
  /** Contracts that dunning paused. */
  paused: number;
  skipped: number;
  cancelled: number;
  parked: number;
  byDay: RunDay[];
  examples: RunExample[];
}

export interface RunDay {
  /** The shop's calendar day, "2026-12-01". */
  date: string;
  charged: number;
  amount: Money[];
  failed: number;
}

export interface RunExample {
  contractId: string;
  what: "CHARGED" | "RETRIED" | "PAUSED" | "SKIPPED" | "CANCELLED" | "PARKED";
  /** ISO 8601 */
  at: string;
  amount: Money;
}
