import { useRouteLoaderData } from "@remix-run/react";
import type { ResourceLanguage } from "i18next";
import { useMemo } from "react";
import type { ReactNode } from "react";
import { I18nextProvider, useTranslation } from "react-i18next";

import {
  formatCountry,
  formatDate,
  formatDateTime,
  formatDayOfMonth,
  formatInterval,
  formatMoney,
  formatPercentage,
  formatShortDate,
  formatWeekday,
} from "~/lib/format";
import type { IntervalUnit, Money } from "~/lib/format";
import { createI18n } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";

import type { TextKey } from "./texts";

/** What every page of the merchant's knows about where it is: the layout's loader sends it with the document. */
export interface AdminFrame {
  locale: Locale;
  texts: ResourceLanguage;
  apiKey: string;
  shop: {
    name: string;
    /** "kaffebonna.myshopify.com" */
    domain: string;
    /** "kaffebonna", as in admin.shopify.com/store/kaffebonna */
    handle: string;
    locale: string;
    timeZone: string;
    currencyCode: string;
  };
}

/** @throws outside the merchant's pages */
export function useFrame(): AdminFrame {
  const frame = useRouteLoaderData<AdminFrame>("routes/app");
  if (!frame) throw new Error("This part of the page belongs inside routes/app.");
  return frame;
}

export function TextsProvider({
  locale,
  texts,
  children,
}: Pick<AdminFrame, "locale" | "texts"> & { children: ReactNode }) {
  const i18n = useMemo(() => createI18n(locale, { en: texts, nb: texts }), [locale, texts]);
  return <I18nextProvider i18n={i18n}>{children}</I18nextProvider>;
}

export type T = (key: TextKey, values?: Record<string, string | number>) => string;

/** The page's texts: a key that doesn't exist fails the type check. */
export function useT(): T {
  const { t } = useTranslation();
  return (key, values) => t(key, values ?? {});
}

export interface Format {
  money(money: Money): string;
  /** "1. desember 2026", in the shop's time zone, as all of these */
  date(at: string): string;
  shortDate(at: string): string;
  dateTime(at: string): string;
  /** "1. desember 2026" of a calendar day, "2026-12-01" */
  day(day: string): string;
  /** "tir. 1." of a calendar day, "2026-12-01" */
  weekday(day: string): string;
  /** "1. des." of a calendar day, "2026-12-01" */
  dayOfMonth(day: string): string;
  /** "hver 2. uke" */
  interval(interval: IntervalUnit, count: number): string;
  /** @param percentage 0–100 */
  percentage(percentage: number): string;
  /** "1 204" */
  number(count: number): string;
  /** "Norge". @param code ISO 3166-1 */
  country(code: string): string;
  /** "kaffe, te og kakao" */
  list(items: string[]): string;
}

/** Money, dates and frequencies as the merchant writes them. */
export function useFormat(): Format {
  const { locale, shop } = useFrame();
  const { t } = useTranslation();
  return {
    money: (money) => formatMoney(money, locale),
    date: (at) => formatDate(at, locale, shop.timeZone),
    shortDate: (at) => formatShortDate(at, locale, shop.timeZone),
    dateTime: (at) => formatDateTime(at, locale, shop.timeZone),
    // A calendar day has no time zone: at noon in UTC it is the same day as on paper.
    day: (day) => formatDate(`${day}T12:00:00Z`, locale, "UTC"),
    weekday: (day) => formatWeekday(`${day}T12:00:00Z`, locale, "UTC"),
    dayOfMonth: (day) => formatDayOfMonth(`${day}T12:00:00Z`, locale, "UTC"),
    interval: (interval, count) => formatInterval(interval, count, t),
    percentage: (percentage) => formatPercentage(percentage, locale),
    number: (count) => new Intl.NumberFormat(locale).format(count),
    country: (code) => formatCountry(code, locale),
    list: (items) => new Intl.ListFormat(locale, { type: "conjunction" }).format(items),
  };
}
