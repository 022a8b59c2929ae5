import type { Context } from "~/context.server";
import { markAll } from "~/contracts/mark.server";
import type { Shop } from "~/generated/prisma/client";

import { sqlChargeStore } from "./ledger/charge-store.server";
import type { ReadAttempt } from "./guard";
import { billingSettings } from "./settings/settings.server";

/**
 * Writes down how an attempt ended, read from Shopify by a webhook's re-reading or by the poll, whichever comes first.
 * Telling it twice, late or out of order changes nothing.
 */
export async function recordOutcome(ctx: Context, shop: Shop, attempt: ReadAttempt): Promise<void> {
  await recordOutcomes(ctx, shop, [attempt]);
}

/** As `recordOutcome`, many at once. The contract of an attempt that is not ours is marked to be read again. */
export async function recordOutcomes(ctx: Context, shop: Shop, attempts: readonly ReadAttempt[]): Promise<void> {
  if (attempts.length === 0) return;
  const settings = await billingSettings(ctx, shop);
  const own = await sqlChargeStore(ctx, shop, settings).settle(
    attempts.map(({ outcome }) => outcome),
    ctx.clock.now(),
  );
  const foreign = attempts.filter(({ outcome }) => !own.has(outcome.idempotencyKey));
  if (foreign.length === 0) return;
  await ctx.db.$transaction((tx) =>
    markAll(
      ctx,
      tx,
      shop.id,
      foreign.map(({ contractShopifyId }) => ({ kind: "CONTRACT" as const, shopifyId: contractShopifyId })),
    ),
  );
}
