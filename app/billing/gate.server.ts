import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { dueAt } from "~/schedule/due";
import { AdminApiError } from "~/shopify/admin-api.server";
import { requestAll, requestEach } from "~/shopify/aliases";
import {
  AttemptsByIdDocument,
  BillingAttemptCreateDocument,
  CycleAttemptsDocument,
  CycleGuardDocument,
} from "~/shopify/generated/admin";

import { attemptOutcome, seenAttempt } from "./attempts";
import type { Gate, ReadAttempt } from "./biller";
import type { OpenCharge } from "./charge-store";
import type { AttemptOutcome, GuardReading, SendAnswer } from "./engine";

/** Everything that billing asks Shopify for. Money moves in `sendAttempts` and nowhere else. */

/** Cycles in one guarding call, about 6 points each of the 1,000 that one query may cost. */
const GUARDS_PER_CALL = 50;
/** Attempts in one polling call: Shopify's upper bound for `nodes` is 250. */
export const ATTEMPTS_PER_CALL = 100;
const DEEP_READS_PER_CALL = 10;

interface CycleRef {
  contractShopifyId: string;
  cycleIndex: number;
}

const variablesOf = ({ contractShopifyId, cycleIndex }: CycleRef) => ({ contractId: contractShopifyId, cycleIndex });

/**
 * What Shopify knows of each cycle right before it is charged; null for one that it doesn't know.
 * @throws AdminApiError
 */
export async function readGuards(
  ctx: Context,
  shop: Shop,
  cycles: readonly CycleRef[],
): Promise<(GuardReading | null)[]> {
  const admin = ctx.admin(shop.domain);
  const answers = await requestEach(admin, CycleGuardDocument, cycles.map(variablesOf), GUARDS_PER_CALL);
  return answers.map((answer) => {
    const cycle = answer?.subscriptionBillingCycle;
    if (!cycle) return null;
    const expectedAt = new Date(cycle.billingAttemptExpectedDate);
    return {
      contractStatus: cycle.sourceContract.status,
      revisionId: cycle.sourceContract.revisionId,
      billed: cycle.status === "BILLED",
      skipped: cycle.skipped,
      expectedAt,
      dueAt: dueAt(expectedAt, shop.timeZone, shop.billingHour),
      attempts: cycle.sourceContract.billingAttempts.nodes.map(seenAttempt),
    };
  });
}

/**
 * The attempts of single cycles, newest first: where the guard has seen something that is not ours.
 * @throws AdminApiError
 */
export async function readCycleAttempts(
  ctx: Context,
  shop: Shop,
  cycles: readonly CycleRef[],
): Promise<AttemptOutcome[][]> {
  const admin = ctx.admin(shop.domain);
  const answers = await requestEach(admin, CycleAttemptsDocument, cycles.map(variablesOf), DEEP_READS_PER_CALL);
  return answers.map((answer) => answer?.subscriptionBillingCycle?.billingAttempts.nodes.map(attemptOutcome) ?? []);
}

/**
 * Reads attempts in bulk; those that Shopify doesn't know are left out.
 * @param ids global ids
 * @throws AdminApiError
 */
export async function readAttempts(ctx: Context, shop: Shop, ids: readonly string[]): Promise<ReadAttempt[]> {
  const admin = ctx.admin(shop.domain);
  const read: ReadAttempt[] = [];
  for (let from = 0; from < ids.length; from += ATTEMPTS_PER_CALL) {
    const answer = await admin.request(AttemptsByIdDocument, { ids: ids.slice(from, from + ATTEMPTS_PER_CALL) });
    for (const node of answer.nodes) {
      if (node?.__typename !== "SubscriptionBillingAttempt") continue;
      read.push({ outcome: attemptOutcome(node), contractShopifyId: node.subscriptionContract.id });
    }
  }
  return read;
}

/**
 * The gate: the only place where Shopify is asked to take money. One call, one aliased
 * `subscriptionBillingAttemptCreate` for each charge, with its own key and its own cycle's index. The intents are
 * committed; a lost answer is NO_ANSWER for all of them.
 * @throws AdminApiError if nothing was done: throttled, signed out, the shop away
 */
export async function sendAttempts(ctx: Context, shop: Shop, charges: readonly OpenCharge[]): Promise<SendAnswer[]> {
  const variables = charges.map((charge) => ({ ...variablesOf(charge), idempotencyKey: charge.idempotencyKey }));
  try {
    const answers = await requestAll(ctx.admin(shop.domain), BillingAttemptCreateDocument, variables);
    return answers.map(({ subscriptionBillingAttemptCreate: payload }): SendAnswer => {
      const error = payload?.userErrors[0];
      if (error) return { kind: "REFUSED", code: error.code ?? "UNKNOWN", message: error.message };
      const attempt = payload?.subscriptionBillingAttempt;
      if (!attempt) return { kind: "NO_ANSWER" };
      const pending = attempt.state.__typename === "SubscriptionBillingAttemptPendingState";
      return { kind: "ACCEPTED", shopifyId: attempt.id, pending };
    });
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    if (error.trouble === "REFUSED" && charges.length === 1) {
      return [{ kind: "REFUSED", code: "DOCUMENT", message: error.message }];
    }
    // When one of several is refused as a document, the others may have been carried out all the same.
    if (error.trouble === "NO_ANSWER" || error.trouble === "REFUSED") return charges.map(() => ({ kind: "NO_ANSWER" }));
    throw error;
  }
}

export const shopifyGate = (ctx: Context, shop: Shop): Gate => ({
  readGuards: (cycles) => readGuards(ctx, shop, cycles),
  readCycleAttempts: (cycles) => readCycleAttempts(ctx, shop, cycles),
  readAttempts: (ids) => readAttempts(ctx, shop, ids),
  sendAttempts: (charges) => sendAttempts(ctx, shop, charges),
});
