import type { ActionFunctionArgs } from "@remix-run/node";

import { appContext } from "~/app-context.server";
import { answerWebhook, refuseWebhook } from "~/shopify/webhook-answer.server";
import { signatures } from "~/shopify/signatures.server";
import { receive } from "~/webhooks/inbox.server";

/** Every topic of shopify.app.toml, the compliance ones among them. */
export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const ctx = await appContext();
  return answerWebhook(ctx, signatures(), request, (webhook) => receive(ctx, webhook));
}

export async function loader(): Promise<Response> {
  return refuseWebhook((await appContext()).log, "METHOD");
}
