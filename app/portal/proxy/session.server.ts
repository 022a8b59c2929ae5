import type { Clock } from "~/lib/clock";
import { LINK_PURPOSES } from "~/notifications/links";
import type { LinkPurpose } from "~/notifications/links";

import { checkSeal, seal } from "./mac.server";
import { SESSION_MINUTES } from "./session-time";

/** Who came by a link from an e-mail, and for what. */
export interface LinkSession {
  shopId: string;
  /** "gid://shopify/Customer/1" */
  customerId: string;
  purpose: LinkPurpose;
}

const CUSTOMER = "gid://shopify/Customer/";

const parts = ({ shopId, customerId, purpose }: LinkSession) => [shopId, customerId, purpose];

/**
 * What stands for having signed in after a link from an e-mail. It travels in the bodies of forms alone: an app proxy
 * passes no cookies on, and an address would end up in logs and in the browser's history.
 * @param secret TOKEN_ENCRYPTION_KEY
 * @param clock real time
 */
export function createSession(secret: string, clock: Clock, session: LinkSession): string {
  const number = session.customerId.slice(CUSTOMER.length);
  return `${session.purpose}.${number}.${seal(secret, "session", clock, parts(session), SESSION_MINUTES * 60)}`;
}

/** @returns null for what was not made here, for another shop, or has run out */
export function readSession(secret: string, clock: Clock, shopId: string, token: string): LinkSession | null {
  const match = /^([a-z]{1,20})\.(\d{1,20})\.([\w.-]{1,100})$/.exec(token);
  const purpose = LINK_PURPOSES.find((known) => known === match?.[1]);
  if (!purpose || !match?.[2] || !match[3]) return null;
  const session: LinkSession = { shopId, customerId: `${CUSTOMER}${match[2]}`, purpose };
  return checkSeal(secret, "session", clock, parts(session), match[3]) ? session : null;
}
