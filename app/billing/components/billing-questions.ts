import type { Asked } from "~/contracts/components/questions";
import type { Money } from "~/money/money";
import type { Format, T } from "~/ui/i18n";

import type { Resolution } from "../resolutions";
import type { Stage } from "../overview/views";

/** What the merchant is about to do to the shop's money. */
export type BillingQuestion =
  | { act: "retry"; chargeId: string; expectedAt: string; amount: Money; stage: Stage }
  | {
      act: "resolve";
      how: Resolution;
      chargeId: string;
      expectedAt: string;
      /** Before tax: what charging it now takes. */
      amount: Money;
      reason: string | null;
      /** True where it isn't certain that nobody has paid. */
      maybePaid: boolean;
    }
  | { act: "orderNow"; contractId: string; expectedAt: string; amount: Money; next: string | null }
  | { act: "release" };

type Words = Pick<Format, "date" | "money">;

/** Says what the act takes, from whom and when, and what can't be undone. */
export function askBilling(question: BillingQuestion, t: T, format: Words): Asked {
  switch (question.act) {
    case "retry": {
      const { stage } = question;
      return {
        title: t("billingAsk.retryTitle"),
        paragraphs: [
          t("billingAsk.retryWhat", {
            amount: format.money(question.amount),
            date: format.date(question.expectedAt),
          }),
          ...(stage === "APPROVAL" ? [] : [t(`billingAsk.retry_${stage}`)]),
        ],
        action: t("billing.retry"),
        destructive: false,
      };
    }
    case "resolve":
      return askResolution(question, t, format);
    case "orderNow": {
      const { next } = question;
      return {
        title: t("billingAsk.orderTitle"),
        paragraphs: [
          t("billingAsk.orderWhat", { amount: format.money(question.amount), date: format.date(question.expectedAt) }),
          next ? t("billingAsk.orderDates", { next: format.date(next) }) : t("billingAsk.orderDatesNone"),
        ],
        action: t("billingAsk.orderAction"),
        destructive: false,
      };
    }
    case "release":
      return {
        title: t("lane.releaseTitle"),
        paragraphs: [t("lane.releaseWhat"), t("lane.releaseNot")],
        action: t("lane.releaseAction"),
        destructive: false,
      };
  }
}

function askResolution(question: Extract<BillingQuestion, { act: "resolve" }>, t: T, format: Words): Asked {
  const date = format.date(question.expectedAt);
  const amount = format.money(question.amount);
  const action = resolutionText(question.how, question.reason, t);
  switch (question.how) {
    case "CHARGE":
      return {
        title: t("billingAsk.chargeTitle", { date }),
        paragraphs: [
          t("billingAsk.chargeWhat", { amount }),
          ...(question.maybePaid ? [t("billingAsk.chargeTwice")] : []),
          t("billingAsk.chargeUndo"),
        ],
        action,
        destructive: question.maybePaid,
      };
    case "SKIP":
      return {
        title: t("billingAsk.skipTitle", { date }),
        paragraphs: [t("billingAsk.skipWhat", { amount }), t("billingAsk.skipFinal")],
        action,
        destructive: true,
      };
    case "MARK_PAID":
      return {
        title: t("billingAsk.paidTitle", { date }),
        paragraphs: [t("billingAsk.paidWhat"), t("billingAsk.skipFinal")],
        action,
        destructive: false,
      };
  }
}

/** The button's words: after something was tried and failed, charging is trying again. */
export function resolutionText(how: Resolution, reason: string | null, t: T): string {
  const again = how === "CHARGE" && reason !== null && /^(SETUP_|REFUSED_|GATEWAY$|CYCLE_NOT_FOUND$)/.test(reason);
  return again ? t("billing.chargeAgain") : t(`billing.${how}`);
}
