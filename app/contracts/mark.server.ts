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
  { wake = true }: { wake?: boolean } = {},
): Promise<void> {
  if (marks.length === 0) return;
  const unique = [...new Map(marks.map((each) => [`${each.kind} ${each.shopifyId}`, each])).values()];
  await tx.$executeRaw`
    INSERT INTO "Reread" ("shopId", "kind", "shopifyId", "markedAt", "marks")
    SELECT ${shopId}::uuid, m.kind::"RereadKind", m."shopifyId", ${ctx.clock.now()}::timestamptz, 1
    FROM jsonb_to_recordset(${JSON.stringify(unique)}::jsonb) AS m(kind text, "shopifyId" text)
    ON CONFLICT ("shopId", "kind", "shopifyId")
    DO UPDATE SET "marks" = "Reread"."marks" + 1, "markedAt" = excluded."markedAt"`;
  if (wake) await ctx.jobs.put(tx, "webhooks.reread", { shopId });
}
