import "@shopify/shopify-app-remix/adapters/node";
import { ApiVersion, AppDistribution, shopifyApp } from "@shopify/shopify-app-remix/server";

import { db } from "~/database.server";
import { config } from "~/lib/config.server";
import { encryption } from "~/shopify/encryption.server";
import { PrismaSessionStorage } from "~/shopify/session-storage.server";

const { SHOPIFY_API_KEY, SHOPIFY_API_SECRET, SHOPIFY_APP_URL, TOKEN_ENCRYPTION_KEY } = config();

export const sessionStorage = new PrismaSessionStorage(db, encryption(TOKEN_ENCRYPTION_KEY));

/** Sign-in, sessions, webhook and proxy signatures: Shopify's own library. Scopes and webhooks are in shopify.app.toml. */
const shopify = shopifyApp({
  apiKey: SHOPIFY_API_KEY,
  apiSecretKey: SHOPIFY_API_SECRET,
  appUrl: SHOPIFY_APP_URL,
  apiVersion: ApiVersion.July26,
  authPathPrefix: "/auth",
  sessionStorage,
  distribution: AppDistribution.AppStore,
  future: {
    unstable_newEmbeddedAuthStrategy: true,
    expiringOfflineAccessTokens: true,
  },
});

export default shopify;
export const { authenticate, unauthenticated, login, addDocumentResponseHeaders } = shopify;
