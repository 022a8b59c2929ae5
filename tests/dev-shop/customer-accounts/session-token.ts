import { createHmac, randomUUID } from "node:crypto";
import type { DevShopConfig } from "../dev-shop";
import { domainOf, gid, type Shop } from "../world";

/** Documented: an extension's session token lives five minutes. */
export const SESSION_TOKEN_SECONDS = 300;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * A session token as extensions in customer accounts get it: HS256 over the app's secret, real time. `sub` is the
 * customer's global id, and missing when the app may not see protected customer data (documented: session token API,
 * "sub: only if the customer is logged in and the app has access to protected customer data").
 */
export function createSessionToken(
  config: Pick<DevShopConfig, "apiKey" | "apiSecret">,
  shop: Pick<Shop, "name" | "protectedCustomerData">,
  customerId: string,
  nowMs: number = Date.now(),
): string {
  const now = Math.floor(nowMs / 1000);
  const claims = {
    dest: domainOf(shop),
    aud: config.apiKey,
    exp: now + SESSION_TOKEN_SECONDS,
    nbf: now,
    iat: now,
    jti: randomUUID(),
    ...(shop.protectedCustomerData > 0 ? { sub: gid("Customer", customerId) } : {}),
  };
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", config.apiSecret).update(text).digest("base64url")}`;
}
