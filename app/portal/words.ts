import type { TFunction } from "i18next";

import { formatDate, formatInterval, formatMoney } from "~/lib/format";
import type { IntervalUnit, Money } from "~/lib/format";
import { createI18n, locales } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";

import en from "./locales/sentences.en.json";
import nb from "./locales/sentences.nb.json";

type Paths<Node, Prefix extends string = ""> = {
  [Key in keyof Node & string]: Node[Key] extends string ? `${Prefix}${Key}` : Paths<Node[Key], `${Prefix}${Key}.`>;
}[keyof Node & string];

type WithoutPlural<Key extends string> = Key extends `${infer Stem}_${"one" | "other"}` ? Stem : Key;

/** Every sentence that both homes of the portal say, so that a misspelt key fails the type check. */
export type PortalTextKey = WithoutPlural<Paths<typeof en>>;

/** How the portal says things: in the shopper's language, with days of the shop's time zone. */
export interface PortalWords {
  locale: Locale;
  t(key: PortalTextKey, values?: Record<string, string | number>): string;
  /** "327,20 kr" */
  money(money: Money): string;
  /** "7. desember 2026" of an instant */
  date(at: string | Date): string;
  /** "7. desember 2026" of a day of the shop's calendar, "2026-12-07" */
  day(day: string): string;
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
export function portalWords(locale: Locale, timeZone: string): PortalWords {
  const t = textsIn(locale);
  return {
    locale,
    t: (key, values) => t(key, values ?? {}),
    money: (money) => formatMoney(money, locale),
    date: (at) => formatDate(at, locale, timeZone),
    day: (day) => formatDate(`${day}T12:00:00Z`, locale, "UTC"),
    interval: (interval, count) => formatInterval(interval, count, t),
    list: (items) => new Intl.ListFormat(locale, { type: "conjunction" }).format(items),
  };
}
