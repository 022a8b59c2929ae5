import { createHmac, randomBytes } from "node:crypto";
import type { DevShop } from "../dev-shop";
import { domainOf, type Shop } from "../world";
import { requestApp } from "./app-request";
import { createIdToken } from "./id-token";

/** An install imports what the shop has; the eight months of the largest demo shop take a while. */
const OPEN_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 5;
const USER_AGENT = "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/** The `host` parameter: base64 of where the shop is in the admin, without scheme. */
export const hostParameter = (shop: Pick<Shop, "name">): string =>
  Buffer.from(`admin.shopify.com/store/${shop.name}`).toString("base64");

/**
 * The query the admin adds to the app's address: documented parameters (embedded, shop, host, id_token, hmac, locale,
 * session, timestamp), signed with hex HMAC-SHA256 over the sorted others. Real time.
 */
export function launchQuery(
  devShop: DevShop,
  shop: Shop,
  extra: URLSearchParams = new URLSearchParams(),
): URLSearchParams {
  const query = new URLSearchParams(extra);
  for (const [name, value] of Object.entries({
    embedded: "1",
    shop: domainOf(shop),
    host: hostParameter(shop),
    id_token: createIdToken(devShop.config, shop),
    locale: shop.locale,
    session: randomBytes(32).toString("hex"),
    timestamp: String(Math.floor(Date.now() / 1000)),
  })) {
    query.set(name, value);
  }
  query.sort();
  query.set("hmac", createHmac("sha256", devShop.config.apiSecret).update(query.toString()).digest("hex"));
  return query;
}

/** The application URL's own path, "/" when it has none. */
export const homePath = (devShop: DevShop): string => new URL(devShop.config.app.applicationUrl).pathname;

/**
 * Opens a page of the app as the admin's frame does (redirects inside the app are followed), so that token exchange
 * and the app's own install run. Resolves with the last status; rejects when the app does not answer.
 */
export async function openApp(
  devShop: DevShop,
  shop: Shop,
  path: string = homePath(devShop),
): Promise<{ status: number; path: string }> {
  const [pathname = "/", search = ""] = path.split("?");
  let address = `${pathname}?${launchQuery(devShop, shop, new URLSearchParams(search)).toString()}`;
  for (let hops = 0; ; hops += 1) {
    const answer = await requestApp(devShop.config, {
      method: "GET",
      path: address,
      headers: { "user-agent": USER_AGENT, accept: "text/html" },
      timeoutMs: OPEN_TIMEOUT_MS,
    });
    const { location } = answer.headers;
    const next = location === undefined ? null : new URL(location, `${devShop.config.tunnelOrigin}${address}`);
    const inside = next !== null && next.origin === new URL(devShop.config.tunnelOrigin).origin;
    if (!inside || answer.status < 300 || answer.status > 399 || hops === MAX_REDIRECTS) {
      return { status: answer.status, path: address.split("?")[0] ?? address };
    }
    address = next.pathname + next.search;
  }
}
