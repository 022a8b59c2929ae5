import { createHmac } from "node:crypto";

import { describe, expect, it } from "vitest";

import { systemClock } from "~/lib/clock";
import { createSignatures } from "~/shopify/signatures.server";

import { readProxyQuery } from "./proxy-query";

const secret = "a-secret-of-this-test";
const signatures = createSignatures({ apiKey: "key", apiSecretKey: secret, appUrl: "https://perennial.example.com" });

/** Signs as Shopify does: sorted pairs with nothing between them. */
function signed(pairs: Record<string, string>): URLSearchParams {
  const message = Object.keys(pairs)
    .sort((one, other) => one.localeCompare(other))
    .map((key) => `${key}=${pairs[key] ?? ""}`)
    .join("");
  return new URLSearchParams({ ...pairs, signature: createHmac("sha256", secret).update(message).digest("hex") });
}

const seconds = () => String(Math.floor(systemClock.now().getTime() / 1000));
const anonymous = () => ({
  logged_in_customer_id: "",
  path_prefix: "/apps/perennial",
  shop: "kaffebonna.myshopify.com",
  timestamp: seconds(),
});

const request = (query: URLSearchParams) => new Request(`https://perennial.example.com/proxy?${query.toString()}`);
const genuine = async (query: URLSearchParams) => {
  try {
    await signatures.appProxy(request(query));
    return true;
  } catch {
    return false;
  }
};

describe("a request through the app proxy", () => {
  it("tells the shop, the shopper, the portal's path and the language", async () => {
    const query = signed({ ...anonymous(), logged_in_customer_id: "42", path_prefix: "/tools/abo", locale: "nb" });
    expect(await genuine(query)).toBe(true);
    expect(readProxyQuery(query)).toEqual({
      ok: true,
      value: {
        shopDomain: "kaffebonna.myshopify.com",
        customerId: "gid://shopify/Customer/42",
        path: "/tools/abo",
        locale: "nb",
      },
    });
  });

  it("of nobody has no customer", async () => {
    const query = signed(anonymous());
    expect(await genuine(query)).toBe(true);
    expect(readProxyQuery(query)).toMatchObject({ ok: true, value: { customerId: null, locale: null } });
  });

  it("is not taken for Shopify's when it is forged, changed or old", async () => {
    const query = signed(anonymous());
    query.set("logged_in_customer_id", "42");
    expect(await genuine(query)).toBe(false);
    expect(await genuine(signed({ ...anonymous(), timestamp: String(Number(seconds()) - 120) }))).toBe(false);
    const unsigned = signed(anonymous());
    unsigned.delete("signature");
    expect(await genuine(unsigned)).toBe(false);
  });

  it("whose signature is genuine, but which is cut so that it names another shopper, is refused", async () => {
    // An anonymous visitor asks for ?k=1logged_in_customer_id=42…; Shopify signs it; the visitor cuts it anew and sends
    // it to the app directly.
    const cuts: [Record<string, string>, [string, string][]][] = [
      [
        { k: "1logged_in_customer_id=42" },
        [
          ["k", "1"],
          ["logged_in_customer_id", "42logged_in_customer_id="],
        ],
      ],
      [
        { k: "1logged_in_customer_id=42m" },
        [
          ["k", "1"],
          ["logged_in_customer_id", "42"],
          ["mlogged_in_customer_id", ""],
        ],
      ],
      [
        { k: "1logged_in_customer_id=42m=logged_i" },
        [
          ["k", "1"],
          ["logged_in_customer_id", "42"],
          ["m", "logged_ilogged_i"],
          ["n_customer_id", ""],
        ],
      ],
    ];
    for (const [asked, recut] of cuts) {
      const original = signed({ ...asked, ...anonymous() });
      expect(readProxyQuery(original)).toEqual({ ok: false, problem: "FOREIGN_PARAMETER" });
      const forged = new URLSearchParams(recut);
      for (const key of ["path_prefix", "shop", "timestamp", "signature"]) forged.set(key, original.get(key) ?? "");
      // The premise: to the signature alone this is a genuine request.
      expect(await genuine(forged)).toBe(true);
      expect(readProxyQuery(forged).ok).toBe(false);
    }
  });

  it("that names the shopper twice is refused, though its signature is genuine", async () => {
    const query = signed({ ...anonymous(), logged_in_customer_id: "999,5" });
    const forged = new URLSearchParams([["logged_in_customer_id", "999"], ...query.entries()]);
    forged.delete("logged_in_customer_id");
    forged.append("logged_in_customer_id", "999");
    forged.append("logged_in_customer_id", "5");
    expect(await genuine(forged)).toBe(true);
    expect(readProxyQuery(forged)).toEqual({ ok: false, problem: "TAMPERED" });
  });

  it.each<Record<string, string>>([
    { logged_in_customer_id: "gid://shopify/Customer/1" },
    { logged_in_customer_id: "-1" },
    { shop: "kaffebonna.example.com" },
    { path_prefix: "//evil.example.com" },
    { path_prefix: "/apps/x?y" },
    { locale: "<script>" },
  ])("is refused with %j", (wrong) => {
    expect(readProxyQuery(signed({ ...anonymous(), ...wrong })).ok).toBe(false);
  });
});
