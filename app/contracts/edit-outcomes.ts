import type { Actor } from "~/history/events";
import type { Money } from "~/money/money";

import type { NotActed } from "./acting.server";
import type { Terms } from "./edit";

/** Why an edit can't be made; nothing was sent, or nothing of it holds. */
export type EditProblem =
  /** The last line can't be removed: cancelling is another act. */
  | { outcome: "LAST_LINE" }
  /** A line, plan, variant or discount that the edit names is not there, or not the contract's to have. */
  | { outcome: "NOT_OFFERED" }
  | { outcome: "TOO_MANY_LINES" }
  | { outcome: "SOLD_OUT" }
  /** Shopify's SubscriptionDiscountRejectionReason: NOT_FOUND, CURRENTLY_INACTIVE, USAGE_LIMIT_REACHED, … */
  | { outcome: "CODE_NOT_VALID"; reason: string }
  /** Nothing is delivered there, or not in that way. */
  | { outcome: "ADDRESS_NOT_SERVED" };

export type EditOutcome =
  | {
      outcome: "EDITED";
      /** Of the next order, before tax. */
      amount: Money;
      /** ISO 8601, as Shopify has it now. */
      nextBillingAt: string | null;
      /** Shopify's dates are others than the quote said. */
      datesDiffer: { expected: string | null; is: string | null } | null;
      revisionId: string;
    }
  /** Waits for the renewal that is being charged. */
  | { outcome: "QUEUED" }
  /** The contract has changed since the person saw it. */
  | { outcome: "STALE" }
  /** Shopify made something else of it; `takenBack`: everything is as it was. */
  | { outcome: "NOT_AS_ASKED"; takenBack: boolean }
  | EditProblem
  | NotActed;

export interface EditOptions {
  actor: Actor;
  /** The contract's `revisionId` as the person saw it. */
  seen?: string;
  /** While a renewal is being charged: keep the change and carry it out afterwards. */
  queue?: boolean;
}

export type QuoteOutcome =
  | { outcome: "QUOTED"; before: Terms; after: Terms; revisionId: string }
  | EditProblem
  | Extract<NotActed, { outcome: "NOT_FOUND" | "ALREADY_ENDED" | "SHOPIFY_UNAVAILABLE" | "REFUSED" }>;
