import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { OneOff, Shop, SubscriptionContract } from "~/generated/prisma/client";
import type { Actor, EventData } from "~/history/events";
import { append } from "~/history/history.server";
import { money } from "~/money/money";
import { AdminApiError } from "~/shopify/admin-api.server";
import { OneOffVariantDocument } from "~/shopify/generated/admin";
import type { OneOffVariantQuery } from "~/shopify/generated/admin";

import { RUNNING } from "./acting.server";
import { isEnded } from "./cycle-rules";
import { isId } from "./ids";
import { MAX_ONE_OFFS, MAX_QUANTITY, oneOffView } from "./one-offs";
import type { OneOffView } from "./one-offs";
import { freeCycles } from "./standing-edits.server";

/**
 * Products that go with the next delivery alone. They are rows of ours until a renewal is charged: billing puts them on
 * the cycle as it is claimed and takes them off if the charge is abandoned (billing/stock.server.ts). Until then they
 * wait, whatever is skipped or paused.
 */

export interface OneOffWish {
  /** "gid://shopify/ProductVariant/1" */
  variantId: string;
  quantity: number;
  /** Decimal string, per unit, in the contract's currency: as the person saw it. */
  price: string;
}

export type OneOffNotDone =
  | { outcome: "NOT_FOUND" }
  /** Paused or failed: no delivery is to come that it could go with. */
  | { outcome: "NOT_ACTIVE" }
  | { outcome: "ALREADY_ENDED" }
  /** The next delivery is being charged: nothing was changed. */
  | { outcome: "RENEWAL_RUNNING" }
  | { outcome: "SHOPIFY_UNAVAILABLE" };

export type AddOneOffOutcome =
  | { outcome: "ADDED"; oneOff: OneOffView }
  /** So many wait already, or so many of one. */
  | { outcome: "TOO_MANY"; most: number }
  /** The shop does not sell the variant. */
  | { outcome: "NOT_OFFERED" }
  | { outcome: "SOLD_OUT" }
  | OneOffNotDone;

export type RemoveOneOffOutcome =
  | { outcome: "REMOVED"; oneOff: OneOffView }
  /** It has been paid for. */
  | { outcome: "TOO_LATE" }
  | Exclude<OneOffNotDone, { outcome: "NOT_ACTIVE" }>;

/** Adds a product to the contract's next delivery. Nothing is charged and Shopify hears nothing of it before that. */
export async function addOneOff(
  ctx: Context,
  shop: Shop,
  contractId: string,
  wish: OneOffWish,
  actor: Actor,
): Promise<AddOneOffOutcome> {
  // Before Shopify is asked, so that a wrong id costs nothing.
  const first = isId(contractId) ? await contractOf(ctx.db, shop, contractId) : null;
  if (!first) return { outcome: "NOT_FOUND" };
  const { quantity } = wish;
  if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) {
    return { outcome: "TOO_MANY", most: MAX_QUANTITY };
  }
  const variant = await readVariant(ctx, shop, wish.variantId);
  if (variant === "SHOPIFY_UNAVAILABLE") return { outcome: variant };
  if (!variant) return { outcome: "NOT_OFFERED" };
  if (variant.available !== null && variant.available < quantity) return { outcome: "SOLD_OUT" };
  return ctx.db.$transaction(async (tx) => {
    const contract = await lockContract(tx, shop, contractId);
    const problem = contract ? await notNow(tx, contract) : ({ outcome: "NOT_FOUND" } as const);
    if (problem || !contract) return problem ?? { outcome: "NOT_FOUND" };
    if (contract.status !== "ACTIVE") return { outcome: "NOT_ACTIVE" };
    const waiting = await tx.oneOff.count({ where: { contractId, ...isWaiting } });
    if (waiting >= MAX_ONE_OFFS) return { outcome: "TOO_MANY", most: MAX_ONE_OFFS };
    const { title, variantTitle, imageUrl } = variant;
    const row = await tx.oneOff.create({
      data: {
        id: ctx.ids.next(),
        shopId: shop.id,
        contractId,
        variantId: wish.variantId,
        ...{ title, variantTitle, imageUrl, quantity },
        price: money(wish.price, contract.currencyCode).amount,
        currencyCode: contract.currencyCode,
        addedBy: actor,
        addedAt: ctx.clock.now(),
      },
    });
    await append(ctx, tx, { shopId: shop.id, contractId, type: "one-off.added", actor, data: told(row) });
    return { outcome: "ADDED", oneOff: oneOffView(row) };
  });
}

/** Takes a product off the next delivery again. Removing what is removed already changes nothing. */
export async function removeOneOff(
  ctx: Context,
  shop: Shop,
  contractId: string,
  oneOffId: string,
  actor: Actor,
): Promise<RemoveOneOffOutcome> {
  if (!isId(contractId) || !isId(oneOffId)) return { outcome: "NOT_FOUND" };
  const where = { id: oneOffId, shopId: shop.id, contractId } as const;
  const isOnCycle = { ...where, ...isWaiting, cycleIndex: { not: null } };
  if ((await ctx.db.oneOff.count({ where: isOnCycle })) > 0) {
    // A declined charge has put it on its cycle, and the gateway may try that again by itself.
    const freed = await freeCycles(ctx, shop, contractId);
    if (freed !== "FREE") return { outcome: freed };
  }
  return ctx.db.$transaction(async (tx) => {
    const contract = await lockContract(tx, shop, contractId);
    const row = contract && (await tx.oneOff.findFirst({ where }));
    if (!row) return { outcome: "NOT_FOUND" };
    if (row.removedAt !== null) return { outcome: "REMOVED", oneOff: oneOffView(row) };
    if (row.chargedAt !== null) return { outcome: "TOO_LATE" };
    const problem = await notNow(tx, contract);
    if (problem) return problem;
    await tx.oneOff.update({ where: { id: row.id }, data: { removedAt: ctx.clock.now(), cycleIndex: null } });
    await append(ctx, tx, { shopId: shop.id, contractId, type: "one-off.removed", actor, data: told(row) });
    return { outcome: "REMOVED", oneOff: oneOffView(row) };
  });
}

/** What waits for the next delivery of each of these contracts, the first added first. Without any: no entry. */
export async function oneOffsOf(
  ctx: Context,
  shop: Pick<Shop, "id">,
  contractIds: readonly string[],
): Promise<Map<string, OneOffView[]>> {
  const rows = await ctx.db.oneOff.findMany({
    where: { shopId: shop.id, contractId: { in: [...contractIds] }, ...isWaiting },
    orderBy: [{ addedAt: "asc" }, { id: "asc" }],
  });
  const byContract = new Map<string, OneOffView[]>();
  for (const row of rows) byContract.set(row.contractId, [...(byContract.get(row.contractId) ?? []), oneOffView(row)]);
  return byContract;
}

const isWaiting = { chargedAt: null, removedAt: null } as const;

const contractOf = (db: Pick<Tx, "subscriptionContract">, shop: Shop, id: string) =>
  db.subscriptionContract.findFirst({ where: { shopId: shop.id, id } });

async function lockContract(tx: Tx, shop: Shop, contractId: string): Promise<SubscriptionContract | null> {
  await tx.$queryRaw`
    SELECT 1 FROM "SubscriptionContract" WHERE "shopId" = ${shop.id}::uuid AND id = ${contractId}::uuid FOR UPDATE`;
  return contractOf(tx, shop, contractId);
}

/** An attempt that Shopify may still turn into an order holds what it was made with, also a challenge that was given up on. */
async function notNow(
  tx: Tx,
  contract: SubscriptionContract,
): Promise<{ outcome: "ALREADY_ENDED" | "RENEWAL_RUNNING" } | null> {
  if (isEnded(contract.status) || contract.goneAt !== null) return { outcome: "ALREADY_ENDED" };
  const running = await tx.charge.count({
    where: {
      contractId: contract.id,
      OR: [
        { state: { in: [...RUNNING, "ACTION_REQUIRED"] } },
        {
          state: { in: ["FAILED", "PARKED"] },
          attempts: { some: { state: { in: ["SENDING", "PENDING", "ACTION_REQUIRED"] } } },
        },
      ],
    },
  });
  return running > 0 ? { outcome: "RENEWAL_RUNNING" } : null;
}

interface VariantReading {
  title: string;
  variantTitle: string | null;
  imageUrl: string | null;
  /** Null: not counted, or sold on when there is none. */
  available: number | null;
}

/** Shopify's name for the only variant of a product that has no options. */
const DEFAULT_TITLE = "Default Title";

async function readVariant(
  ctx: Context,
  shop: Shop,
  variantId: string,
): Promise<VariantReading | "SHOPIFY_UNAVAILABLE" | null> {
  let node: OneOffVariantQuery["node"];
  try {
    ({ node } = await ctx.admin(shop.domain).request(OneOffVariantDocument, { id: variantId }));
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    return "SHOPIFY_UNAVAILABLE";
  }
  if (node?.__typename !== "ProductVariant" || node.product.status !== "ACTIVE") return null;
  const isCounted = node.inventoryItem.tracked && node.inventoryPolicy === "DENY";
  return {
    title: node.product.title,
    variantTitle: node.title === DEFAULT_TITLE ? null : node.title,
    imageUrl: node.product.featuredMedia?.preview?.image?.url ?? null,
    available: isCounted ? (node.inventoryQuantity ?? 0) : null,
  };
}

const told = ({ id, title, variantTitle, quantity, price, currencyCode }: OneOff): EventData["one-off.added"] => ({
  oneOffId: id,
  title: variantTitle === null ? title : `${title}, ${variantTitle}`,
  quantity,
  price: money(price, currencyCode),
});
