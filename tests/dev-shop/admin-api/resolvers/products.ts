import { groupsOfProduct, groupsOfVariant, priceIn } from "../../domain";
import { gid, type Product, type SellingPlanGroup, type Shop, type Variant } from "../../world";
import { connect, list } from "../connection";
import type { Context, Fields, Listing, Paging } from "../context";
import { notServed } from "../errors";
import { count, image, money } from "./values";

export const variantsOf = (shop: Shop, product: Product): Variant[] =>
  product.variantIds.flatMap((id) => shop.variants[id] ?? []);

interface PricingContext {
  country?: string | null;
  companyLocationId?: string | null;
  locationId?: string | null;
}

const groups = (found: SellingPlanGroup[], args: Paging): unknown => connect(found, args, ({ id }) => id);

function media(product: Product): Record<string, unknown> | null {
  const picture = image(product.image);
  return picture
    ? {
        __typename: "MediaImage",
        id: `gid://shopify/MediaImage/${product.id}`,
        alt: product.image?.altText ?? null,
        image: picture,
        preview: { image: picture, status: "READY" },
        mediaContentType: "IMAGE",
        status: "READY",
      }
    : null;
}

const prices = (shop: Shop, product: Product): number[] => variantsOf(shop, product).map(({ price }) => Number(price));

const plainText = (html: string): string =>
  html
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

export const productFields: Record<string, Fields> = {
  Product: {
    id: (product: Product) => gid("Product", product.id),
    legacyResourceId: (product: Product) => product.id,
    handle: (product: Product) => product.handle,
    title: (product: Product) => product.title,
    description: (product: Product, { truncateAt }: { truncateAt?: number | null }) =>
      plainText(product.descriptionHtml).slice(0, truncateAt ?? undefined),
    descriptionHtml: (product: Product) => product.descriptionHtml,
    vendor: (product: Product) => product.vendor,
    productType: (product: Product) => product.productType,
    status: () => "ACTIVE",
    tags: () => [],
    isGiftCard: () => false,
    createdAt: (product: Product) => product.createdAt,
    updatedAt: (product: Product) => product.createdAt,
    publishedAt: (product: Product) => product.createdAt,
    requiresSellingPlan: (product: Product) => product.requiresSellingPlan,
    hasOnlyDefaultVariant: (product: Product) => product.variantIds.length === 1 && product.options.length === 0,
    onlineStoreUrl: (product: Product, _: object, { shop }: Context) =>
      `https://${shop.name}.myshopify.com/products/${product.handle}`,
    featuredMedia: media,
    featuredImage: (product: Product) => image(product.image),
    media: (product: Product, args: Listing) =>
      list(
        [media(product)].filter((one) => one !== null),
        args,
      ),
    images: (product: Product, args: Listing) =>
      list(
        [image(product.image)].filter((one) => one !== null),
        args,
      ),
    options: (product: Product) =>
      product.options.map((option, index) => ({
        id: `gid://shopify/ProductOption/${product.id}${index}`,
        name: option.name,
        position: index + 1,
        values: option.values,
      })),
    priceRangeV2: (product: Product, _: object, { shop }: Context) => ({
      minVariantPrice: money(String(Math.min(...prices(shop, product))), shop),
      maxVariantPrice: money(String(Math.max(...prices(shop, product))), shop),
    }),
    totalInventory: (product: Product, _: object, { shop }: Context) =>
      variantsOf(shop, product).reduce((sum, { inventory }) => sum + (inventory ?? 0), 0),
    tracksInventory: (product: Product, _: object, { shop }: Context) =>
      variantsOf(shop, product).some(({ inventory }) => inventory !== null),
    variants: (product: Product, args: Listing, { shop }: Context) => list(variantsOf(shop, product), args),
    variantsCount: (product: Product) => count(product.variantIds.length),
    sellingPlanGroups: (product: Product, args: Paging, { shop }: Context) =>
      groups(groupsOfProduct(shop, product.id), args),
    sellingPlanGroupsCount: (product: Product, _: object, { shop }: Context) =>
      count(groupsOfProduct(shop, product.id).length),
  },
  ProductVariant: {
    id: (variant: Variant) => gid("ProductVariant", variant.id),
    legacyResourceId: (variant: Variant) => variant.id,
    title: (variant: Variant) => variant.title,
    displayName: (variant: Variant, _: object, { shop }: Context) =>
      `${shop.products[variant.productId]?.title ?? ""} - ${variant.title}`,
    sku: (variant: Variant) => variant.sku,
    barcode: () => null,
    price: (variant: Variant) => Number(variant.price).toFixed(2),
    compareAtPrice: () => null,
    contextualPricing: (variant: Variant, { context }: { context: PricingContext }, { shop }: Context) => {
      if (context.companyLocationId || context.locationId) throw notServed("ContextualPricingContext of a location");
      const { amount, currency } = priceIn(shop, variant, context.country ?? null);
      return { price: money(amount, { currency }), compareAtPrice: null };
    },
    taxable: () => true,
    position: (variant: Variant, _: object, { shop }: Context) =>
      (shop.products[variant.productId]?.variantIds.indexOf(variant.id) ?? 0) + 1,
    inventoryPolicy: (variant: Variant) => variant.inventoryPolicy,
    inventoryQuantity: (variant: Variant) => variant.inventory ?? 0,
    sellableOnlineQuantity: (variant: Variant) => variant.inventory ?? 0,
    inventoryItem: (variant: Variant) => ({
      id: `gid://shopify/InventoryItem/${variant.id}`,
      tracked: variant.inventory !== null,
      sku: variant.sku,
      requiresShipping: variant.requiresShipping,
    }),
    availableForSale: (variant: Variant) =>
      variant.inventory === null || variant.inventory > 0 || variant.inventoryPolicy === "CONTINUE",
    selectedOptions: (variant: Variant, _: object, { shop }: Context) =>
      (shop.products[variant.productId]?.options ?? []).map(({ name }, index) => ({
        name,
        value: variant.optionValues[index] ?? "",
      })),
    image: (variant: Variant, _: object, { shop }: Context) => image(shop.products[variant.productId]?.image),
    product: (variant: Variant, _: object, { shop }: Context) => shop.products[variant.productId],
    createdAt: (variant: Variant, _: object, { shop }: Context) => shop.products[variant.productId]?.createdAt,
    updatedAt: (variant: Variant, _: object, { shop }: Context) => shop.products[variant.productId]?.createdAt,
    sellingPlanGroups: (variant: Variant, args: Paging, { shop }: Context) =>
      groups(groupsOfVariant(shop, variant.id), args),
    sellingPlanGroupsCount: (variant: Variant, _: object, { shop }: Context) =>
      count(groupsOfVariant(shop, variant.id).length),
  },
};
