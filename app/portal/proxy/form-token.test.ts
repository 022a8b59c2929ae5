import { describe, expect, it } from "vitest";

import { FixedClock } from "~/lib/clock";

import { checkFormToken, createFormToken } from "./form-token.server";
import type { FormIntent } from "./form-token.server";

const secret = Buffer.alloc(32, 7).toString("base64");
const clock = new FixedClock("2026-11-23T10:00:00Z");
const intent: FormIntent = {
  shopId: "s1",
  customerId: "gid://shopify/Customer/1",
  contractId: "c1",
  action: 'perform {"action":{"kind":"skip","cycle":3},"seen":"r1"}',
};
const token = createFormToken(secret, clock, intent);

describe("a form's token", () => {
  it("lets through what it was made for", () => {
    expect(checkFormToken(secret, clock, intent, token)).toBe(true);
  });

  it.each<Partial<FormIntent>>([
    { shopId: "s2" },
    { customerId: "gid://shopify/Customer/2" },
    { customerId: "" },
    { contractId: "c2" },
    { action: 'perform {"action":{"kind":"skip","cycle":4},"seen":"r1"}' },
    { action: 'perform {"action":{"kind":"unskip","cycle":3},"seen":"r1"}' },
    { action: 'perform {"action":{"kind":"skip","cycle":3},"seen":"r2"}' },
    { action: "preview skip" },
  ])("is worth nothing for %j", (other) => {
    expect(checkFormToken(secret, clock, { ...intent, ...other }, token)).toBe(false);
  });

  it("ends after two hours, and its end cannot be moved", () => {
    expect(checkFormToken(secret, new FixedClock("2026-11-23T11:59:59Z"), intent, token)).toBe(true);
    const later = new FixedClock("2026-11-23T12:00:01Z");
    expect(checkFormToken(secret, later, intent, token)).toBe(false);
    const [expires, mac] = token.split(".");
    expect(checkFormToken(secret, later, intent, `${Number(expires) + 3600}.${mac ?? ""}`)).toBe(false);
  });

  it("is not made with another key, and nonsense is refused", () => {
    const other = Buffer.alloc(32, 8).toString("base64");
    expect(checkFormToken(other, clock, intent, token)).toBe(false);
    for (const nonsense of ["", ".", "1.x", token.slice(0, -1), `${token}=`]) {
      expect(checkFormToken(secret, clock, intent, nonsense)).toBe(false);
    }
  });
});
