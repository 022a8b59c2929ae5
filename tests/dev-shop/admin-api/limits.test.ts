import { describe, expect, it } from "vitest";

import { codes, contractGid, subscribed } from "./fixture";

describe("cost and throttling", () => {
  it("observed: object 1, connection 2 + k(n)(1 + children), money and page info 0, counts 10 and 1, mutations 10", async () => {
    const { api, contract } = subscribed();
    const cost = async (query: string): Promise<number> => (await api.call(query)).cost.requestedQueryCost;
    expect(await cost("{ shop { name } }")).toBe(1);
    expect(await cost("{ products(first: 10) { nodes { id } pageInfo { hasNextPage } } }")).toBe(6);
    expect(await cost("{ products(first: 250) { edges { cursor node { id } } } }")).toBe(13);
    expect(await cost("{ products(first: 10) { nodes { id variants(first: 5) { nodes { id } } } } }")).toBe(26);
    expect(await cost("{ productsCount { count } }")).toBe(10);
    expect(
      await cost(
        "{ products(first: 1) { nodes { variantsCount { count } priceRangeV2 { minVariantPrice { amount } } } } }",
      ),
    ).toBe(5);
    const id = contractGid(contract);
    expect(
      await cost(
        `mutation { subscriptionContractPause(subscriptionContractId: "${id}") { contract { id originOrder { id } } userErrors { code } } }`,
      ),
    ).toBe(11);
    expect(await cost("query ($n: Int = 50) { products(first: $n) { nodes { id } } }")).toBe(9);
  });

  it("documented: what was not used is given back, and each plan restores at its own rate", async () => {
    const { api, shop } = subscribed();
    const { cost } = await api.call("{ products(first: 250) { nodes { id } } }");
    expect(cost).toMatchObject({
      requestedQueryCost: 13,
      actualQueryCost: 3,
      throttleStatus: { maximumAvailable: 2000, restoreRate: 100 },
    });
    expect(cost.throttleStatus.currentlyAvailable).toBeGreaterThanOrEqual(1997);
    shop.plan = "plus";
    expect((await api.call("{ shop { id } }")).cost.throttleStatus).toMatchObject({
      maximumAvailable: 20_000,
      restoreRate: 1000,
    });
  });

  it("observed: an empty bucket answers 200 with THROTTLED and does nothing", async () => {
    const { api, shop, contract } = subscribed();
    shop.bucket = { available: 5, at: Date.now() };
    const answer = await api.call(
      `mutation { subscriptionContractPause(subscriptionContractId: "${contractGid(contract)}") { contract { id } } }`,
    );
    expect(answer.status).toBe(200);
    expect(answer.errors).toMatchObject([{ message: "Throttled", extensions: { code: "THROTTLED" } }]);
    expect(answer.cost).toMatchObject({ requestedQueryCost: 10, actualQueryCost: null });
    expect(contract.status).toBe("ACTIVE");
    expect(shop.calls.at(-1)).toMatchObject({ outcome: "THROTTLED", requestedCost: 10 });
  });

  it("documented: a query above 1,000 points is refused whatever the bucket holds", async () => {
    const { api } = subscribed();
    const query =
      "{ products(first: 250) { nodes { variants(first: 250) { nodes { sellingPlanGroups(first: 250) { nodes { id } } } } } } }";
    expect(codes(await api.call(query))).toEqual(["MAX_COST_EXCEEDED"]);
  });

  it("aliased mutations run one after another, each with its own latency", async () => {
    const { api, contract, world } = subscribed();
    world.settings.mutationMs = 30;
    const one = (alias: string, name: string): string =>
      `${alias}: subscriptionContract${name}(subscriptionContractId: "${contractGid(contract)}") { contract { status } }`;
    const started = performance.now();
    const { data } = await api.call(`mutation { ${one("a", "Pause")} ${one("b", "Activate")} ${one("c", "Pause")} }`);
    expect(performance.now() - started).toBeGreaterThanOrEqual(85);
    expect(data).toMatchObject({ a: { contract: {} }, c: { contract: { status: "PAUSED" } } });
  });
});

describe("error envelopes (observed)", () => {
  const cases: [string, string, Record<string, unknown>, object][] = [
    [
      "undefinedField",
      'mutation Gone { sellingPlanGroupDelete(id: "gid://shopify/SellingPlanGroup/1") { userErrors { colour } } }',
      {},
      {
        message: "Field 'colour' doesn't exist on type 'SellingPlanGroupUserError'",
        path: ["mutation Gone", "sellingPlanGroupDelete", "userErrors", "colour"],
        extensions: { typeName: "SellingPlanGroupUserError", fieldName: "colour" },
      },
    ],
    [
      "argumentNotAccepted",
      "{ shop(colour: 1) { id } }",
      {},
      {
        message: "Field 'shop' doesn't accept argument 'colour'",
        extensions: { name: "shop", typeName: "Field", argumentName: "colour" },
      },
    ],
    [
      "missingRequiredArguments",
      "{ subscriptionContract { id } }",
      {},
      { extensions: { className: "Field", name: "subscriptionContract", arguments: "id" } },
    ],
    [
      "INVALID_VARIABLE",
      "query ($id: ID!) { subscriptionContract(id: $id) { id } }",
      { id: "7" },
      {
        message: "Variable $id of type ID! was provided invalid value",
        extensions: { value: "7", problems: [{ path: [], explanation: "Invalid global id '7'" }] },
      },
    ],
    ["INVALID_VARIABLE", "query ($id: ID!) { subscriptionContract(id: $id) { id } }", {}, {}],
    [
      "RESOURCE_NOT_FOUND",
      '{ subscriptionContract(id: "gid://shopify/Product/1") { id } }',
      {},
      { message: "Invalid id: gid://shopify/Product/1" },
    ],
    [
      "MAX_INPUT_SIZE_EXCEEDED",
      "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
      { ids: Array.from({ length: 251 }, (_, index) => `gid://shopify/Product/${index}`) },
      { message: "The input array size of 251 is greater than the maximum allowed of 250." },
    ],
  ];
  it.each(cases)("%s: %s", async (code, query, variables, shape) => {
    const { api } = subscribed();
    const answer = await api.call(query, variables);
    expect(answer.status).toBe(200);
    expect(codes(answer)).toEqual([code]);
    expect(answer.errors[0]).toMatchObject(shape);
  });
});
