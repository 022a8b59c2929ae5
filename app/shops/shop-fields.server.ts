import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import { EVERY_COUNTRY } from "~/lib/regions/regions";
import { ShopDocument } from "~/shopify/generated/admin";
import type { ShopQuery } from "~/shopify/generated/admin";

/** What we mirror of Shopify's Shop. */
export type ShopFields = Pick<
  Shop,
  | "name"
  | "email"
  | "contactEmail"
  | "currencyCode"
  | "timeZone"
  | "locale"
  | "countryCode"
  | "shipsTo"
  | "storefrontUrl"
>;

/** The mirror's fields of an answer to the `Shop` operation. */
export function shopFieldsOf({ shop }: Pick<ShopQuery, "shop">): ShopFields {
  const { countryCodes, includeRestOfWorld } = shop.countriesInShippingZones;
  return {
    name: shop.name,
    email: shop.email,
    contactEmail: shop.contactEmail,
    currencyCode: shop.currencyCode,
    timeZone: shop.ianaTimezone,
    // shopLocales would need a scope of its own; the online shop's default language is the same thing.
    locale: shop.primaryDomain.localization?.defaultLocale ?? "en",
    countryCode: shop.shopAddress.countryCodeV2,
    shipsTo: [...new Set<string>([...countryCodes, ...(includeRestOfWorld ? EVERY_COUNTRY : [])])].sort(),
    storefrontUrl: shop.primaryDomain.url,
  };
}

/** @throws AdminApiError */
export async function readShop(ctx: Context, domain: string): Promise<{ fields: ShopFields; scopes: string[] }> {
  const answer = await ctx.admin(domain).request(ShopDocument, {});
  return {
    fields: shopFieldsOf(answer),
    scopes: answer.currentAppInstallation.accessScopes.map(({ handle }) => handle),
  };
}

/**
 * Brings the shop's row up to date with what was read from Shopify. A new time zone moves every renewal that has not
 * been claimed yet to the billing hour of the new zone's day (billing/reschedule.server.ts, as a job).
 * @returns the row as it is now
 */
export async function updateShopFields(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  fields: Partial<ShopFields> & { grantedScopes?: string },
): Promise<Shop> {
  const updated = await tx.shop.update({ where: { id: shop.id }, data: fields });
  if (updated.timeZone !== shop.timeZone) {
    await ctx.jobs.put(tx, "billing.reschedule", { shopId: shop.id });
    ctx.log.info({ shop: shop.domain, from: shop.timeZone, to: updated.timeZone }, "time zone changed");
  }
  return updated;
}
