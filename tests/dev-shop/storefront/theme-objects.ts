import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cartDrop } from "./drops/cart";
import { customerDrop } from "./drops/customer";
import { drop } from "./liquid/drop";
import type { Drop } from "./liquid/drop";
import { moneyFormat } from "./liquid/money";
import type { Page } from "./theme";
import { THEME_ROOT } from "./visitor";
import type { Visitor } from "./visitor";

/** What the merchant wrote in the theme editor, by section and language; shops without a file have neutral texts. */
export function merchantTexts({ shop, language }: Visitor, section: string): Record<string, unknown> {
  const folder = join(THEME_ROOT, "config");
  const own = join(folder, `${shop.name.replace(/-?\d+$/, "")}.json`);
  const path = existsSync(own) ? own : join(folder, "default.json");
  const all = JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, Record<string, unknown>>>;
  const texts = all[section];
  return texts?.[language] ?? texts?.["en"] ?? {};
}

/** Shopify's global objects that every page has. */
export function shopObjects(visitor: Visitor, page: Page): Record<string, unknown> {
  const { shop, customer, language, languages, url } = visitor;
  const name = (code: string, type: "language" | "region" = "language"): string =>
    new Intl.DisplayNames([type === "language" ? code : language], { type }).of(code) ?? code;
  const languageDrop = (code: string): Drop =>
    drop("shop_locale", {
      iso_code: code,
      name: name(code),
      endonym_name: name(code).replace(/^./, (first) => first.toUpperCase()),
      primary: code === languages[0],
    });
  return {
    page_title: page.title,
    template: drop("template", { name: page.template, directory: null, suffix: null }),
    canonical_url: url.origin + url.pathname,
    customer: customer ? customerDrop(shop, customer) : null,
    cart: cartDrop(page.layout === "checkout" ? shop : visitor.shown, visitor.cart),
    shop: drop("shop", {
      id: Number(shop.id),
      name: shop.title,
      email: shop.email,
      currency: shop.currency,
      domain: url.host,
      permanent_domain: `${shop.name}.myshopify.com`,
      url: url.origin,
      money_format: moneyFormat(shop.currency),
      locale: language,
      subscription_policy: drop("policy", {
        title: language === "nb" ? "Abonnementsvilkår" : "Subscription policy",
        url: "/policies/subscription-policy",
      }),
    }),
    request: drop("request", {
      locale: languageDrop(language),
      // The theme editor's frame; its address says so here.
      design_mode: url.searchParams.has("design_mode"),
      host: url.host,
      origin: url.origin,
      path: url.pathname,
      page_type: page.template.split("/")[0],
    }),
    localization: drop("localization", {
      country: drop("country", { iso_code: visitor.country, name: name(visitor.country, "region") }),
      available_languages: languages.map(languageDrop),
      language: languageDrop(language),
    }),
    routes: drop("routes", {
      root_url: "/",
      cart_url: "/cart",
      cart_add_url: "/cart/add",
      cart_change_url: "/cart/change",
      account_url: "/account",
      account_login_url: "/account/login",
      account_logout_url: "/account/logout",
      all_products_collection_url: "/collections/all",
    }),
  };
}
