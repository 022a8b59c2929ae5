import type { Contract, Draft, LocalDelivery, PickupLocation, Shop, ShippingRate, World } from "../world";
import { converted } from "./markets";
import { add, atLeast, round, times } from "./money";
import { holds } from "./rules";

export interface DeliveryOption {
  code: string;
  title: string;
  price: string;
}

export type DraftDeliveryOption =
  | (DeliveryOption & { kind: "shipping" })
  | (DeliveryOption & { kind: "localDelivery"; settings: LocalDelivery })
  | (DeliveryOption & { kind: "pickup"; location: PickupLocation });

/** Where it is to go, as far as the options depend on it. */
export interface Destination {
  countryCode: string;
  zip?: string | null;
}

type Priced = Pick<Contract, "lines" | "currency">;

const delivers = ({ countries }: ShippingRate, countryCode: string): boolean =>
  countries === undefined || countries.includes(countryCode);

/** What a way of delivery costs, in the contract's currency. */
function priceOf(
  shop: Shop,
  { lines, currency }: Priced,
  { price = "0", freeFrom }: { price?: string; freeFrom?: string },
): string {
  const subtotal = add(currency, ...lines.map(({ currentPrice, quantity }) => times(currentPrice, quantity, currency)));
  const inContracts = (amount: string): string => converted(shop, amount, currency);
  const isFree = freeFrom !== undefined && atLeast(subtotal, inContracts(freeFrom));
  return round(isFree ? "0" : inContracts(price), currency);
}

/** How the shop ships a contract's lines to a country, in the contract's currency; empty where it does not. */
export const deliveryOptionsFor = (shop: Shop, contract: Priced, countryCode: string): DeliveryOption[] =>
  shop.shippingRates
    .filter((rate) => delivers(rate, countryCode))
    .map((rate) => ({ code: rate.title, title: rate.title, price: priceOf(shop, contract, rate) }));

function localDeliveryTo(shop: Shop, contract: Priced, { countryCode, zip }: Destination): DraftDeliveryOption[] {
  const settings = shop.localDelivery;
  if (settings?.countryCode !== countryCode || !settings.zips.includes(zip ?? "")) return [];
  const { title } = settings;
  return [{ kind: "localDelivery", code: title, title, price: priceOf(shop, contract, settings), settings }];
}

const pickupsOf = (shop: Shop, contract: Priced): (DeliveryOption & { kind: "pickup"; location: PickupLocation })[] =>
  (shop.pickupLocations ?? []).map((location) => ({
    kind: "pickup",
    code: location.name,
    title: location.name,
    price: priceOf(shop, contract, location),
    location,
  }));

/** What has been asked about each draft: the first answer about an address takes a while. */
const asked = new WeakMap<Draft, Set<string>>();

/**
 * SubscriptionDraft.deliveryOptions: null the first time that an address is asked about (documented: "Returns null for
 * pending requests"; how long they are pending is assumed: RULES.deliveryOptionsArePending).
 * @param given the address that is asked about; else the draft's own
 */
export function deliveryOptionsOf(
  world: World,
  shop: Shop,
  draft: Draft,
  given: Destination | null,
): DraftDeliveryOption[] | null {
  const { working } = draft;
  const address = given ?? working.shippingAddress;
  const to = address ?? { countryCode: shop.countryCode };
  const known = asked.get(draft) ?? new Set<string>();
  asked.set(draft, known);
  const about = `${to.countryCode} ${to.zip ?? ""}`;
  const isFirst = !known.has(about);
  known.add(about);
  if (isFirst && holds(world, "deliveryOptionsArePending")) return null;
  const anywhere = holds(world, "pickupsNeedNoAddress");
  return [
    ...deliveryOptionsFor(shop, working, to.countryCode).map((option) => ({ kind: "shipping" as const, ...option })),
    ...localDeliveryTo(shop, working, to),
    ...pickupsOf(shop, working).filter(({ location }) => anywhere || location.countryCode === address?.countryCode),
  ];
}
