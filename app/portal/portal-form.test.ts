import { describe, expect, it } from "vitest";

import { newOffer, portalForm, readPortalForm } from "./portal-form";
import type { PortalForm } from "./portal-form";
import { DEFAULT_PORTAL_SETTINGS } from "./settings";

const variantId = "gid://shopify/ProductVariant/1";
const swap = { variantId, title: "Nordlys - 250 g", forSwap: true, forAdd: true, forOneOff: false };
const saved = {
  settings: { ...DEFAULT_PORTAL_SETTINGS, withdrawalCountries: ["NO", "SE"], switchedOff: ["move" as const] },
  preferences: [{ key: "Grind", labelEn: "Grind", labelNb: "Maling", options: ["Fine", "Coarse"], productId: null }],
  swap: [swap],
};
const form = portalForm(saved);
const problemsOf = (over: Partial<PortalForm>) => {
  const read = readPortalForm({ ...form, ...over });
  return read.ok ? [] : read.problems;
};

describe("the portal's settings as a form", () => {
  it("mean what was saved, as long as nothing is changed", () => {
    expect(readPortalForm(form)).toEqual({ ok: true, input: saved });
  });

  it("tell beside its field what is wrong", () => {
    expect(problemsOf({ withdrawalCountries: "NO, Norge" })).toEqual([
      { field: "withdrawalCountries", code: "COUNTRY", value: "Norge" },
    ]);
    const offers = [
      { ...newOffer(), offer: "DISCOUNT" as const, percent: "60", orders: "x" },
      { ...newOffer(), offer: "SWAP" as const, variantId: "gid://shopify/ProductVariant/2" },
      { ...newOffer(), months: "" },
    ];
    expect(problemsOf({ offers })).toEqual([
      { field: "offers.0.percent", code: "NOT_WHOLE", min: 1, max: 50 },
      { field: "offers.0.orders", code: "NOT_WHOLE", min: 1, max: 12 },
      { field: "offers.1.variantId", code: "VARIANT" },
      { field: "offers.2.months", code: "NOT_WHOLE", min: 1, max: 6 },
    ]);
    const preference = { key: "Grind", labelEn: "", labelNb: "x", options: "", productId: null };
    expect(
      problemsOf({ preferences: [...form.preferences, preference, { ...preference, key: "_x", labelEn: "x" }] }),
    ).toEqual([
      { field: "preferences.1.key", code: "TWICE" },
      { field: "preferences.1.labelEn", code: "REQUIRED" },
      { field: "preferences.2.key", code: "UNDERSCORE" },
    ]);
    expect(problemsOf({ reasons: [{ key: "own-a", en: "Too loud", nb: " " }] })).toEqual([
      { field: "reasons.0.nb", code: "REQUIRED" },
    ]);
  });

  it("take countries as people write them", () => {
    const read = readPortalForm({ ...form, angrerettCountries: " no;se  NO" });
    expect(read.ok && read.input.settings.angrerettCountries).toEqual(["NO", "SE"]);
  });
});
