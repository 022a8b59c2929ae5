import { deliveryMethodOf, storedOption } from "~/contracts/delivery";
import type { DeliveryRow } from "~/contracts/delivery";

import type { AddressInput, PortalAction } from "../actions";

/** What brings back the way in which it came before, to the address it came to and with the phone number it had. */
export function backTo(before: DeliveryRow, code: string, address: AddressInput | null): PortalAction {
  const phone = deliveryMethodOf(before) === "LOCAL_DELIVERY" ? storedOption(before)?.phone : null;
  return { kind: "delivery-method", code, ...(address ? { address } : {}), ...(phone ? { phone } : {}) };
}
