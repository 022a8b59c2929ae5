import type { Context } from "~/context.server";
import { markAll } from "~/contracts/mark.server";
import { refreshNextBilling } from "~/contracts/mirror.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import type { NewEvent, SkipReason } from "~/history/events";
import { appendAll } from "~/history/history.server";
import { money } from "~/money/money";

import type { Adoption, ChargeStore, CycleId } from "./charge-store";
import { chargeOneOffs, clearUp } from "./charge-store-cycle-edits.server";
import { liftPause } from "./charge-store-write.server";
import type { NoOrderOutcome, WaitReason } from "../engine";

type Closures = Parameters<ChargeStore["close"]>[0];
type Parked = Parameters<ChargeStore["park"]>[0];

/**
 * Locks contracts before anything of theirs, in one order everywhere (also contracts/mirror.server.ts), so that no two
 * transactions wait for each other.
 */
export async function lockContracts(tx: Tx, contractIds: readonly string[]): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM "SubscriptionContract" WHERE id = ANY(${[...new Set(contractIds)]}::uuid[]) ORDER BY id FOR UPDATE`;
}

const idsOf = (cycles: readonly CycleId[]): string[] => [...new Set(cycles.map(({ contractId }) => contractId))];

export const SKIP_REASONS: Record<NoOrderOutcome, SkipReason> = {
  SKIPPED: "asked",
  SKIPPED_PAUSED: "paused",
  SKIPPED_DUNNING: "dunning",
  SKIPPED_STOCK: "stock",
  SKIPPED_BY_MERCHANT: "merchant",
  ENDED: "ended",
};

interface Expected extends CycleId {
  expectedAt: Date;
}

export async function close(ctx: Context, tx: Tx, shop: Shop, closures: Closures): Promise<void> {
  if (closures.length === 0) return;
  await lockContracts(tx, idsOf(closures));
  const closed = await tx.$queryRaw<(Expected & { outcome: NoOrderOutcome; contractShopifyId: string })[]>`
    UPDATE "BillingCycle" AS cycle
    SET outcome = wanted.outcome::"CycleOutcome", skipped = cycle.skipped OR wanted.outcome = 'SKIPPED',
      "waitReason" = NULL, "waitSince" = NULL
    FROM jsonb_to_recordset(${JSON.stringify(closures)}::jsonb) AS wanted(
      "contractId" uuid, "cycleIndex" int, outcome text), "SubscriptionContract" contract
    WHERE cycle."contractId" = wanted."contractId" AND cycle."cycleIndex" = wanted."cycleIndex"
      AND contract.id = cycle."contractId" AND cycle."shopId" = ${shop.id}::uuid
      AND cycle.outcome IS NULL AND NOT cycle.claimed
    RETURNING cycle."contractId", cycle."cycleIndex", cycle."expectedAt", wanted.outcome,
      contract."shopifyId" AS "contractShopifyId"`;
  await refreshNextBilling(tx, idsOf(closed));
  await appendAll(
    ctx,
    tx,
    closed.flatMap(({ contractId, cycleIndex, expectedAt, outcome }): NewEvent[] =>
      outcome === "ENDED"
        ? []
        : [
            {
              shopId: shop.id,
              contractId,
              type: "cycle.skipped",
              actor: outcome === "SKIPPED" ? "shopify" : "perennial",
              data: { cycleIndex, expectedAt: expectedAt.toISOString(), reason: SKIP_REASONS[outcome] },
            },
          ],
    ),
  );
  // Shopify saw it otherwise than the mirror did, or the mirror runs out of cycles to come.
  await markAll(
    ctx,
    tx,
    shop.id,
    closed.map(({ contractShopifyId }) => ({ kind: "CONTRACT" as const, shopifyId: contractShopifyId })),
  );
}

/** Looks at unclaimed cycles again later; without a reason only their date has moved. A wait goes on under the same reason and where the next look comes at once, and one for stock through everything else. */
export async function putOffCycles(
  tx: Tx,
  shop: Shop,
  cycles: readonly (CycleId & { until: Date; reason: WaitReason | null })[],
  now: Date,
): Promise<void> {
  if (cycles.length === 0) return;
  await tx.$executeRaw`
    UPDATE "BillingCycle" AS cycle SET "dueAt" = wanted.until,
      "waitReason" = CASE WHEN wanted.reason IS NULL AND (cycle."waitReason" = 'STOCK' OR wanted.until <= ${now}::timestamptz)
        THEN cycle."waitReason" ELSE wanted.reason END,
      "waitSince" = CASE
        WHEN cycle."waitReason" = wanted.reason THEN cycle."waitSince"
        WHEN wanted.reason IS NULL AND (cycle."waitReason" = 'STOCK' OR wanted.until <= ${now}::timestamptz)
          THEN cycle."waitSince"
        WHEN wanted.reason IS NULL THEN NULL
        ELSE ${now}::timestamptz END
    FROM jsonb_to_recordset(${JSON.stringify(cycles)}::jsonb) AS wanted(
      "contractId" uuid, "cycleIndex" int, until timestamptz, reason text)
    WHERE cycle."contractId" = wanted."contractId" AND cycle."cycleIndex" = wanted."cycleIndex"
      AND cycle."shopId" = ${shop.id}::uuid AND cycle.outcome IS NULL AND NOT cycle.claimed`;
}

export async function park(ctx: Context, tx: Tx, shop: Shop, cycles: Parked, now: Date): Promise<void> {
  if (cycles.length === 0) return;
  await lockContracts(tx, idsOf(cycles));
  const rows = cycles.map((cycle) => ({ ...cycle, chargeId: ctx.ids.next() }));
  const parked = await tx.$queryRaw<(Expected & { reason: string })[]>`
    WITH wanted AS (
      SELECT w.*, cycle."expectedAt" FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS w(
        "contractId" uuid, "cycleIndex" int, reason text, "expectedAmount" numeric, "currencyCode" text, "chargeId" uuid)
      JOIN "BillingCycle" cycle ON cycle."contractId" = w."contractId" AND cycle."cycleIndex" = w."cycleIndex"
      WHERE cycle."shopId" = ${shop.id}::uuid AND cycle.outcome IS NULL AND NOT cycle.claimed
    ), charge AS (
      INSERT INTO "Charge" (id, "shopId", "contractId", "cycleIndex", state, "expectedAmount", "currencyCode",
        "parkedReason", "claimedAt", "updatedAt", imported)
      SELECT "chargeId", ${shop.id}::uuid, "contractId", "cycleIndex", 'PARKED', "expectedAmount", "currencyCode",
        reason, ${now}::timestamptz, ${now}::timestamptz, false
      FROM wanted ON CONFLICT DO NOTHING RETURNING id
    ), claimed AS (
      UPDATE "BillingCycle" AS own SET claimed = true FROM wanted JOIN charge ON charge.id = wanted."chargeId"
      WHERE own."contractId" = wanted."contractId" AND own."cycleIndex" = wanted."cycleIndex"
    )
    SELECT wanted."contractId", wanted."cycleIndex", wanted."expectedAt", wanted.reason
    FROM wanted JOIN charge ON charge.id = wanted."chargeId"`;
  await refreshNextBilling(tx, idsOf(parked));
  await appendAll(
    ctx,
    tx,
    parked.map(({ contractId, cycleIndex, expectedAt, reason }) => ({
      shopId: shop.id,
      contractId,
      type: "charge.parked",
      actor: "perennial",
      data: { cycleIndex, expectedAt: expectedAt.toISOString(), reason },
    })),
  );
}

export async function adopt(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  adoptions: readonly Adoption[],
  now: Date,
): Promise<void> {
  if (adoptions.length === 0) return;
  await lockContracts(tx, idsOf(adoptions));
  for (const adoption of adoptions) await adoptOne(ctx, tx, shop, adoption, now);
  // Whoever has charged a cycle has charged what was on it.
  await chargeOneOffs(tx, shop, adoptions, now);
  await clearUp(ctx, tx, shop, adoptions, now);
  await liftPause(tx, idsOf(adoptions), now);
  await refreshNextBilling(tx, idsOf(adoptions));
}

/** Of this cycle or of another one, which two workers may have placed it on at once. */
const isKnown = async (tx: Tx, shop: Shop, idempotencyKey: string): Promise<boolean> =>
  (await tx.billingAttempt.count({ where: { shopId: shop.id, idempotencyKey } })) > 0;

/** Rare: somebody else's charge. Row by row, in plain words. */
async function adoptOne(ctx: Context, tx: Tx, shop: Shop, adoption: Adoption, now: Date): Promise<void> {
  const { contractId, cycleIndex, attempt } = adoption;
  const cycle = await tx.billingCycle.findFirst({
    where: { shopId: shop.id, contractId, cycleIndex },
    include: { charge: { include: { attempts: true } } },
  });
  if (!cycle || cycle.charge?.state === "PAID") return;
  const order = attempt?.order ?? null;
  const paid = {
    state: "PAID",
    paidAt: attempt?.completedAt ?? now,
    paidAmount: order?.total ?? null,
    orderId: order?.id ?? null,
    orderName: order?.name ?? null,
    errorCode: null,
    parkedReason: null,
    skippedReason: null,
    nextActionAt: null,
    dunningEndsAt: null,
    updatedAt: now,
    imported: true,
  } as const;
  const { id: chargeId } = cycle.charge
    ? await tx.charge.update({ where: { id: cycle.charge.id }, data: paid })
    : await tx.charge.create({
        data: {
          ...paid,
          id: ctx.ids.next(),
          shopId: shop.id,
          contractId,
          cycleIndex,
          expectedAmount: adoption.expectedAmount,
          currencyCode: adoption.currencyCode,
          claimedAt: now,
        },
      });
  // An intent of ours for it is withdrawn; its key stays known, should Shopify have it after all.
  await tx.billingAttempt.updateMany({
    where: { chargeId, state: { in: ["INTENT", "SENDING"] } },
    data: { state: "REFUSED", errorCode: "CHARGED_BY_OTHERS", completedAt: now },
  });
  if (attempt && !(await isKnown(tx, shop, attempt.idempotencyKey))) {
    await tx.billingAttempt.create({
      data: {
        id: ctx.ids.next(),
        chargeId,
        shopId: shop.id,
        number: (cycle.charge?.attempts.length ?? 0) + 1,
        idempotencyKey: attempt.idempotencyKey,
        shopifyId: attempt.shopifyId,
        state: "SUCCESS",
        orderId: order?.id ?? null,
        orderName: order?.name ?? null,
        createdAt: now,
        completedAt: attempt.completedAt ?? now,
      },
    });
  }
  await tx.billingCycle.update({
    where: { contractId_cycleIndex: { contractId, cycleIndex } },
    data: { billed: true, outcome: "BILLED", claimed: true, waitReason: null, waitSince: null },
  });
  await tx.subscriptionContract.update({
    where: { id: contractId },
    data: { paymentFailedAt: null, paymentErrorCode: null },
  });
  await appendAll(ctx, tx, [
    {
      shopId: shop.id,
      contractId,
      type: "charge.paid",
      actor: "shopify",
      data: {
        cycleIndex,
        expectedAt: cycle.expectedAt.toISOString(),
        orderId: order?.id ?? null,
        orderName: order?.name ?? null,
        total: money(order?.total ?? adoption.expectedAmount, order?.currencyCode ?? adoption.currencyCode),
        adopted: true,
        attemptNumber: (cycle.charge?.attempts.length ?? 0) + 1,
      },
    },
  ]);
}
