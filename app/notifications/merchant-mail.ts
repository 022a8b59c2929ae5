import type { Money } from "~/lib/format";
import type { Locale } from "~/lib/i18n";

import type { Mail } from "./mail";
import type { MerchantNotice } from "./merchant-notice";
import { beforeTax, fact } from "./phrases";
import { wordsIn } from "./texts";

/** Amounts before tax; `by` = `taken` less `expected`. */
export interface DifferingOrder {
  orderName: string | null;
  expected: Money;
  taken: Money;
  by: Money;
}

/** What the e-mails to the shop's owner tell from. */
export interface MerchantFacts {
  shopName: string;
  /** IANA name */
  timeZone: string;
  /** The app's start page and its billing page, in the Shopify admin. */
  appUrl: string;
  billingUrl: string;
  /** Renewals that are due and not charged. */
  waiting: number;
  /** A renewal more than this many days late is not charged without a person's yes. */
  lateDaysMax: number;
  /** The order that came to another amount, if that is why. */
  differing: DifferingOrder | null;
}

/** The e-mail that a notice becomes, in the shop's language. */
export function merchantMail(notice: MerchantNotice, facts: MerchantFacts, locale: Locale): Mail {
  const words = wordsIn(locale, facts.timeZone);
  const { t, dateTime, money } = words;
  const days = facts.lateDaysMax;
  const shop = facts.shopName;
  if (notice.kind === "RESUMED") {
    return {
      locale,
      subject: t("resumed.subject", { shop }),
      preheader: t("resumed.preheader"),
      title: t("resumed.title"),
      opening: [t("common.greetingNoName"), t("resumed.lead", { shop })],
      facts: fact(t("resumed.stoodStill"), dateTime(notice.heldSince)),
      closing: [t("resumed.next", { days })],
      urgent: false,
      button: { label: t("resumed.button"), url: facts.billingUrl },
      footer: [],
    };
  }
  const { reason, event } = notice;
  const { differing } = facts;
  return {
    locale,
    subject: t(`held.${reason}.subject`, { shop }),
    preheader: t("held.preheader"),
    title: t("held.title"),
    opening: [t("common.greetingNoName"), t(`held.${reason}.lead`, { shop }), t(`held.${reason}.todo`)],
    facts: [
      ...(differing
        ? [
            ...fact(t("fact.order"), differing.orderName),
            ...fact(t("held.expected"), beforeTax(words, differing.expected)),
            ...fact(t("held.taken"), beforeTax(words, differing.taken)),
            ...fact(t("held.by"), money(differing.by)),
          ]
        : []),
      ...fact(t("held.since"), dateTime(event.at)),
      ...fact(t("held.waiting"), new Intl.NumberFormat(locale).format(facts.waiting)),
    ],
    urgent: true,
    closing: [t("held.kept", { days })],
    button: {
      label: t(`held.${reason}.button`),
      url: reason === "AMOUNT_DIFFERS" ? facts.billingUrl : facts.appUrl,
    },
    footer: [],
  };
}
