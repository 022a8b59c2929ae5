import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";
import { dueOf } from "~/schedule/due-of";

/** Cycles in one transaction: enough to be quick, few enough that a renewal never waits for it. */
const CYCLES_PER_BATCH = 1000;

interface OpenCycle {
  contractId: string;
  cycleIndex: number;
  expectedAt: Date;
  dueAt: Date;
}

/**
 * Reckons anew when the shop's coming cycles are charged: after a change of its billing hour, window or time zone. Only
 * the moment moves; the cycle stays the same (contract and index), so nothing can be charged twice. Left as they are:
 * cycles that are claimed, that wait for a reason of their own, and that are due already (a day's charge is not put off).
 * May be killed at any point and run again: a cycle whose moment is right is not written.
 * @returns how many were moved
 */
export async function rescheduleCycles(ctx: Context, shopId: string): Promise<number> {
  let moved = 0;
  let last: OpenCycle | null = null;
  for (;;) {
    const after: OpenCycle | null = last;
    const batch = await ctx.db.$transaction(async (tx) => {
      // Read each time: whoever saves while this runs puts a job of his own, and this one must not undo it.
      const shop = await tx.shop.findUnique({ where: { id: shopId } });
      if (!shop) return null;
      const cycles = await openCycles(tx, shop.id, ctx.clock.now(), after);
      return { moved: await move(tx, shop, cycles), last: cycles.at(-1) ?? null };
    });
    if (!batch?.last) break;
    moved += batch.moved;
    last = batch.last;
  }
  if (moved > 0) ctx.log.info({ shopId, moved }, "billing moments reckoned anew");
  return moved;
}

/** In the order of the due scan's index. What is moved later comes by once more and is right by then. */
function openCycles(tx: Tx, shopId: string, now: Date, after: OpenCycle | null): Promise<OpenCycle[]> {
  const from = after
    ? Prisma.sql`AND ("dueAt", "contractId", "cycleIndex") >
        (${after.dueAt}::timestamptz, ${after.contractId}::uuid, ${after.cycleIndex}::int)`
    : Prisma.empty;
  return tx.$queryRaw<OpenCycle[]>`
    SELECT "contractId", "cycleIndex", "expectedAt", "dueAt" FROM "BillingCycle"
    WHERE "shopId" = ${shopId}::uuid AND outcome IS NULL AND NOT claimed AND "waitReason" IS NULL
      AND "dueAt" > ${now}::timestamptz ${from}
    ORDER BY "dueAt", "contractId", "cycleIndex" LIMIT ${CYCLES_PER_BATCH}`;
}

async function move(tx: Tx, shop: Shop, cycles: readonly OpenCycle[]): Promise<number> {
  const moves = cycles
    .map((cycle) => ({ ...cycle, due: dueOf(cycle, shop) }))
    .filter(({ due, dueAt }) => due.getTime() !== dueAt.getTime());
  if (moves.length === 0) return 0;
  // A cycle that was claimed or moved in Shopify since it was read keeps what it has now.
  return tx.$executeRaw`
    UPDATE "BillingCycle" AS cycle SET "dueAt" = moved.due
    FROM jsonb_to_recordset(${JSON.stringify(moves)}::jsonb)
      AS moved("contractId" uuid, "cycleIndex" int, "expectedAt" timestamptz, due timestamptz)
    WHERE cycle."contractId" = moved."contractId" AND cycle."cycleIndex" = moved."cycleIndex"
      AND cycle."expectedAt" = moved."expectedAt"
      AND cycle.outcome IS NULL AND NOT cycle.claimed AND cycle."waitReason" IS NULL`;
}
