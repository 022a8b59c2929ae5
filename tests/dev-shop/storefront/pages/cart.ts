import { Router } from "express";
import type { Request, Response } from "express";
import type { DevShop } from "../../dev-shop";
import type { CartLine } from "../../world";
import { add, change, propertiesIn, propertiesOf, quantityOf, text } from "../cart-rules";
import type { CartProblem } from "../cart-rules";
import { cartJson, cartLineJson, pricedLines } from "../drops/cart";
import { readFields, readJson } from "../forms";
import type { Page, Theme } from "../theme";
import { keepCart, localPath } from "../visitor";
import type { Visitor } from "../visitor";
import { sendPage } from "./catalog";
import { handle, themeText } from "./tools";

const refuse = (visitor: Visitor, response: Response, problem: CartProblem): void => {
  const description = themeText(visitor.language)(`cart.problem.${problem}`);
  response.status(422).json({ status: 422, message: description, description });
};

/** More in one call than a theme has on a page is a mistake. */
const MAX_SECTIONS = 5;

/** A JSON body, or a form's fields with `properties[…]` gathered in one. */
async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  const json = readJson(request);
  if (json) return json;
  const fields = await readFields(request);
  return { ...Object.fromEntries(fields), properties: propertiesOf(fields) };
}

/** `/cart/update.js`: quantities in the order of the lines, or by variant or key. */
function updatesIn({ cart }: Visitor, updates: unknown): [CartLine, number][] {
  const lines = [...cart.lines];
  if (Array.isArray(updates)) {
    return lines.slice(0, updates.length).map((line, index) => [line, quantityOf(updates[index], line.quantity)]);
  }
  return Object.entries((updates ?? {}) as Record<string, unknown>).flatMap(([id, quantity]) => {
    const line = lines.find(({ key, variantId }) => key === id || variantId === id);
    return line ? [[line, quantityOf(quantity, line.quantity)] as [CartLine, number]] : [];
  });
}

export function cartPages(devShop: DevShop, theme: Theme): Router {
  const router = Router();

  const showCart = async (visitor: Visitor, response: Response, problem: CartProblem | null): Promise<void> => {
    const t = themeText(visitor.language);
    const objects = { cart_problem: problem ? t(`cart.problem.${problem}`) : null };
    const page: Page = { template: "cart", title: t("cart.title"), objects };
    response.status(problem ? 422 : 200);
    await sendPage(theme, visitor, response, page);
  };

  /** Bundled section rendering: `sections` in an Ajax call asks for those sections as they are after it. */
  const withSections = async (visitor: Visitor, wanted: unknown, json: Record<string, unknown>): Promise<unknown> => {
    const ids = (Array.isArray(wanted) ? wanted.map(String) : text(wanted).split(",")).filter(Boolean);
    if (ids.length === 0) return json;
    const page: Page = { template: "cart", title: "", objects: { cart_problem: null } };
    const sections: Record<string, string | null> = {};
    for (const id of ids.slice(0, MAX_SECTIONS)) sections[id] = await theme.section(visitor, page, id);
    return { ...json, sections };
  };

  router.get(
    "/cart",
    handle((visitor, _request, response) => showCart(visitor, response, null)),
  );
  router.get(
    "/cart.js",
    handle((visitor, _request, response) => void response.json(cartJson(visitor.shown, visitor.cart))),
  );

  router.post(
    "/cart/add",
    handle(async (visitor, request, response) => {
      const fields = await readFields(request);
      const added = add(visitor, {
        variantId: fields.get("id") ?? "",
        quantity: quantityOf(fields.get("quantity"), 1) || 1,
        sellingPlanId: fields.get("selling_plan") || null,
        properties: propertiesOf(fields),
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
      const source = await bodyOf(request);
      const items = Array.isArray(source["items"]) ? (source["items"] as Record<string, unknown>[]) : [source];
      const before = structuredClone(visitor.cart.lines);
      const keys: string[] = [];
      for (const item of items) {
        const added = add(visitor, {
          variantId: text(item["id"]),
          quantity: quantityOf(item["quantity"], 1) || 1,
          sellingPlanId: text(item["selling_plan"]) || null,
          properties: propertiesIn(item["properties"]),
        });
        if (typeof added === "string") {
          visitor.cart.lines = before;
          return refuse(visitor, response, added);
        }
        keys.push(added.key);
      }
      keepCart(visitor, response);
      devShop.changed();
      const lines = pricedLines(visitor.shown, visitor.cart).filter(({ line }) => keys.includes(line.key));
      const answer = lines.map(cartLineJson);
      const plain = Array.isArray(source["items"]) ? { items: answer } : (answer[0] ?? {});
      response.json(await withSections(visitor, source["sections"], plain));
    }),
  );

  const findLine = (visitor: Visitor, wanted: Record<string, unknown>): CartLine | undefined =>
    wanted["line"] === undefined
      ? visitor.cart.lines.find((line) => line.key === wanted["id"] || line.variantId === text(wanted["id"]))
      : visitor.cart.lines[Number(wanted["line"]) - 1];

  router.post(
    "/cart/change.js",
    handle(async (visitor, request, response) => {
      const wanted = await bodyOf(request);
      const line = findLine(visitor, wanted);
      if (!line) return refuse(visitor, response, "unknown_variant");
      const plan = wanted["selling_plan"] === undefined ? line.sellingPlanId : text(wanted["selling_plan"]) || null;
      const problem = change(visitor, line, quantityOf(wanted["quantity"], line.quantity), plan);
      if (problem) return refuse(visitor, response, problem);
      keepCart(visitor, response);
      devShop.changed();
      response.json(await withSections(visitor, wanted["sections"], cartJson(visitor.shown, visitor.cart)));
    }),
  );

  router.post(
    ["/cart/update.js", "/cart/clear.js"],
    handle(async (visitor, request, response) => {
      const wanted = await bodyOf(request);
      const updates = request.path === "/cart/clear.js" ? visitor.cart.lines.map(() => 0) : wanted["updates"];
      for (const [line, quantity] of updatesIn(visitor, updates)) {
        const problem = change(visitor, line, quantity, line.sellingPlanId);
        if (problem) return refuse(visitor, response, problem);
      }
      if (typeof wanted["note"] === "string") visitor.cart.note = wanted["note"];
      keepCart(visitor, response);
      devShop.changed();
      response.json(await withSections(visitor, wanted["sections"], cartJson(visitor.shown, visitor.cart)));
    }),
  );

  // A form or a link, without JavaScript. Assumed: it takes `selling_plan` as `/cart/change.js` does, and reads what it
  // is asked from the address and the form alike.
  router.post(
    "/cart/change",
    handle(async (visitor, request, response) => {
      const wanted = { ...request.query, ...Object.fromEntries(await readFields(request)) };
      const line = findLine(visitor, wanted);
      if (!line) return showCart(visitor, response, "unknown_variant");
      const asked = wanted["selling_plan"];
      const plan = asked === undefined ? line.sellingPlanId : text(asked) || null;
      const problem = change(visitor, line, quantityOf(wanted["quantity"], line.quantity), plan);
      keepCart(visitor, response);
      devShop.changed();
      if (problem) return showCart(visitor, response, problem);
      response.redirect(303, "/cart");
    }),
  );

  // The link that removes a line without JavaScript; Shopify answers GET here, too. Assumed: with a plan as well.
  router.get(
    "/cart/change",
    handle((visitor, request, response) => {
      const line = findLine(visitor, request.query);
      const asked = request.query["selling_plan"];
      const plan = asked === undefined ? (line?.sellingPlanId ?? null) : text(asked) || null;
      if (line) change(visitor, line, quantityOf(request.query["quantity"], line.quantity), plan);
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
