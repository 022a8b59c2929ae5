import type { Contract, Draft, Shop, ShippingRate, World } from "../world";
import { converted } from "./markets";
import { add, atLeast, round, times } from "./money";
import { holds } from "./rules";

export interface DeliveryOption {
  code: string;
  title: string;
  price: string;
}

const delivers = ({ countries }: ShippingRate, countryCode: string): boolean =>
  countries === undefined || countries.includes(countryCode);

/** How the shop delivers a contract's lines to a country, in the contract's currency; empty where it does not. */
export function deliveryOptionsFor(
  shop: Shop,
  { lines, currency }: Pick<Contract, "lines" | "currency">,
  countryCode: string,
): DeliveryOption[] {
  const subtotal = add(currency, ...lines.map(({ currentPrice, quantity }) => times(currentPrice, quantity, currency)));
  const inContracts = (amount: string): string => converted(shop, amount, currency);
  return shop.shippingRates
    .filter((rate) => delivers(rate, countryCode))
    .map(({ title, price, freeFrom }) => ({
      code: title,
      title,
      price: round(
        freeFrom !== undefined && atLeast(subtotal, inContracts(freeFrom)) ? "0" : inContracts(price),
        currency,
      ),
    }));
}

/** What has been asked about each draft: the first answer about an address takes a while. */
const asked = new WeakMap<Draft, Set<string>>();

/**
 * SubscriptionDraft.deliveryOptions: null the first time that an address is asked about (documented: "Returns null for
 * pending requests"; how long they are pending is assumed: RULES.deliveryOptionsArePending).
 */
export function deliveryOptionsOf(
  world: World,
  shop: Shop,
  draft: Draft,
  countryCode: string | null,
): DeliveryOption[] | null {
  const country = countryCode ?? draft.working.shippingAddress?.countryCode ?? shop.countryCode;
  const known = asked.get(draft) ?? new Set<string>();
  asked.set(draft, known);
  const isFirst = !known.has(country);
  known.add(country);
  if (isFirst && holds(world, "deliveryOptionsArePending")) return null;
  return deliveryOptionsFor(shop, draft.working, country);
}
