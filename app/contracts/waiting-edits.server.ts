import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";

export interface WaitingEdits {
  count: number;
  /** ISO 8601: when the first of them was asked for. */
  since: string;
}

/** Changes that wait for the renewal that is being charged; null if there are none. */
export async function waitingEdits(
  ctx: Context,
  shop: Pick<Shop, "id">,
  contractId: string,
): Promise<WaitingEdits | null> {
  const { _count, _min } = await ctx.db.queuedEdit.aggregate({
    where: { shopId: shop.id, contractId, state: "WAITING" },
    _count: true,
    _min: { queuedAt: true },
  });
  return _min.queuedAt === null ? null : { count: _count, since: _min.queuedAt.toISOString() };
}
