import type { HistoryLine } from "~/history/events";
import type { AttemptState, ChargeState, ContractStatus, Interval } from "~/generated/prisma/enums";
import type { Money } from "~/money/money";

import type { Attribute } from "./edit";
import type { DayRange } from "./move";
import type { Address } from "./reading";

/** Shapes that pages read. Plain JSON: instants are ISO 8601 in UTC, money is Shopify's MoneyV2. */

export interface Frequency {
  interval: Interval;
  count: number;
}

export interface LineView {
  /** Ours; stays as long as Shopify's line does. */
  id: string;
  title: string;
  variantTitle: string | null;
  sku: string | null;
  imageUrl: string | null;
  quantity: number;
  /** Per unit, after the selling plan's discount. */
  price: Money;
  /** Price times quantity. */
  total: Money;
  productId: string | null;
  variantId: string | null;
  sellingPlanId: string | null;
  sellingPlanName: string | null;
  /** Properties of the line: what the shopper prefers, and what other apps keep there. */
  attributes: Attribute[];
}

export interface DiscountView {
  /** Shopify's. */
  id: string;
  title: string | null;
  isCode: boolean;
  /** Off what, and how much: percent, or an amount in the contract's currency. */
  target: "LINE_ITEM" | "SHIPPING_LINE";
  percentage: number | null;
  amount: Money | null;
  /** Orders that it is still good for; null: all that come. */
  ordersLeft: number | null;
}

/** Why a person should look at it. */
export type Attention = "PAYMENT_FAILED" | "PAYMENT_ACTION_REQUIRED" | "PAYMENT_UNKNOWN" | "CHARGE_PARKED";

export interface ContractListItem {
  id: string;
  shopifyId: string;
  /** Number in Shopify's id, as links and searches use it. */
  number: string;
  status: ContractStatus;
  attention: Attention | null;
  customerName: string | null;
  customerEmail: string | null;
  lines: LineView[];
  frequency: Frequency;
  nextBillingAt: string | null;
  /** What the next order takes: lines less the contract's discounts, and delivery, before tax. */
  amount: Money;
  /** The day of the shop's calendar on which it resumes by itself, "2026-12-24". */
  pausedUntil: string | null;
}

export interface ContractPage {
  items: ContractListItem[];
  total: number;
  /** From 1. */
  page: number;
  pageSize: number;
}

/** OPEN: will be charged. PASSED: its date came while nothing could be charged. */
export type CycleState = "OPEN" | "SKIPPED" | "RUNNING" | "PAID" | "FAILED" | "PARKED" | "PASSED";

export interface CycleView {
  cycleIndex: number;
  /** Shopify's expected date. */
  expectedAt: string;
  /** When it is charged. */
  dueAt: string;
  state: CycleState;
  canSkip: boolean;
  canUnskip: boolean;
  /** The days of the shop's calendar to which it may be moved; null: it stays. */
  movable: DayRange | null;
}

export interface AttemptView {
  id: string;
  number: number;
  state: AttemptState;
  errorCode: string | null;
  errorMessage: string | null;
  createdAt: string;
  completedAt: string | null;
}

export interface ChargeView {
  id: string;
  cycleIndex: number;
  expectedAt: string;
  state: ChargeState;
  /** Before tax, as it was committed before the first attempt. */
  expectedAmount: Money;
  paidAmount: Money | null;
  orderId: string | null;
  orderName: string | null;
  paidAt: string | null;
  errorCode: string | null;
  parkedReason: string | null;
  imported: boolean;
  attempts: AttemptView[];
}

export interface AddressView {
  name: string | null;
  /** Street and town; the country has another name in each language. */
  lines: string[];
  /** ISO 3166-1, "NO" */
  countryCode: string | null;
}

/** What the shopper sees of it too; the page for the merchant adds the history. */
export interface ContractView extends ContractListItem {
  /** The renewal that is being charged right now blocks pausing, cancelling and skipping. */
  renewalRunning: boolean;
  customer: {
    id: string;
    shopifyId: string;
    name: string | null;
    email: string | null;
    locale: string | null;
  } | null;
  /** Changes with every change of the contract's terms. */
  revisionId: string;
  /** Lines after discounts. */
  subtotal: Money;
  /** After discounts. */
  deliveryPrice: Money;
  delivery: Frequency;
  deliveryMethodTitle: string | null;
  discounts: DiscountView[];
  /** Payments that were agreed to at least and at most, the checkout's among them; and those made so far. */
  minCycles: number | null;
  maxCycles: number | null;
  paidCycles: number;
  restartedFromId: string | null;
  paymentMethodLabel: string | null;
  paymentFailedAt: string | null;
  paymentErrorCode: string | null;
  shippingAddress: AddressView | null;
  /** Where it is picked up instead. */
  pickup: AddressView | null;
  /** Whom the shop calls that delivers by itself, and what it should know. */
  localDelivery: { phone: string | null; instructions: string | null } | null;
  /** As Shopify has it, to be changed. */
  address: Address | null;
  originOrder: { id: string; name: string | null } | null;
  createdAt: string;
  /** The next six that have not passed, skipped ones among them. */
  upcoming: CycleView[];
  /** Newest first. */
  charges: ChargeView[];
}

export interface ContractDetail extends ContractView {
  history: HistoryLine[];
}

export interface HomeFigures {
  /** False until the first reading of the shop's contracts has ended. */
  imported: boolean;
  active: number;
  paused: number;
  /** Renewals of the next seven days of the shop's calendar, today included. */
  renewals: {
    count: number;
    /** Before tax; one entry per currency. */
    expected: Money[];
    /** Seven entries. */
    byDay: { date: string; count: number; expected: Money[] }[];
  };
  attention: {
    paymentFailed: number;
    actionRequired: number;
    unknown: number;
    parked: number;
    /** The newest few, to link to. */
    contracts: ContractListItem[];
  };
}
