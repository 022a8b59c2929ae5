import { Decimal } from "decimal.js";
import { z } from "zod";

import { add, money } from "./money";
import type { DecimalLike, Money } from "./money";

/** A discount of a contract, as Shopify has it; kept as JSON on the contract. */
export const contractDiscount = z.object({
  /** "gid://shopify/SubscriptionManualDiscount/…" */
  id: z.string().min(1).max(300),
  /** A code's name, or what the app called it. */
  title: z.string().max(1_000).nullable(),
  /** A code, or what a person or an app has put there. */
  type: z.enum(["CODE_DISCOUNT", "MANUAL", "AUTOMATIC_DISCOUNT"]),
  target: z.enum(["LINE_ITEM", "SHIPPING_LINE"]),
  value: z.union([
    z.object({ percentage: z.number().min(0).max(100) }),
    /** In the contract's currency; off each piece, or off the entitled lines together. */
    z.object({ amount: z.string().regex(/^\d{1,15}(\.\d{1,6})?$/), appliesOnEachItem: z.boolean() }),
  ]),
  /** Orders it is good for; null for all. */
  orders: z.number().int().min(0).max(1_000_000).nullable(),
  /** Orders it has been on. */
  used: z.number().int().min(0).max(1_000_000),
  /** All lines, or those named (Shopify's ids). */
  all: z.boolean(),
  lineIds: z.array(z.string().max(300)),
});
export type ContractDiscount = z.infer<typeof contractDiscount>;

/** The discounts that the mirror keeps as JSON; it alone writes them. */
export const storedDiscounts = (stored: unknown): ContractDiscount[] =>
  z.array(contractDiscount).catch([]).parse(stored);

/** One that has been on all the orders it is good for takes nothing off any more. */
export const isSpent = ({ orders, used }: Pick<ContractDiscount, "orders" | "used">): boolean =>
  orders !== null && used >= orders;

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
    if (isSpent(discount)) continue;
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

/** The same of a contract's row in the mirror. */
export const nextAmountOf = (row: {
  lines: readonly AmountLine[];
  deliveryPrice: DecimalLike;
  currencyCode: string;
  discounts: unknown;
}): NextAmount => nextAmount({ ...row, discounts: storedDiscounts(row.discounts) });
