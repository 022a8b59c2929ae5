import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";

import type { Adjustment, CycleId } from "./charge-store";

/** What the ledger keeps of cycles that were changed for one charge alone: for want of stock, or with one-offs. */

export async function adjusted(
  tx: Tx,
  shop: Shop,
  chargeId: string,
  { lines, expectedAmount, oneOffs }: Adjustment,
  now: Date,
): Promise<void> {
  const data = {
    expectedLines: lines.map((line) => ({ ...line })),
    expectedAmount,
    cycleEdited: true,
    updatedAt: now,
  };
  // One that another worker has brought further meanwhile stays as it is.
  const { count } = await tx.charge.updateMany({
    where: { id: chargeId, shopId: shop.id, state: { in: ["CLAIMED", "SENDING", "UNKNOWN"] } },
    data,
  });
  if (count === 0) return;
  await tx.$executeRaw`
    UPDATE "OneOff" AS own
    SET "cycleIndex" = CASE WHEN own.id = ANY(${[...oneOffs]}::uuid[]) THEN charge."cycleIndex" END
    FROM "Charge" charge
    WHERE charge.id = ${chargeId}::uuid AND own."contractId" = charge."contractId"
      AND own."chargedAt" IS NULL AND own."removedAt" IS NULL
      AND (own."cycleIndex" = charge."cycleIndex" OR own.id = ANY(${[...oneOffs]}::uuid[]))`;
}

/** These cycles bring no order, or not yet: what was to go with them waits for the next one. */
export async function releaseOneOffs(tx: Tx, shop: Shop, cycles: readonly CycleId[]): Promise<void> {
  if (cycles.length === 0) return;
  await tx.$executeRaw`
    UPDATE "OneOff" AS own SET "cycleIndex" = NULL
    FROM jsonb_to_recordset(${JSON.stringify(cycles)}::jsonb) AS over("contractId" uuid, "cycleIndex" int)
    WHERE own."shopId" = ${shop.id}::uuid AND own."contractId" = over."contractId"
      AND own."cycleIndex" = over."cycleIndex" AND own."chargedAt" IS NULL`;
}

/** These cycles are paid, and what was on them with them. */
export async function chargeOneOffs(tx: Tx, shop: Shop, cycles: readonly CycleId[], now: Date): Promise<void> {
  if (cycles.length === 0) return;
  await tx.$executeRaw`
    UPDATE "OneOff" AS own SET "chargedAt" = ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(cycles)}::jsonb) AS paid("contractId" uuid, "cycleIndex" int)
    WHERE own."shopId" = ${shop.id}::uuid AND own."contractId" = paid."contractId"
      AND own."cycleIndex" = paid."cycleIndex" AND own."chargedAt" IS NULL AND own."removedAt" IS NULL`;
}

/**
 * Has what was changed on these cycles taken off, now that their charges are over: while it stands on the current or a
 * later cycle, Shopify lets nobody change the contract.
 */
export async function clearUp(ctx: Context, tx: Tx, shop: Shop, cycles: readonly CycleId[], now: Date): Promise<void> {
  if (cycles.length === 0) return;
  const edited = await tx.$queryRaw<CycleId[]>`
    SELECT charge."contractId", charge."cycleIndex"
    FROM jsonb_to_recordset(${JSON.stringify(cycles)}::jsonb) AS over("contractId" uuid, "cycleIndex" int)
    JOIN "Charge" charge ON charge."contractId" = over."contractId" AND charge."cycleIndex" = over."cycleIndex"
    JOIN "BillingCycle" cycle ON cycle."contractId" = over."contractId" AND cycle."cycleIndex" = over."cycleIndex"
    WHERE charge."shopId" = ${shop.id}::uuid AND charge."cycleEdited"
      AND (charge.state = 'SKIPPED' OR cycle."endAt" > ${now}::timestamptz)`;
  for (const { contractId, cycleIndex } of edited) {
    await ctx.jobs.put(tx, "billing.clear-up", { shopId: shop.id, contractId, cycleIndex });
  }
}
