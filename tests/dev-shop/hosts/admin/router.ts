import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Response, type Router } from "express";
import type { Shop } from "../../world";
import type { Hosts } from "../context";
import { createIdToken } from "../id-token";
import { grantScopes, missingScopes } from "../scopes";
import { appPage, permissionPage } from "./app-page";
import { adminLayout, type AdminPage } from "./layout";
import {
  customerPage,
  customersPage,
  homePage,
  notFoundPage,
  orderPage,
  ordersPage,
  productPage,
  productsPage,
} from "./pages";
import { pickProducts, pickVariants } from "./picker";

const BROWSER = join(dirname(fileURLToPath(import.meta.url)), "../browser");

/** The browser's files of the admin: App Bridge, the shell's script and its style. */
export function adminFiles(): Router {
  const router = express.Router();
  const files: [string[], string][] = [
    [["/app-bridge.js", "/cdn/shopifycloud/app-bridge.js"], "app-bridge.js"],
    [["/admin-shell.js"], "admin-shell.js"],
    [["/admin.css"], "admin.css"],
  ];
  for (const [paths, file] of files) {
    router.get(paths, (_request, response) => {
      response.set("cache-control", "no-cache").sendFile(join(BROWSER, file));
    });
  }
  return router;
}

/** The admin of every shop, under `/store/<shop>`. */
export function adminRouter(hosts: Hosts): Router {
  const { devShop } = hosts;
  const router = express.Router({ mergeParams: true });
  const show = (response: Response, page: AdminPage, status = 200): void => {
    response
      .status(status)
      .type("html")
      .send(adminLayout(hosts, shopOf(response), page).text);
  };
  const notFound = (response: Response): void => show(response, notFoundPage(shopOf(response)), 404);

  router.use((request, response, next) => {
    const name = String(Reflect.get(request.params, "shop"));
    const shop = devShop.world.shops[name];
    if (!shop) {
      response.status(404).type("text").send(`There is no shop called "${name}" here.\n`);
      return;
    }
    response.locals["shop"] = shop;
    next();
  });
  router.get("/", (_request, response) => show(response, homePage(hosts, shopOf(response))));
  router.get("/orders", (_request, response) => show(response, ordersPage(shopOf(response))));
  router.get("/customers", (_request, response) => show(response, customersPage(shopOf(response))));
  router.get("/products", (_request, response) => show(response, productsPage(shopOf(response))));
  router.get("/orders/:id", (request, response) => {
    const order = shopOf(response).orders[request.params.id];
    if (order) show(response, orderPage(hosts, shopOf(response), order));
    else notFound(response);
  });
  router.get("/customers/:id", (request, response) => {
    const customer = shopOf(response).customers[request.params.id];
    if (customer) show(response, customerPage(hosts, shopOf(response), customer));
    else notFound(response);
  });
  router.get("/products/:id", (request, response) => {
    const product = shopOf(response).products[request.params.id];
    if (product) show(response, productPage(shopOf(response), product));
    else notFound(response);
  });

  router.get("/session-token", (_request, response) => {
    response.set("cache-control", "no-store").json({ token: createIdToken(devShop.config, shopOf(response)) });
  });
  router.get("/picker", (request, response) => {
    const { query, ids, type } = request.query;
    const pick = type === "variant" ? pickVariants : pickProducts;
    const wanted = typeof ids === "string" && ids !== "" ? ids.split(",") : [];
    response.json(pick(shopOf(response), typeof query === "string" ? query : "", wanted));
  });
  router.post("/grant", express.urlencoded({ extended: false }), (request, response) => {
    grantScopes(devShop, shopOf(response));
    const body: unknown = request.body;
    const path = typeof body === "object" && body !== null ? String(Reflect.get(body, "path") ?? "") : "";
    const inside = /^\/(?!\/)/.test(path) ? path : "";
    response.redirect(303, `/store/${shopOf(response).name}/apps/${devShop.config.app.handle}${inside}`);
  });
  // Shopify's managed installation: where an app sends a merchant who has not granted all it asks for.
  router.get("/oauth/install", (request, response) => {
    if (request.query["client_id"] !== devShop.config.apiKey) notFound(response);
    else show(response, permissionPage(hosts, shopOf(response), ""));
  });
  router.get("/apps/:app*", (request, response) => {
    const { app, apiKey } = devShop.config;
    const handle = Reflect.get(request.params, "app") as string;
    if (handle !== app.handle && handle !== apiKey) {
      notFound(response);
      return;
    }
    const shop = shopOf(response);
    const path = request.url.slice(`/apps/${handle}`.length);
    if (handle === apiKey) {
      // Shopify's libraries know the app by its key; people see its handle.
      response.redirect(`/store/${shop.name}/apps/${app.handle}${path}`);
      return;
    }
    const asks = missingScopes(devShop, shop).length > 0;
    show(response, asks ? permissionPage(hosts, shop, path) : appPage(hosts, shop, path));
  });
  router.use((_request, response) => notFound(response));
  return router;
}

const shopOf = (response: Response): Shop => response.locals["shop"] as Shop;
