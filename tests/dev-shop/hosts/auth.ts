import { randomBytes } from "node:crypto";
import type { DevShop } from "../dev-shop";
import type { AccessToken, Shop } from "../world";
import { problemOfIdToken } from "./id-token";

/** Documented (shopify.dev, "Offline access tokens"): one hour, and 90 days for the refresh token. */
export const OFFLINE_TOKEN_SECONDS = 60 * 60;
export const REFRESH_TOKEN_SECONDS = 90 * 24 * 60 * 60;
/** Documented: an online token lives for a day. */
export const ONLINE_TOKEN_SECONDS = 24 * 60 * 60 - 1;
/** Tokens kept in the world; an app that exchanges on every page view must not grow it without end. */
const MAX_TOKENS = 200;

const GRANT_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const TYPE_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";
const TYPE_ONLINE = "urn:shopify:params:oauth:token-type:online-access-token";
const TYPE_OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token";

export interface OAuthAnswer {
  status: number;
  body: Record<string, unknown>;
}

const refuse = (error: string, description: string, status = 400): OAuthAnswer => ({
  status,
  body: { error, error_description: description },
});

/**
 * `POST /admin/oauth/access_token`: token exchange and refresh, the two grants an embedded app uses.
 * Real time throughout, as tokens are. Never throws: a refusal is Shopify's `{error, error_description}` with 400.
 */
export function answerOAuth(
  devShop: DevShop,
  shop: Shop,
  input: Record<string, unknown>,
  nowMs: number = Date.now(),
): OAuthAnswer {
  const { config } = devShop;
  const text = (name: string): string => (typeof input[name] === "string" ? input[name] : "");
  if (text("client_id") !== config.apiKey || text("client_secret") !== config.apiSecret) {
    return refuse("invalid_client", "The client id or the client secret is wrong.");
  }
  // assumed: the error's name for a shop that has not installed the app; the documentation names none.
  if (shop.grantedScopes === null || shop.status === "uninstalled") {
    return refuse("invalid_grant", "The app is not installed in this shop.");
  }
  const answer =
    text("grant_type") === GRANT_EXCHANGE
      ? exchange(devShop, shop, text, nowMs)
      : text("grant_type") === "refresh_token"
        ? refresh(devShop, shop, text("refresh_token"), nowMs)
        : refuse("unsupported_grant_type", "Only token exchange and refresh_token are served.");
  devShop.changed();
  return answer;
}

function exchange(devShop: DevShop, shop: Shop, text: (name: string) => string, nowMs: number): OAuthAnswer {
  if (text("subject_token_type") !== TYPE_ID_TOKEN) {
    return refuse("invalid_request", "subject_token_type must be an id token.");
  }
  const problem = problemOfIdToken(devShop.config, shop, text("subject_token"), nowMs);
  if (problem) return refuse("invalid_subject_token", `The session token is not valid: ${problem}.`);
  const type = text("requested_token_type");
  if (type === TYPE_ONLINE) return issue(shop, nowMs, true);
  if (type !== TYPE_OFFLINE) {
    return refuse("invalid_request", "requested_token_type must be an online or an offline access token.");
  }
  // documented: public apps made since 1 April 2026 must ask for tokens that expire. assumed: the error's name.
  if (text("expiring") !== "1") {
    return refuse("invalid_request", "Offline access tokens must expire: send expiring=1 (required of public apps).");
  }
  return issue(shop, nowMs, false);
}

function refresh(devShop: DevShop, shop: Shop, refreshToken: string, nowMs: number): OAuthAnswer {
  const index = shop.tokens.findIndex((token) => !token.online && token.refreshToken === refreshToken);
  const known = refreshToken === "" ? undefined : shop.tokens[index];
  if (!known || known.refreshExpiresAt <= nowMs) {
    return refuse("invalid_grant", "The refresh token is unknown or has expired.");
  }
  if (known.refreshUsed && !isRetained(devShop, shop, index)) {
    return refuse("invalid_grant", "The refresh token has been used.");
  }
  known.refreshUsed = true;
  return issue(shop, nowMs, false);
}

/**
 * Documented (changelog of 28 August 2026, a roll-out): a used refresh token may be sent again until its replacement
 * is used. Off unless the assumption is switched on, so that an app is not saved by a kindness not every shop has yet.
 */
function isRetained(devShop: DevShop, shop: Shop, index: number): boolean {
  if (devShop.world.settings.assumptions["refreshTokenRetained"] !== true) return false;
  return !shop.tokens.slice(index + 1).some((token) => !token.online && token.refreshUsed);
}

function issue(shop: Shop, nowMs: number, online: boolean): OAuthAnswer {
  const seconds = online ? ONLINE_TOKEN_SECONDS : OFFLINE_TOKEN_SECONDS;
  const token: AccessToken = {
    token: `shpat_${randomBytes(16).toString("hex")}`,
    refreshToken: online ? "" : `shprt_${randomBytes(16).toString("hex")}`,
    scopes: [...(shop.grantedScopes ?? [])],
    expiresAt: nowMs + seconds * 1000,
    refreshExpiresAt: online ? 0 : nowMs + REFRESH_TOKEN_SECONDS * 1000,
    refreshUsed: false,
    online,
  };
  shop.tokens.push(token);
  if (shop.tokens.length > MAX_TOKENS) shop.tokens.splice(0, shop.tokens.length - MAX_TOKENS);
  const scope = token.scopes.join(",");
  const body = { access_token: token.token, scope, expires_in: seconds };
  if (!online) {
    return {
      status: 200,
      body: {
        ...body,
        refresh_token: token.refreshToken,
        refresh_token_expires_in: REFRESH_TOKEN_SECONDS,
      },
    };
  }
  return { status: 200, body: { ...body, associated_user_scope: scope, associated_user: owner(shop) } };
}

const owner = (shop: Shop): Record<string, unknown> => ({
  id: 1,
  first_name: shop.title,
  last_name: "",
  email: shop.email,
  account_owner: true,
  locale: shop.locale,
  collaborator: false,
  email_verified: true,
});
