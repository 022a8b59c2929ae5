import { z } from "zod";

import type { Context } from "~/context.server";
import { confirmGone } from "~/contracts/gone.server";
import { markAll } from "~/contracts/mark.server";
import type { Mark } from "~/contracts/mark.server";
import type { Shop } from "~/generated/prisma/client";
import { AdminApiError } from "~/shopify/admin-api.server";
import { bulkLines } from "~/shopify/bulk-operation.server";
import type { BulkState } from "~/shopify/bulk-operation.server";
import type { SweepAttemptsQuery, SweepContractsQuery } from "~/shopify/generated/admin";

import { readAttempt } from "../attempts";
import { RUNNING_STATES } from "../engine";
import type { ReadAttempt } from "../guard";
import { recordOutcomes } from "../outcome.server";

/** Lines compared with our rows at once. */
const BATCH = 500;
/** Attempts without an end that are read again in a night; the newest are the likeliest to end. */
const OPEN_AT_ONCE = 250;

type Completed = Extract<BulkState, { state: "COMPLETED" }>;
type ContractNode = SweepContractsQuery["subscriptionContracts"]["edges"][number]["node"];
type AttemptNode = SweepAttemptsQuery["subscriptionBillingAttempts"]["edges"][number]["node"];

/** What of a contract's line is compared; a line without it is damaged and left to the next night. */
const contractLine = z.object({
  id: z.string().max(500),
  status: z.string(),
  revisionId: z.string(),
  customerPaymentMethod: z.object({ id: z.string(), revokedAt: z.string().nullable() }).nullable(),
  customer: z.object({ id: z.string() }).nullable(),
}) satisfies z.ZodType<Omit<ContractNode, "status">>;
type ContractLine = z.infer<typeof contractLine>;

/** An attempt's line has what `readAttempt` reads, which takes nothing for granted; this says that it is an object. */
const attemptLine = z.custom<AttemptNode>((value) => typeof value === "object" && value !== null);

/** What a sweep has found. */
export interface Swept {
  contracts: number;
  differed: number;
  settled: number;
  foreign: number;
}

/**
 * Takes a sweep's results in: what differs from the mirror is marked to be read again, outcomes that the ledger lacks
 * are settled, successes that it does not know mark their contract. Doing it twice changes nothing.
 * @throws AdminApiError
 */
export async function takeIn(
  ctx: Context,
  shop: Shop,
  startedAt: Date,
  contracts: Completed,
  attempts: Completed,
): Promise<Swept> {
  const swept: Swept = { contracts: 0, differed: 0, settled: 0, foreign: 0 };
  const seen = new Set<string>();
  for await (const lines of batches(ctx, shop, contracts, contractLine)) {
    for (const { id } of lines) seen.add(id);
    swept.contracts += lines.length;
    swept.differed += await compare(ctx, shop, lines);
  }
  swept.differed += await missing(ctx, shop, startedAt, seen);
  for await (const lines of batches(ctx, shop, attempts, attemptLine)) {
    const { settled, foreign } = await settle(ctx, shop, lines.flatMap(readAttempt));
    swept.settled += settled;
    swept.foreign += foreign;
  }
  await markOpen(ctx, shop);
  return swept;
}

/**
 * Marks attempts that have not ended as far as the ledger knows, although nothing follows them up any more: challenges
 * that were given up on, whose end no webhook has told. They are older than what the sweep lists. Until their end is
 * known no new card is tried, and an approval that came late is money that the ledger lacks.
 */
async function markOpen(ctx: Context, shop: Shop): Promise<void> {
  const open = await ctx.db.billingAttempt.findMany({
    where: {
      shopId: shop.id,
      state: { in: ["PENDING", "ACTION_REQUIRED"] },
      charge: { state: { notIn: [...RUNNING_STATES] }, nextActionAt: null },
    },
    select: { shopifyId: true },
    orderBy: { sentAt: "desc" },
    take: OPEN_AT_ONCE,
  });
  const marks = open.flatMap(({ shopifyId }): Mark[] => (shopifyId === null ? [] : [{ kind: "ATTEMPT", shopifyId }]));
  if (marks.length > 0) await ctx.db.$transaction((tx) => markAll(ctx, tx, shop.id, marks));
}

async function* batches<Line>(
  ctx: Context,
  shop: Shop,
  { url, objectCount }: Completed,
  shape: z.ZodType<Line>,
): AsyncGenerator<Line[]> {
  let lines = 0;
  let damaged = 0;
  let batch: Line[] = [];
  for await (const line of url === null ? [] : bulkLines(url)) {
    lines += 1;
    const read = shape.safeParse(line);
    if (read.success) batch.push(read.data);
    else damaged += 1;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
  if (damaged > 0) ctx.log.warn({ shop: shop.domain, damaged }, "lines of a bulk result could not be read");
  if (lines < objectCount) {
    throw new AdminApiError("NO_ANSWER", `The bulk operation's result has ${lines} of ${objectCount} lines.`);
  }
}

/** Marks contracts that Shopify has otherwise than we. @returns how many */
async function compare(ctx: Context, shop: Shop, lines: readonly ContractLine[]): Promise<number> {
  const rows = await ctx.db.subscriptionContract.findMany({
    where: { shopId: shop.id, shopifyId: { in: lines.map(({ id }) => id) } },
    select: {
      shopifyId: true,
      status: true,
      revisionId: true,
      goneAt: true,
      paymentMethodId: true,
      paymentMethodRevokedAt: true,
      customer: { select: { shopifyId: true } },
    },
  });
  const known = new Map(rows.map((row) => [row.shopifyId, row]));
  const marks = lines.flatMap((line): Mark[] => {
    const row = known.get(line.id);
    const method = line.customerPaymentMethod;
    const same =
      row?.status === line.status &&
      row.revisionId === line.revisionId &&
      row.goneAt === null &&
      row.paymentMethodId === (method?.id ?? null) &&
      // A shop that may not read customers' data has none of ours either.
      (row.customer === null || row.customer.shopifyId === line.customer?.id);
    const revoked = (row?.paymentMethodRevokedAt ?? null) !== null;
    const sameMethod = !method || (method.revokedAt !== null) === revoked;
    return [
      ...(same ? [] : [{ kind: "CONTRACT", shopifyId: line.id } as const]),
      ...(same && !sameMethod ? [{ kind: "PAYMENT_METHOD", shopifyId: method.id } as const] : []),
    ];
  });
  await ctx.db.$transaction((tx) => markAll(ctx, tx, shop.id, marks));
  return marks.length;
}

/** Contracts of ours that Shopify's list lacks, although it was made after we last read them. @returns how many */
async function missing(ctx: Context, shop: Shop, startedAt: Date, seen: ReadonlySet<string>): Promise<number> {
  let count = 0;
  let after = "";
  for (;;) {
    const rows = await ctx.db.subscriptionContract.findMany({
      where: {
        shopId: shop.id,
        goneAt: null,
        status: { notIn: ["CANCELLED", "EXPIRED"] },
        readAt: { lt: startedAt },
        shopifyId: { gt: after },
      },
      orderBy: { shopifyId: "asc" },
      take: BATCH,
      select: { shopifyId: true },
    });
    const lacking = rows.flatMap(({ shopifyId }) => (seen.has(shopifyId) ? [] : [shopifyId]));
    await confirmGone(ctx, shop, lacking);
    count += lacking.length;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return count;
    after = last.shopifyId;
  }
}

async function settle(
  ctx: Context,
  shop: Shop,
  attempts: readonly ReadAttempt[],
): Promise<Pick<Swept, "settled" | "foreign">> {
  const [ledger, contracts] = await Promise.all([
    ctx.db.billingAttempt.findMany({
      where: { shopId: shop.id, idempotencyKey: { in: attempts.map(({ outcome }) => outcome.idempotencyKey) } },
      select: { idempotencyKey: true, state: true },
    }),
    ctx.db.subscriptionContract.findMany({
      where: { shopId: shop.id, shopifyId: { in: attempts.map(({ contractShopifyId }) => contractShopifyId) } },
      select: { shopifyId: true, originOrderId: true },
    }),
  ]);
  const states = new Map(ledger.map(({ idempotencyKey, state }) => [idempotencyKey, state]));
  const origins = new Map(contracts.map(({ shopifyId, originOrderId }) => [shopifyId, originOrderId]));
  const lacking = attempts.filter(({ outcome }) => {
    const state = states.get(outcome.idempotencyKey);
    if (state === undefined || outcome.state === "PENDING" || outcome.state === state) return false;
    // The result is minutes old: the ledger may know by now how a challenge ended.
    return outcome.state !== "ACTION_REQUIRED" || (state !== "SUCCESS" && state !== "FAILED");
  });
  const foreign = attempts.filter(
    ({ outcome, contractShopifyId }) =>
      outcome.state === "SUCCESS" &&
      !states.has(outcome.idempotencyKey) &&
      // The checkout's own attempt pays no cycle.
      (outcome.order === null || outcome.order.id !== origins.get(contractShopifyId)),
  );
  await recordOutcomes(ctx, shop, [...lacking, ...foreign]);
  return { settled: lacking.length, foreign: foreign.length };
}
