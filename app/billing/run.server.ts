import type { Context } from "~/context.server";
import { tickContracts } from "~/contracts/attend.server";
import { rereadContracts } from "~/contracts/read.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";

import { contractActs } from "./acts.server";
import { createBiller } from "./biller";
import type { Biller, Pace } from "./biller";
import { sqlChargeStore } from "./ledger/charge-store.server";
import { expireFinished } from "./finished.server";
import { probe, shopifyGate } from "./gate.server";
import { idempotencyKey } from "./key";
import { pollWhileHeld } from "./held-poll.server";
import { hold, reasonOf, release } from "./lane.server";
import { shopPace } from "./pace.server";
import { billingSettings } from "./settings/settings.server";
import { shopifyStock } from "./stock.server";
import { sweepShops } from "./sweep/sweep.server";

/** Rounds of one job; what is left gets a job of its own, so that no shop keeps the others waiting. */
const ROUNDS_PER_JOB = 20;
/** Points that one attempt costs at Shopify. */
const ATTEMPT_POINTS = 10;
/** A round claims what the shop's rate lets through in this time, so that the guard is never old. */
const ROUND_SECONDS = 20;
const ROUND_LIMITS = { least: 50, most: 2000 } as const;

/**
 * Charges what is due in the shop and follows up what is on its way. May be killed at any point and run twice at once:
 * the ledger decides who does what. When Shopify takes no calls, the shop's lane is held and probed: nothing is lost.
 */
export async function runBilling(ctx: Context, shopId: string): Promise<void> {
  const first = await ctx.db.shop.findUnique({ where: { id: shopId } });
  if (first?.status === "ACTIVE" && first.billingHeldReason === "AMOUNT_DIFFERS") return pollWhileHeld(ctx, first);
  if (!first || !mayBill(first, ctx.clock.now())) return;
  const pace = shopPace(ctx, first);
  const biller = await billerOf(ctx, first, pace);
  for (let round = 0; round < ROUNDS_PER_JOB; round += 1) {
    // Somebody may have held the lane meanwhile: an order that took too much, the app's removal.
    const shop = await ctx.db.shop.findUnique({ where: { id: shopId } });
    if (!shop || !mayBill(shop, ctx.clock.now())) return;
    if ((await oneRound(ctx, shop, biller, pace)) === "DONE") return;
  }
  await ctx.jobs.put(ctx.db, "billing.run", { shopId });
}

async function billerOf(ctx: Context, shop: Shop, pace: Pace): Promise<Biller> {
  const settings = await billingSettings(ctx, shop);
  return createBiller({
    store: sqlChargeStore(ctx, shop, settings),
    gate: shopifyGate(ctx, shop),
    stock: shopifyStock(ctx, shop, settings),
    acts: contractActs(ctx, shop),
    pace,
    settings,
    reread: async (ids) => void (await rereadContracts(ctx, shop, ids, { whole: true })),
    keyOf: (contract, cycle, attempt) => idempotencyKey(shop.domain, contract, cycle, attempt),
    now: () => ctx.clock.now(),
  });
}

async function oneRound(ctx: Context, shop: Shop, biller: Biller, pace: Pace): Promise<"MORE" | "DONE"> {
  try {
    if (shop.billingHeldReason !== null && shop.billingHeldReason !== "RATE") await probe(ctx, shop);
    await biller.attend();
    const moved = await biller.round(roundSize(ctx, shop));
    if (pace.allowance(ctx.clock.now()) <= 0) {
      await ctx.db.$transaction((tx) => hold(ctx, tx, shop, "RATE"));
      return "DONE";
    }
    if (moved === 0) await expireFinished(ctx, shop);
    if (shop.billingHeldReason !== null) await ctx.db.$transaction((tx) => release(ctx, tx, shop, "perennial"));
    return moved > 0 ? "MORE" : "DONE";
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null) throw error;
    ctx.log.warn({ shop: shop.domain, reason, err: error }, "billing is held");
    await ctx.db.$transaction((tx) => hold(ctx, tx, shop, reason));
    return "DONE";
  }
}

function roundSize(ctx: Context, shop: Shop): number {
  const { restoreRate } = ctx.admin(shop.domain).rate();
  const throughput = (restoreRate / ATTEMPT_POINTS) * ROUND_SECONDS;
  return Math.round(Math.min(ROUND_LIMITS.most, Math.max(ROUND_LIMITS.least, throughput)));
}

/** Nothing is charged before the first reading since the latest install is complete: it may hold what is paid already. */
const mayBill = (shop: Shop, now: Date): boolean =>
  shop.status === "ACTIVE" &&
  shop.reconciledAt !== null &&
  shop.reconciledAt >= shop.installedAt &&
  (shop.billingHeldReason === null || (shop.billingHeldUntil !== null && shop.billingHeldUntil <= now));

const BILLABLE = Prisma.sql`shop.status = 'ACTIVE' AND shop."reconciledAt" >= shop."installedAt"`;

/** Shops in which a cycle is due or a charge waits for its next action, by id. */
export async function dueShops(ctx: Context): Promise<string[]> {
  const now = ctx.clock.now();
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT shop.id FROM "Shop" shop
    -- The first of each shop: asked whether there is any, PostgreSQL would read the cycles of all shops.
    LEFT JOIN LATERAL (
      SELECT true AS found FROM "BillingCycle" cycle
      WHERE cycle."shopId" = shop.id AND cycle."dueAt" <= ${now}::timestamptz AND ${CHARGEABLE}
      ORDER BY cycle."dueAt" LIMIT 1
    ) AS due ON true
    WHERE ${BILLABLE} AND CASE
      WHEN shop."billingHeldReason" IS NULL OR shop."billingHeldUntil" <= ${now}::timestamptz THEN
        due.found
        OR EXISTS (
          SELECT 1 FROM "Charge" charge
          WHERE charge."shopId" = shop.id AND charge."nextActionAt" <= ${now}::timestamptz)
      -- A person has to look; what is on its way is still asked about.
      WHEN shop."billingHeldReason" = 'AMOUNT_DIFFERS' THEN EXISTS (
        SELECT 1 FROM "Charge" charge
        WHERE charge."shopId" = shop.id AND charge."nextActionAt" <= ${now}::timestamptz
          AND charge.state IN ('PENDING', 'ACTION_REQUIRED'))
      ELSE false END`;
  return rows.map(({ id }) => id);
}

/** Of an open cycle that nothing holds. */
const CHARGEABLE = Prisma.sql`cycle.outcome IS NULL AND NOT cycle.claimed
  AND NOT EXISTS (
    SELECT 1 FROM "Charge" holding
    WHERE holding."contractId" = cycle."contractId"
      AND holding.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED', 'FAILED', 'PARKED'))
  AND NOT EXISTS (
    SELECT 1 FROM "BillingCycle" earlier
    WHERE earlier."contractId" = cycle."contractId" AND earlier."cycleIndex" < cycle."cycleIndex"
      AND earlier.outcome IS NULL AND NOT earlier.claimed)
  AND EXISTS (
    SELECT 1 FROM "SubscriptionContract" contract
    WHERE contract.id = cycle."contractId" AND contract."goneAt" IS NULL)`;

/** The next moment at which any shop has something to charge or to follow up; may lie in the past. Null: never. */
export async function nextBillingMoment(ctx: Context): Promise<Date | null> {
  const [row] = await ctx.db.$queryRaw<{ at: Date | null }[]>`
    SELECT min(greatest(shop."billingHeldUntil", least(action.at, due.at))) AS at
    FROM "Shop" shop
    CROSS JOIN LATERAL (
      SELECT min(charge."nextActionAt") AS at FROM "Charge" charge
      WHERE charge."shopId" = shop.id AND charge."nextActionAt" IS NOT NULL
    ) AS action
    LEFT JOIN LATERAL (
      SELECT cycle."dueAt" AS at FROM "BillingCycle" cycle
      WHERE cycle."shopId" = shop.id AND ${CHARGEABLE}
      ORDER BY cycle."dueAt", cycle."contractId" LIMIT 1
    ) AS due ON true
    WHERE ${BILLABLE} AND (shop."billingHeldReason" IS NULL OR shop."billingHeldUntil" IS NOT NULL)`;
  return row?.at ?? null;
}

/** Puts one job for each shop that has something to do. */
export async function tick(ctx: Context): Promise<void> {
  const due = await dueShops(ctx);
  await ctx.jobs.putAll(
    ctx.db,
    "billing.run",
    due.map((shopId) => ({ shopId })),
  );
  await sweepShops(ctx);
  await tickContracts(ctx);
}
