import { beforeAll, describe, expect, it } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import type { PlanInput } from "./plan";
import { numericId } from "./plan";
import { createPlan, deletePlan, getPlan, listPlans, updatePlan } from "./plans.server";

let app: TestApp;
let productIds: string[];

beforeAll(async () => {
  app = await testApp();
  productIds = Object.keys(app.shopify.products).map((id) => `gid://shopify/Product/${id}`);
});

const coffee = (changes: Partial<PlanInput> = {}): PlanInput => ({
  name: "Kaffe hjem",
  discountPercentage: 10,
  frequencies: [
    { interval: "WEEK", intervalCount: 1 },
    { interval: "WEEK", intervalCount: 2 },
    { interval: "WEEK", intervalCount: 4 },
  ],
  productIds: productIds.slice(0, 2),
  ...changes,
});

async function create(changes?: Partial<PlanInput>): Promise<string> {
  const outcome = await createPlan(app.ctx, app.shop, coffee(changes));
  if (outcome.outcome !== "SAVED") throw new Error(`not saved: ${JSON.stringify(outcome)}`);
  return numericId(outcome.id);
}

async function read(id: string) {
  const plan = await getPlan(app.ctx, app.shop, id);
  if (!plan) throw new Error(`there is no plan ${id}`);
  return plan;
}

const sellingPlanIds = (plan: Awaited<ReturnType<typeof read>>) =>
  Object.fromEntries(plan.frequencies.map(({ intervalCount, sellingPlanId }) => [intervalCount, sellingPlanId]));

describe("a plan", () => {
  it("comes back from Shopify as it was made", async () => {
    const plan = await read(await create());
    expect(plan).toMatchObject({ name: "Kaffe hjem", discountPercentage: 10, editable: true, productCount: 2 });
    expect(plan.frequencies.map(({ intervalCount }) => intervalCount)).toEqual([1, 2, 4]);
    expect(plan.products.map(({ id }) => id).sort()).toEqual(productIds.slice(0, 2).sort());
  });

  it("is what the shop's widget and cart look for: ours by name, in the shop's language", async () => {
    const id = await create();
    const group = app.shopify.sellingPlanGroups[id];
    const names = group?.sellingPlanIds.map((planId) => app.shopify.sellingPlans[planId]?.name);
    expect(group?.appReference).toBe("perennial");
    expect(names).toEqual(["Levering hver uke", "Levering hver 2. uke", "Levering hver 4. uke"]);
  });

  it("without a discount has no price rule", async () => {
    const plan = await read(await create({ discountPercentage: 0 }));
    expect(plan).toMatchObject({ discountPercentage: 0, editable: true });
  });
});

describe("an edit", () => {
  it("keeps the ids of the frequencies that stay and changes all else", async () => {
    const id = await create();
    const before = await read(id);
    const wanted = coffee({
      name: "Kaffe på døra",
      discountPercentage: 15,
      frequencies: [
        { interval: "WEEK", intervalCount: 2 },
        { interval: "WEEK", intervalCount: 3 },
      ],
      productIds: productIds.slice(1, 3),
    });
    const knownProductIds = before.products.map((product) => product.id);
    const outcome = await updatePlan(app.ctx, app.shop, id, { plan: wanted, knownProductIds });
    expect(outcome.outcome).toBe("SAVED");

    const after = await read(id);
    expect(after).toMatchObject({ name: "Kaffe på døra", discountPercentage: 15 });
    expect(Object.keys(sellingPlanIds(after))).toEqual(["2", "3"]);
    expect(sellingPlanIds(after)[2]).toBe(sellingPlanIds(before)[2]);
    expect(after.products.map((product) => product.id).sort()).toEqual(productIds.slice(1, 3).sort());
  });

  it("can take the discount away", async () => {
    const id = await create();
    const plan = coffee({ discountPercentage: 0 });
    await updatePlan(app.ctx, app.shop, id, { plan, knownProductIds: plan.productIds });
    expect((await read(id)).discountPercentage).toBe(0);
  });

  it("leaves alone the products that someone else attached while the form was open", async () => {
    const id = await create({ productIds: productIds.slice(0, 1) });
    const group = app.shopify.sellingPlanGroups[id];
    group?.productIds.push(numericId(productIds[2] ?? ""));
    const plan = coffee({ productIds: productIds.slice(1, 2) });
    await updatePlan(app.ctx, app.shop, id, { plan, knownProductIds: productIds.slice(0, 1) });
    expect((await read(id)).products.map((product) => product.id).sort()).toEqual(productIds.slice(1, 3).sort());
  });

  it("of a plan that is gone, or whose number is none, is not found", async () => {
    for (const id of ["999999", "1; DROP", ""]) {
      const outcome = await updatePlan(app.ctx, app.shop, id, { plan: coffee(), knownProductIds: [] });
      expect(outcome).toEqual({ outcome: "NOT_FOUND" });
    }
  });
});

describe("deleting a plan", () => {
  it("takes it away and leaves subscriptions as they are", async () => {
    const contracts = JSON.stringify(app.shopify.contracts);
    const id = await create();
    expect(await deletePlan(app.ctx, app.shop, id)).toEqual({ outcome: "DELETED" });
    expect(await getPlan(app.ctx, app.shop, id)).toBeNull();
    expect(await deletePlan(app.ctx, app.shop, id)).toEqual({ outcome: "NOT_FOUND" });
    expect(JSON.stringify(app.shopify.contracts)).toBe(contracts);
  });
});

describe("the list", () => {
  it("has the newest first and no other app's", async () => {
    const id = await create({ name: "Nyest" });
    const foreign = await create({ name: "Fra en annen app" });
    const group = app.shopify.sellingPlanGroups[foreign];
    if (group) group.appId = "another-app";
    const { plans } = await listPlans(app.ctx, app.shop);
    expect(plans[0]).toMatchObject({ id: `gid://shopify/SellingPlanGroup/${id}`, name: "Nyest" });
    expect(plans.map(({ name }) => name)).not.toContain("Fra en annen app");
  });
});

describe("a large range", () => {
  it("is attached and taken off in as many calls as Shopify's limits ask for", async () => {
    const [model] = Object.values(app.shopify.products);
    if (!model) throw new Error("the shop sells something");
    const many = Array.from({ length: 300 }, (_, index) => String(5_000_000 + index));
    for (const id of many) app.shopify.products[id] = { ...model, id, handle: id, variantIds: [] };
    const wanted = many.map((id) => `gid://shopify/Product/${id}`);

    const id = await create({ productIds: wanted });
    expect((await read(id)).products).toHaveLength(300);
    const fewer = coffee({ productIds: wanted.slice(0, 10) });
    await updatePlan(app.ctx, app.shop, id, { plan: fewer, knownProductIds: wanted });
    expect((await read(id)).products).toHaveLength(10);
  });
});

describe("trouble on the way to Shopify", () => {
  it("is told apart: what was surely not done, and what may have been", async () => {
    app.intercept.fetch = (next) => async (input, init) => {
      await next(input, init);
      throw new TypeError("the answer was lost");
    };
    expect(await createPlan(app.ctx, app.shop, coffee())).toEqual({ outcome: "UNKNOWN" });
    app.intercept.fetch = () => () => Promise.resolve(new Response("{}", { status: 423 }));
    expect(await createPlan(app.ctx, app.shop, coffee())).toEqual({ outcome: "SHOPIFY_UNAVAILABLE" });
    app.intercept.fetch = (next) => next;
  });
});

it("tells Shopify's own refusal beside its field", async () => {
  const outcome = await createPlan(app.ctx, app.shop, coffee({ productIds: ["gid://shopify/Product/404404"] }));
  expect(outcome).toMatchObject({ outcome: "INVALID", problems: [{ field: "products" }] });
});
