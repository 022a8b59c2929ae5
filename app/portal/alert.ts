import { dunningSettings } from "~/billing/charge";
import { settingsOf } from "~/billing/settings/settings";
import { standingOf } from "~/billing/overview/standing";
import type { StandingView } from "~/billing/overview/views";
import { isEnded } from "~/contracts/cycle-rules";
import { causeKey } from "~/notifications/causes";
import { safeUrl } from "~/notifications/links";
import { wordsIn } from "~/notifications/texts";

import type { Subject, SubjectRow } from "./subject";
import type { PortalAlert } from "./views";

export interface Failing {
  charge: SubjectRow["charges"][number];
  standing: StandingView;
}

/** The charge that could not be taken, if one waits for something: the newest. */
export function failingOf({ row, shopper }: Subject): Failing | null {
  if (isEnded(row.status)) return null;
  const settings = dunningSettings(settingsOf(shopper.shop));
  for (const charge of row.charges) {
    const standing = standingOf(charge, charge.attempts.length, settings);
    if (standing) return { charge, standing };
  }
  return null;
}

/** Whether Shopify can send its secure mail for a new card. */
export const hasPaymentMethod = ({ row }: Subject): boolean =>
  row.paymentMethodId !== null && row.paymentMethodRevokedAt === null;

/** Why the payment fails, in the words that the e-mails use. */
export function causeText({ shopper: { locale, shop } }: Subject, standing: StandingView): string {
  const { t } = wordsIn(locale, shop.timeZone);
  return t(causeKey(standing.errorCode ?? "", standing.declineClass ?? ""), { shop: shop.name });
}

/** A payment that fails, in plain words, with what helps. */
export function alertOf(subject: Subject): PortalAlert | null {
  const failing = failingOf(subject);
  return failing ? ofCharge(subject, failing) : ofMethod(subject);
}

function ofCharge(subject: Subject, { charge, standing }: Failing): PortalAlert | null {
  const { t, date } = subject.words;
  const { stage, nextTryAt, endsAt, url } = standing;
  // Nobody has said no: the shop or the bank has trouble of its own, and it is tried again soon.
  if (stage === "GATEWAY") return null;
  const lead = t("alert.lead", { date: date(charge.cycle.expectedAt) });
  if (stage === "APPROVAL") {
    const link = safeUrl(url);
    return {
      title: t("alert.approval.title"),
      text: [
        t("alert.approval.lead", { date: date(charge.cycle.expectedAt) }),
        t(link ? "alert.approval.how" : "alert.approval.howNoLink"),
        ...(endsAt ? [t("alert.approval.until", { date: date(endsAt) })] : []),
      ],
      action: link ? { label: t("alert.approval.button"), url: link } : null,
    };
  }
  const cause = causeText(subject, standing);
  if (stage === "RETRIES") {
    return {
      title: t("alert.failed.title"),
      text: [lead, cause, ...(nextTryAt ? [t("alert.failed.next", { date: date(nextTryAt) })] : [])],
      action: { label: t("retry-payment.confirm"), kind: "retry-payment" },
    };
  }
  const newCard = { label: t("payment-method.confirm"), kind: "payment-method" } as const;
  if (stage === "NEW_CARD") {
    return {
      title: t("alert.card.title"),
      text: [lead, cause, t("alert.card.next"), ...(endsAt ? [t("alert.card.until", { date: date(endsAt) })] : [])],
      action: hasPaymentMethod(subject) ? newCard : null,
    };
  }
  const isPaused = subject.row.dunningPausedAt !== null;
  return {
    title: t(isPaused ? "alert.over.pausedTitle" : "alert.failed.title"),
    text: [lead, cause, t(isPaused ? "alert.over.paused" : "alert.over.next")],
    action: hasPaymentMethod(subject) ? newCard : null,
  };
}

/** A payment method that is gone is told before the next renewal fails for it. */
function ofMethod(subject: Subject): PortalAlert | null {
  const { row, words } = subject;
  if (row.status !== "ACTIVE" || row.paymentMethodRevokedAt === null) return null;
  return {
    title: words.t("alert.card.title"),
    text: [words.t("alert.card.gone"), words.t("problem.NO_PAYMENT_METHOD.text", { shop: subject.shopper.shop.name })],
    action: null,
  };
}
