import { Temporal } from "temporal-polyfill";
import { z } from "zod";

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

/** PostgreSQL's text has no place for \u0000. */
const text = z
  .string()
  .min(1)
  .max(1_000)
  .refine((value) => !value.includes("\u0000"));

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
};

/** Each field by itself: one that can't be understood is as if it had not been read. */
const readable = z.object({
  name: text.optional().catch(undefined),
  email: text.optional().catch(undefined),
  contactEmail: text.nullish().catch(undefined),
  currencyCode: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional()
    .catch(undefined),
  ianaTimezone: text.refine(isTimeZone).optional().catch(undefined),
  primaryDomain: z
    .object({
      url: text.optional().catch(undefined),
      localization: z.object({ defaultLocale: text }).nullish().catch(undefined),
    })
    .optional()
    .catch(undefined),
  shopAddress: z
    .object({ countryCodeV2: text.nullish().catch(undefined) })
    .optional()
    .catch(undefined),
  countriesInShippingZones: z
    .object({ countryCodes: z.array(text), includeRestOfWorld: z.boolean() })
    .optional()
    .catch(undefined),
});

/**
 * The mirror's fields of an answer to the `Shop` operation, as far as it can be understood: billing goes by the time zone,
 * and everything that is marked to be read again waits for this reading.
 */
export function shopFieldsOf(answer: Partial<ShopQuery>): Partial<ShopFields> {
  const shop = readable.safeParse(answer.shop).data ?? {};
  const zones = shop.countriesInShippingZones;
  return defined<ShopFields>({
    name: shop.name,
    email: shop.email,
    contactEmail: shop.contactEmail,
    currencyCode: shop.currencyCode,
    timeZone: shop.ianaTimezone,
    // shopLocales would need a scope of its own; the online shop's default language is the same thing.
    locale: shop.primaryDomain?.localization === null ? "en" : shop.primaryDomain?.localization?.defaultLocale,
    countryCode: shop.shopAddress?.countryCodeV2,
    shipsTo: zones && [...new Set([...zones.countryCodes, ...(zones.includeRestOfWorld ? EVERY_COUNTRY : [])])].sort(),
    storefrontUrl: shop.primaryDomain?.url,
  });
}

const defined = <Fields extends object>(fields: { [Key in keyof Fields]: Fields[Key] | undefined }): Partial<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;

const scopesAnswer = z.object({ accessScopes: z.array(z.object({ handle: text })) });

/** @throws AdminApiError */
export async function readShop(
  ctx: Context,
  domain: string,
): Promise<{ fields: Partial<ShopFields>; scopes: string[] }> {
  const answer: Partial<ShopQuery> = await ctx.admin(domain).request(ShopDocument, {});
  return {
    fields: shopFieldsOf(answer),
    scopes: scopesAnswer.safeParse(answer.currentAppInstallation).data?.accessScopes.map(({ handle }) => handle) ?? [],
  };
}

/**
 * Brings the shop's row up to date with what was read from Shopify. A new time zone moves every renewal that has not
 * been claimed yet to the billing hour of the new zone's day (billing/settings/reschedule.server.ts, as a job).
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
