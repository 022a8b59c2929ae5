import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Prisma, Shop } from "~/generated/prisma/client";

import type { HistoryLine, NewEvent } from "./events";

/** Newest lines of a contract's history that are read at once. */
export const HISTORY_PAGE = 200;

/**
 * Appends one event in the caller's transaction and queues what follows from it.
 * The event is stamped with the context's clock.
 */
export async function append(ctx: Context, tx: Tx, event: NewEvent): Promise<void> {
  await appendAll(ctx, tx, [event]);
}

/** As `append`, many at once and in their order. */
export async function appendAll(ctx: Context, tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const at = ctx.clock.now();
  await tx.historyEvent.createMany({
    data: events.map(({ data, ...event }) => ({
      ...event,
      id: ctx.ids.next(),
      at,
      data: data as Prisma.InputJsonObject,
    })),
  });
  for (const event of events) await queueWhatFollows(ctx, tx, event);
}

async function queueWhatFollows(ctx: Context, tx: Tx, event: NewEvent): Promise<void> {
  // A contract that was there before the app came has had its confirmation long ago.
  if (event.type === "contract.created" && event.data.origin === "checkout" && event.contractId !== null) {
    const { shopId, contractId } = event;
    await ctx.jobs.put(tx, "notifications.subscription-created", { shopId, contractId }, { key: contractId });
  }
}

/** The contract's history, newest first, at most HISTORY_PAGE lines. Empty for another shop's contract. */
export async function historyOf(ctx: Context, shop: Shop, contractId: string): Promise<HistoryLine[]> {
  const rows = await ctx.db.historyEvent.findMany({
    where: { shopId: shop.id, contractId },
    // Ids are time-ordered, so they keep the order of events of the same instant.
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: HISTORY_PAGE,
    select: { id: true, type: true, actor: true, at: true, data: true },
  });
  // Only `append` writes these rows, with the types of EventData.
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }) as HistoryLine);
}
