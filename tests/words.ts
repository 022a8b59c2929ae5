import { formatDate, formatDateTime, formatMoney } from "~/lib/format";
import { createI18n } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";
import { adminTexts } from "~/ui/texts";

/** Spaces that don't break, as Intl puts them into amounts and times, as ordinary ones. */
export const plainSpaces = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, " ");

/** The admin's words of one language, for a shop in Oslo. */
export function words(locale: Locale) {
  const { t } = createI18n(locale, adminTexts);
  return {
    t: (key: string, values?: Record<string, string | number>) => plainSpaces(t(key, values ?? {})),
    format: {
      date: (at: string) => formatDate(at, locale, "Europe/Oslo"),
      dateTime: (at: string) => plainSpaces(formatDateTime(at, locale, "Europe/Oslo")),
      money: (money: { amount: string; currencyCode: string }) => plainSpaces(formatMoney(money, locale)),
      list: (items: string[]) => new Intl.ListFormat(locale).format(items),
    },
  };
}
