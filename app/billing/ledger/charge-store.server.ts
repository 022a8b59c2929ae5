import type { Context } from "~/context.server";
import { refreshNextBilling } from "~/contracts/mirror.server";
import type { Shop } from "~/generated/prisma/client";
import { money } from "~/money/money";

import { adopt, close, park, putOffCycles } from "./charge-store-cycles.server";
import { adjusted } from "./charge-store-cycle-edits.server";
import { attend, chargedElsewhere, ended, pausing, putOff } from "./charge-store-dunning.server";
import { accountedFor, booked, feedMark, look } from "./charge-store-guard.server";
import { settle } from "./charge-store-outcomes.server";
import {
  contractFacts,
  factsJoins,
  factsOf,
  intentsOf,
  isBeingChangedAt,
  openCharges,
} from "./charge-store-rows.server";
import type { FactsRow } from "./charge-store-rows.server";
import { sent } from "./charge-store-sent.server";
import type { ChargeStore, Claim, Intent } from "./charge-store";
import type { DueCycle } from "../engine";
import type { BillingSettings } from "../settings/settings";

/** What a charge is meant to take, as it was noted right before sending. */
type Meant = Pick<FactsRow, "lines" | "expectedAmount"> & { attemptId: string };

/** One shop's ledger in PostgreSQL. Several workers may use it at once. */
export function sqlChargeStore(ctx: Context, shop: Shop, settings: BillingSettings): ChargeStore {
  const { db } = ctx;
  return {
    async dueCycles(now, limit) {
      const rows = await db.$queryRaw<(FactsRow & Omit<DueCycle, keyof FactsRow>)[]>`
        SELECT cycle."cycleIndex", cycle."expectedAt", cycle."waitReason", cycle."waitSince",
          cycle."dueAt" < ${shop.installedAt}::timestamptz AS "inGap", ${contractFacts}
        FROM "BillingCycle" cycle JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId" ${factsJoins}
        WHERE cycle."shopId" = ${shop.id}::uuid AND cycle."dueAt" <= ${now}::timestamptz
          AND cycle.outcome IS NULL AND NOT cycle.claimed AND contract."goneAt" IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM "BillingCycle" earlier
            WHERE earlier."contractId" = cycle."contractId" AND earlier."cycleIndex" < cycle."cycleIndex"
              AND earlier.outcome IS NULL AND NOT earlier.claimed)
          AND NOT EXISTS (
            SELECT 1 FROM "Charge" holding
            WHERE holding."contractId" = cycle."contractId"
              AND holding.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED', 'FAILED', 'PARKED'))
        ORDER BY cycle."dueAt", cycle."contractId"
        LIMIT ${limit}`;
      return rows.map((row) => ({ ...row, ...factsOf(row) }));
    },

    async claim(claims, now, leaseUntil) {
      if (claims.length === 0) return [];
      return db.$transaction(async (tx) => {
        const rows = claims.map((claim) => ({ ...claim, chargeId: ctx.ids.next(), attemptId: ctx.ids.next() }));
        // One statement: lock what nobody else holds, check it once more under the lock, commit intent and key.
        const claimed = await tx.$queryRaw<{ chargeId: string; contractId: string }[]>`
          WITH wanted AS (
            SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows satisfies Claim[])}::jsonb) AS w(
              "contractId" uuid, "cycleIndex" int, "idempotencyKey" text, "expectedAmount" numeric,
              "expectedDelivery" numeric, lines jsonb, "currencyCode" text, "revisionId" text, "chargeId" uuid,
              "attemptId" uuid)
          ), locked AS (
            SELECT wanted.*
            FROM wanted
            JOIN "SubscriptionContract" contract ON contract.id = wanted."contractId"
            JOIN "BillingCycle" cycle
              ON cycle."contractId" = wanted."contractId" AND cycle."cycleIndex" = wanted."cycleIndex"
            WHERE contract."shopId" = ${shop.id}::uuid AND contract.status = 'ACTIVE' AND contract."goneAt" IS NULL
              AND contract."unreadableSince" IS NULL AND contract."revisionId" = wanted."revisionId"
              AND NOT ${isBeingChangedAt(now)}
              AND cycle.outcome IS NULL AND NOT cycle.claimed
              AND NOT EXISTS (
                SELECT 1 FROM "Charge" holding
                WHERE holding."contractId" = wanted."contractId"
                  AND holding.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED', 'FAILED', 'PARKED'))
            ORDER BY contract.id
            FOR UPDATE OF contract, cycle SKIP LOCKED
          ), charge AS (
            INSERT INTO "Charge" (id, "shopId", "contractId", "cycleIndex", state, "expectedAmount", "expectedDelivery",
              "expectedLines", "currencyCode", "revisionId", "nextActionAt", "claimedAt", "updatedAt", imported)
            SELECT "chargeId", ${shop.id}::uuid, "contractId", "cycleIndex", 'SENDING', "expectedAmount",
              "expectedDelivery", lines, "currencyCode", "revisionId", ${leaseUntil}::timestamptz, ${now}::timestamptz,
              ${now}::timestamptz, false
            FROM locked
            ON CONFLICT DO NOTHING
            RETURNING id
          ), cycle AS (
            UPDATE "BillingCycle" AS own SET claimed = true
            FROM locked JOIN charge ON charge.id = locked."chargeId"
            WHERE own."contractId" = locked."contractId" AND own."cycleIndex" = locked."cycleIndex"
          )
          SELECT locked."chargeId", locked."contractId" FROM locked JOIN charge ON charge.id = locked."chargeId"`;
        const byId = new Map(rows.map((row) => [row.chargeId, row]));
        // The bounds are checked as the attempts are written: their charges must be there.
        await tx.billingAttempt.createMany({
          data: claimed.flatMap(({ chargeId }) => {
            const row = byId.get(chargeId);
            return row ? [newAttempt(shop, { ...row, number: 1 }, now)] : [];
          }),
        });
        await refreshNextBilling(
          tx,
          claimed.map(({ contractId }) => contractId),
        );
        return intentsOf(
          await openCharges(
            tx,
            shop,
            claimed.map(({ chargeId }) => chargeId),
          ),
        );
      });
    },

    async retry(tries, now, leaseUntil) {
      if (tries.length === 0) return [];
      return db.$transaction(async (tx) => {
        const taken = await tx.$queryRaw<{ id: string; number: number }[]>`
          SELECT charge.id, wanted.number
          FROM jsonb_to_recordset(${JSON.stringify(tries)}::jsonb) AS wanted("chargeId" uuid, number int)
          JOIN "Charge" charge ON charge.id = wanted."chargeId"
          JOIN "SubscriptionContract" contract ON contract.id = charge."contractId"
          LEFT JOIN LATERAL (
            SELECT own.number, own.state FROM "BillingAttempt" own WHERE own."chargeId" = charge.id
            ORDER BY own.number DESC LIMIT 1
          ) AS last ON true
          WHERE charge."shopId" = ${shop.id}::uuid AND wanted.number = coalesce(last.number, 0) + 1
            AND charge.state IN ('FAILED', 'CLAIMED') AND contract.status = 'ACTIVE' AND contract."goneAt" IS NULL
            AND contract."unreadableSince" IS NULL AND NOT ${isBeingChangedAt(now)}
            AND (last.state IS NULL OR last.state IN ('FAILED', 'REFUSED'))
          ORDER BY contract.id
          FOR UPDATE OF contract, charge SKIP LOCKED`;
        if (taken.length === 0) return [];
        const ids = taken.map(({ id }) => id);
        await tx.$executeRaw`
          UPDATE "Charge" AS charge SET state = 'SENDING', "nextActionAt" = ${leaseUntil}::timestamptz,
            "dunningEndsAt" = NULL, "remindedAt" = NULL, "expectedAmount" = delivery.amount + lines.amount,
            "expectedDelivery" = delivery.amount, "expectedLines" = lines.lines,
            "revisionId" = contract."revisionId", "updatedAt" = ${now}::timestamptz
          FROM "SubscriptionContract" contract ${factsJoins}
          WHERE charge.id = ANY(${ids}::uuid[]) AND contract.id = charge."contractId"`;
        const keys = new Map(tries.map(({ chargeId, idempotencyKey }) => [chargeId, idempotencyKey]));
        await tx.billingAttempt.createMany({
          data: taken.map(({ id: chargeId, number }) =>
            newAttempt(
              shop,
              { attemptId: ctx.ids.next(), chargeId, number, idempotencyKey: keys.get(chargeId) ?? "" },
              now,
            ),
          ),
        });
        return intentsOf(await openCharges(tx, shop, ids));
      });
    },

    async takeFollowUps(now, limit, leaseUntil) {
      return db.$transaction(async (tx) => {
        const taken = await tx.$queryRaw<{ id: string }[]>`
          WITH taken AS (
            SELECT id FROM "Charge"
            WHERE "shopId" = ${shop.id}::uuid AND "nextActionAt" <= ${now}::timestamptz
            ORDER BY "nextActionAt", id LIMIT ${limit}
            FOR UPDATE SKIP LOCKED
          )
          UPDATE "Charge" AS charge SET "nextActionAt" = ${leaseUntil}::timestamptz
          FROM taken WHERE charge.id = taken.id
          RETURNING charge.id`;
        return openCharges(
          tx,
          shop,
          taken.map(({ id }) => id),
        );
      });
    },

    async sending(intents, now, leaseUntil) {
      if (intents.length === 0) return [];
      const rows = intents.map(({ chargeId, contractId, attempt, leaseUntil: until }) => ({
        chargeId,
        contractId,
        attemptId: attempt.attemptId,
        until,
      }));
      const mine = await db.$queryRaw<Meant[]>`
        WITH mine AS (
          UPDATE "Charge" AS charge SET state = 'SENDING', "nextActionAt" = ${leaseUntil}::timestamptz,
            "updatedAt" = ${now}::timestamptz,
            "expectedAmount" = CASE WHEN charge."cycleEdited" THEN charge."expectedAmount"
              ELSE delivery.amount + lines.amount END,
            "expectedDelivery" = CASE WHEN charge."cycleEdited" THEN charge."expectedDelivery"
              ELSE delivery.amount END,
            "expectedLines" = CASE WHEN charge."cycleEdited" THEN charge."expectedLines" ELSE lines.lines END,
            "revisionId" = contract."revisionId"
          FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS w(
            "chargeId" uuid, "contractId" uuid, "attemptId" uuid, until timestamptz)
          JOIN "SubscriptionContract" contract ON contract.id = w."contractId" ${factsJoins}
          WHERE charge.id = w."chargeId" AND charge."nextActionAt" = w.until
            AND charge.state IN ('CLAIMED', 'SENDING', 'UNKNOWN')
            -- Stopped meanwhile: nothing more leaves before a person has looked.
            AND NOT EXISTS (
              SELECT 1 FROM "Shop" shop
              WHERE shop.id = ${shop.id}::uuid AND shop."billingHeldReason" = 'AMOUNT_DIFFERS')
            AND w."attemptId" = (
              SELECT own.id FROM "BillingAttempt" own WHERE own."chargeId" = charge.id ORDER BY own.number DESC LIMIT 1)
          RETURNING w."attemptId", charge."expectedLines" AS lines, charge."expectedAmount"
        )
        UPDATE "BillingAttempt" AS attempt SET state = 'SENDING', "sentAt" = ${now}::timestamptz
        FROM mine WHERE attempt.id = mine."attemptId" AND attempt.state IN ('INTENT', 'SENDING')
        RETURNING mine.*`;
      const meant = new Map(mine.map((row) => [row.attemptId, row]));
      return intents.flatMap((intent): Intent[] => {
        const row = meant.get(intent.attempt.attemptId);
        if (!row) return [];
        const expectedAmount = money(row.expectedAmount, intent.currencyCode).amount;
        return [{ ...intent, leaseUntil, state: "SENDING", lines: row.lines, expectedAmount }];
      });
    },

    attend: (now) => db.$transaction((tx) => attend(ctx, tx, shop, now)),
    chargedElsewhere: () => db.$transaction((tx) => chargedElsewhere(tx, shop)),
    feedMark: () => feedMark(ctx, shop),
    look: (feed, now) => db.$transaction((tx) => look(ctx, tx, shop, settings, feed, now)),
    booked: (contractIds, keys) => booked(ctx, shop, contractIds, keys),
    accountedFor: (contractIds) => accountedFor(ctx, shop, contractIds),
    close: (closures) => db.$transaction((tx) => close(ctx, tx, shop, closures)),
    postpone: (cycles, now) => db.$transaction((tx) => putOffCycles(tx, shop, cycles, now)),
    adopt: (adoptions, now) => db.$transaction((tx) => adopt(ctx, tx, shop, adoptions, now)),
    park: (cycles, now) => db.$transaction((tx) => park(ctx, tx, shop, cycles, now)),
    sent: (results, now) => db.$transaction((tx) => sent(ctx, tx, shop, results, now)),
    adjusted: (chargeId, adjustment, now) => db.$transaction((tx) => adjusted(tx, shop, chargeId, adjustment, now)),
    pausing: (chargeId, now) => db.$transaction((tx) => pausing(ctx, tx, shop, chargeId, now)),
    ended: (chargeId, outcome, now) => db.$transaction((tx) => ended(ctx, tx, shop, settings, chargeId, outcome, now)),
    putOff: (chargeIds, until) => putOff(ctx, shop, chargeIds, until),
    settle: (outcomes, now) => db.$transaction((tx) => settle(ctx, tx, shop, settings, outcomes, now)),
  };
}

function newAttempt(
  shop: Shop,
  {
    attemptId,
    chargeId,
    number,
    idempotencyKey,
  }: Record<"attemptId" | "chargeId" | "idempotencyKey", string> & { number: number },
  now: Date,
) {
  return {
    id: attemptId,
    chargeId,
    shopId: shop.id,
    number,
    idempotencyKey,
    state: "SENDING" as const,
    createdAt: now,
    sentAt: now,
  };
}
