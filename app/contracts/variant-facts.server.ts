import type { Context } from "~/context.server";
import type { Shop, SubscriptionContract } from "~/generated/prisma/client";
import { BillingCountryDocument, EditVariantsDocument } from "~/shopify/generated/admin";
import type { CountryCode, EditVariantsQuery } from "~/shopify/generated/admin";

import { placeOf, storedAddress } from "./delivery";
import type { VariantFacts } from "./terms";

/** Variants as they are sold today, at the prices of a market. */

/** For whom prices are asked. */
export interface Buyer {
  /** ISO 3166-1; null: unknown. */
  country: string | null;
  currencyCode: string;
}

/** Variants asked about in one call: each is about seven points. */
const VARIANTS_PER_CALL = 50;

/** Where a contract's deliveries go or are picked up; without any, where it is paid from. @throws AdminApiError */
export async function buyerOf(
  ctx: Context,
  shop: Shop,
  row: Pick<
    SubscriptionContract,
    "shopifyId" | "shippingAddress" | "deliveryMethod" | "deliveryOption" | "currencyCode"
  >,
): Promise<Buyer> {
  const delivered = storedAddress(row) ?? placeOf(row);
  const country = delivered?.countryCode ?? (await billingCountry(ctx, shop, row.shopifyId)) ?? shop.countryCode;
  return { country, currencyCode: row.currencyCode };
}

async function billingCountry(ctx: Context, shop: Shop, contractId: string): Promise<string | null> {
  const { subscriptionContract } = await ctx.admin(shop.domain).request(BillingCountryDocument, { contractId });
  const instrument = subscriptionContract?.customerPaymentMethod?.instrument;
  return instrument && "billingAddress" in instrument ? (instrument.billingAddress?.countryCode ?? null) : null;
}

/** What the shop does not have is left out. @throws AdminApiError */
export async function variantFacts(
  ctx: Context,
  shop: Shop,
  ids: readonly string[],
  { country, currencyCode }: Buyer,
): Promise<Map<string, VariantFacts>> {
  const facts = new Map<string, VariantFacts>();
  for (let from = 0; from < ids.length; from += VARIANTS_PER_CALL) {
    const { nodes } = await ctx.admin(shop.domain).request(EditVariantsDocument, {
      ids: ids.slice(from, from + VARIANTS_PER_CALL),
      // Mirrored from Shopify, which names it so.
      country: country as CountryCode | null,
    });
    for (const node of nodes) {
      if (node?.__typename === "ProductVariant") facts.set(node.id, factsOf(node, shop, currencyCode));
    }
  }
  return facts;
}

type VariantNode = Extract<NonNullable<EditVariantsQuery["nodes"][number]>, { __typename: "ProductVariant" }>;

/** What Shopify calls the only variant of a product. */
const ONLY_VARIANT = "Default Title";

const factsOf = (node: VariantNode, shop: Shop, currencyCode: string): VariantFacts => ({
  variantId: node.id,
  productId: node.product.id,
  title: node.product.title,
  variantTitle: node.title === ONLY_VARIANT ? null : node.title,
  imageUrl: node.product.featuredMedia?.preview?.image?.url ?? null,
  price: priceIn(currencyCode, node, shop),
  available: node.availableForSale,
});

/** The country's price; whoever pays in the shop's currency from where the market has another has the shop's own price. */
const priceIn = (currencyCode: string, { price, contextualPricing }: VariantNode, shop: Shop): string | null =>
  [contextualPricing.price, { amount: price, currencyCode: shop.currencyCode }].find(
    (one) => one.currencyCode === currencyCode,
  )?.amount ?? null;
