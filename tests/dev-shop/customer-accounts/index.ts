import { join } from "node:path";
import express, { Router, type RequestHandler } from "express";
import type { DevShop } from "../dev-shop";
import { asyncHandler, HttpRefusal } from "../hosts/express-tools";
import { readFields } from "../storefront/forms";
import { keepSession, localPath, signIn, signOut } from "../storefront/visitor";
import type { Html } from "../hosts/html";
import type { Order } from "../world";
import { customerApi } from "./customer-api";
import { bundleOf, readUiExtensions, targetsOf, translationsOf } from "./extensions";
import { frameDocument, framePolicy } from "./frame";
import { extensionFrame, layout, orderPart, ordersPart, profilePart, signInPart, type AccountPage } from "./pages";
import { createSessionToken } from "./session-token";
import { accountVisitor, type AccountVisitor } from "./visitor";

const MAX_BODY = "1mb";
const FULL_PAGE = "customer-account.page.render";

/**
 * One shop's customer accounts, as on shopify.com/<id>/account: orders, profile, and the app's extensions in their
 * frames. The server sets `res.locals.shop`.
 */
export function accountsRouter(devShop: DevShop): Router {
  const router = Router();
  const { root } = devShop.config;
  router.use("/_files", files());
  router.use(express.raw({ type: () => true, limit: MAX_BODY }));
  router.use((request, _response, next) => {
    const { origin, host } = request.headers;
    // Only the account's own pages post here: not an extension (whose origin is "null"), not another site.
    if (request.method !== "GET" && origin !== undefined && origin !== `http://${host ?? ""}`) {
      throw new HttpRefusal(403, "Only the account's own pages may do that.");
    }
    next();
  });

  const send = (visitor: AccountVisitor, page: Omit<AccountPage, "pages" | "storefront">): string => {
    const extensions = installed(visitor);
    return layout(visitor, {
      ...page,
      storefront: `http://${visitor.shop.name}.localhost:${devShop.config.port}`,
      pages: targetsOf(extensions, FULL_PAGE).map((extension) => ({
        handle: extension.handle,
        name: nameOf(extension, visitor.language),
      })),
    });
  };
  const installed = ({ shop }: AccountVisitor) =>
    shop.grantedScopes === null || shop.status === "uninstalled" ? [] : readUiExtensions(root);
  const nameOf = (extension: Parameters<typeof translationsOf>[0], language: string): string => {
    const { texts } = translationsOf(extension, language);
    const name = typeof texts === "object" && texts !== null && "name" in texts ? texts.name : null;
    return typeof name === "string" ? name : extension.handle;
  };
  const blocks = (visitor: AccountVisitor, target: string, order?: Order): Html[] =>
    targetsOf(installed(visitor), target).map((extension) =>
      extensionFrame(visitor, devShop.config.app.name, { extension, target, ...(order ? { order } : {}) }),
    );
  const ordersOf = ({ shop, customer }: AccountVisitor): Order[] =>
    Object.values(shop.orders)
      .filter(({ customerId }) => customerId === customer?.id)
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id));
  const orderOf = (visitor: AccountVisitor, id: unknown): Order | null =>
    ordersOf(visitor).find((order) => order.id === id) ?? null;

  /** Pages for those who have signed in. */
  const page = (show: (visitor: AccountVisitor, id: string) => Omit<AccountPage, "pages" | "storefront"> | null) =>
    ((request, response) => {
      const visitor = accountVisitor(request, response);
      if (!visitor.customer) {
        response.redirect(303, `/login?return_to=${encodeURIComponent(visitor.url.pathname)}`);
        return;
      }
      const shown = show(visitor, request.params["id"] ?? "");
      const missing = { title: visitor.texts.notFound, current: "", main: visitor.texts.notFound };
      response
        .status(shown ? 200 : 404)
        .type("html")
        .send(send(visitor, shown ?? missing));
    }) satisfies RequestHandler;

  router.get("/", (_request, response) => response.redirect(303, "/orders"));
  router.get(
    "/orders",
    page((visitor) => ({
      title: visitor.texts.orders,
      current: "orders",
      main: [ordersPart(visitor, ordersOf(visitor)), ...blocks(visitor, "customer-account.order-index.block.render")],
    })),
  );
  router.get(
    "/orders/:id",
    page((visitor, id) => {
      const order = orderOf(visitor, id);
      if (!order) return null;
      const menu = blocks(visitor, "customer-account.order.action.menu-item.render", order);
      const status = blocks(visitor, "customer-account.order-status.block.render", order);
      return { title: order.name, current: "", main: orderPart(visitor, order, menu, status) };
    }),
  );
  router.get(
    "/profile",
    page((visitor) => ({
      title: visitor.texts.profile,
      current: "profile",
      main: profilePart(visitor, blocks(visitor, "customer-account.profile.block.render")),
    })),
  );
  router.get(
    ["/pages/:id", "/pages/:id/*"],
    page((visitor, handle) => {
      const extension = targetsOf(installed(visitor), FULL_PAGE).find((candidate) => candidate.handle === handle);
      if (!extension) return null;
      const main = extensionFrame(visitor, devShop.config.app.name, { extension, target: FULL_PAGE });
      return { title: nameOf(extension, visitor.language), current: handle, main, fullPage: true };
    }),
  );

  /* ---- signing in ---- */

  router.get("/login", (request, response) => {
    const visitor = accountVisitor(request, response);
    const returnTo = localPath(visitor.url.searchParams.get("return_to"), "/orders");
    const main = signInPart(visitor, returnTo);
    response.type("html").send(send(visitor, { title: visitor.texts.signIn, current: "", main }));
  });
  router.post(
    "/login",
    asyncHandler(async (request, response) => {
      const { shop } = accountVisitor(request, response);
      const fields = await readFields(request);
      const customer = shop.customers[fields.get("customer") ?? ""];
      if (!customer || customer.redacted) throw new HttpRefusal(422, "There is no such customer.");
      signIn(shop, response, customer.id);
      devShop.changed();
      response.redirect(303, localPath(fields.get("return_to"), "/orders"));
    }),
  );
  router.get("/logout", (request, response) => {
    signOut(accountVisitor(request, response).shop, request, response);
    devShop.changed();
    response.redirect(303, "/login");
  });
  // The control API signs a shopper in and hands out a token for either host.
  router.get("/_login", (request, response) => {
    const { shop, url } = accountVisitor(request, response);
    const token = url.searchParams.get("token") ?? "";
    if (!shop.storefrontSessions[token]) return response.redirect(303, "/login");
    keepSession(response, token);
    response.redirect(303, localPath(url.searchParams.get("return_url"), "/orders"));
  });

  /* ---- extensions ---- */

  const extensionOf = (visitor: AccountVisitor, handle: string | undefined) => {
    const extension = installed(visitor).find((candidate) => candidate.handle === handle);
    if (!extension) throw new HttpRefusal(404, `The app has no extension called "${handle ?? ""}".`);
    return extension;
  };
  router.get("/_extension/:handle/frame", (request, response) => {
    const visitor = accountVisitor(request, response);
    const extension = extensionOf(visitor, request.params["handle"]);
    const query = visitor.url.searchParams;
    const order = query.get("order") === null ? null : orderOf(visitor, query.get("order"));
    response
      .set("content-security-policy", framePolicy(visitor.url.origin, extension))
      .type("html")
      .send(
        frameDocument({
          devShop,
          visitor,
          extension,
          target: query.get("target") ?? "",
          order,
          at: query.get("at") ?? "",
        }),
      );
  });
  router.get(
    "/_extension/:handle/bundle.js",
    asyncHandler(async (request, response) => {
      const extension = extensionOf(accountVisitor(request, response), request.params["handle"]);
      const { script } = await bundleOf(extension);
      // The app's own address is its tunnel's here, as App Bridge is the stand-in's in the admin.
      const swapped = script.replaceAll(new URL(devShop.config.app.applicationUrl).origin, devShop.config.tunnelOrigin);
      response.type("js").send(swapped);
    }),
  );
  router.post("/_extension/token", (request, response) => {
    const { shop, customer } = accountVisitor(request, response);
    if (!customer) throw new HttpRefusal(401, "Nobody is signed in.");
    response.json({ token: createSessionToken(devShop.config, shop, customer.id) });
  });
  router.use("/_customer-api", customerApi(devShop));

  router.use((request, response) => {
    response.status(404).type("text").send(`There is nothing at ${request.path}.\n`);
  });
  return router;
}

/** Scripts and styles of the pages and of the frames around extensions, which have no origin. */
function files(): RequestHandler {
  const serve = express.static(join(import.meta.dirname, "browser"), { index: false });
  return (request, response, next) => {
    response.set("access-control-allow-origin", "*");
    serve(request, response, next);
  };
}
