import type { Context } from "~/context.server";
import { supportedLocale } from "~/lib/i18n";
import { readLimited } from "~/lib/limited-body";

import { publicPage } from "../public/pages.server";
import type { PublicPageName } from "../public/pages.server";
import { portalHome } from "../subscriptions.server";
import { actionVisit, notFound, subscriptionFor } from "./act.server";
import type { Fields } from "./action-input";
import { authenticateProxy } from "./authenticate.server";
import type { ProxyRefusal, Visitor } from "./authenticate.server";
import { messagePage, signInPage } from "./door-pages";
import { linkVisit, signInVisit } from "./door.server";
import { shell } from "./frame";
import { leaveVisit } from "./leave.server";
import { listPage } from "./list-page";
import { placeOf } from "./place";
import type { Place } from "./place";
import { portalPath } from "./proxy-query";
import { isFromShop } from "./same-site";
import { readSession } from "./session.server";
import type { PortalProxy } from "./settings.server";
import { subscriptionPage } from "./subscription-page";
import { pageTexts } from "./texts";
import { answer, frameOf, hrefFrom, liquid } from "./visit.server";
import type { Answer, ShopperVisit, Visit } from "./visit.server";

export { portalProxy } from "./settings.server";

/** Where shopify.app.toml has Shopify send the portal's requests. */
const MOUNT = /^\/proxy(?=\/|$)/;

/** The longest form is a comment of 1,000 characters, each written as up to a dozen. */
const FORM_LIMIT = 32 * 1024;
/** More fields than any form of ours has. */
const MOST_FIELDS = 60;

/**
 * Answers a request that came through the app proxy, inside the shop's theme. GET changes nothing; a POST changes
 * something only with a form's own token, and only the first time that its signature is seen.
 */
export async function portal(ctx: Context, proxy: PortalProxy, request: Request): Promise<Response> {
  const asked = await authenticateProxy(ctx, proxy.signatures, request);
  if (!asked.ok) return refuse(ctx, asked.refusal, request);
  const { visitor } = asked;
  const place = placeOf(new URL(request.url).pathname.replace(MOUNT, ""));
  if (place.at === "public") return publicVisit(ctx, proxy, visitor, place.page, request);
  return liquid(await answered(ctx, proxy, visitor, place, request), visitor.locale);
}

async function answered(
  ctx: Context,
  proxy: PortalProxy,
  visitor: Visitor,
  place: Place,
  request: Request,
): Promise<Answer> {
  const nobody = frameOf(proxy, visitor, null, null);
  const posted = request.method === "POST";
  if (posted && !isFromShop(request.headers, hostsOf(visitor))) return answer(messagePage(nobody, "forbidden"), 403);
  const fields = posted ? await fieldsOf(request) : null;
  if (fields === "TOO_LONG") return answer(messagePage(nobody, "badLink"), 413, { Connection: "close" });

  const who = whoAsks(proxy, visitor, fields);
  const wait = waitFor(proxy, visitor, who, fields, request);
  if (wait > 0) return answer(messagePage(nobody, "tooMany"), 429, { "Retry-After": String(wait) });

  const visit: Visit = { ctx, proxy, visitor, fields, frame: frameOf(proxy, visitor, who.customerId, who.session) };
  if (place.at === "link") return linkVisit({ ...visit, frame: nobody }, place.token);
  if (place.at === "sign-in") return signInVisit({ ...visit, frame: nobody });
  if (place.at === "nowhere") return answer(messagePage(nobody, "notFound"), 404);
  if (who.customerId === null) return answer(signInPage(nobody, { ended: who.ended }), who.ended ? 403 : 200);
  const { shop, locale } = visitor;
  return shown({ ...visit, shopper: { shop, customerId: who.customerId, locale } }, place);
}

async function shown(visit: ShopperVisit, place: Place): Promise<Answer> {
  const { ctx, shopper, frame } = visit;
  switch (place.at) {
    case "home":
      return answer(listPage(frame, await portalHome(ctx, shopper)));
    case "subscription": {
      const subscription = await subscriptionFor(visit, place.id);
      return subscription ? answer(subscriptionPage(frame, subscription)) : notFound(visit);
    }
    case "action":
      return actionVisit(visit, place);
    case "leave":
      return leaveVisit(visit, place.id);
    default:
      return notFound(visit);
  }
}

interface Who {
  customerId: string | null;
  /** Came by a link from an e-mail. */
  session: Parameters<typeof frameOf>[3];
  /** Came by one, but its time is over. */
  ended: boolean;
}

/** A link's session counts before the shop's own sign-in: the forms on its pages are for its shopper. */
function whoAsks({ secret, realClock }: PortalProxy, { shop, customerId }: Visitor, fields: Fields | null): Who {
  const token = fields?.session;
  if (token === undefined) return { customerId, session: null, ended: false };
  const session = readSession(secret, realClock, shop.id, token);
  if (session) return { customerId: session.customerId, session: { token, session }, ended: false };
  return { customerId, session: null, ended: customerId === null };
}

/** Steps that change nothing, or nothing yet; every other one is counted as a change. */
const HARMLESS: ReadonlySet<string> = new Set(["preview", "leave", "reason"]);
/** Steps with which whoever has not signed in has e-mails sent. */
const DOORS: ReadonlySet<string> = new Set(["mail", "fresh", "open"]);

/** @returns seconds that must be waited; 0: none */
function waitFor(
  { reads, writes, doors }: PortalProxy,
  { shop }: Visitor,
  { customerId }: Who,
  fields: Fields | null,
  request: Request,
): number {
  const key = `${shop.id} ${customerId ?? addressOf(request)}`;
  const step = fields?.step;
  const wait = reads.take(key);
  if (step === undefined || HARMLESS.has(step)) return wait;
  if (DOORS.has(step)) return Math.max(wait, doors.take(`${shop.id} ${addressOf(request)}`));
  return Math.max(wait, writes.take(key));
}

/** Where a shopper comes from, as Shopify says: used to count, never kept. */
const addressOf = (request: Request): string =>
  request.headers.get("x-forwarded-for")?.split(",")[0]?.trim().slice(0, 64) ?? "";

function hostsOf({ shop }: Visitor): string[] {
  return [shop.domain, ...(shop.storefrontUrl ? [new URL(shop.storefrontUrl).host] : [])];
}

async function fieldsOf(request: Request): Promise<Fields | "TOO_LONG"> {
  const body = await readLimited(request, FORM_LIMIT);
  if (body === null) return "TOO_LONG";
  const pairs = [...new URLSearchParams(new TextDecoder().decode(body))];
  return pairs.length > MOST_FIELDS ? "TOO_LONG" : Object.fromEntries(pairs);
}

/** The pages that the law wants open to everybody; they look after their own forms. */
async function publicVisit(
  ctx: Context,
  proxy: PortalProxy,
  visitor: Visitor,
  page: PublicPageName,
  request: Request,
): Promise<Response> {
  const frame = frameOf(proxy, visitor, null, null);
  const posted = request.method === "POST";
  if (posted && !isFromShop(request.headers, hostsOf(visitor))) {
    return liquid(answer(messagePage(frame, "forbidden"), 403), visitor.locale);
  }
  // Forms are counted by the pages themselves.
  const wait = proxy.reads.take(`${visitor.shop.id} ${addressOf(request)}`);
  if (wait > 0)
    return liquid(answer(messagePage(frame, "tooMany"), 429, { "Retry-After": String(wait) }), visitor.locale);
  const path = `${visitor.path}/${page}`;
  const made = await publicPage(ctx, { shop: visitor.shop, page, language: visitor.language, path }, request);
  return liquid(answer(shell(made.page, made.lang), made.status, made.headers), made.lang);
}

const statusOf: Record<ProxyRefusal, number> = {
  FORGED: 400,
  TAMPERED: 400,
  FOREIGN_PARAMETER: 400,
  UNKNOWN_SHOP: 404,
};

function refuse(ctx: Context, refusal: ProxyRefusal, request: Request): Response {
  ctx.log.warn({ proxyRefused: refusal }, "portal request refused");
  const status = statusOf[refusal];
  // A stranger learns nothing; a shopper who came by a link with something added is shown the way.
  if (refusal === "FORGED" || refusal === "UNKNOWN_SHOP") {
    return new Response(null, { status, headers: { "Cache-Control": "no-store" } });
  }
  const query = new URL(request.url).searchParams;
  const locale = supportedLocale(query.get("locale") ?? request.headers.get("accept-language"));
  const frame = { t: pageTexts(locale), locale, href: hrefFrom(portalPath(query), null) };
  return liquid(answer(messagePage(frame, "badLink"), status), locale);
}
