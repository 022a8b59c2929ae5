import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { expect, test } from "vitest";

import { receive } from "~/webhooks/inbox.server";
import { rereadMarked } from "~/webhooks/reread.server";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { reconcile } from "./reconcile.server";
import { runBilling } from "./run.server";

/** Shopify's answers with nonsense in them: one bad row stops nothing but itself. */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
interface Call {
  operation: string;
  variables: Record<string, unknown>;
}

/** Lets a test change the data of answers on their way to the app. */
function corrupt(app: TestApp, change: (data: { [key: string]: Json }, call: Call) => void): void {
  app.intercept.fetch = (next) => async (input, init) => {
    const response = await next(input, init);
    const { query, variables = {} } = JSON.parse(String(init?.body)) as { query: string } & Partial<Call>;
    const operation = /(?:query|mutation) (\w+)/.exec(query)?.[1] ?? "";
    const body = (await response.clone().json()) as { data?: { [key: string]: Json } };
    if (!body.data) return response;
    change(body.data, { operation, variables });
    return new Response(JSON.stringify(body), { status: response.status, headers: response.headers });
  };
}

/** The answer's part about one contract, whichever alias it has. */
function partOf(data: { [key: string]: Json }, { variables }: Call, contract: string): { [key: string]: Json } | null {
  for (const [name, value] of Object.entries(variables)) {
    const alias = /^(n\d+_)/.exec(name)?.[1];
    if (value !== contract || alias === undefined) continue;
    const key = Object.keys(data).find((each) => each.startsWith(alias) && isObject(data[each]));
    const part = key === undefined ? null : data[key];
    if (isObject(part)) return part;
  }
  return null;
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

async function nextDue(app: TestApp) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
    include: { cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" }, take: 1 } },
  });
  const [cycle] = row.cycles;
  if (!cycle) throw new Error("nothing is due");
  return { row, cycle };
}

const after = (at: Date, hours: number): string => new Date(at.getTime() + hours * 3_600_000).toISOString();

const successesOf = ({ shopify }: TestApp): string[] =>
  Object.values(shopify.attempts)
    .filter(({ state, cycleIndex }) => state === "Success" && cycleIndex !== null)
    .map(({ contractId, cycleIndex }) => `${contractId} ${cycleIndex}`)
    .sort();

async function expectTrueLedger(app: TestApp): Promise<void> {
  const successes = successesOf(app);
  expect(new Set(successes).size).toBe(successes.length);
  const paid = await app.ctx.db.charge.findMany({ where: { state: "PAID" }, include: { contract: true } });
  expect(
    paid.map(({ contract, cycleIndex }) => `${contract.shopifyId.split("/").at(-1)} ${cycleIndex}`).sort(),
  ).toEqual(successes);
}

test("a cycle that can't be understood is parked with Shopify's own words, and everybody else is charged", async () => {
  const app = await testApp({ subscribers: 8 });
  const { row, cycle } = await nextDue(app);
  corrupt(app, (data, call) => {
    // Without the bulk guard each cycle is looked at by itself.
    if (call.operation === "AttemptFeed") data.subscriptionBillingAttempts = null;
    if (call.operation !== "CycleGuard") return;
    const source = partOf(data, call, row.shopifyId)?.sourceContract;
    if (isObject(source)) source.revisionId = ["nonsense"];
  });
  await app.advanceTo(after(cycle.dueAt, 24 * 6));
  const charge = await app.ctx.db.charge.findFirstOrThrow({
    where: { contractId: row.id, cycleIndex: cycle.cycleIndex },
    include: { attempts: true },
  });
  expect(charge).toMatchObject({ state: "PARKED", parkedReason: "BAD_DATA", nextActionAt: null });
  expect(charge.attempts).toMatchObject([{ state: "REFUSED", errorCode: "BAD_DATA" }]);
  expect(charge.attempts[0]?.errorMessage).toContain('"revisionId":["nonsense"]');
  const others = await app.ctx.db.charge.findMany({ where: { imported: false, contractId: { not: row.id } } });
  expect(others.length).toBeGreaterThan(1);
  expect([...new Set(others.map(({ state }) => state))]).toEqual(["PAID"]);
  await expectTrueLedger(app);
});

test("a contract that can't be understood stays as it was, is not charged, and is charged once it can be", async () => {
  const app = await testApp();
  const { row, cycle } = await nextDue(app);
  const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
  if (!contract) throw new Error("no contract");
  let isBroken = true;
  corrupt(app, (data, call) => {
    const part = isBroken && call.operation.startsWith("Contract") ? partOf(data, call, row.shopifyId) : null;
    if (part && "revisionId" in part) Object.assign(part, { revisionId: null, status: "SOMETHING_NEW" });
    const page = call.operation === "ContractPage" && isBroken ? data.subscriptionContracts : null;
    const nodes = isObject(page) && Array.isArray(page.nodes) ? page.nodes : [];
    for (const node of nodes) if (isObject(node) && node.id === row.shopifyId) node.lines = null;
  });
  await app.ctx.db.reread.create({
    data: { shopId: app.shop.id, kind: "CONTRACT", shopifyId: row.shopifyId, markedAt: app.ctx.clock.now() },
  });
  await rereadMarked(app.ctx, app.shop.id);
  await reconcile(app.ctx, app.shop.id);
  const before = await app.ctx.db.subscriptionContract.findUniqueOrThrow({ where: { id: row.id } });
  expect(before).toMatchObject({ status: "ACTIVE", revisionId: row.revisionId, goneAt: null });
  expect(before.unreadableSince).not.toBeNull();
  expect(before.unreadableAnswer).toContain(row.shopifyId);
  const person = app.shopify.customers[contract.customerId];
  expect(before.unreadableAnswer).not.toContain(person?.email);
  expect(before.unreadableAnswer).not.toContain(person?.lastName);
  expect(before.unreadableAnswer).not.toContain("lastDigits");

  await app.advanceTo(after(cycle.dueAt, 5));
  const own = { contractId: row.id, imported: false };
  expect(await app.ctx.db.charge.count({ where: own })).toBe(0);
  const waiting = await app.ctx.db.billingCycle.findUniqueOrThrow({
    where: { contractId_cycleIndex: { contractId: row.id, cycleIndex: cycle.cycleIndex } },
  });
  expect(waiting).toMatchObject({ outcome: null, waitReason: "DISAGREEMENT" });
  isBroken = false;
  await app.advanceTo(after(cycle.dueAt, 8));
  expect(await app.ctx.db.charge.findMany({ where: own })).toMatchObject([{ state: "PAID" }]);
  expect(await app.ctx.db.subscriptionContract.findUniqueOrThrow({ where: { id: row.id } })).toMatchObject({
    unreadableSince: null,
    unreadableAnswer: null,
  });
  await expectTrueLedger(app);
});

test("a list that ends in nonsense is not taken for its end: nobody's subscription is ended by it", async () => {
  const app = await testApp();
  const active = await app.ctx.db.subscriptionContract.count({ where: { status: "ACTIVE" } });
  const pages: Json[] = [null, {}, { nodes: [] }, { nodes: [], pageInfo: null }, { nodes: null, pageInfo: {} }];
  for (const nonsense of pages) {
    corrupt(app, (data, { operation }) => {
      if (operation === "ContractPage") data.subscriptionContracts = nonsense;
    });
    await expect(reconcile(app.ctx, app.shop.id)).rejects.toThrow();
  }
  // A page that is whole and has lost its contracts: each is asked for before it counts as gone.
  app.world.now = after(new Date(app.world.now), 1);
  corrupt(app, (data, { operation }) => {
    if (operation !== "ContractPage") return;
    data.subscriptionContracts = { nodes: [{ id: 7 }, null], pageInfo: { hasNextPage: false, endCursor: null } };
  });
  await reconcile(app.ctx, app.shop.id);
  expect(await app.ctx.db.subscriptionContract.count({ where: { status: "ACTIVE", goneAt: null } })).toBe(active);
});

const NONSENSE: readonly Json[] = [
  null,
  7,
  -1,
  1e15,
  true,
  "",
  "x".repeat(1_000_000),
  "0000-00-00",
  "9999-12-31T23:59:59Z",
  "-5.00",
  "A_NEW_VALUE",
  "\u0000",
  [],
  {},
];

/** What the engine reads when it charges. Attempts' own answers are among them: then money may have moved. */
const READ = [
  ...["AttemptFeed", "ContractFeed", "CycleGuard", "CycleAttempts", "BillingAttemptCreate", "AttemptsById"],
  ...["VariantStock", "ContractReading", "ContractGlance", "ContractCycles"],
];

/** Puts nonsense in one place of the answer, or leaves the place out. */
function spoil(data: { [key: string]: Json }, next: (below: number) => number): void {
  const places: { of: Json[] | { [key: string]: Json }; key: string | number }[] = [];
  const walk = (value: Json): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, each] of Object.entries(value)) {
      places.push({ of: value, key: Array.isArray(value) ? Number(key) : key });
      walk(each);
    }
  };
  walk(data);
  const place = places[next(places.length)];
  if (!place) return;
  const nonsense = NONSENSE[next(NONSENSE.length + 1)];
  if (Array.isArray(place.of)) place.of[Number(place.key)] = nonsense ?? null;
  else if (nonsense === undefined) delete place.of[place.key];
  else place.of[place.key] = nonsense;
}

test.each([1, 2, 3])(
  "whatever field of whatever answer is nonsense, no job fails, nobody is charged twice, and all is well once the answers are (seed %i)",
  { timeout: 120_000 },
  async (seed) => {
    const app = await testApp({ subscribers: 12 });
    const random = xoroshiro128plus(seed);
    const next = (below: number): number => (below === 0 ? 0 : (random.next() >>> 0) % below);
    let spoiled = 0;
    corrupt(app, (data, { operation }) => {
      if (!READ.includes(operation) || next(2) > 0) return;
      spoiled += 1;
      spoil(data, next);
    });
    const { cycle } = await nextDue(app);
    await app.advanceTo(after(cycle.dueAt, 24 * 21));
    expect(spoiled).toBeGreaterThan(20);
    const successes = successesOf(app);
    expect(new Set(successes).size).toBe(successes.length);

    app.intercept.fetch = (each) => each;
    await reconcile(app.ctx, app.shop.id);
    await app.advanceTo(after(cycle.dueAt, 24 * 22 + 5));
    await expectTrueLedger(app);
    const stuck = await app.ctx.db.charge.findMany({
      where: { state: { in: ["CLAIMED", "SENDING", "UNKNOWN", "PENDING"] } },
    });
    expect(stuck).toEqual([]);
    expect(await app.ctx.db.subscriptionContract.count({ where: { unreadableSince: { not: null } } })).toBe(0);
    const parked = await app.ctx.db.charge.findMany({ where: { state: "PARKED" } });
    for (const { parkedReason } of parked)
      expect(parkedReason).toMatch(/^(BAD_DATA|CYCLE_NOT_FOUND|FOREIGN_CHARGE|REFUSED_UNKNOWN)$/);
    await runBilling(app.ctx, app.shop.id);
  },
);

test("nonsense about the shop, its people and their cards leaves what is known, and whatever else is marked is read", async () => {
  const app = await testApp();
  const random = xoroshiro128plus(11);
  const next = (below: number): number => (below === 0 ? 0 : (random.next() >>> 0) % below);
  const { row } = await nextDue(app);
  const known = await app.ctx.db.subscriptionContract.findUniqueOrThrow({
    where: { id: row.id },
    include: { customer: true },
  });
  const marks = [
    ["SHOP", app.shop.domain],
    ["CUSTOMER", known.customer?.shopifyId ?? ""],
    ["PAYMENT_METHOD", known.paymentMethodId ?? ""],
  ] as const;
  corrupt(app, (data, { operation }) => {
    if (["Shop", "CustomersById", "PaymentMethodsById"].includes(operation)) spoil(data, next);
  });
  for (let time = 0; time < 60; time += 1) {
    await app.ctx.db.reread.createMany({
      data: marks.map(([kind, shopifyId]) => ({
        ...{ shopId: app.shop.id, kind, shopifyId },
        markedAt: app.ctx.clock.now(),
      })),
    });
    await rereadMarked(app.ctx, app.shop.id);
  }
  expect(await app.ctx.db.reread.count()).toBe(0);
  const { timeZone, currencyCode } = await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } });
  expect([timeZone, currencyCode]).toEqual(["Europe/Oslo", "NOK"]);
});

test("a webhook with nonsense in it is refused or stored, and never fails", async () => {
  const app = await testApp();
  const random = xoroshiro128plus(7);
  const next = (below: number): number => (below === 0 ? 0 : (random.next() >>> 0) % below);
  const types: Readonly<Record<string, string>> = {
    customers: "Customer",
    customer_payment_methods: "CustomerPaymentMethod",
    subscription_billing_attempts: "SubscriptionBillingAttempt",
  };
  const payload = (topic: string): { [key: string]: Json } => ({
    admin_graphql_api_id: `gid://shopify/${types[topic.split("/")[0] ?? ""] ?? "SubscriptionContract"}/1`,
    admin_graphql_api_customer_kept_id: "gid://shopify/Customer/1",
    admin_graphql_api_customer_deleted_id: "gid://shopify/Customer/2",
    subscription_contract_id: 1,
    revision_id: 5,
    status: "active",
    current: ["read_products"],
    customer: { id: 1 },
  });
  const { topics } = await import("~/webhooks/topics");
  const ending = ["app/uninstalled", "shop/redact", "customers/redact"];
  for (const topic of Object.keys(topics).filter((each) => !ending.includes(each))) {
    for (let time = 0; time < 12; time += 1) {
      const data = payload(topic);
      spoil(data, next);
      const received = await receive(app.ctx, {
        shopDomain: app.shop.domain,
        topic,
        eventId: `${topic} ${time}`,
        webhookId: `${topic} ${time}`,
        triggeredAt: app.ctx.clock.now(),
        payload: data,
      });
      expect(["STORED", "MALFORMED"]).toContain(received);
    }
  }
  await rereadMarked(app.ctx, app.shop.id);
});
