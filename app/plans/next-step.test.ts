import { expect, it } from "vitest";

import { nextStep } from "./next-step";

const used = { id: "1", name: "Kaffe hjem", productCount: 2 };
const unused = { id: "2", name: "Te hjem", productCount: 0 };

const attach = { step: "ATTACH_PRODUCTS", plan: { id: "2", name: "Te hjem" } };

it.each([
  ["a new shop", [], 0, 0, { step: "CREATE_PLAN" }],
  ["a plan that no product uses", [unused], 0, 0, attach],
  ["everything but subscribers", [used], 0, 0, { step: "PLACE_WIDGET" }],
  ["a shop that is up and running", [used], 30, 0, { step: "OFFER_MORE", plan: used }],
  ["a second plan that is still being prepared", [unused, used], 30, 0, attach],
  ["payments that failed, before anything else", [unused], 30, 2, { step: "LOOK_AT_PAYMENTS", count: 2 }],
  ["payments that failed, also with Shopify out of reach", null, 30, 1, { step: "LOOK_AT_PAYMENTS", count: 1 }],
])("advises one step to %s", (_, plans, subscribers, paymentsFailed, expected) => {
  expect(nextStep(plans, { subscribers, paymentsFailed })).toEqual(expected);
});

it("advises nothing it can't know", () => {
  expect(nextStep(null, { subscribers: 30, paymentsFailed: 0 })).toBeNull();
});
