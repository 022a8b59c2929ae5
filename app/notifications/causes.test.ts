import { describe, expect, it } from "vitest";

import { declineClass, DECLINES } from "~/billing/decline";

import { causeKey, CAUSES } from "./causes";

const codesOf = (...classes: string[]) =>
  Object.entries(DECLINES)
    .filter(([, decline]) => classes.includes(decline.class))
    .map(([code]) => code);

describe("what a shopper is told about a failed payment", () => {
  it("is there for every code that only a new card helps, and for every decline that has a reason", () => {
    const untold = codesOf("SOFT", "INSUFFICIENT_FUNDS", "EXPIRED", "HARD").filter((code) => !CAUSES[code]);
    // Shopify's word for not knowing itself.
    expect(untold).toEqual(["GENERIC_ERROR"]);
  });

  it("is there for no code that shoppers are not written about", () => {
    const told = Object.keys(CAUSES);
    expect(told.filter((code) => !codesOf("SOFT", "INSUFFICIENT_FUNDS", "EXPIRED", "HARD").includes(code))).toEqual([]);
  });

  it("is by the class for codes that Shopify adds", () => {
    expect(causeKey("NEW_IN_2027", declineClass("NEW_IN_2027"))).toBe("cause.UNKNOWN");
    expect(causeKey("NEW_IN_2027", "EXPIRED")).toBe("cause.EXPIRED");
  });
});
