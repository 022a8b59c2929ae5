import { expect, test } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import {
  completeCheckout,
  mergeCustomers,
  moveContract,
  skipCycle as skipInShopify,
  updateCustomer,
  updatePaymentMethod,
} from "../../tests/dev-shop/domain";
import { skipCycle, unskipCycle } from "./cycles.server";
import { contractDetail, contractsOfCustomer, homeFigures, listContracts } from "./queries.server";
import { cancelContract, pauseContract, resumeContract } from "./status.server";

const number = (shopifyId: string): string => shopifyId.split("/").at(-1) ?? "";

async function anActive(app: TestApp) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { status: "ACTIVE", nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
    include: { customer: true },
  });
  const contract = app.shopify.contracts[number(row.shopifyId)];
  if (!contract) throw new Error("no contract");
  return { row, contract };
}

async function detailOf(app: TestApp, id: string) {
  const detail = await contractDetail(app.ctx, app.shop, id);
  if (!detail) throw new Error("not found");
  return detail;
}

test("a shopper's checkout stands in the list, is confirmed once, and its first renewal is the next date", async () => {
  const app = await testApp();
  const plan = Object.values(app.shopify.sellingPlans)[0];
  const group = plan && app.shopify.sellingPlanGroups[plan.groupId];
  const product = group && app.shopify.products[group.productIds[0] ?? ""];
  const customer = Object.values(app.shopify.customers)[0];
  if (!plan || !product || !customer) throw new Error("no plan");
  const line = { variantId: product.variantIds[0] ?? "", quantity: 2, sellingPlanId: plan.id };
  const result = completeCheckout(app.world, app.shopify, { customerId: customer.id, lines: [line] });
  await app.settle();
  await app.settle();
  const contractId = "contracts" in result ? result.contracts[0]?.id : undefined;
  const detail = await detailOf(app, contractId ?? "");
  expect(detail.history.map(({ type, actor }) => [type, actor])).toEqual(
    expect.arrayContaining([["contract.created", "shopper"]]),
  );
  expect(detail.lines[0]).toMatchObject({ quantity: 2, sellingPlanName: plan.name });
  expect(detail.upcoming).toHaveLength(6);
  expect(detail.upcoming[0]).toMatchObject({ cycleIndex: 1, state: "OPEN", canSkip: true });
  expect(detail.nextBillingAt).toBe(detail.upcoming[0]?.expectedAt);
  expect(detail.originOrder?.name).toMatch(/^#\d+$/);
  expect(app.mails).toHaveLength(1);
  expect((await listContracts(app.ctx, app.shop)).items[0]?.id).toBe(detail.id);
});

test("skip and its undo: date and actor are told, the skipped cycle brings no order, the one after does", async () => {
  const app = await testApp();
  const { row } = await anActive(app);
  const [first, second] = (await detailOf(app, row.id)).upcoming;
  if (!first || !second) throw new Error("no cycles");
  const skipped = await skipCycle(app.ctx, app.shop, row.id, first.cycleIndex, "shopper");
  expect(skipped).toEqual({ outcome: "SKIPPED", expectedAt: first.expectedAt, nextBillingAt: second.expectedAt });
  expect(await skipCycle(app.ctx, app.shop, row.id, first.cycleIndex, "shopper")).toEqual(skipped);
  expect(await unskipCycle(app.ctx, app.shop, row.id, first.cycleIndex, "merchant")).toEqual({
    outcome: "UNSKIPPED",
    expectedAt: first.expectedAt,
    nextBillingAt: first.expectedAt,
  });
  await skipCycle(app.ctx, app.shop, row.id, first.cycleIndex, "shopper");
  await app.settle();
  const skippedDetail = await detailOf(app, row.id);
  expect(skippedDetail.upcoming[0]).toMatchObject({ state: "SKIPPED", canUnskip: true, canSkip: false });
  expect(skippedDetail.history.slice(0, 3).map(({ type, actor }) => [type, actor])).toEqual([
    ["cycle.skipped", "shopper"],
    ["cycle.unskipped", "merchant"],
    ["cycle.skipped", "shopper"],
  ]);

  await app.advanceTo(second.dueAt);
  await app.advanceTo(new Date(Date.parse(second.dueAt) + 3_600_000).toISOString());
  const charges = await app.ctx.db.charge.findMany({
    where: { contractId: row.id, imported: false },
    select: { cycleIndex: true, state: true },
  });
  expect(charges).toEqual([{ cycleIndex: second.cycleIndex, state: "PAID" }]);
  expect(await unskipCycle(app.ctx, app.shop, row.id, first.cycleIndex, "shopper")).toEqual({ outcome: "TOO_LATE" });
});

test("a skip whose answer is lost is put down to the shopper who asked for it", async () => {
  const app = await testApp();
  const { row } = await anActive(app);
  const [first] = (await detailOf(app, row.id)).upcoming;
  if (!first) throw new Error("no cycles");
  let lost = false;
  app.intercept.fetch = (next) => async (input, init) => {
    const response = await next(input, init);
    if (lost || !String(init?.body).includes("subscriptionBillingCycleSkip")) return response;
    lost = true;
    throw new TypeError("connection reset");
  };
  expect(await skipCycle(app.ctx, app.shop, row.id, first.cycleIndex, "shopper")).toMatchObject({ outcome: "SKIPPED" });
  expect((await detailOf(app, row.id)).history[0]).toMatchObject({ type: "cycle.skipped", actor: "shopper" });
});

test("cancelling is final: Shopify knows, nothing more comes, and asking again says so", async () => {
  const app = await testApp();
  const { row, contract } = await anActive(app);
  expect(await cancelContract(app.ctx, app.shop, row.id, "merchant")).toEqual({ outcome: "CANCELLED" });
  expect(contract.status).toBe("CANCELLED");
  await app.settle();
  const detail = await detailOf(app, row.id);
  expect(detail).toMatchObject({ status: "CANCELLED", nextBillingAt: null, upcoming: [] });
  expect(detail.history[0]).toMatchObject({ type: "contract.cancelled", actor: "merchant" });
  expect(await resumeContract(app.ctx, app.shop, row.id, "merchant")).toEqual({ outcome: "ALREADY_ENDED" });
  expect(await app.ctx.db.billingCycle.count({ where: { contractId: row.id, outcome: null } })).toBe(0);
});

test("an id that is another shop's, or none at all, is not found", async () => {
  const app = await testApp();
  const { row } = await anActive(app);
  const other = await app.ctx.db.shop.create({
    data: { ...app.shop, id: app.ctx.ids.next(), domain: "another.myshopify.com" },
  });
  for (const id of [row.id, "nonsense", ""]) {
    const shop = id === row.id ? other : app.shop;
    expect(await pauseContract(app.ctx, shop, id, "merchant")).toEqual({ outcome: "NOT_FOUND" });
    expect(await skipCycle(app.ctx, shop, id, 1, "shopper")).toEqual({ outcome: "NOT_FOUND" });
    expect(await contractDetail(app.ctx, shop, id)).toBeNull();
  }
  expect(await contractDetail(app.ctx, other, number(row.shopifyId))).toBeNull();
  expect(await contractsOfCustomer(app.ctx, other, number(row.customer?.shopifyId ?? ""))).toEqual([]);
  expect((await listContracts(app.ctx, other)).total).toBe(0);
});

test("what is done in Shopify's own admin reaches the mirror, once, as Shopify's act", async () => {
  const app = await testApp();
  const { row, contract } = await anActive(app);
  moveContract(app.world, app.shopify, contract, "pause");
  await app.settle();
  expect((await detailOf(app, row.id)).history[0]).toMatchObject({ type: "contract.paused", actor: "shopify" });
  moveContract(app.world, app.shopify, contract, "activate");
  await app.settle();
  const active = await detailOf(app, row.id);
  expect(active.history[0]).toMatchObject({ type: "contract.resumed", actor: "shopify" });

  skipInShopify(app.world, app.shopify, contract, { index: active.upcoming[1]?.cycleIndex ?? 0 });
  await app.settle();
  const skipped = await detailOf(app, row.id);
  expect(skipped.upcoming.map(({ state }) => state).slice(0, 3)).toEqual(["OPEN", "SKIPPED", "OPEN"]);
  expect(skipped.history[0]).toMatchObject({ type: "cycle.skipped", actor: "shopify", data: { reason: "asked" } });
  expect(skipped.history).toHaveLength(4);
});

test("a new card, a new name and a merged customer reach the mirror", async () => {
  const app = await testApp();
  const { row, contract } = await anActive(app);
  const method = app.shopify.paymentMethods[contract.paymentMethodId ?? ""];
  const customer = app.shopify.customers[contract.customerId];
  const other = Object.values(app.shopify.customers).find(({ id }) => id !== customer?.id);
  if (!method || !customer || !other) throw new Error("no customer");
  updatePaymentMethod(app.world, app.shopify, method, { lastDigits: "9876" });
  updateCustomer(app.world, app.shopify, customer, { firstName: "Åse", lastName: "Ødegård" });
  await app.settle();
  const changed = await detailOf(app, row.id);
  expect(changed.paymentMethodLabel).toMatch(/•••• 9876$/);
  expect(changed.customerName).toBe("Åse Ødegård");
  expect(changed.history[0]).toMatchObject({ type: "payment-method.changed" });

  mergeCustomers(app.world, app.shopify, other, customer);
  await app.settle();
  expect((await detailOf(app, row.id)).customer?.shopifyId).toBe(`gid://shopify/Customer/${other.id}`);
});

test("search finds by name, e-mail, product, order and contract number", async () => {
  const app = await testApp({ subscribers: 8 });
  const { row } = await anActive(app);
  const detail = await detailOf(app, row.id);
  const found = async (search: string) =>
    (await listContracts(app.ctx, app.shop, { search })).items.map(({ id }) => id).includes(row.id);
  expect(await found(detail.customerName?.toLowerCase() ?? "")).toBe(true);
  expect(await found(detail.customerEmail ?? "")).toBe(true);
  expect(await found(`${detail.customerName?.split(" ")[0]} ${detail.lines[0]?.title.split(" ")[0]}`)).toBe(true);
  expect(await found(detail.originOrder?.name ?? "")).toBe(true);
  expect(await found(detail.charges[0]?.orderName?.slice(1) ?? "")).toBe(true);
  expect(await found(detail.number)).toBe(true);
  expect(await found("no such thing")).toBe(false);
});

test("home counts what is active and what the next seven days bring", async () => {
  const app = await testApp({ subscribers: 8 });
  const figures = await homeFigures(app.ctx, await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } }));
  const all = Object.values(app.shopify.contracts);
  expect(figures).toMatchObject({
    imported: true,
    active: all.filter(({ status }) => status === "ACTIVE").length,
    paused: all.filter(({ status }) => status === "PAUSED").length,
  });
  expect(figures.renewals.byDay.map(({ date }) => date)).toEqual([
    "2026-03-02",
    "2026-03-03",
    "2026-03-04",
    "2026-03-05",
    "2026-03-06",
    "2026-03-07",
    "2026-03-08",
  ]);
  expect(figures.renewals.byDay.reduce((sum, { count }) => sum + count, 0)).toBe(figures.renewals.count);
  const before = await app.ctx.db.charge.count({ where: { imported: false } });
  await app.advanceTo("2026-03-08T22:00:00Z");
  expect((await app.ctx.db.charge.count({ where: { imported: false } })) - before).toBe(figures.renewals.count);
});
