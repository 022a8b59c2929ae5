import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { put, startStorefront } from "./test-kit";
import type { Storefront, Visitor } from "./test-kit";

let storefront: Storefront;
beforeAll(async () => {
  storefront = await startStorefront();
});
afterAll(() => storefront.stop());

describe("the plans in the cart", () => {
  const ways = async (visitor: Visitor): Promise<string> =>
    /<perennial-cart[\s\S]*<\/perennial-cart>/.exec((await visitor.get("/cart")).text)?.[0] ?? "";

  it("are our own: a line bought by another app's plan, or with no plan to choose, is left alone", async () => {
    const visitor = storefront.visitor();
    await put(storefront, visitor, "koppen-kvile", null);
    expect(await ways(visitor)).toBe("");
    await put(storefront, visitor, "fjellbris", 2);
    expect(await ways(visitor)).toContain("Fjellbris");
    const group = Object.values(storefront.shop.sellingPlanGroups)[0];
    if (!group) throw new Error("The scenario has no plans");
    const own = group.appReference ?? null;
    group.appReference = "another-app";
    try {
      expect(await ways(visitor)).toBe("");
    } finally {
      group.appReference = own;
    }
  });

  it("say what is paid in advance, and offer no single purchase of what is sold by subscription only", async () => {
    const plan = Object.values(storefront.shop.sellingPlans)[0];
    const product = Object.values(storefront.shop.products).find(({ handle }) => handle === "fjellbris");
    if (!plan || !product) throw new Error("The scenario has no plans");
    const visitor = storefront.visitor();
    await put(storefront, visitor, "fjellbris", 2);
    expect(await ways(visitor)).toContain("Kjøp én gang");
    plan.billingPolicy.intervalCount *= 3;
    product.requiresSellingPlan = true;
    try {
      const html = await ways(visitor);
      expect(html).toContain("betales på forskudd, 44,70 kr per levering");
      expect(html).not.toContain("Kjøp én gang");
    } finally {
      plan.billingPolicy.intervalCount /= 3;
      product.requiresSellingPlan = false;
    }
  });

  it("write what the merchant and the products are called as text", async () => {
    const product = Object.values(storefront.shop.products).find(({ handle }) => handle === "fjellbris");
    if (!product) throw new Error("The scenario lacks Fjellbris");
    const title = product.title;
    product.title = `<img src=x onerror="alert(1)">`;
    storefront.shop.blockSettings = { plans: { heading: "<script>1</script>", terms: "<b>1</b>" } };
    try {
      const visitor = storefront.visitor();
      await put(storefront, visitor, "fjellbris", 2);
      const html = await ways(visitor);
      expect(html).not.toMatch(/<(img|script|b)\b/);
    } finally {
      product.title = title;
      delete storefront.shop.blockSettings;
    }
  });
});

describe("the badge on product cards", () => {
  const cards = async (locale = "nb"): Promise<Record<string, string>> => {
    const { text } = await storefront.visitor().get(`/collections/all?preview_theme=standard&locale=${locale}`);
    const tiles = text.split('<li class="tile">').slice(1);
    return Object.fromEntries(
      tiles.map((tile) => [
        /\/products\/([\w-]+)/.exec(tile)?.[1] ?? "",
        /<p class="perennial-badge"[^>]*>\s*([^<]*?)\s*<\/p>/.exec(tile)?.[1] ?? "",
      ]),
    );
  };

  it("says what the card's own product saves by subscription, and nothing for one without plans", async () => {
    expect(await cards()).toMatchObject({ fjellbris: "Abonner og spar 10 %", "koppen-kvile": "", havorn: "" });
    expect(await cards("en")).toMatchObject({ nordlys: "Subscribe and save 10%" });
  });

  it("says “up to” when plans differ, rounds down, and boasts of nothing when nothing is saved", async () => {
    const plans = Object.values(storefront.shop.sellingPlans);
    const kept = plans.map(({ pricingPolicies }) => pricingPolicies);
    const saving = (percent: string) => [
      { kind: "FIXED" as const, adjustmentType: "PERCENTAGE" as const, adjustmentValue: percent },
    ];
    try {
      plans.forEach((plan, index) => (plan.pricingPolicies = saving(index === 0 ? "14.99" : "5")));
      expect((await cards())["fjellbris"]).toBe("Abonner og spar inntil 14 %");
      plans.forEach((plan) => (plan.pricingPolicies = saving("0")));
      expect((await cards())["fjellbris"]).toBe("Også som abonnement");
    } finally {
      plans.forEach((plan, index) => (plan.pricingPolicies = kept[index] ?? []));
    }
  });
});

describe("the links at the end of every page", () => {
  const links = async (query: string, theme = "standard"): Promise<string[]> => {
    const { text } = await storefront.visitor().get(`/?preview_theme=${theme}${query}`);
    const nav = /<nav class="perennial-links"[\s\S]*?<\/nav>/.exec(text)?.[0] ?? "";
    return [...nav.matchAll(/href="([^"]*)"[^>]*>\s*([^<]*?)\s*</g)].map(([, href, label]) => `${href} ${label}`);
  };

  it("lead to the subscriber's pages, to withdrawal in the EU and EEA, and to cancellation in Germany", async () => {
    expect(await links("")).toEqual([
      "/apps/perennial Abonnementene dine",
      "/apps/perennial/withdraw Angre avtalen her",
    ]);
    expect(await links("&country=US")).toEqual(["/apps/perennial Abonnementene dine"]);
    expect(await links("&country=SE&locale=en")).toEqual([
      "/apps/perennial?locale=en Your subscriptions",
      "/apps/perennial/withdraw?locale=en Withdraw from contract here",
    ]);
  });

  it("have the German law's own words in Germany, whatever the language, unless the merchant says otherwise", async () => {
    const german = ["Vertrag hier widerrufen", "Verträge hier kündigen"];
    expect((await links("&country=DE&locale=en")).map((link) => link.replace(/^\S+ /, ""))).toEqual([
      "Your subscriptions",
      ...german,
    ]);
    // The page behind is in German, too.
    expect((await links("&country=DE&locale=en"))[1]).toMatch(/^\/apps\/perennial\/withdraw\?locale=de /);
    storefront.shop.blockSettings = { "perennial-links": { german_labels: false } };
    try {
      expect((await links("&country=DE&locale=en")).join()).toContain("Cancel contracts here");
    } finally {
      delete storefront.shop.blockSettings;
    }
  });

  it("are in the countries the merchant lists, however written, everywhere if none is, and gone if switched off", async () => {
    const set = (settings: Record<string, unknown>) => {
      storefront.shop.blockSettings = { "perennial-links": settings };
    };
    try {
      set({ show_portal: false, withdraw_countries: "us ,  gb", cancel_countries: "" });
      expect((await links("&country=US")).map((link) => link.split(" ")[0])).toEqual([
        "/apps/perennial/withdraw",
        "/apps/perennial/cancel-contract",
      ]);
      expect((await links("&country=NO")).map((link) => link.split(" ")[0])).toEqual([
        "/apps/perennial/cancel-contract",
      ]);
      set({ show_portal: false, show_withdraw: false, show_cancel: false });
      expect(await links("&country=DE")).toEqual([]);
      set({ base: "/apps/abo" });
      expect((await links("&country=NO"))[0]).toMatch(/^\/apps\/abo /);
    } finally {
      delete storefront.shop.blockSettings;
    }
  });

  it("are on every page of the theme, and not in Shopify's checkout", async () => {
    const visitor = storefront.visitor();
    await put(storefront, visitor, "fjellbris", 2);
    for (const page of ["/", "/products/koppen-kvile", "/cart", "/account/login", "/policies/subscription-policy"]) {
      expect((await visitor.get(page)).text, page).toContain("/apps/perennial/withdraw");
    }
    expect((await visitor.get("/checkout")).text).not.toContain("/apps/perennial/withdraw");
  });
});
