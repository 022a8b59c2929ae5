import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { money } from "~/money/money";
import type { Money } from "~/money/money";
import { AdminApiError } from "~/shopify/admin-api.server";
import { ProductVariantsDocument } from "~/shopify/generated/admin";

import type { NotActed } from "./acting.server";
import { isEnded } from "./cycle-rules";
import { editRow, gather } from "./edit-material.server";
import type { EditRow } from "./edit-material.server";
import { readTerms, termsOf } from "./row-terms";
import { applyEdits, planFor, plansBeside } from "./terms";
import type { ContractTerms, Material, VariantFacts } from "./terms";
import { pricingOn } from "./pricing";
import type { Frequency } from "./views";

/** What may be chosen can't be told. */
export type NoChoices = Extract<NotActed, { outcome: "NOT_FOUND" | "ALREADY_ENDED" | "SHOPIFY_UNAVAILABLE" }>;

export interface FrequencyChoice {
  sellingPlanId: string;
  name: string;
  billing: Frequency;
  delivery: Frequency;
  /** Of one renewal on this plan, before tax. */
  amount: Money;
  current: boolean;
}

export interface VariantOffer {
  variantId: string;
  productId: string;
  title: string;
  variantTitle: string | null;
  imageUrl: string | null;
  /** Per unit: with the plan's discount where a plan applies. */
  price: Money;
  soldOut: boolean;
  /** It is what the line has now. */
  current: boolean;
}

/** For what a variant is to be chosen. */
export type VariantPurpose = { for: "swap"; lineId: string } | { for: "add" } | { for: "one-off" };

/** Variants that are shown for one choice: two or three screens of a telephone. */
const MOST_VARIANTS = 60;

/** The selling plans of the group that the contract's lines were bought with, the current one among them. */
export function frequencyChoices(
  ctx: Context,
  shop: Shop,
  contractId: string,
): Promise<{ outcome: "CHOICES"; plans: FrequencyChoice[] } | NoChoices> {
  return ofRunning(ctx, shop, contractId, async (row) => {
    const variants = [...new Set(row.lines.flatMap(({ variantId }) => variantId ?? []))];
    const material = await gather(ctx, shop, row, { variants, plans: variants, policies: true });
    const terms = termsOf(row);
    const delivery = { price: row.deliveryPrice.toString(), title: row.deliveryMethodTitle };
    const plans = plansBeside(terms, material).flatMap((plan): FrequencyChoice[] => {
      const current = terms.lines.some(({ sellingPlanId }) => sellingPlanId === plan.id);
      const then = current ? terms : applyEdits(terms, [{ kind: "FREQUENCY", sellingPlanId: plan.id }], material);
      if (typeof then === "string") return [];
      return [
        {
          sellingPlanId: plan.id,
          name: plan.name,
          billing: { interval: plan.billing.interval, count: plan.billing.count },
          delivery: { interval: plan.delivery.interval, count: plan.delivery.count },
          amount: readTerms(row, then, delivery, null).amount,
          current,
        },
      ];
    });
    return { outcome: "CHOICES", plans };
  });
}

/**
 * Variants that the merchant lets shoppers take; for a swap the product's own come first. What is not among them is not
 * offered: whoever carries out a shopper's wish asks here first.
 */
export function variantChoices(
  ctx: Context,
  shop: Shop,
  contractId: string,
  purpose: VariantPurpose,
): Promise<{ outcome: "CHOICES"; variants: VariantOffer[] } | NoChoices> {
  return ofRunning(ctx, shop, contractId, async (row) => {
    const line = purpose.for === "swap" ? row.lines.find(({ id }) => id === purpose.lineId) : undefined;
    if (purpose.for === "swap" && !line) return { outcome: "NOT_FOUND" };
    const offered = await ctx.db.swapOption.findMany({
      where: {
        shopId: shop.id,
        ...(purpose.for === "swap"
          ? { forSwap: true }
          : purpose.for === "add"
            ? { forAdd: true }
            : { forOneOff: true }),
      },
      orderBy: [{ position: "asc" }, { id: "asc" }],
      select: { variantId: true },
    });
    const own = line?.productId ? await variantsOfProduct(ctx, shop, line.productId) : [];
    const ids = [...new Set([...own, ...offered.map(({ variantId }) => variantId)])].slice(0, MOST_VARIANTS);
    const planned = purpose.for === "one-off" ? [] : ids;
    const known = row.lines.flatMap(({ variantId }) => variantId ?? []);
    const material = await gather(ctx, shop, row, {
      variants: [...new Set([...ids, ...(planned.length > 0 ? known : [])])],
      plans: [...new Set([...planned, ...(planned.length > 0 ? known : [])])],
      policies: purpose.for === "swap",
    });
    const terms = termsOf(row);
    const variants = ids.flatMap((variantId): VariantOffer[] => {
      const facts = material.variants.get(variantId);
      if (!facts) return [];
      const { productId, title, variantTitle, imageUrl, available } = facts;
      const current = line?.variantId === variantId;
      const price = current && line ? line.currentPrice : priceFor(terms, facts, purpose, material);
      if (price === null) return [];
      const offer = { variantId, productId, title, variantTitle, imageUrl, soldOut: !available, current };
      return [{ ...offer, price: money(price, row.currencyCode) }];
    });
    return { outcome: "CHOICES", variants };
  });
}

/** As the edit would have it; null: it would not be offered. What goes with one order alone is on no plan. */
function priceFor(
  terms: ContractTerms,
  facts: VariantFacts,
  purpose: VariantPurpose,
  material: Material,
): string | null {
  if (purpose.for === "one-off" || facts.price === null) return facts.price;
  if (purpose.for === "add") {
    const plan = planFor(terms, facts.variantId, material);
    if (!plan) return facts.price;
    return pricingOn(facts.price, plan, material.paid, material.currencyCode)?.currentPrice ?? null;
  }
  // What is sold out has its price too.
  const variants = new Map([...material.variants, [facts.variantId, { ...facts, available: true }]]);
  const edit = { kind: "VARIANT", lineId: purpose.lineId, variantId: facts.variantId } as const;
  const then = applyEdits(terms, [edit], { ...material, variants });
  return typeof then === "string" ? null : (then.lines.find(({ id }) => id === purpose.lineId)?.price ?? null);
}

async function variantsOfProduct(ctx: Context, shop: Shop, productId: string): Promise<string[]> {
  const { product } = await ctx.admin(shop.domain).request(ProductVariantsDocument, { productId });
  return product?.variants.nodes.map(({ id }) => id) ?? [];
}

/** Of a contract that has not ended; Shopify's silence is an answer. */
export async function ofRunning<Result>(
  ctx: Context,
  shop: Shop,
  contractId: string,
  choose: (row: EditRow) => Promise<Result>,
): Promise<Result | NoChoices> {
  const row = await editRow(ctx, shop, contractId);
  if (!row) return { outcome: "NOT_FOUND" };
  if (isEnded(row.status) || row.goneAt !== null) return { outcome: "ALREADY_ENDED" };
  try {
    return await choose(row);
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    return { outcome: "SHOPIFY_UNAVAILABLE" };
  }
}
