import type { Context } from "~/context.server";
import type { Html } from "~/lib/html";

import type { Shopper } from "../shopper";
import type { Visitor } from "./authenticate.server";
import type { Fields } from "./action-input";
import { createFormToken, checkFormToken } from "./form-token.server";
import { shell } from "./frame";
import type { Frame } from "./frame";
import type { PortalProxy } from "./settings.server";
import type { LinkSession } from "./session.server";
import { pageTexts } from "./texts";

/** A request that has been let in: who asks, from where, and with what. */
export interface Visit {
  ctx: Context;
  proxy: PortalProxy;
  visitor: Visitor;
  frame: Frame;
  /** Of a POST; null: GET. */
  fields: Fields | null;
}

/** A visit of somebody who has signed in, by the shop or by a link from an e-mail. */
export interface ShopperVisit extends Visit {
  shopper: Shopper;
}

/** What the router sends. */
export interface Answer {
  status: number;
  page: Html;
  headers?: Record<string, string>;
}

export const answer = (page: Html, status = 200, headers?: Record<string, string>): Answer => ({
  status,
  page,
  ...(headers ? { headers } : {}),
});

/** @param customerId whom forms are for; null: nobody has signed in */
export function frameOf(
  { secret, realClock }: PortalProxy,
  visitor: Visitor,
  customerId: string | null,
  session: { token: string; session: LinkSession } | null,
): Frame {
  const { shop, locale } = visitor;
  return {
    t: pageTexts(locale),
    locale,
    timeZone: shop.timeZone,
    shopName: shop.name,
    contactEmail: shop.contactEmail ?? shop.email,
    href: hrefFrom(visitor.path, visitor.language),
    session: session && { token: session.token, purpose: session.session.purpose },
    token: (contractId, action) =>
      createFormToken(secret, realClock, { shopId: shop.id, customerId: customerId ?? "", contractId, action }),
  };
}

/** Addresses on the shop; the language of this page goes along. */
export const hrefFrom =
  (path: string, language: string | null) =>
  (place: string): string =>
    language ? `${path}${place}?locale=${language}` : `${path}${place}`;

/** Whether the form was made here for this person, this subscription and exactly this. */
export const isOurForm = (
  { proxy, visitor, fields }: Visit,
  customerId: string | null,
  contractId: string,
  action: string,
): boolean =>
  checkFormToken(
    proxy.secret,
    proxy.realClock,
    { shopId: visitor.shop.id, customerId: customerId ?? "", contractId, action },
    fields?.token ?? "",
  );

/** Inside the theme's layout; never kept by a browser or a cache, never in a search engine. */
export const liquid = ({ status, page, headers }: Answer, language: string): Response =>
  new Response(page.value, {
    status,
    headers: {
      "Content-Type": "application/liquid",
      "Content-Language": language,
      "Cache-Control": "no-store",
      "X-Robots-Tag": "noindex",
      "Referrer-Policy": "same-origin",
      ...headers,
    },
  });

export { shell };
