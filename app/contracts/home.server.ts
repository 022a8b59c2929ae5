import { Temporal } from "temporal-polyfill";

import type { Context } from "~/context.server";
import type { Prisma, Shop } from "~/generated/prisma/client";
import { add, money } from "~/money/money";
import type { Money } from "~/money/money";
import { localDate } from "~/schedule/due";

import { listInclude, listItem, needsAttention } from "./present";
import type { HomeFigures } from "./views";

const DAYS = 7;
/** Contracts that the home page links to by name; the list shows the rest. */
const ATTENTION_SHOWN = 5;

/** What the merchant's home page tells, all from the mirror and the ledger. */
export async function homeFigures(ctx: Context, shop: Shop): Promise<HomeFigures> {
  const { db } = ctx;
  const running: Prisma.SubscriptionContractWhereInput = { status: { in: ["ACTIVE", "PAUSED", "FAILED"] } };
  const charges = (state: "UNKNOWN" | "ACTION_REQUIRED" | "PARKED") =>
    db.charge.count({ where: { shopId: shop.id, state, contract: running } });
  const [active, paused, paymentFailed, actionRequired, unknown, parked, contracts, renewals] = await Promise.all([
    db.subscriptionContract.count({ where: { shopId: shop.id, status: "ACTIVE" } }),
    db.subscriptionContract.count({ where: { shopId: shop.id, status: "PAUSED" } }),
    db.subscriptionContract.count({ where: { shopId: shop.id, paymentFailedAt: { not: null }, ...running } }),
    charges("ACTION_REQUIRED"),
    charges("UNKNOWN"),
    charges("PARKED"),
    db.subscriptionContract.findMany({
      where: { shopId: shop.id, ...needsAttention },
      include: listInclude,
      orderBy: [{ paymentFailedAt: { sort: "desc", nulls: "last" } }, { id: "desc" }],
      take: ATTENTION_SHOWN,
    }),
    nextRenewals(ctx, shop),
  ]);
  return {
    imported: shop.reconciledAt !== null,
    active,
    paused,
    renewals,
    attention: {
      paymentFailed,
      actionRequired,
      unknown,
      parked,
      contracts: contracts.map((row) => listItem(row, shop.timeZone)),
    },
  };
}

interface Renewal {
  at: Date;
  currencyCode: string;
  amount: { toString(): string };
  count: bigint;
}

async function nextRenewals(ctx: Context, shop: Shop): Promise<HomeFigures["renewals"]> {
  const today = Temporal.PlainDate.from(localDate(ctx.clock.now(), shop.timeZone));
  const until = new Date(today.add({ days: DAYS }).toZonedDateTime(shop.timeZone).epochMilliseconds);
  const rows = await ctx.db.$queryRaw<Renewal[]>`
    SELECT cycle."dueAt" AS at, contract."currencyCode", count(*) AS count,
      sum(contract."deliveryPrice" + coalesce(
        (SELECT sum(coalesce(line."discountedPrice", line."currentPrice" * line.quantity)) FROM "SubscriptionLine" line
         WHERE line."contractId" = contract.id), 0)) AS amount
    FROM "BillingCycle" cycle JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId"
    WHERE cycle."shopId" = ${shop.id}::uuid AND cycle.outcome IS NULL AND NOT cycle.claimed
      AND cycle."dueAt" < ${until}::timestamptz AND contract.status = 'ACTIVE' AND contract."goneAt" IS NULL
    GROUP BY 1, 2`;
  const dates = Array.from({ length: DAYS }, (_, day) => today.add({ days: day }).toString());
  const byDay = dates.map((date, day) => {
    // What is overdue is charged today.
    const due = rows.filter(({ at }) => {
      const own = localDate(at, shop.timeZone);
      return own === date || (day === 0 && own < date);
    });
    return { date, count: countOf(due), expected: totals(due) };
  });
  return { count: countOf(rows), expected: totals(rows), byDay };
}

const countOf = (rows: readonly Renewal[]): number => rows.reduce((sum, { count }) => sum + Number(count), 0);

function totals(rows: readonly Renewal[]): Money[] {
  const sums = new Map<string, Money>();
  for (const { currencyCode, amount } of rows) {
    const own = money(amount, currencyCode);
    const sum = sums.get(currencyCode);
    sums.set(currencyCode, sum ? add(sum, own) : own);
  }
  return [...sums.values()];
}
