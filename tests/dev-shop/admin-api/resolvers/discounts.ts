import { amountsOf, discountOn, discountsOf, entitles } from "../../domain";
import { add, times } from "../../domain/money";
import { holds } from "../../domain/rules";
import { gid, type Contract, type ContractDiscount, type ContractLine, type Shop } from "../../world";
import { list } from "../connection";
import { as, type Context, type Fields, type Paging } from "../context";
import { money } from "./values";

/** A line and a discount don't know whose they are; who asks for them does. */
const owners = new WeakMap<ContractLine | ContractDiscount, Contract>();

export function linesOf(contract: Contract, lines: readonly ContractLine[] = contract.lines): readonly ContractLine[] {
  for (const line of lines) owners.set(line, contract);
  return lines;
}

/** Whose currency an amount of a line or a discount is in: its contract's. */
export const ownerOf = (part: ContractLine | ContractDiscount, { shop }: Context): Contract | Shop =>
  owners.get(part) ?? shop;

/** Manual discounts, ready for fields that return them by themselves or as one of several kinds. */
export function manualDiscounts(
  contract: Contract,
  discounts: readonly ContractDiscount[] = discountsOf(contract),
): ContractDiscount[] {
  for (const discount of discounts) owners.set(discount, contract);
  return discounts.map((discount) => as("SubscriptionManualDiscount", discount));
}

/** A line's total after the discounts of the contract, the draft or the cycle that it was read from. */
export function discountedPrice(line: ContractLine, context: Context): unknown {
  const { currency } = ownerOf(line, context);
  const full = times(line.currentPrice, line.quantity, currency);
  const contract = owners.get(line);
  const off = contract ? discountOn(amountsOf(context.world, contract), line.id, currency) : "0";
  return money(add(currency, full, `-${off}`), { currency });
}

export function allocationsOf(line: ContractLine, { world }: Context): unknown {
  const contract = owners.get(line);
  if (!contract) return [];
  return (amountsOf(world, contract).lines.get(line.id) ?? []).map(({ discountId, amount }) => ({
    amount: money(amount, contract),
    discount: manualDiscounts(contract).find(({ id }) => id === discountId),
  }));
}

export const discountFields: Record<string, Fields> = {
  SubscriptionManualDiscount: {
    id: (discount: ContractDiscount) => gid("SubscriptionManualDiscount", discount.id),
    title: (discount: ContractDiscount) => discount.title,
    type: ({ code }: ContractDiscount, _: object, { world }: Context) =>
      code !== undefined && holds(world, "codesKeepTheirType") ? "CODE_DISCOUNT" : "MANUAL",
    targetType: (discount: ContractDiscount) => discount.target,
    recurringCycleLimit: (discount: ContractDiscount) => discount.recurringCycleLimit,
    usageCount: (discount: ContractDiscount) => discount.usageCount,
    rejectionReason: () => null,
    value: (discount: ContractDiscount, _: object, context: Context) => {
      const { value } = discount;
      return "percentage" in value
        ? { __typename: "SubscriptionDiscountPercentageValue", percentage: value.percentage }
        : {
            __typename: "SubscriptionDiscountFixedAmountValue",
            amount: money(value.amount, ownerOf(discount, context)),
            appliesOnEachItem: value.appliesOnEachItem,
          };
    },
    entitledLines: (discount: ContractDiscount) => discount,
  },
  SubscriptionDiscountEntitledLines: {
    all: (discount: ContractDiscount) => discount.all,
    lines: (discount: ContractDiscount, args: Paging) => {
      const contract = owners.get(discount);
      return list(contract ? linesOf(contract).filter(({ id }) => entitles(discount, id)) : [], args);
    },
  },
  SubscriptionAppliedCodeDiscount: {
    id: ({ id }: { id: string }) => gid("SubscriptionAppliedCodeDiscount", id),
    redeemCode: ({ redeemCode }: { redeemCode: string }) => redeemCode,
    rejectionReason: ({ rejectionReason }: { rejectionReason?: string | null }) =>
      // In worlds that were kept before shops had codes all were rejected.
      rejectionReason === undefined ? "NOT_FOUND" : rejectionReason,
  },
};
