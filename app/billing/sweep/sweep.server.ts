import { Temporal } from "temporal-polyfill";

import type { Context } from "~/context.server";
import { mark } from "~/contracts/mark.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";
import { append } from "~/history/history.server";
import { spreadMs } from "~/schedule/due";
import { AdminApiError } from "~/shopify/admin-api.server";
import { bulkStates, startBulkQueries } from "~/shopify/bulk-operation.server";
import { bulkQueryText } from "~/shopify/bulk-query";
import { SweepAttemptsDocument, SweepContractsDocument } from "~/shopify/generated/admin";

import { NIGHT_MINUTES, nextLook, nextNight, readRunning, writeRunning } from "./sweep-night";
import type { RunningSweep } from "./sweep-night";
import { takeIn } from "./sweep-result.server";

const HOUR_MS = 3_600_000;
/** Attempts are read again from this long before the last sweep: longer than a webhook or a poll may be late. */
const OVERLAP_MS = 48 * HOUR_MS;
/** Until the next try after Shopify could not be asked, had no room, or ended an operation without a result. */
const RETRY_MS = 6 * HOUR_MS;

/**
 * The nightly sweep of one shop, a step at a time: starts two bulk queries, and in later jobs looks whether they are
 * ready and takes their results in. Some 30 points a night whatever the shop's size, apart from what is then read again
 * because it differs. May be killed and repeated at any point.
 */
export async function sweep(ctx: Context, shopId: string): Promise<void> {
  const shop = await ctx.db.shop.findUnique({ where: { id: shopId } });
  if (shop?.status !== "ACTIVE" || shop.reconciledAt === null || shop.reconciledAt < shop.installedAt) return;
  try {
    const running = shop.sweepOperationId === null ? null : readRunning(shop.sweepOperationId);
    if (!running && nightOf(shop, ctx.clock.now()) > ctx.clock.now()) return;
    if (!running) await start(ctx, shop);
    else if (running.startedAt < shop.installedAt) await giveUp(ctx, shop, "begun before the app was installed anew");
    else await look(ctx, shop, running);
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    await again(ctx, shop, new Date(ctx.clock.now().getTime() + RETRY_MS));
  }
}

async function start(ctx: Context, shop: Shop): Promise<void> {
  const startedAt = ctx.clock.now();
  const since = shop.sweptAt && shop.sweptAt > shop.installedAt ? shop.sweptAt.getTime() - OVERLAP_MS : 0;
  const search = `created_at:>='${new Date(since).toISOString()}'`;
  const started = await startBulkQueries(ctx.admin(shop.domain), [
    bulkQueryText(SweepContractsDocument, {}),
    bulkQueryText(SweepAttemptsDocument, { search }),
  ]);
  if (started.outcome === "REFUSED") {
    ctx.log.warn({ shop: shop.domain, code: started.code, reason: started.message }, "the sweep could not begin");
    await again(ctx, shop, new Date(startedAt.getTime() + RETRY_MS));
    return;
  }
  const [contractsId = "", attemptsId = ""] = started.ids;
  const sweepOperationId = writeRunning({ startedAt, contractsId, attemptsId });
  await ctx.db.$transaction(async (tx) => {
    await tx.shop.update({ where: { id: shop.id }, data: { sweepOperationId } });
    // No webhook tells that a shop ships to other countries than before.
    await mark(ctx, tx, shop.id, "SHOP", shop.domain);
  });
  await again(ctx, shop, nextLook(startedAt, startedAt));
}

async function look(ctx: Context, shop: Shop, { startedAt, contractsId, attemptsId }: RunningSweep): Promise<void> {
  const [contracts, attempts] = await bulkStates(ctx.admin(shop.domain), [contractsId, attemptsId]);
  const ended = [contracts, attempts].find((state) => state?.state === "ENDED");
  if (ended?.state === "ENDED") return giveUp(ctx, shop, ended.reason);
  if (contracts?.state !== "COMPLETED" || attempts?.state !== "COMPLETED") {
    const next = nextLook(startedAt, ctx.clock.now());
    return next ? again(ctx, shop, next) : giveUp(ctx, shop, "not ready in time");
  }
  const swept = await takeIn(ctx, shop, startedAt, contracts, attempts);
  await ctx.db.$transaction(async (tx) => {
    await tx.shop.update({ where: { id: shop.id }, data: { sweptAt: ctx.clock.now(), sweepOperationId: null } });
    await append(ctx, tx, {
      shopId: shop.id,
      contractId: null,
      type: "billing.swept",
      actor: "perennial",
      data: { ...swept },
    });
  });
  ctx.log.info({ shop: shop.domain, ...swept }, "shop swept");
}

async function giveUp(ctx: Context, shop: Shop, reason: string): Promise<void> {
  ctx.log.warn({ shop: shop.domain, reason }, "a sweep ended without a result");
  await ctx.db.shop.update({ where: { id: shop.id }, data: { sweepOperationId: null } });
  await again(ctx, shop, new Date(ctx.clock.now().getTime() + RETRY_MS));
}

const again = (ctx: Context, shop: Shop, at: Date | null): Promise<void> =>
  ctx.jobs.put(ctx.db, "billing.sweep", { shopId: shop.id }, at ? { startAfter: at } : {});

/**
 * Puts a sweep for each shop whose night has come, and for each whose running one is to be looked at. A job that waits for its
 * own moment stands in the way of another, so that this may be called every minute.
 */
export async function sweepShops(ctx: Context): Promise<void> {
  const now = ctx.clock.now();
  const due = (await moments(ctx)).filter(({ at }) => at <= now);
  await ctx.jobs.putAll(
    ctx.db,
    "billing.sweep",
    due.map(({ shopId }) => ({ shopId })),
  );
}

/** The next moment at which any shop's sweep begins or is looked at; may lie in the past. Null: never. */
export async function nextSweepMoment(ctx: Context): Promise<Date | null> {
  const all = (await moments(ctx)).map(({ at }) => at.getTime());
  return all.length === 0 ? null : new Date(all.reduce((a, b) => Math.min(a, b)));
}

/** Shops in which nothing may be charged are not swept: there is nothing to compare, or nobody to ask. */
const SWEEPABLE = Prisma.sql`shop.status = 'ACTIVE' AND shop."reconciledAt" >= shop."installedAt"
  AND shop."billingHeldReason" IS NULL`;

/** A sweep that could not be made is left to its job's own next try. */
const NOT_WAITING = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM pgboss.job waiting
  WHERE waiting.name = 'billing.sweep' AND waiting.state IN ('created', 'retry')
    AND waiting.singleton_key = shop.id::text AND waiting.start_after > pgboss.job_now()
    AND shop."sweepOperationId" IS NULL)`;

async function moments(ctx: Context): Promise<{ shopId: string; at: Date }[]> {
  const now = ctx.clock.now();
  const shops = await ctx.db.$queryRaw<
    { id: string; timeZone: string; sweepOperationId: string | null; lastAt: Date }[]
  >`
    SELECT shop.id, shop."timeZone", shop."sweepOperationId",
      greatest(shop."reconciledAt", shop."sweptAt") AS "lastAt"
    FROM "Shop" shop WHERE ${SWEEPABLE} AND ${NOT_WAITING}`;
  const offsets = new Map<string, number>();
  return shops.map(({ id, timeZone, sweepOperationId, lastAt }) => {
    const running = sweepOperationId === null ? null : readRunning(sweepOperationId);
    // A look that is overdue by then was lost with its job.
    if (running) return { shopId: id, at: nextLook(running.startedAt, now) ?? now };
    const offset = offsets.get(timeZone) ?? offsetMs(now, timeZone);
    offsets.set(timeZone, offset);
    return { shopId: id, at: nextNight(lastAt, offset, spreadMs(id, NIGHT_MINUTES)) };
  });
}

/** When the shop's next sweep is due: a second job of the same night finds it done. */
function nightOf(shop: Shop, now: Date): Date {
  const last = Math.max(shop.reconciledAt?.getTime() ?? 0, shop.sweptAt?.getTime() ?? 0);
  return nextNight(new Date(last), offsetMs(now, shop.timeZone), spreadMs(shop.id, NIGHT_MINUTES));
}

const offsetMs = (at: Date, timeZone: string): number =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
