import regions from "../../../app/lib/regions/regions.json";
import type { Address, World } from "../world";
import type { UserError } from "./cycle-edits";
import { fault } from "./draft-lines";
import { holds } from "./rules";

interface Region {
  zipRequired: boolean;
  provinces?: Readonly<Record<string, string>>;
  provincesHidden?: boolean;
  provinceOptional?: boolean;
}

const REGIONS: Readonly<Partial<Record<string, Region>>> = regions;

/** "Oregon" */
export const provinceNameOf = ({ countryCode, provinceCode }: Address): string | null =>
  (provinceCode ? REGIONS[countryCode]?.provinces?.[provinceCode] : undefined) ?? null;

/** What is wrong with an address's province (RULES.draftsCheckProvinces). @param field where the address stands in the input */
export function faultsOfProvince(world: World, address: Address, ...field: string[]): UserError[] {
  if (!holds(world, "draftsCheckProvinces")) return [];
  const region: Region = REGIONS[address.countryCode] ?? { zipRequired: false };
  const { provinceCode } = address;
  if (provinceCode) {
    return region.provinces?.[provinceCode] === undefined
      ? [fault("INVALID", "Province is invalid", ...field, "provinceCode")]
      : [];
  }
  return region.provinces && !region.provincesHidden && !region.provinceOptional
    ? [fault("BLANK", "Province can't be blank", ...field, "provinceCode")]
    : [];
}
