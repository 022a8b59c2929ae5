import { describe, expect, it } from "vitest";

import type { AddressInput } from "./actions";
import { addressFaults } from "./address-faults";

const home: AddressInput = {
  firstName: "Kari",
  lastName: "Nordmann",
  address1: "Storgata 1",
  zip: "0155",
  city: "Oslo",
  countryCode: "NO",
};
const found = (address: Partial<AddressInput>, now: AddressInput | null = home) =>
  addressFaults({ ...home, ...address }, now).map(({ fault }) => fault);

describe("an address is held to what Shopify wants in its country", () => {
  it.each<[string, Partial<AddressInput>, string[]]>([
    ["a Norwegian one without a province", {}, []],
    ["a Norwegian one without a postcode", { zip: "" }, ["ZIP_MISSING"]],
    ["a Norwegian one with a postcode of five digits", { zip: "01555" }, ["ZIP_WRONG"]],
    [
      "an American one with a Norwegian postcode",
      { countryCode: "US", zip: "0155", provinceCode: "OR" },
      ["ZIP_WRONG"],
    ],
    ["a British one in small letters, without its space", { countryCode: "GB", zip: "se228dl" }, []],
    ["a Swedish one without its space", { countryCode: "SE", zip: "11455" }, []],
    ["a Portuguese one with a space for its hyphen", { countryCode: "PT", zip: "1000 205", provinceCode: "PT-11" }, []],
    ["a Japanese one without its hyphen", { countryCode: "JP", zip: "1540023", provinceCode: "JP-13" }, []],
    ["one with a postcode where no pattern is known", { countryCode: "AE", zip: "123", provinceCode: "DU" }, []],
    ["one of the Emirates, which have no postcodes", { countryCode: "AE", zip: "", provinceCode: "DU" }, []],
    ["an American one without a state", { countryCode: "US", zip: "97201" }, ["PROVINCE_MISSING"]],
    [
      "an American one in a Canadian province",
      { countryCode: "US", zip: "97201", provinceCode: "ON" },
      ["PROVINCE_UNKNOWN"],
    ],
    ["an American one", { countryCode: "US", zip: "97201", provinceCode: "OR" }, []],
    ["a Norwegian one in an American state", { provinceCode: "OR" }, ["PROVINCE_UNKNOWN"]],
    ["a British one, where nobody writes a province", { countryCode: "GB", zip: "SE22 8DL" }, []],
    ["one of New Zealand, where a region may be left out", { countryCode: "NZ", zip: "6011" }, []],
    ["one of a country that is not known", { countryCode: "XX", zip: "" }, []],
  ])("%s: %j is wrong in %j", (_name, address, faults) => {
    expect(found(address)).toEqual(faults);
  });

  it("but a province or postal code that Shopify took once may stay", () => {
    const now = { ...home, countryCode: "US", provinceCode: "NEW" };
    expect(found(now, now)).toEqual([]);
    expect(found(now, home)).toEqual(["ZIP_WRONG", "PROVINCE_UNKNOWN"]);
  });
});
