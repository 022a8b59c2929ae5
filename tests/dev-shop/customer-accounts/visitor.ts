import type { Request, Response } from "express";
import { CUSTOMER_COOKIE, chooseLanguage, languagesOf, readCookies } from "../storefront/visitor";
import type { Customer, Shop } from "../world";
import { textsIn, type Texts } from "./texts";

/** Who is looking at their account, in which language. */
export interface AccountVisitor {
  shop: Shop;
  customer: Customer | null;
  language: string;
  texts: Texts;
  url: URL;
}

/** The account has a host of its own, so its cookies are not the storefront's: one signs in to each. */
export function accountVisitor(request: Request, response: Response): AccountVisitor {
  const { shop } = response.locals as { shop: Shop };
  const cookies = readCookies(request);
  const url = new URL(request.originalUrl, `http://${request.headers.host ?? "localhost"}`);
  const languages = languagesOf(shop);
  const asked = url.searchParams.get("locale");
  if (asked && languages.includes(asked)) chooseLanguage(response, asked);
  const language =
    [asked, cookies["localization"]].find((code) => code && languages.includes(code)) ?? languages[0] ?? "en";
  const session = shop.storefrontSessions[cookies[CUSTOMER_COOKIE] ?? ""];
  const customer = session ? (shop.customers[session.customerId] ?? null) : null;
  return { shop, customer: customer?.redacted ? null : customer, language, texts: textsIn(language), url };
}
