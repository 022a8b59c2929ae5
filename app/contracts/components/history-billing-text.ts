import type { DunningEndKind, EventData, HistoryLine, SkipReason } from "~/history/events";
import type { T } from "~/ui/i18n";
import type { TextKey } from "~/ui/texts";

import { declineText } from "./decline-text";
import { heldText } from "./held-text";
import type { Words } from "./history-contract-text";
import { parkedText } from "./parked-text";

/** What happened to the money: charges, dunning, and the shop's billing as a whole. */
export type BillingLine = Extract<
  HistoryLine,
  { type: `charge.${string}` | `dunning.${string}` | `billing.${string}` }
>;

export const isBilling = (line: HistoryLine): line is BillingLine => /^(charge|dunning|billing)\./.test(line.type);

const givenUpKeys: Record<SkipReason, TextKey> = {
  asked: "history.charge_givenUp_asked",
  paused: "history.charge_givenUp_paused",
  dunning: "history.charge_givenUp_dunning",
  stock: "history.charge_givenUp_stock",
  merchant: "history.charge_givenUp_merchant",
  ended: "history.charge_givenUp_ended",
};

const dunningEndKeys: Record<DunningEndKind, TextKey> = {
  PAUSE: "history.dunning_ended_PAUSE",
  SKIP: "history.dunning_ended_SKIP",
  CANCEL: "history.dunning_ended_CANCEL",
};

export function billingText(line: BillingLine, t: T, format: Words): string {
  switch (line.type) {
    case "charge.paid":
      return paidText(line.data, t, format);
    case "charge.failed": {
      const { errorCode, expectedAt, nextTryAt, endsAt, declineClass } = line.data;
      const values = { date: format.date(expectedAt), reason: declineText(errorCode, t) };
      if (nextTryAt) return t("history.charge_failedNext", { ...values, next: format.dateTime(nextTryAt) });
      // After the last try there is an end as well, but no waiting for a card before it.
      const needsCard = declineClass === "EXPIRED" || declineClass === "HARD";
      if (endsAt && needsCard) return t("history.charge_failedCard", { ...values, until: format.date(endsAt) });
      return t("history.charge_failed", values);
    }
    case "charge.action-required": {
      const { expectedAt, endsAt } = line.data;
      // Lines from before the moment was kept don't have it.
      return endsAt
        ? t("history.charge_actionRequiredUntil", { date: format.date(expectedAt), until: format.dateTime(endsAt) })
        : t("history.charge_actionRequired", { date: format.date(expectedAt) });
    }
    case "charge.action-reminder":
      return t("history.charge_actionReminder", {
        date: format.date(line.data.expectedAt),
        until: format.dateTime(line.data.endsAt),
      });
    case "charge.parked":
      return t("history.charge_parked", {
        date: format.date(line.data.expectedAt),
        reason: parkedText(line.data.reason, t),
      });
    case "charge.released":
      return t(line.data.by === "retry" ? "history.charge_releasedRetry" : "history.charge_released", {
        date: format.date(line.data.expectedAt),
      });
    case "charge.given-up":
      return t(givenUpKeys[line.data.reason], {
        date: format.date(line.data.expectedAt),
        reason: declineText(line.data.errorCode, t),
      });
    case "dunning.ended":
      return t(dunningEndKeys[line.data.end], {
        date: format.date(line.data.expectedAt),
        reason: declineText(line.data.errorCode, t),
      });
    case "charge.amount-differs": {
      const { orderName: order } = line.data;
      const values = { taken: format.money(line.data.taken), expected: format.money(line.data.expected) };
      return order
        ? t("history.charge_amountDiffers", { ...values, order })
        : t("history.charge_amountDiffersNoOrder", values);
    }
    case "billing.held":
      return t("history.billing_held", { reason: heldText(line.data.reason, t) });
    case "billing.resumed":
      return t("history.billing_resumed");
    case "billing.swept":
      return t("history.billing_swept", { count: line.data.contracts, differed: line.data.differed });
    case "billing.settings-changed":
      return t("history.billing_settingsChanged");
  }
}

function paidText(data: EventData["charge.paid"], t: T, format: Words): string {
  const { adopted, orderName: order, total, attemptNumber: number } = data;
  const amount = format.money(total);
  if (adopted) {
    return order ? t("history.charge_adopted", { amount, order }) : t("history.charge_adoptedNoOrder", { amount });
  }
  if (number > 1) {
    return order
      ? t("history.charge_paidAfter", { amount, order, number })
      : t("history.charge_paidAfterNoOrder", { amount, number });
  }
  return order ? t("history.charge_paid", { amount, order }) : t("history.charge_paidNoOrder", { amount });
}
