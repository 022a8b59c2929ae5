/** What Shopify tells about a request that comes through the app proxy. */
export interface ProxyQuery {
  /** "kaffebonna.myshopify.com" */
  shopDomain: string;
  /** "gid://shopify/Customer/1", or null when nobody is signed in. */
  customerId: string | null;
  /** Where the portal lies on the shop's own address, "/apps/perennial"; a shop may have moved it. */
  path: string;
  /** As it came, "nb-NO"; null if it was not sent. */
  locale: string | null;
}

export type ProxyQueryProblem =
  /** A parameter of Shopify's is missing, doubled or not of its form: somebody has played with the query. */
  | "TAMPERED"
  /** A parameter that we don't know, such as a campaign's. */
  | "FOREIGN_PARAMETER";

const SHOPIFYS = ["shop", "logged_in_customer_id", "path_prefix", "timestamp", "signature"];
const ALLOWED = new Set([...SHOPIFYS, "locale"]);

const SHOP = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;
const CUSTOMER = /^\d{1,20}$/;
const PATH = /^(?:\/[A-Za-z0-9_-]{1,64}){2,4}$/;
const LOCALE = /^[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?$/;

const DEFAULT_PATH = "/apps/perennial";

/**
 * Reads the query of a request whose signature has been checked.
 *
 * The signature alone is not enough. It is made over `key=value` pairs written one after the other with nothing between
 * them, so the same signature fits a query that is cut differently: an anonymous `x=1logged_in_customer_id=42…` can be
 * cut so that customer 42 is signed in. Every such cut needs a doubled parameter, a customer id that is not a number, or
 * a parameter that takes up the rest; so all three are refused.
 */
export function readProxyQuery(
  query: URLSearchParams,
): { ok: true; value: ProxyQuery } | { ok: false; problem: ProxyQueryProblem } {
  for (const key of ALLOWED) if (query.getAll(key).length > 1) return { ok: false, problem: "TAMPERED" };
  for (const key of query.keys()) if (!ALLOWED.has(key)) return { ok: false, problem: "FOREIGN_PARAMETER" };

  const shopDomain = query.get("shop") ?? "";
  const customer = query.get("logged_in_customer_id") ?? "";
  const path = query.get("path_prefix") ?? DEFAULT_PATH;
  const locale = query.get("locale");
  const wellFormed =
    SHOP.test(shopDomain) &&
    (customer === "" || CUSTOMER.test(customer)) &&
    PATH.test(path) &&
    (locale === null || locale === "" || LOCALE.test(locale));
  if (!wellFormed) return { ok: false, problem: "TAMPERED" };

  return {
    ok: true,
    value: {
      shopDomain,
      customerId: customer === "" ? null : `gid://shopify/Customer/${customer}`,
      path,
      locale: locale || null,
    },
  };
}

/** The portal's path on the shop's address, or the usual one if the query's is not of that form. */
export function portalPath(query: URLSearchParams): string {
  const path = query.get("path_prefix") ?? "";
  return PATH.test(path) ? path : DEFAULT_PATH;
}
