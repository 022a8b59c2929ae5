import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Prisma, Shop } from "~/generated/prisma/client";

import type { EventType, HistoryLine, NewEvent } from "./events";

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
  const ids = events.map(() => ctx.ids.next());
  await tx.historyEvent.createMany({
    data: events.map(({ data, ...event }, index) => ({
      ...event,
      id: ids[index] ?? ctx.ids.next(),
      at,
      data: data as Prisma.InputJsonObject,
    })),
  });
  for (const [index, event] of events.entries()) await queueWhatFollows(ctx, tx, ids[index] ?? "", event);
  await queueWhatWaits(ctx, tx, events);
}

/** What ends a charge's run, for good or for a while: changes that waited for it can be made. */
const ENDS_A_RUN: readonly EventType[] = [
  "charge.paid",
  "charge.failed",
  "charge.action-required",
  "charge.parked",
  "charge.given-up",
];

async function queueWhatWaits(ctx: Context, tx: Tx, events: readonly NewEvent[]): Promise<void> {
  const ended = events.flatMap(({ type, contractId }) =>
    ENDS_A_RUN.includes(type) && contractId !== null ? [contractId] : [],
  );
  if (ended.length === 0) return;
  const waiting = await tx.queuedEdit.findMany({
    where: { contractId: { in: ended }, state: "WAITING" },
    distinct: ["shopId"],
    select: { shopId: true },
  });
  for (const { shopId } of waiting) await ctx.jobs.put(tx, "contracts.attend", { shopId });
}

/** What billing looks after at once: a charge in dunning follows what people do with the contract and the card. */
const CONCERNS_BILLING: readonly EventType[] = [
  "contract.paused",
  "contract.resumed",
  "contract.cancelled",
  "contract.expired",
  "contract.gone",
  "payment-method.changed",
];

/** Whether somebody may have to hear of it by e-mail; app/notifications decides, when it comes to it. */
function mayBeTold(event: NewEvent): boolean {
  switch (event.type) {
    case "charge.failed":
      // A gateway's outage fails charges by the thousand, and no shopper hears of one.
      return !["GATEWAY", "STOCK", "SETUP"].includes(event.data.declineClass);
    case "charge.paid":
      return event.data.attemptNumber > 1 && !event.data.adopted;
    case "charge.given-up":
      return event.data.reason === "stock";
    case "charge.action-required":
    case "charge.action-reminder":
    case "dunning.ended":
    case "cycle.waiting":
    case "cycle.adjusted":
    case "billing.held":
    case "billing.resumed":
      return true;
    default:
      return false;
  }
}

async function queueWhatFollows(ctx: Context, tx: Tx, eventId: string, event: NewEvent): Promise<void> {
  if (mayBeTold(event)) {
    await ctx.jobs.put(tx, "notifications.billing", { shopId: event.shopId, eventId }, { key: eventId });
  }
  if (CONCERNS_BILLING.includes(event.type)) await ctx.jobs.put(tx, "billing.run", { shopId: event.shopId });
  // Whoever ends it gets a receipt; what dunning or the shop has ended is told otherwise.
  if (event.type === "contract.cancelled" && event.actor === "shopper") {
    const { shopId, contractId } = event;
    await ctx.jobs.put(tx, "notifications.cancelled", { shopId, eventId }, { key: eventId });
    if (contractId !== null) await ctx.jobs.put(tx, "portal.left", { shopId, contractId }, { key: contractId });
  }
  // They were promised to be told if it could not be made.
  if (event.type === "edit.failed" && event.actor === "shopper") {
    await ctx.jobs.put(tx, "portal.change-not-made", { shopId: event.shopId, eventId }, { key: eventId });
  }
  // A contract that was there before the app came has had its confirmation long ago.
  if (event.type === "contract.created" && event.data.origin === "checkout" && event.contractId !== null) {
    const { shopId, contractId } = event;
    await ctx.jobs.put(tx, "notifications.subscription-created", { shopId, contractId }, { key: contractId });
    await ctx.jobs.put(tx, "portal.consent", { shopId, contractId }, { key: contractId });
  }
}

/** The contract's history, newest first, at most HISTORY_PAGE lines. Empty for another shop's contract. */
export async function historyOf(ctx: Context, shop: Pick<Shop, "id">, contractId: string): Promise<HistoryLine[]> {
  return newest(ctx, { shopId: shop.id, contractId });
}

/** The shop's newest events of these types that are about no contract, newest first, at most HISTORY_PAGE lines. */
export async function shopHistoryOf(
  ctx: Context,
  shop: Pick<Shop, "id">,
  types: readonly EventType[],
): Promise<HistoryLine[]> {
  return newest(ctx, { shopId: shop.id, contractId: null, type: { in: [...types] } });
}

async function newest(ctx: Context, where: Prisma.HistoryEventWhereInput): Promise<HistoryLine[]> {
  const rows = await ctx.db.historyEvent.findMany({
    where,
    // Ids are time-ordered, so they keep the order of events of the same instant.
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: HISTORY_PAGE,
    select: { id: true, type: true, actor: true, at: true, data: true },
  });
  // Only `append` writes these rows, with the types of EventData.
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }) as HistoryLine);
}
