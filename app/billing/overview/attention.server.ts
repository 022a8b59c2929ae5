import type { Context } from "~/context.server";
import type { Prisma, Shop } from "~/generated/prisma/client";
import { money } from "~/money/money";
import { nextAmountOf } from "~/money/next-amount";

import { dunningSettings } from "../charge";
import { contractRef, refSelect, runningContract } from "./contract-ref";
import { missingOf } from "./missing.server";
import { resolutionsOf } from "../resolutions";
import { settingsOf } from "../settings/settings";
import { standingOf } from "./standing";
import type { FailingItem, PageOf, ParkedItem, WaitingItem } from "./views";

/** About what a card shows before one would rather search. */
export const ATTENTION_PER_PAGE = 10;

const contractSelect = {
  ...refSelect,
  deliveryPrice: true,
  currencyCode: true,
  discounts: true,
  lines: {
    select: { title: true, shopifyId: true, quantity: true, currentPrice: true, discountedPrice: true },
    orderBy: { position: "asc" },
  },
} as const satisfies Prisma.SubscriptionContractSelect;

type AmountRow = Prisma.SubscriptionContractGetPayload<{ select: typeof contractSelect }>;

const amountOf = (row: AmountRow) => nextAmountOf(row).total;

const slice = (page: number) => ({ skip: (page - 1) * ATTENTION_PER_PAGE, take: ATTENTION_PER_PAGE });

/** Charges that were declined or wait for the shopper's approval: what nobody looks after first, then by their next try. */
export async function failingCharges(ctx: Context, shop: Shop, page = 1): Promise<PageOf<FailingItem>> {
  const where: Prisma.ChargeWhereInput = {
    shopId: shop.id,
    state: { in: ["FAILED", "ACTION_REQUIRED"] },
    imported: false,
    contract: runningContract,
  };
  const [total, rows] = await Promise.all([
    ctx.db.charge.count({ where }),
    ctx.db.charge.findMany({
      where,
      include: {
        contract: { select: refSelect },
        cycle: { select: { expectedAt: true } },
        _count: { select: { attempts: true } },
      },
      orderBy: [{ nextActionAt: { sort: "asc", nulls: "first" } }, { id: "asc" }],
      ...slice(page),
    }),
  ]);
  const settings = dunningSettings(settingsOf(shop));
  const items = rows.flatMap((charge): FailingItem[] => {
    const standing = standingOf(charge, charge._count.attempts, settings);
    return standing
      ? [
          {
            id: charge.id,
            contract: contractRef(charge.contract),
            expectedAt: charge.cycle.expectedAt.toISOString(),
            amount: money(charge.expectedAmount, charge.currencyCode),
            standing,
          },
        ]
      : [];
  });
  return { items, total, page, pageSize: ATTENTION_PER_PAGE };
}

/** Charges that wait for a person's word, longest first. */
export async function parkedCharges(ctx: Context, shop: Shop, page = 1): Promise<PageOf<ParkedItem>> {
  const where: Prisma.ChargeWhereInput = { shopId: shop.id, state: "PARKED", contract: runningContract };
  const [total, rows] = await Promise.all([
    ctx.db.charge.count({ where }),
    ctx.db.charge.findMany({
      where,
      include: { contract: { select: contractSelect }, cycle: { select: { expectedAt: true } } },
      orderBy: [{ updatedAt: "asc" }, { id: "asc" }],
      ...slice(page),
    }),
  ]);
  const items = rows.map((charge) => ({
    id: charge.id,
    contract: contractRef(charge.contract),
    expectedAt: charge.cycle.expectedAt.toISOString(),
    reason: charge.parkedReason,
    since: charge.updatedAt.toISOString(),
    amount: money(charge.expectedAmount, charge.currencyCode),
    amountNow: amountOf(charge.contract),
    resolutions: resolutionsOf(charge.parkedReason),
  }));
  return { items, total, page, pageSize: ATTENTION_PER_PAGE };
}

/** Due renewals that are put off and go on by themselves, longest first. */
export async function waitingCycles(ctx: Context, shop: Shop, page = 1): Promise<PageOf<WaitingItem>> {
  const where: Prisma.BillingCycleWhereInput = {
    shopId: shop.id,
    outcome: null,
    claimed: false,
    waitReason: { not: null },
    contract: { status: "ACTIVE", goneAt: null },
  };
  const [total, rows] = await Promise.all([
    ctx.db.billingCycle.count({ where }),
    ctx.db.billingCycle.findMany({
      where,
      include: { contract: { select: contractSelect } },
      orderBy: [{ waitSince: "asc" }, { contractId: "asc" }, { cycleIndex: "asc" }],
      ...slice(page),
    }),
  ]);
  const missing = await missingOf(
    ctx,
    shop,
    rows.filter(({ waitReason }) => waitReason === "STOCK"),
  );
  const items = rows.map((cycle) => ({
    id: `${cycle.contractId} ${cycle.cycleIndex}`,
    contract: contractRef(cycle.contract),
    expectedAt: cycle.expectedAt.toISOString(),
    reason: cycle.waitReason ?? "",
    since: (cycle.waitSince ?? cycle.dueAt).toISOString(),
    until: cycle.dueAt.toISOString(),
    amount: amountOf(cycle.contract),
    missing: missing.get(cycle.contractId) ?? [],
  }));
  return { items, total, page, pageSize: ATTENTION_PER_PAGE };
}
