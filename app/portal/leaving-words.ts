import { formatDateTime, formatPercentage } from "~/lib/format";
import { createI18n, locales } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";

import en from "./locales/leaving.en.json";
import nb from "./locales/leaving.nb.json";
import { portalWords } from "./words";
import type { PortalWords } from "./words";

type Paths<Node, Prefix extends string = ""> = {
  [Key in keyof Node & string]: Node[Key] extends string ? `${Prefix}${Key}` : Paths<Node[Key], `${Prefix}${Key}.`>;
}[keyof Node & string];
type WithoutPlural<Key extends string> = Key extends `${infer Stem}_${"one" | "other"}` ? Stem : Key;

/** Every sentence about leaving, so that a misspelt key fails the type check. */
export type LeavingTextKey = WithoutPlural<Paths<typeof en>>;

/** How leaving is spoken about: in the shopper's language, with days and hours of the shop's time zone. */
export interface LeavingWords extends Omit<PortalWords, "t"> {
  t(key: LeavingTextKey, values?: Record<string, string | number>): string;
  /** "7. desember 2026 kl. 09:00" of an instant */
  dateTime(at: string | Date): string;
  /** "15 %" */
  percent(percentage: number): string;
}

const instances = new Map(locales.map((locale) => [locale, createI18n(locale, { en, nb })]));

/** @param timeZone IANA name, the shop's */
export function leavingWords(locale: Locale, timeZone: string): LeavingWords {
  const instance = instances.get(locale);
  if (!instance) throw new Error(`There are no texts in ${locale}.`);
  return {
    ...portalWords(locale, timeZone),
    t: (key, values) => instance.t(key, values ?? {}),
    dateTime: (at) => formatDateTime(at, locale, timeZone),
    percent: (percentage) => formatPercentage(percentage, locale),
  };
}
