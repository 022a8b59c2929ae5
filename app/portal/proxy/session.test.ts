import { describe, expect, it } from "vitest";

import { FixedClock } from "~/lib/clock";

import { createFormToken } from "./form-token.server";
import { createSession, readSession } from "./session.server";

const secret = Buffer.alloc(32, 7).toString("base64");
const clock = new FixedClock("2026-11-23T10:00:00Z");
const session = { shopId: "s1", customerId: "gid://shopify/Customer/42", purpose: "portal" } as const;
const token = createSession(secret, clock, session);

describe("what stands for a link that was followed", () => {
  it("tells the shopper and what the link was for, in its own shop", () => {
    expect(readSession(secret, clock, "s1", token)).toEqual(session);
    expect(readSession(secret, clock, "s2", token)).toBeNull();
  });

  it("ends after a quarter of an hour", () => {
    expect(readSession(secret, new FixedClock("2026-11-23T10:14:59Z"), "s1", token)).toEqual(session);
    expect(readSession(secret, new FixedClock("2026-11-23T10:15:01Z"), "s1", token)).toBeNull();
  });

  it("becomes neither another shopper's nor good for more by being changed", () => {
    const payment = createSession(secret, clock, { ...session, purpose: "payment" });
    for (const changed of [
      token.replace(".42.", ".43."),
      payment.replace("payment.", "portal."),
      token.slice(0, -2),
      `${token}x`,
      "",
      "portal.42.",
      "portal.42.1.2",
    ]) {
      expect(readSession(secret, clock, "s1", changed)).toBeNull();
    }
  });

  it("is neither made with another key nor from a form's token", () => {
    expect(readSession(Buffer.alloc(32, 8).toString("base64"), clock, "s1", token)).toBeNull();
    const form = createFormToken(secret, clock, { ...session, contractId: "portal", action: "" });
    expect(readSession(secret, clock, "s1", `portal.42.${form}`)).toBeNull();
  });
});
