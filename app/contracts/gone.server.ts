import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { appendAll } from "~/history/history.server";

import { refreshNextBilling } from "./mirror.server";
import { rereadContracts } from "./read.server";

/**
 * Reads contracts that a list of Shopify's lacked; those that Shopify does not know any more either are kept for their
 * ledger and never charged again.
 * @returns how many are gone
 * @throws AdminApiError
 */
export async function confirmGone(ctx: Context, shop: Shop, shopifyIds: readonly string[]): Promise<number> {
  if (shopifyIds.length === 0) return 0;
  const found = await rereadContracts(ctx, shop, shopifyIds, { whole: true });
  const missing = shopifyIds.filter((shopifyId) => !found.has(shopifyId));
  if (missing.length === 0) return 0;
  const now = ctx.clock.now();
  return ctx.db.$transaction(async (tx) => {
    const rows = await tx.subscriptionContract.findMany({
      where: { shopId: shop.id, shopifyId: { in: missing }, goneAt: null },
      select: { id: true },
    });
    const ids = rows.map(({ id }) => id);
    await tx.subscriptionContract.updateMany({
      where: { id: { in: ids } },
      data: { status: "CANCELLED", goneAt: now },
    });
    await tx.billingCycle.updateMany({
      where: { contractId: { in: ids }, outcome: null, claimed: false },
      data: { outcome: "ENDED" },
    });
    await refreshNextBilling(tx, ids);
    await appendAll(
      ctx,
      tx,
      ids.map((contractId) => ({
        shopId: shop.id,
        contractId,
        type: "contract.gone",
        actor: "shopify",
        data: {},
      })),
    );
    return ids.length;
  });
}
