/** Where the app proxy of shopify.app.toml puts the portal on the shop's own address. */
const PORTAL_PATH = "/apps/perennial";

/** The app's `handle` in shopify.app.toml. */
const APP_HANDLE = "perennial";

interface ShopAddress {
  /** "kaffebonna.myshopify.com" */
  domain: string;
  /** "https://kaffebonna.no"; null if only the domain is known. */
  storefrontUrl: string | null;
}

/** The online shop's front page. */
export const storefrontUrl = (shop: ShopAddress): string =>
  new URL("/", shop.storefrontUrl ?? `https://${shop.domain}`).href;

/** The shopper's subscriptions, on the shop's own address. */
export const portalUrl = (shop: ShopAddress): string => new URL(PORTAL_PATH, storefrontUrl(shop)).href;

/** The public page for withdrawing from a contract. */
export const withdrawalUrl = (shop: ShopAddress): string =>
  new URL(`${PORTAL_PATH}/withdraw`, storefrontUrl(shop)).href;

/** What a link from an e-mail lets its reader do: everything, or look and put a payment right. */
export const LINK_PURPOSES = ["portal", "payment"] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** How long a link from an e-mail may be followed; its page then offers a fresh one. */
export const LINK_HOURS = 24;

/** Where a link from an e-mail leads. @param token as it was made, never as it is kept */
export function magicUrl(shop: ShopAddress, token: string, locale: string): string {
  const url = new URL(`${PORTAL_PATH}/link/${token}`, storefrontUrl(shop));
  url.searchParams.set("locale", locale);
  return url.href;
}

/** A page of the app inside the Shopify admin. @param path "/app/billing" */
export function adminUrl(shop: Pick<ShopAddress, "domain">, path: string): string {
  const handle = shop.domain.slice(0, shop.domain.indexOf("."));
  return `https://admin.shopify.com/store/${handle}/apps/${APP_HANDLE}${path}`;
}

/**
 * An address that Shopify gave us for the shopper to follow.
 * @returns null for anything that is no https address: it must not become a link in an e-mail
 */
export function safeUrl(url: string | null): string | null {
  return url !== null && URL.canParse(url) && new URL(url).protocol === "https:" ? url : null;
}
