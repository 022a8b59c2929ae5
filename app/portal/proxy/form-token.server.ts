import type { Clock } from "~/lib/clock";

import { checkSeal, seal } from "./mac.server";

/** What a shopper's click asks for. The token holds for exactly this. */
export interface FormIntent {
  shopId: string;
  /** "gid://shopify/Customer/1"; empty on a page for which nobody has signed in. */
  customerId: string;
  /** Ours; empty where a form is about no subscription. */
  contractId: string;
  /** What is asked for, word for word: of a confirmation the whole action with what the shopper saw. */
  action: string;
}

/** Long enough to read the page and be called away, short enough that a saved page is useless tomorrow. */
const LIFETIME_SECONDS = 2 * 3600;

const parts = ({ shopId, customerId, contractId, action }: FormIntent) => [shopId, customerId, contractId, action];

/**
 * A token for one form. The storefront's cookies authenticate every request through the app proxy, so without it another
 * site's form could change a subscription for a shopper who is signed in.
 * @param secret TOKEN_ENCRYPTION_KEY
 * @param clock real time
 */
export const createFormToken = (secret: string, clock: Clock, intent: FormIntent): string =>
  seal(secret, "form", clock, parts(intent), LIFETIME_SECONDS);

/** Whether the token was made for this very intent and has not run out. */
export const checkFormToken = (secret: string, clock: Clock, intent: FormIntent, token: string): boolean =>
  checkSeal(secret, "form", clock, parts(intent), token);
