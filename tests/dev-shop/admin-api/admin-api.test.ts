import { describe, expect, it, vi } from "vitest";

import { createAttempt, createGroup, nextEventAt, runDueEvents } from "../domain";
import { aContract, aShop, planInput } from "../domain/fixture";
import { anApi, codes, contractGid, SCOPES, subscribed, type Answered } from "./fixture";
import { SEARCH_LAG_MS } from "./search-index";
import { handleAdminApi } from ".";

describe("HTTP answers", () => {
  it("404 for another version, 401 for a wrong or expired token, 402 for a frozen shop, 400 without a query", async () => {
    const { api, shop } = subscribed();
    const status = async (change: object): Promise<number> =>
      (
        await handleAdminApi(api.devShop, shop, {
          accessToken: "good",
          version: "2026-07",
          body: { query: "{ shop { id } }" },
          requestId: "r",
          ...change,
        })
      ).status;
    expect(await status({})).toBe(200);
    expect(await status({ version: "2019-01" })).toBe(404);
    expect(await status({ accessToken: "bad" })).toBe(401);
    expect(await status({ accessToken: null })).toBe(401);
    expect(await status({ body: "{}" })).toBe(400);
    shop.status = "frozen";
    expect(await status({})).toBe(402);
    shop.status = "active";
    for (const token of shop.tokens) token.expiresAt = Date.now() - 1;
    expect(await status({})).toBe(401);
    expect(shop.calls.map(({ outcome }) => outcome)).toEqual([
      "OK",
      "NOT_FOUND",
      "UNAUTHORIZED",
      "UNAUTHORIZED",
      "BAD_REQUEST",
      "FROZEN",
      "UNAUTHORIZED",
    ]);
  });

  it("keeps 5,000 calls at most, with operation, aliases and cost", async () => {
    const { api, shop } = subscribed();
    await api.call("query Two { a: shop { id } b: shop { id } }");
    expect(shop.calls.at(-1)).toMatchObject({
      operation: "Two",
      aliases: 2,
      requestedCost: 2,
      outcome: "OK",
      requestId: "r-1",
    });
    const last = shop.calls[0];
    if (last) shop.calls.push(...Array.from({ length: 5000 }, () => last));
    await api.call("{ shop { id } }");
    expect(shop.calls).toHaveLength(5000);
  });
});

describe("what is served", () => {
  it("a field that is not served says so by name, before a mutation does anything", async () => {
    const { api, contract } = subscribed();
    const query = await api.call("{ shop { name alerts { action { title } } } }");
    expect(query.errors).toMatchObject([{ extensions: { code: "NOT_SERVED", field: "Shop.alerts" } }]);
    const mutation = await api.call(
      `mutation { subscriptionContractPause(subscriptionContractId: "${contractGid(contract)}") { contract { id app { icon { url } } } } }`,
    );
    expect(codes(mutation)).toEqual(["NOT_SERVED"]);
    expect(contract.status).toBe("ACTIVE");
  });

  it("an unserved root and an unserved kind of node say so too", async () => {
    const { api } = subscribed();
    expect(codes(await api.call("{ themes(first: 1) { nodes { id } } }"))).toEqual(["NOT_SERVED"]);
    expect(codes(await api.call('{ node(id: "gid://shopify/Collection/1") { id } }'))).toEqual(["NOT_SERVED"]);
  });

  it("serves contract, cycle, attempt and order as a subscriptions app reads them", async () => {
    const { api, contract, world, shop } = subscribed();
    world.now = "2026-03-08T09:00:00Z";
    createAttempt(world, shop, contract, { idempotencyKey: "k" }, "app");
    world.now = nextEventAt(world) ?? "";
    runDueEvents(world);
    const { data, errors } = await api.call(
      `query ($id: ID!) {
        subscriptionContract(id: $id) {
          id status revisionId nextBillingDate lastPaymentStatus lastBillingAttemptErrorType note appAdminUrl
          app { title } billingPolicy { interval intervalCount anchors { type } minCycles maxCycles }
          deliveryMethod { ... on SubscriptionDeliveryMethodShipping { address { name zip city countryCodeV2 } shippingOption { title } } }
          customerPaymentMethod { instrument { ... on CustomerCreditCard { brand lastDigits expiryMonth maskedNumber } } }
          linesCount { count } discounts(first: 1) { nodes { id } }
          lines(first: 5) { edges { node { title currentPrice { amount currencyCode } lineDiscountedPrice { amount }
            pricingPolicy { basePrice { amount } cycleDiscounts { afterCycle computedPrice { amount }
              adjustmentValue { ... on SellingPlanPricingPolicyPercentageValue { percentage } } } } variantImage { url } } } }
          orders(first: 5, reverse: true) { nodes { name displayFinancialStatus totalPriceSet { shopMoney { amount } }
            lineItems(first: 5) { nodes { quantity contract { id } sellingPlan { name } } } statusPageUrl } }
          billingAttempts(first: 5) { nodes { idempotencyKey completedAt state { __typename
            ... on SubscriptionBillingAttemptSuccessState { order { name } } } } }
        }
        subscriptionBillingCycle(billingCycleInput: { contractId: $id, selector: { index: 1 } }) {
          status edited skipped editedContract { createdAt } billingAttempts(first: 3) { nodes { idempotencyKey } }
        }
      }`,
      { id: contractGid(contract) },
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      subscriptionContract: {
        status: "ACTIVE",
        lastPaymentStatus: "SUCCEEDED",
        nextBillingDate: null,
        appAdminUrl: `https://admin.shopify.com/store/kaffebonna/apps/perennial/app/contracts/${contract.id}`,
        lines: {
          edges: [
            {
              node: {
                currentPrice: { amount: "180.0", currencyCode: "NOK" },
                pricingPolicy: {
                  basePrice: { amount: "200.0" },
                  cycleDiscounts: [
                    { afterCycle: 0, computedPrice: { amount: "180.0" }, adjustmentValue: { percentage: 10 } },
                  ],
                },
              },
            },
          ],
        },
        orders: { nodes: [{ name: "#1002" }, { name: "#1001" }] },
        billingAttempts: {
          nodes: [
            { state: { order: { name: "#1001" } } },
            {
              idempotencyKey: "k",
              state: { __typename: "SubscriptionBillingAttemptSuccessState", order: { name: "#1002" } },
            },
          ],
        },
      },
      subscriptionBillingCycle: { status: "BILLED", billingAttempts: { nodes: [{ idempotencyKey: "k" }] } },
    });
  });

  it("documented: only the calling app's contracts and, by default, its selling plan groups", async () => {
    const f = subscribed();
    f.contract.appId = "another-app";
    const input = { name: "Deres", options: ["x"], sellingPlansToCreate: [planInput("DAY", 1)] };
    createGroup(f.world, f.shop, "another-app", input);
    const { data } = await f.api.call(
      `query ($id: ID!) { subscriptionContract(id: $id) { id } subscriptionContracts(first: 5) { nodes { id } }
        own: sellingPlanGroups(first: 5) { nodes { name } } all: sellingPlanGroups(first: 5, query: "app_id:ALL") { nodes { name } } }`,
      { id: contractGid(f.contract) },
    );
    expect(data).toEqual({
      subscriptionContract: null,
      subscriptionContracts: { nodes: [] },
      own: { nodes: [{ name: "Kaffe hjem" }] },
      all: { nodes: [{ name: "Kaffe hjem" }, { name: "Deres" }] },
    });
  });
});

describe("lists", () => {
  it("pages by cursor in both directions, sorted and reversed", async () => {
    const f = aShop();
    f.variant.inventory = null;
    const ids = Array.from({ length: 5 }, () => contractGid(aContract(f, "WEEK")));
    const api = anApi(f);
    const page = async (args: string): Promise<{ nodes: { id: string }[]; pageInfo: Record<string, unknown> }> => {
      const { data, errors } = await api.call(
        `{ subscriptionContracts(${args}) { nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }`,
      );
      expect(errors).toEqual([]);
      return data?.subscriptionContracts as { nodes: { id: string }[]; pageInfo: Record<string, unknown> };
    };
    const first = await page("first: 2, sortKey: ID");
    expect(first).toMatchObject({
      nodes: [{ id: ids[0] }, { id: ids[1] }],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const rest = await page(`first: 10, sortKey: ID, after: "${String(first.pageInfo.endCursor)}"`);
    expect(rest.nodes.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await page(`last: 2, sortKey: ID, before: "${String(rest.pageInfo.startCursor)}"`);
    expect(back.nodes.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect((await page("first: 1, sortKey: ID, reverse: true")).nodes).toEqual([{ id: ids[4] }]);
  });

  it("observed: without first or last BAD_REQUEST; a page over 250 is refused", async () => {
    const { api } = subscribed();
    const missing = await api.call("{ subscriptionContracts { nodes { id } } }");
    expect(missing.errors).toMatchObject([
      { message: "you must provide one of first or last", extensions: { code: "BAD_REQUEST" } },
    ]);
    expect(codes(await api.call("{ subscriptionContracts(first: 251) { nodes { id } } }"))).toEqual([
      "MAX_INPUT_SIZE_EXCEEDED",
    ]);
  });

  it("documented: search filters, and a warning for a term that the connection doesn't know", async () => {
    const { api, contract, customer, world, shop } = subscribed();
    const hits = async (query: string): Promise<number> => {
      const { data } = await api.call(
        "query ($q: String) { subscriptionContracts(first: 5, query: $q) { nodes { id } } }",
        { q: query },
      );
      return (data?.subscriptionContracts as { nodes: unknown[] }).nodes.length;
    };
    expect(await hits("status:active")).toBe(1);
    expect(await hits("status:PAUSED OR status:ACTIVE")).toBe(1);
    expect(await hits("-status:ACTIVE")).toBe(0);
    expect(await hits(`customer_id:${customer.id} AND status:ACTIVE`)).toBe(1);
    expect(await hits(`id:>${contract.id}`)).toBe(0);
    expect(await hits("updated_at:>='2026-03-01T09:00:00Z'")).toBe(1);
    expect(await hits("updated_at:>'2026-03-01T09:00:00Z'")).toBe(0);
    expect(await hits("(status:ACTIVE NOT created_at:2026-03-01)")).toBe(0);
    const { extensions, data } = await api.call(
      '{ subscriptionContracts(first: 5, query: "colour:red") { nodes { id } } }',
    );
    expect((data?.subscriptionContracts as { nodes: unknown[] }).nodes).toHaveLength(1);
    expect(extensions.search).toMatchObject([{ warnings: [{ field: "colour", code: "invalid_field" }] }]);
    const products = await api.call('{ products(first: 5, query: "title:Etio* etiopia") { nodes { title } } }');
    expect(products.data).toEqual({ products: { nodes: [{ title: "Etiopia" }] } });
    expect(world.now).toBe("2026-03-01T09:00:00Z");
    expect(Object.keys(shop.contracts)).toHaveLength(1);
  });
});

describe("the search index", () => {
  it("documented: a search lags behind a change; lists without a query don't", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    try {
      const { api, contract, world } = subscribed();
      const hits = async (args: string): Promise<number> => {
        const { data } = await api.call(`{ subscriptionContracts(first: 5${args}) { nodes { status } } }`);
        return (data?.subscriptionContracts as { nodes: unknown[] }).nodes.length;
      };
      expect(await hits(', query: "status:PAUSED"')).toBe(0);
      await api.call(
        `mutation { subscriptionContractPause(subscriptionContractId: "${contractGid(contract)}") { contract { id } } }`,
      );
      expect(await hits(', query: "status:PAUSED"')).toBe(0);
      expect(await hits(', query: "status:ACTIVE"')).toBe(1);
      expect(await hits("")).toBe(1);
      vi.advanceTimersByTime(SEARCH_LAG_MS);
      expect(await hits(', query: "status:PAUSED"')).toBe(1);
      await api.call(
        `mutation { subscriptionContractActivate(subscriptionContractId: "${contractGid(contract)}") { contract { id } } }`,
      );
      world.settings.assumptions.searchesLag = false;
      expect(await hits(', query: "status:ACTIVE"')).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("scopes and protected data", () => {
  const denied = async (scopes: string[], query: string): Promise<Answered> => {
    const f = aShop();
    aContract(f, "WEEK");
    return anApi(f, scopes).call(query);
  };

  it("documented: scopes from the schema's table; write includes read; the field is null beside its error", async () => {
    const query = "{ shop { name } subscriptionContracts(first: 1) { nodes { id customer { id } } } }";
    const none = await denied(["read_products"], query);
    expect(none.errors).toMatchObject([
      {
        message: expect.stringContaining("Access denied for subscriptionContracts field. Required access: ") as string,
        path: ["subscriptionContracts"],
        extensions: {
          code: "ACCESS_DENIED",
          requiredAccess: expect.stringContaining("own_subscription_contracts") as string,
        },
      },
    ]);
    const some = await denied(["write_own_subscription_contracts"], query);
    expect(some.errors).toMatchObject([{ path: ["subscriptionContracts", "nodes", 0, "customer"] }]);
    expect(some.data).toMatchObject({
      shop: { name: "Kaffebønna" },
      subscriptionContracts: { nodes: [{ customer: null }] },
    });
    expect((await denied(SCOPES, query)).errors).toEqual([]);
  });

  it("documented: selling plan mutations need write_products and any of two others", async () => {
    const query = 'mutation { sellingPlanGroupDelete(id: "gid://shopify/SellingPlanGroup/1") { userErrors { code } } }';
    expect(codes(await denied(["write_products"], query))).toEqual(["ACCESS_DENIED"]);
    expect(codes(await denied(["write_own_subscription_contracts"], query))).toEqual(["ACCESS_DENIED"]);
    expect(codes(await denied(["write_products", "write_purchase_options"], query))).toEqual([]);
  });

  it("documented: a lower level of protected customer data nulls name, address, e-mail; level 0 denies the object", async () => {
    const f = subscribed();
    const query =
      "{ customers(first: 1) { nodes { id firstName defaultEmailAddress { emailAddress } defaultAddress { city } } } }";
    f.shop.protectedCustomerData = 1;
    expect((await f.api.call(query)).data).toMatchObject({
      customers: { nodes: [{ firstName: null, defaultEmailAddress: null, defaultAddress: null }] },
    });
    f.shop.protectedCustomerData = 0;
    expect(codes(await f.api.call(query))).toEqual(["ACCESS_DENIED"]);
  });

  it("documented: without read_all_orders, orders older than 60 days are out of sight", async () => {
    const f = aShop();
    const contract = aContract(f, "WEEK");
    const api = anApi(
      f,
      SCOPES.filter((scope) => scope !== "read_all_orders"),
    );
    const query =
      "query ($id: ID!) { orders(first: 5) { nodes { id } } subscriptionContract(id: $id) { originOrder { id } } }";
    const seen = async (): Promise<unknown> => (await api.call(query, { id: contractGid(contract) })).data;
    f.world.now = "2026-04-30T09:00:00Z";
    expect(await seen()).toMatchObject({ orders: { nodes: [{}] }, subscriptionContract: { originOrder: {} } });
    f.world.now = "2026-04-30T09:00:01Z";
    expect(await seen()).toMatchObject({ orders: { nodes: [] }, subscriptionContract: { originOrder: null } });
  });
});
