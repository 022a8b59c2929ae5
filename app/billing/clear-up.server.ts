import type { Context } from "~/context.server";
import { removeCycleEdit } from "~/contracts/cycle-edit.server";

import type { CycleId } from "./ledger/charge-store";

/**
 * Takes off a cycle what was changed on it alone, for a charge that is over (paid early, or given up). Repeating it
 * changes nothing.
 * @throws AdminApiError: the job is tried again
 */
export async function clearUpCycle(
  ctx: Context,
  { shopId, contractId, cycleIndex }: CycleId & { shopId: string },
): Promise<void> {
  const charge = await ctx.db.charge.findFirst({
    where: { shopId, contractId, cycleIndex, state: { in: ["PAID", "SKIPPED"] } },
    include: { contract: { select: { shopifyId: true, goneAt: true } }, shop: true },
  });
  if (charge?.shop.status !== "ACTIVE" || charge.contract.goneAt !== null) return;
  const { id, shop, contract } = charge;
  const isOff = await removeCycleEdit(ctx, shop, { contractShopifyId: contract.shopifyId, cycleIndex });
  if (isOff) await ctx.db.charge.updateMany({ where: { id, cycleEdited: true }, data: { cycleEdited: false } });
}
