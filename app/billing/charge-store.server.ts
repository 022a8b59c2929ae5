import type { Context } from "~/context.server";
import { refreshNextBilling } from "~/contracts/mirror.server";
import type { Shop } from "~/generated/prisma/client";
import { money } from "~/money/money";

import type { ChargeStore, Claim, OpenCharge } from "./charge-store";
import { adopt, close, park, postpone } from "./charge-store-cycles.server";
import { sent, settle } from "./charge-store-outcomes.server";
import type { DueCycle } from "./engine";

/** One shop's ledger in PostgreSQL. Several workers may use it at once. */
export function sqlChargeStore(ctx: Context, shop: Shop): ChargeStore {
  const { db } = ctx;
  return {
    async dueCycles(now, limit) {
      const rows = await db.$queryRaw<
        (Omit<DueCycle, "expectedAmount"> & { expectedAmount: { toString(): string } })[]
      >`
        SELECT cycle."contractId", contract."shopifyId" AS "contractShopifyId", cycle."cycleIndex", cycle."expectedAt",
          contract.status::text AS status, contract."revisionId",
          contract."billingInterval"::text AS "billingInterval", contract."billingIntervalCount",
          contract."currencyCode",
          contract."deliveryPrice" + coalesce(
            (SELECT sum(line."currentPrice" * line.quantity) FROM "SubscriptionLine" line
             WHERE line."contractId" = contract.id), 0) AS "expectedAmount",
          (SELECT max(paid."paidAt") FROM "Charge" paid
           WHERE paid."contractId" = contract.id AND paid.state = 'PAID') AS "lastPaidAt"
        FROM "BillingCycle" cycle JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId"
        WHERE cycle."shopId" = ${shop.id}::uuid AND cycle."dueAt" <= ${now}::timestamptz
          AND cycle.outcome IS NULL AND NOT cycle.claimed AND contract."goneAt" IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM "BillingCycle" earlier
            WHERE earlier."contractId" = cycle."contractId" AND earlier."cycleIndex" < cycle."cycleIndex"
              AND earlier.outcome IS NULL AND NOT earlier.claimed AND earlier."dueAt" <= ${now}::timestamptz)
          AND NOT EXISTS (
            SELECT 1 FROM "Charge" running
            WHERE running."contractId" = cycle."contractId"
              AND running.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED'))
        ORDER BY cycle."dueAt", cycle."contractId"
        LIMIT ${limit}`;
      return rows.map((row) => ({ ...row, expectedAmount: money(row.expectedAmount, row.currencyCode).amount }));
    },

    async ownKeys(keys) {
      if (keys.length === 0) return new Set();
      const rows = await db.billingAttempt.findMany({
        where: { shopId: shop.id, idempotencyKey: { in: [...keys] } },
        select: { idempotencyKey: true },
      });
      return new Set(rows.map((row) => row.idempotencyKey));
    },

    async claim(claims, now, leaseUntil) {
      if (claims.length === 0) return [];
      return db.$transaction(async (tx) => {
        const rows = claims.map((claim) => ({ ...claim, chargeId: ctx.ids.next(), attemptId: ctx.ids.next() }));
        // One statement: lock what nobody else holds, check it once more under the lock, commit intent and key.
        const claimed = await tx.$queryRaw<Claimed[]>`
          WITH wanted AS (
            SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows satisfies Claim[])}::jsonb) AS w(
              "contractId" uuid, "cycleIndex" int, "idempotencyKey" text, "expectedAmount" numeric,
              "currencyCode" text, "revisionId" text, "chargeId" uuid, "attemptId" uuid)
          ), locked AS (
            SELECT wanted.*, contract."shopifyId" AS "contractShopifyId"
            FROM wanted
            JOIN "SubscriptionContract" contract ON contract.id = wanted."contractId"
            JOIN "BillingCycle" cycle
              ON cycle."contractId" = wanted."contractId" AND cycle."cycleIndex" = wanted."cycleIndex"
            WHERE contract."shopId" = ${shop.id}::uuid AND contract.status = 'ACTIVE' AND contract."goneAt" IS NULL
              AND contract."revisionId" = wanted."revisionId"
              AND cycle.outcome IS NULL AND NOT cycle.claimed
            ORDER BY contract.id
            FOR UPDATE OF contract, cycle SKIP LOCKED
          ), charge AS (
            INSERT INTO "Charge" (id, "shopId", "contractId", "cycleIndex", state, "expectedAmount", "currencyCode",
              "nextActionAt", "claimedAt", "updatedAt", imported)
            SELECT "chargeId", ${shop.id}::uuid, "contractId", "cycleIndex", 'SENDING', "expectedAmount",
              "currencyCode", ${leaseUntil}::timestamptz, ${now}::timestamptz, ${now}::timestamptz, false
            FROM locked
            ON CONFLICT DO NOTHING
            RETURNING id
          ), attempt AS (
            INSERT INTO "BillingAttempt" (id, "chargeId", "shopId", number, "idempotencyKey", state, "createdAt", "sentAt")
            SELECT "attemptId", "chargeId", ${shop.id}::uuid, 1, "idempotencyKey", 'SENDING', ${now}::timestamptz,
              ${now}::timestamptz
            FROM locked JOIN charge ON charge.id = locked."chargeId"
          ), cycle AS (
            UPDATE "BillingCycle" AS own SET claimed = true
            FROM locked JOIN charge ON charge.id = locked."chargeId"
            WHERE own."contractId" = locked."contractId" AND own."cycleIndex" = locked."cycleIndex"
          )
          SELECT locked."chargeId", locked."attemptId", locked."contractId", locked."cycleIndex",
            locked."contractShopifyId", locked."idempotencyKey", locked."expectedAmount"::text, locked."currencyCode"
          FROM locked JOIN charge ON charge.id = locked."chargeId"`;
        await refreshNextBilling(
          tx,
          claimed.map(({ contractId }) => contractId),
        );
        return claimed.map((row) => ({ ...row, state: "SENDING", attemptShopifyId: null, claimedAt: now }));
      });
    },

    async takeFollowUps(now, limit, leaseUntil) {
      return db.$queryRaw<OpenCharge[]>`
        WITH taken AS (
          SELECT id FROM "Charge"
          WHERE "shopId" = ${shop.id}::uuid AND "nextActionAt" <= ${now}::timestamptz
          ORDER BY "nextActionAt", id LIMIT ${limit}
          FOR UPDATE SKIP LOCKED
        ), leased AS (
          UPDATE "Charge" AS charge SET "nextActionAt" = ${leaseUntil}::timestamptz
          FROM taken WHERE charge.id = taken.id
          RETURNING charge.*
        )
        SELECT leased.id AS "chargeId", attempt.id AS "attemptId", leased."contractId", leased."cycleIndex",
          contract."shopifyId" AS "contractShopifyId", leased.state::text AS state, attempt."idempotencyKey",
          attempt."shopifyId" AS "attemptShopifyId", leased."claimedAt", leased."expectedAmount"::text,
          leased."currencyCode"
        FROM leased
        JOIN "SubscriptionContract" contract ON contract.id = leased."contractId"
        JOIN LATERAL (
          SELECT * FROM "BillingAttempt" own WHERE own."chargeId" = leased.id ORDER BY number DESC LIMIT 1
        ) AS attempt ON true`;
    },

    close: (closures) => db.$transaction((tx) => close(ctx, tx, shop, closures)),
    postpone: (cycles) => postpone(ctx, shop, cycles),
    adopt: (adoptions, now) => db.$transaction((tx) => adopt(ctx, tx, shop, adoptions, now)),
    park: (cycles, now) => db.$transaction((tx) => park(ctx, tx, shop, cycles, now)),
    sent: (results, now) => db.$transaction((tx) => sent(ctx, tx, shop, results, now)),
    settle: (outcomes, now) => db.$transaction((tx) => settle(ctx, tx, shop, outcomes, now)),
  };
}

type Claimed = Omit<OpenCharge, "state" | "attemptShopifyId" | "claimedAt">;
