import { Temporal } from "temporal-polyfill";

import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";
import { append } from "~/history/history.server";

import { dayOf, startOfDay } from "./days";
import { isId } from "./ids";
import { pauseContract, resumeContract } from "./status.server";
import type { StatusOutcome } from "./status.server";

/** Longer than anybody plans; who wants more pauses without a day. */
export const LONGEST_PAUSE_DAYS = 366;

/** From tomorrow on. "2026-12-24" */
export function pauseDays(now: Date, timeZone: string): { from: string; to: string } {
  const today = Temporal.PlainDate.from(dayOf(now, timeZone));
  return { from: today.add({ days: 1 }).toString(), to: today.add({ days: LONGEST_PAUSE_DAYS }).toString() };
}

/**
 * Pauses until the beginning of a day of the shop's calendar ("2026-12-24"), or until somebody resumes it. On a paused
 * contract it sets another day; one that dunning has paused waits for its payment.
 */
export async function pauseUntil(
  ctx: Context,
  shop: Shop,
  contractId: string,
  until: string | null,
  actor: Actor,
): Promise<StatusOutcome | { outcome: "DATE_NOT_POSSIBLE" }> {
  const days = pauseDays(ctx.clock.now(), shop.timeZone);
  if (until !== null && (until < days.from || until > days.to)) return { outcome: "DATE_NOT_POSSIBLE" };
  const contract = isId(contractId)
    ? await ctx.db.subscriptionContract.findFirst({ where: { id: contractId, shopId: shop.id } })
    : null;
  if (!contract) return { outcome: "NOT_FOUND" };
  if (contract.status !== "PAUSED") return pauseContract(ctx, shop, contractId, actor, until);
  if (contract.dunningPausedAt !== null) return { outcome: "DATE_NOT_POSSIBLE" };
  const pausedUntil = until === null ? null : startOfDay(until, shop.timeZone);
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.subscriptionContract.updateMany({
      where: {
        id: contract.id,
        status: "PAUSED",
        // Asking for the same day again is no news.
        ...(pausedUntil
          ? { OR: [{ pausedUntil: null }, { pausedUntil: { not: pausedUntil } }] }
          : { pausedUntil: { not: null } }),
      },
      data: { pausedUntil },
    });
    if (count === 0) return;
    const data = until === null ? {} : { until };
    await append(ctx, tx, { shopId: shop.id, contractId: contract.id, type: "contract.paused", actor, data });
  });
  return { outcome: "PAUSED" };
}

/** Resumes what was paused until now; called by the job. What Shopify does not answer is tried again with the next tick. */
export async function resumeDue(ctx: Context, shop: Shop, limit: number): Promise<void> {
  const due = await ctx.db.subscriptionContract.findMany({
    where: {
      shopId: shop.id,
      status: "PAUSED",
      pausedUntil: { lte: ctx.clock.now() },
      goneAt: null,
      dunningPausedAt: null,
    },
    orderBy: { pausedUntil: "asc" },
    take: limit,
    select: { id: true },
  });
  for (const { id } of due) {
    const result = await resumeContract(ctx, shop, id, "perennial");
    // It would be refused every minute: a person is needed.
    if (result.outcome === "REFUSED") {
      ctx.log.warn({ shop: shop.domain, contract: id, reason: result.message }, "a pause could not be ended");
      await ctx.db.subscriptionContract.update({ where: { id }, data: { pausedUntil: null } });
    }
  }
}
