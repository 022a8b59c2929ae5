import { gid, type Product, type Shop, type Variant } from "../../world";

/** Products a search of the picker shows at most. */
const MAX_HITS = 100;

/**
 * Products for the resource picker, in the shape App Bridge hands to apps: all words of the query must stand in
 * title, vendor, type or SKU (assumed: Shopify's search is fuzzier). `ids` names products to give back whatever the query.
 */
export function pickProducts(shop: Shop, query: string, ids: readonly string[] = []): Record<string, unknown>[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = new Set(ids);
  return Object.values(shop.products)
    .filter((product) =>
      ids.length > 0
        ? wanted.has(gid("Product", product.id))
        : words.every((word) => searchText(shop, product).includes(word)),
    )
    .slice(0, ids.length > 0 ? undefined : MAX_HITS)
    .map((product) => resource(shop, product));
}

/**
 * Single variants for the resource picker (`type: "variant"`): the search's words may stand in the product's texts or in
 * the variant's title and SKU. `ids` names variants to give back whatever the query.
 */
export function pickVariants(shop: Shop, query: string, ids: readonly string[] = []): Record<string, unknown>[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = new Set(ids);
  return Object.values(shop.products)
    .flatMap((product) => variantsOf(shop, product).map((variant, index) => ({ product, variant, index })))
    .filter(({ product, variant }) => {
      if (ids.length > 0) return wanted.has(gid("ProductVariant", variant.id));
      const texts = [product.title, product.vendor, product.productType, variant.title, variant.sku].join(" ");
      return words.every((word) => texts.toLowerCase().includes(word));
    })
    .slice(0, ids.length > 0 ? undefined : MAX_HITS)
    .map(({ product, variant, index }) => variantResource(product, variant, index + 1));
}

const variantsOf = (shop: Shop, product: Product): Variant[] =>
  product.variantIds.flatMap((id) => shop.variants[id] ?? []);

const searchText = (shop: Shop, product: Product): string =>
  [
    product.title,
    product.vendor,
    product.productType,
    ...variantsOf(shop, product).flatMap(({ title, sku }) => [title, sku]),
  ]
    .join(" ")
    .toLowerCase();

function resource(shop: Shop, product: Product): Record<string, unknown> {
  const variants = variantsOf(shop, product);
  return {
    id: gid("Product", product.id),
    title: product.title,
    handle: product.handle,
    descriptionHtml: product.descriptionHtml,
    vendor: product.vendor,
    productType: product.productType,
    status: "ACTIVE",
    tags: [],
    createdAt: product.createdAt,
    updatedAt: product.createdAt,
    publishedAt: product.createdAt,
    hasOnlyDefaultVariant: variants.length === 1,
    totalVariants: variants.length,
    totalInventory: variants.reduce((sum, { inventory }) => sum + (inventory ?? 0), 0),
    tracksInventory: variants.some(({ inventory }) => inventory !== null),
    images: product.image
      ? [
          {
            id: gid("Product", product.id).replace("Product", "ProductImage"),
            originalSrc: product.image.url,
            altText: product.image.altText,
          },
        ]
      : [],
    options: product.options.map(({ name, values }, index) => ({
      id: gid("Product", `${product.id}${index + 1}`).replace("Product", "ProductOption"),
      name,
      position: index + 1,
      values,
    })),
    variants: variants.map((variant, index) => variantResource(product, variant, index + 1)),
  };
}

function variantResource(product: Product, variant: Variant, position: number): Record<string, unknown> {
  return {
    id: gid("ProductVariant", variant.id),
    title: variant.title,
    displayName: `${product.title} - ${variant.title}`,
    sku: variant.sku,
    price: variant.price,
    position,
    availableForSale: variant.inventory === null || variant.inventory > 0 || variant.inventoryPolicy === "CONTINUE",
    inventoryQuantity: variant.inventory,
    inventoryPolicy: variant.inventoryPolicy,
    requiresShipping: variant.requiresShipping,
    taxable: true,
    product: { id: gid("Product", product.id) },
    selectedOptions: variant.optionValues.map((value) => ({ value })),
  };
}
