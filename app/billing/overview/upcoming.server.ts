import { Temporal } from "temporal-polyfill";

import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { localDate } from "~/schedule/due";

import { tally } from "./tally";
import type { Counted } from "./tally";
import type { Tally, UpcomingDay } from "./views";

const DAYS = 30;
/** Contracts renewed this often have fewer coming cycles in the mirror (contracts/read.server.ts) than the days shown. */
const FREQUENT_DAYS = 5;

/**
 * The renewals of the next thirty days of the shop's calendar, today first, what is overdue among today's. Cycles come
 * from the mirror; the few that renew so often that the mirror ends before are carried on at their interval.
 */
export async function upcomingDays(ctx: Context, shop: Shop): Promise<{ days: UpcomingDay[]; all: Tally }> {
  const today = Temporal.PlainDate.from(localDate(ctx.clock.now(), shop.timeZone));
  const until = new Date(today.add({ days: DAYS }).toZonedDateTime(shop.timeZone).epochMilliseconds);
  const rows = await ctx.db.$queryRaw<(Counted & { day: string })[]>`
    WITH contract AS (
      SELECT contract.id, contract."currencyCode", contract."billingInterval", contract."billingIntervalCount",
        contract."maxCycles" - CASE WHEN contract."originOrderId" IS NULL THEN 0 ELSE 1 END AS renewals,
        contract."deliveryPrice" + coalesce(sum(coalesce(line."discountedPrice", line."currentPrice" * line.quantity)), 0)
          AS amount
      FROM "SubscriptionContract" contract LEFT JOIN "SubscriptionLine" line ON line."contractId" = contract.id
      WHERE contract."shopId" = ${shop.id}::uuid AND contract.status = 'ACTIVE' AND contract."goneAt" IS NULL
      GROUP BY contract.id
    ), coming AS (
      SELECT cycle."contractId", (cycle."dueAt" AT TIME ZONE ${shop.timeZone})::date AS day
      FROM "BillingCycle" cycle
      WHERE cycle."shopId" = ${shop.id}::uuid AND cycle.outcome IS NULL AND NOT cycle.claimed
        AND cycle."dueAt" < ${until}::timestamptz
      UNION ALL
      SELECT last."contractId", last.day + n * contract."billingIntervalCount"
      FROM contract CROSS JOIN LATERAL (
        SELECT cycle."contractId", cycle."cycleIndex", (cycle."dueAt" AT TIME ZONE ${shop.timeZone})::date AS day
        FROM "BillingCycle" cycle WHERE cycle."contractId" = contract.id
        ORDER BY cycle."cycleIndex" DESC LIMIT 1
      ) last CROSS JOIN generate_series(1, ${DAYS}::int) n
      WHERE contract."billingInterval" = 'DAY' AND contract."billingIntervalCount" <= ${FREQUENT_DAYS}
        AND last.day + n * contract."billingIntervalCount" BETWEEN ${today.toString()}::date
          AND ${today.add({ days: DAYS - 1 }).toString()}::date
        AND (contract.renewals IS NULL OR last."cycleIndex" + n <= contract.renewals)
    )
    SELECT greatest(coming.day, ${today.toString()}::date)::text AS day, contract."currencyCode", count(*) AS count,
      sum(contract.amount) AS amount
    FROM coming JOIN contract ON contract.id = coming."contractId"
    GROUP BY 1, 2`;
  const days = Array.from({ length: DAYS }, (_, ahead) => {
    const date = today.add({ days: ahead }).toString();
    return { date, ...tally(rows.filter((row) => row.day === date)) };
  });
  return { days, all: tally(rows) };
}
