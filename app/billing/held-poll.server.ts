import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { AdminApiError } from "~/shopify/admin-api.server";

import { readAttempts } from "./gate.server";
import { recordOutcomes } from "./outcome.server";

/** Attempts asked about in one go; the next tick takes the rest. */
const POLLED_AT_ONCE = 250;
/** What Shopify does not tell of now is asked again after this long. */
const ASKED_AGAIN_MS = 5 * 60_000;

/**
 * Asks how the attempts ended that were on their way when a person was asked to look at the shop's billing: nothing new is
 * charged until then, which may be days, but what has been taken is known all the same, also without a webhook.
 */
export async function pollWhileHeld(ctx: Context, shop: Shop): Promise<void> {
  const now = ctx.clock.now();
  const charges = await ctx.db.charge.findMany({
    where: { shopId: shop.id, state: { in: ["PENDING", "ACTION_REQUIRED"] }, nextActionAt: { lte: now } },
    orderBy: [{ nextActionAt: "asc" }, { id: "asc" }],
    take: POLLED_AT_ONCE,
    select: { id: true, attempts: { orderBy: { number: "desc" }, take: 1, select: { shopifyId: true } } },
  });
  if (charges.length === 0) return;
  await ctx.db.charge.updateMany({
    where: { id: { in: charges.map(({ id }) => id) }, nextActionAt: { lte: now } },
    data: { nextActionAt: new Date(now.getTime() + ASKED_AGAIN_MS) },
  });
  const ids = charges.flatMap(({ attempts }) => attempts[0]?.shopifyId ?? []);
  try {
    await recordOutcomes(ctx, shop, await readAttempts(ctx, shop, ids));
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    ctx.log.warn({ shop: shop.domain, err: error }, "attempts of a held shop could not be read");
  }
}
