import type { Context } from "~/context.server";
import { editCycle, removeCycleEdit } from "~/contracts/cycle-edit.server";
import type { CycleLineChange, OrderedLine } from "~/contracts/cycle-edit.server";
import type { Shop } from "~/generated/prisma/client";
import { appendAll } from "~/history/history.server";
import { add, money } from "~/money/money";
import { AdminApiError } from "~/shopify/admin-api.server";
import { VariantStockDocument } from "~/shopify/generated/admin";
import type { VariantStockQuery } from "~/shopify/generated/admin";

import { isText } from "./attempts";
import type { StockDecision, StockDesk } from "./biller";
import type { Intent, WaitingOneOff } from "./ledger/charge-store";
import type { ExpectedLine } from "./engine";
import type { BillingSettings } from "./settings/settings";
import { decideStock } from "./stock";
import type { CycleChange, LineChange, StockLevel, StockVerdict } from "./stock";

/** Shopify's upper bound for `nodes`. */
const VARIANTS_PER_CALL = 250;
const DAY_MS = 86_400_000;

/**
 * What the renewals' cycles take at this moment: by the shop's stock and its rules, with what was added to this delivery
 * alone. Where that differs from the contract the cycle is changed, in one edit, as the charge is claimed.
 */
export const shopifyStock = (ctx: Context, shop: Shop, settings: BillingSettings): StockDesk => ({
  async decide(intents) {
    const levels = await readLevels(ctx, shop, settings, intents);
    const decisions: StockDecision[] = [];
    for (const intent of intents) {
      const verdict = decideStock(intent.lines, levels, settings, intent.oneOffs);
      decisions.push(await carryOut(ctx, shop, settings, intent, verdict));
    }
    return decisions;
  },

  undo: (intent) => removeCycleEdit(ctx, shop, intent),
});

/** A document that Shopify refuses parks the one charge that it is about: the others go on. */
async function carryOut(
  ctx: Context,
  shop: Shop,
  settings: BillingSettings,
  intent: Intent,
  verdict: StockVerdict,
): Promise<StockDecision> {
  try {
    if (verdict.kind === "WAIT") {
      await tellWait(ctx, shop, settings, intent, verdict.lines);
      return { kind: "WAIT", titles: verdict.lines.map(({ title }) => title) };
    }
    if (verdict.kind === "CHANGE") return await change(ctx, shop, intent, verdict);
    return verdict.kind === "SEND" && intent.cycleEdited ? await putBack(ctx, shop, intent) : verdict;
  } catch (error) {
    if (!(error instanceof AdminApiError) || error.trouble !== "REFUSED" || error.isTurnedAway) throw error;
    return { kind: "PARK", reason: "REFUSED_DOCUMENT", raw: error.message };
  }
}

async function readLevels(
  ctx: Context,
  shop: Shop,
  settings: BillingSettings,
  intents: readonly Intent[],
): Promise<Map<string, StockLevel>> {
  const ids = new Set(
    intents.flatMap(({ lines, oneOffs }) => [...lines, ...oneOffs].flatMap(({ variantId }) => variantId ?? [])),
  );
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

/** One edit of the cycle: what is short is changed, what goes with this delivery alone is added at the price that was seen. */
async function change(ctx: Context, shop: Shop, intent: Intent, wanted: CycleChange): Promise<StockDecision> {
  const { changes, oneOffs } = wanted;
  if (changes.length + oneOffs.length === 0) {
    if (!(await postponed(ctx, shop, intent, wanted))) return wait(wanted);
    return intent.cycleEdited ? asContract(intent) : { kind: "SEND" };
  }
  // Noted before: whoever goes on after a crash knows that there may be something to take off again.
  await ctx.db.charge.updateMany({ where: { id: intent.chargeId, shopId: shop.id }, data: { cycleEdited: true } });
  const result = await editCycle(ctx, shop, intent, [...changes.map(cycleLineChange), ...additions(oneOffs)]);
  if (result.outcome !== "EDITED") {
    const code = result.outcome === "REFUSED" ? result.code : result.outcome;
    ctx.log.warn({ shop: shop.domain, cycle: intent.cycleIndex, code }, "a cycle could not be changed");
    if (oneOffs.length === 0 || result.outcome !== "REFUSED" || !isAboutLines(result.code)) return wait(wanted);
    // What goes with one delivery alone never holds the renewal: it waits for the next one.
    const without = { ...wanted, oneOffs: [], leftOut: [...wanted.leftOut, ...oneOffs] };
    return change(ctx, shop, { ...intent, cycleEdited: true }, without);
  }
  await tellAdjusted(ctx, shop, intent, wanted);
  const titles = new Map(intent.lines.map(({ lineShopifyId, title }) => [lineShopifyId, title]));
  const added = new Map(oneOffs.map(({ variantId, title }) => [variantId, title]));
  const lines = result.lines.map(({ lineShopifyId, variantId, quantity, currentPrice }): ExpectedLine => ({
    lineShopifyId,
    variantId,
    quantity,
    price: currentPrice,
    title: titles.get(lineShopifyId) ?? added.get(variantId ?? "") ?? "",
  }));
  return {
    kind: "CHANGED",
    lines,
    expectedAmount: orderAmount(result.lines, intent.expectedDelivery, intent.currencyCode),
    oneOffs: oneOffs.map(({ oneOffId }) => oneOffId),
  };
}

/** The others are about the cycle as a whole, or can't be understood: without one-offs they would be the same. */
const isAboutLines = (code: string): boolean => code !== "BILLED" && code !== "UNREADABLE";

const wait = ({ changes }: CycleChange): StockDecision => ({
  kind: "WAIT",
  titles: changes.map(({ line }) => line.title),
});

/** Equal ones become one line: nobody knows whether Shopify takes two. */
function additions(oneOffs: readonly WaitingOneOff[]): CycleLineChange[] {
  const lines = new Map<string, { kind: "ADD"; variantId: string; quantity: number; price: string }>();
  for (const { variantId, quantity, price } of oneOffs) {
    const key = `${variantId} ${price}`;
    const known = lines.get(key);
    if (known) known.quantity += quantity;
    else lines.set(key, { kind: "ADD", variantId, quantity, price });
  }
  return [...lines.values()];
}

/** Nothing can go with the delivery that was to. @returns false if what an earlier try put on the cycle can't be taken off */
async function postponed(ctx: Context, shop: Shop, intent: Intent, wanted: CycleChange): Promise<boolean> {
  if (intent.cycleEdited && !(await removeCycleEdit(ctx, shop, intent))) return false;
  await tellAdjusted(ctx, shop, intent, wanted);
  return true;
}

async function tellAdjusted(ctx: Context, shop: Shop, intent: Intent, wanted: CycleChange): Promise<void> {
  const lines = [
    ...wanted.changes.map((each) => ({ title: each.line.title, ...told(each) })),
    ...wanted.leftOut.map(({ title }) => ({ title, change: "postponed" as const, to: null })),
  ];
  if (lines.length === 0) return;
  await appendAll(ctx, ctx.db, [
    {
      shopId: shop.id,
      contractId: intent.contractId,
      type: "cycle.adjusted",
      actor: "perennial",
      data: { cycleIndex: intent.cycleIndex, expectedAt: intent.expectedAt.toISOString(), lines },
    },
  ]);
}

/** What an earlier try changed is taken back now that there is enough, or nothing goes with the delivery any more. */
async function putBack(ctx: Context, shop: Shop, intent: Intent): Promise<StockDecision> {
  return (await removeCycleEdit(ctx, shop, intent)) ? asContract(intent) : { kind: "WAIT", titles: [] };
}

/** The cycle takes what the contract says again, whatever an earlier try had written down. */
const asContract = ({ lines, expectedAmount }: Intent): StockDecision => ({
  kind: "CHANGED",
  lines,
  expectedAmount,
  oneOffs: [],
});

/** Lines as Shopify has them after discounts, and delivery after its own. Decimal strings. */
const orderAmount = (lines: readonly OrderedLine[], delivery: string, currencyCode: string): string =>
  lines.reduce((sum, { total }) => add(sum, money(total, currencyCode)), money(delivery, currencyCode)).amount;

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
