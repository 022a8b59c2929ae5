import regions from "./regions.json";

/** What Shopify knows of a country's addresses (README.md). */
interface Region {
  zipRequired: boolean;
  /** "90210" */
  zipExample?: string;
  /** Names by Shopify's codes. */
  provinces?: Readonly<Record<string, string>>;
  /** Known, and not part of an address as it is written. */
  provincesHidden?: boolean;
  provinceOptional?: boolean;
}

const REGIONS: Readonly<Partial<Record<string, Region>>> = regions;

/** All that Shopify knows, ISO 3166-1. */
export const EVERY_COUNTRY: readonly string[] = Object.keys(regions);

export interface AddressRules {
  zipRequired: boolean;
  zipExample: string | null;
  /** "hidden": may be there, and nobody is asked for it. */
  province: "required" | "optional" | "hidden" | "none";
  provinces: readonly { code: string; name: string }[];
}

/** How an address is written in a country; one that is not known wants nothing. @param country ISO 3166-1 */
export function addressRules(country: string): AddressRules {
  const region: Region = REGIONS[country] ?? { zipRequired: false };
  const provinces = Object.entries(region.provinces ?? {}).map(([code, name]) => ({ code, name }));
  const asked = region.provinceOptional ? "optional" : "required";
  return {
    zipRequired: region.zipRequired,
    zipExample: region.zipExample ?? null,
    province: provinces.length === 0 ? "none" : region.provincesHidden ? "hidden" : asked,
    provinces,
  };
}

/** "Oregon" of "US" and "OR"; a code that is not known comes back as it is. */
export const provinceName = (country: string | null, code: string): string =>
  (country === null ? undefined : REGIONS[country]?.provinces?.[code]) ?? code;
