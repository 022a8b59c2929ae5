import type { Context } from "~/context.server";
import { markAll } from "~/contracts/mark.server";
import { UPCOMING_KEPT } from "~/contracts/read.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import type { NewEvent } from "~/history/events";
import { appendAll } from "~/history/history.server";
import { add, money } from "~/money/money";

import { transition } from "../charge";
import type { Standing, Transition } from "../charge";
import { chargeOneOffs, clearUp } from "./charge-store-cycle-edits.server";
import { lockContracts } from "./charge-store-cycles.server";
import { skipMissed } from "./charge-store-dunning.server";
import { liftPause, settleContracts, write } from "./charge-store-write.server";
import type { Change } from "./charge-store-write.server";
import type { AttemptOutcome } from "../engine";
import { hold } from "../lane.server";
import { newestOf } from "./news";
import type { BillingSettings } from "../settings/settings";

interface Row extends Omit<Standing, "expectedAmount"> {
  chargeId: string;
  attemptId: string;
  contractId: string;
  cycleIndex: number;
  expectedAt: Date;
  expectedAmount: { toString(): string };
  idempotencyKey: string;
}

export async function settle(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  settings: BillingSettings,
  told: readonly AttemptOutcome[],
  now: Date,
): Promise<Set<string>> {
  const outcomes = newestOf(told, now);
  const keys = outcomes.map(({ idempotencyKey }) => idempotencyKey);
  if (keys.length === 0) return new Set();
  const involved = await tx.billingAttempt.findMany({
    where: { shopId: shop.id, idempotencyKey: { in: keys } },
    select: { idempotencyKey: true, state: true, charge: { select: { contractId: true } } },
  });
  const own = new Set(involved.map(({ idempotencyKey }) => idempotencyKey));
  // Most of what a look at Shopify's lists shows is known: nothing is locked for it. What goes on has its next look.
  const seen = new Map(outcomes.map((outcome) => [outcome.idempotencyKey, outcome.state]));
  const news = involved.filter(
    ({ idempotencyKey, state }) =>
      state !== seen.get(idempotencyKey) || state === "PENDING" || state === "ACTION_REQUIRED",
  );
  if (news.length === 0) return own;
  await lockContracts(
    tx,
    news.map(({ charge }) => charge.contractId),
  );
  const contractOf = new Map(news.map(({ idempotencyKey, charge }) => [idempotencyKey, charge.contractId]));
  for (const turn of inTurns(outcomes, contractOf)) await settleTurn(ctx, tx, shop, settings, turn, now);
  return own;
}

/**
 * What is told of one contract is taken one after the other, each upon what the one before has made of it: once one of
 * its attempts has paid a cycle, another's success is a second one, and what else is told of the cycle changes nothing.
 */
function inTurns(outcomes: readonly AttemptOutcome[], contractOf: ReadonlyMap<string, string>): AttemptOutcome[][] {
  const turns: AttemptOutcome[][] = [];
  const taken = new Map<string, number>();
  for (const outcome of outcomes) {
    const contractId = contractOf.get(outcome.idempotencyKey);
    if (contractId === undefined) continue;
    const turn = taken.get(contractId) ?? 0;
    (turns[turn] ??= []).push(outcome);
    taken.set(contractId, turn + 1);
  }
  return turns;
}

/** @param outcomes one of a contract, and the contracts are locked */
async function settleTurn(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  settings: BillingSettings,
  outcomes: readonly AttemptOutcome[],
  now: Date,
): Promise<void> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT charge.id AS "chargeId", attempt.id AS "attemptId", charge."contractId", charge."cycleIndex",
      cycle."expectedAt", charge."expectedAmount", charge."currencyCode", charge.state::text AS state, charge.declines,
      charge."gatewayTroubles", charge."firstFailedAt", charge."declineClass", charge."nextActionAt", charge."remindedAt",
      attempt.state::text AS "attemptState", attempt.number AS "attemptNumber", attempt."sentAt",
      attempt."idempotencyKey", attempt.number = (
        SELECT max(other.number) FROM "BillingAttempt" other WHERE other."chargeId" = charge.id
      ) AS "isLatestAttempt"
    FROM "BillingAttempt" attempt
    JOIN "Charge" charge ON charge.id = attempt."chargeId"
    JOIN "BillingCycle" cycle ON cycle."contractId" = charge."contractId" AND cycle."cycleIndex" = charge."cycleIndex"
    WHERE attempt."shopId" = ${shop.id}::uuid
      AND attempt."idempotencyKey" = ANY(${outcomes.map(({ idempotencyKey }) => idempotencyKey)})`;
  const byKey = new Map(rows.map((row) => [row.idempotencyKey, row]));

  const changes: Change[] = [];
  const events: NewEvent[] = [];
  const recovered: string[] = [];
  let differs = false;
  for (const outcome of outcomes) {
    const row = byKey.get(outcome.idempotencyKey);
    if (!row) continue;
    const expectedAmount = money(row.expectedAmount, row.currencyCode).amount;
    const result = transition({ ...row, expectedAmount }, outcome, settings, now);
    const change = changeOf(row, outcome, result, now);
    if (change) changes.push(change);
    events.push(...eventsOf(shop, row, outcome, result));
    if (result.kind === "PAID" && result.recovered) recovered.push(row.contractId);
    differs ||= result.kind === "TWICE" || (result.kind === "PAID" && result.differsBy !== null);
  }
  await write(tx, changes, now);
  await settleContracts(tx, changes);
  const paid = changes.filter(({ chargeState }) => chargeState === "PAID");
  await chargeOneOffs(tx, shop, paid, now);
  await clearUp(ctx, tx, shop, paid, now);
  const paidContracts = paid.map(({ contractId }) => contractId);
  await liftPause(tx, paidContracts, now);
  await appendAll(ctx, tx, events);
  if (settings.missedCycles === "SKIP") await skipMissed(ctx, tx, shop, recovered, now);
  await lookAhead(ctx, tx, shop, changes, now);
  if (differs) await hold(ctx, tx, shop, "AMOUNT_DIFFERS");
}

function changeOf(row: Row, outcome: AttemptOutcome, result: Transition, now: Date): Change | null {
  const { chargeId, attemptId, contractId, cycleIndex } = row;
  const base = { chargeId, attemptId, contractId, cycleIndex, attemptShopifyId: outcome.shopifyId };
  const completedAt = outcome.completedAt ?? now;
  switch (result.kind) {
    case "NOTHING":
      return null;
    case "TWICE": {
      // The ledger has room for one success of a cycle: this one is kept as what must be paid back.
      const differsBy = outcome.order?.total ?? row.expectedAmount.toString();
      const errorCode = "PAID_TWICE";
      return { ...base, chargeState: "PAID", attemptState: "FAILED", errorCode, differsBy, completedAt };
    }
    case "STILL_PENDING": {
      const { nextActionAt } = result;
      return { ...base, chargeState: "PENDING", attemptState: "PENDING", nextActionAt };
    }
    case "ACTION_REQUIRED":
      return {
        ...base,
        chargeState: "ACTION_REQUIRED",
        attemptState: "ACTION_REQUIRED",
        nextActionAt: result.nextActionAt,
        nextActionUrl: outcome.nextActionUrl,
        ...(result.remind ? { remindedAt: now } : {}),
      };
    case "PAID":
      return {
        ...base,
        chargeState: "PAID",
        attemptState: "SUCCESS",
        orderId: outcome.order?.id ?? null,
        orderName: outcome.order?.name ?? null,
        paidAmount: outcome.order?.total ?? null,
        differsBy: result.differsBy,
        paidAt: completedAt,
        completedAt,
      };
    case "FAILED": {
      const { kind, ...failed } = result;
      // An open challenge stays open at Shopify: its attempt has not ended.
      if (outcome.state !== "FAILED") return { ...base, ...failed, chargeState: kind, attemptState: outcome.state };
      return { ...base, ...failed, chargeState: kind, attemptState: "FAILED", completedAt };
    }
    case "PARKED": {
      const { reason: parkedReason, errorCode, declineClass } = result;
      return {
        ...base,
        chargeState: "PARKED",
        attemptState: "FAILED",
        parkedReason,
        errorCode,
        declineClass,
        completedAt,
      };
    }
    case "ATTEMPT_FAILED":
      return { ...base, chargeState: null, attemptState: "FAILED", errorCode: result.errorCode, completedAt };
  }
}

function eventsOf(shop: Shop, row: Row, outcome: AttemptOutcome, result: Transition): NewEvent[] {
  const about = { shopId: shop.id, contractId: row.contractId };
  const cycle = { cycleIndex: row.cycleIndex, expectedAt: row.expectedAt.toISOString() };
  const { attemptNumber, currencyCode } = row;
  switch (result.kind) {
    case "ACTION_REQUIRED": {
      const data = { ...cycle, url: outcome.nextActionUrl, endsAt: result.endsAt.toISOString() };
      if (result.isNew) return [{ ...about, type: "charge.action-required", actor: "shopify", data }];
      return result.remind ? [{ ...about, type: "charge.action-reminder", actor: "perennial", data }] : [];
    }
    case "PAID": {
      const { order } = outcome;
      const total = money(order?.total ?? row.expectedAmount, order?.currencyCode ?? currencyCode);
      const names = { orderId: order?.id ?? null, orderName: order?.name ?? null };
      const paid: NewEvent = {
        ...about,
        type: "charge.paid",
        actor: "perennial",
        data: { ...cycle, ...names, total, adopted: false, attemptNumber },
      };
      if (result.differsBy === null) return [paid];
      const expected = money(row.expectedAmount, currencyCode);
      const by = money(result.differsBy, currencyCode);
      const data = { ...cycle, expected, taken: add(expected, by), by, orderName: names.orderName };
      return [paid, { ...about, type: "charge.amount-differs", actor: "perennial", data }];
    }
    case "TWICE": {
      const expected = money(row.expectedAmount, currencyCode);
      const by = money(outcome.order?.total ?? row.expectedAmount, currencyCode);
      const data = { ...cycle, expected, taken: add(expected, by), by, orderName: outcome.order?.name ?? null };
      return [{ ...about, type: "charge.amount-differs", actor: "shopify", data }];
    }
    case "FAILED": {
      const { errorCode, declineClass, nextActionAt, dunningEndsAt } = result;
      const data = {
        ...cycle,
        errorCode,
        errorMessage: null,
        declineClass,
        attemptNumber,
        nextTryAt: dunningEndsAt === null ? (nextActionAt?.toISOString() ?? null) : null,
        endsAt: dunningEndsAt?.toISOString() ?? null,
      };
      return [{ ...about, type: "charge.failed", actor: "perennial", data }];
    }
    case "PARKED":
      return [{ ...about, type: "charge.parked", actor: "perennial", data: { ...cycle, reason: result.reason } }];
    case "STILL_PENDING":
    case "ATTEMPT_FAILED":
    case "NOTHING":
      return [];
  }
}

/**
 * Contracts whose mirrored cycles run out are read again, by whoever serves the marks; those that may have had their last
 * renewal are looked at by a run (finished.server.ts).
 */
async function lookAhead(ctx: Context, tx: Tx, shop: Shop, changes: readonly Change[], now: Date): Promise<void> {
  const settled = changes.filter(({ chargeState }) => chargeState === "PAID" || chargeState === "FAILED");
  if (settled.length === 0) return;
  const rows = await tx.$queryRaw<{ shopifyId: string; isShort: boolean; isLimited: boolean }[]>`
    SELECT contract."shopifyId", contract."maxCycles" IS NOT NULL AS "isLimited", (
        SELECT count(*) FROM "BillingCycle" cycle
        WHERE cycle."contractId" = contract.id AND cycle."expectedAt" > ${now}::timestamptz
      ) < ${UPCOMING_KEPT} AS "isShort"
    FROM "SubscriptionContract" contract
    WHERE contract.id = ANY(${settled.map(({ contractId }) => contractId)}::uuid[])
      AND contract.status IN ('ACTIVE', 'PAUSED', 'FAILED')`;
  const short = rows.filter(({ isShort }) => isShort);
  await markAll(
    ctx,
    tx,
    shop.id,
    short.map(({ shopifyId }) => ({ kind: "CONTRACT" as const, shopifyId })),
  );
  if (rows.some(({ isLimited }) => isLimited)) await ctx.jobs.put(tx, "billing.run", { shopId: shop.id });
}
