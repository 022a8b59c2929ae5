import { describe, expect, it } from "vitest";

import { aGroup, APP, aShop, planInput } from "./fixture";
import type { SellingPlanGroupInput, SellingPlanInput } from "./selling-plan-input";
import { addToGroup, createGroup, removeFromGroup, updateGroup } from "./selling-plans";
import { summaryOf } from "./selling-plan-summary";

function codes(change: SellingPlanGroupInput): (string | null)[] {
  const f = aShop();
  const input = { name: "Kaffe", options: ["Hver"], sellingPlansToCreate: [planInput("WEEK", 1)], ...change };
  const { userErrors, group } = createGroup(f.world, f.shop, APP, input);
  if (userErrors.length > 0) {
    expect(group).toBeNull();
    expect(f.shop.sellingPlans).toEqual({});
    expect(f.shop.outbox).toEqual([]);
  }
  return userErrors.map(({ code }) => code);
}

const plan = (change: SellingPlanInput): SellingPlanGroupInput => ({
  sellingPlansToCreate: [{ ...planInput("WEEK", 1), ...change }],
});

describe("selling plan groups", () => {
  it("observed: Shopify's validations, all or nothing", () => {
    expect(codes({})).toEqual([]);
    expect(codes({ name: " " })).toEqual(["BLANK"]);
    expect(codes(plan({ name: "" }))).toEqual(["BLANK"]);
    expect(codes({ sellingPlansToCreate: [] })).toEqual(["SELLING_PLAN_COUNT_LOWER_BOUND"]);
    const many = Array.from({ length: 32 }, (_, index) => planInput("DAY", index + 1));
    expect(codes({ sellingPlansToCreate: many })).toEqual(["SELLING_PLAN_COUNT_UPPER_BOUND"]);
    expect(codes({ sellingPlansToCreate: many.slice(1) })).toEqual([]);
    expect(codes(plan({ billingPolicy: null }))).toEqual(["SELLING_PLAN_BILLING_POLICY_MISSING"]);
    expect(codes(plan({ deliveryPolicy: { fixed: {} } }))).toEqual([
      "BILLING_AND_DELIVERY_POLICY_TYPES_MUST_BE_THE_SAME",
    ]);
    const zero = { recurring: { interval: "WEEK", intervalCount: 0 } } as const;
    expect(codes(plan({ billingPolicy: zero, deliveryPolicy: zero }))).toEqual(["GREATER_THAN", "GREATER_THAN"]);
    expect(codes(plan({ billingPolicy: { recurring: { interval: "MONTH", intervalCount: 1 } } }))).toEqual([
      "SELLING_PLAN_BILLING_CYCLE_MUST_BE_A_MULTIPLE_OF_DELIVERY_CYCLE",
    ]);
    const anchored = {
      recurring: { interval: "WEEK", intervalCount: 1, anchors: [{ type: "WEEKDAY", day: 1 }] },
    } as const;
    expect(
      codes(plan({ billingPolicy: { recurring: { ...anchored.recurring, anchors: [{ type: "WEEKDAY", day: 1 }] } } })),
    ).toEqual(["SELLING_PLAN_BILLING_AND_DELIVERY_POLICY_ANCHORS_MUST_BE_EQUAL"]);
    expect(
      codes(
        plan({
          pricingPolicies: [
            { recurring: { adjustmentType: "PERCENTAGE", adjustmentValue: { percentage: 5 }, afterCycle: 2 } },
          ],
        }),
      ),
    ).toEqual(["SELLING_PLAN_PRICING_POLICIES_MUST_CONTAIN_A_FIXED_PRICING_POLICY"]);
    expect(
      codes(
        plan({ pricingPolicies: [{ fixed: { adjustmentType: "PERCENTAGE", adjustmentValue: { percentage: 101 } } }] }),
      ),
    ).toEqual(["LESS_THAN_OR_EQUAL_TO"]);
    expect(
      codes(plan({ pricingPolicies: [{ fixed: { adjustmentType: "PRICE", adjustmentValue: { percentage: 10 } } }] })),
    ).toEqual(["PRICING_POLICY_ADJUSTMENT_VALUE_AND_TYPE_MUST_MATCH"]);
    expect(codes({ sellingPlansToCreate: [planInput("WEEK", 1), planInput("WEEK", 1)] })).toEqual([
      "SELLING_PLAN_DUPLICATE_NAME",
      "SELLING_PLAN_DUPLICATE_OPTIONS",
    ]);
  });

  it("prepaid is a billing cycle that is a multiple of the delivery cycle", () => {
    expect(codes(plan({ billingPolicy: { recurring: { interval: "WEEK", intervalCount: 4 } } }))).toEqual([]);
  });

  it("documented: an update keeps what it doesn't name, and creates, updates and deletes in one go", () => {
    const f = aShop();
    const group = aGroup(f, planInput("WEEK", 1), planInput("WEEK", 2));
    const [first = "", second = ""] = group.sellingPlanIds;
    const { userErrors, deletedPlanIds } = updateGroup(f.world, f.shop, group, {
      name: "Kaffe til døra",
      sellingPlansToUpdate: [{ id: first, name: "Ukentlig" }],
      sellingPlansToDelete: [second],
      sellingPlansToCreate: [planInput("WEEK", 4)],
    });
    expect(userErrors).toEqual([]);
    expect(deletedPlanIds).toEqual([second]);
    expect(group).toMatchObject({ name: "Kaffe til døra", merchantCode: "Kaffe hjem", options: ["Hver"] });
    expect(f.shop.sellingPlans[first]).toMatchObject({
      name: "Ukentlig",
      billingPolicy: { interval: "WEEK", intervalCount: 1 },
      pricingPolicies: [{ adjustmentValue: "10" }],
    });
    expect(f.shop.sellingPlans[second]).toBeUndefined();
    expect(group.sellingPlanIds).toHaveLength(2);
    expect(summaryOf(f.shop, group)).toBe("2 delivery frequencies, 10% discount");
    const wrong = updateGroup(f.world, f.shop, group, {
      sellingPlansToUpdate: [{ name: "x" }, { id: "1", name: "y" }],
    });
    expect(wrong.userErrors.map(({ code }) => code)).toEqual([
      "PLAN_ID_MUST_BE_SPECIFIED_TO_UPDATE",
      "PLAN_DOES_NOT_EXIST",
    ]);
  });

  it("observed: adding a product twice is TAKEN; the summary is Shopify's", () => {
    const f = aShop();
    const group = aGroup(f, planInput("WEEK", 1));
    expect(summaryOf(f.shop, group)).toBe("1 delivery frequency, 10% discount");
    const { userErrors } = addToGroup(f.world, f.shop, group, { productIds: [f.product.id] });
    expect(userErrors).toMatchObject([{ code: "TAKEN", message: "Resource has already been taken" }]);
    expect(removeFromGroup(f.world, f.shop, group, { productIds: [f.product.id, "1"] }).productIds).toEqual([
      f.product.id,
    ]);
    expect(addToGroup(f.world, f.shop, group, { productIds: ["1"] }).userErrors[0]?.code).toBe(
      "PRODUCT_DOES_NOT_EXIST",
    );
  });
});
