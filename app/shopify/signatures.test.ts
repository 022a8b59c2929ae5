import { createHmac } from "node:crypto";

import { describe, expect, it } from "vitest";

import { createSignatures } from "./signatures.server";
import { readWebhook, WEBHOOK_BODY_LIMIT } from "./webhook-request.server";
// It sets up the library as well, in the same process: webhooks must be read all the same.
import "~/portal/account/session-token.server";

const secret = "a-secret-of-this-test";
const signatures = createSignatures({ apiKey: "key", apiSecretKey: secret, appUrl: "https://perennial.example.com" });

const sign = (body: string) => createHmac("sha256", secret).update(body).digest("base64");

function webhook(body: string, headers: Record<string, string | null> = {}, method = "POST"): Request {
  const all: Record<string, string | null> = {
    "X-Shopify-Hmac-Sha256": sign(body),
    "X-Shopify-Topic": "subscription_contracts/create",
    "X-Shopify-Shop-Domain": "kaffebonna.myshopify.com",
    "X-Shopify-API-Version": "2026-07",
    "X-Shopify-Webhook-Id": "w1",
    "X-Shopify-Event-Id": "e1",
    "X-Shopify-Triggered-At": "2026-11-23T10:00:00.000Z",
    ...headers,
  };
  return new Request("https://perennial.example.com/webhooks", {
    method,
    headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
    ...(method === "POST" ? { body } : {}),
  });
}

describe("a webhook", () => {
  it("that Shopify signed is read with its headers", async () => {
    const body = JSON.stringify({ admin_graphql_api_id: "gid://shopify/SubscriptionContract/1", note: "æøå 🫘" });
    expect(await readWebhook(signatures, webhook(body))).toEqual({
      ok: true,
      webhook: {
        shopDomain: "kaffebonna.myshopify.com",
        topic: "subscription_contracts/create",
        name: "",
        eventId: "e1",
        webhookId: "w1",
        triggeredAt: new Date("2026-11-23T10:00:00.000Z"),
        payload: JSON.parse(body) as unknown,
      },
    });
  });

  it.each([
    ["without a signature", webhook("{}", { "X-Shopify-Hmac-Sha256": null }), "UNSIGNED"],
    ["signed by somebody else", webhook("{}", { "X-Shopify-Hmac-Sha256": sign("{} ") }), "FORGED"],
    ["that names no topic", webhook("{}", { "X-Shopify-Topic": null }), "INCOMPLETE"],
    ["that names no shop", webhook("{}", { "X-Shopify-Shop-Domain": null }), "INCOMPLETE"],
    ["that is not JSON", webhook("{,"), "MALFORMED"],
    ["with no body", webhook(""), "INCOMPLETE"],
    ["by another method", webhook("", {}, "PUT"), "METHOD"],
    ["beyond the limit", webhook(`"${"x".repeat(WEBHOOK_BODY_LIMIT)}"`), "TOO_LARGE"],
  ])("%s is refused", async (_, request, refusal) => {
    expect(await readWebhook(signatures, request)).toEqual({ ok: false, refusal });
  });

  it("that never ends is not read past the limit, whatever length it claims", async () => {
    const chunk = new Uint8Array(64 * 1024);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += chunk.byteLength;
        controller.enqueue(chunk);
      },
    });
    const request = new Request("https://perennial.example.com/webhooks", {
      method: "POST",
      body: endless,
      headers: { "Content-Length": "10", "X-Shopify-Hmac-Sha256": "x" },
      duplex: "half",
    });
    expect(await readWebhook(signatures, request)).toEqual({ ok: false, refusal: "TOO_LARGE" });
    expect(sent).toBeLessThan(WEBHOOK_BODY_LIMIT + 4 * chunk.byteLength);
  });
});
