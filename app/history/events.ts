import type { Money } from "~/money/money";

/** Who did it. "perennial" is the engine itself; "shopify" is someone there whom we can't tell apart. */
export type Actor = "shopper" | "merchant" | "perennial" | "shopify";

/** Why a cycle brings no order: "asked" by somebody, or one of the engine's reasons. */
export type SkipReason = "asked" | "paused" | "dunning" | "stock" | "merchant" | "ended";

/** What dunning does in the end with a charge that could not be taken. */
export type DunningEndKind = "PAUSE" | "SKIP" | "CANCEL";

interface CycleRef {
  cycleIndex: number;
  /** ISO 8601: Shopify's expected date of the cycle. */
  expectedAt: string;
}

/** "postponed": a product that was to go with this delivery alone, out of stock, waits for the next one. */
export type CycleAdjustment = "removed" | "quantity" | "replaced" | "postponed";

interface OneOffData {
  oneOffId: string;
  title: string;
  quantity: number;
  /** Per unit. */
  price: Money;
}

/** Every type of event and what it tells. Instants are ISO 8601 in UTC. Nothing here names a person. */
export interface EventData {
  "contract.created": { origin: "checkout" | "import"; originOrderName: string | null };
  /** `until`: the day of the shop's calendar on which it resumes by itself, "2026-12-24". */
  "contract.paused": { until?: string };
  "contract.resumed": { nextBillingAt: string | null };
  "contract.cancelled": Record<string, never>;
  "contract.expired": Record<string, never>;
  /** Shopify's own status FAILED, not a declined card. */
  "contract.failed": Record<string, never>;
  /** Lines, prices, delivery, schedule or customer changed: `changed` names which. */
  "contract.changed": { changed: ContractPart[] };
  /** What had waited for a renewal could not be done. `kinds`: what was asked for (contracts/edit.ts). */
  "edit.failed": { reason: string; kinds: string[]; queuedEditId: string };
  /** Made of an ended one, on new terms. `from`: number of that one. */
  "contract.restarted": { from: string };
  /** Shopify no longer has it. */
  "contract.gone": Record<string, never>;
  "cycle.skipped": CycleRef & { reason: SkipReason };
  "cycle.unskipped": CycleRef;
  "cycle.moved": CycleRef & { from: string };
  "payment-method.changed": { label: string | null };
  "payment-method.revoked": { label: string | null };
  "charge.paid": CycleRef & {
    orderId: string | null;
    orderName: string | null;
    total: Money;
    /** True when another app or a person had charged the cycle: adopted, not charged again. */
    adopted: boolean;
    /** 1 when the first try was paid; more after dunning. */
    attemptNumber: number;
  };
  "charge.failed": CycleRef & {
    errorCode: string;
    errorMessage: string | null;
    /** app/billing/decline.ts */
    declineClass: string;
    attemptNumber: number;
    /** When it is tried again by itself; null when it waits for a new card or a person. */
    nextTryAt: string | null;
    /** When it is given up; null while a next try is planned. */
    endsAt: string | null;
  };
  /** The shopper must approve the payment with their bank (3-D Secure), at `url`, until `endsAt`. */
  "charge.action-required": CycleRef & { url: string | null; endsAt: string };
  "charge.action-reminder": CycleRef & { url: string | null; endsAt: string };
  "charge.parked": CycleRef & { reason: string };
  /** A person has let a parked or failed charge go on: "retry", "order-now", "charge". */
  "charge.released": CycleRef & { by: string };
  /** Dunning or the stock rules have given the charge up; the cycle brings no order. */
  "charge.given-up": CycleRef & { reason: SkipReason; errorCode: string | null };
  /** Dunning is over without payment; what was done with the contract. */
  "dunning.ended": CycleRef & { end: DunningEndKind; errorCode: string };
  /** The renewal waits for stock of these titles. */
  "cycle.waiting": CycleRef & { reason: "stock"; titles: string[]; until: string };
  /** What was changed on this cycle alone before it was charged. */
  "cycle.adjusted": CycleRef & {
    lines: { title: string; change: CycleAdjustment; to: string | null }[];
  };
  /** A product that goes with the next delivery alone. */
  "one-off.added": OneOffData;
  /** Taken off again before it was charged. */
  "one-off.removed": OneOffData;
  /** Somebody asked for the order now; the dates after it don't move. */
  "cycle.ordered-now": CycleRef & { from: string };
  /** The order's total does not follow from what was meant to be taken. `by` = taken less meant. */
  "charge.amount-differs": CycleRef & { expected: Money; taken: Money; by: Money; orderName: string | null };
  /** The shop's billing stands still, and goes on again (app/billing/lane.ts). About no contract. */
  "billing.held": { reason: string };
  "billing.resumed": { reason: string };
  /** The nightly sweep: contracts read, those that differed from the mirror, outcomes and foreign charges it found. */
  "billing.swept": { contracts: number; differed: number; settled: number; foreign: number };
  "billing.settings-changed": { changed: string[] };
  /** The shopper was leaving, and took what was offered instead (portal/leaving.ts). */
  "leaving.offer-accepted": { reason: string | null; offer: string };
  /** The shopper has left: why, if they said so, and what they were offered. */
  "leaving.cancelled": { reason: string | null; offered: string | null };
  /** Somebody has declared on a public page that they withdraw from it or end it; what became of that. */
  "case.received": { caseId: string; kind: CaseKindName };
  "case.settled": { caseId: string; kind: CaseKindName; outcome: "SETTLED" | "DECLINED"; cancelled: boolean };
  /** `about`: id of the event that the e-mail tells of. */
  "notification.sent": { notification: NotificationName; about?: string };
}

/** Withdrawal from the contract (EU 2023/2673), or its termination (§ 312k BGB). */
export type CaseKindName = "WITHDRAWAL" | "TERMINATION";

/** Every kind of e-mail that is written down. "card-link" is Shopify's own, sent at our asking. */
export type NotificationName =
  | "subscription-created"
  | "charge-failed"
  | "card-needed"
  | "card-link"
  | "approve-payment"
  | "dunning-ended"
  | "payment-recovered"
  | "waiting-for-stock"
  | "skipped-for-stock"
  | "delivery-adjusted"
  | "subscription-cancelled"
  | "change-not-made"
  | "case-receipt"
  | "case-settled"
  | "billing-held"
  | "billing-resumed";

export type ContractPart = "lines" | "delivery" | "schedule" | "address" | "customer" | "discounts";

export type EventType = keyof EventData;

/** One line of the history, as it is appended. */
export type NewEvent = {
  [Type in EventType]: {
    shopId: string;
    contractId: string | null;
    type: Type;
    actor: Actor;
    data: EventData[Type];
  };
}[EventType];

/** One line of the history, as it is read. */
export type HistoryLine = {
  [Type in EventType]: { id: string; type: Type; actor: Actor; at: string; data: EventData[Type] };
}[EventType];
