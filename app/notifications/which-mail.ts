import type { NotificationName } from "~/history/events";

import type { EventOf, ShopperEvent, Trail } from "./trail";

/** Which e-mail, if any, an event is worth. Pure. */

/** An e-mail to the shopper and what it tells of. */
export type ShopperNotice =
  | { kind: "FAILED"; event: EventOf<"charge.failed">; nextTryAt: string }
  | { kind: "FAILED_AGAIN"; event: EventOf<"charge.failed">; nextTryAt: string }
  | { kind: "NOT_APPROVED"; event: EventOf<"charge.failed">; nextTryAt: string }
  | { kind: "CARD_NEEDED"; event: EventOf<"charge.failed"> }
  | { kind: "APPROVE"; event: EventOf<"charge.action-required"> }
  | { kind: "APPROVE_REMINDER"; event: EventOf<"charge.action-reminder"> }
  | { kind: "ENDED"; event: EventOf<"dunning.ended"> }
  | { kind: "RECOVERED"; event: EventOf<"charge.paid"> }
  | { kind: "WAITING"; event: EventOf<"cycle.waiting"> }
  | { kind: "DROPPED"; event: EventOf<"charge.given-up"> }
  | { kind: "ADJUSTED"; event: EventOf<"cycle.adjusted"> };

/** What each e-mail is called in the history. */
export const NOTIFICATIONS: Readonly<Record<ShopperNotice["kind"], NotificationName>> = {
  FAILED: "charge-failed",
  FAILED_AGAIN: "charge-failed",
  NOT_APPROVED: "approve-payment",
  CARD_NEEDED: "card-needed",
  APPROVE: "approve-payment",
  APPROVE_REMINDER: "approve-payment",
  ENDED: "dunning-ended",
  RECOVERED: "payment-recovered",
  WAITING: "waiting-for-stock",
  DROPPED: "skipped-for-stock",
  ADJUSTED: "delivery-adjusted",
};

export interface Standing extends Trail {
  /** Failures of the charge that count as declines, the event's own included. */
  declines: number;
  /** Tries that are planned after the first one. */
  retries: number;
}

/**
 * The e-mail that an event is worth; null when it is worth none: nothing the shopper could do or needs to know, told
 * already, or overtaken by what happened since.
 */
export function mailFor(event: ShopperEvent, standing: Standing): ShopperNotice | null {
  if (standing.overtaken || standing.sent) return null;
  switch (event.type) {
    case "charge.failed":
      return failure(event, standing);
    case "charge.action-required":
      return { kind: "APPROVE", event };
    case "charge.action-reminder":
      return { kind: "APPROVE_REMINDER", event };
    case "dunning.ended":
      return { kind: "ENDED", event };
    case "charge.paid":
      // Whoever heard of no trouble is told nothing about its end: Shopify's order confirmation is enough.
      return event.data.attemptNumber > 1 && !event.data.adopted && standing.told ? { kind: "RECOVERED", event } : null;
    case "cycle.waiting":
      return standing.waitTold ? null : { kind: "WAITING", event };
    case "charge.given-up":
      return event.data.reason === "stock" ? { kind: "DROPPED", event } : null;
    case "cycle.adjusted":
      return event.data.lines.length > 0 && !standing.changesTold ? { kind: "ADJUSTED", event } : null;
  }
}

function failure(event: EventOf<"charge.failed">, standing: Standing): ShopperNotice | null {
  const { declineClass, nextTryAt } = event.data;
  switch (declineClass) {
    case "EXPIRED":
    case "HARD":
      return standing.cardAsked ? null : { kind: "CARD_NEEDED", event };
    case "SOFT":
    case "INSUFFICIENT_FUNDS":
    case "CHALLENGE": {
      // Without a next try dunning ends with this failure, and says so itself.
      if (nextTryAt === null) return null;
      const stage = standing.told && !standing.newCard ? stageOf(standing.declines, standing.retries) : "FIRST";
      if (stage === null) return null;
      if (declineClass === "CHALLENGE") return { kind: "NOT_APPROVED", event, nextTryAt };
      return { kind: stage === "FIRST" ? "FAILED" : "FAILED_AGAIN", event, nextTryAt };
    }
    // The gateway's, the stock's and the merchant's trouble is none of the shopper's.
    default:
      return null;
  }
}

/** Failures that lie between two reminders at least, so that a short schedule doesn't mail at every try. */
const SILENT_FAILURES = 1;

/**
 * Whether a failure is one that the shopper hears of: the first, the one in the middle and the last before the end.
 * @param failures of the charge, this one included; @param retries tries planned after the first
 */
export function stageOf(failures: number, retries: number): "FIRST" | "MIDDLE" | "LAST" | null {
  if (failures <= 1) return "FIRST";
  if (failures === retries) return "LAST";
  const middle = Math.ceil((retries + 1) / 2);
  const roomy = middle - 1 > SILENT_FAILURES && retries - middle > SILENT_FAILURES;
  return failures === middle && roomy ? "MIDDLE" : null;
}
