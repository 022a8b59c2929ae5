import type { CartLine, Shop } from "../world";
import { isAvailable } from "./drops/product";
import { plansForVariant } from "./drops/selling-plans";
import type { Visitor } from "./visitor";

/** Assumed; Shopify's own limit per line is higher, but a stand-in has no use for it. */
const MAX_QUANTITY = 999;

/** Assumed; enough for what merchants ask about a line, and no place for a flood. */
const MAX_PROPERTIES = 25;
const MAX_PROPERTY_LENGTH = 255;

export interface Wanted {
  variantId: string;
  quantity: number;
  sellingPlanId: string | null;
  properties?: Record<string, string>;
}

export type CartProblem = "unknown_variant" | "sold_out" | "plan_required" | "plan_unknown" | "not_enough";

export const text = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

export const quantityOf = (value: unknown, otherwise: number): number => {
  const quantity = value === undefined || value === null || value === "" ? otherwise : Number(value);
  return Number.isInteger(quantity) && quantity >= 0 ? Math.min(quantity, MAX_QUANTITY) : otherwise;
};

/** Line item properties of a JSON body; empty ones are left out, as Shopify does. */
export function propertiesIn(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).map(([name, content]) => [name, text(content)] as const);
  return Object.fromEntries(
    entries
      .filter(([name, content]) => content !== "" && name.length + content.length <= MAX_PROPERTY_LENGTH)
      .slice(0, MAX_PROPERTIES),
  );
}

/** The same of a posted form: `properties[Grind]`. */
export const propertiesOf = (fields: URLSearchParams): Record<string, string> =>
  propertiesIn(
    Object.fromEntries(
      [...fields].flatMap(([name, value]) => {
        const property = /^properties\[(.+)\]$/.exec(name)?.[1];
        return property ? [[property, value]] : [];
      }),
    ),
  );

type Identity = Pick<CartLine, "variantId" | "sellingPlanId" | "properties">;

/** A line is told from another by variant, plan and properties, so that buying once and subscribing stay apart. */
function keyOf({ variantId, sellingPlanId, properties = {} }: Identity): string {
  const told = Object.entries(properties).sort(([a], [b]) => a.localeCompare(b));
  const told64 = told.length > 0 ? `:${Buffer.from(JSON.stringify(told)).toString("base64url")}` : "";
  return `${variantId}:${sellingPlanId ?? "once"}${told64}`;
}

function problemWith(shop: Shop, cart: CartLine[], wanted: Wanted): CartProblem | null {
  const variant = shop.variants[wanted.variantId];
  const product = variant && shop.products[variant.productId];
  if (!variant || !product) return "unknown_variant";
  if (!isAvailable(variant)) return "sold_out";
  if (wanted.sellingPlanId) {
    const offered = plansForVariant(shop, variant).some((plan) => plan.id === wanted.sellingPlanId);
    if (!offered) return "plan_unknown";
  } else if (product.requiresSellingPlan) {
    return "plan_required";
  }
  const other = cart.filter((line) => line.variantId === variant.id).reduce((sum, line) => sum + line.quantity, 0);
  const tracked = variant.inventory !== null && variant.inventoryPolicy === "DENY";
  return tracked && other + wanted.quantity > (variant.inventory ?? 0) ? "not_enough" : null;
}

export function add(visitor: Visitor, wanted: Wanted): CartProblem | CartLine {
  const problem = problemWith(visitor.shop, visitor.cart.lines, wanted);
  if (problem) return problem;
  const key = keyOf(wanted);
  const known = visitor.cart.lines.find((line) => line.key === key);
  if (known) {
    known.quantity = Math.min(MAX_QUANTITY, known.quantity + wanted.quantity);
    return known;
  }
  const { properties = {}, ...rest } = wanted;
  const line: CartLine = { key, ...rest, ...(Object.keys(properties).length > 0 ? { properties } : {}) };
  visitor.cart.lines.unshift(line);
  return line;
}

/** Quantity 0 takes the line out; an unknown line or a quantity beyond stock changes nothing. */
export function change(
  visitor: Visitor,
  line: CartLine,
  quantity: number,
  sellingPlanId: string | null,
): CartProblem | null {
  const others = visitor.cart.lines.filter((candidate) => candidate !== line);
  if (quantity > 0) {
    const problem = problemWith(visitor.shop, others, { variantId: line.variantId, quantity, sellingPlanId });
    if (problem) return problem;
  }
  const key = keyOf({ ...line, sellingPlanId });
  const twin = others.find((candidate) => candidate.key === key);
  if (quantity === 0) visitor.cart.lines = others;
  else if (twin) {
    twin.quantity += quantity;
    visitor.cart.lines = others;
  } else Object.assign(line, { quantity, sellingPlanId, key });
  return null;
}
