import type { Context } from "~/context.server";
import type { Shop, SubscriptionContract } from "~/generated/prisma/client";
import { AdminApiError } from "~/shopify/admin-api.server";
import { SendCardLinkDocument } from "~/shopify/generated/admin";

import { recordSent } from "./send.server";

/** What Shopify's mutation needs (the pinned schema's table of scopes). */
const SCOPE = "write_customers";

/**
 * Asks Shopify to send the shopper its own e-mail with a secure link for a new payment method: card details never pass
 * through this app. That it was asked stands in the history, so that a repeated job doesn't ask again.
 * @param about the event that asks for a new card
 * @returns whether Shopify has taken the request; without it the shopper still has the portal
 * @throws AdminApiError THROTTLED: nothing was sent, the job is tried again
 */
export async function sendCardLink(
  ctx: Context,
  shop: Pick<Shop, "id" | "domain" | "grantedScopes">,
  contract: Pick<SubscriptionContract, "id" | "paymentMethodId" | "paymentMethodRevokedAt">,
  about: string,
): Promise<boolean> {
  const { paymentMethodId } = contract;
  const granted = shop.grantedScopes.split(",").map((scope) => scope.trim());
  // Shopify knows no link for a payment method that is gone.
  if (paymentMethodId === null || contract.paymentMethodRevokedAt !== null || !granted.includes(SCOPE)) return false;
  try {
    const answer = await ctx.admin(shop.domain).request(SendCardLinkDocument, { paymentMethodId });
    const refusal = answer.customerPaymentMethodSendUpdateEmail?.userErrors[0];
    if (!answer.customerPaymentMethodSendUpdateEmail || refusal) {
      ctx.log.warn({ shop: shop.domain, contract: contract.id, refusal: refusal?.message }, "no card link was sent");
      return false;
    }
  } catch (error) {
    if (!(error instanceof AdminApiError) || error.trouble === "THROTTLED") throw error;
    ctx.log.warn({ shop: shop.domain, contract: contract.id, trouble: error.trouble }, "no card link was sent");
    return false;
  }
  await recordSent(ctx, shop, contract.id, "card-link", about);
  return true;
}
