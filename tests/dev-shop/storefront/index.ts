import { join } from "node:path";
import express, { Router } from "express";
import type { ErrorRequestHandler } from "express";
import type { DevShop } from "../dev-shop";
import { accountPages } from "./pages/account";
import { appProxy } from "./pages/app-proxy";
import { cartPages } from "./pages/cart";
import { catalogPages, notFound } from "./pages/catalog";
import { challengePages } from "./pages/challenge";
import { checkoutPages } from "./pages/checkout";
import { handle } from "./pages/tools";
import { Theme } from "./theme";
import { THEMES } from "./visitor";

const MAX_BODY = "1mb";

/**
 * One shop's online store: theme, cart, checkout, account and app proxy. The server mounts it for each storefront host
 * and sets `res.locals.shop`; it must not have read the body before, since an app proxy passes bodies on as they are.
 */
export function storefrontRouter(devShop: DevShop): Router {
  const theme = new Theme(devShop.config.app, devShop.config.root);
  const router = Router();

  for (const root of [THEMES.standard, THEMES.classic]) {
    router.use("/cdn/theme", express.static(join(root, "assets"), { index: false }));
  }
  router.use("/cdn/shopify", express.static(join(import.meta.dirname, "browser"), { index: false }));
  router.use(
    "/cdn/extension",
    express.static(join(devShop.config.root, "extensions", "storefront", "assets"), { index: false }),
  );
  router.get("/favicon.ico", (_request, response) => response.redirect(301, "/cdn/theme/favicon.svg"));

  router.use(express.raw({ type: () => true, limit: MAX_BODY }));
  const proxy = devShop.config.app.appProxy;
  if (proxy) router.use(`/${proxy.prefix}/${proxy.subpath}`, appProxy(devShop, theme));
  router.use(
    catalogPages(theme),
    cartPages(devShop, theme),
    checkoutPages(devShop, theme),
    accountPages(devShop, theme),
    challengePages(devShop),
  );
  router.use(handle((visitor, _request, response) => notFound(theme, visitor, response)));

  const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const status = typeof error === "object" && error !== null && "status" in error ? Number(error.status) : 500;
    const message = error instanceof Error ? error.message : String(error);
    response
      .status(status >= 400 && status < 600 ? status : 500)
      .type("text")
      .send(`${message}\n`);
  };
  router.use(failed);
  return router;
}
