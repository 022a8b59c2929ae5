import { addressRules } from "~/lib/regions/regions";

import type { AddressInput } from "./actions";

export interface AddressFault {
  field: "zip" | "provinceCode";
  fault: "ZIP_MISSING" | "PROVINCE_MISSING" | "PROVINCE_UNKNOWN";
}

/**
 * What Shopify would miss in an address, by field (app/lib/regions/README.md). Whether anything is delivered there is Shopify's to say.
 * @param now what the subscription has: a province that Shopify took once is not refused here
 */
export function addressFaults(address: AddressInput, now: AddressInput | null): AddressFault[] {
  const { zipRequired, province, provinces } = addressRules(address.countryCode);
  const { provinceCode } = address;
  const isKept = now?.countryCode === address.countryCode && now.provinceCode === provinceCode;
  const isKnown = isKept || provinces.some(({ code }) => code === provinceCode);
  const faults: AddressFault[] = [];
  if (zipRequired && address.zip === "") faults.push({ field: "zip", fault: "ZIP_MISSING" });
  if (provinceCode && !isKnown) faults.push({ field: "provinceCode", fault: "PROVINCE_UNKNOWN" });
  if (!provinceCode && province === "required") faults.push({ field: "provinceCode", fault: "PROVINCE_MISSING" });
  return faults;
}
