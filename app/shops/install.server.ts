import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import { AdminApiError } from "~/shopify/admin-api.server";

import { readShop, updateShopFields } from "./shop-fields.server";
import type { ShopFields } from "./shop-fields.server";

export interface Installed {
  outcome: "INSTALLED" | "REINSTALLED" | "ALREADY_INSTALLED";
  shop: Shop;
}

/**
 * Takes a shop in: reads it from Shopify, keeps its row and has its contracts read (job contracts.reconcile). Nothing is
 * charged before that reading has ended: `reconciledAt` is null until then, after a reinstall too, because cycles may
 * have been paid or contracts cancelled while we were away (design: uninstall).
 * Harmless to call again: an active shop only has its fields and scopes brought up to date.
 * @param input.domain "kaffebonna.myshopify.com"
 * @param input.scope comma list of the session; used only if Shopify lists no scopes.
 * @throws AdminApiError when Shopify can't be read.
 */
export async function installShop(
  ctx: Context,
  input: { domain: string; scope?: string | undefined },
): Promise<Installed> {
  const { domain, scope } = input;
  const read = await readShop(ctx, domain);
  const grantedScopes = read.scopes.length > 0 ? read.scopes.join(",") : (scope ?? "");

  return ctx.db.$transaction(async (tx) => {
    // Two first page loads may come at once: the second waits here and finds the row.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${domain}, 0))`;
    const known = await tx.shop.findUnique({ where: { domain } });
    if (known?.status === "ACTIVE") {
      const shop = await updateShopFields(ctx, tx, known, { ...read.fields, grantedScopes });
      return { outcome: "ALREADY_INSTALLED", shop };
    }

    const fresh = {
      status: "ACTIVE",
      installedAt: ctx.clock.now(),
      reconciledAt: null,
      reconcileStartedAt: null,
      reconcileCursor: null,
    } as const;
    const shop = known
      ? await tx.shop.update({
          where: { id: known.id },
          // uninstalledAt stays: the merchant is asked about the time between.
          data: fresh,
        })
      : await tx.shop.create({
          data: { id: ctx.ids.next(), domain, ...wholeOf(read.fields), grantedScopes, ...fresh },
        });
    const current = known ? await updateShopFields(ctx, tx, shop, { ...read.fields, grantedScopes }) : shop;
    await ctx.jobs.put(tx, "contracts.reconcile", { shopId: shop.id });
    ctx.log.info({ shop: domain, again: known !== null }, "app installed");
    return { outcome: known ? "REINSTALLED" : "INSTALLED", shop: current };
  });
}

/** A shop can't be taken in without these; a time zone that is not known here yet is UTC until it is. */
function wholeOf(fields: Partial<ShopFields>): Partial<ShopFields> & BareFields {
  const { name, email, currencyCode, timeZone = "UTC" } = fields;
  if (name === undefined || email === undefined || currencyCode === undefined) {
    throw new AdminApiError("NO_ANSWER", "The shop's own answer can't be understood.");
  }
  return { ...fields, name, email, currencyCode, timeZone };
}
type BareFields = Pick<ShopFields, "name" | "email" | "currencyCode" | "timeZone">;

/**
 * app/uninstalled: the tokens are dead, so sessions go; everything else stays until shop/redact, because a merchant who
 * comes back within 48 hours finds the contracts alive.
 * @param triggeredAt when Shopify says it happened: one that is older than the present installation is late and changes
 *   nothing.
 */
export async function markUninstalled(ctx: Context, tx: Tx, shop: Shop, triggeredAt?: Date | null): Promise<void> {
  if (triggeredAt && triggeredAt < shop.installedAt) return;
  await tx.session.deleteMany({ where: { shop: shop.domain } });
  if (shop.status === "UNINSTALLED") return;
  await tx.shop.update({
    where: { id: shop.id },
    data: { status: "UNINSTALLED", uninstalledAt: triggeredAt ?? ctx.clock.now(), grantedScopes: "" },
  });
  ctx.log.info({ shop: shop.domain }, "app uninstalled");
}

/** app/scopes_update. @param scopes all that are granted now, e.g. ["write_products", "read_orders"] */
export async function updateScopes(_ctx: Context, tx: Tx, shop: Shop, scopes: string[]): Promise<void> {
  await tx.shop.update({ where: { id: shop.id }, data: { grantedScopes: scopes.join(",") } });
}
