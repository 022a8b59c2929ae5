import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { CookieOptions, Request, Response } from "express";
import type { Cart, Customer, Shop, ThemeName } from "../world";
import { languagesIn } from "./liquid/translations";
import { shopAsShown } from "./market";

/** Agreed with the control API, which signs shoppers in for tests. */
export const CUSTOMER_COOKIE = "_dev_shop_customer";
const CART_COOKIE = "cart";
const LANGUAGE_COOKIE = "localization";
const COUNTRY_COOKIE = "country";
const THEME_COOKIE = "preview_theme";

const COOKIE: CookieOptions = { path: "/", httpOnly: true, sameSite: "lax", maxAge: 180 * 24 * 3600 * 1000 };

export const THEME_ROOT = join(import.meta.dirname, "theme");

/** Themes of our own making, with different habits; what `standard` lacks is taken from `classic`. */
export const THEMES: Readonly<Record<ThemeName, string>> = {
  classic: THEME_ROOT,
  standard: join(import.meta.dirname, "theme-standard"),
};

const COUNTRY = /^[A-Z]{2}$/;

const isTheme = (name: unknown): name is ThemeName => typeof name === "string" && Object.hasOwn(THEMES, name);

/** Who is looking at the storefront, in which language, with what in the cart. */
export interface Visitor {
  shop: Shop;
  /** The same shop with prices in the currency of the visitor's market: for showing, never for keeping. */
  shown: Shop;
  customer: Customer | null;
  language: string;
  languages: string[];
  theme: ThemeName;
  /** ISO 3166-1 alpha-2: the market the visitor buys in. */
  country: string;
  cart: Cart;
  /** Address of the page being looked at, with its query. */
  url: URL;
}

export function readCookies(request: Request): Record<string, string> {
  const cookies: Record<string, string> = {};
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [name, ...value] = part.trim().split("=");
    if (name) cookies[name] = decodeURIComponent(value.join("="));
  }
  return cookies;
}

/** The shop's own language first, if the theme speaks it, then English and Norwegian. */
export function languagesOf(shop: Shop): string[] {
  const wanted = [...new Set([shop.locale, "en", "nb"])];
  const spoken = languagesIn(join(THEME_ROOT, "locales"), wanted);
  return spoken.length > 0 ? spoken : ["en"];
}

export function signIn(shop: Shop, response: Response, customerId: string): void {
  const token = randomUUID();
  shop.storefrontSessions[token] = { customerId };
  response.cookie(CUSTOMER_COOKIE, token, COOKIE);
}

export function signOut(shop: Shop, request: Request, response: Response): void {
  const token = readCookies(request)[CUSTOMER_COOKIE];
  if (token) delete shop.storefrontSessions[token];
  response.clearCookie(CUSTOMER_COOKIE, { path: "/" });
}

export function keepSession(response: Response, token: string): void {
  response.cookie(CUSTOMER_COOKIE, token, COOKIE);
}

export function chooseLanguage(response: Response, language: string): void {
  response.cookie(LANGUAGE_COOKIE, language, COOKIE);
}

/** A cart is kept only once something is put in it; until then it is an empty one that belongs to nobody. */
export function keepCart(visitor: Visitor, response: Response): void {
  visitor.shop.carts[visitor.cart.token] = visitor.cart;
  response.cookie(CART_COOKIE, visitor.cart.token, COOKIE);
}

export function dropCart(visitor: Visitor, response: Response): void {
  delete visitor.shop.carts[visitor.cart.token];
  response.clearCookie(CART_COOKIE, { path: "/" });
}

export function visitorOf(request: Request, response: Response): Visitor {
  const shop = (response.locals as { shop: Shop }).shop;
  const cookies = readCookies(request);
  const url = new URL(request.originalUrl, `http://${request.headers.host ?? "localhost"}`);
  const languages = languagesOf(shop);
  const asked = url.searchParams.get("locale");
  if (asked && languages.includes(asked)) chooseLanguage(response, asked);
  const language =
    [asked, cookies[LANGUAGE_COOKIE]].find((code) => code && languages.includes(code)) ?? languages[0] ?? "en";
  const wantedCountry = url.searchParams.get("country");
  if (wantedCountry && COUNTRY.test(wantedCountry)) response.cookie(COUNTRY_COOKIE, wantedCountry, COOKIE);
  const country =
    [wantedCountry, cookies[COUNTRY_COOKIE]].find((code) => code && COUNTRY.test(code)) ?? shop.countryCode;
  // As `preview_theme_id` on Shopify: it holds for the visit.
  const previewed = url.searchParams.get("preview_theme");
  if (isTheme(previewed)) response.cookie(THEME_COOKIE, previewed, COOKIE);
  const theme = [previewed, cookies[THEME_COOKIE], shop.theme].find(isTheme) ?? "classic";
  const session = shop.storefrontSessions[cookies[CUSTOMER_COOKIE] ?? ""];
  const customer = session ? (shop.customers[session.customerId] ?? null) : null;
  const cart = shop.carts[cookies[CART_COOKIE] ?? ""] ?? {
    token: randomUUID(),
    customerId: null,
    lines: [],
    note: "",
  };
  return { shop, shown: shopAsShown(shop, country), customer, language, languages, theme, country, cart, url };
}

/** Where a form wants to return to: a path on this storefront, or home. Never another host. */
export function localPath(value: unknown, otherwise: string): string {
  return typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : otherwise;
}
