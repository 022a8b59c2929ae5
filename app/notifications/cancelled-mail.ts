import type { Locale } from "~/lib/i18n";

import type { Mail } from "./mail";
import { fact, greeting, lineText } from "./phrases";
import type { MailLine } from "./phrases";
import { wordsIn } from "./texts";

/** What the receipt of a cancellation tells. Instants are ISO 8601. */
export interface CancelledSubscription {
  shopName: string;
  timeZone: string;
  /** Where the shopper writes to. */
  contactEmail: string;
  portalUrl: string;
  firstName: string | null;
  lines: readonly MailLine[];
  cancelledAt: string;
  /** The last order that was paid: it is delivered as usual. */
  lastOrder: { name: string; paidAt: string } | null;
  /** Until when deliveries are paid for, where one charge pays several. */
  prepaidUntil: string | null;
}

/** The receipt of a cancellation: what has ended, when, and what is still delivered. */
export function cancelledMail(ended: CancelledSubscription, locale: Locale): Mail {
  const words = wordsIn(locale, ended.timeZone);
  const { t, date } = words;
  const { shopName, lastOrder, prepaidUntil, contactEmail } = ended;
  const owed =
    prepaidUntil !== null
      ? t("cancelled.prepaid", { date: date(prepaidUntil) })
      : lastOrder && t("cancelled.order", { order: lastOrder.name, date: date(lastOrder.paidAt) });
  return {
    locale,
    subject: t("cancelled.subject", { shop: shopName }),
    preheader: t("cancelled.preheader"),
    title: t("cancelled.title"),
    opening: [greeting(words, ended.firstName), t("cancelled.lead", { shop: shopName })],
    facts: [
      { label: t("fact.what"), values: ended.lines.map((line) => lineText(words, line)) },
      { label: t("cancelled.at"), values: [words.dateTime(ended.cancelledAt)] },
      ...fact(t("cancelled.owed"), owed),
    ],
    closing: [t("cancelled.again"), t("cancelled.receipt")],
    button: { label: t("cancelled.button"), url: ended.portalUrl },
    urgent: false,
    footer: [t("common.questions", { email: contactEmail })],
  };
}
