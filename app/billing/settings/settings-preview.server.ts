import type { Context } from "~/context.server";
import type { Prisma, Shop } from "~/generated/prisma/client";

import type { PreviewData } from "./settings-preview";

/** Days with renewals that the preview shows. */
const DAYS_SHOWN = 5;
const EXAMPLES_SHOWN = 3;
/** A year: the longest that yearly subscribers are away. */
const FURTHEST_MS = 366 * 24 * 3_600_000;

/** The shop's next renewals that no run has claimed and that are not due yet, for the settings' preview. */
export async function settingsPreviewData(ctx: Context, shop: Shop): Promise<PreviewData> {
  const now = ctx.clock.now();
  const coming = {
    shopId: shop.id,
    outcome: null,
    claimed: false,
    waitReason: null,
    dueAt: { gt: now },
    contract: { status: "ACTIVE", goneAt: null },
  } satisfies Prisma.BillingCycleWhereInput;
  const until = new Date(now.getTime() + FURTHEST_MS);
  const [days, examples] = await Promise.all([
    ctx.db.$queryRaw<{ date: string; renewals: number; expectedAt: Date }[]>`
      SELECT to_char(cycle."expectedAt" AT TIME ZONE ${shop.timeZone}, 'YYYY-MM-DD') AS date,
        count(*)::int AS renewals, min(cycle."expectedAt") AS "expectedAt"
      FROM "BillingCycle" cycle
      JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId"
      WHERE cycle."shopId" = ${shop.id}::uuid AND cycle.outcome IS NULL AND NOT cycle.claimed
        AND cycle."waitReason" IS NULL AND cycle."dueAt" > ${now}::timestamptz
        AND cycle."dueAt" < ${until}::timestamptz
        AND contract.status = 'ACTIVE' AND contract."goneAt" IS NULL
      GROUP BY 1 ORDER BY 1 LIMIT ${DAYS_SHOWN}`,
    ctx.db.billingCycle.findMany({
      where: coming,
      orderBy: [{ dueAt: "asc" }, { contractId: "asc" }],
      take: EXAMPLES_SHOWN,
      select: {
        contractId: true,
        expectedAt: true,
        contract: {
          select: { shopifyId: true, lines: { orderBy: { position: "asc" }, take: 1, select: { title: true } } },
        },
      },
    }),
  ]);
  return {
    now: now.toISOString(),
    timeZone: shop.timeZone,
    days: days.map((day) => ({ ...day, expectedAt: new Date(day.expectedAt).toISOString() })),
    examples: examples.map(({ contractId, expectedAt, contract }) => ({
      contractId,
      number: contract.shopifyId.split("/").at(-1) ?? "",
      title: contract.lines[0]?.title ?? "",
      expectedAt: expectedAt.toISOString(),
    })),
  };
}
