/**
 * Whether a form can have been sent from the shop's own pages. The form's token is what protects; this stops most of the
 * rest before it is read.
 * @param hosts where the shop's pages are, "kaffebonna.no"; a shop may have more than we know, so a browser's own word
 *   (Sec-Fetch-Site, which no page can write) comes first.
 */
export function isFromShop(headers: Headers, hosts: readonly string[]): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  if (origin === null) return true;
  // Shopify says which of the shop's addresses was asked for; another site's form can't.
  const forwarded = headers.get("x-forwarded-host")?.split(",")[0]?.trim();
  const own = forwarded ? [...hosts, forwarded] : hosts;
  return URL.canParse(origin) && own.includes(new URL(origin).host);
}
