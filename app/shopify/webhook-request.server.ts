import { readLimited } from "~/lib/limited-body";

import type { Signatures } from "./signatures.server";

/** Bodies beyond this are refused: Shopify's largest order payloads stay well below it. */
export const WEBHOOK_BODY_LIMIT = 2 * 1024 * 1024;

/** What a webhook says, once it is known to be Shopify's. */
export interface VerifiedWebhook {
  /** "kaffebonna.myshopify.com" */
  shopDomain: string;
  /** As in the header and in shopify.app.toml, "subscription_contracts/create". */
  topic: string;
  /** X-Shopify-Name of the subscription, "" without one. */
  name: string;
  /** Same for every delivery of the event; null if Shopify sends none. */
  eventId: string | null;
  webhookId: string;
  triggeredAt: Date | null;
  payload: unknown;
}

/** Why a webhook is not taken in: a request that is not a webhook, or not Shopify's. */
export type WebhookRefusal = "METHOD" | "TOO_LARGE" | "UNSIGNED" | "FORGED" | "INCOMPLETE" | "MALFORMED";

export type ReadWebhook = { ok: true; webhook: VerifiedWebhook } | { ok: false; refusal: WebhookRefusal };

const SIGNATURE_HEADERS = ["x-shopify-hmac-sha256", "shopify-hmac-sha256"];

/**
 * Reads a request as one of Shopify's webhooks. The size is limited while the body is read, before anything else is
 * done with it; then the signature is checked over the bytes as they came; only then is the body parsed.
 */
export async function readWebhook(signatures: Signatures, request: Request): Promise<ReadWebhook> {
  if (request.method !== "POST") return { ok: false, refusal: "METHOD" };
  const body = await readLimited(request, WEBHOOK_BODY_LIMIT);
  if (body === null) return { ok: false, refusal: "TOO_LARGE" };
  if (!SIGNATURE_HEADERS.some((header) => request.headers.get(header))) return { ok: false, refusal: "UNSIGNED" };

  try {
    const { shop, payload } = await signatures.webhook(
      new Request(request.url, { method: "POST", headers: request.headers, body }),
    );
    const header = (name: string) => request.headers.get(`x-shopify-${name}`) ?? request.headers.get(`shopify-${name}`);
    const triggeredAt = new Date(header("triggered-at") ?? Number.NaN);
    return {
      ok: true,
      webhook: {
        shopDomain: shop,
        topic: header("topic") ?? "",
        name: header("name") ?? "",
        eventId: header("event-id"),
        webhookId: header("webhook-id") ?? "",
        triggeredAt: Number.isNaN(triggeredAt.getTime()) ? null : triggeredAt,
        payload,
      },
    };
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, refusal: "MALFORMED" };
    if (error instanceof Response) return { ok: false, refusal: error.status === 401 ? "FORGED" : "INCOMPLETE" };
    throw error;
  }
}
