import type { Decimal } from "../../world";

/** Liquid counts money in hundredths, whatever the currency. Source: shopify.dev, Liquid objects, `product.price`. */
export const toCents = (amount: Decimal): number => Math.round(Number(amount) * 100);

export const fromCents = (cents: number): Decimal => (cents / 100).toFixed(2);

/** The format each demo currency's merchants choose in their settings. Norwegian and Swedish put "kr" behind. */
const FORMATS: Record<string, string> = {
  NOK: "{{amount_with_space_separator}} kr",
  SEK: "{{amount_with_space_separator}} kr",
  DKK: "{{amount_with_comma_separator}} kr",
  EUR: "€{{amount_with_comma_separator}}",
  USD: "${{amount}}",
  GBP: "£{{amount}}",
};

export const moneyFormat = (currency: string): string => FORMATS[currency] ?? `{{amount}} ${currency}`;

function group(cents: number, decimals: 0 | 2, thousands: string, point: string): string {
  const [whole = "0", fraction] = (Math.abs(cents) / 100).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  return `${cents < 0 ? "-" : ""}${grouped}${fraction === undefined ? "" : point + fraction}`;
}

/** Source: Shopify Help Center, "Currency formatting": the placeholders a shop's money format may use. */
const PLACEHOLDERS: Record<string, (cents: number) => string> = {
  amount: (cents) => group(cents, 2, ",", "."),
  amount_no_decimals: (cents) => group(cents, 0, ",", "."),
  amount_with_comma_separator: (cents) => group(cents, 2, ".", ","),
  amount_no_decimals_with_comma_separator: (cents) => group(cents, 0, ".", ","),
  amount_with_apostrophe_separator: (cents) => group(cents, 2, "'", "."),
  amount_no_decimals_with_space_separator: (cents) => group(cents, 0, " ", ","),
  amount_with_space_separator: (cents) => group(cents, 2, " ", ","),
  amount_with_period_and_space_separator: (cents) => group(cents, 2, " ", "."),
};

/** Formats hundredths by a shop's money format; an unknown placeholder is an error, as it would show in a price. */
export function formatMoney(cents: number, format: string): string {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
    const placeholder = PLACEHOLDERS[name];
    if (!placeholder) throw new Error(`Unknown money placeholder "${name}"`);
    return placeholder(cents);
  });
}
