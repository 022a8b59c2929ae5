import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Money } from "~/money/money";

import type { NotActed } from "./acting.server";
import type { EditAddress } from "./edit";
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

export interface DeliveryChoice {
  code: string;
  title: string;
  description: string | null;
  price: Money;
  current: boolean;
}

/** The other selling plans of the group that the contract's lines were bought with. */
export function frequencyChoices(
  ctx: Context,
  shop: Shop,
  contractId: string,
): Promise<{ outcome: "CHOICES"; plans: FrequencyChoice[] } | NoChoices> {
  throw new Error(`Not built yet: ${ctx.ids.next()} ${shop.id} ${contractId}`);
}

/** Variants that the merchant lets shoppers take: for a swap the product's own come first. */
export function variantChoices(
  ctx: Context,
  shop: Shop,
  contractId: string,
  purpose: VariantPurpose,
): Promise<{ outcome: "CHOICES"; variants: VariantOffer[] } | NoChoices> {
  throw new Error(`Not built yet: ${ctx.ids.next()} ${shop.id} ${contractId} ${purpose.for}`);
}

/** How Shopify delivers to the address; without one, to the contract's. Empty: it does not. */
export function deliveryOptions(
  ctx: Context,
  shop: Shop,
  contractId: string,
  address?: EditAddress,
): Promise<{ outcome: "CHOICES"; options: DeliveryChoice[] } | NoChoices> {
  throw new Error(`Not built yet: ${ctx.ids.next()} ${shop.id} ${contractId} ${address?.zip}`);
}
