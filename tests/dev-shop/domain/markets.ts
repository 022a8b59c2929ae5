import { Decimal as Num } from "decimal.js";

import type { Decimal, Shop, Variant } from "../world";
import { round } from "./money";

export interface Price {
  amount: Decimal;
  currency: string;
}

/** One unit of the shop's currency in another; null: no market of the shop has it. */
function rateOf({ currency: own, markets = {} }: Shop, currency: string): number | null {
  if (currency === own) return 1;
  return Object.values(markets).find((market) => market.currency === currency)?.rate ?? null;
}

/** Currencies that the shop sells in. */
export const isSoldIn = (shop: Shop, currency: string): boolean => rateOf(shop, currency) !== null;

/**
 * An amount of the shop's own currency in another; as it is if no market has that. Assumed: converted amounts are not
 * rounded to .95 and the like.
 */
export const converted = (shop: Shop, amount: Decimal, currency: string): Decimal =>
  round(new Num(amount).times(rateOf(shop, currency) ?? 1), currency);

/** What an amount is worth in the shop's own currency. */
export const inShopCurrency = (shop: Shop, { amount, currency }: Price): Decimal =>
  round(new Num(amount).div(rateOf(shop, currency) ?? 1), shop.currency);

/** What a variant costs in a country: in its market's currency, elsewhere in the shop's (RULES.marketsHaveTheirPrices). */
export function priceIn(shop: Shop, { price }: Variant, country: string | null): Price {
  const currency = (country === null ? undefined : shop.markets?.[country]?.currency) ?? shop.currency;
  return { amount: converted(shop, price, currency), currency };
}
