import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { AttemptFieldsFragment } from "~/shopify/generated/admin";

import { allAttempts, attemptOutcome, attemptOutcomes, dateOf, readOrSuspect } from "./attempts";

const money = (amount: string) => ({ presentmentMoney: { amount, currencyCode: "NOK" as const } });
const success: AttemptFieldsFragment = {
  id: "gid://shopify/SubscriptionBillingAttempt/1",
  idempotencyKey: "key",
  createdAt: "2026-03-02T08:00:00Z",
  completedAt: "2026-03-02T08:02:00Z",
  state: {
    __typename: "SubscriptionBillingAttemptSuccessState",
    order: {
      id: "gid://shopify/Order/1",
      name: "#1",
      taxesIncluded: false,
      totalPriceSet: money("248.75"),
      totalTaxSet: money("49.75"),
    },
  },
};

/** As Shopify's answer comes: whatever JSON says, whatever the schema promised. */
const asAnswered = (change: Record<string, unknown>): AttemptFieldsFragment =>
  JSON.parse(JSON.stringify({ ...success, ...change })) as AttemptFieldsFragment;
const failed = (error: unknown) =>
  attemptOutcome(asAnswered({ state: { __typename: "SubscriptionBillingAttemptFailedState", error } }));

describe("an attempt as Shopify has it", () => {
  test("keeps what the engine decides on", () => {
    expect(attemptOutcome(success)).toEqual({
      shopifyId: "gid://shopify/SubscriptionBillingAttempt/1",
      idempotencyKey: "key",
      state: "SUCCESS",
      createdAt: new Date("2026-03-02T08:00:00Z"),
      errorCode: null,
      nextActionUrl: null,
      order: { id: "gid://shopify/Order/1", name: "#1", total: "248.75", taxOnTop: "49.75", currencyCode: "NOK" },
      completedAt: new Date("2026-03-02T08:02:00Z"),
    });
  });

  test("names the failure by whichever error of the union it is", () => {
    const type = (name: string) => `SubscriptionBillingAttempt${name}`;
    expect(failed({ __typename: type("PaymentError"), paymentCode: "CARD_DECLINED" })?.errorCode).toBe("CARD_DECLINED");
    expect(failed({ __typename: type("InventoryError"), inventoryCode: "INSUFFICIENT_INVENTORY" })?.errorCode).toBe(
      "INSUFFICIENT_INVENTORY",
    );
    expect(failed({ __typename: type("GeneralError"), generalCode: "PAYMENT_METHOD_NOT_FOUND" })?.errorCode).toBe(
      "PAYMENT_METHOD_NOT_FOUND",
    );
    for (const unknown of [null, undefined, {}, "text", { __typename: "SomethingNew", code: "X" }]) {
      expect(failed(unknown)?.errorCode).toBe("UNEXPECTED_ERROR");
    }
  });

  test("in a state that nobody knows yet may still move money: it counts as pending, never as failed", () => {
    for (const state of [null, {}, { __typename: "SubscriptionBillingAttemptHeldState" }, "text", 7]) {
      expect(attemptOutcome(asAnswered({ state }))?.state).toBe("PENDING");
    }
  });

  test("without an id, a key or a time matches nothing and is left out, alone", () => {
    for (const change of [{ id: null }, { idempotencyKey: "" }, { createdAt: "0000-00-00" }, { id: "x".repeat(501) }]) {
      expect(attemptOutcome(asAnswered(change))).toBeNull();
      expect(attemptOutcomes([asAnswered(change), success])).toHaveLength(1);
    }
    expect(attemptOutcomes(null)).toEqual([]);
  });

  test("can't have ended before it began: what is paid too early would let the next charge come too soon", () => {
    expect(attemptOutcome(asAnswered({ completedAt: "1999-01-01T00:00:00Z" }))?.completedAt).toBeNull();
  });

  test("that can't be understood counts as somebody's attempt on its way, of a contract that can", () => {
    const node = { ...success, subscriptionContract: { id: "gid://shopify/SubscriptionContract/1" } };
    const now = new Date("2026-03-02T09:00:00Z");
    expect(readOrSuspect(node, now)?.outcome.state).toBe("SUCCESS");
    expect(readOrSuspect({ ...node, idempotencyKey: "" }, now)).toMatchObject({
      contractShopifyId: "gid://shopify/SubscriptionContract/1",
      outcome: { state: "PENDING" },
    });
    expect(readOrSuspect({ ...node, subscriptionContract: { id: "" } }, now)).toBeNull();
    expect(allAttempts([success, asAnswered({ id: null })])).toBeNull();
  });

  test.each([
    ["no total", { totalPriceSet: null }],
    ["a negative total", { totalPriceSet: money("-1.00") }],
    ["an endless total", { totalPriceSet: money("9".repeat(400)) }],
    ["a total that is no number", { totalPriceSet: money("NaN") }],
    ["no id", { id: null }],
    ["a currency that is none", { totalPriceSet: { presentmentMoney: { amount: "1.00", currencyCode: "kroner" } } }],
    ["no currency", { totalPriceSet: { presentmentMoney: { amount: "1.00" } } }],
  ])("is a success all the same when its order has %s", (_what, change) => {
    const state = success.state.__typename === "SubscriptionBillingAttemptSuccessState" ? success.state : null;
    const outcome = attemptOutcome(asAnswered({ state: { ...state, order: { ...state?.order, ...change } } }));
    expect(outcome).toMatchObject({ state: "SUCCESS", order: null });
  });

  test("gives no link that a mail could not show", () => {
    const url = (nextActionUrl: unknown) =>
      attemptOutcome(
        asAnswered({
          state: { __typename: "SubscriptionBillingAttemptActionRequiredState", action: { nextActionUrl } },
        }),
      )?.nextActionUrl;
    expect(url("https://shop.example/3ds?id=1")).toBe("https://shop.example/3ds?id=1");
    for (const bad of ["javascript:alert(1)", "no url", `https://x.example/${"x".repeat(3000)}`, null, 5]) {
      expect(url(bad)).toBeNull();
    }
  });
});

test("no answer whatever makes reading an attempt fail, and none makes a failure or a success of nothing", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom("id", "idempotencyKey", "createdAt", "completedAt", "state"),
      (value, field) => {
        const outcome = attemptOutcome(asAnswered({ [field]: value }));
        if (field === "state") expect(["PENDING", "SUCCESS"]).toContain(outcome?.state);
        else expect([undefined, "SUCCESS"]).toContain(outcome?.state);
      },
    ),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(() => attemptOutcomes(JSON.parse(JSON.stringify([value])) as AttemptFieldsFragment[])).not.toThrow();
    }),
  );
});

test("a moment is one that a calendar has", () => {
  expect(dateOf("2026-03-02T08:00:00Z")).toEqual(new Date("2026-03-02T08:00:00Z"));
  for (const bad of ["0000-00-00", "yesterday", "", "9999-12-31", "0001-01-01", null, undefined, 5, {}, "2026-13-01"])
    expect(dateOf(bad)).toBeNull();
});
