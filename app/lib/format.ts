import type { TFunction } from "i18next";

import type { Locale } from "./i18n";

/** Shopify's MoneyV2: a decimal string in the currency's major unit, and an ISO 4217 code. */
export interface Money {
  amount: string;
  currencyCode: string;
}

/** Shopify's SellingPlanInterval. */
export type IntervalUnit = "DAY" | "WEEK" | "MONTH" | "YEAR";

// Norway's and the United States' habits: "1 197,60 kr", "1. desember 2026"; "NOK 1,197.60", "December 1, 2026".
export const tag: Record<Locale, string> = { en: "en-US", nb: "nb-NO" };

type Moment = string | Date;

const dateTimeFormat = (locale: Locale, timeZone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(tag[locale], { ...options, timeZone });

/** "1 197,60 kr"; in English "NOK 1,197.60", "$12.00". Exact: the decimal string is never made a float. */
export function formatMoney({ amount, currencyCode }: Money, locale: Locale): string {
  return new Intl.NumberFormat(tag[locale], { style: "currency", currency: currencyCode }).format(
    // Intl reads decimal strings exactly; the type only knows literals.
    amount as `${number}`,
  );
}

/** "1. desember 2026" / "December 1, 2026": the calendar day of the instant in the time zone (an IANA name). */
export function formatDate(at: Moment, locale: Locale, timeZone: string): string {
  return dateTimeFormat(locale, timeZone, { dateStyle: "long" }).format(new Date(at));
}

/** "1. des. 2026" / "Dec 1, 2026", for tables. */
export function formatShortDate(at: Moment, locale: Locale, timeZone: string): string {
  return dateTimeFormat(locale, timeZone, { dateStyle: "medium" }).format(new Date(at));
}

/** "tir. 1." / "Tue 1": the weekday and the day of the month, for a chart's axis. */
export function formatWeekday(at: Moment, locale: Locale, timeZone: string): string {
  // Each by itself: Intl's own order of the two in American English is "1 Tue".
  const part = (options: Intl.DateTimeFormatOptions) => dateTimeFormat(locale, timeZone, options).format(new Date(at));
  return `${part({ weekday: "short" })} ${part({ day: "numeric" })}`;
}

/** "1. des." / "Dec 1": the day without its year, for a chart's axis. */
export function formatDayOfMonth(at: Moment, locale: Locale, timeZone: string): string {
  return dateTimeFormat(locale, timeZone, { day: "numeric", month: "short" }).format(new Date(at));
}

/** "1. desember 2026 kl. 09:00" / "December 1, 2026 at 9:00 AM". */
export function formatDateTime(at: Moment, locale: Locale, timeZone: string): string {
  return dateTimeFormat(locale, timeZone, { dateStyle: "long", timeStyle: "short" }).format(new Date(at));
}

/** "hver 2. uke" / "every 2 weeks". @param t of an instance made by `createI18n`, in the language wanted. */
export function formatInterval(interval: IntervalUnit, count: number, t: TFunction): string {
  return t(`interval.${interval}`, { count });
}

/** "10 %" / "10%". @param percentage 0–100 */
export function formatPercentage(percentage: number, locale: Locale): string {
  return new Intl.NumberFormat(tag[locale], { style: "percent", maximumFractionDigits: 2 }).format(percentage / 100);
}

/** "Norge" / "Norway". @param code ISO 3166-1, two letters; anything else comes back as it is. */
export function formatCountry(code: string, locale: Locale): string {
  try {
    return new Intl.DisplayNames(tag[locale], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** "Hver 2. uke" of "hver 2. uke": for a text that stands by itself. */
export const asSentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
