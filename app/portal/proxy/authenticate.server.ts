import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { supportedLocale } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";
import type { Signatures } from "~/shopify/signatures.server";

import { readProxyQuery } from "./proxy-query";

/** Who asks, as Shopify has signed it. */
export interface Visitor {
  shop: Shop;
  /** "gid://shopify/Customer/1", or null when nobody is signed in. */
  customerId: string | null;
  /** The portal's address on the shop, "/apps/perennial". */
  path: string;
  /** The language that this page was asked for in, "nb-NO"; null if Shopify named none. */
  language: string | null;
  locale: Locale;
  /** Of the query: the same one changes nothing twice. */
  signature: string;
}

export type ProxyRefusal = "FORGED" | "TAMPERED" | "FOREIGN_PARAMETER" | "UNKNOWN_SHOP";

/**
 * Who asks through the app proxy: shop and shopper come from the signed query alone. The language is the storefront's if
 * Shopify tells it, else the shopper's own, else the shop's.
 */
export async function authenticateProxy(
  ctx: Context,
  signatures: Signatures,
  request: Request,
): Promise<{ ok: true; visitor: Visitor } | { ok: false; refusal: ProxyRefusal }> {
  try {
    await signatures.appProxy(request);
  } catch (error) {
    if (error instanceof Response) return { ok: false, refusal: "FORGED" };
    throw error;
  }
  const { searchParams } = new URL(request.url);
  const query = readProxyQuery(searchParams);
  if (!query.ok) return { ok: false, refusal: query.problem };

  const { shopDomain, customerId, path, locale } = query.value;
  const shop = await ctx.db.shop.findUnique({ where: { domain: shopDomain } });
  if (shop?.status !== "ACTIVE") return { ok: false, refusal: "UNKNOWN_SHOP" };
  const customer = customerId
    ? await ctx.db.customer.findUnique({
        where: { shopId_shopifyId: { shopId: shop.id, shopifyId: customerId } },
        select: { locale: true },
      })
    : null;
  return {
    ok: true,
    visitor: {
      shop,
      customerId,
      path,
      language: locale,
      signature: searchParams.get("signature") ?? "",
      locale: supportedLocale(locale ?? customer?.locale ?? shop.locale),
    },
  };
}
