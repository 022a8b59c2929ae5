import type { Context } from "~/context.server";
import type { DeliveryMove, Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";

import { RUNNING } from "./acting.server";
import type { NotActed } from "./acting.server";
import { isEnded } from "./cycle-rules";
import { moveCycle, skipCycle, unskipCycle } from "./cycles.server";
import { isId } from "./ids";
import { CYCLES_LATER, movableDays, moveTarget } from "./move";
import type { DayRange } from "./move";

export type MoveDeliveryOutcome =
  | {
      outcome: "MOVED";
      /** The cycle that is delivered then. */
      cycleIndex: number;
      /** ISO 8601: as Shopify has it now. */
      expectedAt: string;
      /** ISO 8601: expected dates of those that are skipped because the new date lies beyond them. */
      skipped: string[];
      /** Shopify did not answer on the way: it is finished by itself, or taken back as a whole. */
      underWay: boolean;
      /** Ours: what takes it back (move-back.server.ts); null within its cycle, where moving it back does. */
      move: string | null;
    }
  | { outcome: "DATE_NOT_POSSIBLE"; range: DayRange | null }
  | { outcome: "TOO_LATE" }
  | { outcome: "NOT_ACTIVE" }
  | NotActed;

const cyclesOf = (ctx: Context, shop: Shop, contractId: string, cycleIndex: number) =>
  ctx.db.billingCycle.findMany({
    where: { shopId: shop.id, contractId, cycleIndex: { gte: cycleIndex, lte: cycleIndex + CYCLES_LATER } },
    orderBy: { cycleIndex: "asc" },
  });

/**
 * Moves a delivery to a day of the shop's calendar ("2026-12-24"). Within its cycle that is one edit of the schedule;
 * beyond it the cycle is skipped and the date of the one in which the day lies is set: written down first, finished by a
 * job if this process ends on the way, and taken back as a whole if Shopify refuses a part of it (design.md, "Moving").
 */
export async function moveDelivery(
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
  day: string,
  actor: Actor,
): Promise<MoveDeliveryOutcome> {
  if (!isId(contractId)) return { outcome: "NOT_FOUND" };
  const contract = await ctx.db.subscriptionContract.findFirst({ where: { id: contractId, shopId: shop.id } });
  const cycles = await cyclesOf(ctx, shop, contractId, cycleIndex);
  const own = cycles[0];
  if (!contract || own?.cycleIndex !== cycleIndex) return { outcome: "NOT_FOUND" };
  if (isEnded(contract.status)) return { outcome: "ALREADY_ENDED" };
  if (own.claimed || own.outcome !== null || own.dueAt <= ctx.clock.now()) return { outcome: "TOO_LATE" };
  if (contract.status !== "ACTIVE") return { outcome: "NOT_ACTIVE" };
  const now = ctx.clock.now();
  const target = moveTarget(cycles, cycleIndex, day, now, shop.timeZone);
  if (!target) return { outcome: "DATE_NOT_POSSIBLE", range: movableDays(cycles, cycleIndex, now, shop.timeZone) };
  if (target.skipped.length === 0) {
    const moved = await moveCycle(ctx, shop, contractId, cycleIndex, target.at, actor);
    return moved.outcome === "MOVED" ? { ...moved, cycleIndex, skipped: [], underWay: false, move: null } : moved;
  }
  const begun = await begin(ctx, shop, contractId, {
    fromIndex: cycleIndex,
    toIndex: target.cycle.cycleIndex,
    target: target.at,
    previous: target.cycle.expectedAt,
    actor,
  });
  return "outcome" in begun ? begun : goOn(ctx, shop, begun);
}

/** From which day to which a coming delivery may be moved; null: not at all. For previews; pages have it in CycleView. */
export async function movableRange(
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
): Promise<DayRange | null> {
  if (!isId(contractId)) return null;
  return movableDays(await cyclesOf(ctx, shop, contractId, cycleIndex), cycleIndex, ctx.clock.now(), shop.timeZone);
}

/** Where a move to the day would put the delivery, and what it skips. ISO 8601. For previews. */
export async function moveWouldBe(
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
  day: string,
): Promise<{ cycleIndex: number; expectedAt: string; skipped: string[] } | null> {
  if (!isId(contractId)) return null;
  const cycles = await cyclesOf(ctx, shop, contractId, cycleIndex);
  const target = moveTarget(cycles, cycleIndex, day, ctx.clock.now(), shop.timeZone);
  return (
    target && {
      cycleIndex: target.cycle.cycleIndex,
      expectedAt: target.at.toISOString(),
      skipped: target.skipped.map(({ expectedAt }) => expectedAt.toISOString()),
    }
  );
}

async function begin(
  ctx: Context,
  shop: Shop,
  contractId: string,
  move: Pick<DeliveryMove, "fromIndex" | "toIndex" | "target" | "previous" | "actor">,
): Promise<DeliveryMove | NotActed> {
  return ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`
      SELECT 1 FROM "SubscriptionContract" WHERE "shopId" = ${shop.id}::uuid AND id = ${contractId}::uuid FOR UPDATE`;
    const running = await tx.charge.count({ where: { contractId, state: { in: [...RUNNING] } } });
    const moving = await tx.deliveryMove.count({ where: { contractId, state: { in: ["RUNNING", "UNDOING"] } } });
    // Another tab has begun one: what it does is not known yet.
    if (running > 0 || moving > 0) return { outcome: "RENEWAL_RUNNING" };
    return tx.deliveryMove.create({
      data: { ...move, id: ctx.ids.next(), shopId: shop.id, contractId, startedAt: ctx.clock.now() },
    });
  });
}

/**
 * Carries a move on from wherever it was left: each step changes nothing the second time. The skips come first: whatever
 * happens between, nothing is charged on the old date.
 */
export async function goOn(ctx: Context, shop: Shop, move: DeliveryMove): Promise<MoveDeliveryOutcome> {
  const actor = move.actor as Actor;
  const { contractId, fromIndex, toIndex, target } = move;
  const cycles = await ctx.db.billingCycle.findMany({
    where: { contractId, cycleIndex: { gte: fromIndex, lte: toIndex } },
    orderBy: { cycleIndex: "asc" },
  });
  const before = cycles.filter(({ cycleIndex }) => cycleIndex < toIndex);
  const skipped = before.map(({ expectedAt }) => expectedAt.toISOString());
  for (const { cycleIndex, skipped: isSkipped } of before) {
    // Its date may have passed since it was skipped: that is no reason to let the delivery fall.
    if (isSkipped) continue;
    const result = await skipCycle(ctx, shop, contractId, cycleIndex, actor);
    if (result.outcome === "SKIPPED" || result.outcome === "UNSKIPPED") continue;
    return stopped(ctx, shop, move, result, skipped);
  }
  const isThere = cycles.at(-1)?.cycleIndex === toIndex && cycles.at(-1)?.expectedAt.getTime() === target.getTime();
  const moved = isThere
    ? ({ outcome: "MOVED", expectedAt: target.toISOString() } as const)
    : await moveCycle(ctx, shop, contractId, toIndex, target, actor);
  if (moved.outcome !== "MOVED") return stopped(ctx, shop, move, moved, skipped);
  await end(ctx, move, { state: "DONE", target: new Date(moved.expectedAt) });
  const { expectedAt } = moved;
  return { outcome: "MOVED", cycleIndex: toIndex, expectedAt, skipped, underWay: false, move: move.id };
}

type Stop = Extract<MoveDeliveryOutcome, { outcome: "TOO_LATE" | "NOT_ACTIVE" }> | NotActed;

/** Refused: what was skipped is put back. No answer: if nothing has been done it is given up, else the job goes on. */
async function stopped(
  ctx: Context,
  shop: Shop,
  move: DeliveryMove,
  why: Stop,
  skipped: string[],
): Promise<MoveDeliveryOutcome> {
  const done = await ctx.db.billingCycle.findMany({
    where: {
      contractId: move.contractId,
      cycleIndex: { gte: move.fromIndex, lt: move.toIndex },
      skipped: true,
    },
    orderBy: { cycleIndex: "asc" },
  });
  if (why.outcome === "SHOPIFY_UNAVAILABLE" && done.length > 0) {
    return {
      outcome: "MOVED",
      cycleIndex: move.toIndex,
      expectedAt: move.target.toISOString(),
      skipped,
      underWay: true,
      move: move.id,
    };
  }
  for (const { cycleIndex } of done) {
    const back = await unskipCycle(ctx, shop, move.contractId, cycleIndex, move.actor as Actor);
    // The job tries again until everything is as it was.
    if (back.outcome === "SHOPIFY_UNAVAILABLE" || back.outcome === "RENEWAL_RUNNING") return why;
  }
  await end(ctx, move, { state: "UNDONE" });
  return why;
}

/** @param as its date is the one that Shopify has, which need not be the one that was asked for */
const end = (
  ctx: Context,
  move: DeliveryMove,
  as: { state: "DONE"; target: Date } | { state: "UNDONE" },
): Promise<unknown> =>
  ctx.db.deliveryMove.update({ where: { id: move.id }, data: { ...as, finishedAt: ctx.clock.now() } });
