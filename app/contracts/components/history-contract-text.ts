import type { ContractPart, HistoryLine, SkipReason } from "~/history/events";
import type { Format, T } from "~/ui/i18n";
import type { TextKey } from "~/ui/texts";

import type { BillingLine } from "./history-billing-text";

/** What happened to the contract and its cycles, and what was written about it. */
export type ContractLine = Exclude<HistoryLine, BillingLine>;

export type Words = Pick<Format, "date" | "dateTime" | "money" | "list">;

const partKeys: Record<ContractPart, TextKey> = {
  lines: "history.part_lines",
  delivery: "history.part_delivery",
  schedule: "history.part_schedule",
  address: "history.part_address",
  customer: "history.part_customer",
  discounts: "history.part_discounts",
};

const notificationKeys: Partial<Record<string, TextKey>> = {
  "subscription-created": "history.notification_subscriptionCreated",
  "charge-failed": "history.notification_chargeFailed",
  "card-needed": "history.notification_cardNeeded",
  "approve-payment": "history.notification_approvePayment",
  "dunning-ended": "history.notification_dunningEnded",
  "payment-recovered": "history.notification_paymentRecovered",
  "waiting-for-stock": "history.notification_waitingForStock",
  "delivery-adjusted": "history.notification_deliveryAdjusted",
  "card-link": "history.notification_cardLink",
  "skipped-for-stock": "history.notification_skippedForStock",
  "subscription-cancelled": "history.notification_subscriptionCancelled",
  "change-not-made": "history.notification_changeNotMade",
  "case-receipt": "history.notification_caseReceipt",
  "case-settled": "history.notification_caseSettled",
  "billing-held": "history.notification_billingHeld",
  "billing-resumed": "history.notification_billingResumed",
};

/** Kinds of offers and reasons of portal/leaving.ts; the shop's own reasons have no words here. */
const offerText = (offer: string, t: T): string => t(offerKeys[offer] ?? "leaving.offer_any");
const reasonText = (reason: string, t: T): string => t(reasonKeys[reason] ?? "leaving.reason_own");

const offerKeys: Partial<Record<string, TextKey>> = {
  PAUSE: "leaving.offer_PAUSE",
  SKIP: "leaving.offer_SKIP",
  SLOWER: "leaving.offer_SLOWER",
  SMALLER: "leaving.offer_SMALLER",
  SWAP: "leaving.offer_SWAP",
  DISCOUNT: "leaving.offer_DISCOUNT",
};

const reasonKeys: Partial<Record<string, TextKey>> = {
  TOO_MUCH: "leaving.reason_TOO_MUCH",
  TOO_EXPENSIVE: "leaving.reason_TOO_EXPENSIVE",
  DONT_NEED: "leaving.reason_DONT_NEED",
  NOT_SATISFIED: "leaving.reason_NOT_SATISFIED",
  DELIVERY: "leaving.reason_DELIVERY",
  ALTERNATIVE: "leaving.reason_ALTERNATIVE",
  MOVING: "leaving.reason_MOVING",
  OTHER: "leaving.reason_OTHER",
};

const skippedKeys: Record<SkipReason, TextKey> = {
  asked: "history.cycle_skipped_asked",
  paused: "history.cycle_skipped_paused",
  dunning: "history.cycle_skipped_dunning",
  stock: "history.cycle_skipped_stock",
  merchant: "history.cycle_skipped_merchant",
  ended: "history.cycle_skipped_ended",
};

/** The moment that is the same day from Honolulu to Auckland. */
const WITHIN_THE_DAY = "T10:00:00Z";

export function contractText(line: ContractLine, t: T, format: Words): string {
  switch (line.type) {
    case "contract.created": {
      const { origin, originOrderName: order } = line.data;
      if (origin === "import") return t("history.contract_created_import");
      return order ? t("history.contract_created_checkout", { order }) : t("history.contract_created_checkoutNoOrder");
    }
    case "contract.paused": {
      const { until } = line.data;
      return until
        ? t("history.contract_pausedUntil", { date: format.date(`${until}${WITHIN_THE_DAY}`) })
        : t("history.contract_paused");
    }
    case "contract.resumed": {
      const { nextBillingAt } = line.data;
      return nextBillingAt
        ? t("history.contract_resumed", { date: format.date(nextBillingAt) })
        : t("history.contract_resumedNoDate");
    }
    case "contract.cancelled":
      return t("history.contract_cancelled");
    case "contract.expired":
      return t("history.contract_expired");
    case "contract.failed":
      return t("history.contract_failed");
    case "contract.changed":
      return t("history.contract_changed", { parts: format.list(line.data.changed.map((part) => t(partKeys[part]))) });
    case "contract.gone":
      return t("history.contract_gone");
    case "contract.restarted":
      return t("history.contract_restarted", { number: line.data.from });
    case "edit.failed":
      return t("history.edit_failed", { reason: line.data.reason });
    case "cycle.skipped":
      return t(skippedKeys[line.data.reason], { date: format.date(line.data.expectedAt) });
    case "cycle.unskipped":
      return t("history.cycle_unskipped", { date: format.date(line.data.expectedAt) });
    case "cycle.moved":
      return t("history.cycle_moved", { from: format.date(line.data.from), date: format.date(line.data.expectedAt) });
    case "cycle.waiting": {
      const { titles } = line.data;
      const when = { date: format.date(line.data.expectedAt), until: format.date(line.data.until) };
      return titles.length > 0
        ? t("history.cycle_waiting", { ...when, products: format.list(titles) })
        : t("history.cycle_waitingNoTitles", when);
    }
    case "cycle.adjusted":
      return t("history.cycle_adjusted", {
        date: format.date(line.data.expectedAt),
        changes: format.list(
          line.data.lines.map(({ title, change, to }) => t(`history.adjusted_${change}`, { title, to: to ?? "" })),
        ),
      });
    case "one-off.added":
    case "one-off.removed": {
      const { title, quantity, price } = line.data;
      const values = { title, quantity, price: format.money(price) };
      return t(line.type === "one-off.added" ? "history.oneOff_added" : "history.oneOff_removed", values);
    }
    case "cycle.ordered-now":
      return t("history.cycle_orderedNow", { date: format.date(line.data.from) });
    case "payment-method.changed": {
      const { label } = line.data;
      return label ? t("history.paymentMethod_changed", { label }) : t("history.paymentMethod_changedNoLabel");
    }
    case "payment-method.revoked":
      return t("history.paymentMethod_revoked");
    case "leaving.offer-accepted":
      return t("history.leaving_accepted", { offer: offerText(line.data.offer, t) });
    case "leaving.cancelled": {
      const { reason, offered } = line.data;
      const why =
        reason === null
          ? t("history.leaving_noReason")
          : t("history.leaving_reason", { reason: reasonText(reason, t) });
      return offered === null ? why : t("history.leaving_offered", { why, offer: offerText(offered, t) });
    }
    case "case.received":
      return t(`history.case_received_${line.data.kind}`);
    case "case.settled":
      return t(`history.case_${line.data.outcome}_${line.data.kind}`);
    case "notification.sent":
      return t("history.notification_sent", {
        notification: t(notificationKeys[line.data.notification] ?? "history.notification_any"),
      });
  }
}
