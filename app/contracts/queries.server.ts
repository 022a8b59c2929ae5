import type { Context } from "~/context.server";
import type { Prisma, Shop } from "~/generated/prisma/client";
import type { ContractStatus } from "~/generated/prisma/enums";
import { historyOf } from "~/history/history.server";

import { isId } from "./ids";
import { contractView, listInclude, listItem, needsAttention, UPCOMING_SHOWN, viewInclude } from "./present";
import type { ContractDetail, ContractPage, ContractView } from "./views";

export const CONTRACTS_PER_PAGE = 25;
/** Subscriptions of one shopper that the portal shows. */
const CONTRACTS_PER_CUSTOMER = 50;

export interface ContractFilter {
  status?: ContractStatus;
  /** Only those that a person should look at: a failed, unknown or parked charge. */
  needsAttention?: boolean;
  /** In the customer's name and e-mail, the products' titles, the order's and the contract's number. */
  search?: string;
  /** NEXT: soonest renewal first; NEWEST: latest subscription first (the default). */
  sort?: "NEXT" | "NEWEST";
  /** From 1. */
  page?: number;
}

/** One page of the shop's contracts. */
export async function listContracts(ctx: Context, shop: Shop, filter: ContractFilter = {}): Promise<ContractPage> {
  const page = Math.max(1, Math.trunc(filter.page ?? 1));
  const where = whereOf(shop, filter);
  const [total, rows] = await Promise.all([
    ctx.db.subscriptionContract.count({ where }),
    ctx.db.subscriptionContract.findMany({
      where,
      include: listInclude,
      orderBy:
        filter.sort === "NEXT"
          ? [{ nextBillingAt: { sort: "asc", nulls: "last" } }, { id: "asc" }]
          : [{ shopifyCreatedAt: "desc" }, { id: "desc" }],
      skip: (page - 1) * CONTRACTS_PER_PAGE,
      take: CONTRACTS_PER_PAGE,
    }),
  ]);
  return { items: rows.map((row) => listItem(row, shop.timeZone)), total, page, pageSize: CONTRACTS_PER_PAGE };
}

function whereOf(shop: Shop, filter: ContractFilter): Prisma.SubscriptionContractWhereInput {
  const all: Prisma.SubscriptionContractWhereInput[] = [{ shopId: shop.id }];
  if (filter.status) all.push({ status: filter.status });
  if (filter.needsAttention) all.push(needsAttention);
  // Every word must be found somewhere: "ola mørk" is the customer Ola and the coffee Mørk.
  for (const word of (filter.search ?? "").trim().split(/\s+/).filter(Boolean).slice(0, MAX_WORDS))
    all.push(found(word));
  return { AND: all };
}

/** More words than this make a query slower, not the answer better. */
const MAX_WORDS = 8;

function found(word: string): Prisma.SubscriptionContractWhereInput {
  const contains = { contains: word, mode: "insensitive" } as const;
  const number = word.replace(/^#/, "");
  return {
    OR: [
      { customer: { OR: [{ firstName: contains }, { lastName: contains }, { email: contains }] } },
      { lines: { some: { title: contains } } },
      { originOrderName: { equals: `#${number}`, mode: "insensitive" } },
      { charges: { some: { orderName: { equals: `#${number}`, mode: "insensitive" } } } },
      { shopifyId: word.startsWith("gid://") ? word : `gid://shopify/SubscriptionContract/${number}` },
    ],
  };
}

/**
 * A contract with everything that its page shows.
 * @param id ours, or Shopify's as a number or global id (how the admin links to us)
 * @returns null if the shop has no such contract
 */
export async function contractDetail(ctx: Context, shop: Shop, id: string): Promise<ContractDetail | null> {
  const shopifyId = id.startsWith("gid://") ? id : `gid://shopify/SubscriptionContract/${id}`;
  const [view] = await views(ctx, shop, isId(id) ? { id } : { shopifyId }, 1);
  if (!view) return null;
  return { ...view, history: await historyOf(ctx, shop, view.id) };
}

/**
 * The subscriptions of one shopper, running ones first.
 * @param customerShopifyId as a number (how the storefront names customers) or a global id
 */
export async function contractsOfCustomer(
  ctx: Context,
  shop: Shop,
  customerShopifyId: string,
): Promise<ContractView[]> {
  const shopifyId = customerShopifyId.startsWith("gid://")
    ? customerShopifyId
    : `gid://shopify/Customer/${customerShopifyId}`;
  return views(ctx, shop, { customer: { shopId: shop.id, shopifyId } }, CONTRACTS_PER_CUSTOMER);
}

async function views(
  ctx: Context,
  shop: Shop,
  where: Prisma.SubscriptionContractWhereInput,
  take: number,
): Promise<ContractView[]> {
  const now = ctx.clock.now();
  const rows = await ctx.db.subscriptionContract.findMany({
    where: { ...where, shopId: shop.id },
    include: viewInclude,
    orderBy: [{ status: "asc" }, { shopifyCreatedAt: "desc" }],
    take,
  });
  const cycles = await ctx.db.billingCycle.findMany({
    where: {
      contractId: { in: rows.map(({ id }) => id) },
      // Also one that is due but not charged yet, or being charged right now.
      OR: [{ dueAt: { gt: now } }, { outcome: null, claimed: false }, { charge: { nextActionAt: { not: null } } }],
    },
    orderBy: { cycleIndex: "asc" },
  });
  return rows.map((row) =>
    contractView(
      row,
      cycles.filter(({ contractId }) => contractId === row.id).slice(0, UPCOMING_SHOWN * 2),
      now,
      shop.timeZone,
    ),
  );
}
export { homeFigures } from "./home.server";
