import type { GraphQLEnumType } from "graphql";
import { describe, expect, test } from "vitest";

import { adminSchema } from "../../tests/dev-shop/admin-api/schema";
import { declineClass, DECLINES } from "./decline";

function codesOf(...enums: string[]): string[] {
  const types = enums.map((name) => adminSchema().schema.getType(name) as GraphQLEnumType);
  return [...new Set(types.flatMap((type) => type.getValues().map(({ name }) => name)))].sort();
}

const ours = Object.keys(DECLINES).sort();
const of = (wanted: string): string[] => ours.filter((code) => declineClass(code) === wanted);

describe("what a failed attempt's code means", () => {
  test("every code of the pinned schema has a class, and no code has one that the schema doesn't know", () => {
    expect(ours).toEqual(codesOf("SubscriptionBillingAttemptErrorCode"));
    const ofTheUnion = codesOf(
      "SubscriptionBillingAttemptPaymentErrorCode",
      "SubscriptionBillingAttemptGeneralErrorCode",
      "SubscriptionBillingAttemptInventoryErrorCode",
    );
    expect(ours).toEqual([...ofTheUnion, "UNEXPECTED_ERROR"].sort());
  });

  test("every code says why, in one sentence", () => {
    for (const { because } of Object.values(DECLINES)) expect(because).toMatch(/^[A-Z0-9][^\n]{15,140}\.$/);
  });

  test("an unknown code is tried again a limited number of times", () => {
    expect(declineClass("A_CODE_OF_NEXT_YEAR")).toBe("SOFT");
    expect(declineClass("")).toBe("SOFT");
    // Neither do names that every object has.
    expect(declineClass("constructor")).toBe("SOFT");
  });

  test("the ledger's word for an error without a code is trouble at Shopify, not a decline", () => {
    expect(declineClass("UNEXPECTED")).toBe("GATEWAY");
  });

  test("stock decides exactly where Shopify says inventory", () => {
    expect(of("STOCK")).toEqual(codesOf("SubscriptionBillingAttemptInventoryErrorCode"));
  });

  test("nobody's card is tried again after they withdrew it, or after its bank or processor forbade it", () => {
    for (const code of [
      "BUYER_CANCELED_PAYMENT_METHOD",
      "FRAUD_SUSPECTED",
      "INVALID_CUSTOMER_BILLING_AGREEMENT",
      "PAYMENT_METHOD_NOT_FOUND",
      "RETRY_DECLINED",
    ]) {
      expect(declineClass(code)).toBe("HARD");
    }
  });

  test("what may have been paid already waits for a person", () => {
    expect(declineClass("INVOICE_ALREADY_PAID")).toBe("SETUP");
  });
});
