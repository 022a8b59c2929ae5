import { readAttempts } from "~/billing/gate.server";
import { probeNow } from "~/billing/lane.server";
import { recordOutcomes } from "~/billing/outcome.server";
import type { Context } from "~/context.server";
import { rereadContracts } from "~/contracts/read.server";
import { rereadCustomers, rereadPaymentMethods } from "~/contracts/reread-people.server";
import type { Reread, Shop } from "~/generated/prisma/client";
import type { RereadKind } from "~/generated/prisma/enums";
import { readShop, updateShopFields } from "~/shops/shop-fields.server";

/** Marks served in one round: attempts are read by whole pages, newest first, and cost the less the more are looked for. */
const MARKS_PER_ROUND = { attempts: 5000, others: 250 } as const;
const OUTCOMES_AT_ONCE = 250;
/** While a run's outcomes come in, their marks are gathered for this long, so that pages are full. */
const GATHER_MS = 20_000;
/** So many attempts on their way make a run; fewer are read as they come. */
const RUN_SIZE = 25;
/** Rounds of one job; what is left gets a job of its own, so that no job outlives its lease. */
const ROUNDS_PER_JOB = 50;

/**
 * Reads again from Shopify, in bulk, what webhooks and the engine have marked. A mark that is set again meanwhile stays.
 * @throws AdminApiError when Shopify can't be read: the marks stay and the job is tried again
 */
export async function rereadMarked(ctx: Context, shopId: string): Promise<void> {
  for (let round = 0; round < ROUNDS_PER_JOB; round += 1) {
    const shop = await ctx.db.shop.findUnique({ where: { id: shopId } });
    if (shop?.status !== "ACTIVE") return;
    const attempts = await oldestMarks(ctx, shopId, "ATTEMPT", MARKS_PER_ROUND.attempts);
    const others = await oldestMarks(ctx, shopId, { not: "ATTEMPT" }, MARKS_PER_ROUND.others);
    if (attempts.length + others.length === 0) return;
    const known = await ended(ctx, shop, attempts);
    const gatherUntil = await gathering(ctx, shop, attempts, known);
    const now = [...others, ...attempts.filter(({ shopifyId }) => gatherUntil === null || known.has(shopifyId))];
    await serve(
      ctx,
      shop,
      now.filter(({ shopifyId }) => !known.has(shopifyId)),
    );
    await forget(ctx, shopId, now);
    if (gatherUntil && others.length < MARKS_PER_ROUND.others) {
      await ctx.jobs.put(ctx.db, "webhooks.reread", { shopId }, { startAfter: gatherUntil });
      if (now.length === 0) return;
    }
  }
  await ctx.jobs.put(ctx.db, "webhooks.reread", { shopId });
}

const oldestMarks = (
  ctx: Context,
  shopId: string,
  kind: RereadKind | { not: RereadKind },
  take: number,
): Promise<Reread[]> =>
  ctx.db.reread.findMany({
    where: { shopId, kind },
    orderBy: [{ markedAt: "asc" }, { shopifyId: "asc" }],
    take,
  });

/** Marked attempts whose end the ledger knows already: nothing is asked about them any more. */
async function ended(ctx: Context, shop: Shop, attempts: readonly Reread[]): Promise<Set<string>> {
  const ids = attempts.map(({ shopifyId }) => shopifyId);
  if (ids.length === 0) return new Set();
  const rows = await ctx.db.billingAttempt.findMany({
    where: { shopId: shop.id, shopifyId: { in: ids }, state: { in: ["SUCCESS", "FAILED"] } },
    select: { shopifyId: true },
  });
  return new Set(rows.flatMap(({ shopifyId }) => shopifyId ?? []));
}

/** Until when marked attempts are gathered; null to read them now. */
async function gathering(
  ctx: Context,
  shop: Shop,
  attempts: readonly Reread[],
  known: ReadonlySet<string>,
): Promise<Date | null> {
  const oldest = attempts.find(({ shopifyId }) => !known.has(shopifyId));
  if (!oldest || attempts.length >= MARKS_PER_ROUND.attempts) return null;
  const until = new Date(oldest.markedAt.getTime() + GATHER_MS);
  if (until <= ctx.clock.now()) return null;
  const onTheirWay = await ctx.db.charge.count({ where: { shopId: shop.id, state: { in: ["PENDING", "SENDING"] } } });
  return onTheirWay > RUN_SIZE ? until : null;
}

async function serve(ctx: Context, shop: Shop, marks: readonly Reread[]): Promise<void> {
  const idsOf = (kind: RereadKind) => marks.filter((mark) => mark.kind === kind).map(({ shopifyId }) => shopifyId);
  if (idsOf("SHOP").length > 0) {
    const { fields, scopes } = await readShop(ctx, shop.domain);
    const grantedScopes = scopes.length > 0 ? { grantedScopes: scopes.join(",") } : {};
    await ctx.db.$transaction(async (tx) => {
      await updateShopFields(ctx, tx, shop, { ...fields, ...grantedScopes });
      await probeNow(ctx, tx, shop.id);
    });
  }
  const attempts = await readAttempts(ctx, shop, idsOf("ATTEMPT"));
  // Their contracts are locked while they are written down.
  for (let from = 0; from < attempts.length; from += OUTCOMES_AT_ONCE) {
    await recordOutcomes(ctx, shop, attempts.slice(from, from + OUTCOMES_AT_ONCE));
  }
  await rereadCustomers(ctx, shop, idsOf("CUSTOMER"));
  await rereadPaymentMethods(ctx, shop, idsOf("PAYMENT_METHOD"));
  await rereadContracts(ctx, shop, idsOf("CONTRACT"));
}

/** Takes the served marks away, except those whose counter has moved since they were read. */
async function forget(ctx: Context, shopId: string, marks: readonly Reread[]): Promise<void> {
  const served = marks.map(({ kind, shopifyId, marks: count }) => ({ kind, shopifyId, count }));
  await ctx.db.$executeRaw`
    DELETE FROM "Reread" AS mark
    USING jsonb_to_recordset(${JSON.stringify(served)}::jsonb) AS served(kind text, "shopifyId" text, count int)
    WHERE mark."shopId" = ${shopId}::uuid AND mark.kind = served.kind::"RereadKind"
      AND mark."shopifyId" = served."shopifyId" AND mark.marks = served.count`;
}
