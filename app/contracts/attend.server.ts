import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";
import { append } from "~/history/history.server";

import { RUNNING } from "./acting.server";
import { isEnding, queuedWish } from "./edit";
import type { QueuedWish } from "./edit";
import { editContract } from "./edit.server";
import type { EditOutcome } from "./edit.server";
import { finishMoves } from "./move-back.server";
import { resumeDue } from "./pause.server";
import { cancelContract } from "./status.server";
import type { StatusOutcome } from "./status.server";

/** Changes, moves and pauses that one job looks after; what is left the next tick finds. */
const PER_JOB = 100;
/** A move that nobody has touched for so long was left by a process that is gone. */
const MOVE_LEFT_MS = 2 * 60_000;

/** The job: what waited for a renewal is carried out, moves that were left are finished, pauses end. */
export async function attendContracts(ctx: Context, shopId: string): Promise<void> {
  const shop = await ctx.db.shop.findUnique({ where: { id: shopId } });
  if (shop?.status !== "ACTIVE") return;
  await carryOutQueued(ctx, shop);
  await finishMoves(ctx, shop, leftBefore(ctx), PER_JOB);
  await resumeDue(ctx, shop, PER_JOB);
}

const leftBefore = (ctx: Context): Date => new Date(ctx.clock.now().getTime() - MOVE_LEFT_MS);

/** Puts a job for each shop in which something waits for nobody but us. Called by the tick. */
export async function tickContracts(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT shop.id FROM "Shop" shop
    WHERE shop.status = 'ACTIVE' AND (
      EXISTS (
        SELECT 1 FROM "QueuedEdit" edit
        WHERE edit."shopId" = shop.id AND edit.state = 'WAITING' AND NOT EXISTS (
          SELECT 1 FROM "Charge" charge
          WHERE charge."contractId" = edit."contractId" AND charge.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN')))
      OR EXISTS (
        SELECT 1 FROM "DeliveryMove" move
        WHERE move."shopId" = shop.id AND move.state IN ('RUNNING', 'UNDOING')
          AND move."startedAt" < ${leftBefore(ctx)}::timestamptz)
      OR EXISTS (
        SELECT 1 FROM "SubscriptionContract" contract
        WHERE contract."shopId" = shop.id AND contract."pausedUntil" <= ${now}::timestamptz
          AND contract.status = 'PAUSED' AND contract."goneAt" IS NULL AND contract."dunningPausedAt" IS NULL))`;
  await ctx.jobs.putAll(
    ctx.db,
    "contracts.attend",
    rows.map(({ id }) => ({ shopId: id })),
  );
}

/** The next moment at which a pause ends; null: none does. The demo's clock stops there. */
export async function nextContractMoment(ctx: Context): Promise<Date | null> {
  const { _min } = await ctx.db.subscriptionContract.aggregate({
    where: { status: "PAUSED", goneAt: null, dunningPausedAt: null, shop: { status: "ACTIVE" } },
    _min: { pausedUntil: true },
  });
  return _min.pausedUntil;
}

type Outcome = EditOutcome | StatusOutcome;

/** Shopify's word for it where it has one. */
const reasonOf = (outcome: Outcome): string =>
  outcome.outcome === "CODE_NOT_VALID"
    ? outcome.reason
    : outcome.outcome === "REFUSED"
      ? (outcome.code ?? outcome.outcome)
      : outcome.outcome;

async function carryOut(
  ctx: Context,
  shop: Shop,
  contractId: string,
  wish: QueuedWish,
  actor: Actor,
): Promise<Outcome> {
  if (!isEnding(wish)) return editContract(ctx, shop, contractId, wish, { actor });
  const outcome = await cancelContract(ctx, shop, contractId, actor);
  // Ended by somebody else meanwhile: it is as it was asked for.
  return outcome.outcome === "ALREADY_ENDED" ? { outcome: "CANCELLED" } : outcome;
}

/** In the order in which they were asked for. One that can't be made keeps its reason, and the history tells it. */
async function carryOutQueued(ctx: Context, shop: Shop): Promise<void> {
  const waiting = await ctx.db.queuedEdit.findMany({
    where: {
      shopId: shop.id,
      state: "WAITING",
      contract: { charges: { none: { state: { in: [...RUNNING] } } } },
    },
    orderBy: { id: "asc" },
    take: PER_JOB,
  });
  for (const row of waiting) {
    const wish = queuedWish.safeParse(row.edits);
    const actor = row.actor === "shopper" || row.actor === "merchant" ? row.actor : "perennial";
    const outcome: Outcome = wish.success
      ? await carryOut(ctx, shop, row.contractId, wish.data, actor)
      : { outcome: "REFUSED", message: "The change can't be read any more." };
    // The next renewal has begun, or Shopify can't be reached: it waits on.
    if (outcome.outcome === "RENEWAL_RUNNING" || outcome.outcome === "SHOPIFY_UNAVAILABLE") continue;
    const done = outcome.outcome === "EDITED" || outcome.outcome === "CANCELLED";
    const reason = done ? null : reasonOf(outcome);
    await ctx.db.$transaction(async (tx) => {
      const { count } = await tx.queuedEdit.updateMany({
        where: { id: row.id, state: "WAITING" },
        data: { state: done ? "DONE" : "FAILED", reason, finishedAt: ctx.clock.now() },
      });
      if (count === 0 || reason === null) return;
      await append(ctx, tx, {
        shopId: shop.id,
        contractId: row.contractId,
        type: "edit.failed",
        actor,
        data: { reason, kinds: wish.success ? wish.data.map(({ kind }) => kind) : [], queuedEditId: row.id },
      });
    });
  }
}
