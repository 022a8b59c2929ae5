import { SessionNotFoundError } from "@shopify/shopify-app-remix/server";

import type { Db } from "~/db.server";
import { sessionStorage, unauthenticated } from "~/shopify.server";

import { AdminApiError } from "./admin-api.server";

/** A token that ends within this is renewed first, so that it does not end in the middle of a run. */
const RENEW_BEFORE_MS = 2 * 60_000;

const offlineId = (shopDomain: string) => `offline_${shopDomain}`;

/**
 * The shop's offline token for background work. It lives for an hour and its refresh token is good once, so only one
 * process of all may renew it at a time: the others wait at the lock and find the new one.
 * @throws AdminApiError SIGNED_OUT when there is no session, or Shopify refuses to renew it
 */
export async function offlineToken(db: Db, shopDomain: string, { renew }: { renew: boolean }): Promise<string> {
  const session = await sessionStorage.loadSession(offlineId(shopDomain));
  if (!session?.accessToken) throw new AdminApiError("SIGNED_OUT", `There is no session for ${shopDomain}.`);
  const fresh = !session.expires || session.expires.getTime() - Date.now() > RENEW_BEFORE_MS;
  if (fresh && !renew) return session.accessToken;

  const refused = session.accessToken;
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`token:${shopDomain}`}, 0))`;
    const current = await sessionStorage.loadSession(offlineId(shopDomain));
    if (current?.accessToken && current.accessToken !== refused) return current.accessToken;
    if (!current) throw new AdminApiError("SIGNED_OUT", `There is no session for ${shopDomain}.`);
    current.expires = new Date(0);
    await sessionStorage.storeSession(current);
    try {
      const { session: renewed } = await unauthenticated.admin(shopDomain);
      if (renewed.accessToken) return renewed.accessToken;
    } catch (error) {
      if (!(error instanceof SessionNotFoundError || error instanceof Response)) {
        throw new AdminApiError("SIGNED_OUT", error instanceof Error ? error.message : String(error));
      }
    }
    throw new AdminApiError("SIGNED_OUT", `Shopify did not renew the token of ${shopDomain}.`);
  });
}
