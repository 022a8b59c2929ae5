import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { RereadKind } from "~/generated/prisma/enums";

export interface Mark {
  kind: RereadKind;
  /** Global id: "gid://shopify/SubscriptionContract/1" */
  shopifyId: string;
}

/** Notes, in the caller's transaction, that a thing of Shopify's must be read again, and wakes the job that does it. */
export async function mark(ctx: Context, tx: Tx, shopId: string, kind: RereadKind, shopifyId: string): Promise<void> {
  await markAll(ctx, tx, shopId, [{ kind, shopifyId }]);
}

/**
 * As `mark`, many at once.
 * @param wake false inside the job that serves the marks: it looks again before it ends.
 */
export async function markAll(
  ctx: Context,
  tx: Tx,
  shopId: string,
  marks: readonly Mark[],
  options?: { wake?: boolean },
): Promise<void> {
  await markInShops(
    ctx,
    tx,
    marks.map((each) => ({ ...each, shopId })),
    options,
  );
}

/** As `markAll`, in many shops. */
export async function markInShops(
  ctx: Context,
  tx: Tx,
  marks: readonly (Mark & { shopId: string })[],
  { wake = true }: { wake?: boolean } = {},
): Promise<void> {
  if (marks.length === 0) return;
  const byKey = new Map(marks.map((each) => [`${each.shopId} ${each.kind} ${each.shopifyId}`, each]));
  // One order of rows in every process, so that two of them never wait for each other.
  const rows = [...byKey].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
  await tx.$executeRaw`
    INSERT INTO "Reread" ("shopId", "kind", "shopifyId", "markedAt", "marks")
    SELECT m."shopId", m.kind::"RereadKind", m."shopifyId", ${ctx.clock.now()}::timestamptz, 1
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS m("shopId" uuid, kind text, "shopifyId" text)
    ON CONFLICT ("shopId", "kind", "shopifyId")
    DO UPDATE SET "marks" = "Reread"."marks" + 1, "markedAt" = excluded."markedAt"`;
  if (!wake) return;
  const shopIds = new Set(rows.map(({ shopId }) => shopId));
  await ctx.jobs.putAll(
    tx,
    "webhooks.reread",
    [...shopIds].map((shopId) => ({ shopId })),
  );
}
