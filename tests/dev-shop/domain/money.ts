import { Decimal as Num } from "decimal.js";

import type { Decimal, PricingPolicy } from "../world";

const WITHOUT_MINOR_UNIT = new Set(["JPY", "KRW", "ISK", "CLP", "VND", "XAF", "XOF", "PYG", "UGX"]);

const places = (currency: string): number => (WITHOUT_MINOR_UNIT.has(currency) ? 0 : 2);

/** Rounds half up to the currency's minor unit, as prices and taxes are. */
export const round = (amount: Num.Value, currency: string): Decimal =>
  new Num(amount).toDecimalPlaces(places(currency), Num.ROUND_HALF_UP).toFixed(places(currency));

export const add = (currency: string, ...amounts: Decimal[]): Decimal =>
  round(
    amounts.reduce((sum, amount) => sum.plus(amount), new Num(0)),
    currency,
  );

export const times = (amount: Decimal, quantity: number, currency: string): Decimal =>
  round(new Num(amount).times(quantity), currency);

/** A line's price per unit after a discount on its total. */
export const unitPriceAfter = (
  line: { price: Decimal; quantity: number },
  discount: Decimal,
  currency: string,
): Decimal => round(new Num(line.price).minus(new Num(discount).div(line.quantity)), currency);

export const atLeast = (amount: Decimal, limit: Decimal): boolean => new Num(amount).gte(limit);

/** The tax that is contained in a total: total − total / (1 + rate). */
export const includedTax = (total: Decimal, rate: Decimal, currency: string): Decimal =>
  round(new Num(total).minus(new Num(total).div(new Num(1).plus(rate))), currency);

/** The tax that comes on top of an amount. */
export const addedTax = (amount: Decimal, rate: Decimal, currency: string): Decimal =>
  round(new Num(amount).times(rate), currency);

/** A unit price after a selling plan's pricing policy; never below zero. */
export function adjustedPrice(
  base: Decimal,
  policy: Pick<PricingPolicy, "adjustmentType" | "adjustmentValue"> | undefined,
  currency: string,
): Decimal {
  if (!policy) return round(base, currency);
  const value = new Num(policy.adjustmentValue);
  const price =
    policy.adjustmentType === "PERCENTAGE"
      ? new Num(base).times(new Num(100).minus(value)).div(100)
      : policy.adjustmentType === "FIXED_AMOUNT"
        ? new Num(base).minus(value)
        : value;
  return round(Num.max(price, 0), currency);
}
