import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunningDevShop } from "../start";
import type { Shop } from "../world";
import { startTinyApp, startWithShop, type Caller, type TinyApp } from "./test-kit";

let app: TinyApp;
let running: RunningDevShop;
let shop: Shop;
let call: Caller;

beforeEach(async () => {
  app = await startTinyApp();
  ({ running, shop, call } = await startWithShop(app));
  shop.tokens.push({
    token: "good",
    refreshToken: "",
    scopes: [...(shop.grantedScopes ?? [])],
    expiresAt: Number.MAX_SAFE_INTEGER,
    refreshExpiresAt: 0,
    refreshUsed: false,
    online: false,
  });
});
afterEach(async () => {
  await running.stop();
  await app.stop();
});

const PATH = "//proving.myshopify.com/admin/api/2026-07/graphql.json";
const HEADERS = { "x-shopify-access-token": "good", "x-dev-shop-process": "4711" };
const ask = () => call("POST", PATH, { query: "query Read { shop { id } }" }, HEADERS);
const hold = (body: object) => call("POST", "/_control/hold", body);
const waiting = async () => (await call("GET", "/_control/hold")).body["waiting"];

test("a call held before its work has done nothing yet, says who waits, and is carried out when it is released", async () => {
  expect((await hold({ operation: "Read", when: "before" })).status).toBe(200);
  const answer = ask();
  await expect.poll(waiting).toEqual([{ shop: "proving", process: 4711, operation: "Read", when: "before" }]);
  expect(shop.calls).toEqual([]);

  // One hold is for one call: others of the same name pass.
  expect((await ask()).status).toBe(200);
  await call("POST", "/_control/release");
  expect((await answer).status).toBe(200);
  expect(shop.calls).toHaveLength(2);
  expect(await waiting()).toEqual([]);
});

test("of a caller whose connection ends, a call held before its work is never done, and one held after it is", async () => {
  const origin = running.origin.replace("localhost", "127.0.0.1");
  const cut = async () => {
    const connection = new AbortController();
    const answer = fetch(`${origin}/admin/api/2026-07/graphql.json`, {
      method: "POST",
      headers: { ...HEADERS, "x-dev-shop-original-host": "proving.myshopify.com" },
      body: JSON.stringify({ query: "{ shop { id } }" }),
      signal: connection.signal,
    });
    await expect.poll(waiting).toHaveLength(1);
    connection.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(waiting).toEqual([]);
  };
  // An operation without a name goes by its fields.
  await hold({ operation: "shop", when: "before" });
  await cut();
  expect(shop.calls).toEqual([]);
  await hold({ operation: "shop", when: "after" });
  await cut();
  expect(shop.calls).toHaveLength(1);
});

test("calls before the one that is meant pass, and so do those of another name", async () => {
  await hold({ operation: "Read", when: "before", skip: 1 });
  await hold({ operation: "Other", when: "before" });
  expect((await ask()).status).toBe(200);
  const answer = ask();
  await expect.poll(waiting).toHaveLength(1);
  await call("POST", "/_control/release");
  expect((await answer).status).toBe(200);
  expect((await call("GET", "/_control/hold")).body["holds"]).toEqual([]);
  expect((await hold({ operation: "Read", when: "sometime" })).status).toBe(400);
});
