import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";

/** What became of something that a person asked the engine for. */
export type ActionOutcome =
  | { outcome: "DONE" }
  | { outcome: "NOT_FOUND" }
  | {
      outcome: "NOT_NOW";
      why:
        | "RENEWAL_RUNNING"
        | "NOT_ACTIVE"
        | "NO_CYCLE"
        | "ALREADY_PAID"
        | "TOO_EARLY"
        | "BILLING_HELD"
        | "CHALLENGE_OPEN";
    }
  | { outcome: "SHOPIFY_UNAVAILABLE" }
  | { outcome: "REFUSED"; message: string };

// The engine's part of these is still to come: until then they change nothing and say so.
const notYet = (): Promise<ActionOutcome> => Promise.resolve({ outcome: "SHOPIFY_UNAVAILABLE" });

export async function retryNow(_ctx: Context, _shop: Shop, _chargeId: string, _actor: Actor): Promise<ActionOutcome> {
  return notYet();
}
export async function resolveParked(
  _ctx: Context,
  _shop: Shop,
  _chargeId: string,
  _how: "CHARGE" | "SKIP" | "MARK_PAID",
  _actor: Actor,
): Promise<ActionOutcome> {
  return notYet();
}
export async function orderNow(
  _ctx: Context,
  _shop: Shop,
  _contractId: string,
  _actor: Actor,
): Promise<ActionOutcome & { expectedAt?: string }> {
  return notYet();
}
export async function releaseBilling(_ctx: Context, _shop: Shop, _actor: Actor): Promise<ActionOutcome> {
  return notYet();
}
