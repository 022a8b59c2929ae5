import type { Product, Shop, Variant } from "../../world";
import { drop } from "../liquid/drop";
import type { Drop } from "../liquid/drop";
import { toCents } from "../liquid/money";
import {
  allocationDrop,
  plansForVariant,
  sellingPlanGroupDrop,
  sellingPlanGroupsOf,
  unitPriceOf,
} from "./selling-plans";

/** What the address of a product page chooses. */
export interface Selection {
  variantId: string | null;
  sellingPlanId: string | null;
}

const NOTHING: Selection = { variantId: null, sellingPlanId: null };

export const variantsOf = (shop: Shop, product: Product): Variant[] =>
  product.variantIds.map((id) => shop.variants[id]).filter((variant) => variant !== undefined);

export const isAvailable = (variant: Variant): boolean =>
  variant.inventory === null || variant.inventory > 0 || variant.inventoryPolicy === "CONTINUE";

const isDefaultOnly = (variants: Variant[]): boolean =>
  variants.length === 1 && (variants[0]?.title ?? "") === "Default Title";

/** Pictures keep their path only: they are served by whichever host shows the page. */
export function imageDrop(product: Product): Drop | null {
  if (!product.image) return null;
  const { url, altText } = product.image;
  return drop("image", { src: url.replace(/^https?:\/\/[^/]+/, ""), alt: altText, width: 800, height: 1000 });
}

export const productUrl = (product: Product, variant?: Variant): string =>
  `/products/${product.handle}${variant ? `?variant=${variant.id}` : ""}`;

/** Source: shopify.dev, Liquid objects, `unit_price_measurement`. */
const measurementDrop = (measurement: NonNullable<Variant["unitPriceMeasurement"]>): Drop =>
  drop("unit_price_measurement", {
    measured_type: "weight",
    quantity_value: measurement.quantityValue,
    quantity_unit: measurement.quantityUnit,
    reference_value: measurement.referenceValue,
    reference_unit: measurement.referenceUnit,
  });

/** Source: shopify.dev, Liquid objects, `variant`. */
export function variantDrop(shop: Shop, product: Product, variant: Variant, selection: Selection = NOTHING): Drop {
  const selected = variant.id === selection.variantId;
  const plans = plansForVariant(shop, variant);
  return drop("variant", {
    id: Number(variant.id),
    title: variant.title,
    sku: variant.sku,
    price: toCents(variant.price),
    compare_at_price: null,
    unit_price: unitPriceOf(variant, toCents(variant.price)),
    unit_price_measurement: variant.unitPriceMeasurement ? measurementDrop(variant.unitPriceMeasurement) : null,
    available: isAvailable(variant),
    inventory_quantity: variant.inventory ?? 0,
    inventory_management: variant.inventory === null ? null : "shopify",
    inventory_policy: variant.inventoryPolicy.toLowerCase(),
    options: variant.optionValues,
    option1: variant.optionValues[0] ?? null,
    option2: variant.optionValues[1] ?? null,
    option3: variant.optionValues[2] ?? null,
    requires_selling_plan: product.requiresSellingPlan,
    requires_shipping: variant.requiresShipping,
    selected,
    url: productUrl(product, variant),
    image: imageDrop(product),
    get selling_plan_allocations() {
      return plans.map((plan) => allocationDrop(plan, variant, selection.sellingPlanId));
    },
  });
}

/** Source: shopify.dev, Liquid objects, `product`. */
export function productDrop(shop: Shop, product: Product, selection: Selection = NOTHING): Drop {
  const variants = variantsOf(shop, product);
  const prices = variants.map((variant) => toCents(variant.price));
  const selected = variants.find((variant) => variant.id === selection.variantId) ?? null;
  const firstAvailable = variants.find(isAvailable) ?? null;
  const shown = selected ?? firstAvailable ?? variants[0] ?? null;
  const asDrop = (variant: Variant | null): Drop | null =>
    variant ? variantDrop(shop, product, variant, { ...selection, variantId: shown?.id ?? null }) : null;
  const plan = shown
    ? (plansForVariant(shop, shown).find((candidate) => candidate.id === selection.sellingPlanId) ?? null)
    : null;
  const selectedPlanId = plan?.id ?? null;
  return drop("product", {
    id: Number(product.id),
    title: product.title,
    handle: product.handle,
    url: productUrl(product),
    description: product.descriptionHtml,
    content: product.descriptionHtml,
    vendor: product.vendor,
    type: product.productType,
    created_at: product.createdAt,
    available: variants.some(isAvailable),
    price: Math.min(...prices),
    price_min: Math.min(...prices),
    price_max: Math.max(...prices),
    price_varies: Math.min(...prices) !== Math.max(...prices),
    compare_at_price: null,
    featured_image: imageDrop(product),
    options: product.options.map((option) => option.name),
    has_only_default_variant: isDefaultOnly(variants),
    requires_selling_plan: product.requiresSellingPlan,
    get variants() {
      return variants.map(asDrop);
    },
    get selected_variant() {
      return asDrop(selected);
    },
    get first_available_variant() {
      return asDrop(firstAvailable);
    },
    get selected_or_first_available_variant() {
      return asDrop(shown);
    },
    get options_with_values() {
      return product.options.map((_, index) => optionDrop(shop, product, variants, shown, index));
    },
    get selling_plan_groups() {
      return sellingPlanGroupsOf(shop, product).map((group) => sellingPlanGroupDrop(shop, group, selectedPlanId));
    },
    get selected_selling_plan() {
      return plan && shown ? allocationDrop(plan, shown, selectedPlanId)["selling_plan"] : null;
    },
    get selected_selling_plan_allocation() {
      return plan && shown ? allocationDrop(plan, shown, selectedPlanId) : null;
    },
    get selected_or_first_available_selling_plan_allocation() {
      const first = plan ?? (shown ? plansForVariant(shop, shown)[0] : undefined);
      return first && shown ? allocationDrop(first, shown, selectedPlanId) : null;
    },
  });
}

/** An option with its values, each knowing the variant it leads to when the other options stay as they are. */
function optionDrop(shop: Shop, product: Product, variants: Variant[], shown: Variant | null, index: number): Drop {
  const option = product.options[index];
  const current = shown?.optionValues ?? [];
  return drop("product_option", {
    name: option?.name ?? "",
    position: index + 1,
    selected_value: current[index] ?? null,
    values: (option?.values ?? []).map((value) => {
      const wanted = current.map((other, position) => (position === index ? value : other));
      const target =
        variants.find((variant) => variant.optionValues.every((part, position) => part === wanted[position])) ??
        variants.find((variant) => variant.optionValues[index] === value) ??
        null;
      return drop("product_option_value", {
        name: value,
        available: target ? isAvailable(target) : false,
        selected: current[index] === value,
        variant: target ? variantDrop(shop, product, target) : null,
      });
    }),
  });
}
