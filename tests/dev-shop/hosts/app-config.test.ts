import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readAppConfig, subscriptionLinkPath } from "./app-config";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "app-config-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const APP = `
client_id = "key"
name = "My App"
application_url = "https://app.example.com/start"
[access_scopes]
scopes = "read_orders, write_products"
[app_proxy]
url = "https://app.example.com/proxy"
prefix = "apps"
subpath = "mine"
[webhooks]
api_version = "2026-07"
[[webhooks.subscriptions]]
compliance_topics = ["shop/redact"]
uri = "/webhooks"
[[webhooks.subscriptions]]
topics = ["shop/update", "app/uninstalled"]
uri = "/hooks"
name = "named"
`;
const write = (path: string, text: string): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
};

describe("what the TOML says", () => {
  test("scopes, webhooks with compliance topics, proxy and link pattern are read as Shopify reads them", () => {
    write("shopify.app.toml", APP);
    write("extensions/theme/shopify.extension.toml", 'name = "t"\ntype = "theme"');
    write(
      "extensions/link/shopify.extension.toml",
      '[[extensions]]\ntype = "subscription_link_extension"\nname = "l"\npattern = "/app/contracts/{contract_id}"',
    );
    expect(readAppConfig(root)).toEqual({
      clientId: "key",
      name: "My App",
      handle: "my-app",
      applicationUrl: "https://app.example.com/start",
      scopes: ["read_orders", "write_products"],
      webhookApiVersion: "2026-07",
      webhookTopics: [
        { topic: "shop/redact", uri: "/webhooks" },
        { topic: "shop/update", uri: "/hooks", name: "named" },
        { topic: "app/uninstalled", uri: "/hooks", name: "named" },
      ],
      appProxy: { url: "https://app.example.com/proxy", prefix: "apps", subpath: "mine" },
      subscriptionLinkPattern: "/app/contracts/{contract_id}",
    });
  });

  test("a missing file, a missing field, broken TOML and a setting that is not acted on are one sentence each", () => {
    expect(() => readAppConfig(root)).toThrow("is missing");
    write("shopify.app.toml", APP.replace('client_id = "key"', ""));
    expect(() => readAppConfig(root)).toThrow('"client_id" is missing');
    write("shopify.app.toml", "name = ");
    expect(() => readAppConfig(root)).toThrow("is not valid TOML");
    write("shopify.app.toml", APP.replace('name = "named"', 'filter = "x:1"'));
    expect(() => readAppConfig(root)).toThrow('does not act on "filter"');
  });

  test("the link of a contract is its pattern with the ids put in", () => {
    const values = { contractId: "12", customerId: "34", shopDomain: "a.myshopify.com" };
    expect(subscriptionLinkPath("/app/contracts/{contract_id}", values)).toBe("/app/contracts/12");
    expect(subscriptionLinkPath("app?id={contract_id}&customer={customer_id}", values)).toBe("/app?id=12&customer=34");
  });
});
