import type { Cart, CartLine, Product, SellingPlan, Shop, Variant } from "../../world";
import { drop } from "../liquid/drop";
import type { Drop } from "../liquid/drop";
import { toCents } from "../liquid/money";
import { imageDrop, productDrop, variantDrop } from "./product";
import { allocationDrop, phasePrices } from "./selling-plans";

export interface PricedLine {
  line: CartLine;
  variant: Variant;
  product: Product;
  plan: SellingPlan | null;
  /** Per unit, in hundredths. */
  originalPrice: number;
  price: number;
}

/** Cart lines with today's prices; a line whose variant or plan is gone is left out, as it can't be bought. */
export function pricedLines(shop: Shop, cart: Cart): PricedLine[] {
  return cart.lines.flatMap((line) => {
    const variant = shop.variants[line.variantId];
    const product = variant && shop.products[variant.productId];
    if (!variant || !product) return [];
    const plan = line.sellingPlanId ? shop.sellingPlans[line.sellingPlanId] : null;
    if (plan === undefined) return [];
    const originalPrice = toCents(variant.price);
    const price = plan ? (phasePrices(plan, variant)[0] ?? originalPrice) : originalPrice;
    return [{ line, variant, product, plan, originalPrice, price }];
  });
}

export const subtotalOf = (lines: PricedLine[]): number =>
  lines.reduce((sum, { price, line }) => sum + price * line.quantity, 0);

const variantTitle = ({ variant }: PricedLine): string | null =>
  variant.title === "Default Title" ? null : variant.title;

function lineDrop(shop: Shop, priced: PricedLine): Drop {
  const { line, variant, product, plan, price, originalPrice } = priced;
  return drop("line_item", {
    id: Number(variant.id),
    key: line.key,
    variant_id: Number(variant.id),
    product_id: Number(product.id),
    title: [product.title, variantTitle(priced)].filter(Boolean).join(" – "),
    product_title: product.title,
    variant_title: variantTitle(priced),
    quantity: line.quantity,
    price,
    final_price: price,
    original_price: originalPrice,
    line_price: price * line.quantity,
    final_line_price: price * line.quantity,
    original_line_price: originalPrice * line.quantity,
    requires_shipping: variant.requiresShipping,
    url: `/products/${product.handle}?variant=${variant.id}${plan ? `&selling_plan=${plan.id}` : ""}`,
    image: imageDrop(product),
    variant: variantDrop(shop, product, variant),
    product: productDrop(shop, product),
    properties: Object.entries(line.properties ?? {}),
    selling_plan_allocation: plan ? allocationDrop(plan, variant, plan.id) : null,
  });
}

/** Source: shopify.dev, Liquid objects, `cart`. */
export function cartDrop(shop: Shop, cart: Cart): Drop {
  const lines = pricedLines(shop, cart);
  return drop("cart", {
    item_count: lines.reduce((sum, { line }) => sum + line.quantity, 0),
    items: lines.map((line) => lineDrop(shop, line)),
    note: cart.note,
    currency: drop("currency", { iso_code: shop.currency }),
    total_price: subtotalOf(lines),
    items_subtotal_price: subtotalOf(lines),
    original_total_price: lines.reduce((sum, { originalPrice, line }) => sum + originalPrice * line.quantity, 0),
    requires_shipping: lines.some(({ variant }) => variant.requiresShipping),
    "empty?": lines.length === 0,
  });
}

/** The Ajax API's JSON, for `/cart.js` and the answers of `/cart/add.js` and `/cart/change.js`. */
export function cartLineJson(priced: PricedLine): Record<string, unknown> {
  const { line, variant, product, plan, price, originalPrice } = priced;
  return {
    id: Number(variant.id),
    key: line.key,
    variant_id: Number(variant.id),
    product_id: Number(product.id),
    title: [product.title, variantTitle(priced)].filter(Boolean).join(" - "),
    product_title: product.title,
    variant_title: variantTitle(priced),
    quantity: line.quantity,
    price,
    final_price: price,
    original_price: originalPrice,
    line_price: price * line.quantity,
    final_line_price: price * line.quantity,
    properties: line.properties ?? {},
    requires_shipping: variant.requiresShipping,
    sku: variant.sku,
    handle: product.handle,
    url: `/products/${product.handle}?variant=${variant.id}`,
    ...(plan
      ? {
          selling_plan_allocation: {
            price,
            compare_at_price: originalPrice,
            per_delivery_price: price,
            selling_plan: { id: Number(plan.id), name: plan.name, description: plan.description },
          },
        }
      : {}),
  };
}

export function cartJson(shop: Shop, cart: Cart): Record<string, unknown> {
  const lines = pricedLines(shop, cart);
  return {
    token: cart.token,
    note: cart.note,
    attributes: {},
    item_count: lines.reduce((sum, { line }) => sum + line.quantity, 0),
    items: lines.map(cartLineJson),
    requires_shipping: lines.some(({ variant }) => variant.requiresShipping),
    currency: shop.currency,
    original_total_price: lines.reduce((sum, { originalPrice, line }) => sum + originalPrice * line.quantity, 0),
    total_price: subtotalOf(lines),
  };
}
