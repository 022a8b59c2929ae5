import type { OfferedMethod } from "~/contracts/delivery";
import type { Money } from "~/money/money";

import type { PortalWords } from "./words";

/** What one delivery costs besides its goods: "Delivery costs 49,00 kr.", "Picking up is free." */
export function deliveryCost({ t, money }: PortalWords, method: OfferedMethod, price: Money): string {
  return isFree(price) ? t(`${word(method)}.costsNothing`) : t(`${word(method)}.costs`, { amount: money(price) });
}

/** The same in few words, beside a heading: "49,00 kr for delivery", "Free to pick up". */
export function deliveryPrice({ t, money }: PortalWords, method: OfferedMethod, price: Money): string {
  return isFree(price) ? t(`${word(method)}.free`) : t(`${word(method)}.price`, { amount: money(price) });
}

const word = (method: OfferedMethod) => (method === "PICKUP" ? "pickup" : "delivery");
const isFree = ({ amount }: Money) => Number(amount) === 0;
