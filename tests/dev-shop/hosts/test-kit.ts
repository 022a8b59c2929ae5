import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { createHmac } from "node:crypto";
import { createShop } from "../domain";
import { startDevShop, type DevShopOptions, type RunningDevShop } from "../start";
import type { Shop } from "../world";

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A tiny app: answers what the test tells it to, and remembers what it was asked. */
export interface TinyApp {
  origin: string;
  received: Received[];
  answer: (received: Received, response: ServerResponse) => void;
  stop(): Promise<void>;
}

export async function startTinyApp(): Promise<TinyApp> {
  const app: TinyApp = {
    origin: "",
    received: [],
    answer: (_received, response) => response.end("ok"),
    stop: () => closed(server),
  };
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const received = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      app.received.push(received);
      app.answer(received, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  app.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return app;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

export const NOW = "2026-03-02T11:00:00.000Z";

/** The stand-in with one empty shop in which the app is installed, on free ports. */
export async function startWithShop(
  app: TinyApp,
  options: Partial<DevShopOptions> = {},
): Promise<{ running: RunningDevShop; shop: Shop; call: Caller }> {
  const running = await startDevShop({ port: 0, smtpPort: 0, appOrigin: app.origin, now: NOW, ...options });
  const { world, config } = running.devShop;
  const shop = createShop(world, {
    name: "proving",
    title: "Proving ground",
    currency: "NOK",
    timeZone: "Europe/Oslo",
    locale: "en",
    countryCode: "NO",
    grantedScopes: [...config.app.scopes],
  });
  return { running, shop, call: callerOf(running) };
}

export type Caller = (
  method: "GET" | "POST",
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; body: Record<string, unknown>; text: string; headers: Headers }>;

/** Calls the stand-in; a path of another host is given as "//proving.myshopify.com/…". */
function callerOf(running: RunningDevShop): Caller {
  const origin = running.origin.replace("localhost", "127.0.0.1");
  return async (method, path, body, headers = {}) => {
    const rerouted = /^\/\/([^/]+)(\/.*)$/.exec(path);
    const response = await fetch(origin + (rerouted?.[2] ?? path), {
      method,
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        ...(rerouted?.[1] === undefined ? {} : { "x-dev-shop-original-host": rerouted[1] }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: jsonOf(text), text, headers: response.headers };
  };
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export const hmac = (text: string, secret: string, encoding: "base64" | "hex"): string =>
  createHmac("sha256", secret).update(text).digest(encoding);
