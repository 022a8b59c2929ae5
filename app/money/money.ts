import { Decimal } from "decimal.js";

/** Shopify's MoneyV2: a decimal string in the currency's main unit, and its ISO 4217 code. */
export interface Money {
  amount: string;
  currencyCode: string;
}

/** What Prisma's and decimal.js's decimals have in common. */
export interface DecimalLike {
  toString(): string;
}

const exponents = new Map<string, number>();

/** Decimals of a currency's smallest unit: 2 for NOK, 0 for JPY, 3 for KWD (ISO 4217 as CLDR knows it). */
export function exponentOf(currencyCode: string): number {
  let exponent = exponents.get(currencyCode);
  if (exponent === undefined) {
    exponent =
      new Intl.NumberFormat("en", { style: "currency", currency: currencyCode }).resolvedOptions()
        .maximumFractionDigits ?? 2;
    exponents.set(currencyCode, exponent);
  }
  return exponent;
}

/** Rounds half away from zero to the currency's smallest unit. @throws for anything that is no number */
export function money(amount: DecimalLike | string | number, currencyCode: string): Money {
  const exact = new Decimal(amount.toString());
  return { amount: exact.toFixed(exponentOf(currencyCode), Decimal.ROUND_HALF_UP), currencyCode };
}

/** @throws if the currencies differ: amounts of two currencies have no sum. */
export function add(a: Money, b: Money): Money {
  if (a.currencyCode !== b.currencyCode) throw new Error(`${a.currencyCode} and ${b.currencyCode} have no sum.`);
  return money(new Decimal(a.amount).plus(b.amount), a.currencyCode);
}

export const times = (price: Money, quantity: number): Money =>
  money(new Decimal(price.amount).times(quantity), price.currencyCode);

export const isSame = (a: DecimalLike | string, b: DecimalLike | string): boolean =>
  new Decimal(a.toString()).equals(b.toString());

interface PricedLine {
  quantity: number;
  currentPrice: DecimalLike;
}

/** Lines without delivery, before any tax that is not in the prices. */
export function subtotalOf(lines: readonly PricedLine[], currencyCode: string): Money {
  return lines.reduce(
    (sum, line) => add(sum, times(money(line.currentPrice, currencyCode), line.quantity)),
    money(0, currencyCode),
  );
}

/**
 * What one renewal is expected to take: lines and delivery. Tax and shipping as the order will have them can't be known
 * beforehand in 2026-07, so whoever shows it says "before tax".
 */
export function renewalAmount(lines: readonly PricedLine[], deliveryPrice: DecimalLike, currencyCode: string): Money {
  return add(subtotalOf(lines, currencyCode), money(deliveryPrice, currencyCode));
}
