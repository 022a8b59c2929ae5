import type { ChargeState, ContractStatus, CycleOutcome } from "~/generated/prisma/enums";
import { isEnded, isHeld } from "~/contracts/cycle-rules";
import { halfIntervalMs } from "~/schedule/interval";
import type { IntervalUnit } from "~/schedule/interval";

import type { BillingSettings } from "./settings/settings";

/** The engine's words, and what it decides about a cycle whose moment has come: pure; instants come in as parameters. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A line as it was meant to be charged. */
export interface ExpectedLine {
  lineShopifyId: string;
  variantId: string | null;
  title: string;
  quantity: number;
  /** Decimal string, per unit. */
  price: string;
}

/** What the mirror and the ledger know of a contract that is to be charged. */
export interface ContractFacts {
  contractId: string;
  contractShopifyId: string;
  status: ContractStatus;
  revisionId: string;
  /** The checkout's order: its attempt pays no cycle. */
  originOrderId: string | null;
  billingInterval: IntervalUnit;
  billingIntervalCount: number;
  lines: readonly ExpectedLine[];
  /** Decimal strings: delivery, and lines and delivery together, before tax. */
  expectedDelivery: string;
  expectedAmount: string;
  currencyCode: string;
  /** Latest success of the contract in the ledger, imported ones too. */
  lastPaidAt: Date | null;
  /** An attempt that is not ours, or a change that the mirror lacks, was seen and not yet accounted for. */
  foreignSeenAt: Date | null;
  paymentMethodChangedAt: Date | null;
  dunningPausedAt: Date | null;
  /** Shopify's answer about it can't be understood: the mirror may be behind, and nobody can tell by how much. */
  unreadableSince: Date | null;
  /** Somebody has begun to change it then, and has not ended yet. */
  changingSince: Date | null;
  /** An order has used its discounts since it was read: they may be over, and the amount with them. */
  discountsUsed: boolean;
}

/** A cycle whose moment has come. */
export interface DueCycle extends ContractFacts {
  cycleIndex: number;
  expectedAt: Date;
  waitReason: WaitReason | null;
  waitSince: Date | null;
  /** It fell due while the app was removed from the shop. */
  inGap: boolean;
}

/** Why a cycle whose date has come is not charged yet. */
export type WaitReason =
  | "STOCK"
  /** Half an interval since the last charge is not over: after an outage renewals catch up spaced out. */
  | "CHARGED_RECENTLY"
  /** Somebody else's attempt is on its way. */
  | "FOREIGN_ATTEMPT"
  /** Shopify reviews the contract's first order. */
  | "UNDER_REVIEW"
  /** Shopify or the gateway may retry by itself after a new payment method. */
  | "NEW_CARD"
  /** Shopify and the mirror differ: it is being read again. */
  | "DISAGREEMENT"
  | "TOO_EARLY";

/** Why a charge waits for a person. */
export type ParkedReason =
  /** More than the shop's `lateDaysMax` late. */
  | "TOO_LATE"
  /** It fell due while the app was removed from the shop. */
  | "GAP"
  /** Shopify shows a success that belongs to no cycle for sure. */
  | "FOREIGN_CHARGE"
  /** Shopify doesn't know the cycle. */
  | "CYCLE_NOT_FOUND"
  /** Gateway trouble for too long. */
  | "GATEWAY"
  /** Shopify's answer can't be understood. */
  | "BAD_DATA"
  /** The shop's account or the contract's data is at fault: Shopify's code. */
  | `SETUP_${string}`
  /** Shopify's code of a refusal that should not happen. */
  | `REFUSED_${string}`;

export type NoOrderOutcome = Exclude<CycleOutcome, "BILLED">;

export type SeenState = "PENDING" | "ACTION_REQUIRED" | "SUCCESS" | "FAILED";

/** An attempt as Shopify has it. */
export interface AttemptOutcome {
  shopifyId: string;
  idempotencyKey: string;
  state: SeenState;
  createdAt: Date;
  /** Of the failure: Shopify's code, "UNEXPECTED_ERROR" without one. */
  errorCode: string | null;
  /** Where the shopper approves the payment, with ACTION_REQUIRED. */
  nextActionUrl: string | null;
  /** Null with SUCCESS means that the order has been deleted since. */
  order: SeenOrder | null;
  completedAt: Date | null;
}

/** Amounts are decimal strings in the shop's currency. */
export interface SeenOrder {
  id: string;
  name: string;
  total: string;
  /** Tax that is not in the prices; "0" when prices include it. */
  taxOnTop: string;
  currencyCode: string;
}

/** How long nothing is charged after a new payment method (design, section 7). */
export const NEW_CARD_WAIT_MS = 15 * MINUTE_MS;
/** How long nothing is charged after a contract was found unreadable; then it is read again. */
export const UNREADABLE_WAIT_MS = 60 * MINUTE_MS;
/** How long a change of the contract may take, retries of slow calls included; one that takes longer was left behind. */
export const CHANGE_TAKES_MS = 5 * MINUTE_MS;
/** A renewal that meets a change is looked at again after this long. */
export const CHANGE_WAIT_MS = MINUTE_MS;
/** A cycle later than this is looked at by itself before it is charged: much may have happened meanwhile. */
const LATE_MS = DAY_MS;

export type DueDecision =
  /** @param deep whether the bulk guard is not enough (guard.ts) */
  | { kind: "CHARGE"; deep: boolean }
  | { kind: "CLOSE"; outcome: NoOrderOutcome }
  | { kind: "PARK"; reason: ParkedReason }
  /** Without a reason only its date has moved. */
  | { kind: "POSTPONE"; until: Date; reason: WaitReason | null };

/** What happens to a due cycle, by what we know ourselves. The first rule that fits decides. */
export function decideDue(due: DueCycle, settings: Pick<BillingSettings, "lateDaysMax">, now: Date): DueDecision {
  if (isEnded(due.status)) return { kind: "CLOSE", outcome: "ENDED" };
  if (isHeld(due.status)) return { kind: "CLOSE", outcome: "SKIPPED_PAUSED" };
  if (due.inGap) return { kind: "PARK", reason: "GAP" };
  // What waited for a reason was not forgotten: it is as late as it was when the wait began.
  const lateMs = (due.waitSince ?? now).getTime() - due.expectedAt.getTime();
  // The wait for stock has an end of its own, and has begun with a yes where one was needed.
  const isTooLate = due.waitReason !== "STOCK" && lateMs > settings.lateDaysMax * DAY_MS;
  if (isTooLate) return { kind: "PARK", reason: "TOO_LATE" };
  if (due.unreadableSince) {
    return { kind: "POSTPONE", until: new Date(now.getTime() + UNREADABLE_WAIT_MS), reason: "DISAGREEMENT" };
  }
  if (isBeingChanged(due, now)) {
    return { kind: "POSTPONE", until: new Date(now.getTime() + CHANGE_WAIT_MS), reason: due.waitReason };
  }
  const newCard = due.paymentMethodChangedAt;
  if (newCard && now.getTime() - newCard.getTime() < NEW_CARD_WAIT_MS) {
    return { kind: "POSTPONE", until: new Date(newCard.getTime() + NEW_CARD_WAIT_MS), reason: "NEW_CARD" };
  }
  if (due.lastPaidAt && isTooSoonAfter(due.lastPaidAt, due, now)) {
    return { kind: "POSTPONE", until: soonestAfter(due.lastPaidAt, due), reason: "CHARGED_RECENTLY" };
  }
  const cardIsNew = newCard !== null && now.getTime() - newCard.getTime() < LATE_MS;
  const deep = due.foreignSeenAt !== null || due.waitReason !== null || cardIsNew || lateMs > LATE_MS;
  return { kind: "CHARGE", deep };
}

/** Whoever changes a contract comes first: what is announced to them must not be charged otherwise meanwhile. */
export const isBeingChanged = ({ changingSince }: Pick<ContractFacts, "changingSince">, now: Date): boolean =>
  changingSince !== null && now.getTime() - changingSince.getTime() < CHANGE_TAKES_MS;

type IntervalOf = Pick<ContractFacts, "billingInterval" | "billingIntervalCount">;

/** The second safety bound: a success lies within half an interval of now. */
export const isTooSoonAfter = (paidAt: Date, contract: IntervalOf, now: Date): boolean =>
  now < soonestAfter(paidAt, contract);

/** When the second safety bound lets the contract be charged again. */
export const soonestAfter = (paidAt: Date, contract: IntervalOf): Date =>
  new Date(paidAt.getTime() + halfIntervalMs(contract.billingInterval, contract.billingIntervalCount));

/** States in which an attempt of the charge may be on its way at Shopify. */
export const RUNNING_STATES: readonly ChargeState[] = ["CLAIMED", "SENDING", "PENDING", "UNKNOWN", "ACTION_REQUIRED"];
/** States in which a charge keeps the contract's later cycles waiting. */
export const HOLDING_STATES: readonly ChargeState[] = [...RUNNING_STATES, "FAILED", "PARKED"];
