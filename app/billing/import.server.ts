import type { Context } from "~/context.server";
import type { ContractReading } from "~/contracts/reading";
import type { Shop } from "~/generated/prisma/client";
import { renewalAmount } from "~/money/money";
import { halfIntervalMs } from "~/schedule/interval";

import type { AttemptOutcome } from "./engine";
import { readCycleAttempts } from "./gate.server";
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

async function book(ctx: Context, shop: Shop, bookings: readonly Booking[]): Promise<void> {
  if (bookings.length === 0) return;
  const now = ctx.clock.now();
  const rows = bookings.map((booking) => ({ ...booking, chargeId: ctx.ids.next() }));
  await ctx.db.$transaction(async (tx) => {
    await tx.charge.createMany({
      data: rows.map(({ chargeId, contractId, cycleIndex, expectedAt, contract, attempt }) => {
        const { currencyCode } = contract;
        const estimate = renewalAmount(contract.lines, contract.deliveryPrice, currencyCode).amount;
        const paidAt = attempt?.completedAt ?? expectedAt;
        return {
          id: chargeId,
          shopId: shop.id,
          contractId,
          cycleIndex,
          state: "PAID",
          // What was meant to be taken then is not known any more; what was taken is the nearest to it.
          expectedAmount: attempt?.order?.total ?? estimate,
          currencyCode: attempt?.order?.currencyCode ?? currencyCode,
          paidAmount: attempt?.order?.total ?? null,
          orderId: attempt?.order?.id ?? null,
          orderName: attempt?.order?.name ?? null,
          paidAt,
          claimedAt: paidAt,
          updatedAt: now,
          imported: true,
        };
      }),
      skipDuplicates: true,
    });
    const attempts = rows.flatMap(({ chargeId, attempt }) => (attempt ? [{ chargeId, attempt }] : []));
    const booked = await tx.charge.findMany({
      where: { id: { in: attempts.map(({ chargeId }) => chargeId) } },
      select: { id: true },
    });
    const bookedIds = new Set(booked.map(({ id }) => id));
    await tx.billingAttempt.createMany({
      data: attempts
        .filter(({ chargeId }) => bookedIds.has(chargeId))
        .map(({ chargeId, attempt }) => ({
          id: ctx.ids.next(),
          chargeId,
          shopId: shop.id,
          number: 1,
          idempotencyKey: attempt.idempotencyKey,
          shopifyId: attempt.shopifyId,
          state: "SUCCESS",
          orderId: attempt.order?.id ?? null,
          orderName: attempt.order?.name ?? null,
          createdAt: attempt.completedAt ?? now,
          completedAt: attempt.completedAt ?? now,
        })),
      skipDuplicates: true,
    });
    await tx.$executeRaw`
      UPDATE "BillingCycle" AS cycle SET claimed = true, outcome = 'BILLED'
      FROM "Charge" charge
      WHERE charge."contractId" = cycle."contractId" AND charge."cycleIndex" = cycle."cycleIndex"
        AND charge.id = ANY(${rows.map(({ chargeId }) => chargeId)}::uuid[])`;
  });
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
