import "@shopify/shopify-app-remix/adapters/node";
import { ApiVersion, AppDistribution, LogSeverity, shopifyApp } from "@shopify/shopify-app-remix/server";
import type { SessionStorage } from "@shopify/shopify-app-session-storage";

import { config } from "~/lib/config.server";

/** Shopify's library tells whether a request comes from Shopify. Both throw a Response when it does not. */
export interface Signatures {
  /** Base64 HMAC of the raw body; needs Shopify's headers. @throws Response 400, 401, 405; SyntaxError: not JSON */
  webhook(request: Request): Promise<{ shop: string; payload: unknown }>;
  /** Hex HMAC of the query, at most 90 s old. @throws Response 400 */
  appProxy(request: Request): Promise<void>;
}

/**
 * The library's authenticators also load the shop's session and renew its token, which calls Shopify. A webhook must be
 * answered at once, and one of a shop that has just uninstalled can't be: its token is never renewed again, and
 * app/uninstalled itself would be refused. Tokens are renewed in one place (access-token.server.ts), so here the library
 * finds no session.
 */
const noSessions: SessionStorage = {
  storeSession: () => Promise.resolve(false),
  loadSession: () => Promise.resolve(undefined),
  deleteSession: () => Promise.resolve(false),
  deleteSessions: () => Promise.resolve(false),
  findSessionsByShop: () => Promise.resolve([]),
};

/** @param app.appUrl "https://perennial.example.com" */
export function createSignatures(app: { apiKey: string; apiSecretKey: string; appUrl: string }): Signatures {
  const { authenticate } = shopifyApp({
    ...app,
    apiVersion: ApiVersion.July26,
    distribution: AppDistribution.AppStore,
    sessionStorage: noSessions,
    // Refusals are counted where they are answered.
    logger: { level: LogSeverity.Error },
  });
  return {
    async webhook(request) {
      const { shop, payload } = await authenticate.webhook(request);
      return { shop, payload };
    },
    async appProxy(request) {
      await authenticate.public.appProxy(request);
    },
  };
}

let ofThisApp: Signatures | undefined;

/** Checks with this app's own secret. */
export function signatures(): Signatures {
  const { SHOPIFY_API_KEY, SHOPIFY_API_SECRET, SHOPIFY_APP_URL } = config();
  ofThisApp ??= createSignatures({
    apiKey: SHOPIFY_API_KEY,
    apiSecretKey: SHOPIFY_API_SECRET,
    appUrl: SHOPIFY_APP_URL,
  });
  return ofThisApp;
}
