import regions from "./regions.json";

/** What Shopify knows of a country's addresses (README.md). */
interface Region {
  zipRequired: boolean;
  /** "90210" */
  zipExample?: string;
  /** Regular expression of a right one, in capitals or small letters. */
  zipPattern?: string;
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

/**
 * Whether it could be a postal code there, with or without the spaces and hyphens that are usual; what is not known is
 * never wrong. @param country ISO 3166-1
 */
export function couldBeZip(country: string, zip: string): boolean {
  const { zipPattern } = REGIONS[country] ?? {};
  if (zipPattern === undefined) return true;
  const pattern = new RegExp(zipPattern, "i");
  return pattern.test(zip.trim()) || pattern.test(bareZip(zip));
}

/** Without spaces and hyphens, which Shopify puts where they belong before it checks. */
export const bareZip = (zip: string): string => zip.replaceAll(/[\s-]/g, "");

/** "Oregon" of "US" and "OR"; a code that is not known comes back as it is. */
export const provinceName = (country: string | null, code: string): string =>
  (country === null ? undefined : REGIONS[country]?.provinces?.[code]) ?? code;
