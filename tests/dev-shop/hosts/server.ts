import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import express, { type ErrorRequestHandler, type Express, type Router } from "express";
import { answerTurn, TURNS_PATH } from "./clock-turns";
import { accountsShop } from "../customer-accounts/address";
import type { Hosts } from "./context";
import { html } from "./html";
import { proxyToApp } from "./tunnel";

export interface HostRouters {
  /** `<shop>.myshopify.com`, by rerouted calls of the app's server. */
  shopify: Router;
  /** `localhost`: admin shell, control API, App Bridge. */
  shell: Router;
  /** `<shop>.localhost`: theme, cart, checkout, account; finds its shop in `res.locals.shop`. */
  storefront: Router;
  /** `account.<shop>.localhost`: customer accounts and the extensions in them; finds its shop likewise. */
  accounts: Router;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** One HTTP server for all hosts; which one is meant is told by the Host header (or by the rerouted call's own). */
export function createHostServer(hosts: Hosts, routers: HostRouters): Server {
  const apps = {
    shopify: expressApp(routers.shopify),
    shell: expressApp(routers.shell),
    storefront: expressApp(ofShop(hosts, routers.storefront, (hostname) => hostname.replace(/\.localhost$/, ""))),
    accounts: expressApp(ofShop(hosts, routers.accounts, accountsShop)),
  };
  return createServer((request, response) => {
    const { hostname, rerouted } = hostOf(request);
    if (rerouted || hostname.endsWith(".myshopify.com")) {
      serve(apps.shopify, request, response, hostname);
    } else if (hostname === new URL(hosts.devShop.config.tunnelOrigin).hostname) {
      proxyToApp(hosts.devShop, hosts.shellOrigin, request, response);
    } else if (LOOPBACK.has(hostname) && request.method === "POST" && request.url === TURNS_PATH) {
      answerTurn(hosts.clock, request, response);
    } else if (LOOPBACK.has(hostname)) {
      serve(apps.shell, request, response, hostname);
    } else if (accountsShop(hostname) !== null) {
      serve(apps.accounts, request, response, hostname);
    } else if (hostname.endsWith(".localhost")) {
      serve(apps.storefront, request, response, hostname);
    } else {
      // A page of another site must not reach the stand-in through a name of its own.
      response.writeHead(421, { "content-type": "text/plain; charset=utf-8" });
      response.end(`The stand-in plays no host called ${hostname}.\n`);
    }
  });
}

function hostOf(request: IncomingMessage): { hostname: string; rerouted: boolean } {
  const original = request.headers["x-dev-shop-original-host"];
  const host = String(original ?? request.headers.host ?? "").toLowerCase();
  return { hostname: host.replace(/:\d+$/, ""), rerouted: original !== undefined };
}

function serve(app: Express, request: IncomingMessage, response: ServerResponse, hostname: string): void {
  Object.assign(response, { devShopHostname: hostname });
  app(request, response);
}

function expressApp(router: Router): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "extended");
  app.use((_request, response, next) => {
    response.locals["hostname"] = Reflect.get(response, "devShopHostname");
    next();
  });
  app.use(router);
  app.use(((error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = statusOf(error);
    const message = error instanceof Error ? error.message : String(error);
    if (status >= 500 && status !== 501 && status !== 504) console.error(error);
    response.status(status).json({ error: message });
  }) satisfies ErrorRequestHandler);
  return app;
}

function statusOf(error: unknown): number {
  const status: unknown = typeof error === "object" && error !== null && "status" in error ? error.status : 500;
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}

/** Finds the shop that a host is about; without one it says so. */
function ofShop(hosts: Hosts, pages: Router, shopName: (hostname: string) => string | null): Router {
  const router = express.Router();
  router.use((_request, response, next) => {
    const name = shopName(String(response.locals["hostname"])) ?? "";
    const shop = hosts.devShop.world.shops[name];
    if (!shop) {
      response
        .status(404)
        .type("html")
        .send(
          html`<!doctype html>
            <html lang="en">
              <title>No such shop</title>
              <h1>No such shop</h1>
              <p>There is no shop called “${name}” here. <a href="${hosts.shellOrigin}/">See which there are</a>.</p>
            </html>`.text,
        );
      return;
    }
    response.locals["shop"] = shop;
    next();
  });
  router.use(pages);
  return router;
}
