import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import { appendAll } from "~/history/history.server";
import { AdminApiError } from "~/shopify/admin-api.server";
import type { AdminApiTrouble } from "~/shopify/admin-api.server";

/** Why a shop's billing stands still. Nothing is dropped: what is due stays due, and the shop is probed. */
export type HeldReason =
  /** HTTP 402, 423: frozen or locked. */
  | "FROZEN"
  /** No valid token: the merchant must open the app again. */
  | "SIGNED_OUT"
  /** A scope the merchant has taken away. */
  | "SCOPES_LOST"
  /** Shopify does not answer, or takes no more calls for now. */
  | "UNREACHABLE"
  /** Shopify refuses what the app asks for as such: a mistake of ours, tried again until it is mended. */
  | "REFUSED"
  /** Attempts are throttled by a limit of their own (pace.ts). */
  | "RATE"
  /** An order took more than was meant: until a person has looked at it. */
  | "AMOUNT_DIFFERS";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Probes: one cheap call each, often enough that a morning's repair is noticed within the morning. */
const PROBE_MS: Record<Exclude<HeldReason, "AMOUNT_DIFFERS" | "UNREACHABLE">, number> = {
  FROZEN: 6 * HOUR_MS,
  SIGNED_OUT: HOUR_MS,
  SCOPES_LOST: 6 * HOUR_MS,
  REFUSED: HOUR_MS,
  RATE: MINUTE_MS,
};
/** Trouble that may pass in a minute is probed after half the time that it has lasted, from the one to the other. */
const UNREACHABLE_MS = { from: MINUTE_MS, to: 30 * MINUTE_MS } as const;
/** Waits that are nobody's business: no line in the history, no mail. */
const QUIET: readonly string[] = ["RATE", "UNREACHABLE"];

const REASONS: Partial<Record<AdminApiTrouble, HeldReason>> = {
  SHOP_UNAVAILABLE: "FROZEN",
  SIGNED_OUT: "SIGNED_OUT",
  ACCESS_DENIED: "SCOPES_LOST",
  THROTTLED: "UNREACHABLE",
  NO_ANSWER: "UNREACHABLE",
  REFUSED: "REFUSED",
};

/** Why a run that failed must wait; null for what is not Shopify's answer: a bug of ours, which the job reports. */
export const reasonOf = (error: unknown): HeldReason | null =>
  error instanceof AdminApiError ? (REASONS[error.trouble] ?? null) : null;

/** Stops the shop's lane, or prolongs the stop. A stop that waits for a person is never replaced by one that doesn't. */
export async function hold(ctx: Context, tx: Tx, shop: Shop, reason: HeldReason): Promise<void> {
  const now = ctx.clock.now();
  const held = await tx.shop.findUniqueOrThrow({
    where: { id: shop.id },
    select: { billingHeldReason: true, billingHeldSince: true },
  });
  if (held.billingHeldReason === "AMOUNT_DIFFERS") return;
  // A probe that gets no answer says nothing new about a shop that is held for a reason that was told.
  const isTold = held.billingHeldReason !== null && !QUIET.includes(held.billingHeldReason);
  const stays = held.billingHeldReason === reason || (isTold && QUIET.includes(reason));
  const since = stays ? (held.billingHeldSince ?? now) : now;
  await tx.shop.update({
    where: { id: shop.id },
    data: {
      ...(stays ? {} : { billingHeldReason: reason }),
      billingHeldSince: since,
      billingHeldUntil: probeAt(reason, since, now),
    },
  });
  if (stays || QUIET.includes(reason)) return;
  await appendAll(ctx, tx, [
    { shopId: shop.id, contractId: null, type: "billing.held", actor: "perennial", data: { reason } },
  ]);
}

function probeAt(reason: HeldReason, since: Date, now: Date): Date | null {
  if (reason === "AMOUNT_DIFFERS") return null;
  if (reason !== "UNREACHABLE") return new Date(now.getTime() + PROBE_MS[reason]);
  const half = (now.getTime() - since.getTime()) / 2;
  return new Date(now.getTime() + Math.min(UNREACHABLE_MS.to, Math.max(UNREACHABLE_MS.from, half)));
}

/** The shop takes calls again, or a person has said so. */
export async function release(ctx: Context, tx: Tx, shop: Shop, actor: "perennial" | "merchant"): Promise<void> {
  const { billingHeldReason: reason } = await tx.shop.findUniqueOrThrow({
    where: { id: shop.id },
    select: { billingHeldReason: true },
  });
  if (reason === null || (reason === "AMOUNT_DIFFERS" && actor === "perennial")) return;
  await tx.shop.update({
    where: { id: shop.id },
    data: { billingHeldReason: null, billingHeldSince: null, billingHeldUntil: null },
  });
  if (QUIET.includes(reason)) return;
  await appendAll(ctx, tx, [{ shopId: shop.id, contractId: null, type: "billing.resumed", actor, data: { reason } }]);
}

/** Something has changed at Shopify (a scope, the shop's state, a new token): what is held for Shopify's sake is probed now. */
export async function probeNow(ctx: Context, tx: Tx, shopId: string): Promise<void> {
  const { count } = await tx.shop.updateMany({
    where: { id: shopId, billingHeldReason: { in: ["FROZEN", "SIGNED_OUT", "SCOPES_LOST", "UNREACHABLE", "REFUSED"] } },
    data: { billingHeldUntil: ctx.clock.now() },
  });
  if (count > 0) await ctx.jobs.put(tx, "billing.run", { shopId });
}
