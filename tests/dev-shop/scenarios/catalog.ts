import { nextId } from "../world";
import type { Product, Shop, World } from "../world";

export interface ProductDraft {
  handle: string;
  title: string;
  type: string;
  description: string;
  /** File in the storefront theme's assets. */
  picture: string;
  /** Option names and, for each variant, its values, price and stock. None: a product without variants. */
  options: string[];
  variants: { values: string[]; price: string; sku: string; stock: number | null }[];
}

/** Where pictures are fetched from; the storefront itself uses only the path. */
export type PictureOrigin = (shop: string) => string;

export const defaultPictureOrigin: PictureOrigin = (shop) =>
  `http://${shop}.localhost:${process.env["DEV_SHOP_PORT"] || "4000"}`;

export function addProduct(world: World, shop: Shop, draft: ProductDraft, origin: PictureOrigin): Product {
  const single = draft.options.length === 0;
  const product: Product = {
    id: nextId(world),
    handle: draft.handle,
    title: draft.title,
    descriptionHtml: `<p>${draft.description}</p>`,
    vendor: shop.title,
    productType: draft.type,
    image: { url: `${origin(shop.name)}/cdn/theme/${draft.picture}`, altText: draft.title },
    options: single
      ? [{ name: "Title", values: ["Default Title"] }]
      : draft.options.map((name, index) => ({
          name,
          values: [...new Set(draft.variants.map((variant) => variant.values[index] ?? ""))],
        })),
    variantIds: [],
    requiresSellingPlan: false,
    createdAt: world.now,
  };
  shop.products[product.id] = product;
  for (const { values, price, sku, stock } of draft.variants) {
    const id = nextId(world);
    const optionValues = single ? ["Default Title"] : values;
    shop.variants[id] = {
      id,
      productId: product.id,
      title: optionValues.join(" / "),
      sku,
      price,
      inventory: stock,
      inventoryPolicy: "DENY",
      optionValues,
      requiresShipping: true,
    };
    product.variantIds.push(id);
  }
  return product;
}
