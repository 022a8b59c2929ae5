import { z } from "zod";

import type { Context } from "~/context.server";
import { systemClock } from "~/lib/clock";
import { supportedLocale } from "~/lib/i18n";
import { readLimited } from "~/lib/limited-body";

import { portalAction } from "../actions";
import type { PortalActionKind, PortalProblem, Problem } from "../actions";
import { choicesFor } from "../choices.server";
import { reasonKey } from "../leaving";
import { giveReason, startLeaving } from "../leaving.server";
import { perform } from "../perform.server";
import { preview } from "../preview.server";
import { problem } from "../problem";
import { createRateLimit, READS_PER_MINUTE, WRITES_PER_MINUTE } from "../proxy/rate-limit";
import type { RateLimit } from "../proxy/rate-limit";
import { ACTION_KINDS } from "../settings";
import type { Shopper } from "../shopper";
import { portalHome, portalSubscription } from "../subscriptions.server";
import { portalWords } from "../words";
import { readToken } from "./session-token.server";
import type { ReadToken } from "./session-token.server";

/** The portal for extensions in Shopify's customer accounts: JSON in, JSON out. */

export const ACCOUNT_API = "/api/portal/";

/** The longest request is a set of preferences. */
const BODY_LIMIT = 16 * 1024;
const LONGEST_SEEN = 100;
const LONGEST_COMMENT = 1000;
/** Of a consent's words. */
const LONGEST_CONSENT = 5000;

export interface AccountApi {
  readToken: ReadToken;
  reads: RateLimit;
  writes: RateLimit;
}

let ofThisProcess: AccountApi | undefined;

/** Of this process, in which the rate limits count; they run on real time. */
export function accountApi(): AccountApi {
  ofThisProcess ??= {
    readToken: readToken(),
    reads: createRateLimit(READS_PER_MINUTE, systemClock),
    writes: createRateLimit(WRITES_PER_MINUTE, systemClock),
  };
  return ofThisProcess;
}

/** Extensions run on an origin of Shopify's that is not ours to know; the token is what lets them in, no cookie does. */
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, POST",
  "Access-Control-Allow-Headers": "Authorization, Content-Type",
  "Access-Control-Expose-Headers": "Retry-After",
  // Two hours, as long as browsers keep it.
  "Access-Control-Max-Age": "7200",
};

const KEPT_BY_NOBODY = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

const json = (body: unknown, status: number, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers: { ...CORS, ...KEPT_BY_NOBODY, ...headers } });

/**
 * Answers an extension. The shopper comes from the token alone: shop and customer are never taken from the address or
 * the body. What can't be done is told as a Problem, never as a server's error.
 */
export async function answerAccount(ctx: Context, api: AccountApi, request: Request): Promise<Response> {
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
  const url = new URL(request.url);
  const wanted = url.searchParams.get("locale");
  if (request.method !== "GET" && request.method !== "POST")
    return stranger(wanted, 405, { Allow: "GET, POST, OPTIONS" });
  const holder = await api.readToken(request);
  if (!holder) return stranger(wanted, 401, { "WWW-Authenticate": "Bearer" });
  const shop = await ctx.db.shop.findUnique({ where: { domain: holder.shopDomain } });
  if (shop?.status !== "ACTIVE") return stranger(wanted, 401, { "WWW-Authenticate": "Bearer" });
  const { customerId } = holder;
  if (customerId === null) {
    const locale = supportedLocale(wanted ?? shop.locale);
    const text = [portalWords(locale, shop.timeZone).t("nobody", { shop: shop.name })];
    return said(problem({ shop, customerId: "", locale }, "REFUSED", { text }), 403);
  }
  const shopper: Shopper = {
    shop,
    customerId,
    locale: supportedLocale(wanted ?? (await localeOf(ctx, shop, customerId))),
  };

  const route = routeOf(request.method, url);
  const isWrite = route.name === "perform" || route.name === "leaving" || route.name === "reason";
  const wait = (isWrite ? api.writes : api.reads).take(`${shop.id} ${customerId}`);
  if (wait > 0) return said(problem(shopper, "TOO_MANY"), 429, { "Retry-After": String(wait) });
  return answered(ctx, shopper, route, request);
}

async function localeOf(ctx: Context, shop: { id: string; locale: string }, customerId: string): Promise<string> {
  const customer = await ctx.db.customer.findUnique({
    where: { shopId_shopifyId: { shopId: shop.id, shopifyId: customerId } },
    select: { locale: true },
  });
  return customer?.locale ?? shop.locale;
}

/** Nobody is known yet: nothing of any shop is told. */
function stranger(locale: string | null, status: number, headers: Record<string, string>): Response {
  const { t } = portalWords(supportedLocale(locale), "UTC");
  const body: Problem = {
    ok: false,
    problem: "EXPIRED",
    title: t("problem.EXPIRED.title"),
    text: [t("problem.EXPIRED.text")],
    canQueue: false,
  };
  return json(body, status, headers);
}

type Route =
  | { name: "home"; order: string | null }
  | { name: "nowhere" }
  | { name: "subscription" | "preview" | "perform" | "leaving"; id: string }
  | { name: "choices"; id: string; kind: string | null; line: string | null; country: string | null }
  | { name: "reason"; id: string; leavingId: string };

/** The address as a route; one that does not exist, or not for this method, is nowhere. */
function routeOf(method: string, { pathname, searchParams }: URL): Route {
  const [what, id, act, leavingId, last, ...rest] = pathname.replace(ACCOUNT_API, "").split("/");
  const isGet = method === "GET";
  if (rest.length > 0) return { name: "nowhere" };
  if (what === "home" && id === undefined && isGet) return { name: "home", order: searchParams.get("order") };
  if (what !== "subscriptions" || id === undefined) return { name: "nowhere" };
  if (isGet) {
    if (act === undefined) return { name: "subscription", id };
    if (act !== "choices" || leavingId !== undefined) return { name: "nowhere" };
    const [kind, line, country] = ["kind", "line", "country"].map((name) => searchParams.get(name));
    return { name: "choices", id, kind: kind ?? null, line: line ?? null, country: country ?? null };
  }
  if (leavingId === undefined) {
    return act === "preview" || act === "perform" || act === "leaving" ? { name: act, id } : { name: "nowhere" };
  }
  return act === "leaving" && last === "reason" ? { name: "reason", id, leavingId } : { name: "nowhere" };
}

const previewBody = z.object({ action: portalAction });
const performBody = z.object({
  action: portalAction,
  seen: z.string().min(1).max(LONGEST_SEEN),
  queue: z.boolean().default(false),
  consentText: z.string().max(LONGEST_CONSENT).nullish(),
});
const reasonBody = z.object({
  reason: reasonKey.nullable(),
  comment: z.string().trim().max(LONGEST_COMMENT).default(""),
});
const isKind = (kind: string | null): kind is PortalActionKind => ACTION_KINDS.some((known) => known === kind);

async function answered(ctx: Context, shopper: Shopper, route: Route, request: Request): Promise<Response> {
  switch (route.name) {
    case "nowhere":
      return said(problem(shopper, "NOT_FOUND"));
    case "home":
      return json(await portalHome(ctx, shopper, route.order), 200);
    case "subscription":
      return said((await portalSubscription(ctx, shopper, route.id)) ?? problem(shopper, "NOT_FOUND"));
    case "choices":
      if (!isKind(route.kind)) return said(problem(shopper, "NOT_FOUND"));
      return said(
        await choicesFor(ctx, shopper, route.id, route.kind, {
          line: route.line ?? undefined,
          country: route.country ?? undefined,
        }),
      );
    case "preview":
      return withBody(shopper, request, previewBody, ({ action }) => preview(ctx, shopper, route.id, action));
    case "perform":
      return withBody(shopper, request, performBody, ({ action, seen, queue, consentText }) =>
        perform(ctx, shopper, route.id, action, { seen, queue, consentText: consentText ?? null }),
      );
    case "leaving":
      return said(await startLeaving(ctx, shopper, route.id));
    case "reason":
      return withBody(shopper, request, reasonBody, ({ reason, comment }) =>
        giveReason(ctx, shopper, route.leavingId, reason, comment),
      );
  }
}

async function withBody<Body>(
  shopper: Shopper,
  request: Request,
  schema: z.ZodType<Body>,
  act: (body: Body) => Promise<object>,
): Promise<Response> {
  const bytes = await readLimited(request, BODY_LIMIT);
  // The rest of the body is still to come.
  if (bytes === null) return said(problem(shopper, "REFUSED"), 413, { Connection: "close" });
  const body = schema.safeParse(parsed(bytes));
  return body.success ? said(await act(body.data)) : said(problem(shopper, "REFUSED"), 400);
}

/** Nobody writes one, and PostgreSQL's texts can't hold it. */
const NULS = ["\u0000", "\\u0000"];

function parsed(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return NULS.some((nul) => text.includes(nul)) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const STATUS: Partial<Record<PortalProblem, number>> = { NOT_FOUND: 404, TOO_MANY: 429 };
/** The request was understood, and the subscription's state does not let it be done. */
const CONFLICT = 409;

const isProblem = (body: object): body is Problem => "ok" in body && body.ok === false && "problem" in body;

const said = (body: object, status?: number, headers?: Record<string, string>): Response =>
  json(body, status ?? (isProblem(body) ? (STATUS[body.problem] ?? CONFLICT) : 200), headers);
