import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { ChargeState } from "~/generated/prisma/enums";
import { AdminApiError } from "~/shopify/admin-api.server";

import { RUNNING } from "./acting.server";
import { removeCycleEdit } from "./cycle-edit.server";

/**
 * No worker has a charge whose next action is further away than this: what one takes is its own for five minutes
 * (billing/sender.ts).
 */
const CLEAR_OF_WORKERS_MS = 10 * 60_000;

const ON_ITS_WAY: readonly ChargeState[] = [...RUNNING, "ACTION_REQUIRED"];
/** Over: what was changed on the cycle is of no use to anybody. */
const OVER: readonly ChargeState[] = ["PAID", "SKIPPED"];

export type Freed = "FREE" | "RENEWAL_RUNNING" | "SHOPIFY_UNAVAILABLE";

/**
 * Takes off the contract's cycles what billing has put there for a charge that is not on its way: while such an edit
 * stands Shopify lets nobody change the contract (HAS_FUTURE_EDITS). The charge's next try puts on what is so then.
 * Call it before a change is begun. Without such an edit nothing is asked of Shopify.
 */
export async function freeCycles(ctx: Context, shop: Shop, contractId: string): Promise<Freed> {
  const now = ctx.clock.now();
  const standing = await ctx.db.charge.findMany({
    where: {
      shopId: shop.id,
      contractId,
      cycleEdited: true,
      OR: [{ state: { notIn: [...OVER] } }, { cycle: { endAt: { gt: now } } }],
    },
    include: {
      contract: { select: { shopifyId: true } },
      attempts: { where: { state: { in: ["SENDING", "PENDING", "ACTION_REQUIRED"] } }, select: { id: true } },
    },
  });
  for (const { id, state, cycleIndex, nextActionAt, attempts, contract } of standing) {
    const isRunning = ON_ITS_WAY.includes(state) || attempts.length > 0;
    const isTaken = nextActionAt !== null && nextActionAt.getTime() - now.getTime() <= CLEAR_OF_WORKERS_MS;
    if (isRunning || isTaken) return "RENEWAL_RUNNING";
    try {
      const isOff = await removeCycleEdit(ctx, shop, { contractShopifyId: contract.shopifyId, cycleIndex });
      if (!isOff) return "RENEWAL_RUNNING";
    } catch (error) {
      if (!(error instanceof AdminApiError)) throw error;
      return "SHOPIFY_UNAVAILABLE";
    }
    await ctx.db.$transaction([
      ctx.db.charge.updateMany({ where: { id, state }, data: { cycleEdited: false } }),
      ctx.db.oneOff.updateMany({ where: { contractId, cycleIndex, chargedAt: null }, data: { cycleIndex: null } }),
    ]);
  }
  return "FREE";
}
