import { spawn } from "node:child_process";

import { beforeAll, describe, expect, inject, test } from "vitest";

import { useDatabase } from "./database";
import { ControlRefusal, DemoClient } from "./demo";
import type { Attempt, Contract, Mail, Order, State } from "./demo";
import { after, attemptsAt, dueIn, firstDueIn } from "./ledger";

const demo = new DemoClient();
const database = useDatabase();

const refusalOf = async (work: Promise<unknown>): Promise<ControlRefusal> => {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ControlRefusal);
  return error as ControlRefusal;
};

describe("the control API", () => {
  let contract: Contract;

  beforeAll(async () => {
    const found = (await demo.list<Contract>("contracts")).find(({ status }) => status === "ACTIVE");
    if (!found) throw new Error("The shop has no active contract.");
    contract = found;
  });

  test("says what time it is and how much there is", async () => {
    const state = await demo.get<State & { shop: string }>("/state");
    expect(state).toMatchObject({ shop: "kaffebonna", shops: ["kaffebonna"], now: "2026-12-01T11:00:00.000Z" });
    expect(Object.keys(state.counts).sort()).toEqual(["attempts", "calls", "contracts", "orders", "webhooks"]);
    expect(state.counts.contracts).toBe((await demo.list("contracts")).length);
  });

  test.each([
    ["contracts", ["billingCycles", "customer", "id", "lines", "status"]],
    [
      "attempts",
      ["contractId", "createdAt", "cycleIndex", "errorCode", "id", "idempotencyKey", "orderId", "origin", "state"],
    ],
    ["orders", ["contractId", "createdAt", "currency", "cycleIndex", "id", "total"]],
    [
      "calls",
      ["actualCost", "aliases", "at", "durationMs", "operation", "outcome", "requestId", "requestedCost", "shop"],
    ],
  ] as const)("lists %s, page after page, each with its fields", async (name, fields) => {
    const all = await demo.list<Record<string, unknown>>(name);
    expect(all.length).toBeGreaterThan(2);
    expect(Object.keys(all[0] ?? {}).sort()).toEqual(fields);
    const first = await demo.get<{ items: unknown[]; after: string | null }>(`/${name}?limit=2`);
    expect(first.items).toEqual(all.slice(0, 2));
    const second = await demo.get<{ items: unknown[] }>(`/${name}?limit=1&after=${first.after}`);
    expect(second.items).toEqual([all[2]]);
  });

  test.each(["webhooks", "mail", "fulfillments"])("lists %s, which may be empty", async (name) => {
    const answer = await demo.get<{ items: unknown[]; after: string | null }>(`/${name}`);
    expect(Array.isArray(answer.items)).toBe(true);
  });

  test("plays faults until they are cleared", async () => {
    expect(await demo.post("/faults", { seed: 1, timeout: 0.5, operations: ["NoSuchOperation"] })).toMatchObject({
      seed: 1,
      timeout: 0.5,
      throttle: 0,
      operations: ["NoSuchOperation"],
    });
    expect(await demo.post("/faults", {})).toEqual({});
  });

  test.each<[string, object, number]>([
    ["/clock", { set: "2020-01-01T00:00:00Z" }, 400],
    ["/clock", { advance: "to uker" }, 400],
    ["/clock", {}, 400],
    ["/latency", { queryMs: -1 }, 400],
    ["/stock", { variantId: "1", quantity: 5 }, 404],
    ["/shops", { scenario: "finnes-ikke" }, 404],
    ["/shops", { scenario: "kaffebonna" }, 409],
    ["/restore", { id: "nothing" }, 404],
    ["/customers/1/card", { outcome: "success" }, 404],
    ["/shop", { plan: "gratis" }, 400],
    ["/subscribe", { customer: "ny@example.com", lines: [] }, 400],
    ["/no-such-call", {}, 404],
    ["/faults", { timeout: 2 }, 400],
    ["/attempts", { contractId: "1" }, 404],
    ["/contracts/1", { status: "PAUSED" }, 404],
    ["/orders/1", { refund: true }, 404],
  ])("refuses %s with %j in words", async (path, body, status) => {
    const refusal = await refusalOf(demo.post(path, body));
    expect(refusal.status).toBe(status);
    expect(refusal.sentence.length).toBeGreaterThan(path.length + 10);
  });

  test("sets the latency of calls and how long attempts stay pending", async () => {
    expect(await demo.post("/latency", { queryMs: 5, mutationMs: 6, attemptPendingMinutes: 3 })).toEqual({
      queryMs: 5,
      mutationMs: 6,
      attemptPendingMinutes: 3,
    });
    await demo.post("/latency", { queryMs: 0, mutationMs: 0, attemptPendingMinutes: 2 });
  });

  test("lets somebody subscribe without a browser: contract, confirmation and mirror are there when all is quiet", async () => {
    const [line] = contract.lines;
    const made = await demo.post<{ orderId: string; contractIds: string[] }>("/subscribe", {
      customer: "nora.lunde@example.com",
      lines: [{ variantId: line?.variantId, sellingPlanId: line?.sellingPlanId, quantity: 2 }],
      address: { address1: "Havnegata 7", zip: "7010", city: "Trondheim" },
    });
    await demo.settle();
    const mirrored = await database.count(`"SubscriptionContract" WHERE "shopifyId" = $1 AND status = 'ACTIVE'`, [
      `gid://shopify/SubscriptionContract/${made.contractIds[0]}`,
    ]);
    expect(mirrored).toBe(1);
    expect((await demo.list<Order>("orders")).some(({ id }) => id === made.orderId)).toBe(true);
    const mails = (await demo.list<Mail>("mail")).filter(({ to }) => to === "nora.lunde@example.com");
    expect(mails.length).toBeGreaterThan(0);
  });

  test("decides how a customer's next charges end, one after another", async () => {
    const [first] = await dueIn(database, demo.shop);
    if (!first) throw new Error("Nothing is due.");
    await demo.post(`/customers/${first.customerId}/card`, { outcome: ["INSUFFICIENT_FUNDS", "success"] });
    await demo.moveTo(after(first.dueAt, 1));
    expect(await attemptsAt(demo, first)).toMatchObject([{ state: "Failed", errorCode: "INSUFFICIENT_FUNDS" }]);
    expect((await refusalOf(demo.post(`/customers/${first.customerId}/card`, { outcome: "TULL" }))).status).toBe(400);
  });

  test("changes a customer's card, and the app shows the new one", async () => {
    const label = async () =>
      (
        await database.rows<{ label: string | null; revoked: boolean }>(
          `SELECT "paymentMethodLabel" AS label, "paymentMethodRevokedAt" IS NOT NULL AS revoked
           FROM "SubscriptionContract" WHERE "shopifyId" = $1`,
          [`gid://shopify/SubscriptionContract/${contract.id}`],
        )
      )[0];
    const change = (body: object) => demo.post(`/customers/${contract.customer.id}/payment-method`, body);
    await change({ update: { lastDigits: "1111" } });
    await demo.settle();
    expect((await label())?.label).toContain("1111");
    await change({ replace: { lastDigits: "2222" } });
    await demo.settle();
    expect((await label())?.label).toContain("2222");
    await change({ revoke: true });
    await demo.settle();
    expect((await label())?.revoked).toBe(true);
    expect((await refusalOf(change({ nativeRetry: true }))).status).toBe(409);
  });

  test("signs a shopper in with an address to open", async () => {
    const { url } = await demo.post<{ url: string }>(`/customers/${contract.customer.id}/login`);
    expect(url).toMatch(/^http:\/\/kaffebonna\.localhost:\d+\/_login\?token=/);
  });

  test("answers in words when a worker is lost in the middle of a move, and goes on when it is gone", async () => {
    const { port } = inject("demo");
    // A process that joins the clock and never finishes its turn, as a hung worker does.
    const stuck = spawn(
      process.execPath,
      ["-e", `fetch("http://127.0.0.1:${port}/_control/clock/stream?id=stuck&process=worker").then((r) => r.text())`],
      { stdio: "ignore" },
    );
    const joined = async () =>
      (await demo.get<{ participants: { id: string }[] }>("/clock")).participants.some(({ id }) => id === "stuck");
    await expect.poll(joined, { timeout: 30_000 }).toBe(true);
    const moving = demo.advance("PT1M");
    stuck.kill("SIGKILL");
    await moving;
    expect(await joined()).toBe(false);
  });
});

describe("a kept moment", () => {
  test("is returned to on both sides: what happened since has not, and happens once when its time comes again", async () => {
    const due = await firstDueIn(database, demo.shop);
    const { id } = await demo.post<{ id: string }>("/snapshot");
    const before = await demo.get<State>("/state");
    const charges = () => database.count(`"Charge"`);
    const chargesBefore = await charges();

    await demo.moveTo(after(due.dueAt, 1));
    expect(await attemptsAt(demo, due)).toHaveLength(1);
    expect(await charges()).toBeGreaterThan(chargesBefore);

    expect(await demo.post("/restore", { id })).toEqual({ now: before.now });
    const back = await demo.get<State>("/state");
    expect({ now: back.now, attempts: back.counts.attempts, orders: back.counts.orders }).toEqual({
      now: before.now,
      attempts: before.counts.attempts,
      orders: before.counts.orders,
    });
    expect(await charges()).toBe(chargesBefore);
    expect((await firstDueIn(database, demo.shop)).dueAt).toEqual(due.dueAt);

    await demo.moveTo(after(due.dueAt, 1));
    expect(await attemptsAt(demo, due)).toMatchObject([{ state: "Success" }]);
    const keys = (await demo.list<Attempt>("attempts")).map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("a reset", () => {
  test("starts over on both sides: the first shop as new, all others gone", async () => {
    await demo.post("/shops", { scenario: "hudpleie" });
    await demo.advance("P3D");
    await demo.post("/reset");
    await demo.settle();
    expect(await demo.get<State>("/state")).toMatchObject({ now: "2026-12-01T11:00:00.000Z", shops: ["kaffebonna"] });
    const shops = await database.rows<{ domain: string }>(`SELECT domain FROM "Shop" WHERE "reconciledAt" IS NOT NULL`);
    expect(shops).toEqual([{ domain: "kaffebonna.myshopify.com" }]);
    const due = await firstDueIn(database, demo.shop);
    await demo.moveTo(after(due.dueAt, 1));
    expect(await attemptsAt(demo, due)).toMatchObject([{ state: "Success" }]);
  });
});
