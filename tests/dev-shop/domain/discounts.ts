import { Decimal as Num } from "decimal.js";

import type { Contract, ContractDiscount, Decimal, World } from "../world";
import { add, round, times } from "./money";
import { holds } from "./rules";

export interface Allocation {
  discountId: string;
  amount: Decimal;
}

/** What a contract's next order costs before tax: amounts in the contract's currency. */
export interface Amounts {
  /** Line id → what each discount takes off the line's total, in the order they apply. */
  lines: Map<string, Allocation[]>;
  /** The delivery price less its discounts. */
  shipping: Decimal;
}

export const discountsOf = (contract: Pick<Contract, "discounts">): readonly ContractDiscount[] =>
  contract.discounts ?? [];

/** A discount that has been on all the orders it is good for takes nothing off. */
export const isSpent = ({ recurringCycleLimit, usageCount }: ContractDiscount): boolean =>
  recurringCycleLimit !== null && usageCount >= recurringCycleLimit;

export const entitles = (discount: ContractDiscount, lineId: string): boolean =>
  discount.target === "LINE_ITEM" && (discount.all || discount.lineIds.includes(lineId));

/**
 * What the discounts take off. Each works on what the ones before it have left (RULES.discountsFollowOneAnother) and
 * never below zero; an amount for all lines together is shared by their totals, the rounding going to the last.
 */
export function amountsOf(world: World, contract: Contract): Amounts {
  const { currency } = contract;
  const followOn = holds(world, "discountsFollowOneAnother");
  const full = new Map(
    contract.lines.map((line) => [line.id, new Num(times(line.currentPrice, line.quantity, currency))]),
  );
  const left = new Map(full);
  const lines = new Map<string, Allocation[]>(contract.lines.map((line) => [line.id, []]));
  let shipping = new Num(contract.deliveryPrice);
  const take = (discountId: string, lineId: string, wanted: Num): Num => {
    const rest = left.get(lineId) ?? new Num(0);
    const amount = Num.min(rest, new Num(round(wanted, currency)));
    left.set(lineId, rest.minus(amount));
    lines.get(lineId)?.push({ discountId, amount: round(amount, currency) });
    return amount;
  };
  for (const discount of discountsOf(contract)) {
    if (isSpent(discount)) continue;
    const { value } = discount;
    if (discount.target === "SHIPPING_LINE") {
      const off = "percentage" in value ? shipping.times(value.percentage).div(100) : new Num(value.amount);
      shipping = Num.max(0, shipping.minus(round(off, currency)));
      continue;
    }
    const entitled = contract.lines.filter((line) => entitles(discount, line.id));
    const base = (id: string): Num => (followOn ? left : full).get(id) ?? new Num(0);
    if ("percentage" in value) {
      for (const line of entitled) take(discount.id, line.id, base(line.id).times(value.percentage).div(100));
    } else if (value.appliesOnEachItem) {
      for (const line of entitled) take(discount.id, line.id, new Num(value.amount).times(line.quantity));
    } else {
      const total = entitled.reduce((sum, line) => sum.plus(base(line.id)), new Num(0));
      let rest = Num.min(new Num(value.amount), total);
      entitled.forEach((line, index) => {
        const last = index === entitled.length - 1;
        const share = last || total.isZero() ? rest : rest.times(0).plus(value.amount).times(base(line.id)).div(total);
        rest = rest.minus(take(discount.id, line.id, Num.min(share, rest)));
      });
    }
  }
  return { lines, shipping: round(shipping, currency) };
}

/** What all discounts together take off one line's total. */
export const discountOn = (amounts: Amounts, lineId: string, currency: string): Decimal =>
  add(currency, ...(amounts.lines.get(lineId) ?? []).map(({ amount }) => amount));

/** Notes that an order was made with the contract's discounts. */
export function useDiscounts(contract: Pick<Contract, "discounts">, used: readonly ContractDiscount[]): void {
  const ids = new Set(used.filter((discount) => !isSpent(discount)).map(({ id }) => id));
  for (const discount of contract.discounts ?? []) if (ids.has(discount.id)) discount.usageCount += 1;
}
