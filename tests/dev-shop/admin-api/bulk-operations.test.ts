import { describe, expect, test } from "vitest";

import { nextEventAt, pauseContract, runDueEvents } from "../domain";
import { aContract } from "../domain/fixture";
import type { Shop, World } from "../world";
import { bulkResultOf } from "../hosts/bulk-results";
import { anApi, contractGid, subscribed, type Api } from "./fixture";

const CONTRACTS =
  "{ subscriptionContracts { edges { node { id status billingAttempts { edges { node { id } } } } } } }";

interface Operation {
  id: string;
  status: string;
  url: string | null;
  objectCount: string;
  rootObjectCount: string;
  errorCode: string | null;
}

async function start(api: Api, query: string, groupObjects = false) {
  const { data, errors } = await api.call(
    `mutation Run($query: String!, $groupObjects: Boolean!) {
       bulkOperationRunQuery(query: $query, groupObjects: $groupObjects) { bulkOperation { id status } userErrors { code message field } } }`,
    { query, groupObjects },
  );
  expect(errors).toEqual([]);
  return data?.["bulkOperationRunQuery"] as {
    bulkOperation: { id: string; status: string } | null;
    userErrors: { code: string; message: string }[];
  };
}

async function look(api: Api, id: string): Promise<Operation> {
  const { data } = await api.call(
    `query Look($id: ID!) { bulkOperation(id: $id) { id status url objectCount rootObjectCount errorCode } }`,
    { id },
  );
  return data?.["bulkOperation"] as Operation;
}

/** Time goes to the next moment at which the stand-in does something. */
function next(world: World): void {
  world.now = nextEventAt(world) ?? world.now;
  runDueEvents(world);
}

/** The lines at an operation's address. */
function linesAt(world: World, url: string | null): Record<string, unknown>[] {
  return (bulkResultOf(world, url ?? "") ?? "")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("a bulk query", () => {
  test("is created, runs and is completed in virtual time, and says so; its result shows when it was started", async () => {
    const { api, contract, world, shop } = subscribed();
    const second = aContract({ world, shop, ...rest(shop) }, "MONTH");
    shop.outbox = [];
    const { bulkOperation } = await start(api, CONTRACTS);
    expect(bulkOperation?.status).toBe("CREATED");
    const id = bulkOperation?.id ?? "";
    pauseContract(world, shop, contract);
    next(world);
    expect(await look(api, id)).toMatchObject({ status: "RUNNING", url: null });
    next(world);
    const done = await look(api, id);
    expect(done).toMatchObject({ status: "COMPLETED", objectCount: "4", rootObjectCount: "2", errorCode: null });
    expect(shop.outbox.map(({ topic }) => topic)).toContain("bulk_operations/finish");
    const [first, other, ...attempts] = linesAt(world, done.url);
    expect([first, other]).toEqual([
      { id: contractGid(contract), status: "ACTIVE" },
      { id: contractGid(second), status: "ACTIVE" },
    ]);
    expect(attempts.map((line) => line["__parentId"])).toEqual([contractGid(contract), contractGid(second)]);
    const { data } = await api.call(
      `{ bulkOperations(first: 5, query: "status:completed") { nodes { id } } node(id: "${id}") { __typename } }`,
    );
    expect(data).toEqual({ bulkOperations: { nodes: [{ id }] }, node: { __typename: "BulkOperation" } });
  });

  test("grouped, has each node's children right after it", async () => {
    const { api, world, shop } = subscribed();
    aContract({ world, shop, ...rest(shop) }, "MONTH");
    const { bulkOperation } = await start(api, CONTRACTS, true);
    next(world);
    next(world);
    const lines = linesAt(world, (await look(api, bulkOperation?.id ?? "")).url);
    expect(lines.map((line) => "__parentId" in line)).toEqual([false, true, false, true]);
  });

  test("is not bound by pages, and costs no more than the mutation", async () => {
    const { api, world, shop } = subscribed();
    for (let made = 0; made < 300; made += 1) aContract({ world, shop, ...rest(shop) }, "MONTH");
    for (const variant of Object.values(shop.variants)) variant.inventory = null;
    const answer = await api.call(
      `mutation { bulkOperationRunQuery(query: "${CONTRACTS}") { bulkOperation { id } userErrors { code } } }`,
    );
    expect(answer.cost.actualQueryCost).toBe(10);
    next(world);
    next(world);
    const { data } = await api.call(`{ bulkOperations(first: 1) { nodes { objectCount rootObjectCount } } }`);
    expect(data).toEqual({ bulkOperations: { nodes: [{ objectCount: "602", rootObjectCount: "301" }] } });
  });

  test.each([
    ["{ shop { name } }", "at least one connection"],
    ["{ subscriptionContracts { nodes { id } } }", "Invalid connection fields: 'subscriptionContracts'"],
    ["{ subscriptionContracts { edges { node { id } } } shop { id } }", "single top level field"],
    [
      '{ node(id: "gid://shopify/Shop/1") { ... on SubscriptionContract { lines { edges { node { id } } } } } }',
      "node",
    ],
    ["{ subscriptionContracts { edges { node { nope } } } }", "Invalid bulk query"],
    ["{ subscriptionContracts {", "Invalid bulk query"],
    ["mutation { bulkOperationCancel(id: 1) { userErrors { message } } }", "single query"],
    [
      "{ subscriptionContracts { edges { node { id orders { edges { node { id lineItems { edges { node { id } } } } } } } } } }",
      "nesting depth",
    ],
    [
      "{ subscriptionContracts { edges { node { status billingAttempts { edges { node { id } } } } } } }",
      "without 'id': subscriptionContracts",
    ],
    [
      `{ ${["a", "b", "c", "d", "e", "f"].map((alias) => `${alias}: subscriptionContracts { edges { node { id } } }`).join(" ")} }`,
      "more than 5 connections",
    ],
  ])("%s is refused with INVALID", async (query, message) => {
    const { api, shop } = subscribed();
    const { bulkOperation, userErrors } = await start(api, query);
    expect(bulkOperation).toBeNull();
    expect(userErrors[0]).toMatchObject({
      code: "INVALID",
      field: ["query"],
      message: expect.stringContaining(message),
    });
    expect(Object.keys(shop.bulkOperations ?? {})).toEqual([]);
  });

  test("is the fifth at most; one that is over makes room", async () => {
    const { api, world } = subscribed();
    for (let count = 0; count < 5; count += 1) await start(api, CONTRACTS);
    expect((await start(api, CONTRACTS)).userErrors).toMatchObject([{ code: "LIMIT_REACHED" }]);
    world.now = "2026-03-01T10:00:00Z";
    runDueEvents(world);
    expect((await start(api, CONTRACTS)).userErrors).toEqual([]);
  });

  test("can be cancelled while it runs, once", async () => {
    const { api, world } = subscribed();
    const { bulkOperation } = await start(api, CONTRACTS);
    const id = bulkOperation?.id ?? "";
    const cancel = async () =>
      (
        await api.call(
          `mutation { bulkOperationCancel(id: "${id}") { bulkOperation { status } userErrors { message } } }`,
        )
      ).data?.["bulkOperationCancel"];
    expect(await cancel()).toEqual({ bulkOperation: { status: "CANCELING" }, userErrors: [] });
    next(world);
    expect(await look(api, id)).toMatchObject({ status: "CANCELED", url: null });
    expect(await cancel()).toMatchObject({ userErrors: [{ message: expect.stringContaining("canceled") }] });
  });

  test("that found nothing has no address; an address is good for seven days", async () => {
    const { api, world } = subscribed();
    const empty = await start(api, `{ subscriptionContracts(query: "status:CANCELLED") { edges { node { id } } } }`);
    const full = await start(api, CONTRACTS);
    world.now = "2026-03-01T10:00:00Z";
    runDueEvents(world);
    expect(await look(api, empty.bulkOperation?.id ?? "")).toMatchObject({ status: "COMPLETED", url: null });
    const { url } = await look(api, full.bulkOperation?.id ?? "");
    expect(linesAt(world, url).length).toBeGreaterThan(0);
    world.now = "2026-03-08T10:00:01Z";
    expect(await look(api, full.bulkOperation?.id ?? "")).toMatchObject({ status: "EXPIRED", url: null });
    expect(linesAt(world, url)).toEqual([]);
  });

  test("fails with ACCESS_DENIED for what the app may not read", async () => {
    const f = subscribed();
    const api = anApi(f, ["write_products"]);
    f.shop.tokens = f.shop.tokens.slice(-1);
    const { bulkOperation } = await start(api, CONTRACTS);
    f.world.now = "2026-03-01T10:00:00Z";
    runDueEvents(f.world);
    expect(await look(api, bulkOperation?.id ?? "")).toMatchObject({ status: "FAILED", errorCode: "ACCESS_DENIED" });
  });

  test("shows the end where the assumed rule is switched off", async () => {
    const { api, contract, world, shop } = subscribed();
    world.settings.assumptions = { bulkResultsShowTheStart: false };
    const { bulkOperation } = await start(api, CONTRACTS);
    pauseContract(world, shop, contract);
    next(world);
    next(world);
    const { url } = await look(api, bulkOperation?.id ?? "");
    expect(linesAt(world, url)[0]).toEqual({ id: contractGid(contract), status: "PAUSED" });
  });
});

/** The rest of a fixture, from what the shop has. */
function rest(shop: Shop) {
  const [product, variant, customer] = [shop.products, shop.variants, shop.customers].map(
    (records) => Object.values(records)[0],
  ) as [Shop["products"][string], Shop["variants"][string], Shop["customers"][string]];
  variant.inventory = null;
  return { product, variant, customer };
}
