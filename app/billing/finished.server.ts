import type { Context } from "~/context.server";
import { expireContract } from "~/contracts/status.server";
import type { Shop } from "~/generated/prisma/client";

/** Contracts ended in one run; the next one takes the rest. */
const ENDED_AT_ONCE = 50;

/**
 * Ends contracts that have had all of their renewals: Shopify's cycles go on beyond `maxCycles`, so nobody else would.
 * @throws AdminApiError
 */
export async function expireFinished(ctx: Context, shop: Shop): Promise<void> {
  const finished = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT contract.id FROM "SubscriptionContract" contract
    WHERE contract."shopId" = ${shop.id}::uuid AND contract.status = 'ACTIVE' AND contract."goneAt" IS NULL
      AND contract."maxCycles" IS NOT NULL
      AND EXISTS (
        SELECT 1 FROM "BillingCycle" beyond WHERE beyond."contractId" = contract.id AND beyond.outcome = 'ENDED')
      AND NOT EXISTS (
        SELECT 1 FROM "BillingCycle" open
        WHERE open."contractId" = contract.id AND open.outcome IS NULL AND NOT open.claimed)
      AND NOT EXISTS (
        SELECT 1 FROM "Charge" holding WHERE holding."contractId" = contract.id
          AND holding.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED', 'FAILED', 'PARKED'))
    ORDER BY contract.id LIMIT ${ENDED_AT_ONCE}`;
  for (const { id } of finished) await expireContract(ctx, shop, id);
}
