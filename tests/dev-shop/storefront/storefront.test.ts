import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADDRESS, put, startStorefront } from "./test-kit";
import type { Storefront } from "./test-kit";

let storefront: Storefront;
beforeAll(async () => {
  storefront = await startStorefront();
});
afterAll(() => storefront.stop());

describe("every page of the theme, in both languages", () => {
  // A tag, filter or property that is not served, and a missing translation, would answer 500.
  it.each([
    ["nb", "classic"],
    ["en", "classic"],
    ["nb", "standard"],
    ["en", "standard"],
  ])("renders in %s (%s theme)", async (language, theme) => {
    const visitor = storefront.visitor();
    await visitor.get(`/?locale=${language}&preview_theme=${theme}`);
    await put(storefront, visitor, "fjellbris", 2);
    const pages = ["/", "/collections/all", "/products/fjellbris", "/products/koppen-kvile", "/cart", "/checkout"];
    pages.push("/account/login", "/policies/subscription-policy");
    for (const page of pages) {
      const { status, text } = await visitor.get(page);
      expect(text, page).toContain(`<html lang="${language}">`);
      expect(status, page).toBe(200);
    }
    const done = await visitor.post("/checkout", { ...ADDRESS, email: `${language}.${theme}@example.com` });
    for (const page of [done.location ?? "", "/account"]) {
      const { status, text } = await visitor.get(page);
      expect(text, page).toContain(`<html lang="${language}">`);
      expect(status, page).toBe(200);
    }
    const order = /\/account\/orders\/\d+/.exec((await visitor.get("/account")).text)?.[0] ?? "";
    expect((await visitor.get(order)).status).toBe(200);
    expect((await visitor.get("/no-such-page")).status).toBe(404);
  });

  it("is of the shop's theme, or of the one the visitor previews", async () => {
    const visitor = storefront.visitor();
    expect((await visitor.get("/")).text).not.toContain('class="standard');
    storefront.shop.theme = "standard";
    try {
      expect((await visitor.get("/")).text).toContain('class="standard');
      expect((await visitor.get("/?preview_theme=classic")).text).not.toContain('class="standard');
      expect((await visitor.get("/")).text).not.toContain('class="standard');
    } finally {
      delete storefront.shop.theme;
    }
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

describe("checkout", () => {
  it("makes an order with shipping and included tax, the contract the shopper chose, and a confirmation", async () => {
    const visitor = storefront.visitor();
    await put(storefront, visitor, "fjellbris", 2);
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
    await put(storefront, visitor, "midnattssol", 4, "3");
    const shown = (await visitor.get("/checkout")).text;
    await visitor.post("/checkout", { ...ADDRESS, email: "pris@example.com" });
    const order = Object.values(storefront.shop.orders).at(-1);
    expect(shown).toContain(`<dd>${order?.total.replace(".", ",")} kr</dd>`);
    expect(shown).toContain(`${order?.tax.replace(".", ",")} kr`);
  });

  it("says which fields are missing, makes nothing, and never leaves the shop for another host", async () => {
    const visitor = storefront.visitor();
    await put(storefront, visitor, "fjellbris", 1);
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
