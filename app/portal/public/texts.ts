import { createI18n } from "~/lib/i18n";
import type { Say, TextKey } from "~/lib/words";

import de from "./locales/de.json";
import en from "./locales/en.json";
import nb from "./locales/nb.json";

/**
 * Languages of the public pages. German beside the two of every text: § 312k BGB and the German withdrawal function are
 * there for people in Germany, and the law gives the very words of their buttons.
 */
export const PUBLIC_LANGUAGES = ["en", "nb", "de"] as const;
export type PublicLanguage = (typeof PUBLIC_LANGUAGES)[number];

export type PublicTextKey = TextKey<typeof en>;
export type PublicTexts = Say<PublicTextKey>;

const texts = { en, nb, de };
// One instance of one language each: every other text of an instance is for the two languages that the rest is in.
const instances = new Map(
  PUBLIC_LANGUAGES.map((language) => [language, createI18n("en", { en: texts[language], nb: {} })]),
);

export function publicTexts(language: PublicLanguage): PublicTexts {
  const instance = instances.get(language);
  if (!instance) throw new Error(`There are no public pages in ${language}.`);
  return (key, values) => instance.t(key, values ?? {});
}

const GERMAN_SPEAKING: readonly (string | null)[] = ["DE", "AT"];

/**
 * The language of a public page: the storefront's if it told it and we have it; else the shop's own.
 * @param asked as the storefront names it, "de", "nb-NO"
 */
export function publicLanguage(
  asked: string | null,
  shop: { locale: string; countryCode: string | null },
): PublicLanguage {
  return (
    languageOf(asked) ??
    (asked === null && GERMAN_SPEAKING.includes(shop.countryCode) ? "de" : (languageOf(shop.locale) ?? "en"))
  );
}

function languageOf(locale: string | null): PublicLanguage | null {
  const language = (locale ?? "").toLowerCase().split(/[-_]/)[0];
  if (language === "no" || language === "nn" || language === "nb") return "nb";
  return language === "de" || language === "en" ? language : null;
}

const tags: Record<PublicLanguage, string> = { en: "en-US", nb: "nb-NO", de: "de-DE" };

/** "7. Dezember 2026 um 09:00" of an instant. @param timeZone IANA name, the shop's */
export const publicDateTime = (at: Date, language: PublicLanguage, timeZone: string): string =>
  new Intl.DateTimeFormat(tags[language], { dateStyle: "long", timeStyle: "short", timeZone }).format(at);

/** "7. Dezember 2026" of a day, "2026-12-07". */
export const publicDay = (day: string, language: PublicLanguage): string =>
  new Intl.DateTimeFormat(tags[language], { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
