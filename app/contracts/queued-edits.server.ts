import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";

import { RUNNING } from "./acting.server";
import { queuedWish } from "./edit";
import type { QueuedWish } from "./edit";

/** Keeps a change, or the contract's end, until the renewal that is being charged has an outcome. */
export async function queueEdits(
  ctx: Context,
  shop: Shop,
  contractId: string,
  wish: QueuedWish,
  actor: Actor,
): Promise<{ outcome: "QUEUED" }> {
  await ctx.db.$transaction(async (tx) => {
    await tx.queuedEdit.create({
      data: {
        id: ctx.ids.next(),
        shopId: shop.id,
        contractId,
        edits: queuedWish.parse(wish),
        actor,
        queuedAt: ctx.clock.now(),
      },
    });
    // The charge may have ended meanwhile: nobody else would look then.
    const running = await tx.charge.count({ where: { contractId, state: { in: [...RUNNING] } } });
    if (running === 0) await ctx.jobs.put(tx, "contracts.attend", { shopId: shop.id });
  });
  return { outcome: "QUEUED" };
}
