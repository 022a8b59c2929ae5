import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

import type { Clock } from "~/lib/clock";

const KEY_BYTES = 32;

/** What a seal is good for; each has a key of its own, so that one never helps against what another protects. */
export type SealUse = "form" | "session";

const keyOf = (secret: string, use: SealUse): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", Buffer.from(secret, "base64"), "", `perennial portal ${use} v1`, KEY_BYTES));

function mac(secret: string, use: SealUse, parts: readonly string[], expires: number): Buffer {
  // A JSON list, so that no two messages can be written the same way.
  return createHmac("sha256", keyOf(secret, use))
    .update(JSON.stringify([...parts, expires]))
    .digest();
}

/**
 * Vouches for some words for a while.
 * @param secret TOKEN_ENCRYPTION_KEY, base64
 * @param clock real time: tokens do not follow the business clock
 */
export function seal(secret: string, use: SealUse, clock: Clock, parts: readonly string[], seconds: number): string {
  const expires = Math.floor(clock.now().getTime() / 1000) + seconds;
  return `${expires}.${mac(secret, use, parts, expires).toString("base64url")}`;
}

/** Whether the seal was made over these very words, and has not run out. */
export function checkSeal(secret: string, use: SealUse, clock: Clock, parts: readonly string[], made: string): boolean {
  const match = /^(\d{10,12})\.([A-Za-z0-9_-]{43})$/.exec(made);
  if (!match?.[1] || !match[2]) return false;
  const expires = Number(match[1]);
  if (expires * 1000 < clock.now().getTime()) return false;
  return timingSafeEqual(mac(secret, use, parts, expires), Buffer.from(match[2], "base64url"));
}
