import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { put, startStorefront, wares } from "./test-kit";
import type { Storefront } from "./test-kit";

let storefront: Storefront;
beforeAll(async () => {
  storefront = await startStorefront();
});
afterAll(() => storefront.stop());

describe("the subscribe block", () => {
  const block = async (path: string): Promise<string> =>
    /<perennial-subscribe[\s\S]*<\/perennial-subscribe>/.exec((await storefront.visitor().get(path)).text)?.[0] ?? "";
  const checked = (html: string): string | undefined =>
    /value="(\d*)"[^>]*?\schecked/.exec(html.replace(/\s+/g, " "))?.[1];

  it("lets the shopper start with buying once, and honours the plan in the address", async () => {
    const { planByWeeks } = wares(storefront.shop, "fjellbris");
    expect(checked(await block("/products/fjellbris"))).toBe("");
    expect(checked(await block(`/products/fjellbris?selling_plan=${planByWeeks[4]}`))).toBe(planByWeeks[4]);
    expect(checked(await block("/products/fjellbris?selling_plan=999999"))).toBe("");
  });

  it("shows the price per delivery and the saving in the shop's own money format", async () => {
    const html = await block("/products/fjellbris");
    expect(html).toContain("134,10 kr");
    expect(html).toContain("Spar 10 %");
    // Beside the choice: that it renews, how it ends, and where the terms are.
    expect(html).toContain("fornyes automatisk");
    expect(html).toContain("Du sier opp selv");
    expect(html).toContain("/policies/subscription-policy");
  });

  it("is not there for a product without plans, and loads no script for one without variants", async () => {
    expect(await block("/products/koppen-kvile")).toBe("");
    const single = (await storefront.visitor().get("/products/manedens-kaffe")).text;
    expect(single).toContain("<perennial-subscribe");
    expect(single).not.toContain("subscribe.js");
    expect((await storefront.visitor().get("/products/fjellbris")).text).toContain("subscribe.js");
  });

  it("shows no other app's plans", async () => {
    const group = Object.values(storefront.shop.sellingPlanGroups)[0];
    if (!group) throw new Error("The scenario has no plans");
    const own = group.appReference ?? null;
    group.appReference = "another-app";
    try {
      expect(await block("/products/fjellbris")).not.toContain("<input");
    } finally {
      group.appReference = own;
    }
  });

  it("says what is paid in advance, what it costs later, and names the groups when there are several", async () => {
    const { shop } = storefront;
    const kept = structuredClone({ groups: shop.sellingPlanGroups, plans: shop.sellingPlans });
    const [group] = Object.values(shop.sellingPlanGroups);
    const [weekly] = Object.values(shop.sellingPlans);
    if (!group || !weekly) throw new Error("The scenario has no plans");
    weekly.pricingPolicies.push({
      kind: "RECURRING",
      adjustmentType: "PRICE",
      adjustmentValue: "140.00",
      afterCycle: 2,
    });
    const prepaid = { ...structuredClone(weekly), id: "900002", groupId: "900001", name: "Fire poser på forskudd" };
    prepaid.pricingPolicies = [{ kind: "FIXED", adjustmentType: "PRICE", adjustmentValue: "500.00" }];
    prepaid.billingPolicy.intervalCount = 4;
    shop.sellingPlans[prepaid.id] = prepaid;
    shop.sellingPlanGroups["900001"] = { ...group, id: "900001", name: "Forskudd", sellingPlanIds: [prepaid.id] };
    try {
      const norwegian = await block("/products/fjellbris");
      expect(norwegian).toContain("140,00 kr etter 2 bestillinger");
      expect(norwegian).toContain("betales på forskudd, 125,00 kr per levering");
      expect(norwegian).toMatch(/role="group" aria-labelledby="perennial-subscribe-900001"/);
      const english = await block("/products/fjellbris?locale=en");
      expect(english).toContain("140,00 kr after 2 orders");
      expect(english).toContain("paid in advance, 125,00 kr per delivery");
    } finally {
      shop.sellingPlanGroups = kept.groups;
      shop.sellingPlans = kept.plans;
    }
  });

  it("is in the currency of the visitor's market, while the saving stays", async () => {
    storefront.shop.markets = { DE: { currency: "EUR", rate: 0.085 } };
    try {
      const html = await block("/products/fjellbris?country=DE");
      expect(html).toContain("€11,40");
      expect(html).toContain("Spar 10 %");
      expect(html).not.toContain(" kr");
    } finally {
      delete storefront.shop.markets;
    }
  });

  it("shows the price per kilo of each way to buy, where the merchant measures it", async () => {
    const variant = storefront.shop.variants[wares(storefront.shop, "fjellbris").variantId];
    if (!variant) throw new Error("The scenario lacks Fjellbris");
    variant.unitPriceMeasurement = { quantityValue: 250, quantityUnit: "g", referenceValue: 1, referenceUnit: "kg" };
    try {
      const html = await block("/products/fjellbris");
      expect(html).toContain("596,00 kr/kg");
      expect(html).toContain("536,40 kr/kg");
    } finally {
      delete variant.unitPriceMeasurement;
    }
  });

  it("preselects a plan only where the merchant chose so, or where buying once is not offered", async () => {
    const { planByWeeks } = wares(storefront.shop, "fjellbris");
    storefront.shop.blockSettings = { subscribe: { preselect: true } };
    try {
      expect(checked(await block("/products/fjellbris"))).toBe(planByWeeks[1]);
      // A plan in the address still wins.
      expect(checked(await block(`/products/fjellbris?selling_plan=${planByWeeks[4]}`))).toBe(planByWeeks[4]);
    } finally {
      delete storefront.shop.blockSettings;
    }
  });

  it("has the merchant's own texts instead of ours, with nothing of them run as HTML", async () => {
    const own = { legend: "Hvor ofte?", one_time_label: "Bare nå", terms: "<b>Fritt</b> å stoppe" };
    storefront.shop.blockSettings = { subscribe: own };
    try {
      const html = await block("/products/fjellbris");
      expect(html).toContain("Hvor ofte?");
      expect(html).toContain("Bare nå");
      expect(html).toContain("&lt;b&gt;Fritt&lt;/b&gt; å stoppe");
    } finally {
      delete storefront.shop.blockSettings;
    }
  });

  it("loads its script for a product without variants unless the theme's form is known", async () => {
    const scripts = async (product_form: string, settings: { hidden_field?: boolean; form_id?: string } = {}) => {
      storefront.shop.blockSettings = { subscribe: { product_form, ...settings } };
      const { text } = await storefront.visitor().get("/products/manedens-kaffe");
      delete storefront.shop.blockSettings;
      return [...text.matchAll(/extension\/(\w+\.js)/g)].map(([, name]) => name);
    };
    expect(await scripts("dawn")).toEqual([]);
    expect(await scripts("horizon")).toEqual([]);
    expect(await scripts("other", { form_id: "buy-this" })).toEqual([]);
    expect(await scripts("other")).toEqual(["subscribe.js"]);
    expect(await scripts("auto")).toEqual(["subscribe.js"]);
    expect(await scripts("dawn", { hidden_field: true })).toEqual(["express.js"]);
  });

  it("says to the merchant in the theme editor why it is empty, and to nobody else", async () => {
    expect((await storefront.visitor().get("/products/koppen-kvile")).text).not.toContain("i Perennial");
    expect((await storefront.visitor().get("/products/koppen-kvile?design_mode=1")).text).toContain("i Perennial");
  });

  it("adds no more than a kilobyte to the page", async () => {
    expect(gzipSync(await block("/products/fjellbris")).length).toBeLessThanOrEqual(1_000);
  });

  it("offers no single purchase of a product that is sold by subscription only, and selects its first plan", async () => {
    const product = Object.values(storefront.shop.products).find(({ handle }) => handle === "granskog");
    if (!product) throw new Error("The scenario lacks Granskog");
    product.requiresSellingPlan = true;
    try {
      const html = await block("/products/granskog");
      expect(html).not.toContain('value=""');
      expect(checked(html)).toBe(wares(storefront.shop, "granskog").planByWeeks[1]);
      expect((await put(storefront, storefront.visitor(), "granskog", null)).status).toBe(422);
    } finally {
      product.requiresSellingPlan = false;
    }
  });

  it("can't be chosen when the variant is sold out", async () => {
    const variant = storefront.shop.variants[wares(storefront.shop, "nordlys").variantId];
    if (!variant) throw new Error("The scenario lacks Nordlys");
    const before = variant.inventory;
    variant.inventory = 0;
    try {
      expect(await block(`/products/nordlys?variant=${variant.id}`)).toMatch(/<fieldset[^>]*\sdisabled/);
      expect((await put(storefront, storefront.visitor(), "nordlys", 1)).status).toBe(422);
    } finally {
      variant.inventory = before;
    }
  });
});
