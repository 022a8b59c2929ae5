import type { TFunction } from "i18next";

import { formatDate, formatInterval, formatMoney } from "~/lib/format";
import type { IntervalUnit, Money } from "~/lib/format";
import { createI18n, locales } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";

import en from "./locales/en.json";
import nb from "./locales/nb.json";
import type { Mail } from "./mail";

/** What the confirmation of a new subscription tells. Instants are ISO 8601. */
export interface NewSubscription {
  shopName: string;
  timeZone: string;
  /** Where the shopper writes to. */
  contactEmail: string;
  portalUrl: string;
  firstName: string | null;
  lines: readonly { title: string; variantTitle: string | null; quantity: number; price: Money }[];
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
}

const instances = new Map(locales.map((locale) => [locale, createI18n(locale, { en, nb })]));

const textsIn = (locale: Locale): TFunction => {
  const instance = instances.get(locale);
  if (!instance) throw new Error(`There are no texts in ${locale}.`);
  return instance.t;
};

/** The confirmation of a new subscription, in the shopper's language. */
export function createdMail(subscription: NewSubscription, locale: Locale): Mail {
  const t = textsIn(locale);
  const { shopName, lines, frequency, nextAt, firstName, deliveryPrice, originOrderName, paymentMethodLabel } =
    subscription;
  const amount = formatMoney(subscription.amount, locale);
  const breakdown =
    Number(deliveryPrice.amount) === 0
      ? t("created.priceFreeDelivery")
      : t("created.priceWithDelivery", {
          subtotal: formatMoney(subscription.subtotal, locale),
          delivery: formatMoney(deliveryPrice, locale),
        });

  return {
    locale,
    subject: t("created.subject", { shop: shopName }),
    preheader: t("created.preheader"),
    title: t("created.title"),
    opening: [
      firstName ? t("created.greeting", { name: firstName }) : t("created.greetingNoName"),
      t("created.lead", { shop: shopName }),
    ],
    facts: [
      {
        label: t("created.what"),
        values: lines.map(({ title, variantTitle, quantity, price }) => {
          const full = variantTitle ? `${title} – ${variantTitle}` : title;
          const each = t("created.each", { price: formatMoney(price, locale) });
          return `${t("created.line", { title: full, quantity })} (${each})`;
        }),
      },
      { label: t("created.frequency"), values: [formatInterval(frequency.interval, frequency.count, t)] },
      { label: t("created.price"), values: [`${t("created.priceText", { amount })} (${breakdown})`] },
      ...(nextAt
        ? [
            {
              label: t("created.next"),
              values: [t("created.nextText", { date: formatDate(nextAt, locale, subscription.timeZone), amount })],
            },
          ]
        : []),
      ...(paymentMethodLabel ? [{ label: t("created.paidWith"), values: [paymentMethodLabel] }] : []),
    ],
    closing: [...(originOrderName ? [t("created.firstPaid", { order: originOrderName })] : []), t("created.manage")],
    button: { label: t("created.button"), url: subscription.portalUrl },
    footer: [t("created.cancel", { email: subscription.contactEmail })],
  };
}
