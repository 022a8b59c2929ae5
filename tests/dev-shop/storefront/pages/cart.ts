import { Router } from "express";
import type { Response } from "express";
import type { DevShop } from "../../dev-shop";
import type { CartLine, Shop } from "../../world";
import { cartJson, cartLineJson, pricedLines } from "../drops/cart";
import { isAvailable } from "../drops/product";
import { plansForVariant } from "../drops/selling-plans";
import { readFields, readJson } from "../forms";
import type { Theme } from "../theme";
import { keepCart, localPath } from "../visitor";
import type { Visitor } from "../visitor";
import { handle, themeText } from "./tools";

/** Assumed; Shopify's own limit per line is higher, but a stand-in has no use for it. */
const MAX_QUANTITY = 999;

interface Wanted {
  variantId: string;
  quantity: number;
  sellingPlanId: string | null;
}

type CartProblem = "unknown_variant" | "sold_out" | "plan_required" | "plan_unknown" | "not_enough";

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

const quantityOf = (value: unknown, otherwise: number): number => {
  const quantity = value === undefined || value === null || value === "" ? otherwise : Number(value);
  return Number.isInteger(quantity) && quantity >= 0 ? Math.min(quantity, MAX_QUANTITY) : otherwise;
};

/** A line is told from another by variant and plan, so that buying once and subscribing stay apart. */
const keyOf = ({ variantId, sellingPlanId }: Pick<CartLine, "variantId" | "sellingPlanId">): string =>
  `${variantId}:${sellingPlanId ?? "once"}`;

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

function add(visitor: Visitor, wanted: Wanted): CartProblem | CartLine {
  const problem = problemWith(visitor.shop, visitor.cart.lines, wanted);
  if (problem) return problem;
  const key = keyOf(wanted);
  const known = visitor.cart.lines.find((line) => line.key === key);
  if (known) {
    known.quantity = Math.min(MAX_QUANTITY, known.quantity + wanted.quantity);
    return known;
  }
  const line = { key, ...wanted };
  visitor.cart.lines.unshift(line);
  return line;
}

/** Quantity 0 takes the line out; an unknown line or a quantity beyond stock changes nothing. */
function change(visitor: Visitor, line: CartLine, quantity: number, sellingPlanId: string | null): CartProblem | null {
  const others = visitor.cart.lines.filter((candidate) => candidate !== line);
  if (quantity > 0) {
    const problem = problemWith(visitor.shop, others, { variantId: line.variantId, quantity, sellingPlanId });
    if (problem) return problem;
  }
  const key = keyOf({ variantId: line.variantId, sellingPlanId });
  const twin = others.find((candidate) => candidate.key === key);
  if (quantity === 0) visitor.cart.lines = others;
  else if (twin) {
    twin.quantity += quantity;
    visitor.cart.lines = others;
  } else Object.assign(line, { quantity, sellingPlanId, key });
  return null;
}

const refuse = (visitor: Visitor, response: Response, problem: CartProblem): void => {
  const description = themeText(visitor.language)(`cart.problem.${problem}`);
  response.status(422).json({ status: 422, message: description, description });
};

export function cartPages(devShop: DevShop, theme: Theme): Router {
  const router = Router();

  const showCart = async (visitor: Visitor, response: Response, problem: CartProblem | null): Promise<void> => {
    const t = themeText(visitor.language);
    const objects = { cart_problem: problem ? t(`cart.problem.${problem}`) : null };
    const html = await theme.page(visitor, { template: "cart", title: t("cart.title"), objects });
    response
      .status(problem ? 422 : 200)
      .type("html")
      .send(html);
  };

  router.get(
    "/cart",
    handle((visitor, _request, response) => showCart(visitor, response, null)),
  );
  router.get(
    "/cart.js",
    handle((visitor, _request, response) => void response.json(cartJson(visitor.shop, visitor.cart))),
  );

  router.post(
    "/cart/add",
    handle(async (visitor, request, response) => {
      const fields = await readFields(request);
      const added = add(visitor, {
        variantId: fields.get("id") ?? "",
        quantity: quantityOf(fields.get("quantity"), 1) || 1,
        sellingPlanId: fields.get("selling_plan") || null,
      });
      if (typeof added === "string") return showCart(visitor, response, added);
      keepCart(visitor, response);
      devShop.changed();
      response.redirect(303, localPath(fields.get("return_to"), "/cart"));
    }),
  );

  router.post(
    "/cart/add.js",
    handle(async (visitor, request, response) => {
      const json = readJson(request);
      const source = json ?? Object.fromEntries(await readFields(request));
      const items = Array.isArray(source["items"]) ? (source["items"] as Record<string, unknown>[]) : [source];
      const before = structuredClone(visitor.cart.lines);
      const keys: string[] = [];
      for (const item of items) {
        const added = add(visitor, {
          variantId: text(item["id"]),
          quantity: quantityOf(item["quantity"], 1) || 1,
          sellingPlanId: text(item["selling_plan"]) || null,
        });
        if (typeof added === "string") {
          visitor.cart.lines = before;
          return refuse(visitor, response, added);
        }
        keys.push(added.key);
      }
      keepCart(visitor, response);
      devShop.changed();
      const lines = pricedLines(visitor.shop, visitor.cart).filter(({ line }) => keys.includes(line.key));
      const answer = lines.map(cartLineJson);
      response.json(Array.isArray(source["items"]) ? { items: answer } : answer[0]);
    }),
  );

  const findLine = (visitor: Visitor, wanted: Record<string, unknown>): CartLine | undefined =>
    wanted["line"] === undefined
      ? visitor.cart.lines.find((line) => line.key === wanted["id"] || line.variantId === text(wanted["id"]))
      : visitor.cart.lines[Number(wanted["line"]) - 1];

  router.post(
    "/cart/change.js",
    handle(async (visitor, request, response) => {
      const wanted = readJson(request) ?? Object.fromEntries(await readFields(request));
      const line = findLine(visitor, wanted);
      if (!line) return refuse(visitor, response, "unknown_variant");
      const plan = wanted["selling_plan"] === undefined ? line.sellingPlanId : text(wanted["selling_plan"]) || null;
      const problem = change(visitor, line, quantityOf(wanted["quantity"], line.quantity), plan);
      if (problem) return refuse(visitor, response, problem);
      keepCart(visitor, response);
      devShop.changed();
      response.json(cartJson(visitor.shop, visitor.cart));
    }),
  );

  // The link that removes a line without JavaScript; Shopify answers GET here, too.
  router.get(
    "/cart/change",
    handle((visitor, request, response) => {
      const line = findLine(visitor, request.query);
      if (line) change(visitor, line, quantityOf(request.query["quantity"], line.quantity), line.sellingPlanId);
      keepCart(visitor, response);
      devShop.changed();
      response.redirect(303, "/cart");
    }),
  );

  router.post(
    "/cart",
    handle(async (visitor, request, response) => {
      const fields = await readFields(request);
      const quantities = fields.getAll("updates[]");
      const lines = [...visitor.cart.lines];
      let problem: CartProblem | null = null;
      for (const [index, line] of lines.entries()) {
        const quantity = quantityOf(quantities[index], line.quantity);
        if (quantity !== line.quantity) problem = change(visitor, line, quantity, line.sellingPlanId) ?? problem;
      }
      keepCart(visitor, response);
      devShop.changed();
      if (problem) return showCart(visitor, response, problem);
      response.redirect(303, fields.has("checkout") ? "/checkout" : "/cart");
    }),
  );
  return router;
}
