import type { Context } from "~/context.server";
import { refreshNextBilling } from "~/contracts/mirror.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import type { NewEvent } from "~/history/events";
import { appendAll } from "~/history/history.server";

import type { ChargeStore, OpenCharge } from "./charge-store";
import { clearUp, releaseOneOffs } from "./charge-store-cycle-edits.server";
import { lockContracts, SKIP_REASONS } from "./charge-store-cycles.server";
import { openCharges } from "./charge-store-rows.server";
import { liftPause } from "./charge-store-write.server";
import { NEW_CARD_WAIT_MS } from "../engine";
import type { NoOrderOutcome } from "../engine";
import type { BillingSettings } from "../settings/settings";

/** People's acts looked after in one go. */
const ATTENDED_AT_ONCE = 500;

type Act = "ENDED" | "PAUSED" | "NEW_CARD" | "RESUMED";

export async function attend(ctx: Context, tx: Tx, shop: Shop, now: Date): Promise<number> {
  const rows = await tx.$queryRaw<{ id: string; contractId: string; act: Act }[]>`
    SELECT id, "contractId", act FROM (
      SELECT charge.id, charge."contractId", charge."updatedAt",
        CASE
          WHEN contract.status IN ('CANCELLED', 'EXPIRED') OR contract."goneAt" IS NOT NULL THEN 'ENDED'
          WHEN charge.state = 'FAILED' AND contract.status IN ('PAUSED', 'FAILED')
            -- What could still be approved holds the contract, also beyond a pause.
            AND contract."dunningPausedAt" IS NULL AND last.state IS DISTINCT FROM 'ACTION_REQUIRED' THEN 'PAUSED'
          WHEN charge.state = 'FAILED' AND charge."firstFailedAt" IS NOT NULL AND last.state IN ('FAILED', 'REFUSED')
            AND contract."paymentMethodChangedAt" > last."sentAt" THEN 'NEW_CARD'
          WHEN charge.state = 'FAILED' AND contract.status = 'ACTIVE' AND contract."dunningPausedAt" IS NOT NULL
            AND charge."nextActionAt" IS NULL THEN 'RESUMED'
        END AS act
      FROM "Charge" charge JOIN "SubscriptionContract" contract ON contract.id = charge."contractId"
      JOIN "BillingCycle" cycle ON cycle."contractId" = charge."contractId" AND cycle."cycleIndex" = charge."cycleIndex"
      LEFT JOIN LATERAL (
        SELECT own.state, own."sentAt" FROM "BillingAttempt" own WHERE own."chargeId" = charge.id
        ORDER BY own.number DESC LIMIT 1
      ) AS last ON true
      WHERE charge."shopId" = ${shop.id}::uuid AND charge.state IN ('FAILED', 'PARKED')
        -- What Shopify calls billed is to be booked, whatever has become of the contract since.
        AND cycle.outcome IS DISTINCT FROM 'BILLED'
    ) AS attended WHERE act IS NOT NULL ORDER BY "updatedAt" LIMIT ${ATTENDED_AT_ONCE}`;
  await lockContracts(
    tx,
    rows.map(({ contractId }) => contractId),
  );
  const idsOf = (...acts: Act[]) => rows.filter(({ act }) => acts.includes(act)).map(({ id }) => id);
  await giveUp(ctx, tx, shop, idsOf("ENDED"), "ENDED", now);
  await giveUp(ctx, tx, shop, idsOf("PAUSED"), "SKIPPED_PAUSED", now);
  // Fresh tries for a card that no try has met, after the wait in which Shopify or the gateway may retry by itself. Having
  // no first failure, the charge is not taken for one with a new card again.
  await tx.$executeRaw`
    UPDATE "Charge" AS charge SET declines = 0, "firstFailedAt" = NULL, "dunningEndsAt" = NULL,
      "nextActionAt" = contract."paymentMethodChangedAt" + ${NEW_CARD_WAIT_MS} * interval '1 millisecond',
      "updatedAt" = ${now}::timestamptz
    FROM "SubscriptionContract" contract
    WHERE contract.id = charge."contractId" AND charge.state = 'FAILED' AND charge.id = ANY(${idsOf("NEW_CARD")}::uuid[])`;
  await tx.charge.updateMany({
    where: { id: { in: idsOf("RESUMED") }, state: "FAILED" },
    data: { nextActionAt: now, dunningEndsAt: null, updatedAt: now },
  });
  await tx.$executeRaw`
    UPDATE "SubscriptionContract" AS contract SET "dunningPausedAt" = NULL
    WHERE contract."shopId" = ${shop.id}::uuid AND contract."dunningPausedAt" IS NOT NULL AND contract.status = 'ACTIVE'
      AND NOT EXISTS (
        SELECT 1 FROM "Charge" ending WHERE ending."contractId" = contract.id AND ending.state = 'FAILED'
          AND ending."dunningEndsAt" IS NOT NULL AND ending."nextActionAt" IS NOT NULL)`;
  return rows.length;
}

/** Looked at in one go; those that are booked make room for the next. */
const ELSEWHERE_AT_ONCE = 100;

export async function chargedElsewhere(tx: Tx, shop: Shop): Promise<OpenCharge[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT charge.id FROM "Charge" charge
    JOIN "BillingCycle" cycle ON cycle."contractId" = charge."contractId" AND cycle."cycleIndex" = charge."cycleIndex"
    WHERE charge."shopId" = ${shop.id}::uuid AND charge.state IN ('FAILED', 'PARKED', 'SKIPPED') AND cycle.outcome = 'BILLED'
      AND NOT EXISTS (
        SELECT 1 FROM "BillingAttempt" own
        WHERE own."chargeId" = charge.id AND own.state NOT IN ('FAILED', 'REFUSED'))
    ORDER BY charge."updatedAt" LIMIT ${ELSEWHERE_AT_ONCE}`;
  return openCharges(
    tx,
    shop,
    rows.map(({ id }) => id),
  );
}

/** Charges that will not be tried any more, and their cycles, which bring no order. */
export async function giveUp(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  chargeIds: readonly string[],
  outcome: NoOrderOutcome,
  now: Date,
): Promise<void> {
  if (chargeIds.length === 0) return;
  const reason = SKIP_REASONS[outcome];
  const given = await tx.$queryRaw<
    { contractId: string; cycleIndex: number; expectedAt: Date; errorCode: string | null }[]
  >`
    WITH given AS (
      UPDATE "Charge" SET state = 'SKIPPED', "skippedReason" = ${outcome}, "nextActionAt" = NULL, "dunningEndsAt" = NULL,
        "parkedReason" = NULL, "updatedAt" = ${now}::timestamptz
      WHERE "shopId" = ${shop.id}::uuid AND id = ANY(${[...chargeIds]}::uuid[]) AND state NOT IN ('PAID', 'SKIPPED')
      RETURNING "contractId", "cycleIndex", "errorCode"
    )
    UPDATE "BillingCycle" AS cycle
    SET outcome = ${outcome}::"CycleOutcome", "waitReason" = NULL, "waitSince" = NULL
    FROM given WHERE cycle."contractId" = given."contractId" AND cycle."cycleIndex" = given."cycleIndex"
    RETURNING cycle."contractId", cycle."cycleIndex", cycle."expectedAt", given."errorCode"`;
  await appendAll(
    ctx,
    tx,
    given.map(({ contractId, cycleIndex, expectedAt, errorCode }): NewEvent => ({
      shopId: shop.id,
      contractId,
      type: "charge.given-up",
      actor: "perennial",
      data: { cycleIndex, expectedAt: expectedAt.toISOString(), reason, errorCode },
    })),
  );
  await releaseOneOffs(tx, shop, given);
  await clearUp(ctx, tx, shop, given, now);
}

/** Cycles that passed while an earlier one of these contracts was in dunning. */
export async function skipMissed(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  contractIds: readonly string[],
  now: Date,
): Promise<void> {
  if (contractIds.length === 0) return;
  const missed = await tx.$queryRaw<{ contractId: string; cycleIndex: number; expectedAt: Date }[]>`
    UPDATE "BillingCycle" AS cycle SET outcome = 'SKIPPED_DUNNING', "waitReason" = NULL, "waitSince" = NULL
    WHERE cycle."contractId" = ANY(${[...contractIds]}::uuid[]) AND cycle.outcome IS NULL AND NOT cycle.claimed
      AND cycle."dueAt" <= ${now}::timestamptz
    RETURNING cycle."contractId", cycle."cycleIndex", cycle."expectedAt"`;
  await refreshNextBilling(tx, contractIds);
  await appendAll(
    ctx,
    tx,
    missed.map(({ contractId, cycleIndex, expectedAt }): NewEvent => ({
      shopId: shop.id,
      contractId,
      type: "cycle.skipped",
      actor: "perennial",
      data: { cycleIndex, expectedAt: expectedAt.toISOString(), reason: "dunning" },
    })),
  );
}

export async function pausing(ctx: Context, tx: Tx, shop: Shop, chargeId: string, now: Date): Promise<void> {
  const charge = await tx.charge.findFirst({ where: { id: chargeId, shopId: shop.id }, select: { contractId: true } });
  if (!charge) return;
  await lockContracts(tx, [charge.contractId]);
  await tx.subscriptionContract.updateMany({
    where: { id: charge.contractId, dunningPausedAt: null },
    data: { dunningPausedAt: now },
  });
  await skipMissed(ctx, tx, shop, [charge.contractId], now);
}

export async function ended(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  settings: BillingSettings,
  chargeId: string,
  outcome: Parameters<ChargeStore["ended"]>[1],
  now: Date,
): Promise<void> {
  const charge = await tx.charge.findFirst({
    where: { id: chargeId, shopId: shop.id },
    include: { cycle: { select: { expectedAt: true } } },
  });
  if (!charge) return;
  const { contractId, cycleIndex } = charge;
  await lockContracts(tx, [contractId]);
  // Paid while it was being paused.
  if (charge.state !== "FAILED") return liftPause(tx, [contractId], now);
  await appendAll(ctx, tx, [
    {
      shopId: shop.id,
      contractId,
      type: "dunning.ended",
      actor: "perennial",
      data: {
        cycleIndex,
        expectedAt: charge.cycle.expectedAt.toISOString(),
        end: outcome === "PAUSED" ? "PAUSE" : settings.dunningEnd === "SKIP" ? "SKIP" : "CANCEL",
        errorCode: charge.errorCode ?? "UNEXPECTED_ERROR",
      },
    },
  ]);
  if (outcome === "PAUSED") {
    await tx.charge.updateMany({
      where: { id: chargeId, state: "FAILED" },
      data: { nextActionAt: null, updatedAt: now },
    });
    return;
  }
  await giveUp(ctx, tx, shop, [chargeId], outcome, now);
  if (outcome === "SKIPPED_DUNNING") await skipMissed(ctx, tx, shop, [contractId], now);
}

export async function putOff(ctx: Context, shop: Shop, chargeIds: readonly string[], until: Date): Promise<void> {
  await ctx.db.charge.updateMany({
    where: { shopId: shop.id, id: { in: [...chargeIds] }, nextActionAt: { not: null } },
    data: { nextActionAt: until },
  });
}
