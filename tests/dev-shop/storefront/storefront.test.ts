import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStorefront, wares } from "./test-kit";
import type { Storefront, Visitor } from "./test-kit";

let storefront: Storefront;
beforeAll(async () => {
  storefront = await startStorefront();
});
afterAll(() => storefront.stop());

const ADDRESS = { first_name: "Ny", last_name: "Kunde", address1: "Storgata 1", zip: "0155", city: "Oslo" };

const put = (visitor: Visitor, handle: string, weeks: number | null, quantity = "1") => {
  const { variantId, planByWeeks } = wares(storefront.shop, handle);
  return visitor.post("/cart/add", {
    id: variantId,
    quantity,
    selling_plan: weeks === null ? "" : (planByWeeks[weeks] ?? ""),
  });
};

describe("every page of the theme, in both languages", () => {
  // A tag, filter or property that is not served, and a missing translation, would answer 500.
  it.each(["nb", "en"])("renders in %s", async (language) => {
    const visitor = storefront.visitor();
    await visitor.get(`/?locale=${language}`);
    await put(visitor, "fjellbris", 2);
    const pages = ["/", "/collections/all", "/products/fjellbris", "/products/koppen-kvile", "/cart", "/checkout"];
    pages.push("/account/login", "/policies/subscription-policy");
    for (const page of pages) {
      const { status, text } = await visitor.get(page);
      expect(text, page).toContain(`<html lang="${language}">`);
      expect(status, page).toBe(200);
    }
    const done = await visitor.post("/checkout", { ...ADDRESS, email: `${language}@example.com` });
    for (const page of [done.location ?? "", "/account"]) {
      const { status, text } = await visitor.get(page);
      expect(text, page).toContain(`<html lang="${language}">`);
      expect(status, page).toBe(200);
    }
    const order = /\/account\/orders\/\d+/.exec((await visitor.get("/account")).text)?.[0] ?? "";
    expect((await visitor.get(order)).status).toBe(200);
    expect((await visitor.get("/no-such-page")).status).toBe(404);
  });

  it("is in the shop's language until the visitor chooses another, and then stays there", async () => {
    const visitor = storefront.visitor();
    expect((await visitor.get("/")).text).toContain('<html lang="nb">');
    await visitor.post("/localization", { language_code: "en", return_to: "/cart" });
    const english = (await visitor.get("/")).text;
    expect(english).toContain('<html lang="en">');
    // The app behind the proxy can't see the choice, so links to it carry it, and so does coming back to it.
    expect(english).toContain('href="/apps/perennial?locale=en"');
    const back = await visitor.post("/localization", { language_code: "nb", return_to: "/apps/perennial" });
    expect(back.location).toBe("/apps/perennial?locale=nb");
  });

  it("answers the section rendering API with the one section", async () => {
    const { text } = await storefront.visitor().get("/products/fjellbris?section_id=template--product__main");
    expect(text).toMatch(/^<div id="shopify-section-template--product__main"/);
    expect(text).not.toContain("<html");
    expect((await storefront.visitor().get("/products/fjellbris?section_id=nothing")).status).toBe(404);
  });
});

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
      expect((await put(storefront.visitor(), "granskog", null)).status).toBe(422);
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
      expect((await put(storefront.visitor(), "nordlys", 1)).status).toBe(422);
    } finally {
      variant.inventory = before;
    }
  });
});

describe("the cart", () => {
  it("keeps buying once and subscribing apart, and changes and removes lines without JavaScript", async () => {
    const visitor = storefront.visitor();
    await put(visitor, "fjellbris", 2);
    await put(visitor, "fjellbris", null);
    await put(visitor, "fjellbris", 2, "2");
    const cart = JSON.parse((await visitor.get("/cart.js")).text) as { items: { quantity: number; price: number }[] };
    expect(cart.items.map(({ quantity, price }) => [quantity, price])).toEqual([
      [1, 14_900],
      [3, 13_410],
    ]);
    await visitor.get("/cart/change?line=1&quantity=0");
    const { text } = await visitor.get("/cart");
    expect(text).toContain("Levering hver 2. uke");
    expect(text).toContain("402,30 kr");
  });

  it("speaks the Ajax API", async () => {
    const visitor = storefront.visitor();
    const { variantId, planByWeeks } = wares(storefront.shop, "fjellbris");
    const added = await visitor.post("/cart/add.js", { id: variantId, selling_plan: planByWeeks[1] ?? "" }, true);
    const { key } = JSON.parse(added.text) as { key: string };
    const changed = await visitor.post("/cart/change.js", { id: key, quantity: "2", selling_plan: "" }, true);
    expect(JSON.parse(changed.text)).toMatchObject({ item_count: 2, total_price: 29_800 });
    const foreign = wares(storefront.shop, "havorn").variantId;
    const refused = await visitor.post("/cart/add.js", { id: foreign, selling_plan: planByWeeks[1] ?? "" }, true);
    expect(refused.status).toBe(422);
  });
});

describe("checkout", () => {
  it("makes an order with shipping and included tax, the contract the shopper chose, and a confirmation", async () => {
    const visitor = storefront.visitor();
    await put(visitor, "fjellbris", 2);
    const before = Object.keys(storefront.shop.contracts).length;
    const { status, location } = await visitor.post("/checkout", { ...ADDRESS, email: "Ny.Kunde@example.com" });
    expect(status).toBe(303);
    expect(Object.keys(storefront.shop.contracts)).toHaveLength(before + 1);
    const contract = Object.values(storefront.shop.contracts).at(-1);
    const order = storefront.shop.orders[contract?.originOrderId ?? ""];
    expect(contract).toMatchObject({
      status: "ACTIVE",
      billingPolicy: { interval: "WEEK", intervalCount: 2 },
      lines: [{ currentPrice: "134.10", quantity: 1 }],
    });
    expect(order).toMatchObject({ subtotal: "134.10", shipping: "49.00", total: "183.10", tax: "23.88" });

    const thanks = await visitor.get(location ?? "");
    expect(thanks.text).toContain(order?.name);
    expect(thanks.text).toContain('href="/apps/perennial"');
    expect(storefront.shop.mail.at(-1)).toMatchObject({ to: "ny.kunde@example.com", locale: "nb" });
    expect(JSON.parse((await visitor.get("/cart.js")).text)).toMatchObject({ item_count: 0 });
    // Someone else with the address of the page sees nothing of it.
    expect((await storefront.visitor().get(location ?? "")).status).toBe(404);
  });

  it("shows the price that the order will have, before the shopper pays", async () => {
    const visitor = storefront.visitor();
    await put(visitor, "midnattssol", 4, "3");
    const shown = (await visitor.get("/checkout")).text;
    await visitor.post("/checkout", { ...ADDRESS, email: "pris@example.com" });
    const order = Object.values(storefront.shop.orders).at(-1);
    expect(shown).toContain(`<dd>${order?.total.replace(".", ",")} kr</dd>`);
    expect(shown).toContain(`${order?.tax.replace(".", ",")} kr`);
  });

  it("says which fields are missing, makes nothing, and never leaves the shop for another host", async () => {
    const visitor = storefront.visitor();
    await put(visitor, "fjellbris", 1);
    const before = Object.keys(storefront.shop.orders).length;
    const { status, text } = await visitor.post("/checkout", { ...ADDRESS, email: "nobody" });
    expect(status).toBe(422);
    expect(text).toContain('aria-describedby="checkout-email-error"');
    expect(Object.keys(storefront.shop.orders)).toHaveLength(before);
    const customer = Object.values(storefront.shop.customers)[0];
    const login = await visitor.post("/account/login", {
      "customer[email]": customer?.email ?? "",
      return_to: "//elsewhere.example/",
    });
    expect(login.location).toBe("/account");
  });
});
