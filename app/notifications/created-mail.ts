import type { IntervalUnit, Money } from "~/lib/format";
import type { Locale } from "~/lib/i18n";

import { wordsIn } from "./texts";
import type { Words } from "./texts";
import { greeting, lineText } from "./phrases";
import type { MailLine } from "./phrases";
import type { Mail } from "./mail";

/** What the confirmation of a new subscription tells. Instants are ISO 8601. */
export interface NewSubscription {
  shopName: string;
  timeZone: string;
  /** Where the shopper writes to. */
  contactEmail: string;
  portalUrl: string;
  firstName: string | null;
  lines: readonly (MailLine & { price: Money })[];
  frequency: { interval: IntervalUnit; count: number };
  subtotal: Money;
  deliveryPrice: Money;
  /** Lines and delivery of one renewal, before tax. */
  amount: Money;
  /** When the next renewal is charged; null if none is planned. */
  nextAt: string | null;
  /** "Visa •••• 4242" */
  paymentMethodLabel: string | null;
  /** "#1001": the checkout's order, which pays the first delivery. */
  originOrderName: string | null;
  /** The right of withdrawal, where the shop tells of it: in its own words, or "" for ours; and where its form is. */
  withdrawal?: { text: string; url: string | null } | null;
}

/** The confirmation of a new subscription, in the shopper's language. */
export function createdMail(subscription: NewSubscription, locale: Locale): Mail {
  const words = wordsIn(locale, subscription.timeZone);
  const { t } = words;
  const { shopName, lines, frequency, nextAt, deliveryPrice, originOrderName, paymentMethodLabel } = subscription;
  const amount = words.money(subscription.amount);
  const breakdown =
    Number(deliveryPrice.amount) === 0
      ? t("created.priceFreeDelivery")
      : t("created.priceWithDelivery", {
          subtotal: words.money(subscription.subtotal),
          delivery: words.money(deliveryPrice),
        });

  return {
    locale,
    subject: t("created.subject", { shop: shopName }),
    preheader: t("created.preheader"),
    title: t("created.title"),
    opening: [greeting(words, subscription.firstName), t("created.lead", { shop: shopName })],
    facts: [
      {
        label: t("fact.what"),
        values: lines.map(
          (line) => `${lineText(words, line)} (${t("created.each", { price: words.money(line.price) })})`,
        ),
      },
      { label: t("created.frequency"), values: [words.interval(frequency.interval, frequency.count)] },
      { label: t("created.price"), values: [`${t("common.beforeTax", { amount })} (${breakdown})`] },
      ...(nextAt
        ? [{ label: t("fact.nextDelivery"), values: [t("created.nextText", { date: words.date(nextAt), amount })] }]
        : []),
      ...(paymentMethodLabel ? [{ label: t("created.paidWith"), values: [paymentMethodLabel] }] : []),
    ],
    closing: [
      ...(originOrderName ? [t("created.firstPaid", { order: originOrderName })] : []),
      t("created.manage"),
      ...withdrawalText(words, subscription),
    ],
    urgent: false,
    button: { label: t("common.seeSubscription"), url: subscription.portalUrl },
    footer: [t("created.cancel", { email: subscription.contactEmail })],
  };
}

/** The merchant's own words go before ours; how it is done is always told. */
function withdrawalText({ t }: Words, { withdrawal, contactEmail: email }: NewSubscription): string[] {
  if (!withdrawal) return [];
  const { text, url } = withdrawal;
  return [
    ...(text === "" ? [t("withdrawal.right")] : text.split(/\n{2,}/)),
    url === null ? t("withdrawal.howMail", { email }) : t("withdrawal.how", { url, email }),
  ];
}
