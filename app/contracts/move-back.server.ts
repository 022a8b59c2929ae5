import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { BillingCycle, DeliveryMove, Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";

import { RUNNING } from "./acting.server";
import type { NotActed } from "./acting.server";
import { isEnded } from "./cycle-rules";
import { moveCycle, unskipCycle } from "./cycles.server";
import { isId } from "./ids";
import { goOn } from "./move.server";

/** What taking back a move beyond its cycle would do. */
export interface MoveBack {
  outcome: "POSSIBLE";
  move: DeliveryMove;
  /** Skipped by the move, earliest first: they come again on the dates that they have. */
  skipped: BillingCycle[];
  /** Whose date was set, and the date that it gets again. */
  later: BillingCycle;
  previous: Date;
}

export type NotMovedBack =
  /** One of the cycles has passed, is paid or is being charged. */
  | { outcome: "TOO_LATE" }
  /** One of the cycles is no longer as the move has left it. */
  | { outcome: "CHANGED" }
  /** Taken back before, or right now. */
  | { outcome: "ALREADY_DONE" }
  | { outcome: "NOT_ACTIVE" }
  | NotActed;

export type MoveBackOutcome =
  /** `underWay`: Shopify did not answer; it is finished by itself, or everything stays as it was moved. */
  { outcome: "MOVED_BACK"; underWay: boolean } | NotMovedBack;

/** Whether a move can be taken back now, and to which dates. For previews. @param moveId of moveDelivery's outcome */
export const moveBackWouldBe = (
  ctx: Context,
  shop: Shop,
  contractId: string,
  moveId: string,
): Promise<MoveBack | NotMovedBack> => moveBackOf(ctx, ctx.db, shop, contractId, moveId);

/**
 * Takes back a move that went beyond its cycle: every cycle has its old date again and nothing is skipped for it. Written
 * down first and finished by a job if this process ends on the way; if Shopify refuses a part, all stays moved.
 */
export async function takeMoveBack(
  ctx: Context,
  shop: Shop,
  contractId: string,
  moveId: string,
  actor: Actor,
): Promise<MoveBackOutcome> {
  const begun = await ctx.db.$transaction(async (tx) => {
    if (!isId(contractId)) return { outcome: "NOT_FOUND" } as const;
    await tx.$queryRaw`
      SELECT 1 FROM "SubscriptionContract" WHERE "shopId" = ${shop.id}::uuid AND id = ${contractId}::uuid FOR UPDATE`;
    const back = await moveBackOf(ctx, tx, shop, contractId, moveId);
    if (back.outcome !== "POSSIBLE") return back;
    return tx.deliveryMove.update({
      where: { id: back.move.id },
      data: { state: "UNDOING", actor, startedAt: ctx.clock.now(), finishedAt: null },
    });
  });
  return "outcome" in begun ? begun : goBack(ctx, shop, begun);
}

/** Finishes moves that were left on the way, there or back; called by the job. */
export async function finishMoves(ctx: Context, shop: Shop, leftBefore: Date, limit: number): Promise<void> {
  const moves = await ctx.db.deliveryMove.findMany({
    where: { shopId: shop.id, state: { in: ["RUNNING", "UNDOING"] }, startedAt: { lt: leftBefore } },
    orderBy: { startedAt: "asc" },
    take: limit,
  });
  for (const move of moves) await (move.state === "UNDOING" ? goBack : goOn)(ctx, shop, move);
}

async function moveBackOf(
  ctx: Context,
  db: Tx,
  shop: Shop,
  contractId: string,
  moveId: string,
): Promise<MoveBack | NotMovedBack> {
  if (!isId(contractId) || !isId(moveId)) return { outcome: "NOT_FOUND" };
  const move = await db.deliveryMove.findFirst({
    where: { id: moveId, contractId, shopId: shop.id },
    include: { contract: { select: { status: true } } },
  });
  if (!move) return { outcome: "NOT_FOUND" };
  if (isEnded(move.contract.status)) return { outcome: "ALREADY_ENDED" };
  if (move.state === "UNDOING" || move.state === "UNDONE") return { outcome: "ALREADY_DONE" };
  const moving = await db.deliveryMove.count({ where: { contractId, state: { in: ["RUNNING", "UNDOING"] } } });
  const charging = await db.charge.count({ where: { contractId, state: { in: [...RUNNING] } } });
  const cycles = await cyclesOf(db, move);
  const later = cycles.at(-1);
  const skipped = cycles.slice(0, -1);
  const { previous, target } = move;
  const now = ctx.clock.now();
  if (cycles.some(({ billed, claimed, dueAt }) => billed || claimed || dueAt <= now)) return { outcome: "TOO_LATE" };
  if (moving > 0 || charging > 0) return { outcome: "RENEWAL_RUNNING" };
  if (move.contract.status !== "ACTIVE") return { outcome: "NOT_ACTIVE" };
  if (!later || !previous || cycles.length !== move.toIndex - move.fromIndex + 1) return { outcome: "CHANGED" };
  const isAsMoved = later.outcome === null && later.expectedAt.getTime() === target.getTime();
  const isWithin = later.startAt <= previous && previous <= later.endAt;
  if (!isAsMoved || !isWithin || !skipped.every((cycle) => cycle.skipped)) return { outcome: "CHANGED" };
  return { outcome: "POSSIBLE", move, skipped, later, previous };
}

const cyclesOf = (db: Tx, { contractId, fromIndex, toIndex }: DeliveryMove): Promise<BillingCycle[]> =>
  db.billingCycle.findMany({
    where: { contractId, cycleIndex: { gte: fromIndex, lte: toIndex } },
    orderBy: { cycleIndex: "asc" },
  });

/**
 * Takes back from wherever it was left, in the move's reverse order: the later cycle has its own date before an earlier
 * one comes again, so that nothing is ever sent twice, and the earliest, which passes first, is the last step.
 */
async function goBack(ctx: Context, shop: Shop, move: DeliveryMove): Promise<MoveBackOutcome> {
  const { id, contractId, toIndex, previous } = move;
  const actor = move.actor as Actor;
  const [later, ...skipped] = (await cyclesOf(ctx.db, move)).reverse();
  if (!previous || !later) return stayMoved(ctx, shop, move, { outcome: "CHANGED" });
  if (later.expectedAt.getTime() !== previous.getTime()) {
    const moved = await moveCycle(ctx, shop, contractId, toIndex, previous, actor);
    if (moved.outcome !== "MOVED") return stayMoved(ctx, shop, move, moved);
  }
  for (const { cycleIndex } of skipped.filter((cycle) => cycle.skipped)) {
    const back = await unskipCycle(ctx, shop, contractId, cycleIndex, actor);
    if (back.outcome === "UNSKIPPED" || back.outcome === "SKIPPED") continue;
    return stayMoved(ctx, shop, move, back);
  }
  await ctx.db.deliveryMove.update({ where: { id }, data: { state: "UNDONE", finishedAt: ctx.clock.now() } });
  return { outcome: "MOVED_BACK", underWay: false };
}

/** No answer, or a charge that has begun: the job tries again. Refused: the move is carried out once more. */
async function stayMoved(ctx: Context, shop: Shop, move: DeliveryMove, why: NotMovedBack): Promise<MoveBackOutcome> {
  if (why.outcome === "SHOPIFY_UNAVAILABLE" || why.outcome === "RENEWAL_RUNNING") {
    return { outcome: "MOVED_BACK", underWay: true };
  }
  await goOn(ctx, shop, await ctx.db.deliveryMove.update({ where: { id: move.id }, data: { state: "RUNNING" } }));
  return why;
}
