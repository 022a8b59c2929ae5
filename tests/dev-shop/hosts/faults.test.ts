import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emit } from "../domain";
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
});
afterEach(async () => {
  await running.stop();
  await app.stop();
});

const faults = (body: object) => call("POST", "/_control/faults", body);
const settle = (advance: string) => call("POST", "/_control/clock", { advance, settle: true });
const say = (id: number): void => emit(running.devShop.world, shop, "shop/update", { id });
const arrived = () => app.received.filter(({ path }) => path === "/webhooks");
const bodies = () => arrived().map(({ body }) => (JSON.parse(body) as { id: number }).id);

describe("POST /faults", () => {
  test("answers with what is set, fills in what was left out, and {} clears it", async () => {
    expect((await faults({ seed: 5, timeout: 0.25, operations: ["Read"] })).body).toMatchObject({
      seed: 5,
      timeout: 0.25,
      throttle: 0,
      webhookDrop: 0,
      operations: ["Read"],
    });
    expect((await faults({})).body).toEqual({});
    expect(running.devShop.world.settings.faults).toBeNull();
  });

  test.each([{ timeout: 1.5 }, { timeout: "often" }, { tiemout: 1 }, { operations: [] }])(
    "refuses %j in words",
    async (body) => {
      const answer = await faults(body);
      expect(answer.status).toBe(400);
      expect(answer.body["error"]).toBeTruthy();
    },
  );

  test("a time-out cuts the connection after the work is done", async () => {
    shop.tokens.push({
      token: "good",
      refreshToken: "",
      scopes: [...(shop.grantedScopes ?? [])],
      expiresAt: Number.MAX_SAFE_INTEGER,
      refreshExpiresAt: 0,
      refreshUsed: false,
      online: false,
    });
    const ask = () =>
      call(
        "POST",
        "//proving.myshopify.com/admin/api/2026-07/graphql.json",
        { query: "query Read { shop { id } }" },
        { "x-shopify-access-token": "good" },
      );
    expect((await ask()).status).toBe(200);
    await faults({ timeout: 1 });
    await expect(ask()).rejects.toThrow("fetch failed");
    expect(shop.calls.at(-1)).toMatchObject({ operation: "Read", outcome: "TIMEOUT" });
    await faults({ failBefore: 1 });
    expect((await ask()).status).toBe(502);
  });
});

describe("webhooks", () => {
  test("dropped: never sent, and the list says so", async () => {
    await faults({ webhookDrop: 1 });
    say(1);
    await settle("PT6H");
    expect(arrived()).toEqual([]);
    expect((await call("GET", "/_control/webhooks?shop=proving")).body["items"]).toMatchObject([
      { topic: "shop/update", tries: 0, outcome: "dropped" },
    ]);
  });

  test("duplicated: sent twice with the same ids", async () => {
    await faults({ webhookDuplicate: 1 });
    say(1);
    await settle("PT1H");
    expect(bodies()).toEqual([1, 1]);
    for (const header of ["x-shopify-webhook-id", "x-shopify-event-id", "x-shopify-triggered-at"]) {
      expect(new Set(arrived().map(({ headers }) => headers[header])).size).toBe(1);
    }
  });

  test("delayed: sent minutes of the shop's time later, by their limit at the latest, and triggered when they were", async () => {
    await faults({ webhookDelay: 1, webhookDelayMinutes: 60 });
    say(1);
    const triggered = shop.outbox[0]?.at;
    await settle("PT30S");
    expect(arrived()).toEqual([]);
    await settle("PT1H");
    expect(bodies()).toEqual([1]);
    expect(arrived()[0]?.headers["x-shopify-triggered-at"]).toBe(triggered);
  });

  test("reordered: all of them arrive, and in another order than they happened in", async () => {
    await faults({ seed: 2, webhookReorder: 0.5 });
    const told = Array.from({ length: 12 }, (_, index) => index + 1);
    for (const id of told) {
      say(id);
      await settle("PT1S");
    }
    await settle("PT5M");
    expect([...bodies()].sort((a, b) => a - b)).toEqual(told);
    expect(bodies()).not.toEqual(told);
  });
});
