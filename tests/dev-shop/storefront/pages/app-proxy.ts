import { createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Request, RequestHandler, Response } from "express";
import type { DevShop } from "../../dev-shop";
import { domainOf } from "../../world";
import type { Theme } from "../theme";
import { visitorOf } from "../visitor";
import type { Visitor } from "../visitor";

/** Shopify gives an app this long to answer. Assumed. */
const TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 5_000_000;

/** Hop-by-hop headers, and what Shopify keeps to itself. Cookies are stripped both ways (documented). */
const NOT_FORWARDED = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "te",
  "trailer",
  "proxy-authorization",
  "host",
  "cookie",
  "set-cookie",
  "content-length",
  "accept-encoding",
  "expect",
]);

/** Parameters only Shopify may write. A visitor's own copies of these four are dropped. */
const SHOPIFY_ONLY = new Set(["shop", "timestamp", "signature", "hmac"]);

/**
 * Assumed, switch `appProxy.keepsForgedParameters` (on): whether Shopify drops a visitor's own `logged_in_customer_id`
 * and `path_prefix` is unknown, so the app must survive that it does not.
 */
const SOMETIMES_FORGED = new Set(["logged_in_customer_id", "path_prefix"]);
const KEEPS_FORGED = "appProxy.keepsForgedParameters";

/** Whether Shopify fills logged_in_customer_id on shops with new customer accounts; assumed, so both are played. */
const KNOWS_NEW_ACCOUNTS = "appProxy.knowsNewAccounts";

/**
 * The signature of an app proxy request: hex HMAC-SHA256 of the sorted `key=value` pairs put together without a
 * separator, repeated keys joined by commas. Source: shopify.dev, "Authenticate app proxies".
 */
export function signProxyQuery(query: URLSearchParams, secret: string): string {
  const keys = [...new Set(query.keys())].sort();
  const message = keys.map((key) => `${key}=${query.getAll(key).join(",")}`).join("");
  return createHmac("sha256", secret).update(message).digest("hex");
}

/** The query the app receives: the visitor's own, Shopify's, and the signature over both. Real time, as libraries check. */
export function proxyQuery(devShop: DevShop, visitor: Visitor): URLSearchParams {
  const { config, world } = devShop;
  const keepsForged = world.settings.assumptions[KEEPS_FORGED] ?? true;
  const query = new URLSearchParams();
  for (const [name, value] of visitor.url.searchParams) {
    if (SHOPIFY_ONLY.has(name) || (SOMETIMES_FORGED.has(name) && !keepsForged)) continue;
    query.append(name, value);
  }
  const proxy = config.app.appProxy;
  query.append("shop", domainOf(visitor.shop));
  const known = visitor.shop.accounts !== "new" || (world.settings.assumptions[KNOWS_NEW_ACCOUNTS] ?? true);
  query.append("logged_in_customer_id", known ? (visitor.customer?.id ?? "") : "");
  query.append("path_prefix", `/${proxy?.prefix ?? ""}/${proxy?.subpath ?? ""}`);
  query.append("timestamp", String(Math.floor(Date.now() / 1000)));
  query.append("signature", signProxyQuery(query, config.apiSecret));
  return query;
}

function forwardedHeaders(request: Request, devShop: DevShop): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !NOT_FORWARDED.has(name)) headers[name] = value;
  }
  headers["host"] = new URL(devShop.config.tunnelOrigin).host;
  headers["x-forwarded-host"] = request.headers.host ?? "";
  headers["x-forwarded-for"] = request.socket.remoteAddress ?? "";
  headers["x-forwarded-proto"] = "http";
  return headers;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as Uint8Array);
    size += part.length;
    if (size > MAX_RESPONSE_BYTES) throw new Error("The app's answer is too long");
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function send(devShop: DevShop, request: Request, target: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const body: unknown = request.body;
    const payload = Buffer.isBuffer(body) && body.length > 0 ? body : null;
    const headers = forwardedHeaders(request, devShop);
    if (payload) headers["content-length"] = String(payload.length);
    const outgoing = httpRequest(target, { method: request.method, headers, timeout: TIMEOUT_MS }, resolve);
    outgoing.on("timeout", () => outgoing.destroy(new Error("The app did not answer in time")));
    outgoing.on("error", reject);
    outgoing.end(payload ?? undefined);
  });
}

async function answer(theme: Theme, visitor: Visitor, incoming: IncomingMessage, response: Response): Promise<void> {
  const body = await bodyOf(incoming);
  const type = incoming.headers["content-type"] ?? "";
  response.status(incoming.statusCode ?? 502);
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !NOT_FORWARDED.has(name)) response.setHeader(name, value);
  }
  if (type.includes("application/liquid")) {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(await theme.liquid(visitor, body.toString("utf8")));
    return;
  }
  response.end(body);
}

/** `/apps/perennial/*` on the storefront → the app's proxy address, signed. */
export function appProxy(devShop: DevShop, theme: Theme): RequestHandler {
  return (request, response, next) => {
    const proxy = devShop.config.app.appProxy;
    if (!proxy) return next();
    const visitor = visitorOf(request, response);
    const rest = visitor.url.pathname.slice(`/${proxy.prefix}/${proxy.subpath}`.length);
    const base = new URL(proxy.url).pathname.replace(/\/$/, "");
    const target = new URL(devShop.config.appOrigin);
    target.pathname = base + rest;
    target.search = proxyQuery(devShop, visitor).toString();
    send(devShop, request, target)
      .then((incoming) => answer(theme, visitor, incoming, response).catch(next))
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        response.status(502).type("text").send(`The app did not answer: ${reason}\n`);
      });
  };
}
