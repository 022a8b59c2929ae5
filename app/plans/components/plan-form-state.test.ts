import { expect, it } from "vitest";

import { formOf, isChanged, newPlanForm, nextRow, postedForm } from "./plan-form-state";

const plan = {
  id: "gid://shopify/SellingPlanGroup/1",
  name: "Kaffe hjem",
  discountPercentage: 12.5,
  productCount: 1,
  editable: true,
  frequencies: [
    { sellingPlanId: "1", interval: "WEEK" as const, intervalCount: 1 },
    { sellingPlanId: "2", interval: "WEEK" as const, intervalCount: 2 },
  ],
  products: [{ id: "gid://shopify/Product/1", title: "Yirgacheffe", imageUrl: null }],
};

it("shows a discount as the merchant would type it, and none as an empty field", () => {
  expect(formOf(plan, ",").discountPercentage).toBe("12,5");
  expect(formOf({ ...plan, discountPercentage: 0 }, ",").discountPercentage).toBe("");
});

it("offers to save only when something is different", () => {
  const before = formOf(plan, ",");
  const [first, second] = before.frequencies;
  if (!first || !second) throw new Error("the plan has two frequencies");
  expect(isChanged(before, { ...before, frequencies: [second, first] })).toBe(false);
  expect(isChanged(before, { ...before, frequencies: [first] })).toBe(true);
  expect(isChanged(before, { ...before, name: "Kaffe" })).toBe(true);
  expect(isChanged(before, { ...before, products: [] })).toBe(true);
});

it("never gives a new row the number of one that was removed in the middle", () => {
  expect(nextRow({ ...newPlanForm, frequencies: [{ row: 5, interval: "DAY", intervalCount: "1" }] })).toBe(6);
  expect(nextRow({ ...newPlanForm, frequencies: [] })).toBe(1);
});

it("posts what was typed, without the rows' numbers", () => {
  expect(postedForm(newPlanForm).frequencies).toEqual([{ interval: "WEEK", intervalCount: "2" }]);
});
