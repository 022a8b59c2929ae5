import { createHash } from "node:crypto";

import type { Context } from "~/context.server";
import type { Clock } from "~/lib/clock";

/** Signatures older than 90 s are refused anyway (Shopify's library); the rest is for clocks that differ. */
const KEPT_MS = 5 * 60_000;

/**
 * Whether a signed request is the first with its signature that changes something. Shopify signs the query alone, so
 * whoever gets hold of an address could send it again with another body for as long as it is fresh. A shopper's own
 * second click within the same second has the same signature and is not carried out either.
 * @param signature of the query, as it came
 * @param clock real time
 */
export async function isFirstUse(ctx: Context, clock: Clock, signature: string): Promise<boolean> {
  const now = clock.now();
  await ctx.db.proxySignature.deleteMany({ where: { seenAt: { lt: new Date(now.getTime() - KEPT_MS) } } });
  const hash = createHash("sha256").update(signature.toLowerCase()).digest("hex");
  const { count } = await ctx.db.proxySignature.createMany({ data: [{ hash, seenAt: now }], skipDuplicates: true });
  return count === 1;
}
