import type { Context } from "~/context.server";

import type { Shopper } from "./shopper";
import type { PortalHome, PortalSubscription } from "./views";

/** All of a shopper's subscriptions, running ones first. */
export function portalHome(_ctx: Context, { shop }: Shopper): Promise<PortalHome> {
  return Promise.resolve({ shopName: shop.name, contactEmail: shop.contactEmail, subscriptions: [] });
}

/** @param id ours @returns null if the shopper has no such subscription */
export function portalSubscription(_ctx: Context, _shopper: Shopper, _id: string): Promise<PortalSubscription | null> {
  return Promise.resolve(null);
}
