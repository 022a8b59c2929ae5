import type { Context } from "~/context.server";
import { markAll } from "~/contracts/mark.server";
import { refreshNextBilling } from "~/contracts/mirror.server";
import { UPCOMING_KEPT } from "~/contracts/read.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import type { AttemptState, ChargeState } from "~/generated/prisma/enums";
import type { NewEvent } from "~/history/events";
import { appendAll } from "~/history/history.server";
import { money } from "~/money/money";

import type { Sent } from "./charge-store";
import { close, lockContracts } from "./charge-store-cycles.server";
import { transition } from "./engine";
import type { AttemptOutcome } from "./engine";

/** What a charge and its latest attempt become. Absent fields stay as they are. */
interface Change {
  chargeId: string;
  attemptId: string;
  contractId: string;
  cycleIndex: number;
  chargeState: ChargeState;
  attemptState: AttemptState;
  attemptShopifyId: string | null;
  nextActionAt: Date | null;
  errorCode: string | null;
  parkedReason: string | null;
  orderId: string | null;
  orderName: string | null;
  paidAmount: string | null;
  paidAt: Date | null;
  completedAt: Date | null;
}

const unchanged = {
  attemptShopifyId: null,
  nextActionAt: null,
  errorCode: null,
  parkedReason: null,
  orderId: null,
  orderName: null,
  paidAmount: null,
  paidAt: null,
  completedAt: null,
} as const;

export async function sent(ctx: Context, tx: Tx, shop: Shop, results: readonly Sent[], now: Date): Promise<void> {
  if (results.length === 0) return;
  await lockContracts(
    tx,
    results.map(({ charge }) => charge.contractId),
  );
  const open = await stillSending(
    tx,
    results.map(({ charge }) => charge.chargeId),
  );
  const live = results.filter(({ charge }) => open.has(charge.chargeId));

  const changes: Change[] = [];
  const events: NewEvent[] = [];
  for (const { charge, decision } of live) {
    const { chargeId, attemptId, contractId, cycleIndex } = charge;
    const about = { ...unchanged, chargeId, attemptId, contractId, cycleIndex };
    if (decision.kind === "PENDING") {
      const { shopifyId: attemptShopifyId, nextActionAt } = decision;
      changes.push({ ...about, chargeState: "PENDING", attemptState: "PENDING", attemptShopifyId, nextActionAt });
    } else if (decision.kind === "AGAIN") {
      const { nextActionAt } = decision;
      changes.push({ ...about, chargeState: "CLAIMED", attemptState: "INTENT", nextActionAt });
    } else if (decision.kind === "UNKNOWN") {
      const { nextActionAt } = decision;
      changes.push({ ...about, chargeState: "UNKNOWN", attemptState: "SENDING", nextActionAt });
    } else if (decision.kind === "PARK") {
      const { reason } = decision;
      changes.push({
        ...about,
        chargeState: "PARKED",
        attemptState: "REFUSED",
        parkedReason: reason,
        errorCode: reason,
        completedAt: now,
      });
      const expectedAt = open.get(chargeId)?.toISOString() ?? now.toISOString();
      events.push({
        shopId: shop.id,
        contractId,
        type: "charge.parked",
        actor: "perennial",
        data: { cycleIndex, expectedAt, reason },
      });
    }
  }
  await write(tx, changes, now);
  await appendAll(ctx, tx, events);
  await withdraw(ctx, tx, shop, live);
}

/** Intents that came to nothing are taken back: Shopify has refused them, so no attempt carries their key. */
async function withdraw(ctx: Context, tx: Tx, shop: Shop, results: readonly Sent[]): Promise<void> {
  const back = results.flatMap(({ charge, decision }) =>
    decision.kind === "WITHDRAW" || decision.kind === "RELEASE" ? [{ charge, decision }] : [],
  );
  if (back.length === 0) return;
  await tx.charge.deleteMany({ where: { shopId: shop.id, id: { in: back.map(({ charge }) => charge.chargeId) } } });
  for (const { charge, decision } of back) {
    const { contractId, cycleIndex } = charge;
    await tx.billingCycle.update({
      where: { contractId_cycleIndex: { contractId, cycleIndex } },
      data: { claimed: false, ...(decision.kind === "RELEASE" ? { dueAt: decision.until } : {}) },
    });
  }
  await close(
    ctx,
    tx,
    shop,
    back.flatMap(({ charge: { contractId, cycleIndex }, decision }) =>
      decision.kind === "WITHDRAW" ? [{ contractId, cycleIndex, outcome: decision.outcome }] : [],
    ),
  );
}

/** Charges that nobody has settled meanwhile, with their cycle's expected date. */
async function stillSending(tx: Tx, chargeIds: readonly string[]): Promise<Map<string, Date>> {
  const rows = await tx.charge.findMany({
    where: { id: { in: [...chargeIds] }, state: { in: ["CLAIMED", "SENDING", "UNKNOWN"] } },
    select: { id: true, cycle: { select: { expectedAt: true } } },
  });
  return new Map(rows.map(({ id, cycle }) => [id, cycle.expectedAt]));
}

interface Standing {
  chargeId: string;
  attemptId: string;
  contractId: string;
  contractShopifyId: string;
  cycleIndex: number;
  expectedAt: Date;
  expectedAmount: { toString(): string };
  currencyCode: string;
  state: ChargeState;
  attemptState: AttemptState;
  sentAt: Date | null;
  isLatestAttempt: boolean;
  idempotencyKey: string;
}

export async function settle(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  outcomes: readonly AttemptOutcome[],
  now: Date,
): Promise<Set<string>> {
  const keys = outcomes.map(({ idempotencyKey }) => idempotencyKey);
  if (keys.length === 0) return new Set();
  const involved = await tx.billingAttempt.findMany({
    where: { shopId: shop.id, idempotencyKey: { in: keys } },
    select: { charge: { select: { contractId: true } } },
  });
  if (involved.length === 0) return new Set();
  await lockContracts(
    tx,
    involved.map(({ charge }) => charge.contractId),
  );
  const standings = await tx.$queryRaw<Standing[]>`
    SELECT charge.id AS "chargeId", attempt.id AS "attemptId", charge."contractId",
      contract."shopifyId" AS "contractShopifyId", charge."cycleIndex", cycle."expectedAt", charge."expectedAmount",
      charge."currencyCode", charge.state::text AS state, attempt.state::text AS "attemptState", attempt."sentAt",
      attempt."idempotencyKey", attempt.number = (
        SELECT max(other.number) FROM "BillingAttempt" other WHERE other."chargeId" = charge.id
      ) AS "isLatestAttempt"
    FROM "BillingAttempt" attempt
    JOIN "Charge" charge ON charge.id = attempt."chargeId"
    JOIN "SubscriptionContract" contract ON contract.id = charge."contractId"
    JOIN "BillingCycle" cycle ON cycle."contractId" = charge."contractId" AND cycle."cycleIndex" = charge."cycleIndex"
    WHERE attempt."shopId" = ${shop.id}::uuid AND attempt."idempotencyKey" = ANY(${keys})`;
  const byKey = new Map(standings.map((standing) => [standing.idempotencyKey, standing]));

  const changes: Change[] = [];
  const events: NewEvent[] = [];
  for (const outcome of outcomes) {
    const standing = byKey.get(outcome.idempotencyKey);
    if (!standing) continue;
    // Told twice in one reading: the second time it is known.
    byKey.delete(outcome.idempotencyKey);
    const { change, event } = settleOne(shop, standing, outcome, now);
    if (change) changes.push(change);
    if (event) events.push(event);
  }
  await write(tx, changes, now);
  await settleContracts(tx, changes);
  await appendAll(ctx, tx, events);
  await markShortOfCycles(ctx, tx, shop, changes, now);
  return new Set(standings.map(({ idempotencyKey }) => idempotencyKey));
}

function settleOne(
  shop: Shop,
  standing: Standing,
  outcome: AttemptOutcome,
  now: Date,
): { change: Change | null; event: NewEvent | null } {
  const result = transition(standing, outcome.state, now);
  const { chargeId, attemptId, contractId, cycleIndex } = standing;
  const base = { ...unchanged, chargeId, attemptId, contractId, cycleIndex, attemptShopifyId: outcome.shopifyId };
  const about = { shopId: shop.id, contractId };
  const cycle = { cycleIndex, expectedAt: standing.expectedAt.toISOString() };
  switch (result.kind) {
    case "NOTHING":
      return { change: null, event: null };
    case "STILL_PENDING": {
      const { nextActionAt } = result;
      return { change: { ...base, chargeState: "PENDING", attemptState: "PENDING", nextActionAt }, event: null };
    }
    case "ACTION_REQUIRED": {
      const { nextActionAt } = result;
      return {
        change: { ...base, chargeState: "ACTION_REQUIRED", attemptState: "ACTION_REQUIRED", nextActionAt },
        event: result.isNew ? { ...about, type: "charge.action-required", actor: "shopify", data: cycle } : null,
      };
    }
    case "PAID": {
      const { order } = outcome;
      const paidAt = outcome.completedAt ?? now;
      return {
        change: {
          ...base,
          chargeState: "PAID",
          attemptState: "SUCCESS",
          orderId: order?.id ?? null,
          orderName: order?.name ?? null,
          paidAmount: order?.total ?? null,
          paidAt,
          completedAt: paidAt,
        },
        event: {
          ...about,
          type: "charge.paid",
          actor: "perennial",
          data: {
            ...cycle,
            orderId: order?.id ?? null,
            orderName: order?.name ?? null,
            total: money(order?.total ?? standing.expectedAmount, order?.currencyCode ?? standing.currencyCode),
            adopted: false,
          },
        },
      };
    }
    case "FAILED": {
      const errorCode = outcome.errorCode ?? "UNEXPECTED";
      const completedAt = outcome.completedAt ?? now;
      return {
        change: { ...base, chargeState: "FAILED", attemptState: "FAILED", errorCode, completedAt },
        event: {
          ...about,
          type: "charge.failed",
          actor: "perennial",
          data: { ...cycle, errorCode, errorMessage: null },
        },
      };
    }
  }
}

/** Charges, attempts and, for those paid, cycles: three statements whatever the number of rows. */
async function write(tx: Tx, changes: readonly Change[], now: Date): Promise<void> {
  if (changes.length === 0) return;
  const rows = JSON.stringify(changes);
  await tx.$executeRaw`
    UPDATE "Charge" AS charge SET state = c."chargeState"::"ChargeState", "nextActionAt" = c."nextActionAt",
      "errorCode" = c."errorCode", "parkedReason" = c."parkedReason", "orderId" = c."orderId",
      "orderName" = c."orderName", "paidAmount" = c."paidAmount", "paidAt" = c."paidAt",
      "updatedAt" = ${now}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS c("chargeId" uuid, "chargeState" text, "nextActionAt" timestamptz,
      "errorCode" text, "parkedReason" text, "orderId" text, "orderName" text, "paidAmount" numeric,
      "paidAt" timestamptz)
    WHERE charge.id = c."chargeId"`;
  await tx.$executeRaw`
    UPDATE "BillingAttempt" AS attempt SET state = c."attemptState"::"AttemptState",
      "shopifyId" = coalesce(c."attemptShopifyId", attempt."shopifyId"), "errorCode" = c."errorCode",
      "orderId" = c."orderId", "orderName" = c."orderName", "completedAt" = c."completedAt"
    FROM jsonb_to_recordset(${rows}::jsonb) AS c("attemptId" uuid, "attemptState" text, "attemptShopifyId" text,
      "errorCode" text, "orderId" text, "orderName" text, "completedAt" timestamptz)
    WHERE attempt.id = c."attemptId"`;
  await tx.$executeRaw`
    UPDATE "BillingCycle" AS cycle SET billed = true, outcome = 'BILLED'
    FROM jsonb_to_recordset(${rows}::jsonb) AS c("contractId" uuid, "cycleIndex" int, "chargeState" text)
    WHERE cycle."contractId" = c."contractId" AND cycle."cycleIndex" = c."cycleIndex" AND c."chargeState" = 'PAID'`;
}

/** A failure puts the contract among those that need a look, a later success takes it out again. */
async function settleContracts(tx: Tx, changes: readonly Change[]): Promise<void> {
  const settled = changes.filter(({ chargeState }) => chargeState === "PAID" || chargeState === "FAILED");
  if (settled.length === 0) return;
  await tx.$executeRaw`
    UPDATE "SubscriptionContract" AS contract
    SET "paymentFailedAt" = CASE WHEN c."chargeState" = 'FAILED' THEN c."completedAt" END,
      "paymentErrorCode" = c."errorCode"
    FROM jsonb_to_recordset(${JSON.stringify(settled)}::jsonb) AS c(
      "contractId" uuid, "chargeState" text, "errorCode" text, "completedAt" timestamptz)
    WHERE contract.id = c."contractId"`;
  await refreshNextBilling(
    tx,
    settled.map(({ contractId }) => contractId),
  );
}

/** Contracts whose mirrored cycles run out are read again, by whoever serves the marks. */
async function markShortOfCycles(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  changes: readonly Change[],
  now: Date,
): Promise<void> {
  const settled = changes.filter(({ chargeState }) => chargeState === "PAID" || chargeState === "FAILED");
  if (settled.length === 0) return;
  const short = await tx.$queryRaw<{ shopifyId: string }[]>`
    SELECT contract."shopifyId" FROM "SubscriptionContract" contract
    WHERE contract.id = ANY(${settled.map(({ contractId }) => contractId)}::uuid[])
      AND contract.status IN ('ACTIVE', 'PAUSED', 'FAILED')
      AND (
        SELECT count(*) FROM "BillingCycle" cycle
        WHERE cycle."contractId" = contract.id AND cycle."expectedAt" > ${now}::timestamptz
      ) < ${UPCOMING_KEPT}`;
  await markAll(
    ctx,
    tx,
    shop.id,
    short.map(({ shopifyId }) => ({ kind: "CONTRACT" as const, shopifyId })),
  );
}
