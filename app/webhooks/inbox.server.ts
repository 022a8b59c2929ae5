import { probeNow } from "~/billing/lane.server";
import type { Context } from "~/context.server";
import { mark, markAll } from "~/contracts/mark.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import { dataRequest, redactCustomer, redactShop } from "~/shops/compliance.server";
import { markUninstalled, updateScopes } from "~/shops/install.server";

import { followersOf } from "./topics";
import type { Followed } from "./topics";

/** A webhook whose signature has been verified. */
export interface ReceivedWebhook {
  /** "kaffebonna.myshopify.com" */
  shopDomain: string;
  /** As Shopify sends it: "subscription_contracts/create". */
  topic: string;
  /** X-Shopify-Name of the subscription, if it has one. */
  name?: string | null;
  /** X-Shopify-Event-Id: the same for every delivery of one event. */
  eventId?: string | null;
  /** X-Shopify-Webhook-Id */
  webhookId: string;
  triggeredAt?: Date | null;
  payload: unknown;
}

export type Received = "STORED" | "DUPLICATE" | "UNKNOWN_TOPIC" | "UNKNOWN_SHOP" | "MALFORMED";

/** Shopify's names of events and deliveries are UUIDs; what is longer than an index holds is none of them. */
const LONGEST_NAME = 500;

/**
 * Stores a webhook once and marks what it names to be read again, in one transaction. Nothing is asked of Shopify here,
 * so the answer is quick. Losing, doubling or reordering webhooks changes nothing.
 */
export async function receive(ctx: Context, webhook: ReceivedWebhook): Promise<Received> {
  const names = [webhook.name ?? "", webhook.eventId ?? "", webhook.webhookId];
  if (names.some((name) => name.length > LONGEST_NAME)) return "MALFORMED";
  const follow = followersOf(webhook.topic);
  if (!follow) return "UNKNOWN_TOPIC";
  const followed = follow(webhook.payload);
  if (!followed) return "MALFORMED";
  const shop = await ctx.db.shop.findUnique({ where: { domain: webhook.shopDomain } });
  if (!shop) return "UNKNOWN_SHOP";
  return ctx.db.$transaction(async (tx) => {
    const { count } = await tx.webhook.createMany({
      data: [
        {
          id: ctx.ids.next(),
          shopId: shop.id,
          topic: webhook.topic,
          name: webhook.name ?? "",
          eventId: webhook.eventId ?? webhook.webhookId,
          triggeredAt: webhook.triggeredAt ?? null,
          receivedAt: ctx.clock.now(),
        },
      ],
      skipDuplicates: true,
    });
    if (count === 0) return "DUPLICATE";
    for (const step of followed) await carryOut(ctx, tx, shop, step, webhook.triggeredAt ?? null);
    return "STORED";
  });
}

async function carryOut(ctx: Context, tx: Tx, shop: Shop, step: Followed, triggeredAt: Date | null): Promise<void> {
  switch (step.do) {
    case "REREAD":
      return mark(ctx, tx, shop.id, step.kind, step.shopifyId);
    case "REREAD_CONTRACT_IF_NEWER":
      if (await isMirrored(tx, shop, step)) return;
      return mark(ctx, tx, shop.id, "CONTRACT", step.shopifyId);
    case "REREAD_CONTRACTS_OF_CUSTOMER": {
      const contracts = await tx.subscriptionContract.findMany({
        where: { shopId: shop.id, customer: { shopId: shop.id, shopifyId: step.customerId } },
        select: { shopifyId: true },
      });
      return markAll(
        ctx,
        tx,
        shop.id,
        contracts.map(({ shopifyId }) => ({ kind: "CONTRACT" as const, shopifyId })),
      );
    }
    case "REREAD_SHOP":
      return mark(ctx, tx, shop.id, "SHOP", shop.domain);
    case "UNINSTALLED":
      return markUninstalled(ctx, tx, shop, triggeredAt);
    case "SCOPES":
      await updateScopes(ctx, tx, shop, step.scopes);
      return probeNow(ctx, tx, shop.id);
    case "DATA_REQUEST":
      return dataRequest(ctx, tx, shop, step.customerId);
    case "REDACT_CUSTOMER":
      return redactCustomer(ctx, tx, shop, step.customerId);
    case "REDACT_SHOP":
      return redactShop(ctx, tx, shop);
  }
}

/**
 * Every renewal sends "contract updated" although nothing of the contract has changed: its revision tells. Should the
 * hint be older than the mirror, the newer one has come or will.
 */
async function isMirrored(
  tx: Tx,
  shop: Shop,
  hint: { shopifyId: string; revisionId: string | null; status: string | null },
): Promise<boolean> {
  const row = await tx.subscriptionContract.findUnique({
    where: { shopId_shopifyId: { shopId: shop.id, shopifyId: hint.shopifyId } },
    select: { revisionId: true, status: true },
  });
  return row !== null && row.revisionId === hint.revisionId && row.status === hint.status;
}
