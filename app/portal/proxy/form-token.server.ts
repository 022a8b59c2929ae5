import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

import type { Clock } from "~/lib/clock";

/** What a shopper's click asks for. The token holds for exactly this. */
export interface FormIntent {
  shopId: string;
  /** "gid://shopify/Customer/1" */
  customerId: string;
  action: "skip" | "unskip";
  contractId: string;
  cycleIndex: number;
}

/** Long enough to read the page and be called away, short enough that a saved page is useless tomorrow. */
const LIFETIME_SECONDS = 2 * 3600;

const KEY_BYTES = 32;

/** A key of the forms' own, so that a token never helps against what the main key protects. @param secret base64 */
const formKey = (secret: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", Buffer.from(secret, "base64"), "", "perennial portal form v1", KEY_BYTES));

function signature(secret: string, intent: FormIntent, expires: number): Buffer {
  const { shopId, customerId, action, contractId, cycleIndex } = intent;
  // A JSON list, so that no two intents can be written the same way.
  const message = JSON.stringify([shopId, customerId, action, contractId, cycleIndex, expires]);
  return createHmac("sha256", formKey(secret)).update(message).digest();
}

/**
 * A token for one form. The storefront's cookies authenticate every request through the app proxy, so without it another
 * site's form could skip a delivery for a shopper who is signed in.
 * @param secret TOKEN_ENCRYPTION_KEY
 * @param clock real time: tokens do not follow the business clock
 */
export function createFormToken(secret: string, clock: Clock, intent: FormIntent): string {
  const expires = Math.floor(clock.now().getTime() / 1000) + LIFETIME_SECONDS;
  return `${expires}.${signature(secret, intent, expires).toString("base64url")}`;
}

/** Whether the token was made for this very intent and has not run out. */
export function checkFormToken(secret: string, clock: Clock, intent: FormIntent, token: string): boolean {
  const match = /^(\d{10,12})\.([A-Za-z0-9_-]{43})$/.exec(token);
  if (!match?.[1] || !match[2]) return false;
  const expires = Number(match[1]);
  if (expires * 1000 < clock.now().getTime()) return false;
  return timingSafeEqual(signature(secret, intent, expires), Buffer.from(match[2], "base64url"));
}
