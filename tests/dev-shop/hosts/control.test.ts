import { isEnumType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminSchema } from "../admin-api/schema";
import type { RunningDevShop } from "../start";
import type { Shop } from "../world";
import { startTinyApp, startWithShop, type Caller, type TinyApp } from "./test-kit";

let app: TinyApp;
let running: RunningDevShop;
let shop: Shop;
let call: Caller;

/** The demo shop Kaffebønna: thirty subscribers with a history. */
beforeAll(async () => {
  app = await startTinyApp();
  ({ running, call } = await startWithShop(app, { scenarios: ["kaffebonna"] }));
  const kaffebonna = running.devShop.world.shops["kaffebonna"];
  if (!kaffebonna) throw new Error("The scenario made no shop.");
  shop = kaffebonna;
});
afterAll(async () => {
  await running.stop();
  await app.stop();
});

const items = async (path: string): Promise<Record<string, unknown>[]> =>
  (await call("GET", `/_control${path}`)).body["items"] as Record<string, unknown>[];
const planned = () => {
  const plan = Object.values(shop.sellingPlans)[0];
  const group = shop.sellingPlanGroups[plan?.groupId ?? ""];
  const product = shop.products[group?.productIds[0] ?? ""];
  return { sellingPlanId: plan?.id ?? "", variantId: product?.variantIds[0] ?? "" };
};

describe("GET", () => {
  test("/state says what time it is, which shops there are, and counts", async () => {
    const { body } = await call("GET", "/_control/state");
    expect(Object.keys(body)).toEqual(["now", "shop", "shops", "counts"]);
    expect(body["shop"]).toBe("kaffebonna");
    expect(body["shops"]).toEqual(["kaffebonna", "proving"]);
    expect(Object.keys(body["counts"] as object)).toEqual(["contracts", "attempts", "orders", "webhooks", "calls"]);
    expect((await call("GET", "/_control/state?shop=proving")).body["shop"]).toBe("proving");
    expect((await call("GET", "/_control/state?shop=none")).status).toBe(404);
  });

  test("lists have exactly their documented fields, and numbers are decimal strings", async () => {
    const [contract] = await items("/contracts?limit=1");
    expect(Object.keys(contract ?? {})).toEqual(["id", "status", "customer", "lines", "billingCycles"]);
    expect(Object.keys((contract?.["lines"] as object[])[0] ?? {})).toEqual([
      "id",
      "variantId",
      "sellingPlanId",
      "quantity",
      "price",
      "currency",
    ]);
    expect((contract?.["billingCycles"] as object[])[0]).toEqual({
      cycleIndex: 1,
      billingAttemptExpectedDate: expect.stringMatching(/^\d{4}-/),
      status: expect.stringMatching(/^(UN)?BILLED$/),
      skipped: expect.any(Boolean),
    });
    const [attempt] = await items("/attempts?limit=1");
    expect(Object.keys(attempt ?? {})).toEqual([
      "id",
      "contractId",
      "cycleIndex",
      "idempotencyKey",
      "state",
      "errorCode",
      "orderId",
      "origin",
      "createdAt",
    ]);
    const [order] = await items("/orders?limit=1");
    expect(Object.keys(order ?? {})).toEqual(["id", "contractId", "cycleIndex", "total", "currency", "createdAt"]);
    expect(order?.["total"]).toMatch(/^\d+\.\d{2}$/);
    expect(await items("/fulfillments")).toEqual([]);
  });

  test("a list is read to its end by its cursor: every item once, oldest first", async () => {
    const ids: unknown[] = [];
    let after: unknown = null;
    do {
      const cursor = after === null ? "" : `&after=${String(after)}`;
      const { body } = await call("GET", `/_control/orders?limit=100${cursor}`);
      ids.push(...(body["items"] as { id: string }[]).map(({ id }) => id));
      after = body["after"];
    } while (after !== null);
    expect(ids).toEqual(Object.keys(shop.orders));
  });

  test.each(["/orders?limit=0", "/orders?limit=5000", "/orders?limit=x", "/orders?after=nothing"])(
    "%s is refused with a sentence",
    async (path) => {
      const { status, body } = await call("GET", `/_control${path}`);
      expect([status, typeof body["error"]]).toEqual([400, "string"]);
    },
  );
});

describe("POST", () => {
  test("/subscribe is a checkout: an order, a contract, and a webhook to the app", async () => {
    shop.grantedScopes = [...running.devShop.config.app.scopes];
    const { status, body } = await call("POST", "/_control/subscribe", {
      customer: "ny.kunde@example.com",
      lines: [{ ...planned(), quantity: 2 }],
    });
    expect(status).toBe(200);
    const [contractId = ""] = body["contractIds"] as string[];
    expect(shop.orders[String(body["orderId"])]?.contractIds).toEqual([contractId]);
    expect(shop.customers[shop.contracts[contractId]?.customerId ?? ""]?.email).toBe("ny.kunde@example.com");
    await expect
      .poll(() => app.received.map(({ headers }) => headers["x-shopify-topic"]))
      .toContain("subscription_contracts/create");
    await expect.poll(async () => (await items("/webhooks?limit=1000")).at(-1)?.["outcome"]).toBe("delivered");
    expect(Object.keys((await items("/webhooks"))[0] ?? {})).toEqual(["id", "topic", "tries", "outcome"]);
  });

  test("/subscribe with a plan that is not the product's is refused in words", async () => {
    const { status, body } = await call("POST", "/_control/subscribe", {
      customer: "ny.kunde@example.com",
      lines: [{ variantId: planned().variantId, sellingPlanId: "1", quantity: 1 }],
    });
    expect([status, typeof body["error"]]).toEqual([422, "string"]);
  });

  test("/customers/:id/card decides how the next charges end; global ids do as well as numbers", async () => {
    const [customer] = Object.values(shop.customers);
    const path = `/_control/customers/${encodeURIComponent(`gid://shopify/Customer/${customer?.id ?? ""}`)}/card`;
    expect((await call("POST", path, { outcome: ["INSUFFICIENT_FUNDS", "success"] })).status).toBe(200);
    expect(customer?.cardOutcomes).toEqual(["INSUFFICIENT_FUNDS", "success"]);
    expect((await call("POST", path, { outcome: "NO_SUCH_CODE" })).status).toBe(400);
    expect((await call("POST", "/_control/customers/1/card", { outcome: "success" })).status).toBe(404);
  });

  test("/customers/:id/payment-method updates, replaces and revokes", async () => {
    const customer = Object.values(shop.customers)[1];
    const path = `/_control/customers/${customer?.id ?? ""}/payment-method`;
    const methods = () => Object.values(shop.paymentMethods).filter((one) => one.customerId === customer?.id);
    await call("POST", path, { update: { lastDigits: "1111" } });
    expect(methods().map(({ lastDigits }) => lastDigits)).toEqual(["1111"]);
    await call("POST", path, { replace: true });
    expect(methods().map(({ revokedAt }) => revokedAt !== null)).toEqual([true, false]);
    await call("POST", path, { revoke: true });
    expect(methods().every(({ revokedAt }) => revokedAt !== null)).toBe(true);
    const reasons = adminSchema().schema.getType("CustomerPaymentMethodRevocationReason");
    const known = isEnumType(reasons) ? reasons.getValues().map(({ name }) => name) : [];
    for (const { revokedReason } of methods()) expect(known).toContain(revokedReason);
  });

  test("/customers/:id/login gives an address that is logged in at the storefront", async () => {
    const customer = Object.values(shop.customers)[2];
    const { body, headers } = await call("POST", `/_control/customers/${customer?.id ?? ""}/login`);
    const url = new URL(String(body["url"]));
    expect(url.host).toBe(`kaffebonna.localhost:${running.devShop.config.port}`);
    const token = url.searchParams.get("token") ?? "";
    expect(shop.storefrontSessions[token]).toEqual({ customerId: customer?.id });
    expect(headers.get("set-cookie")).toContain(`_dev_shop_customer=${token}`);
  });

  test("/latency, /stock, /tokens/expire and /shop set what they say", async () => {
    await call("POST", "/_control/latency", { attemptPendingMinutes: 5 });
    expect(running.devShop.world.settings.attemptPendingMinutes).toBe(5);
    const { variantId } = planned();
    await call("POST", "/_control/stock", { variantId, quantity: 3 });
    expect(shop.variants[variantId]?.inventory).toBe(3);
    const token = { token: "t", refreshToken: "r", scopes: [], expiresAt: 9e15, refreshExpiresAt: 9e15 };
    shop.tokens = [{ ...token, refreshUsed: false, online: false }];
    await call("POST", "/_control/tokens/expire");
    expect(shop.tokens[0]?.expiresAt).toBeLessThan(Date.now());
    await call("POST", "/_control/shop", { timezone: "Europe/Berlin", plan: "plus", scopes: ["read_orders"] });
    expect(shop).toMatchObject({ timeZone: "Europe/Berlin", plan: "plus", grantedScopes: ["read_orders"] });
    expect((await call("POST", "/_control/shop", { timezone: "Mars/Base" })).status).toBe(400);
    await call("POST", "/_control/shop", { timezone: "Europe/Oslo", status: "uninstalled" });
    expect(shop).toMatchObject({ status: "uninstalled", grantedScopes: null, tokens: [] });
  });

  test("another site's page cannot do anything", async () => {
    const { status } = await call("POST", "/_control/clock", { advance: "P1D" }, { origin: "https://evil.example" });
    expect(status).toBe(403);
  });

  test("/shops adds a demo shop with the app installed in it; /snapshot and /restore return to a moment", async () => {
    const { body: kept } = await call("POST", "/_control/snapshot");
    const added = await call("POST", "/_control/shops", { scenario: "hudpleie" });
    expect([added.status, added.body["shop"]]).toEqual([201, "hudpleie"]);
    const opened = app.received.filter(({ path }) => path.includes("shop=hudpleie.myshopify.com")).at(-1);
    expect(new URL(opened?.path ?? "", app.origin).searchParams.get("embedded")).toBe("1");
    expect(opened?.headers.host).toBe(`perennial.localhost:${running.devShop.config.port}`);
    expect(running.devShop.world.shops["hudpleie"]?.grantedScopes).toEqual(running.devShop.config.app.scopes);
    expect((await call("POST", "/_control/shops", { scenario: "hudpleie" })).status).toBe(409);
    expect((await call("POST", "/_control/shops", { scenario: "../start" })).status).toBe(404);
    await call("POST", "/_control/clock", { advance: "P1D" });
    const { body } = await call("POST", "/_control/restore", { id: kept["id"] });
    expect(body["now"]).toBe("2026-03-02T11:00:00.000Z");
    expect(Object.keys(running.devShop.world.shops)).not.toContain("hudpleie");
    expect((await call("POST", "/_control/restore", { id: "unknown" })).status).toBe(404);
  });

  test("/reset starts over: the first shops, as new", async () => {
    const { body } = await call("POST", "/_control/reset");
    expect(body["shops"]).toEqual(["kaffebonna"]);
    const { body: state } = await call("GET", "/_control/state");
    expect((state["counts"] as Record<string, number>)["contracts"]).toBe(30);
  });
});
