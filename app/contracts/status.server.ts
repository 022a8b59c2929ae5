import type { Context } from "~/context.server";
import type { Shop, SubscriptionContract } from "~/generated/prisma/client";
import type { ContractStatus } from "~/generated/prisma/enums";
import type { Actor } from "~/history/events";
import {
  ContractActivateDocument,
  ContractCancelDocument,
  ContractExpireDocument,
  ContractPauseDocument,
} from "~/shopify/generated/admin";
import type { SubscriptionActor } from "~/shopify/generated/admin";

import type { PendingAct } from "./act";
import { beginAct, carryOut } from "./acting.server";
import type { NotActed } from "./acting.server";

export type StatusOutcome =
  | { outcome: "PAUSED" }
  /** ISO 8601; what passed while it was paused is not back-billed. */
  | { outcome: "RESUMED"; nextBillingAt: string | null }
  | { outcome: "CANCELLED" }
  | NotActed;

/**
 * Stops renewals until the contract is resumed. Cycles go on in Shopify; those that pass bring no order.
 * @param until the day of the shop's calendar on which it shall go on by itself (pause.server.ts)
 */
export const pauseContract = (
  ctx: Context,
  shop: Shop,
  contractId: string,
  actor: Actor,
  until: string | null = null,
): Promise<StatusOutcome> => change(ctx, shop, contractId, actor, "contract.paused", until);

/** Lets a paused contract, or one that Shopify marked as failed, renew again from its next date on. */
export const resumeContract = (ctx: Context, shop: Shop, contractId: string, actor: Actor): Promise<StatusOutcome> =>
  change(ctx, shop, contractId, actor, "contract.resumed");

/** Ends the contract for good: Shopify knows no way back. */
export const cancelContract = (ctx: Context, shop: Shop, contractId: string, actor: Actor): Promise<StatusOutcome> =>
  change(ctx, shop, contractId, actor, "contract.cancelled");

/** Ends a contract that has had all of its renewals (`maxCycles`): Shopify keeps no count of its own. */
export async function expireContract(
  ctx: Context,
  shop: Shop,
  contractId: string,
): Promise<{ outcome: "DONE" } | NotActed> {
  const isExpired = ({ status }: SubscriptionContract) => status === "EXPIRED";
  const act = { type: "contract.expired", cycleIndex: null, actor: "perennial" } as const;
  const begun = await beginAct(ctx, shop, contractId, act, isExpired);
  if ("outcome" in begun) return begun;
  return carryOut(
    ctx,
    shop,
    begun.contract,
    async () => {
      const variables = { id: begun.contract.shopifyId, actor: shopifyActor("perennial") };
      return (await ctx.admin(shop.domain).request(ContractExpireDocument, variables)).subscriptionContractExpire;
    },
    async () => (await statusOf(ctx, contractId)) === "EXPIRED",
  );
}

type StatusAct = Exclude<PendingAct["type"], `cycle.${string}` | "contract.expired" | "contract.changed">;

const WANTED: Record<StatusAct, ContractStatus> = {
  "contract.paused": "PAUSED",
  "contract.resumed": "ACTIVE",
  "contract.cancelled": "CANCELLED",
};

async function change(
  ctx: Context,
  shop: Shop,
  contractId: string,
  actor: Actor,
  type: StatusAct,
  until: string | null = null,
): Promise<StatusOutcome> {
  const act = { type, cycleIndex: null, actor, until };
  const begun = await beginAct(ctx, shop, contractId, act, ({ status }) => status === WANTED[type]);
  if ("outcome" in begun) return begun;
  // Asking for what is already so changes nothing, and is no error.
  if (begun.alreadySo) return succeeded(ctx, contractId, type);
  const result = await carryOut(
    ctx,
    shop,
    begun.contract,
    () => send(ctx, shop, begun.contract, actor, type),
    async () => (await statusOf(ctx, contractId)) === WANTED[type],
  );
  return result.outcome === "DONE" ? succeeded(ctx, contractId, type) : result;
}

/** Shopify knows no engine among its actors: what Perennial does by itself, it does for the merchant. */
const shopifyActor = (actor: Actor): SubscriptionActor => (actor === "shopper" ? "CUSTOMER" : "MERCHANT");

async function send(ctx: Context, shop: Shop, contract: SubscriptionContract, actor: Actor, type: StatusAct) {
  const admin = ctx.admin(shop.domain);
  const variables = { id: contract.shopifyId, actor: shopifyActor(actor) };
  switch (type) {
    case "contract.paused":
      return (await admin.request(ContractPauseDocument, variables)).subscriptionContractPause;
    case "contract.resumed":
      return (await admin.request(ContractActivateDocument, variables)).subscriptionContractActivate;
    case "contract.cancelled":
      return (await admin.request(ContractCancelDocument, variables)).subscriptionContractCancel;
  }
}

async function statusOf(ctx: Context, contractId: string): Promise<ContractStatus | null> {
  const row = await ctx.db.subscriptionContract.findUnique({ where: { id: contractId }, select: { status: true } });
  return row?.status ?? null;
}

async function succeeded(ctx: Context, contractId: string, type: StatusAct): Promise<StatusOutcome> {
  if (type === "contract.paused") return { outcome: "PAUSED" };
  if (type === "contract.cancelled") return { outcome: "CANCELLED" };
  const row = await ctx.db.subscriptionContract.findUnique({
    where: { id: contractId },
    select: { nextBillingAt: true },
  });
  return { outcome: "RESUMED", nextBillingAt: row?.nextBillingAt?.toISOString() ?? null };
}
