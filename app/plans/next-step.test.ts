import { expect, it } from "vitest";

import { nextStep } from "./next-step";

const used = { id: "1", name: "Kaffe hjem", productCount: 2 };
const unused = { id: "2", name: "Te hjem", productCount: 0 };

it.each([
  ["a new shop", [], 0, { step: "CREATE_PLAN" }],
  ["a plan that no product uses", [unused], 0, { step: "ATTACH_PRODUCTS", plan: { id: "2", name: "Te hjem" } }],
  ["everything but subscribers", [used], 0, { step: "PLACE_WIDGET" }],
  ["a shop that is up and running", [used], 30, null],
  ["a second plan that is still being prepared", [unused, used], 30, null],
  ["Shopify out of reach", null, 0, null],
])("advises one step to %s", (_, plans, subscribers, expected) => {
  expect(nextStep(plans, subscribers)).toEqual(expected);
});
