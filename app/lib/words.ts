import type { ResourceLanguage, TFunction } from "i18next";

import { formatDate, formatDateTime, formatInterval, formatMoney, formatPercentage } from "./format";
import type { IntervalUnit, Money } from "./format";
import { createI18n, locales } from "./i18n";
import type { Locale } from "./i18n";

type Paths<Node, Prefix extends string = ""> = {
  [Key in keyof Node & string]: Node[Key] extends string ? `${Prefix}${Key}` : Paths<Node[Key], `${Prefix}${Key}.`>;
}[keyof Node & string];

type WithoutPlural<Key extends string> = Key extends `${infer Stem}_${"one" | "other"}` ? Stem : Key;

/** Every text of a file of texts, so that a misspelt key fails the type check; forms of a plural share their stem. */
export type TextKey<Texts> = WithoutPlural<Paths<Texts>>;

/** A text with its values put in. Plain: who writes HTML escapes it. */
export type Say<Key extends string> = (key: Key, values?: Record<string, string | number>) => string;

/** How things are said in a reader's language, with days and hours of the shop's time zone. */
export interface Words<Key extends string> {
  locale: Locale;
  t: Say<Key>;
  /** "327,20 kr" */
  money(money: Money): string;
  /** "7. desember 2026" of an instant */
  date(at: string | Date): string;
  /** "7. desember 2026 kl. 09:00" of an instant */
  dateTime(at: string | Date): string;
  /** "7. desember 2026" of a day of the shop's calendar, "2026-12-07" */
  day(day: string): string;
  /** "hver 2. uke" */
  interval(interval: IntervalUnit, count: number): string;
  /** "15 %" */
  percent(percentage: number): string;
  /** "kaffe, te og kakao" */
  list(items: readonly string[]): string;
}

interface BothLanguages<Texts> {
  en: Texts;
  nb: ResourceLanguage;
}

function instancesOf<Texts extends ResourceLanguage>(texts: BothLanguages<Texts>) {
  const instances = new Map(locales.map((locale) => [locale, createI18n(locale, texts)]));
  return (locale: Locale) => {
    const instance = instances.get(locale);
    if (!instance) throw new Error(`There are no texts in ${locale}.`);
    return instance.t;
  };
}

/** The keys are known by now: i18next would reckon out the values of each, which takes the type checker seconds. */
const sayIn =
  (t: TFunction): Say<string> =>
  (key, values) =>
    t(key, values ?? {});

/** The texts of a room, by language. */
export function textsOf<Texts extends ResourceLanguage>(
  texts: BothLanguages<Texts>,
): (locale: Locale) => Say<TextKey<Texts>> {
  const textsIn = instancesOf(texts);
  return (locale) => sayIn(textsIn(locale));
}

/** The texts of a room with all that sentences need beside them, by language and time zone (IANA name, the shop's). */
export function wordsOf<Texts extends ResourceLanguage>(
  texts: BothLanguages<Texts>,
): (locale: Locale, timeZone: string) => Words<TextKey<Texts>> {
  const textsIn = instancesOf(texts);
  return (locale, timeZone) => {
    const t = textsIn(locale);
    return {
      locale,
      t: sayIn(t),
      money: (money) => formatMoney(money, locale),
      date: (at) => formatDate(at, locale, timeZone),
      dateTime: (at) => formatDateTime(at, locale, timeZone),
      day: (day) => formatDate(`${day}T12:00:00Z`, locale, "UTC"),
      interval: (interval, count) => formatInterval(interval, count, t),
      percent: (percentage) => formatPercentage(percentage, locale),
      list: (items) => new Intl.ListFormat(locale, { type: "conjunction" }).format(items),
    };
  };
}
