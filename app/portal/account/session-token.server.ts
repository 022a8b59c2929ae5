// The same one everywhere: the library has one adapter a process, and another would read no header of any webhook.
import "@shopify/shopify-app-remix/adapters/node";
import { ApiVersion, InvalidJwtError, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { z } from "zod";

import { config } from "~/lib/config.server";

/** Whom a customer-account extension's session token names. */
export interface TokenHolder {
  /** "kaffebonna.myshopify.com" */
  shopDomain: string;
  /** "gid://shopify/Customer/1"; null when Shopify does not tell the app who it is. */
  customerId: string | null;
}

/** Reads the token of a request; null if it is missing, forged, expired, or made for another app. */
export type ReadToken = (request: Request) => Promise<TokenHolder | null>;

/** Longer than any of Shopify's; what is longer is not looked at. */
const LONGEST_TOKEN = 4096;

/**
 * What Shopify documents of the token (customer-account UI extensions, Session Token API). `dest` is the shop's domain,
 * in other surfaces an address; `sub` is there only if the shopper is signed in and the app may know who they are.
 */
const claims = z.object({
  dest: z
    .string()
    .transform((dest) => dest.replace(/^https:\/\//, ""))
    .pipe(z.string().regex(/^[a-z0-9][a-z0-9-]{0,80}\.myshopify\.com$/)),
  // The library leaves it at that when a token has no end.
  exp: z.number(),
  sub: z
    .string()
    .regex(/^gid:\/\/shopify\/Customer\/\d{1,20}$/)
    .optional(),
});

/** @param app the app's own client id and secret: signature (HS256), end, beginning and audience are checked */
export function createReadToken(app: { apiKey: string; apiSecretKey: string }): ReadToken {
  const { session } = shopifyApi({
    ...app,
    apiVersion: ApiVersion.July26,
    isEmbeddedApp: true,
    // The library wants one; nothing that is asked of it here uses it.
    hostName: "perennial.example.com",
    logger: { level: LogSeverity.Error },
  });
  return async (request) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
    if (!token || token.length > LONGEST_TOKEN) return null;
    try {
      const read = claims.safeParse(await session.decodeSessionToken(token));
      return read.success ? { shopDomain: read.data.dest, customerId: read.data.sub ?? null } : null;
    } catch (error) {
      // Its message holds the token: it is not passed on.
      if (error instanceof InvalidJwtError) return null;
      throw error;
    }
  };
}

let ofThisApp: ReadToken | undefined;

/** Reads with this app's own secret. */
export function readToken(): ReadToken {
  const { SHOPIFY_API_KEY, SHOPIFY_API_SECRET } = config();
  ofThisApp ??= createReadToken({ apiKey: SHOPIFY_API_KEY, apiSecretKey: SHOPIFY_API_SECRET });
  return ofThisApp;
}
