import { appContext } from "~/app-context.server";
import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { supportedLocale } from "~/lib/i18n";
import { authenticate } from "~/shopify.server";
import { missingScopes } from "~/shopify/scopes";
import { installShop } from "~/shops/install.server";

export interface AdminRequest {
  ctx: Context;
  shop: Shop;
  /** The merchant's language, not the shop's. */
  locale: "en" | "nb";
}

/**
 * Signs the merchant in (session token, token exchange) and finds their shop; the shop comes from the verified token
 * alone. The first visit after an install makes the shop's row and starts the import.
 * @throws Response redirects and refusals of Shopify's library
 */
export async function authenticateAdmin(request: Request): Promise<AdminRequest> {
  const { session } = await authenticate.admin(request);
  const ctx = await appContext();
  const known = await ctx.db.shop.findUnique({ where: { domain: session.shop } });
  // A scope that was missing may have been granted since, whether or not app/scopes_update has come.
  const current = known?.status === "ACTIVE" && missingScopes(known.grantedScopes).length === 0;
  const shop = current ? known : (await installShop(ctx, { domain: session.shop, scope: session.scope })).shop;
  return { ctx, shop, locale: supportedLocale(new URL(request.url).searchParams.get("locale") ?? shop.locale) };
}
