import type { TFunction } from "i18next";

import { formatDate, formatDateTime, formatInterval, formatMoney } from "~/lib/format";
import type { IntervalUnit, Money } from "~/lib/format";
import { createI18n, locales } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";

import en from "./locales/en.json";
import nb from "./locales/nb.json";

type Paths<Node, Prefix extends string = ""> = {
  [Key in keyof Node & string]: Node[Key] extends string ? `${Prefix}${Key}` : Paths<Node[Key], `${Prefix}${Key}.`>;
}[keyof Node & string];

type WithoutPlural<Key extends string> = Key extends `${infer Stem}_${"one" | "other"}` ? Stem : Key;

/** Every text of the e-mails, so that a misspelt key fails the type check; forms of a plural share their stem. */
export type MailTextKey = WithoutPlural<Paths<typeof en>>;

/** How one e-mail says things: in its reader's language, with days and hours of the shop's time zone. */
export interface Words {
  locale: Locale;
  t(key: MailTextKey, values?: Record<string, string | number>): string;
  /** "327,20 kr" */
  money(money: Money): string;
  /** "7. desember 2026" of an ISO 8601 instant */
  date(at: string): string;
  /** "7. desember 2026 kl. 09:00" of an ISO 8601 instant */
  dateTime(at: string): string;
  /** "hver 2. uke" */
  interval(interval: IntervalUnit, count: number): string;
  /** "kaffe, te og kakao" */
  list(items: readonly string[]): string;
}

const instances = new Map(locales.map((locale) => [locale, createI18n(locale, { en, nb })]));

const textsIn = (locale: Locale): TFunction => {
  const instance = instances.get(locale);
  if (!instance) throw new Error(`There are no texts in ${locale}.`);
  return instance.t;
};

/** @param timeZone IANA name, the shop's */
export function wordsIn(locale: Locale, timeZone: string): Words {
  const t = textsIn(locale);
  return {
    locale,
    t: (key, values) => t(key, values ?? {}),
    money: (money) => formatMoney(money, locale),
    date: (at) => formatDate(at, locale, timeZone),
    dateTime: (at) => formatDateTime(at, locale, timeZone),
    interval: (interval, count) => formatInterval(interval, count, t),
    list: (items) => new Intl.ListFormat(locale, { type: "conjunction" }).format(items),
  };
}
