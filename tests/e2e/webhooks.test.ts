import { createHmac, randomUUID } from "node:crypto";
import http from "node:http";

import { beforeEach, describe, expect, inject, test } from "vitest";

import { useDatabase } from "./database";

const { appPort, env } = inject("demo");
const OVER_THE_LIMIT = 2 * 1024 * 1024 + 1;

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Sends no length: the size shows only while it is read. */
  chunked?: boolean;
}

/** A request to the app's own port, past every proxy; resolves with the answer's status. */
function send({ method = "POST", path = "/webhooks", headers = {}, body = "", chunked = false }: Sent) {
  return new Promise<number>((resolve, reject) => {
    const request = http.request(
      {
        host: "127.0.0.1",
        port: appPort,
        method,
        path,
        headers: { ...headers, ...(chunked ? {} : { "Content-Length": String(Buffer.byteLength(body)) }) },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    // Whoever refuses a body before its end closes the connection: the answer counts, if it came.
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ECONNRESET") reject(error);
    });
    const half = Math.floor(body.length / 2);
    request.write(body.slice(0, half));
    request.end(body.slice(half));
  });
}

const sign = (body: string) =>
  createHmac("sha256", env["SHOPIFY_API_SECRET"] ?? "")
    .update(body)
    .digest("base64");

const headersOf = (body: string, change: Record<string, string | null> = {}): Record<string, string> => {
  const all: Record<string, string | null> = {
    "Content-Type": "application/json",
    "X-Shopify-Topic": "customers/update",
    "X-Shopify-Hmac-Sha256": sign(body),
    "X-Shopify-Shop-Domain": "kaffebonna.myshopify.com",
    "X-Shopify-Api-Version": "2026-07",
    "X-Shopify-Webhook-Id": randomUUID(),
    "X-Shopify-Event-Id": randomUUID(),
    "X-Shopify-Triggered-At": new Date().toISOString(),
    ...change,
  };
  return Object.fromEntries(Object.entries(all).filter((each): each is [string, string] => each[1] !== null));
};

const GOOD = JSON.stringify({ id: 1, admin_graphql_api_id: "gid://shopify/Customer/1" });
const HUGE = JSON.stringify({ admin_graphql_api_id: "gid://shopify/Customer/1", note: "x".repeat(OVER_THE_LIMIT) });

describe("a webhook at the app's own port", () => {
  const database = useDatabase();
  const stored = () => database.count(`"Webhook"`);
  const marked = () => database.count(`"Reread" WHERE "shopifyId" = 'gid://shopify/Customer/1'`);
  let before = { stored: 0, marked: 0 };

  beforeEach(async () => {
    before = { stored: await stored(), marked: await marked() };
  });

  test.each<[string, number, Sent]>([
    ["without a signature", 401, { body: GOOD, headers: headersOf(GOOD, { "X-Shopify-Hmac-Sha256": null }) }],
    ["with a forged signature", 401, { body: GOOD, headers: headersOf(`${GOOD} `) }],
    [
      "with a signature that is no base64",
      401,
      { body: GOOD, headers: headersOf(GOOD, { "X-Shopify-Hmac-Sha256": "é?" }) },
    ],
    [
      "of a topic that the app has not asked for",
      404,
      { body: GOOD, headers: headersOf(GOOD, { "X-Shopify-Topic": "orders/create" }) },
    ],
    ["without a topic", 400, { body: GOOD, headers: headersOf(GOOD, { "X-Shopify-Topic": null }) }],
    ["whose body is no JSON", 400, { body: "{nei", headers: headersOf("{nei") }],
    ["whose body is empty", 400, { body: "", headers: headersOf("") }],
    ["whose body names nothing", 400, { body: "{}", headers: headersOf("{}") }],
    ["whose body says that it is too large", 413, { body: HUGE, headers: headersOf(HUGE) }],
    ["whose body turns out to be too large", 413, { body: HUGE, headers: headersOf(HUGE), chunked: true }],
    ["that is a GET", 405, { method: "GET", headers: headersOf("") }],
    ["that is a PUT", 405, { method: "PUT", body: GOOD, headers: headersOf(GOOD) }],
  ])("%s is answered %i, and nothing is stored", async (_what, status, sent) => {
    expect(await send(sent)).toBe(status);
    expect({ stored: await stored(), marked: await marked() }).toEqual(before);
  });

  test("of a shop that the app does not know is answered 200, so that it ends, and nothing is stored", async () => {
    const headers = headersOf(GOOD, { "X-Shopify-Shop-Domain": "noen-andre.myshopify.com" });
    expect(await send({ body: GOOD, headers })).toBe(200);
    expect(await stored()).toBe(before.stored);
  });

  test("that is good is stored once, however often it is delivered", async () => {
    const first = headersOf(GOOD);
    // Shopify's retries keep the event and change the delivery.
    const again = { ...first, "X-Shopify-Webhook-Id": randomUUID() };
    expect(await send({ body: GOOD, headers: first })).toBe(200);
    expect(await Promise.all([again, first, again].map((headers) => send({ body: GOOD, headers })))).toEqual([
      200, 200, 200,
    ]);
    expect(await stored()).toBe(before.stored + 1);
  });

  test("that was refused does not stop the next good one", async () => {
    expect(await send({ body: HUGE, headers: headersOf(HUGE), chunked: true })).toBe(413);
    expect(await send({ body: GOOD, headers: headersOf(GOOD) })).toBe(200);
    expect(await stored()).toBe(before.stored + 1);
  });
});
