import { Router } from "express";
import type { Response } from "express";
import type { Theme } from "../theme";
import type { Page } from "../theme";
import type { Visitor } from "../visitor";
import { handle, themeText } from "./tools";

const productsOf = (theme: Theme, visitor: Visitor): unknown[] =>
  Object.values(visitor.shop.products).map((product) => theme.productDrop(visitor, product));

export function catalogPages(theme: Theme): Router {
  const router = Router();

  const list = (template: string) =>
    handle(async (visitor, _request, response) => {
      const text = themeText(visitor.language);
      const title = template === "index" ? visitor.shop.title : text("collection.all");
      const objects = {
        collection: { title: text("collection.all"), url: "/collections/all", products: productsOf(theme, visitor) },
      };
      await sendPage(theme, visitor, response, { template, title, objects });
    });
  router.get("/", list("index"));
  router.get("/collections/all", list("collection"));

  router.get(
    ["/products/:handle", "/collections/all/products/:handle"],
    handle(async (visitor, request, response) => {
      const handleWanted = request.params["handle"] ?? "";
      const json = handleWanted.endsWith(".js");
      const product = Object.values(visitor.shop.products).find(
        ({ handle: known }) => known === handleWanted.replace(/\.js$/, ""),
      );
      if (!product) return notFound(theme, visitor, response);
      const drop = theme.productDrop(visitor, product);
      if (json) {
        response.json(productJson(drop));
        return;
      }
      const page: Page = { template: "product", title: product.title, objects: { product: drop } };
      await sendPage(theme, visitor, response, page);
    }),
  );

  router.get(
    "/policies/subscription-policy",
    handle(async (visitor, _request, response) => {
      const title = themeText(visitor.language)("policy.title");
      response.type("html").send(await theme.page(visitor, { template: "policy", title }));
    }),
  );
  return router;
}

/** A page, or the one section of it that `?section_id=` asks for (the section rendering API). */
export async function sendPage(theme: Theme, visitor: Visitor, response: Response, page: Page): Promise<void> {
  const section = visitor.url.searchParams.get("section_id");
  const html = section ? await theme.section(visitor, page, section) : await theme.page(visitor, page);
  if (html === null) return notFound(theme, visitor, response);
  response.type("html").send(html);
}

export async function notFound(
  theme: Theme,
  visitor: Visitor,
  response: { status(code: number): unknown; send(body: string): unknown },
): Promise<void> {
  const title = themeText(visitor.language)("not_found.title");
  const html = await theme.page(visitor, { template: "404", title });
  response.status(404);
  response.send(html);
}

/** The Ajax API's `/products/{handle}.js`, with the parts a theme reads. */
function productJson(product: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const keys = [
    "id",
    "title",
    "handle",
    "description",
    "vendor",
    "type",
    "price",
    "price_min",
    "price_max",
    "available",
    "requires_selling_plan",
    "selling_plan_groups",
  ];
  const json: Record<string, unknown> = Object.fromEntries(keys.map((key) => [key, product[key]]));
  json["variants"] = product["variants"];
  return json;
}
