import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";
import { dueAt } from "~/schedule/due";
import { ShopDocument } from "~/shopify/generated/admin";
import type { ShopQuery } from "~/shopify/generated/admin";

/** What we mirror of Shopify's Shop. */
export type ShopFields = Pick<
  Shop,
  "name" | "email" | "contactEmail" | "currencyCode" | "timeZone" | "locale" | "countryCode" | "storefrontUrl"
>;

/** Open cycles whose charging moment is reckoned again in one statement. */
const CYCLES_PER_STATEMENT = 1000;

/** The mirror's fields of an answer to the `Shop` operation. */
export function shopFieldsOf({ shop }: Pick<ShopQuery, "shop">): ShopFields {
  return {
    name: shop.name,
    email: shop.email,
    contactEmail: shop.contactEmail,
    currencyCode: shop.currencyCode,
    timeZone: shop.ianaTimezone,
    // shopLocales would need a scope of its own; the online shop's default language is the same thing.
    locale: shop.primaryDomain.localization?.defaultLocale ?? "en",
    countryCode: shop.shopAddress.countryCodeV2,
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
 * been claimed yet to the billing hour of the new zone's day.
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
    const moved = await recomputeDueAt(tx, updated);
    ctx.log.info({ shop: shop.domain, from: shop.timeZone, to: updated.timeZone, moved }, "time zone changed");
  }
  return updated;
}

async function recomputeDueAt(tx: Tx, shop: Shop): Promise<number> {
  const open = await tx.billingCycle.findMany({
    where: { shopId: shop.id, outcome: null, claimed: false },
    select: { contractId: true, cycleIndex: true, expectedAt: true },
  });
  for (let from = 0; from < open.length; from += CYCLES_PER_STATEMENT) {
    const values = open
      .slice(from, from + CYCLES_PER_STATEMENT)
      .map(
        ({ contractId, cycleIndex, expectedAt }) =>
          Prisma.sql`(${contractId}::uuid, ${cycleIndex}::int, ${dueAt(expectedAt, shop.timeZone, shop.billingHour)}::timestamptz)`,
      );
    await tx.$executeRaw`
      UPDATE "BillingCycle" AS cycle SET "dueAt" = moved.due
      FROM (VALUES ${Prisma.join(values)}) AS moved (contract, index, due)
      WHERE cycle."contractId" = moved.contract AND cycle."cycleIndex" = moved.index AND cycle.outcome IS NULL AND NOT cycle.claimed`;
  }
  return open.length;
}
