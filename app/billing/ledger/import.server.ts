import type { Context } from "~/context.server";
import type { ContractReading } from "~/contracts/reading";
import type { Shop } from "~/generated/prisma/client";
import { renewalAmount } from "~/money/money";
import { halfIntervalMs } from "~/schedule/interval";

import type { AttemptOutcome } from "../engine";
import { readCycleAttempts } from "../gate.server";
import { placeSuccesses } from "./placing";

/** A contract's past as Shopify has it. */
export interface ContractPast {
  contractId: string;
  contract: ContractReading;
  /** All of the contract's, oldest first, the checkout's own among them. */
  attempts: readonly AttemptOutcome[];
}

interface Booking {
  contractId: string;
  cycleIndex: number;
  expectedAt: Date;
  contract: ContractReading;
  attempt: AttemptOutcome | null;
}

/**
 * Books in the ledger what Shopify has charged and the ledger doesn't know: every billed cycle without a charge of ours.
 * To be called after the mirror holds the cycles and before anything can be due.
 * @throws AdminApiError
 */
export async function importCharges(ctx: Context, shop: Shop, pasts: readonly ContractPast[]): Promise<number> {
  const contractIds = pasts.map(({ contractId }) => contractId);
  const [unbooked, known] = await Promise.all([
    ctx.db.billingCycle.findMany({
      where: { shopId: shop.id, contractId: { in: contractIds }, billed: true, charge: null },
      orderBy: { cycleIndex: "asc" },
      select: { contractId: true, cycleIndex: true, expectedAt: true },
    }),
    ctx.db.billingAttempt.findMany({
      where: { shopId: shop.id, charge: { contractId: { in: contractIds } } },
      select: { idempotencyKey: true },
    }),
  ]);
  const ledgerKeys = new Set(known.map(({ idempotencyKey }) => idempotencyKey));

  const bookings: Booking[] = [];
  for (const { contractId, contract, attempts } of pasts) {
    const cycles = unbooked.filter((cycle) => cycle.contractId === contractId);
    if (cycles.length === 0) continue;
    const successes = attempts.filter(
      ({ state, order, idempotencyKey }) =>
        state === "SUCCESS" && order?.id !== contract.originOrderId && !ledgerKeys.has(idempotencyKey),
    );
    const half = halfIntervalMs(contract.billingInterval, contract.billingIntervalCount);
    const placed = placeSuccesses(cycles, successes, half) ?? (await askEach(ctx, shop, contract, cycles));
    for (const cycle of cycles) {
      bookings.push({ ...cycle, contract, attempt: placed.get(cycle.cycleIndex) ?? null });
    }
  }
  await book(ctx, shop, bookings);
  await markFailed(ctx, shop, pasts, ledgerKeys);
  return bookings.length;
}

async function askEach(
  ctx: Context,
  shop: Shop,
  contract: ContractReading,
  cycles: readonly { cycleIndex: number }[],
): Promise<Map<number, AttemptOutcome>> {
  const refs = cycles.map(({ cycleIndex }) => ({ contractShopifyId: contract.shopifyId, cycleIndex }));
  const lists = await readCycleAttempts(ctx, shop, refs);
  const placed = new Map<number, AttemptOutcome>();
  refs.forEach(({ cycleIndex }, index) => {
    const success = lists[index]?.find(({ state }) => state === "SUCCESS");
    if (success) placed.set(cycleIndex, success);
  });
  return placed;
}

/** An import books thousands at once: one statement for charges, attempts and cycles of a batch of contracts. */
async function book(ctx: Context, shop: Shop, bookings: readonly Booking[]): Promise<void> {
  if (bookings.length === 0) return;
  const now = ctx.clock.now();
  const rows = bookings.map(({ contractId, cycleIndex, expectedAt, contract, attempt }) => {
    const estimate = renewalAmount(contract.lines, contract.deliveryPrice, contract.currencyCode).amount;
    return {
      contractId,
      cycleIndex,
      chargeId: ctx.ids.next(),
      attemptId: ctx.ids.next(),
      // What was meant to be taken then is not known any more; what was taken is the nearest to it.
      expectedAmount: attempt?.order?.total ?? estimate,
      currencyCode: attempt?.order?.currencyCode ?? contract.currencyCode,
      paidAmount: attempt?.order?.total ?? null,
      orderId: attempt?.order?.id ?? null,
      orderName: attempt?.order?.name ?? null,
      paidAt: attempt?.completedAt ?? expectedAt,
      key: attempt?.idempotencyKey ?? null,
      shopifyId: attempt?.shopifyId ?? null,
    };
  });
  await ctx.db.$executeRaw`
    WITH booking AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS b(
        "contractId" uuid, "cycleIndex" int, "chargeId" uuid, "attemptId" uuid, "expectedAmount" numeric,
        "currencyCode" text, "paidAmount" numeric, "orderId" text, "orderName" text, "paidAt" timestamptz, key text,
        "shopifyId" text)
    ), charge AS (
      INSERT INTO "Charge" (id, "shopId", "contractId", "cycleIndex", state, "expectedAmount", "currencyCode",
        "paidAmount", "orderId", "orderName", "paidAt", "claimedAt", "updatedAt", imported)
      SELECT "chargeId", ${shop.id}::uuid, "contractId", "cycleIndex", 'PAID', "expectedAmount", "currencyCode",
        "paidAmount", "orderId", "orderName", "paidAt", "paidAt", ${now}::timestamptz, true
      FROM booking ON CONFLICT DO NOTHING RETURNING id
    ), attempt AS (
      INSERT INTO "BillingAttempt" (id, "chargeId", "shopId", number, "idempotencyKey", "shopifyId", state, "orderId",
        "orderName", "createdAt", "completedAt")
      SELECT "attemptId", "chargeId", ${shop.id}::uuid, 1, key, "shopifyId", 'SUCCESS', "orderId", "orderName",
        "paidAt", "paidAt"
      FROM booking JOIN charge ON charge.id = booking."chargeId" WHERE key IS NOT NULL
      ON CONFLICT DO NOTHING
    )
    UPDATE "BillingCycle" AS cycle SET claimed = true, outcome = 'BILLED'
    FROM booking JOIN charge ON charge.id = booking."chargeId"
    WHERE cycle."contractId" = booking."contractId" AND cycle."cycleIndex" = booking."cycleIndex"`;
}

/** A contract whose newest attempt has failed needs a look from the first day on. */
async function markFailed(
  ctx: Context,
  shop: Shop,
  pasts: readonly ContractPast[],
  ledgerKeys: ReadonlySet<string>,
): Promise<void> {
  for (const { contractId, attempts } of pasts) {
    const newest = attempts.at(-1);
    if (newest?.state !== "FAILED" || ledgerKeys.has(newest.idempotencyKey)) continue;
    await ctx.db.subscriptionContract.updateMany({
      where: { id: contractId, shopId: shop.id, paymentFailedAt: null },
      data: {
        paymentFailedAt: newest.completedAt ?? ctx.clock.now(),
        paymentErrorCode: newest.errorCode ?? "UNEXPECTED",
      },
    });
  }
}
