import { z } from "zod";

import type { Context } from "~/context.server";
import { skipCycle, unskipCycle } from "~/contracts/cycles.server";
import { contractsOfCustomer } from "~/contracts/queries.server";
import { config } from "~/lib/config.server";
import { systemClock } from "~/lib/clock";
import type { Clock } from "~/lib/clock";
import type { Html } from "~/lib/html";
import { supportedLocale } from "~/lib/i18n";
import { readLimited } from "~/lib/limited-body";
import { signatures } from "~/shopify/signatures.server";
import type { Signatures } from "~/shopify/signatures.server";

import { authenticateProxy } from "./authenticate.server";
import type { ProxyRefusal, Visitor } from "./authenticate.server";
import type { PageFrame } from "./card";
import { checkFormToken, createFormToken } from "./form-token.server";
import { messagePage, signInPage, subscriptionsPage } from "./page";
import type { Notice } from "./page";
import { portalPath } from "./proxy-query";
import { createRateLimit, READS_PER_MINUTE, WRITES_PER_MINUTE } from "./rate-limit";
import type { RateLimit } from "./rate-limit";
import { isFromShop } from "./same-site";
import { portalTexts } from "./texts";

/** A form of ours is a few hundred bytes. */
const FORM_LIMIT = 8 * 1024;

const form = z.object({
  action: z.enum(["skip", "unskip"]),
  contract: z.uuid(),
  cycle: z.coerce.number().int().min(1).max(1_000_000),
  token: z.string().max(200),
});

export interface PortalSettings {
  signatures: Signatures;
  /** TOKEN_ENCRYPTION_KEY; the forms' key is derived from it. */
  secret: string;
  /** Real time, for the forms' tokens and the rate limit. */
  realClock: Clock;
  reads: RateLimit;
  writes: RateLimit;
}

let ofThisProcess: PortalSettings | undefined;

/** Settings of this process, in which the rate limits count. */
export function portalSettings(): PortalSettings {
  ofThisProcess ??= {
    signatures: signatures(),
    secret: config().TOKEN_ENCRYPTION_KEY,
    realClock: systemClock,
    reads: createRateLimit(READS_PER_MINUTE, systemClock),
    writes: createRateLimit(WRITES_PER_MINUTE, systemClock),
  };
  return ofThisProcess;
}

/**
 * Answers a request that came through the app proxy: the shopper's subscriptions inside the shop's theme; a click on skip
 * or undo is carried out and answered with a receipt. GET changes nothing.
 * @param known false for an address below the portal that does not exist
 */
export async function portal(
  ctx: Context,
  settings: PortalSettings,
  request: Request,
  known = true,
): Promise<Response> {
  const asked = await authenticateProxy(ctx, settings.signatures, request);
  if (!asked.ok) return refuse(ctx, asked.refusal, request);
  const { visitor } = asked;
  const frame = frameOf(settings, visitor);
  if (!known) return liquid(frame, messagePage(frame, "notFound"), 404);
  if (!visitor.customerId) return liquid(frame, signInPage(frame), 200);

  const writes = request.method === "POST";
  const limit = writes ? settings.writes : settings.reads;
  const wait = limit.take(`${visitor.shop.id} ${visitor.customerId}`);
  if (wait > 0) return liquid(frame, messagePage(frame, "tooMany"), 429, { "Retry-After": String(wait) });

  if (!writes) return listed(ctx, frame, visitor, visitor.customerId, null, 200);
  return clicked(ctx, settings, frame, visitor, visitor.customerId, request);
}

async function clicked(
  ctx: Context,
  settings: PortalSettings,
  frame: PageFrame,
  visitor: Visitor,
  customerId: string,
  request: Request,
): Promise<Response> {
  const { shop } = visitor;
  const hosts = [shop.domain, ...(shop.storefrontUrl ? [new URL(shop.storefrontUrl).host] : [])];
  if (!isFromShop(request.headers, hosts)) return liquid(frame, messagePage(frame, "forbidden"), 403);

  const body = await readLimited(request, FORM_LIMIT);
  if (body === null) return liquid(frame, messagePage(frame, "badLink"), 413, { Connection: "close" });
  const fields = form.safeParse(Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body))));
  if (!fields.success) return liquid(frame, messagePage(frame, "badLink"), 400);
  const { action, contract: contractId, cycle: cycleIndex, token } = fields.data;

  const mine = await contractsOfCustomer(ctx, shop, customerId);
  const cycle = mine.find(({ id }) => id === contractId)?.upcoming.find((one) => one.cycleIndex === cycleIndex);
  if (!mine.some(({ id }) => id === contractId)) return liquid(frame, messagePage(frame, "notFound"), 404);

  const intent = { shopId: shop.id, customerId, action, contractId, cycleIndex };
  if (!checkFormToken(settings.secret, settings.realClock, intent, token)) {
    return listed(ctx, frame, visitor, customerId, { kind: "problem", problem: "EXPIRED" }, 403);
  }

  const change = action === "skip" ? skipCycle : unskipCycle;
  const result = await change(ctx, shop, contractId, cycleIndex, "shopper");
  if (result.outcome === "SKIPPED" || result.outcome === "UNSKIPPED") {
    const receipt = { kind: "receipt", action, contractId, cycleIndex } as const;
    return listed(ctx, frame, visitor, customerId, receipt, 200);
  }
  // A cycle of the shopper's own contract that is not there has passed.
  const problem = result.outcome === "NOT_FOUND" ? "TOO_LATE" : result.outcome;
  ctx.log.info(
    { shop: shop.domain, action, outcome: result.outcome, known: cycle !== undefined },
    "portal: not changed",
  );
  return listed(ctx, frame, visitor, customerId, { kind: "problem", problem }, 409);
}

/** What the top of the list says, before the list has been read again. */
type Said =
  | { kind: "receipt"; action: "skip" | "unskip"; contractId: string; cycleIndex: number }
  | Extract<Notice, { kind: "problem" }>
  | null;

async function listed(
  ctx: Context,
  frame: PageFrame,
  { shop }: Visitor,
  customerId: string,
  said: Said,
  status: number,
): Promise<Response> {
  const contracts = await contractsOfCustomer(ctx, shop, customerId);
  const contactEmail = shop.contactEmail ?? shop.email;
  let notice: Notice | null = said?.kind === "problem" ? said : null;
  if (said?.kind === "receipt") {
    const contract = contracts.find(({ id }) => id === said.contractId);
    const cycle = contract?.upcoming.find(({ cycleIndex }) => cycleIndex === said.cycleIndex);
    if (contract && cycle) {
      notice = { kind: "receipt", action: said.action, contract, cycle, at: ctx.clock.now().toISOString() };
    }
  }
  return liquid(frame, subscriptionsPage(frame, { name: shop.name, contactEmail }, contracts, notice), status);
}

function frameOf({ secret, realClock }: PortalSettings, { shop, customerId, path, locale }: Visitor): PageFrame {
  return {
    t: portalTexts(locale),
    locale,
    timeZone: shop.timeZone,
    path,
    formToken: (action, contractId, cycleIndex) =>
      createFormToken(secret, realClock, {
        shopId: shop.id,
        customerId: customerId ?? "",
        action,
        contractId,
        cycleIndex,
      }),
  };
}

/** Inside the theme's layout; never kept by a browser or a cache, never in a search engine. */
function liquid(frame: Pick<PageFrame, "locale">, body: Html, status: number, headers: Record<string, string> = {}) {
  return new Response(body.value, {
    status,
    headers: {
      "Content-Type": "application/liquid",
      "Content-Language": frame.locale,
      "Cache-Control": "no-store",
      "X-Robots-Tag": "noindex",
      "Referrer-Policy": "same-origin",
      ...headers,
    },
  });
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
  const frame = { t: portalTexts(locale), locale, path: portalPath(query) };
  return liquid(frame, messagePage(frame, "badLink"), status);
}
