import { createHmac } from "node:crypto";

import { systemClock } from "~/lib/clock";

/** Requests as an extension in Shopify's customer accounts makes them. */

export const API_KEY = "0123456789abcdef0123456789abcdef";
export const API_SECRET = "a-secret-of-this-test";

export interface TokenOptions {
  secret?: string;
  alg?: string;
  /** Claims that differ; undefined leaves one out. */
  claims?: Record<string, unknown>;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A session token. @param customer a number; @param shop "kaffebonna.myshopify.com" */
export function sessionToken(
  shop: string,
  customer: string,
  { secret, alg = "HS256", claims }: TokenOptions = {},
): string {
  const now = Math.floor(systemClock.now().getTime() / 1000);
  const payload = {
    dest: shop,
    aud: API_KEY,
    sub: `gid://shopify/Customer/${customer}`,
    exp: now + 300,
    nbf: now - 5,
    iat: now,
    jti: "a-token-of-this-test",
    ...claims,
  };
  const text = `${encode({ alg, typ: "JWT" })}.${encode(payload)}`;
  const signature = createHmac("sha256", secret ?? API_SECRET)
    .update(text)
    .digest("base64url");
  return `${text}.${alg === "none" ? "" : signature}`;
}

/** @param path "home" @param body makes it a POST */
export function accountRequest(token: string | null, path: string, body?: unknown, init: RequestInit = {}): Request {
  return new Request(`https://perennial.example.com/api/portal/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      Origin: "https://extensions.shopifycdn.com",
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...init,
  });
}
