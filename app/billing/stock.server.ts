import type { Context } from "~/context.server";
import { editCycle, removeCycleEdit } from "~/contracts/cycle-edit.server";
import type { CycleLineChange } from "~/contracts/cycle-edit.server";
import type { Shop } from "~/generated/prisma/client";
import { appendAll } from "~/history/history.server";
import { renewalAmount } from "~/money/money";
import { VariantStockDocument } from "~/shopify/generated/admin";
import type { VariantStockQuery } from "~/shopify/generated/admin";

import { isText } from "./attempts";
import type { StockDecision, StockDesk } from "./biller";
import type { Intent } from "./charge-store";
import type { ExpectedLine } from "./engine";
import type { BillingSettings } from "./settings";
import { decideStock } from "./stock";
import type { LineChange, StockLevel } from "./stock";

/** Shopify's upper bound for `nodes`. */
const VARIANTS_PER_CALL = 250;
const DAY_MS = 86_400_000;

/** The shop's stock at this moment and, where its rules ask for it, a changed cycle (one edit, as the charge is claimed). */
export const shopifyStock = (ctx: Context, shop: Shop, settings: BillingSettings): StockDesk => ({
  async decide(intents) {
    const levels = await readLevels(ctx, shop, settings, intents);
    const decisions: StockDecision[] = [];
    for (const intent of intents) {
      const verdict = decideStock(intent.lines, levels, settings);
      if (verdict.kind === "WAIT") {
        decisions.push({ kind: "WAIT", titles: verdict.lines.map(({ title }) => title) });
        await tellWait(ctx, shop, settings, intent, verdict.lines);
      } else if (verdict.kind === "CHANGE") decisions.push(await change(ctx, shop, intent, verdict.changes));
      else if (verdict.kind === "SEND" && intent.cycleEdited) decisions.push(await putBack(ctx, shop, intent));
      else decisions.push(verdict);
    }
    return decisions;
  },

  async undo(intent) {
    await removeCycleEdit(ctx, shop, intent);
  },
});

async function readLevels(
  ctx: Context,
  shop: Shop,
  settings: BillingSettings,
  intents: readonly Intent[],
): Promise<Map<string, StockLevel>> {
  const ids = new Set(intents.flatMap(({ lines }) => lines.flatMap(({ variantId }) => variantId ?? [])));
  for (const id of [...ids]) {
    const substitute = settings.stockRules.get(id)?.substituteVariantId;
    if (substitute) ids.add(substitute);
  }
  const levels = new Map<string, StockLevel>();
  const all = [...ids];
  for (let from = 0; from < all.length; from += VARIANTS_PER_CALL) {
    const { nodes }: Partial<VariantStockQuery> = await ctx
      .admin(shop.domain)
      .request(VariantStockDocument, { ids: all.slice(from, from + VARIANTS_PER_CALL) });
    for (const node of Array.isArray(nodes) ? (nodes as VariantStockQuery["nodes"]) : []) {
      const level = stockLevel(node);
      if (node?.__typename === "ProductVariant" && level) levels.set(node.id, level);
    }
  }
  return levels;
}

/** @returns null for what can't be understood: a line whose stock is unknown is sent, and Shopify has the last word */
export function stockLevel(node: VariantStockQuery["nodes"][number]): StockLevel | null {
  if (node?.__typename !== "ProductVariant") return null;
  const given: Partial<typeof node> = node;
  const { inventoryItem, inventoryPolicy, inventoryQuantity, price, displayName } = given;
  const isTracked: unknown = inventoryItem?.tracked;
  const isKnown = typeof isTracked === "boolean" && (inventoryPolicy === "DENY" || inventoryPolicy === "CONTINUE");
  if (!isText(given.id) || !isText(displayName) || !isText(price) || !isKnown) return null;
  if (!isTracked || inventoryPolicy !== "DENY") return { available: null, price, title: displayName };
  return Number.isSafeInteger(inventoryQuantity) && inventoryQuantity != null
    ? { available: inventoryQuantity, price, title: displayName }
    : null;
}

async function change(
  ctx: Context,
  shop: Shop,
  intent: Intent,
  changes: readonly LineChange[],
): Promise<StockDecision> {
  // Noted before: whoever goes on after a crash knows that there may be something to take off again.
  await ctx.db.charge.updateMany({ where: { id: intent.chargeId, shopId: shop.id }, data: { cycleEdited: true } });
  const result = await editCycle(ctx, shop, intent, changes.map(cycleLineChange));
  if (result.outcome !== "EDITED") {
    ctx.log.warn(
      { shop: shop.domain, cycle: intent.cycleIndex, result: result.outcome },
      "a cycle could not be changed",
    );
    return { kind: "WAIT", titles: changes.map(({ line }) => line.title) };
  }
  const titles = new Map(intent.lines.map(({ lineShopifyId, title }) => [lineShopifyId, title]));
  const lines = result.lines.map(({ lineShopifyId, variantId, quantity, currentPrice }): ExpectedLine => ({
    lineShopifyId,
    variantId,
    quantity,
    price: currentPrice,
    title: titles.get(lineShopifyId) ?? "",
  }));
  const { amount } = renewalAmount(result.lines, result.deliveryPrice, intent.currencyCode);
  await appendAll(ctx, ctx.db, [
    {
      shopId: shop.id,
      contractId: intent.contractId,
      type: "cycle.adjusted",
      actor: "perennial",
      data: {
        cycleIndex: intent.cycleIndex,
        expectedAt: intent.expectedAt.toISOString(),
        lines: changes.map((each) => ({ title: each.line.title, ...told(each) })),
      },
    },
  ]);
  return { kind: "CHANGED", lines, expectedAmount: amount };
}

/** What an earlier try changed for want of stock is taken back now that there is enough. */
async function putBack(ctx: Context, shop: Shop, intent: Intent): Promise<StockDecision> {
  const isOff = await removeCycleEdit(ctx, shop, intent);
  return isOff ? { kind: "SEND" } : { kind: "WAIT", titles: [] };
}

function cycleLineChange(change: LineChange): CycleLineChange {
  const { lineShopifyId } = change.line;
  if (change.kind === "REMOVE") return { kind: "REMOVE", lineShopifyId };
  if (change.kind === "QUANTITY") return { kind: "QUANTITY", lineShopifyId, quantity: change.quantity };
  return { kind: "VARIANT", lineShopifyId, variantId: change.variantId, price: change.line.price };
}

function told(change: LineChange): { change: "removed" | "quantity" | "replaced"; to: string | null } {
  if (change.kind === "REMOVE") return { change: "removed", to: null };
  if (change.kind === "QUANTITY") return { change: "quantity", to: String(change.quantity) };
  return { change: "replaced", to: change.title };
}

/** Once, when the wait begins. */
async function tellWait(
  ctx: Context,
  shop: Shop,
  settings: BillingSettings,
  intent: Intent,
  lines: readonly ExpectedLine[],
): Promise<void> {
  if (intent.waitSince !== null) return;
  const since = intent.firstFailedAt ?? ctx.clock.now();
  await appendAll(ctx, ctx.db, [
    {
      shopId: shop.id,
      contractId: intent.contractId,
      type: "cycle.waiting",
      actor: "perennial",
      data: {
        cycleIndex: intent.cycleIndex,
        expectedAt: intent.expectedAt.toISOString(),
        reason: "stock",
        titles: lines.map(({ title }) => title),
        until: new Date(since.getTime() + settings.stockWaitDays * DAY_MS).toISOString(),
      },
    },
  ]);
}
