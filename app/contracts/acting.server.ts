import type { Context } from "~/context.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop, SubscriptionContract } from "~/generated/prisma/client";
import { AdminApiError } from "~/shopify/admin-api.server";

import type { PendingAct } from "./act";
import { isEnded } from "./cycle-rules";
import { isId } from "./ids";
import { mark } from "./mark.server";
import { rereadContracts } from "./read.server";

/** Charges that Shopify may be carrying out at this moment. */
export const RUNNING = ["CLAIMED", "SENDING", "PENDING", "UNKNOWN"] as const;

export type NotActed =
  | { outcome: "NOT_FOUND" }
  /** Cancelled and expired are final. */
  | { outcome: "ALREADY_ENDED" }
  /** A renewal is being charged right now: nothing was sent. */
  | { outcome: "RENEWAL_RUNNING" }
  /** Shopify can't be reached, or did not answer and shows no change: trying again is safe. */
  | { outcome: "SHOPIFY_UNAVAILABLE" }
  /** Shopify's own words, in its language for the app. */
  | { outcome: "REFUSED"; message: string; code?: string };

interface UserErrors {
  userErrors: { code?: string | null; message: string }[];
}

/** Locks the contract, checks that it may be acted upon and notes who asked for what. Nothing is sent yet. */
export async function beginAct(
  ctx: Context,
  shop: Shop,
  contractId: string,
  act: Omit<PendingAct, "at">,
  isAlreadySo: (contract: SubscriptionContract) => boolean = () => false,
): Promise<{ contract: SubscriptionContract; alreadySo: boolean } | NotActed> {
  if (!isId(contractId)) return { outcome: "NOT_FOUND" };
  return ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`
      SELECT 1 FROM "SubscriptionContract" WHERE "shopId" = ${shop.id}::uuid AND id = ${contractId}::uuid FOR UPDATE`;
    const contract = await tx.subscriptionContract.findFirst({ where: { shopId: shop.id, id: contractId } });
    if (!contract) return { outcome: "NOT_FOUND" };
    if (isEnded(contract.status) || contract.goneAt !== null) return { outcome: "ALREADY_ENDED" };
    const running = await tx.charge.count({ where: { contractId, state: { in: [...RUNNING] } } });
    if (running > 0) return { outcome: "RENEWAL_RUNNING" };
    if (isAlreadySo(contract)) return { contract, alreadySo: true };
    const pendingAct = { ...act, at: ctx.clock.now().toISOString() };
    await tx.subscriptionContract.update({ where: { id: contractId }, data: { pendingAct } });
    return { contract, alreadySo: false };
  });
}

/**
 * Sends what was begun, reads the contract again and clears the note.
 * @param send the mutation; its user errors come back as REFUSED
 * @param happened tells from the mirror, after an answer was lost, whether the act was carried out
 */
export async function carryOut(
  ctx: Context,
  shop: Shop,
  contract: SubscriptionContract,
  send: () => Promise<UserErrors | null>,
  happened: () => Promise<boolean>,
): Promise<{ outcome: "DONE" } | NotActed> {
  let lost = false;
  try {
    const refusal = (await send())?.userErrors[0];
    if (refusal) {
      // Shopify refuses what it sees otherwise than our mirror does.
      await readAgain(ctx, shop, contract);
      await clearAct(ctx, contract);
      return { outcome: "REFUSED", message: refusal.message, ...(refusal.code ? { code: refusal.code } : {}) };
    }
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    if (error.trouble !== "NO_ANSWER") {
      await clearAct(ctx, contract);
      return { outcome: "SHOPIFY_UNAVAILABLE" };
    }
    lost = true;
  }
  const read = await readAgain(ctx, shop, contract);
  if (lost && !(read && (await happened()))) return { outcome: "SHOPIFY_UNAVAILABLE" };
  if (read) await clearAct(ctx, contract);
  return { outcome: "DONE" };
}

/** @returns false if Shopify could not be read; the contract is marked to be read later. */
async function readAgain(ctx: Context, shop: Shop, contract: SubscriptionContract): Promise<boolean> {
  try {
    await rereadContracts(ctx, shop, [contract.shopifyId], { whole: true });
    return true;
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    await ctx.db.$transaction((tx) => mark(ctx, tx, shop.id, "CONTRACT", contract.shopifyId));
    return false;
  }
}

async function clearAct(ctx: Context, contract: SubscriptionContract): Promise<void> {
  await ctx.db.subscriptionContract.update({ where: { id: contract.id }, data: { pendingAct: Prisma.DbNull } });
}
