import { createHmac } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { createSignatures } from "./signatures.server";
import { answerWebhook } from "./webhook-answer.server";
import type { Receipt } from "./webhook-answer.server";
import { WEBHOOK_BODY_LIMIT } from "./webhook-request.server";
import type { VerifiedWebhook } from "./webhook-request.server";

const secret = "a-secret-of-this-test";
const signatures = createSignatures({ apiKey: "key", apiSecretKey: secret, appUrl: "https://perennial.example.com" });

let lines: object[] = [];
let received: VerifiedWebhook[] = [];
const noted = (line: object) => void lines.push(line);
const ctx = { log: { debug: noted, info: noted, warn: noted, error: noted } };

beforeEach(() => {
  lines = [];
  received = [];
});

function post(body: string, signature = createHmac("sha256", secret).update(body).digest("base64")): Request {
  return new Request("https://perennial.example.com/webhooks", {
    method: "POST",
    body,
    headers: {
      "X-Shopify-Hmac-Sha256": signature,
      "X-Shopify-Topic": "orders/create",
      "X-Shopify-Shop-Domain": "kaffebonna.myshopify.com",
      "X-Shopify-API-Version": "2026-07",
      "X-Shopify-Webhook-Id": "w1",
    },
  });
}

const inbox = (receipt: Receipt) => (webhook: VerifiedWebhook) => {
  received.push(webhook);
  return Promise.resolve(receipt);
};

describe("the answer to a webhook", () => {
  it.each<[Receipt, number]>([
    ["STORED", 200],
    ["DUPLICATE", 200],
    ["UNKNOWN_SHOP", 200],
    ["UNKNOWN_TOPIC", 404],
    ["MALFORMED", 400],
  ])("that the inbox calls %s is %i", async (receipt, status) => {
    const answer = await answerWebhook(ctx, signatures, post("{}"), inbox(receipt));
    expect(answer.status).toBe(status);
    expect(received).toHaveLength(1);
    expect(lines).toHaveLength(receipt === "STORED" || receipt === "DUPLICATE" ? 0 : 1);
  });

  it("that is forged is 401: the inbox never sees it, and every one is counted", async () => {
    const counts: unknown[] = [];
    for (let time = 0; time < 2; time += 1) {
      const answer = await answerWebhook(ctx, signatures, post("{}", "bm8="), inbox("STORED"));
      expect(answer.status).toBe(401);
      counts.push((lines.at(-1) as { count?: number }).count);
    }
    expect(received).toHaveLength(0);
    expect(lines).toMatchObject([{ webhookRefused: "FORGED" }, { webhookRefused: "FORGED" }]);
    expect(Number(counts[1]) - Number(counts[0])).toBe(1);
  });

  it("that is too large is 413, and the connection ends with it, because the rest is still to come", async () => {
    const answer = await answerWebhook(ctx, signatures, post("x".repeat(WEBHOOK_BODY_LIMIT + 1)), inbox("STORED"));
    expect([answer.status, answer.headers.get("Connection")]).toEqual([413, "close"]);
    expect(received).toHaveLength(0);
  });

  it("by another method is 405 and says which is allowed", async () => {
    const answer = await answerWebhook(
      ctx,
      signatures,
      new Request("https://perennial.example.com/webhooks", { method: "PUT", body: "{}" }),
      inbox("STORED"),
    );
    expect([answer.status, answer.headers.get("Allow")]).toEqual([405, "POST"]);
  });
});
