import type { ActionFunctionArgs } from "@remix-run/node";

import { appContext } from "~/app-context.server";
import { answerWebhook, refuseWebhook } from "~/shopify/webhook-answer.server";
import type { VerifiedWebhook } from "~/shopify/webhook-request.server";
import { signatures } from "~/shopify/signatures.server";
import { inBatches } from "~/webhooks/batches";
import { receiveAll, WEBHOOKS_PER_BATCH } from "~/webhooks/inbox.server";

const receive = inBatches(
  async (webhooks: readonly VerifiedWebhook[]) => receiveAll(await appContext(), webhooks),
  WEBHOOKS_PER_BATCH,
);

/** Every topic of shopify.app.toml, the compliance ones among them. */
export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const ctx = await appContext();
  return answerWebhook(ctx, signatures(), request, receive);
}

export async function loader(): Promise<Response> {
  return refuseWebhook((await appContext()).log, "METHOD");
}
