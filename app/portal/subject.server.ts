import type { Context } from "~/context.server";
import { isId } from "~/contracts/ids";
import { oneOffView } from "~/contracts/one-offs";
import { contractView, UPCOMING_SHOWN, viewInclude } from "~/contracts/present";
import { storedDiscounts } from "~/money/next-amount";
import type { Prisma } from "~/generated/prisma/client";

import { digestOf } from "./digest.server";
import { linePreferences, portalSettings, swapOptions } from "./settings.server";
import type { Shopper } from "./shopper";
import type { Subject } from "./subject";
import { portalWords } from "./words";

/** Subscriptions of one shopper that the portal shows: more than anybody has. */
const SHOWN = 50;

const include = {
  ...viewInclude,
  oneOffs: { where: { chargedAt: null, removedAt: null }, orderBy: [{ addedAt: "asc" }, { id: "asc" }] },
  queuedEdits: { where: { state: "WAITING" }, orderBy: { queuedAt: "asc" } },
} as const satisfies Prisma.SubscriptionContractInclude;

/** One subscription of the shopper's with everything that decides what may be done with it; null if it is not theirs. */
export async function subjectOf(ctx: Context, shopper: Shopper, id: string): Promise<Subject | null> {
  const [subject] = isId(id) ? await load(ctx, shopper, { id }) : [];
  return subject ?? null;
}

/** All of the shopper's, running ones first. @param order only those that this order began or renewed */
export function subjectsOf(ctx: Context, shopper: Shopper, order: string | null = null): Promise<Subject[]> {
  if (order === null) return load(ctx, shopper, {});
  const number = /^(?:gid:\/\/shopify\/Order\/)?(\d{1,20})$/.exec(order)?.[1];
  if (number === undefined) return Promise.resolve([]);
  const orderId = `gid://shopify/Order/${number}`;
  return load(ctx, shopper, { OR: [{ originOrderId: orderId }, { charges: { some: { orderId } } }] });
}

async function load(ctx: Context, shopper: Shopper, which: Prisma.SubscriptionContractWhereInput): Promise<Subject[]> {
  const { shop, customerId, locale } = shopper;
  const now = ctx.clock.now();
  const rows = await ctx.db.subscriptionContract.findMany({
    where: { ...which, shopId: shop.id, customer: { shopId: shop.id, shopifyId: customerId } },
    include,
    orderBy: [{ status: "asc" }, { shopifyCreatedAt: "desc" }],
    take: SHOWN,
  });
  if (rows.length === 0) return [];
  const [settings, preferences, options, cycles] = await Promise.all([
    portalSettings(ctx, shop),
    linePreferences(ctx, shop),
    swapOptions(ctx, shop),
    ctx.db.billingCycle.findMany({
      where: {
        contractId: { in: rows.map(({ id }) => id) },
        // Also one that is due but not charged yet, or being charged right now.
        OR: [{ dueAt: { gt: now } }, { outcome: null, claimed: false }, { charge: { nextActionAt: { not: null } } }],
      },
      orderBy: { cycleIndex: "asc" },
    }),
  ]);
  return rows.map((row) => {
    // Some more than are shown: those that the contract's end takes away.
    const coming = cycles.filter(({ contractId }) => contractId === row.id).slice(0, UPCOMING_SHOWN * 2);
    return {
      shopper,
      words: portalWords(locale, shop.timeZone),
      now,
      settings,
      preferences,
      swapOptions: options,
      row,
      discounts: storedDiscounts(row.discounts),
      oneOffs: row.oneOffs.map((oneOff) => ({ ...oneOffView(oneOff), charging: oneOff.cycleIndex !== null })),
      view: contractView(row, coming, now, shop.timeZone),
      cycles: coming,
      state: digestOf([
        row.revisionId,
        row.status,
        row.pausedUntil,
        row.paymentMethodId,
        row.dunningPausedAt,
        coming.map(({ cycleIndex, expectedAt, skipped }) => [cycleIndex, expectedAt, skipped]),
        row.oneOffs.map(({ id }) => id),
        row.lines.map(({ id, quantity, currentPrice }) => [id, quantity, currentPrice]),
      ]),
    };
  });
}
