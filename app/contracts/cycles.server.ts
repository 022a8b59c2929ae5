import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";
import { CycleMoveDocument, CycleSkipDocument, CycleUnskipDocument } from "~/shopify/generated/admin";

import { beginAct, carryOut } from "./acting.server";
import type { NotActed } from "./acting.server";
import { isId } from "./ids";

export type CycleChangeOutcome =
  /** Dates are ISO 8601: of the cycle that was skipped, and of the next renewal then. */
  | { outcome: "SKIPPED"; expectedAt: string; nextBillingAt: string | null }
  | { outcome: "UNSKIPPED"; expectedAt: string; nextBillingAt: string | null }
  /** The cycle has passed, is paid or is being charged. */
  | { outcome: "TOO_LATE" }
  /** A paused contract brings no orders that could be skipped. */
  | { outcome: "NOT_ACTIVE" }
  | NotActed;

export type MoveOutcome =
  /** ISO 8601: as Shopify has it now; it may differ from what was asked for. */
  { outcome: "MOVED"; expectedAt: string } | { outcome: "TOO_LATE" } | { outcome: "NOT_ACTIVE" } | NotActed;

type CycleAct = "cycle.skipped" | "cycle.unskipped";

/** Lets one coming renewal pass without an order. Skipping what is skipped already changes nothing. */
export const skipCycle = (
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
  actor: Actor,
): Promise<CycleChangeOutcome> => change(ctx, shop, contractId, cycleIndex, actor, "cycle.skipped");

/** Takes a skip back while the cycle's date is still to come. */
export const unskipCycle = (
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
  actor: Actor,
): Promise<CycleChangeOutcome> => change(ctx, shop, contractId, cycleIndex, actor, "cycle.unskipped");

/**
 * Moves one renewal to another date within its cycle. The dates after it don't move.
 * @param to Shopify refuses a moment outside of the cycle (OUT_OF_BOUNDS): REFUSED, in its words
 */
export async function moveCycle(
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
  to: Date,
  actor: Actor,
): Promise<MoveOutcome> {
  const cycle = isId(contractId) ? await cycleOf(ctx, shop, contractId, cycleIndex) : null;
  if (!cycle) return { outcome: "NOT_FOUND" };
  if (cycle.billed || cycle.claimed || cycle.outcome !== null) return { outcome: "TOO_LATE" };
  if (cycle.contract.status !== "ACTIVE") return { outcome: "NOT_ACTIVE" };
  const begun = await beginAct(ctx, shop, contractId, { type: "cycle.moved", cycleIndex, actor });
  if ("outcome" in begun) return begun;
  const isThere = async () => (await cycleOf(ctx, shop, contractId, cycleIndex))?.expectedAt.getTime() === to.getTime();
  const reason =
    actor === "shopper" ? "BUYER_INITIATED" : actor === "merchant" ? "MERCHANT_INITIATED" : "DEV_INITIATED";
  const result = await carryOut(
    ctx,
    shop,
    begun.contract,
    async () => {
      const variables = { contractId: begun.contract.shopifyId, cycleIndex, date: to.toISOString(), reason } as const;
      return (await ctx.admin(shop.domain).request(CycleMoveDocument, variables)).subscriptionBillingCycleScheduleEdit;
    },
    isThere,
  );
  if (result.outcome !== "DONE") return result;
  const moved = await cycleOf(ctx, shop, contractId, cycleIndex);
  return moved ? { outcome: "MOVED", expectedAt: moved.expectedAt.toISOString() } : { outcome: "NOT_FOUND" };
}

async function change(
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
  actor: Actor,
  type: CycleAct,
): Promise<CycleChangeOutcome> {
  const wanted = type === "cycle.skipped";
  const cycle = isId(contractId) ? await cycleOf(ctx, shop, contractId, cycleIndex) : null;
  if (!cycle) return { outcome: "NOT_FOUND" };
  if (cycle.billed || cycle.claimed || cycle.dueAt <= ctx.clock.now()) return { outcome: "TOO_LATE" };
  if (cycle.contract.status !== "ACTIVE" && wanted) return { outcome: "NOT_ACTIVE" };
  if (cycle.skipped === wanted) return succeeded(ctx, shop, contractId, cycleIndex, type);

  const begun = await beginAct(ctx, shop, contractId, { type, cycleIndex, actor });
  if ("outcome" in begun) return begun;
  const admin = ctx.admin(shop.domain);
  const variables = { contractId: begun.contract.shopifyId, cycleIndex };
  const result = await carryOut(
    ctx,
    shop,
    begun.contract,
    async () =>
      wanted
        ? (await admin.request(CycleSkipDocument, variables)).subscriptionBillingCycleSkip
        : (await admin.request(CycleUnskipDocument, variables)).subscriptionBillingCycleUnskip,
    async () => (await cycleOf(ctx, shop, contractId, cycleIndex))?.skipped === wanted,
  );
  return result.outcome === "DONE" ? succeeded(ctx, shop, contractId, cycleIndex, type) : result;
}

const cycleOf = (ctx: Context, shop: Shop, contractId: string, cycleIndex: number) =>
  ctx.db.billingCycle.findFirst({
    where: { shopId: shop.id, contractId, cycleIndex },
    include: { contract: { select: { status: true, nextBillingAt: true } } },
  });

async function succeeded(
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
  type: CycleAct,
): Promise<CycleChangeOutcome> {
  const cycle = await cycleOf(ctx, shop, contractId, cycleIndex);
  if (!cycle) return { outcome: "NOT_FOUND" };
  return {
    outcome: type === "cycle.skipped" ? "SKIPPED" : "UNSKIPPED",
    expectedAt: cycle.expectedAt.toISOString(),
    nextBillingAt: cycle.contract.nextBillingAt?.toISOString() ?? null,
  };
}
