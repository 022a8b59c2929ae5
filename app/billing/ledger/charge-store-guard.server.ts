import type { Context } from "~/context.server";
import { markAll } from "~/contracts/mark.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";

import type { Looked } from "./charge-store";
import { settle } from "./charge-store-outcomes.server";
import type { Booked, Feed, FeedMark } from "../guard";
import type { BillingSettings } from "../settings/settings";

/** What the guard needs of the ledger, and what it leaves there. */

export async function feedMark(ctx: Context, shop: Shop): Promise<FeedMark> {
  const row = await ctx.db.shop.findUniqueOrThrow({
    where: { id: shop.id },
    select: { attemptsReadTo: true, contractsReadTo: true },
  });
  return { attemptId: row.attemptsReadTo, contractsAt: row.contractsReadTo };
}

export async function look(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  settings: BillingSettings,
  feed: Feed,
  now: Date,
): Promise<Looked> {
  const own = await settle(
    ctx,
    tx,
    shop,
    settings,
    feed.attempts.map(({ outcome }) => outcome),
    now,
  );
  const strangers = feed.attempts.filter(({ outcome }) => !own.has(outcome.idempotencyKey));
  const foreign = await noteForeign(tx, shop, strangers, now);
  const behind = await noteBehind(tx, shop, feed.contracts, now);
  if (!feed.complete) await noteAll(tx, shop, now);
  await markAll(
    ctx,
    tx,
    shop.id,
    [...behind].map((shopifyId) => ({ kind: "CONTRACT" as const, shopifyId })),
  );
  await tx.shop.update({
    where: { id: shop.id },
    data: { attemptsReadTo: feed.mark.attemptId, contractsReadTo: feed.mark.contractsAt },
  });
  return { foreign, behind, own };
}

/** The checkout's own attempts are nobody's doing. */
async function noteForeign(tx: Tx, shop: Shop, strangers: Feed["attempts"], now: Date): Promise<Set<string>> {
  if (strangers.length === 0) return new Set();
  const rows = strangers.map(({ outcome, contractShopifyId }) => ({
    shopifyId: contractShopifyId,
    orderId: outcome.order?.id ?? null,
  }));
  const noted = await tx.$queryRaw<{ shopifyId: string }[]>`
    UPDATE "SubscriptionContract" AS contract SET "foreignSeenAt" = ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS seen("shopifyId" text, "orderId" text)
    WHERE contract."shopId" = ${shop.id}::uuid AND contract."shopifyId" = seen."shopifyId"
      AND (seen."orderId" IS NULL OR seen."orderId" IS DISTINCT FROM contract."originOrderId")
    RETURNING contract."shopifyId"`;
  return new Set(noted.map(({ shopifyId }) => shopifyId));
}

/**
 * Shopify's list has moved on and won't show them again: until they have been read, they are looked at one by one before
 * they are charged, whatever becomes of this run.
 */
async function noteBehind(tx: Tx, shop: Shop, contracts: Feed["contracts"], now: Date): Promise<Set<string>> {
  if (contracts.length === 0) return new Set();
  const rows = await tx.$queryRaw<{ shopifyId: string }[]>`
    UPDATE "SubscriptionContract" AS contract SET "foreignSeenAt" = ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(contracts)}::jsonb) AS seen("shopifyId" text, status text, "revisionId" text)
    WHERE contract."shopId" = ${shop.id}::uuid AND contract."shopifyId" = seen."shopifyId"
      AND (contract.status::text <> seen.status OR contract."revisionId" <> seen."revisionId")
    RETURNING contract."shopifyId"`;
  return new Set(rows.map(({ shopifyId }) => shopifyId));
}

/** Nobody knows whom the part of the list that was not read is about, and nothing will show it again. */
async function noteAll(tx: Tx, shop: Shop, now: Date): Promise<void> {
  await tx.$executeRaw`
    WITH unseen AS (
      SELECT id FROM "SubscriptionContract"
      WHERE "shopId" = ${shop.id}::uuid AND "foreignSeenAt" IS NULL AND status NOT IN ('CANCELLED', 'EXPIRED')
      ORDER BY id FOR UPDATE
    )
    UPDATE "SubscriptionContract" AS contract SET "foreignSeenAt" = ${now}::timestamptz
    FROM unseen WHERE contract.id = unseen.id`;
}

export async function booked(
  ctx: Context,
  shop: Shop,
  contractIds: readonly string[],
  keys: readonly string[],
): Promise<Map<string, Booked>> {
  const [attempts, paid] = await Promise.all([
    ctx.db.billingAttempt.findMany({
      where: { shopId: shop.id, idempotencyKey: { in: [...keys] } },
      select: { idempotencyKey: true },
    }),
    ctx.db.charge.findMany({
      where: { shopId: shop.id, contractId: { in: [...contractIds] }, state: "PAID" },
      select: { contractId: true, cycleIndex: true },
    }),
  ]);
  const known = new Set(attempts.map(({ idempotencyKey }) => idempotencyKey));
  return new Map(
    contractIds.map((id) => {
      const own = paid.filter(({ contractId }) => contractId === id).map(({ cycleIndex }) => cycleIndex);
      return [id, { keys: known, paidCycles: new Set(own) }];
    }),
  );
}

export async function accountedFor(ctx: Context, shop: Shop, contractIds: readonly string[]): Promise<void> {
  if (contractIds.length === 0) return;
  await ctx.db.subscriptionContract.updateMany({
    where: { shopId: shop.id, id: { in: [...contractIds] }, foreignSeenAt: { not: null } },
    data: { foreignSeenAt: null },
  });
}
