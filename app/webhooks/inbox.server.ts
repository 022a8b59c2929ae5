import { probeNow } from "~/billing/lane.server";
import type { Context } from "~/context.server";
import { mark, markInShops } from "~/contracts/mark.server";
import type { Mark } from "~/contracts/mark.server";
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

/** Webhooks stored in one transaction: a rush of them costs little more than one, and none waits long for the others. */
export const WEBHOOKS_PER_BATCH = 100;

/** As `receiveAll`, of one. */
export async function receive(ctx: Context, webhook: ReceivedWebhook): Promise<Received> {
  const [received] = await receiveAll(ctx, [webhook]);
  if (received === undefined) throw new Error("The inbox gave no answer.");
  return received;
}

/** A webhook that says something, of a shop that we know. */
interface Understood {
  /** Its place among the received ones. */
  index: number;
  id: string;
  webhook: ReceivedWebhook;
  shop: Shop;
  followed: readonly Followed[];
}

/**
 * Stores webhooks once and marks what they name to be read again, in one transaction. Nothing is asked of Shopify here,
 * so the answer is quick. Losing, doubling or reordering webhooks changes nothing.
 * @returns what became of each, in their order
 */
export async function receiveAll(ctx: Context, webhooks: readonly ReceivedWebhook[]): Promise<Received[]> {
  const shops = await ctx.db.shop.findMany({
    where: { domain: { in: [...new Set(webhooks.map(({ shopDomain }) => shopDomain))] } },
  });
  const byDomain = new Map(shops.map((shop) => [shop.domain, shop]));
  const received: Received[] = [];
  const understood: Understood[] = [];
  for (const [index, webhook] of webhooks.entries()) {
    const followed = understand(webhook);
    const shop = byDomain.get(webhook.shopDomain);
    if (typeof followed === "string") received[index] = followed;
    else if (!shop) received[index] = "UNKNOWN_SHOP";
    else understood.push({ index, id: ctx.ids.next(), webhook, shop, followed });
  }
  if (understood.length === 0) return received;
  // One order of rows in every process, so that two of them never wait for each other.
  understood.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  await ctx.db.$transaction(async (tx) => {
    const fresh = await store(ctx, tx, understood);
    for (const each of understood) received[each.index] = fresh.has(each.id) ? "STORED" : "DUPLICATE";
    await follow(
      ctx,
      tx,
      understood.filter(({ id }) => fresh.has(id)),
    );
  });
  return received;
}

function understand(webhook: ReceivedWebhook): readonly Followed[] | "MALFORMED" | "UNKNOWN_TOPIC" {
  const names = [webhook.name ?? "", webhook.eventId ?? "", webhook.webhookId];
  if (names.some((name) => name.length > LONGEST_NAME)) return "MALFORMED";
  const follow = followersOf(webhook.topic);
  if (!follow) return "UNKNOWN_TOPIC";
  return follow(webhook.payload) ?? "MALFORMED";
}

const keyOf = ({ shop, webhook, id }: Understood): string =>
  [shop.id, webhook.topic, webhook.name ?? "", webhook.eventId ?? webhook.webhookId, id].join(" ");

/** @returns the ids of those that were not stored before */
async function store(ctx: Context, tx: Tx, understood: readonly Understood[]): Promise<Set<string>> {
  const receivedAt = ctx.clock.now();
  const rows = await tx.webhook.createManyAndReturn({
    data: understood.map(({ id, shop, webhook }) => ({
      id,
      shopId: shop.id,
      topic: webhook.topic,
      name: webhook.name ?? "",
      eventId: webhook.eventId ?? webhook.webhookId,
      triggeredAt: webhook.triggeredAt ?? null,
      receivedAt,
    })),
    skipDuplicates: true,
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

/** What the webhooks ask for: first what is marked, of all shops in one go, then what is rarer. */
async function follow(ctx: Context, tx: Tx, understood: readonly Understood[]): Promise<void> {
  await markInShops(ctx, tx, await marksOf(tx, understood));
  for (const { shop, followed, webhook } of understood) {
    for (const step of followed) await carryOut(ctx, tx, shop, step, webhook.triggeredAt ?? null);
  }
}

type ShopMark = Mark & { shopId: string };

async function marksOf(tx: Tx, understood: readonly Understood[]): Promise<ShopMark[]> {
  const steps = understood.flatMap(({ shop, followed }) => followed.map((step) => ({ ...step, shopId: shop.id })));
  const hints = steps.flatMap((step) => (step.do === "REREAD_CONTRACT_IF_NEWER" ? [step] : []));
  const mirrored = await mirroredOf(tx, hints);
  const customers = steps.flatMap((step) => (step.do === "REREAD_CONTRACTS_OF_CUSTOMER" ? [step] : []));
  const theirs =
    customers.length === 0
      ? []
      : await tx.subscriptionContract.findMany({
          where: {
            OR: customers.map(({ shopId, customerId }) => ({ shopId, customer: { shopId, shopifyId: customerId } })),
          },
          select: { shopId: true, shopifyId: true },
        });
  return [
    ...steps.flatMap((step): ShopMark[] =>
      step.do === "REREAD" ? [{ shopId: step.shopId, kind: step.kind, shopifyId: step.shopifyId }] : [],
    ),
    ...[...hints.filter((hint) => !mirrored(hint)), ...theirs].map(({ shopId, shopifyId }): ShopMark => ({
      shopId,
      kind: "CONTRACT",
      shopifyId,
    })),
  ];
}

async function carryOut(ctx: Context, tx: Tx, shop: Shop, step: Followed, triggeredAt: Date | null): Promise<void> {
  switch (step.do) {
    case "REREAD":
    case "REREAD_CONTRACT_IF_NEWER":
    case "REREAD_CONTRACTS_OF_CUSTOMER":
      return;
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

type Hint = Extract<Followed, { do: "REREAD_CONTRACT_IF_NEWER" }> & { shopId: string };

/**
 * Every renewal sends "contract updated" although nothing of the contract has changed: its revision tells. Should the
 * hint be older than the mirror, the newer one has come or will.
 */
async function mirroredOf(tx: Tx, hints: readonly Hint[]): Promise<(hint: Hint) => boolean> {
  if (hints.length === 0) return () => true;
  const rows = await tx.subscriptionContract.findMany({
    where: {
      shopId: { in: [...new Set(hints.map(({ shopId }) => shopId))] },
      shopifyId: { in: hints.map(({ shopifyId }) => shopifyId) },
    },
    select: { shopId: true, shopifyId: true, revisionId: true, status: true },
  });
  const known = new Map(rows.map((row) => [`${row.shopId} ${row.shopifyId}`, row]));
  return ({ shopId, shopifyId, revisionId, status }) => {
    const row = known.get(`${shopId} ${shopifyId}`);
    return row !== undefined && row.revisionId === revisionId && row.status === status;
  };
}
