import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express from "express";
import type { DevShop } from "../dev-shop";
import { readAppConfig } from "../hosts/app-config";
import kaffebonna, { DEMO_APP_ID } from "../scenarios/kaffebonna";
import { createWorld } from "../world";
import type { Shop, World } from "../world";
import { storefrontRouter } from "./index";

export const NOW = "2026-11-23T11:00:00.000Z";
export const API_SECRET = "a secret of this test";
const ROOT = join(import.meta.dirname, "../../..");

export interface AppRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A storefront of Kaffebønna on a free port, with a tiny app behind its proxy. */
export interface Storefront {
  devShop: DevShop;
  shop: Shop;
  origin: string;
  appRequests: AppRequest[];
  answer: (request: AppRequest, response: ServerResponse) => void;
  visitor(): Visitor;
  stop(): Promise<void>;
}

/** A browser without pictures and scripts: keeps cookies, does not follow redirects by itself. */
export interface Visitor {
  get(path: string): Promise<Answer>;
  post(path: string, fields: Record<string, string> | FormData, json?: boolean): Promise<Answer>;
  json(path: string, body: unknown): Promise<Answer>;
}

export interface Answer {
  status: number;
  location: string | null;
  headers: Headers;
  text: string;
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

async function bodyOf(message: IncomingMessage): Promise<string> {
  let text = "";
  message.setEncoding("utf8");
  for await (const chunk of message) text += String(chunk);
  return text;
}

export async function startStorefront(subscribers = 3): Promise<Storefront> {
  const world = createWorld(NOW);
  return storefrontOf(world, kaffebonna(world, { subscribers }));
}

/** As `startStorefront`, of a shop that is there already. */
export async function storefrontOf(world: World, shop: Shop): Promise<Storefront> {
  const appRequests: AppRequest[] = [];

  const appServer = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? "", "http://app");
      const received = { method: request.method ?? "", url, headers: request.headers, body };
      appRequests.push(received);
      storefront.answer(received, response);
    });
  });
  const appOrigin = await listen(appServer);

  const devShop: DevShop = {
    world,
    config: {
      port: 0,
      smtpPort: 0,
      appOrigin,
      tunnelOrigin: "http://perennial.localhost:4000",
      apiKey: DEMO_APP_ID,
      apiSecret: API_SECRET,
      app: readAppConfig(ROOT),
      root: ROOT,
      stateFile: null,
      appDatabaseUrl: null,
    },
    changed: () => undefined,
  };
  const site = express();
  site.use((_request, response, next) => {
    response.locals["shop"] = shop;
    next();
  });
  site.use(storefrontRouter(devShop));
  const server = createServer(site);
  const origin = await listen(server);

  const storefront: Storefront = {
    devShop,
    shop,
    origin,
    appRequests,
    answer: (_request, response) => response.end("ok"),
    visitor: () => visitorAt(origin),
    stop: async () => {
      await close(server);
      await close(appServer);
    },
  };
  return storefront;
}

function visitorAt(origin: string): Visitor {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(origin + path, { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return {
      status: response.status,
      location: response.headers.get("location"),
      headers: response.headers,
      text: await response.text(),
    };
  };
  return {
    get: (path) => send(path, {}),
    json: (path, body) =>
      send(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    post: (path, fields, json = false) =>
      json
        ? send(path, {
            method: "POST",
            body: JSON.stringify(fields),
            headers: { "content-type": "application/json" },
          })
        : send(path, { method: "POST", body: fields instanceof FormData ? fields : new URLSearchParams(fields) }),
  };
}

/** A product's handle → its first variant and the shop's plans by weeks. */
export function wares(shop: Shop, handle: string): { variantId: string; planByWeeks: Record<number, string> } {
  const product = Object.values(shop.products).find((candidate) => candidate.handle === handle);
  const planByWeeks = Object.fromEntries(
    Object.values(shop.sellingPlans).map((plan) => [plan.billingPolicy.intervalCount, plan.id]),
  );
  return { variantId: product?.variantIds[0] ?? "", planByWeeks };
}

/** What a new customer writes at checkout, besides the e-mail address. */
export const ADDRESS = { first_name: "Ny", last_name: "Kunde", address1: "Storgata 1", zip: "0155", city: "Oslo" };

/** Puts a product's first variant in the cart, by the plan of so many weeks, or once. */
export function put(
  { shop }: Storefront,
  visitor: Visitor,
  handle: string,
  weeks: number | null,
  quantity = "1",
): Promise<Answer> {
  const { variantId, planByWeeks } = wares(shop, handle);
  const plan = weeks === null ? "" : (planByWeeks[weeks] ?? "");
  return visitor.post("/cart/add", { id: variantId, quantity, selling_plan: plan });
}
