import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emit, uninstall } from "../domain";
import type { RunningDevShop } from "../start";
import type { Shop } from "../world";
import { hmac, startTinyApp, startWithShop, type Caller, type TinyApp } from "./test-kit";
import { RETRY_MINUTES } from "./webhooks";

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

const settle = (advance: string) => call("POST", "/_control/clock", { advance, settle: true });
const say = (topic: string, payload: unknown = { id: 1 }): void => emit(running.devShop.world, shop, topic, payload);
const deliveries = () => app.received.filter(({ path }) => path === "/webhooks");

describe("a webhook", () => {
  test("is signed over its raw body and carries Shopify's headers", async () => {
    say("subscription_contracts/create", { id: 7, name: "blåbær" });
    await settle("PT1S");
    const [delivery] = deliveries();
    expect(JSON.parse(delivery?.body ?? "")).toEqual({ id: 7, name: "blåbær" });
    expect(delivery?.method).toBe("POST");
    expect(delivery?.headers).toMatchObject({
      "x-shopify-topic": "subscription_contracts/create",
      "x-shopify-shop-domain": "proving.myshopify.com",
      "x-shopify-api-version": "2026-07",
      "x-shopify-hmac-sha256": hmac(delivery?.body ?? "", running.devShop.config.apiSecret, "base64"),
      "x-shopify-webhook-id": shop.webhooks[0]?.id,
      "x-shopify-event-id": shop.webhooks[0]?.eventId,
      "x-shopify-triggered-at": shop.webhooks[0]?.triggeredAt,
    });
    expect(shop.webhooks[0]).toMatchObject({ tries: 1, outcome: "delivered", status: 200 });
  });

  test("leaves by itself, without a move of the clock", async () => {
    say("shop/update");
    running.devShop.changed();
    await expect.poll(() => deliveries().length).toBe(1);
  });

  test("that the TOML does not list is not sent", async () => {
    say("orders/create");
    await settle("PT1S");
    expect(deliveries()).toEqual([]);
    expect(shop.webhooks).toEqual([]);
  });

  test("is tried eight times more over four hours of the shop's time, always with the same ids, then given up", async () => {
    app.answer = (_received, response) => {
      response.statusCode = 500;
      response.end();
    };
    say("shop/update");
    await settle("PT5H");
    expect(deliveries()).toHaveLength(9);
    expect(RETRY_MINUTES.reduce<number>((sum, minutes) => sum + minutes, 0)).toBe(4 * 60);
    expect(new Set(deliveries().map(({ headers }) => headers["x-shopify-webhook-id"])).size).toBe(1);
    expect(shop.webhooks[0]).toMatchObject({ tries: 9, outcome: "failed", nextTryAt: null });
  });

  test("that is answered at the second try is delivered then, not before its time", async () => {
    app.answer = (_received, response) => {
      response.statusCode = deliveries().length === 1 ? 503 : 200;
      response.end();
    };
    say("shop/update");
    await settle("PT30S");
    expect(deliveries()).toHaveLength(1);
    await settle("PT1M");
    expect(deliveries()).toHaveLength(2);
    expect(shop.webhooks[0]).toMatchObject({ tries: 2, outcome: "delivered" });
  });

  test("of a shop that has uninstalled is not sent, but for the uninstall itself and what the law asks for", async () => {
    uninstall(running.devShop.world, shop);
    say("shop/update");
    say("customers/redact");
    await settle("PT1S");
    expect(
      deliveries()
        .map(({ headers }) => headers["x-shopify-topic"])
        .sort(),
    ).toEqual(["app/uninstalled", "customers/redact"]);
  });
});
