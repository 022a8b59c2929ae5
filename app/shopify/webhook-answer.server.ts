import type { Context } from "~/context.server";
import type { Log } from "~/lib/log.server";

import type { Signatures } from "./signatures.server";
import { readWebhook } from "./webhook-request.server";
import type { VerifiedWebhook, WebhookRefusal } from "./webhook-request.server";

/** What the inbox says of a webhook that is Shopify's. */
export type Receipt = "STORED" | "DUPLICATE" | "UNKNOWN_TOPIC" | "UNKNOWN_SHOP" | "MALFORMED";

type Refusal = WebhookRefusal | Exclude<Receipt, "STORED" | "DUPLICATE">;

/**
 * A shop that we don't know (redacted, or not installed to the end) is answered 200: sending it again would change
 * nothing, and the install reads everything anyway. Every other refusal tells Shopify what is wrong.
 */
const statusOf: Record<Refusal, number> = {
  METHOD: 405,
  TOO_LARGE: 413,
  UNSIGNED: 401,
  FORGED: 401,
  INCOMPLETE: 400,
  MALFORMED: 400,
  UNKNOWN_TOPIC: 404,
  UNKNOWN_SHOP: 200,
};

const headersOf: Partial<Record<Refusal, Record<string, string>>> = {
  METHOD: { Allow: "POST" },
  TOO_LARGE: { Connection: "close" },
};

/** Refusals since this process started, by reason: a jump of FORGED or TOO_LARGE is somebody trying. */
const counts = new Map<Refusal, number>();

/** The answer to a webhook that is not taken in, and a counted log line. Nothing is stored. */
export function refuseWebhook(log: Pick<Log, "warn">, refusal: Refusal, detail: { topic?: string } = {}): Response {
  const count = (counts.get(refusal) ?? 0) + 1;
  counts.set(refusal, count);
  log.warn({ webhookRefused: refusal, count, ...detail }, "webhook refused");
  return new Response(null, {
    status: statusOf[refusal],
    headers: headersOf[refusal] ?? {},
  });
}

/** Verifies a webhook, hands it to the inbox, and answers; 200 when it is stored now or was before. */
export async function answerWebhook(
  ctx: Pick<Context, "log">,
  signatures: Signatures,
  request: Request,
  receive: (webhook: VerifiedWebhook) => Promise<Receipt>,
): Promise<Response> {
  const read = await readWebhook(signatures, request);
  if (!read.ok) return refuseWebhook(ctx.log, read.refusal);
  const receipt = await receive(read.webhook);
  if (receipt === "STORED" || receipt === "DUPLICATE") return new Response(null, { status: 200 });
  return refuseWebhook(ctx.log, receipt, { topic: read.webhook.topic.slice(0, 100) });
}
