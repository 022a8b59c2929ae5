import type { Context } from "~/context.server";
import { moveCycle } from "~/contracts/cycles.server";
import { isId } from "~/contracts/ids";
import { refreshNextBilling } from "~/contracts/mirror.server";
import type { Tx } from "~/db.server";
import type { Charge, Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";
import { append } from "~/history/history.server";

import { adopt, lockContracts } from "./ledger/charge-store-cycles.server";
import { giveUp } from "./ledger/charge-store-dunning.server";
import { openCharges } from "./ledger/charge-store-rows.server";
import { HOLDING_STATES } from "./engine";
import { release } from "./lane.server";

/**
 * What a person asks the engine for. None of it moves money by itself: rows change, and the run that follows takes them
 * through the same gate as everything else.
 */

export type NotNow =
  /** An attempt is on its way: its outcome comes first. */
  | "RENEWAL_RUNNING"
  /** Paused or ended. */
  | "NOT_ACTIVE"
  /** No cycle is open that could be charged. */
  | "NO_CYCLE"
  | "ALREADY_PAID"
  /** The current cycle is paid, and the next one has not begun. */
  | "TOO_EARLY"
  /** The shop's billing stands still. */
  | "BILLING_HELD"
  /** The shopper has still to approve the last attempt with the bank. */
  | "CHALLENGE_OPEN"
  /** A shopper has had it tried as often as a day allows. */
  | "TOO_OFTEN";

/** What became of something that a person asked the engine for. */
export type ActionOutcome =
  | { outcome: "DONE" }
  | { outcome: "NOT_FOUND" }
  | { outcome: "NOT_NOW"; why: NotNow }
  | { outcome: "SHOPIFY_UNAVAILABLE" }
  /** In Shopify's words. */
  | { outcome: "REFUSED"; message: string };

const DONE: ActionOutcome = { outcome: "DONE" };
const NOT_FOUND: ActionOutcome = { outcome: "NOT_FOUND" };
const notNow = (why: NotNow): ActionOutcome => ({ outcome: "NOT_NOW", why });

/**
 * Attempts of one charge within a day after which a shopper has to wait. Card networks count: Visa allows 15 tries of one
 * payment in 30 days, and a bank that has said no three times today says no again.
 */
const SHOPPER_TRIES_A_DAY = 3;
const DAY_MS = 86_400_000;

/** Tries a failed charge at once. A person has asked for it: the distance to other charges doesn't hold it. */
export const retryNow = (ctx: Context, shop: Shop, chargeId: string, actor: Actor): Promise<ActionOutcome> =>
  withCharge(ctx, shop, chargeId, "FAILED", async (tx, charge, status) => {
    const attempts = await tx.billingAttempt.count({
      where: { chargeId, state: { in: ["PENDING", "ACTION_REQUIRED"] } },
    });
    if (attempts > 0) return notNow("CHALLENGE_OPEN");
    // Dunning's own pause is lifted by the try; a person's is not.
    if (status !== "ACTIVE" && status !== "PAUSED_BY_DUNNING") return notNow("NOT_ACTIVE");
    if (await isHeld(tx, shop)) return notNow("BILLING_HELD");
    const since = new Date(ctx.clock.now().getTime() - DAY_MS);
    const today = await tx.billingAttempt.count({ where: { chargeId, createdAt: { gt: since } } });
    if (actor === "shopper" && today >= SHOPPER_TRIES_A_DAY) return notNow("TOO_OFTEN");
    return letGo(ctx, tx, shop, charge, "retry", actor);
  });

/** Resolves a parked charge: takes it, lets the cycle pass without an order, or notes that it was paid otherwise. */
export const resolveParked = (
  ctx: Context,
  shop: Shop,
  chargeId: string,
  how: "CHARGE" | "SKIP" | "MARK_PAID",
  actor: Actor,
): Promise<ActionOutcome> =>
  withCharge(ctx, shop, chargeId, "PARKED", async (tx, charge, status) => {
    const now = ctx.clock.now();
    const { contractId, cycleIndex, currencyCode } = charge;
    switch (how) {
      case "CHARGE":
        if (status !== "ACTIVE") return notNow("NOT_ACTIVE");
        if (await isHeld(tx, shop)) return notNow("BILLING_HELD");
        return letGo(ctx, tx, shop, charge, "charge", actor);
      case "SKIP":
        await giveUp(ctx, tx, shop, [chargeId], "SKIPPED_BY_MERCHANT", now);
        break;
      case "MARK_PAID": {
        const expectedAmount = charge.expectedAmount.toString();
        await adopt(ctx, tx, shop, [{ contractId, cycleIndex, expectedAmount, currencyCode, attempt: null }], now);
      }
    }
    // The contract's later cycles are free again.
    await ctx.jobs.put(tx, "billing.run", { shopId: shop.id });
    return DONE;
  });

/**
 * Charges the contract's current cycle now: its date is moved to this moment, then it goes through the gate. The dates
 * after it don't move. Asking twice orders once: the cycle is claimed by the first.
 */
export async function orderNow(
  ctx: Context,
  shop: Shop,
  contractId: string,
  actor: Actor,
): Promise<ActionOutcome & { expectedAt?: string }> {
  if (!isId(contractId)) return NOT_FOUND;
  const contract = await ctx.db.subscriptionContract.findFirst({ where: { shopId: shop.id, id: contractId } });
  if (!contract) return NOT_FOUND;
  if (contract.status !== "ACTIVE" || contract.goneAt !== null) return notNow("NOT_ACTIVE");
  if (await isHeld(ctx.db, shop)) return notNow("BILLING_HELD");
  const held = await ctx.db.charge.findFirst({ where: { contractId, state: { in: [...HOLDING_STATES] } } });
  if (held) return notNow(held.state === "ACTION_REQUIRED" ? "CHALLENGE_OPEN" : "RENEWAL_RUNNING");
  const cycle = await ctx.db.billingCycle.findFirst({
    where: { contractId, outcome: null, claimed: false },
    orderBy: { cycleIndex: "asc" },
  });
  if (!cycle) return notNow("NO_CYCLE");
  const now = ctx.clock.now();
  if (cycle.startAt > now) return notNow("TOO_EARLY");
  const { cycleIndex, expectedAt: from } = cycle;
  if (from > now) {
    const moved = await moveCycle(ctx, shop, contractId, cycleIndex, now, actor);
    if (moved.outcome === "SHOPIFY_UNAVAILABLE" || moved.outcome === "REFUSED") return moved;
    if (moved.outcome === "TOO_LATE" || moved.outcome === "RENEWAL_RUNNING") return notNow("RENEWAL_RUNNING");
    if (moved.outcome !== "MOVED") return notNow("NOT_ACTIVE");
  }
  return ctx.db.$transaction(async (tx) => {
    await lockContracts(tx, [contractId]);
    const claimed = await tx.billingCycle.updateMany({
      where: { contractId, cycleIndex, outcome: null, claimed: false },
      data: { claimed: true, waitReason: null, waitSince: null },
    });
    // Somebody was quicker; the order is on its way all the same.
    if (claimed.count === 0) return notNow("RENEWAL_RUNNING");
    const chargeId = ctx.ids.next();
    await tx.charge.create({
      data: {
        id: chargeId,
        shopId: shop.id,
        contractId,
        cycleIndex,
        state: "CLAIMED",
        // What the contract is at the moment of the try takes its place.
        expectedAmount: 0,
        currencyCode: contract.currencyCode,
        confirmedBy: actor,
        nextActionAt: now,
        claimedAt: now,
        updatedAt: now,
      },
    });
    const [open] = await openCharges(tx, shop, [chargeId]);
    await tx.charge.update({ where: { id: chargeId }, data: { expectedAmount: open?.expectedAmount ?? 0 } });
    await refreshNextBilling(tx, [contractId]);
    await append(ctx, tx, {
      shopId: shop.id,
      contractId,
      type: "cycle.ordered-now",
      actor,
      data: { cycleIndex, expectedAt: now.toISOString(), from: from.toISOString() },
    });
    await ctx.jobs.put(tx, "billing.run", { shopId: shop.id });
    return { ...DONE, expectedAt: now.toISOString() };
  });
}

/** Lets the shop's billing go on: a person has looked at what stopped it, or wants it probed now. */
export async function releaseBilling(ctx: Context, shop: Shop, actor: Actor): Promise<ActionOutcome> {
  return ctx.db.$transaction(async (tx) => {
    const { billingHeldReason } = await tx.shop.findUniqueOrThrow({ where: { id: shop.id } });
    if (billingHeldReason === "AMOUNT_DIFFERS") {
      if (actor === "merchant") await release(ctx, tx, shop, "merchant");
    } else if (billingHeldReason !== null) {
      await tx.shop.update({ where: { id: shop.id }, data: { billingHeldUntil: ctx.clock.now() } });
    }
    await ctx.jobs.put(tx, "billing.run", { shopId: shop.id });
    return DONE;
  });
}

type Standing = "ACTIVE" | "PAUSED_BY_DUNNING" | "NOT_ACTIVE";

/** Locks the charge's contract, so that nobody else decides about it meanwhile. */
async function withCharge(
  ctx: Context,
  shop: Shop,
  chargeId: string,
  state: "FAILED" | "PARKED",
  act: (tx: Tx, charge: Charge, status: Standing) => Promise<ActionOutcome>,
): Promise<ActionOutcome> {
  if (!isId(chargeId)) return NOT_FOUND;
  return ctx.db.$transaction(async (tx) => {
    const about = await tx.charge.findFirst({ where: { id: chargeId, shopId: shop.id }, select: { contractId: true } });
    if (!about) return NOT_FOUND;
    await lockContracts(tx, [about.contractId]);
    const charge = await tx.charge.findUniqueOrThrow({ where: { id: chargeId }, include: { contract: true } });
    if (charge.state === "PAID") return notNow("ALREADY_PAID");
    if (charge.state !== state) return notNow(charge.state === "SKIPPED" ? "NO_CYCLE" : "RENEWAL_RUNNING");
    const { contract, ...row } = charge;
    const isPausedByDunning = contract.status === "PAUSED" && contract.dunningPausedAt !== null;
    return act(
      tx,
      row,
      contract.status === "ACTIVE" ? "ACTIVE" : isPausedByDunning ? "PAUSED_BY_DUNNING" : "NOT_ACTIVE",
    );
  });
}

/** The next run takes it; a new key only if Shopify has said that the last attempt failed, as always. */
async function letGo(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  { id, contractId, cycleIndex, state }: Charge,
  by: string,
  actor: Actor,
): Promise<ActionOutcome> {
  const now = ctx.clock.now();
  const { expectedAt } = await tx.billingCycle.findUniqueOrThrow({
    where: { contractId_cycleIndex: { contractId, cycleIndex } },
  });
  await tx.charge.update({
    where: { id },
    data: {
      state: state === "PARKED" ? "CLAIMED" : state,
      nextActionAt: now,
      dunningEndsAt: null,
      parkedReason: null,
      confirmedBy: actor,
      updatedAt: now,
    },
  });
  await append(ctx, tx, {
    shopId: shop.id,
    contractId,
    type: "charge.released",
    actor,
    data: { cycleIndex, expectedAt: expectedAt.toISOString(), by },
  });
  await ctx.jobs.put(tx, "billing.run", { shopId: shop.id });
  return DONE;
}

async function isHeld(tx: Pick<Tx, "shop">, shop: Shop): Promise<boolean> {
  const { billingHeldReason } = await tx.shop.findUniqueOrThrow({
    where: { id: shop.id },
    select: { billingHeldReason: true },
  });
  return billingHeldReason !== null && billingHeldReason !== "RATE" && billingHeldReason !== "UNREACHABLE";
}
