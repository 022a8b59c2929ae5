import type { AttemptState, ChargeState, DunningEnd } from "~/generated/prisma/enums";
import type { Money } from "~/money/money";

import type { DeclineClass } from "../decline";
import type { Resolution } from "../resolutions";

/** Shapes that the billing page and a contract's charges read. Plain JSON: instants are ISO 8601 in UTC. */

/** So many, and what they come to before tax; one entry a currency. */
export interface Tally {
  count: number;
  amount: Money[];
}

/** Renewals of today in the shop's calendar. */
export interface TodayView {
  /** Everything today has brought and brings still. */
  all: Tally;
  charged: Tally;
  /** With Shopify or about to be sent: what moves while the page is looked at. */
  underWay: Tally;
  /** Due later today. */
  later: Tally;
  /** Declined today, first tries and later ones. */
  failed: Tally;
  /** The shopper must approve with their bank. */
  approval: Tally;
  parked: Tally;
  /** True while a run goes on. */
  running: boolean;
  /** The run goes at the pace of Shopify's limit for payments. */
  paced: boolean;
}

/** Why the shop's billing stands still. */
export interface LaneView {
  reason: string;
  since: string | null;
  /** When it is looked at again by itself; null: not before a person says so. */
  until: string | null;
  /** Due and kept. */
  kept: Tally;
  /** With AMOUNT_DIFFERS: the orders to look at. */
  differing: DifferingOrder[];
}

export interface DifferingOrder {
  chargeId: string;
  contract: ContractRef;
  orderId: string | null;
  orderName: string | null;
  /** What was meant to be taken, before tax. */
  expected: Money;
  taken: Money;
  /** Taken less what follows from what was meant. */
  by: Money;
}

export interface UpcomingDay {
  /** "2026-12-01", a day of the shop's calendar */
  date: string;
  count: number;
  amount: Money[];
}

/** What dunning has come to in the last days. */
export interface RecoveryView {
  days: number;
  /** Declined at first, paid later. Money as the orders came to. */
  recovered: Tally;
  /** Given up. */
  lost: Tally;
  /** Of every 100 whose dunning is over; null before any is. */
  ofHundred: number | null;
}

export interface BillingOverview {
  now: string;
  /** False until the shop's subscriptions have been read in. */
  imported: boolean;
  today: TodayView;
  lane: LaneView | null;
  /** The next thirty days, today first. */
  upcoming: UpcomingDay[];
  upcomingAmount: Tally;
  recovery: RecoveryView;
}

/** For the home page. */
export interface BillingGlance {
  today: TodayView;
  failing: number;
  parked: number;
  /** Why the shop's billing stands still, if it does. */
  heldReason: string | null;
}

export interface ContractRef {
  id: string;
  /** Number in Shopify's id, as links use it. */
  number: string;
  /** The customer's name or e-mail. */
  customer: string | null;
  /** Titles of its lines. */
  titles: string[];
}

export interface PageOf<Item> {
  items: Item[];
  total: number;
  /** From 1. */
  page: number;
  pageSize: number;
}

/**
 * Where a charge that was not paid stands. RETRIES: tried again by itself. GATEWAY: so too, but nobody has said no.
 * NEW_CARD: waits for another payment method. APPROVAL: waits for the shopper and their bank. OVER: nothing more happens
 * by itself.
 */
export type Stage = "RETRIES" | "GATEWAY" | "NEW_CARD" | "APPROVAL" | "OVER";

export interface StandingView {
  stage: Stage;
  errorCode: string | null;
  declineClass: DeclineClass | null;
  /** Attempts made. */
  tries: number;
  /** Attempts in all if each is declined; null where tries are not what ends it. */
  triesMax: number | null;
  nextTryAt: string | null;
  /** When it is given up: of a wait, or of the tries that are planned. */
  endsAt: string | null;
  /** Where the shopper approves the payment. */
  url: string | null;
}

export interface FailingItem {
  id: string;
  contract: ContractRef;
  expectedAt: string;
  amount: Money;
  standing: StandingView;
}

export interface ParkedItem {
  id: string;
  contract: ContractRef;
  expectedAt: string;
  reason: string | null;
  since: string;
  /** As it was announced, and as the contract is now: what charging it takes. Before tax. */
  amount: Money;
  amountNow: Money;
  resolutions: readonly Resolution[];
}

export interface WaitingItem {
  id: string;
  contract: ContractRef;
  expectedAt: string;
  reason: string;
  since: string;
  /** When it is looked at again. */
  until: string;
  amount: Money;
  /** What is out of stock, where that is why. */
  missing: string[];
}

export interface ChargeAttempt {
  id: string;
  number: number;
  state: AttemptState;
  errorCode: string | null;
  errorMessage: string | null;
  orderId: string | null;
  orderName: string | null;
  createdAt: string;
  completedAt: string | null;
}

/** A line of a contract's ledger with everything that happened to it and what will. */
export interface ChargeDetail {
  id: string;
  cycleIndex: number;
  expectedAt: string;
  state: ChargeState;
  /** Before tax, as it was committed before the first attempt. */
  expectedAmount: Money;
  /** What charging it now would take, before tax. */
  amountNow: Money;
  paidAmount: Money | null;
  /** The order's total less what follows from what was meant to be taken. */
  differsBy: Money | null;
  orderId: string | null;
  orderName: string | null;
  paidAt: string | null;
  errorCode: string | null;
  parkedReason: string | null;
  skippedReason: string | null;
  imported: boolean;
  /** Of one that was declined or waits for approval; null otherwise. */
  standing: StandingView | null;
  /** Tries that follow if each is declined, the next one first. */
  plan: string[];
  /** Empty unless it is parked. */
  resolutions: readonly Resolution[];
  attempts: ChargeAttempt[];
}

/** What a contract's page adds to the contract itself. */
export interface ContractBilling {
  charges: ChargeDetail[];
  /** What dunning does in the end. */
  dunningEnd: DunningEnd;
  /** Dunning has paused it. */
  dunningPausedAt: string | null;
  /** A due renewal is put off: why, since when, and when it is looked at again. */
  wait: { expectedAt: string; reason: string; since: string; until: string; missing: string[] } | null;
  /** The renewal that "order now" would bring forward, if it can. */
  orderNow: { expectedAt: string; amount: Money } | null;
}
