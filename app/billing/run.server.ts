import type { Context } from "~/context.server";
import { rereadContracts } from "~/contracts/read.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";

import { createBiller } from "./biller";
import { sqlChargeStore } from "./charge-store.server";
import { shopifyGate } from "./gate.server";
import { idempotencyKey } from "./key";

/** Rounds of one job, 2,000 charges at most; what is left gets a job of its own, so that no job outlives its lease. */
const ROUNDS_PER_JOB = 40;

/**
 * Charges what is due in the shop and follows up what is on its way. May be killed at any point and run twice at once:
 * the ledger decides who does what.
 * @throws AdminApiError when Shopify takes no calls for the shop: nothing is lost, the job is tried again
 */
export async function runBilling(ctx: Context, shopId: string): Promise<void> {
  const shop = await ctx.db.shop.findUnique({ where: { id: shopId } });
  if (!shop || !mayBill(shop)) return;
  const biller = createBiller({
    store: sqlChargeStore(ctx, shop),
    gate: shopifyGate(ctx, shop),
    reread: async (ids) => void (await rereadContracts(ctx, shop, ids, { whole: true })),
    keyOf: (contract, cycle, attempt) => idempotencyKey(shop.domain, contract, cycle, attempt),
    now: () => ctx.clock.now(),
  });
  for (let round = 0; round < ROUNDS_PER_JOB; round += 1) {
    const followed = await biller.followUp();
    const charged = await biller.chargeDue();
    if (followed + charged === 0) return;
  }
  await ctx.jobs.put(ctx.db, "billing.run", { shopId });
}

/** Nothing is charged before the first reading since the latest install is complete: it may hold what is paid already. */
const mayBill = (shop: Shop): boolean =>
  shop.status === "ACTIVE" && shop.reconciledAt !== null && shop.reconciledAt >= shop.installedAt;

/**
 * A shop whose last run failed (frozen, a scope taken away, Shopify unreachable) is left to that job's own next try, which
 * comes later each time: looking every minute would only spend calls.
 */
const NOT_WAITING_TO_RETRY = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM pgboss.job failed
  WHERE failed.name = 'billing.run' AND failed.state = 'retry' AND failed.singleton_key = shop.id::text
    AND failed.start_after > pgboss.job_now())`;

/** Shops in which a cycle is due or a charge waits for its next action, by id. */
export async function dueShops(ctx: Context): Promise<string[]> {
  const now = ctx.clock.now();
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT shop.id FROM "Shop" shop
    WHERE shop.status = 'ACTIVE' AND shop."reconciledAt" >= shop."installedAt" AND ${NOT_WAITING_TO_RETRY} AND (
      EXISTS (
        SELECT 1 FROM "Charge" charge
        WHERE charge."shopId" = shop.id AND charge."nextActionAt" <= ${now}::timestamptz)
      OR EXISTS (
        SELECT 1 FROM "BillingCycle" cycle
        WHERE cycle."shopId" = shop.id AND cycle."dueAt" <= ${now}::timestamptz
          AND cycle.outcome IS NULL AND NOT cycle.claimed
          AND NOT EXISTS (
            SELECT 1 FROM "Charge" running
            WHERE running."contractId" = cycle."contractId"
              AND running.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED'))))`;
  return rows.map(({ id }) => id);
}

/** The next moment at which any shop has something to charge or to follow up; may lie in the past. Null: never. */
export async function nextBillingMoment(ctx: Context): Promise<Date | null> {
  const [row] = await ctx.db.$queryRaw<{ at: Date | null }[]>`
    SELECT least(
      (SELECT min(charge."nextActionAt") FROM "Charge" charge JOIN "Shop" shop ON shop.id = charge."shopId"
       WHERE charge."nextActionAt" IS NOT NULL AND shop.status = 'ACTIVE'
         AND shop."reconciledAt" >= shop."installedAt" AND ${NOT_WAITING_TO_RETRY}),
      (SELECT cycle."dueAt" FROM "BillingCycle" cycle JOIN "Shop" shop ON shop.id = cycle."shopId"
       WHERE cycle.outcome IS NULL AND NOT cycle.claimed AND shop.status = 'ACTIVE'
         AND shop."reconciledAt" >= shop."installedAt" AND ${NOT_WAITING_TO_RETRY}
         AND NOT EXISTS (
           SELECT 1 FROM "Charge" running
           WHERE running."contractId" = cycle."contractId"
             AND running.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED'))
       ORDER BY cycle."dueAt" LIMIT 1)
    ) AS at`;
  return row?.at ?? null;
}

/** Puts one job for each shop that has something to do. */
export async function tick(ctx: Context): Promise<void> {
  for (const shopId of await dueShops(ctx)) await ctx.jobs.put(ctx.db, "billing.run", { shopId });
}
