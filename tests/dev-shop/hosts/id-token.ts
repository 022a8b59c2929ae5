import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { DevShopConfig } from "../dev-shop";
import { domainOf, type Shop } from "../world";

/** How long an id token lives, in seconds (documented: one minute). */
export const ID_TOKEN_SECONDS = 60;

export interface IdTokenClaims {
  iss: string;
  dest: string;
  aud: string;
  sub: string;
  exp: number;
  nbf: number;
  iat: number;
  jti: string;
  sid: string;
}

export type IdTokenProblem = "malformed" | "signature" | "audience" | "expired" | "destination";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const sign = (text: string, secret: string): string => createHmac("sha256", secret).update(text).digest("base64url");

/**
 * An id token as the admin hands it to an embedded app: HS256 over the app's secret, real time (the app's library
 * compares it with the machine's clock). Source: shopify.dev, "Session tokens", payload table.
 */
export function createIdToken(
  config: Pick<DevShopConfig, "apiKey" | "apiSecret">,
  shop: Pick<Shop, "name">,
  nowMs: number = Date.now(),
): string {
  const now = Math.floor(nowMs / 1000);
  const claims: IdTokenClaims = {
    iss: `https://${domainOf(shop)}/admin`,
    dest: `https://${domainOf(shop)}`,
    aud: config.apiKey,
    sub: "1",
    exp: now + ID_TOKEN_SECONDS,
    nbf: now,
    iat: now,
    jti: randomUUID(),
    sid: randomUUID(),
  };
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${sign(text, config.apiSecret)}`;
}

/** Checks an id token as Shopify's token exchange does; answers the problem's name, or null when it is good. */
export function problemOfIdToken(
  config: Pick<DevShopConfig, "apiKey" | "apiSecret">,
  shop: Pick<Shop, "name">,
  token: string,
  nowMs: number = Date.now(),
): IdTokenProblem | null {
  const [header, payload, signature, ...rest] = token.split(".");
  if (!header || !payload || !signature || rest.length > 0) return "malformed";
  const expected = Buffer.from(sign(`${header}.${payload}`, config.apiSecret));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return "signature";
  const claims = parseClaims(header, payload);
  if (!claims) return "malformed";
  const now = Math.floor(nowMs / 1000);
  if (claims.aud !== config.apiKey) return "audience";
  if (!(claims.exp > now) || claims.nbf > now + 10) return "expired";
  if (claims.dest !== `https://${domainOf(shop)}`) return "destination";
  return null;
}

function parseClaims(header: string, payload: string): IdTokenClaims | null {
  try {
    const head: unknown = JSON.parse(Buffer.from(header, "base64url").toString());
    if (!isRecord(head) || head["alg"] !== "HS256") return null;
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return isClaims(claims) ? claims : null;
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isClaims = (value: unknown): value is IdTokenClaims =>
  isRecord(value) &&
  typeof value["aud"] === "string" &&
  typeof value["dest"] === "string" &&
  typeof value["exp"] === "number" &&
  typeof value["nbf"] === "number";
