import type { Address } from "~/contracts/reading";

import { address } from "./actions";
import type { AddressInput } from "./actions";

/** What Shopify has, in the form's fields: left out where it has nothing, cut where it has more than the form takes. */
export function addressInput(stored: Address): AddressInput {
  const { lastName, address1, city, zip, countryCode } = stored;
  const optional = (["firstName", "company", "address2", "provinceCode", "phone"] as const).flatMap((field) => {
    const value = stored[field];
    return value ? [[field, value] as const] : [];
  });
  const input = {
    firstName: "",
    ...Object.fromEntries(optional),
    lastName: lastName ?? "",
    address1: address1 ?? "",
    zip: zip ?? "",
    city: city ?? "",
    countryCode: countryCode ?? "",
  };
  const read = address.safeParse(input);
  return read.success ? read.data : input;
}
