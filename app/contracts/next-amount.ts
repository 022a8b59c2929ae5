import { Decimal } from "decimal.js";

import type { DecimalLike, Money } from "~/money/money";
import { add, money } from "~/money/money";

/** A discount of a contract, as Shopify has it; kept as JSON on the contract. */
export interface ContractDiscount {
  /** "gid://shopify/SubscriptionManualDiscount/…" */
  id: string;
  /** A code's name, or what the app called it. */
  title: string | null;
  /** A code, or an amount that a person or an app has put there. */
  type: "CODE_DISCOUNT" | "MANUAL" | "AUTOMATIC_DISCOUNT";
  target: "LINE_ITEM" | "SHIPPING_LINE";
  value: { percentage: number } | { amount: string; appliesOnEachItem: boolean };
  /** Orders it is good for; null for all. */
  orders: number | null;
  /** Orders it has been on. */
  used: number;
  /** All lines, or those named (Shopify's ids). */
  all: boolean;
  lineIds: string[];
}

export interface AmountLine {
  shopifyId: string;
  quantity: number;
  currentPrice: DecimalLike;
  /** The line's total after discounts, as Shopify reckons it; null: reckoned here. */
  discountedPrice: DecimalLike | null;
}

export interface NextAmount {
  /** Totals after discounts, in the order of the lines. */
  lines: Money[];
  subtotal: Money;
  delivery: Money;
  /** Before tax. */
  total: Money;
}

/**
 * What a contract's next order takes: lines less the contract's discounts, and delivery less its own. Tax can't be known
 * beforehand in 2026-07, so whoever shows it says "before tax". Shopify's word on a line's discounted total goes before
 * our reckoning; terms that Shopify has not seen yet (a quote, one-offs) are given with `discountedPrice` null. Several
 * discounts follow one another, each on what the ones before have left (assumed: Shopify documents no order).
 */
export function nextAmount(contract: {
  lines: readonly AmountLine[];
  deliveryPrice: DecimalLike;
  currencyCode: string;
  discounts: readonly ContractDiscount[];
}): NextAmount {
  const { lines, currencyCode } = contract;
  const left = lines.map((line) => new Decimal(money(line.currentPrice, currencyCode).amount).times(line.quantity));
  let delivery = new Decimal(contract.deliveryPrice.toString());
  const rounded = (amount: Decimal): Decimal => new Decimal(money(amount, currencyCode).amount);
  const take = (index: number, wanted: Decimal): Decimal => {
    const rest = left[index] ?? new Decimal(0);
    const amount = Decimal.min(rest, rounded(wanted));
    left[index] = rest.minus(amount);
    return amount;
  };
  for (const discount of contract.discounts) {
    if (discount.orders !== null && discount.used >= discount.orders) continue;
    const { value } = discount;
    if (discount.target === "SHIPPING_LINE") {
      const off = "percentage" in value ? delivery.times(value.percentage).div(100) : new Decimal(value.amount);
      delivery = Decimal.max(0, delivery.minus(rounded(off)));
      continue;
    }
    const entitled = lines.flatMap(({ shopifyId }, index) =>
      discount.all || discount.lineIds.includes(shopifyId) ? [index] : [],
    );
    if ("percentage" in value) {
      for (const index of entitled) take(index, (left[index] ?? new Decimal(0)).times(value.percentage).div(100));
    } else if (value.appliesOnEachItem) {
      for (const index of entitled) take(index, new Decimal(value.amount).times(lines[index]?.quantity ?? 0));
    } else {
      share(value.amount, entitled, left, take);
    }
  }
  const known = lines.every(({ discountedPrice }) => discountedPrice !== null);
  const totals = lines.map(({ discountedPrice }, index) =>
    money(known && discountedPrice !== null ? discountedPrice : (left[index] ?? 0), currencyCode),
  );
  const subtotal = totals.reduce((sum, total) => add(sum, total), money(0, currencyCode));
  const shipping = money(delivery, currencyCode);
  return { lines: totals, subtotal, delivery: shipping, total: add(subtotal, shipping) };
}

/** One amount for several lines together is shared by their totals; the rounding goes to the last. */
function share(
  amount: string,
  entitled: readonly number[],
  left: readonly Decimal[],
  take: (index: number, wanted: Decimal) => Decimal,
): void {
  const bases = entitled.map((index) => left[index] ?? new Decimal(0));
  const total = bases.reduce((sum, base) => sum.plus(base), new Decimal(0));
  let rest = Decimal.min(new Decimal(amount), total);
  entitled.forEach((index, position) => {
    const isLast = position === entitled.length - 1;
    const part = isLast || total.isZero() ? rest : new Decimal(amount).times(bases[position] ?? 0).div(total);
    rest = rest.minus(take(index, Decimal.min(part, rest)));
  });
}
