import { createInstance } from "i18next";
import type { i18n, ResourceLanguage } from "i18next";

/** The languages that every text exists in. */
export const locales = ["en", "nb"] as const;
export type Locale = (typeof locales)[number];

/**
 * The language we answer in for a locale as Shopify or a browser writes it ("nb", "nb-NO", "no", "nn", "en-GB", null).
 * Norwegian of any kind is bokmål; everything else is English.
 */
export function supportedLocale(locale: string | null | undefined): Locale {
  const language = (locale ?? "").toLowerCase().split(/[-_]/)[0];
  return language === "nb" || language === "no" || language === "nn" ? "nb" : "en";
}

/** Texts that pages, portal and e-mails share: they are in every instance, under these keys. */
const shared: Record<Locale, ResourceLanguage> = {
  en: {
    interval: {
      DAY_one: "every day",
      DAY_other: "every {{count}} days",
      WEEK_one: "every week",
      WEEK_other: "every {{count}} weeks",
      MONTH_one: "every month",
      MONTH_other: "every {{count}} months",
      YEAR_one: "every year",
      YEAR_other: "every {{count}} years",
    },
  },
  nb: {
    interval: {
      DAY_one: "hver dag",
      DAY_other: "hver {{count}}. dag",
      WEEK_one: "hver uke",
      WEEK_other: "hver {{count}}. uke",
      MONTH_one: "hver måned",
      MONTH_other: "hver {{count}}. måned",
      YEAR_one: "hvert år",
      YEAR_other: "hvert {{count}}. år",
    },
  },
};

/**
 * An i18next instance of one language, ready at once (no loading), independent of every other instance.
 * Values are not HTML-escaped: React and the `html` template of the portal and the e-mails do that.
 * A text missing in Norwegian falls back to English; a test of each room keeps the two complete.
 * @param resources both languages' texts, nested objects of strings.
 */
export function createI18n(locale: Locale, resources: Record<Locale, ResourceLanguage>): i18n {
  const instance = createInstance();
  void instance.init({
    lng: locale,
    fallbackLng: "en",
    initAsync: false,
    interpolation: { escapeValue: false },
    returnNull: false,
    resources: {
      en: { translation: { ...shared.en, ...resources.en } },
      nb: { translation: { ...shared.nb, ...resources.nb } },
    },
  });
  return instance;
}
