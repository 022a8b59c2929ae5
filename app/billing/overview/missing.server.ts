import { z } from "zod";

import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";

const waiting = z.object({ cycleIndex: z.number(), titles: z.array(z.string()) });

/**
 * What the given cycles wait for, as the history tells it.
 * @returns titles by our contract id; nothing for a cycle whose wait was not written down
 */
export async function missingOf(
  ctx: Context,
  shop: Shop,
  cycles: readonly { contractId: string; cycleIndex: number }[],
): Promise<Map<string, string[]>> {
  if (cycles.length === 0) return new Map();
  const events = await ctx.db.historyEvent.findMany({
    where: {
      shopId: shop.id,
      type: "cycle.waiting",
      contractId: { in: cycles.map(({ contractId }) => contractId) },
    },
    orderBy: [{ at: "asc" }, { id: "asc" }],
    select: { contractId: true, data: true },
  });
  const titles = new Map<string, string[]>();
  for (const { contractId, data } of events) {
    const told = waiting.safeParse(data);
    if (!told.success || contractId === null) continue;
    const about = cycles.some((cycle) => cycle.contractId === contractId && cycle.cycleIndex === told.data.cycleIndex);
    if (about) titles.set(contractId, told.data.titles);
  }
  return titles;
}
