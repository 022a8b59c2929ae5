import type { Money } from "~/money/money";

/** Who did it. "perennial" is the engine itself; "shopify" is someone there whom we can't tell apart. */
export type Actor = "shopper" | "merchant" | "perennial" | "shopify";

/** Why a cycle brings no order. */
export type SkipReason = "asked" | "paused";

interface CycleRef {
  cycleIndex: number;
  /** ISO 8601: Shopify's expected date of the cycle. */
  expectedAt: string;
}

/** Every type of event and what it tells. Instants are ISO 8601 in UTC. Nothing here names a person. */
export interface EventData {
  "contract.created": { origin: "checkout" | "import"; originOrderName: string | null };
  "contract.paused": Record<string, never>;
  "contract.resumed": { nextBillingAt: string | null };
  "contract.cancelled": Record<string, never>;
  "contract.expired": Record<string, never>;
  /** Shopify's own status FAILED, not a declined card. */
  "contract.failed": Record<string, never>;
  /** Lines, prices, delivery, schedule or customer changed: `changed` names which. */
  "contract.changed": { changed: ContractPart[] };
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
  };
  "charge.failed": CycleRef & { errorCode: string; errorMessage: string | null };
  /** The shopper must approve the payment with their bank (3-D Secure). */
  "charge.action-required": CycleRef;
  "charge.parked": CycleRef & { reason: string };
  "notification.sent": { notification: string };
}

export type ContractPart = "lines" | "delivery" | "schedule" | "address" | "customer";

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
