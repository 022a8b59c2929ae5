import type { Context } from "~/context.server";
import { refreshNextBilling } from "~/contracts/mirror.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import type { NewEvent } from "~/history/events";
import { appendAll } from "~/history/history.server";

import type { Sent } from "./charge-store";
import { releaseOneOffs } from "./charge-store-cycle-edits.server";
import { close, lockContracts, putOffCycles } from "./charge-store-cycles.server";
import { giveUp } from "./charge-store-dunning.server";
import { write } from "./charge-store-write.server";
import type { Change } from "./charge-store-write.server";

export async function sent(ctx: Context, tx: Tx, shop: Shop, results: readonly Sent[], now: Date): Promise<void> {
  if (results.length === 0) return;
  await lockContracts(
    tx,
    results.map(({ charge }) => charge.contractId),
  );
  const open = await stillSending(tx, results);
  const live = results.filter(({ charge, decision }) => {
    const until = open.get(charge.attempt.attemptId);
    return until !== undefined && (decision.kind === "PENDING" || until === charge.leaseUntil.getTime());
  });

  const changes: Change[] = [];
  const events: NewEvent[] = [];
  for (const { charge, decision } of live) {
    const { chargeId, contractId, cycleIndex, expectedAt, attempt } = charge;
    const about = { chargeId, attemptId: attempt.attemptId, contractId, cycleIndex };
    switch (decision.kind) {
      case "PENDING": {
        const { shopifyId: attemptShopifyId, nextActionAt } = decision;
        changes.push({ ...about, chargeState: "PENDING", attemptState: "PENDING", attemptShopifyId, nextActionAt });
        break;
      }
      case "AGAIN":
        changes.push({
          ...about,
          chargeState: "CLAIMED",
          attemptState: "INTENT",
          nextActionAt: decision.nextActionAt,
        });
        break;
      case "UNKNOWN":
        changes.push({
          ...about,
          chargeState: "UNKNOWN",
          attemptState: "SENDING",
          nextActionAt: decision.nextActionAt,
        });
        break;
      case "PARK": {
        const { reason } = decision;
        changes.push({
          ...about,
          chargeState: "PARKED",
          attemptState: "REFUSED",
          parkedReason: reason,
          errorCode: reason,
          ...(decision.raw === undefined ? {} : { errorMessage: decision.raw }),
          completedAt: now,
        });
        events.push({
          shopId: shop.id,
          contractId,
          type: "charge.parked",
          actor: "perennial",
          data: { cycleIndex, expectedAt: expectedAt.toISOString(), reason },
        });
        break;
      }
      case "WITHDRAW":
      case "RELEASE":
        break;
    }
  }
  await write(tx, changes, now);
  await appendAll(ctx, tx, events);
  await takeBack(ctx, tx, shop, live, now);
}

/**
 * Intents that came to nothing: nothing was sent, or Shopify has refused it, so no attempt carries their key. The charge
 * of a first try is as if it had never been; a later try's goes back to where it was, or is given up.
 */
async function takeBack(ctx: Context, tx: Tx, shop: Shop, results: readonly Sent[], now: Date): Promise<void> {
  const back = results.flatMap(({ charge, decision }) =>
    decision.kind === "WITHDRAW" || decision.kind === "RELEASE" ? [{ charge, decision }] : [],
  );
  if (back.length === 0) return;
  await tx.billingAttempt.deleteMany({
    where: { shopId: shop.id, id: { in: back.map(({ charge }) => charge.attempt.attemptId) } },
  });
  await releaseOneOffs(
    tx,
    shop,
    back.map(({ charge }) => charge),
  );
  const kept = await tx.charge.findMany({
    where: {
      shopId: shop.id,
      id: { in: back.map(({ charge }) => charge.chargeId) },
      OR: [{ attempts: { some: {} } }, { confirmedBy: { not: null } }],
    },
    select: { id: true, _count: { select: { attempts: true } } },
  });
  // What a person asked for and is not in stock waits like any other renewal, and holds nobody who would change the contract.
  const waiting = new Set(back.filter(waitsForStock).map(({ charge }) => charge.chargeId));
  const attemptsLeft = new Map(
    kept.flatMap(({ id, _count }) => (_count.attempts > 0 || !waiting.has(id) ? [[id, _count.attempts]] : [])),
  );
  const first = back.filter(({ charge }) => !attemptsLeft.has(charge.chargeId));
  await tx.charge.deleteMany({ where: { shopId: shop.id, id: { in: first.map(({ charge }) => charge.chargeId) } } });
  for (const { charge } of first) {
    const { contractId, cycleIndex } = charge;
    await tx.billingCycle.update({
      where: { contractId_cycleIndex: { contractId, cycleIndex } },
      data: { claimed: false },
    });
  }
  await putOffCycles(
    tx,
    shop,
    first.flatMap(({ charge: { contractId, cycleIndex }, decision }) =>
      decision.kind === "RELEASE" ? [{ contractId, cycleIndex, until: decision.until, reason: decision.reason }] : [],
    ),
    now,
  );
  await close(
    ctx,
    tx,
    shop,
    first.flatMap(({ charge: { contractId, cycleIndex }, decision }) =>
      decision.kind === "WITHDRAW" ? [{ contractId, cycleIndex, outcome: decision.outcome }] : [],
    ),
  );
  await refreshNextBilling(
    tx,
    first.map(({ charge }) => charge.contractId),
  );
  for (const { charge, decision } of back) {
    const left = attemptsLeft.get(charge.chargeId);
    if (left === undefined) continue;
    if (decision.kind === "WITHDRAW") await giveUp(ctx, tx, shop, [charge.chargeId], decision.outcome, now);
    else {
      await tx.charge.update({
        where: { id: charge.chargeId },
        data: { state: left > 0 ? "FAILED" : "CLAIMED", nextActionAt: decision.until, updatedAt: now },
      });
      if (decision.reason === "STOCK") await noteWait(tx, charge, now);
    }
  }
}

const waitsForStock = ({ decision }: Sent): boolean => decision.kind === "RELEASE" && decision.reason === "STOCK";

/** A declined charge keeps its cycle while it waits for stock: the wait is told once, and has its end. */
async function noteWait(tx: Tx, { contractId, cycleIndex, chargeId }: Sent["charge"], now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE "BillingCycle" AS cycle SET "waitReason" = 'STOCK',
      "waitSince" = coalesce(charge."firstFailedAt", ${now}::timestamptz)
    FROM "Charge" charge
    WHERE charge.id = ${chargeId}::uuid AND cycle."contractId" = ${contractId}::uuid
      AND cycle."cycleIndex" = ${cycleIndex} AND cycle."waitReason" IS DISTINCT FROM 'STOCK'`;
}

/** Attempts that nobody has settled meanwhile, with the end of the lease under which somebody has them. */
async function stillSending(tx: Tx, results: readonly Sent[]): Promise<Map<string, number>> {
  const rows = await tx.billingAttempt.findMany({
    where: {
      id: { in: results.map(({ charge }) => charge.attempt.attemptId) },
      state: { in: ["INTENT", "SENDING"] },
      charge: { state: { in: ["CLAIMED", "SENDING", "UNKNOWN"] } },
    },
    select: { id: true, charge: { select: { nextActionAt: true } } },
  });
  return new Map(rows.map(({ id, charge }) => [id, charge.nextActionAt?.getTime() ?? 0]));
}
