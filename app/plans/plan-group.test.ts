import { describe, expect, it } from "vitest";

import type { PlanFieldsFragment } from "~/shopify/generated/admin";

import type { PlanInput } from "./plan";
import { createInput, planFromGroup, updateInput } from "./plan-group";
import { shopperTexts } from "./texts";

type SellingPlan = PlanFieldsFragment["sellingPlans"]["nodes"][number];

const sellingPlan = (id: number, intervalCount: number, percentage: number): SellingPlan => ({
  id: `gid://shopify/SellingPlan/${id}`,
  billingPolicy: {
    __typename: "SellingPlanRecurringBillingPolicy",
    interval: "WEEK",
    intervalCount,
    minCycles: null,
    maxCycles: null,
    anchors: [],
  },
  deliveryPolicy: { __typename: "SellingPlanRecurringDeliveryPolicy", interval: "WEEK", intervalCount },
  pricingPolicies:
    percentage === 0
      ? []
      : [
          {
            __typename: "SellingPlanFixedPricingPolicy",
            adjustmentType: "PERCENTAGE",
            adjustmentValue: { __typename: "SellingPlanPricingPolicyPercentageValue", percentage },
          },
        ],
});

const group = (...nodes: SellingPlan[]): PlanFieldsFragment => ({
  id: "gid://shopify/SellingPlanGroup/7",
  name: "Kaffe hjem",
  createdAt: "2026-01-01T00:00:00Z",
  productsCount: { count: 2 },
  sellingPlans: { nodes },
});

const coffee: PlanInput = {
  name: "Kaffe hjem",
  discountPercentage: 10,
  productIds: [],
  frequencies: [
    { interval: "MONTH", intervalCount: 1 },
    { interval: "WEEK", intervalCount: 2 },
  ],
};

describe("what shoppers read is written in the shop's language", () => {
  it("in Norwegian, shortest frequency first", () => {
    const input = createInput(coffee, shopperTexts("nb-NO"));
    expect(input.options).toEqual(["Hvor ofte"]);
    expect(input.sellingPlansToCreate?.map(({ name, options, position }) => [name, options, position])).toEqual([
      ["Levering hver 2. uke", ["Hver 2. uke"], 1],
      ["Levering hver måned", ["Hver måned"], 2],
    ]);
  });
  it("in English", () => {
    expect(createInput(coffee, shopperTexts("en")).sellingPlansToCreate?.[0]?.name).toBe("Delivery every 2 weeks");
  });
});

describe("a new selling plan", () => {
  it("is a pay-as-you-go subscription: billed as often as delivered, with the discount off every order", () => {
    expect(createInput(coffee, shopperTexts("nb")).sellingPlansToCreate?.[0]).toMatchObject({
      category: "SUBSCRIPTION",
      billingPolicy: { recurring: { interval: "WEEK", intervalCount: 2 } },
      deliveryPolicy: { recurring: { interval: "WEEK", intervalCount: 2 } },
      inventoryPolicy: { reserve: "ON_SALE" },
      pricingPolicies: [{ fixed: { adjustmentType: "PERCENTAGE", adjustmentValue: { percentage: 10 } } }],
    });
  });
  it("has no pricing policy without a discount", () => {
    const [plan] = createInput({ ...coffee, discountPercentage: 0 }, shopperTexts("nb")).sellingPlansToCreate ?? [];
    expect(plan?.pricingPolicies).toEqual([]);
  });
});

describe("an edit keeps the id of every frequency that stays", () => {
  const current = planFromGroup(group(sellingPlan(21, 1, 10), sellingPlan(22, 2, 10)));
  const input = updateInput({ ...coffee, discountPercentage: 15 }, current, shopperTexts("nb"));

  it("updates it under its id", () => {
    expect(input.sellingPlansToUpdate).toMatchObject([
      {
        id: "gid://shopify/SellingPlan/22",
        billingPolicy: { recurring: { intervalCount: 2 } },
        pricingPolicies: [{ fixed: { adjustmentValue: { percentage: 15 } } }],
      },
    ]);
  });
  it("creates what is new and deletes what is gone, and never turns one frequency into another", () => {
    expect(input.sellingPlansToCreate?.map(({ name }) => name)).toEqual(["Levering hver måned"]);
    expect(input.sellingPlansToDelete).toEqual(["gid://shopify/SellingPlan/21"]);
  });
});

describe("reading a group back", () => {
  it("gives the plan that the form made", () => {
    expect(planFromGroup(group(sellingPlan(22, 2, 10), sellingPlan(21, 1, 10)))).toMatchObject({
      name: "Kaffe hjem",
      discountPercentage: 10,
      productCount: 2,
      editable: true,
      frequencies: [
        { interval: "WEEK", intervalCount: 1 },
        { interval: "WEEK", intervalCount: 2 },
      ],
    });
  });

  const plain = sellingPlan(1, 1, 10);
  const recurring = { __typename: "SellingPlanRecurringBillingPolicy", interval: "WEEK", intervalCount: 1 } as const;
  it.each<[string, SellingPlan[]]>([
    ["different discounts", [plain, sellingPlan(2, 2, 5)]],
    [
      "prepaid deliveries",
      [{ ...plain, billingPolicy: { ...recurring, intervalCount: 4, minCycles: null, maxCycles: null, anchors: [] } }],
    ],
    ["a commitment", [{ ...plain, billingPolicy: { ...recurring, minCycles: 3, maxCycles: null, anchors: [] } }]],
    [
      "a fixed day",
      [{ ...plain, billingPolicy: { ...recurring, minCycles: 1, maxCycles: null, anchors: [{ type: "WEEKDAY" }] } }],
    ],
    [
      "a price that changes later",
      [{ ...plain, pricingPolicies: [...plain.pricingPolicies, ...plain.pricingPolicies] }],
    ],
    ["a pre-order", [{ ...plain, billingPolicy: { __typename: "SellingPlanFixedBillingPolicy" } }]],
  ])("never offers to flatten %s", (_, plans) => {
    expect(planFromGroup(group(...plans)).editable).toBe(false);
  });
});
