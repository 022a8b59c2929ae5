import type { ContractPart, HistoryLine } from "~/history/events";
import type { Format, T } from "~/ui/i18n";
import type { TextKey } from "~/ui/texts";

import { declineText } from "./decline-text";
import { parkedText } from "./parked-text";

const partKeys: Record<ContractPart, TextKey> = {
  lines: "history.part_lines",
  delivery: "history.part_delivery",
  schedule: "history.part_schedule",
  address: "history.part_address",
  customer: "history.part_customer",
};

const actorKeys: Record<HistoryLine["actor"], TextKey> = {
  shopper: "history.byShopper",
  merchant: "history.byMerchant",
  perennial: "history.byPerennial",
  shopify: "history.byShopify",
};

type Words = Pick<Format, "date" | "money" | "list">;

/** Who did it: "By the customer". */
export const actorText = (line: HistoryLine, t: T): string => t(actorKeys[line.actor]);

/** One line of the history in plain words: "Order of December 1, 2026 skipped". */
export function historyText(line: HistoryLine, t: T, format: Words): string {
  switch (line.type) {
    case "contract.created": {
      const { origin, originOrderName: order } = line.data;
      if (origin === "import") return t("history.contract_created_import");
      return order ? t("history.contract_created_checkout", { order }) : t("history.contract_created_checkoutNoOrder");
    }
    case "contract.paused":
      return t("history.contract_paused");
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
    case "cycle.skipped":
      return t(line.data.reason === "paused" ? "history.cycle_skipped_paused" : "history.cycle_skipped_asked", {
        date: format.date(line.data.expectedAt),
      });
    case "cycle.unskipped":
      return t("history.cycle_unskipped", { date: format.date(line.data.expectedAt) });
    case "cycle.moved":
      return t("history.cycle_moved", { from: format.date(line.data.from), date: format.date(line.data.expectedAt) });
    case "payment-method.changed": {
      const { label } = line.data;
      return label ? t("history.paymentMethod_changed", { label }) : t("history.paymentMethod_changedNoLabel");
    }
    case "payment-method.revoked":
      return t("history.paymentMethod_revoked");
    case "charge.paid": {
      const { adopted, orderName: order, total } = line.data;
      const amount = format.money(total);
      if (adopted)
        return order ? t("history.charge_adopted", { amount, order }) : t("history.charge_adoptedNoOrder", { amount });
      return order ? t("history.charge_paid", { amount, order }) : t("history.charge_paidNoOrder", { amount });
    }
    case "charge.failed":
      return t("history.charge_failed", {
        date: format.date(line.data.expectedAt),
        reason: declineText(line.data.errorCode, t),
      });
    case "charge.action-required":
      return t("history.charge_actionRequired", { date: format.date(line.data.expectedAt) });
    case "charge.parked":
      return t("history.charge_parked", {
        date: format.date(line.data.expectedAt),
        reason: parkedText(line.data.reason, t),
      });
    case "notification.sent":
      return t("history.notification_sent", {
        notification: t(
          line.data.notification === "subscription-created"
            ? "history.notification_subscriptionCreated"
            : "history.notification_any",
        ),
      });
  }
}

/** The order that a line is about, to link to. */
export const orderOf = (line: HistoryLine): string | null => (line.type === "charge.paid" ? line.data.orderId : null);
