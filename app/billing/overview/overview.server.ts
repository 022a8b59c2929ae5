import { Temporal } from "temporal-polyfill";

import type { Context } from "~/context.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";
import { money } from "~/money/money";
import { localDate } from "~/schedule/due";

import { amountOfContract } from "../ledger/charge-store-rows.server";
import { contractRef, refSelect, runningContract } from "./contract-ref";
import { tally } from "./tally";
import type { Counted } from "./tally";
import { upcomingDays } from "./upcoming.server";
import type { BillingGlance, BillingOverview, LaneView, RecoveryView, TodayView } from "./views";

const RECOVERY_DAYS = 30;
/** Orders with another total that the page names; the first few show what is wrong. */
const DIFFERING_SHOWN = 10;

/** What the billing page tells about the shop as a whole, all by aggregates over the mirror and the ledger. */
export async function billingOverview(ctx: Context, shop: Shop): Promise<BillingOverview> {
  const [today, lane, upcoming, recovery] = await Promise.all([
    todayOf(ctx, shop),
    laneOf(ctx, shop),
    upcomingDays(ctx, shop),
    recoveryOf(ctx, shop),
  ]);
  return {
    now: ctx.clock.now().toISOString(),
    imported: shop.reconciledAt !== null,
    today,
    lane,
    upcoming: upcoming.days,
    upcomingAmount: upcoming.all,
    recovery,
  };
}

/** The little of it that the home page tells. */
export async function billingGlance(ctx: Context, shop: Shop): Promise<BillingGlance> {
  const waiting = (states: ("FAILED" | "ACTION_REQUIRED" | "PARKED")[]) =>
    ctx.db.charge.count({
      where: { shopId: shop.id, state: { in: states }, imported: false, contract: runningContract },
    });
  const [today, failing, parked] = await Promise.all([
    todayOf(ctx, shop),
    waiting(["FAILED", "ACTION_REQUIRED"]),
    waiting(["PARKED"]),
  ]);
  return { today, failing, parked, heldReason: heldReason(shop) };
}

/** The first and the last moment of today in the shop's calendar. */
function todayIn(shop: Shop, now: Date): { from: Date; until: Date } {
  const day = Temporal.PlainDate.from(localDate(now, shop.timeZone));
  const midnight = (date: Temporal.PlainDate) => new Date(date.toZonedDateTime(shop.timeZone).epochMilliseconds);
  return { from: midnight(day), until: midnight(day.add({ days: 1 })) };
}

/** Shopify's limit for payments: the lane stops a minute at a time, and that is a run like any other. */
const PACED = "RATE";

/** Why the shop's billing stands still as a merchant would see it. */
const heldReason = (shop: Shop): string | null => (shop.billingHeldReason === PACED ? null : shop.billingHeldReason);

const DAY_MS = 24 * 3_600_000;

/** Orders that stopped the lane were written down just before it stopped; those a person has looked at are older. */
const justBefore = (shop: Shop): Date => new Date((shop.billingHeldSince?.getTime() ?? 0) - DAY_MS);

type Group = "charged" | "underWay" | "approval" | "parked" | "failed";

async function todayOf(ctx: Context, shop: Shop): Promise<TodayView> {
  const now = ctx.clock.now();
  const { from, until } = todayIn(shop, now);
  const [charges, cycles] = await Promise.all([
    // A charge of today is one that ended today or is on its way, whenever it was due first.
    ctx.db.$queryRaw<(Counted & { group: Group })[]>`
      SELECT
        CASE
          WHEN charge.state = 'PAID' THEN 'charged'
          WHEN charge.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN') THEN 'underWay'
          WHEN charge.state = 'ACTION_REQUIRED' THEN 'approval'
          WHEN charge.state = 'PARKED' THEN 'parked'
          ELSE 'failed'
        END AS "group",
        charge."currencyCode", count(*) AS count, sum(charge."expectedAmount") AS amount
      FROM "Charge" charge
      WHERE charge."shopId" = ${shop.id}::uuid AND NOT charge.imported AND (
        (charge.state = 'PAID' AND charge."paidAt" >= ${from}::timestamptz AND charge."paidAt" < ${until}::timestamptz)
        OR charge.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN')
        OR (charge.state IN ('PARKED', 'ACTION_REQUIRED') AND charge."updatedAt" >= ${from}::timestamptz)
        OR (charge.state IN ('FAILED', 'SKIPPED') AND charge."updatedAt" >= ${from}::timestamptz AND EXISTS (
          SELECT 1 FROM "BillingAttempt" attempt
          WHERE attempt."chargeId" = charge.id AND attempt.state = 'FAILED'
            AND attempt."completedAt" >= ${from}::timestamptz)))
      GROUP BY 1, 2`,
    ctx.db.$queryRaw<(Counted & { due: boolean })[]>`
      SELECT cycle."dueAt" <= ${now}::timestamptz AS due, contract."currencyCode", count(*) AS count,
        sum(${amountOfContract}) AS amount
      FROM "BillingCycle" cycle JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId"
      WHERE ${isToCome(shop)} AND cycle."dueAt" < ${until}::timestamptz
      GROUP BY 1, 2`,
  ]);
  const group = (name: Group) => charges.filter((row) => row.group === name);
  const due = cycles.filter((row) => row.due);
  // While the lane is held nothing moves, so what is due is not on its way.
  const held = heldReason(shop) !== null;
  const underWay = held ? group("underWay") : [...group("underWay"), ...due];
  return {
    all: tally([...charges, ...cycles]),
    charged: tally(group("charged")),
    underWay: tally(underWay),
    later: tally(held ? cycles : cycles.filter((row) => !row.due)),
    failed: tally(group("failed")),
    approval: tally(group("approval")),
    parked: tally(group("parked")),
    running: underWay.length > 0,
    paced: shop.billingHeldReason === PACED,
  };
}

/** The query's `cycle` will be charged when its moment comes: nothing is known that keeps it back. */
const isToCome = (shop: Shop) => Prisma.sql`cycle."shopId" = ${shop.id}::uuid AND cycle.outcome IS NULL
  AND NOT cycle.claimed AND cycle."waitReason" IS NULL AND contract.status = 'ACTIVE' AND contract."goneAt" IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM "Charge" earlier WHERE earlier."contractId" = cycle."contractId"
      AND earlier.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED', 'FAILED', 'PARKED'))`;

async function laneOf(ctx: Context, shop: Shop): Promise<LaneView | null> {
  const reason = heldReason(shop);
  if (reason === null) return null;
  const now = ctx.clock.now();
  const [kept, differing] = await Promise.all([
    ctx.db.$queryRaw<Counted[]>`
      SELECT contract."currencyCode", count(*) AS count, sum(${amountOfContract}) AS amount
      FROM "BillingCycle" cycle JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId"
      WHERE ${isToCome(shop)} AND cycle."dueAt" <= ${now}::timestamptz
      GROUP BY 1`,
    reason === "AMOUNT_DIFFERS"
      ? ctx.db.charge.findMany({
          where: { shopId: shop.id, differsBy: { not: null }, updatedAt: { gte: justBefore(shop) } },
          include: { contract: { select: refSelect } },
          orderBy: { paidAt: "desc" },
          take: DIFFERING_SHOWN,
        })
      : [],
  ]);
  return {
    reason,
    since: shop.billingHeldSince?.toISOString() ?? null,
    until: shop.billingHeldUntil?.toISOString() ?? null,
    kept: tally(kept),
    differing: differing.map((charge) => ({
      chargeId: charge.id,
      contract: contractRef(charge.contract),
      orderId: charge.orderId,
      orderName: charge.orderName,
      expected: money(charge.expectedAmount, charge.currencyCode),
      taken: money(charge.paidAmount ?? 0, charge.currencyCode),
      by: money(charge.differsBy ?? 0, charge.currencyCode),
    })),
  };
}

async function recoveryOf(ctx: Context, shop: Shop): Promise<RecoveryView> {
  const since = new Date(ctx.clock.now().getTime() - RECOVERY_DAYS * DAY_MS);
  const rows = await ctx.db.$queryRaw<(Counted & { recovered: boolean })[]>`
    SELECT state = 'PAID' AS recovered, "currencyCode", count(*) AS count,
      sum(coalesce("paidAmount", "expectedAmount")) AS amount
    FROM "Charge"
    WHERE "shopId" = ${shop.id}::uuid AND NOT imported AND "firstFailedAt" IS NOT NULL AND declines > 0 AND (
      (state = 'PAID' AND "paidAt" >= ${since}::timestamptz)
      OR (state = 'SKIPPED' AND "updatedAt" >= ${since}::timestamptz)
      OR (state = 'FAILED' AND "nextActionAt" IS NULL AND "updatedAt" >= ${since}::timestamptz))
    GROUP BY 1, 2`;
  const recovered = tally(rows.filter((row) => row.recovered));
  const lost = tally(rows.filter((row) => !row.recovered));
  const over = recovered.count + lost.count;
  return {
    days: RECOVERY_DAYS,
    recovered,
    lost,
    ofHundred: over === 0 ? null : Math.round((100 * recovered.count) / over),
  };
}
