import { addressRules, couldBeZip } from "~/lib/regions/regions";

import type { AddressInput } from "./actions";

export interface AddressFault {
  field: "zip" | "provinceCode";
  fault: "ZIP_MISSING" | "ZIP_WRONG" | "PROVINCE_MISSING" | "PROVINCE_UNKNOWN";
}

/**
 * What Shopify would miss in an address, by field (app/lib/regions/README.md). Whether anything is delivered there is Shopify's to say.
 * @param now what the subscription has: a province or postal code that Shopify took once is not refused here
 */
export function addressFaults(address: AddressInput, now: AddressInput | null): AddressFault[] {
  const { zipRequired, province, provinces } = addressRules(address.countryCode);
  const { provinceCode } = address;
  const hasKeptZip = now?.countryCode === address.countryCode && now.zip === address.zip;
  const isKept = now?.countryCode === address.countryCode && now.provinceCode === provinceCode;
  const isKnown = isKept || provinces.some(({ code }) => code === provinceCode);
  const faults: AddressFault[] = [];
  if (zipRequired && address.zip === "") faults.push({ field: "zip", fault: "ZIP_MISSING" });
  else if (address.zip !== "" && !hasKeptZip && !couldBeZip(address.countryCode, address.zip)) {
    faults.push({ field: "zip", fault: "ZIP_WRONG" });
  }
  if (provinceCode && !isKnown) faults.push({ field: "provinceCode", fault: "PROVINCE_UNKNOWN" });
  if (!provinceCode && province === "required") faults.push({ field: "provinceCode", fault: "PROVINCE_MISSING" });
  return faults;
}
