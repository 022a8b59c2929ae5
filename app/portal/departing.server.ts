import type { Context } from "~/context.server";
import { isId } from "~/contracts/ids";
import { nextAmount } from "~/contracts/next-amount";
import type { ContractDiscount } from "~/contracts/next-amount";
import type { Prisma } from "~/generated/prisma/client";
import { money } from "~/money/money";
import { shortestIntervalMs } from "~/schedule/interval";

import type { Departing } from "./way-out";
import type { Shopper } from "./shopper";

const include = {
  customer: { select: { email: true } },
  lines: { orderBy: { position: "asc" } },
  charges: {
    include: { cycle: { select: { expectedAt: true } } },
    orderBy: { cycleIndex: "desc" },
  },
  oneOffs: { where: { chargedAt: null, removedAt: null }, select: { id: true } },
} as const satisfies Prisma.SubscriptionContractInclude;

export type DepartingRow = Prisma.SubscriptionContractGetPayload<{ include: typeof include }>;

/** Coming cycles that are looked at: a minimum is told by its date as far as the mirror reaches. */
const CYCLES_READ = 60;

/**
 * The shopper's own subscription with what leaving it is about.
 * @param id ours
 * @returns null for one that is not theirs
 */
export async function departing(
  ctx: Context,
  { shop, customerId }: Pick<Shopper, "shop" | "customerId">,
  id: string,
): Promise<{ row: DepartingRow; facts: Departing } | null> {
  if (!isId(id)) return null;
  const row = await ctx.db.subscriptionContract.findFirst({
    where: { id, shopId: shop.id, goneAt: null, customer: { shopId: shop.id, shopifyId: customerId } },
    include,
  });
  if (!row) return null;
  const cycles = await ctx.db.billingCycle.findMany({
    where: { contractId: id, outcome: null },
    orderBy: { cycleIndex: "asc" },
    take: CYCLES_READ,
    select: { cycleIndex: true, expectedAt: true, dueAt: true, skipped: true, claimed: true },
  });
  return { row, facts: factsOf(row, cycles) };
}

interface ComingCycle {
  cycleIndex: number;
  expectedAt: Date;
  dueAt: Date;
  skipped: boolean;
  claimed: boolean;
}

const RUNNING: readonly string[] = ["CLAIMED", "SENDING", "PENDING", "UNKNOWN"];
const FAILING: readonly string[] = ["FAILED", "ACTION_REQUIRED", "PARKED"];

function factsOf(row: DepartingRow, cycles: readonly ComingCycle[]): Departing {
  const { currencyCode, lines, charges, minCycles, originOrderId } = row;
  const amount = nextAmount({
    lines,
    deliveryPrice: row.deliveryPrice,
    currencyCode,
    // Written by the mirror alone, in this shape.
    discounts: row.discounts as object as ContractDiscount[],
  }).total;
  const open = cycles.filter(({ skipped, claimed }) => !skipped && !claimed);
  const [next] = open;
  const paid = charges.filter(({ state }) => state === "PAID");
  const [lastPaid] = paid;
  const running = charges.find(({ state }) => RUNNING.includes(state));
  const failing = charges.find(({ state }) => FAILING.includes(state));
  const had = paid.length + (originOrderId === null ? 0 : 1);
  const missing = (minCycles ?? 0) - had;
  const lastOwed = missing > 0 ? open[missing - 1] : undefined;
  return {
    id: row.id,
    what: lines.map(({ title, variantTitle }) => (variantTitle ? `${title} – ${variantTitle}` : title)),
    status: row.status,
    email: row.customer?.email ?? null,
    amount,
    next: next && row.status === "ACTIVE" ? { cycleIndex: next.cycleIndex, dueAt: next.dueAt.toISOString() } : null,
    afterNext: open[1]?.dueAt.toISOString() ?? null,
    running: running ? { expectedAt: running.cycle.expectedAt.toISOString() } : null,
    failing: failing ? { expectedAt: failing.cycle.expectedAt.toISOString() } : null,
    lastOrder: lastPaid
      ? { name: lastPaid.orderName, paidAt: (lastPaid.paidAt ?? lastPaid.updatedAt).toISOString() }
      : originOrderId === null
        ? null
        : { name: row.originOrderName, paidAt: row.shopifyCreatedAt.toISOString() },
    // Where the next charge has failed, nothing is paid ahead any more.
    prepaidUntil: isPrepaid(row) && !failing ? (cycles[0]?.expectedAt.toISOString() ?? null) : null,
    oneOffs: row.oneOffs.length,
    minimum: missing > 0 ? { agreed: minCycles ?? 0, had, reachedAt: lastOwed?.dueAt.toISOString() ?? null } : null,
    lines: lines.map(({ id, title, variantTitle, variantId, quantity, currentPrice }) => ({
      id,
      title: variantTitle ? `${title} – ${variantTitle}` : title,
      variantId,
      quantity,
      price: money(currentPrice, currencyCode),
    })),
  };
}

/** One charge pays several deliveries. */
const isPrepaid = (row: DepartingRow): boolean =>
  shortestIntervalMs(row.billingInterval, row.billingIntervalCount) >
  shortestIntervalMs(row.deliveryInterval, row.deliveryIntervalCount);
