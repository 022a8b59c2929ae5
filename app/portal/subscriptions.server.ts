import type { Context } from "~/context.server";

import { listItem, subscription } from "./present";
import type { Shopper } from "./shopper";
import { subjectOf, subjectsOf } from "./subject.server";
import type { PortalHome, PortalSubscription } from "./views";

/**
 * All of a shopper's subscriptions, running ones first.
 * @param order only those that this order began or renewed; Shopify's id, as a number or a global one
 */
export async function portalHome(ctx: Context, shopper: Shopper, order: string | null = null): Promise<PortalHome> {
  const { shop } = shopper;
  const subjects = await subjectsOf(ctx, shopper, order);
  return { shopName: shop.name, contactEmail: shop.contactEmail ?? shop.email, subscriptions: subjects.map(listItem) };
}

/** @param id ours @returns null if the shopper has no such subscription */
export async function portalSubscription(
  ctx: Context,
  shopper: Shopper,
  id: string,
): Promise<PortalSubscription | null> {
  const subject = await subjectOf(ctx, shopper, id);
  return subject && subscription(subject);
}
