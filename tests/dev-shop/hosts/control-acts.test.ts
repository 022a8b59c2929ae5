import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setCardOutcomes } from "../domain";
import type { RunningDevShop } from "../start";
import type { Contract, Shop } from "../world";
import { startTinyApp, startWithShop, type Caller, type TinyApp } from "./test-kit";

let app: TinyApp;
let running: RunningDevShop;
let shop: Shop;
let call: Caller;
/** Contracts of customers of their own, to be used up one by one. */
let unused: Contract[];

beforeAll(async () => {
  app = await startTinyApp();
  ({ running, call } = await startWithShop(app, { scenarios: ["kaffebonna"], scenarioOptions: { subscribers: 12 } }));
  const kaffebonna = running.devShop.world.shops["kaffebonna"];
  if (!kaffebonna) throw new Error("The scenario made no shop.");
  shop = kaffebonna;
  shop.grantedScopes = [...running.devShop.config.app.scopes];
  const seen = new Set<string>();
  unused = Object.values(shop.contracts).filter(({ customerId, status }) => {
    const isNew = status === "ACTIVE" && !seen.has(customerId);
    seen.add(customerId);
    return isNew;
  });
});
afterAll(async () => {
  await running.stop();
  await app.stop();
});

const post = (path: string, body: object = {}) => call("POST", `/_control${path}`, body);
const settle = (advance: string) => post("/clock", { advance, settle: true });
const one = (): Contract => {
  const contract = unused.pop();
  if (!contract) throw new Error("No contract is left.");
  return contract;
};

describe("acts behind the app's back", () => {
  test("/attempts charges today's cycle when no cycle is named, and the record says foreign", async () => {
    const contract = one();
    const { status, body } = await post("/attempts", { contractId: contract.id });
    expect(status).toBe(200);
    expect(body).toMatchObject({ contractId: contract.id, origin: "foreign", state: "Pending" });
    await settle("PT5M");
    const { body: attempts } = await call("GET", "/_control/attempts?limit=1000");
    expect((attempts["items"] as { id: string }[]).find(({ id }) => id === body["id"])).toMatchObject({
      state: "Success",
    });
    expect((await post("/attempts", { contractId: "1" })).status).toBe(404);
  });

  test("/attempts says in words what Shopify refuses", async () => {
    const contract = one();
    await post(`/contracts/${contract.id}`, { status: "PAUSED" });
    const { status, body } = await post("/attempts", { contractId: contract.id, cycleIndex: 1 });
    expect([status, body["error"]]).toEqual([422, expect.stringContaining("CONTRACT_PAUSED")]);
  });

  test("/contracts/:id changes prices, status and skips, and answers with the contract's record", async () => {
    const contract = one();
    const [line] = contract.lines;
    const { body } = await post(
      `/contracts/${encodeURIComponent(`gid://shopify/SubscriptionContract/${contract.id}`)}`,
      {
        lines: [{ id: line?.id, price: "99.5" }],
        deliveryPrice: "10",
        status: "PAUSED",
      },
    );
    expect(body).toMatchObject({ id: contract.id, status: "PAUSED", lines: [{ price: "99.50" }] });
    expect(contract.deliveryPrice).toBe("10.00");
    expect((await post(`/contracts/${contract.id}`, { lines: [{ id: line?.id, price: "-1" }] })).status).toBe(400);
    expect((await post(`/contracts/${contract.id}`, { nextExpectedDate: "2031-01-01T00:00:00Z" })).status).toBe(422);
  });

  test("/orders/:id refunds, marks as high risk and deletes; names of deleted orders are not given again", async () => {
    const contract = one();
    const path = `/orders/${contract.originOrderId ?? ""}`;
    expect((await post(path, { refund: true })).body).toMatchObject({ financialStatus: "REFUNDED" });
    const order = shop.orders[contract.originOrderId ?? ""];
    if (order) order.fulfillmentStatus = "UNFULFILLED";
    expect((await post(path, { highRisk: true })).body).toMatchObject({ highRisk: true });
    expect((await post("/attempts", { contractId: contract.id })).body["error"]).toContain("CONTRACT_UNDER_REVIEW");
    await post(path, { highRisk: false });
    expect((await post("/attempts", { contractId: contract.id })).status).toBe(200);
    expect((await post(path, { delete: true })).body).toMatchObject({ deleted: true });
    expect((await post(path, { refund: true })).status).toBe(404);
    await settle("PT5M");
    const names = Object.values(shop.orders).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("/customers/:id/payment-method with nativeRetry: an update, and Shopify's own retry soon after", async () => {
    const contract = one();
    const customer = shop.customers[contract.customerId];
    if (!customer) throw new Error("The contract has no customer.");
    setCardOutcomes(customer, ["CARD_DECLINED", "success"]);
    await post("/attempts", { contractId: contract.id });
    await settle("PT5M");
    const { body } = await post(`/customers/${customer.id}/payment-method`, { nativeRetry: true });
    expect(body["nativeRetries"]).toMatchObject([{ contractId: contract.id }]);
    await settle("PT20M");
    const last = Object.values(shop.attempts).filter(({ contractId }) => contractId === contract.id);
    expect(last.at(-1)).toMatchObject({ origin: "native", state: "Success" });
    expect(app.received.map(({ headers }) => headers["x-shopify-topic"])).toContain("customer_payment_methods/update");
  });

  test("/attempts/:id answers a payment challenge for the customer, once", async () => {
    const contract = one();
    const customer = shop.customers[contract.customerId];
    if (customer) setCardOutcomes(customer, ["challenge"]);
    const { body } = await post("/attempts", { contractId: contract.id });
    const path = `/attempts/${String(body["id"])}`;
    expect((await post(path, { challenge: "opened" })).status).toBe(409);
    await settle("PT5M");
    expect((await post(path, { challenge: "opened" })).body).toMatchObject({ state: "ActionRequired" });
    await settle("PT1S");
    expect(app.received.map(({ headers }) => headers["x-shopify-topic"])).toContain(
      "subscription_billing_attempts/challenged",
    );
    expect((await post(path, { challenge: "approved" })).body).toMatchObject({ state: "Success" });
    expect((await post(path, { challenge: "refused" })).status).toBe(409);
  });

  test("/latency slows attempts down apart from query cost, and null takes the limit away again", async () => {
    expect((await post("/latency", { attemptsPerMinute: 30, attemptBurst: 2 })).body).toMatchObject({
      attemptsPerMinute: 30,
      attemptBurst: 2,
    });
    const { body } = await post("/latency", { attemptsPerMinute: null, attemptBurst: null });
    expect(Object.keys(body).sort()).toEqual(["attemptPendingMinutes", "mutationMs", "queryMs"]);
  });
});

describe("/shop", () => {
  const ask = async () =>
    (await call(
      "POST",
      "//kaffebonna.myshopify.com/admin/api/2026-07/graphql.json",
      { query: "{ shop { taxesIncluded } subscriptionContracts(first: 1) { nodes { id } } }" },
      { "x-shopify-access-token": "good" },
    )) as { status: number; body: { errors?: { extensions?: { code: string } }[]; data?: unknown } };
  const withToken = () =>
    shop.tokens.push({
      token: "good",
      refreshToken: "",
      scopes: [...(shop.grantedScopes ?? [])],
      expiresAt: Number.MAX_SAFE_INTEGER,
      refreshExpiresAt: 0,
      refreshUsed: false,
      online: false,
    });

  test("frozen is 402, locked 423, active serves again", async () => {
    withToken();
    expect((await ask()).status).toBe(200);
    await post("/shop", { status: "frozen" });
    expect((await ask()).status).toBe(402);
    await post("/shop", { status: "locked" });
    expect((await ask()).status).toBe(423);
    await post("/shop", { status: "active", taxesIncluded: false });
    expect((await ask()).body.data).toMatchObject({ shop: { taxesIncluded: false } });
    await post("/shop", { taxesIncluded: true });
  });

  test("a scope that is taken back is gone from the token at once", async () => {
    const all = [...(shop.grantedScopes ?? [])];
    await post("/shop", { scopes: all.filter((scope) => !scope.includes("own_subscription_contracts")) });
    expect((await ask()).body.errors).toMatchObject([{ extensions: { code: "ACCESS_DENIED" } }]);
    await post("/shop", { scopes: all });
    expect((await ask()).body.errors).toBeUndefined();
  });

  test("uninstalled: tokens die; installed again within 48 hours nothing is lost", async () => {
    const active = () => Object.values(shop.contracts).filter(({ status }) => status === "ACTIVE").length;
    const before = active();
    await post("/shop", { status: "uninstalled" });
    expect((await ask()).status).toBe(401);
    expect((await post("/shop", { status: "frozen" })).status).toBe(409);
    await settle("PT47H");
    await post("/shop", { status: "active" });
    expect(shop.grantedScopes).toEqual(running.devShop.config.app.scopes);
    expect(app.received.at(-1)?.path).toContain("shop=kaffebonna.myshopify.com");
    await settle("P2D");
    expect(active()).toBe(before);
  });

  test("uninstalled for longer: contracts are cancelled, selling plans gone, and a reinstall brings none back", async () => {
    await post("/shop", { status: "uninstalled" });
    await settle("PT49H");
    await post("/shop", { status: "active" });
    expect(Object.values(shop.contracts).filter(({ status }) => status === "ACTIVE")).toEqual([]);
    expect(Object.keys(shop.sellingPlans)).toEqual([]);
  });
});
