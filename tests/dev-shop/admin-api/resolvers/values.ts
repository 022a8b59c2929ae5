import { Decimal as Num } from "decimal.js";

import { inShopCurrency } from "../../domain/markets";
import type { Address, Anchor, Order, PricingPolicy, Shop } from "../../world";
import { gid } from "../../world";
import type { UserError } from "../../domain";

/** Observed: MoneyV2 amounts have at least one decimal and no more than needed: "10.0", "179.9". */
export function money(amount: string, { currency }: Pick<Shop, "currency">): Record<string, string> {
  const value = new Num(amount);
  return { amount: value.isInteger() ? value.toFixed(1) : value.toString(), currencyCode: currency };
}

/** An order's amount, which is in the order's own currency (RULES.contractsKeepTheirCurrency). */
export const bag = (amount: string, shop: Shop, { currency }: Pick<Order, "currency">): Record<string, unknown> => ({
  shopMoney: money(inShopCurrency(shop, { amount, currency }), shop),
  presentmentMoney: money(amount, { currency }),
});

export const count = (value: number): Record<string, unknown> => ({ count: value, precision: "EXACT" });

export const anchors = (list: readonly Anchor[]): Record<string, unknown>[] =>
  list.map(({ type, day, month, cutoffDay }) => ({
    type,
    day,
    month: month ?? null,
    cutoffDay: cutoffDay ?? null,
  }));

export const adjustmentValue = (policy: PricingPolicy, owner: Pick<Shop, "currency">): Record<string, unknown> =>
  policy.adjustmentType === "PERCENTAGE"
    ? { __typename: "SellingPlanPricingPolicyPercentageValue", percentage: Number(policy.adjustmentValue) }
    : { __typename: "MoneyV2", ...money(policy.adjustmentValue, owner) };

export const userErrors = (errors: readonly UserError[]): Record<string, unknown>[] =>
  errors.map(({ field, message, code }) => ({ field, message, code }));

export const image = (picture: { url: string; altText: string } | undefined): Record<string, unknown> | null =>
  picture ? { id: null, url: picture.url, altText: picture.altText, height: null, width: null } : null;

export interface OwnedAddress {
  id: string;
  address: Address;
}

export const owned = (id: string, address: Address | null | undefined): OwnedAddress | null =>
  address ? { id: gid("MailingAddress", id), address } : null;

const countries = new Intl.DisplayNames("en", { type: "region" });
export const countryName = (code: string): string => countries.of(code) ?? code;
