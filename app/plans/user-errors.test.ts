import { expect, it } from "vitest";

import { problemsFromUserErrors } from "./user-errors";

it.each([
  [["input", "name"], "BLANK", "name", "NAME_BLANK"],
  [
    ["input", "sellingPlansToCreate", "1", "options"],
    "SELLING_PLAN_DUPLICATE_OPTIONS",
    "frequencies",
    "FREQUENCY_TWICE",
  ],
  [["input", "sellingPlansToCreate"], "SELLING_PLAN_COUNT_UPPER_BOUND", "frequencies", "FREQUENCIES_TOO_MANY"],
  [["productIds"], "PRODUCT_DOES_NOT_EXIST", "products", "PRODUCT_GONE"],
  [null, "RESOURCE_LIST_CONTAINS_INVALID_IDS", "products", "PRODUCT_GONE"],
] as const)("tells Shopify's %s %s at %s", (path, code, field, expected) => {
  expect(problemsFromUserErrors([{ field: path && [...path], code, message: "…" }])).toEqual([
    { field, code: expected },
  ]);
});

it("keeps Shopify's words where we have none, at the field they are about", () => {
  const path = ["input", "sellingPlansToUpdate", "0", "pricingPolicies", "0"];
  expect(problemsFromUserErrors([{ field: path, code: "INVALID", message: "Percentage is odd" }])).toEqual([
    { field: "discountPercentage", code: "SHOPIFY_SAYS", message: "Percentage is odd" },
  ]);
});

it("takes a product that is already in the plan as added", () => {
  expect(problemsFromUserErrors([{ field: ["productIds"], code: "TAKEN", message: "taken" }])).toEqual([]);
});
