import type { OfferedMethod } from "~/contracts/delivery";
import type { Money } from "~/money/money";

import type { PortalWords } from "./words";

/** What one delivery costs besides its goods: "Delivery costs 49,00 kr.", "Picking up is free." */
export function deliveryCost({ t, money }: PortalWords, method: OfferedMethod, price: Money): string {
  const kind = method === "PICKUP" ? "pickup" : "delivery";
  return Number(price.amount) === 0 ? t(`${kind}.costsNothing`) : t(`${kind}.costs`, { amount: money(price) });
}
