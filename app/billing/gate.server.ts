import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { ContractStatus } from "~/generated/prisma/enums";
import { dueOf } from "~/schedule/due-of";
import { AdminApiError } from "~/shopify/admin-api.server";
import { requestAll, requestEach } from "~/shopify/aliases";
import {
  AttemptFeedDocument,
  AttemptsByIdDocument,
  BillingAttemptCreateDocument,
  ContractFeedDocument,
  CycleAttemptsDocument,
  CycleGuardDocument,
} from "~/shopify/generated/admin";
import type { ContractFeedQuery, CycleGuardQuery } from "~/shopify/generated/admin";

import type { SendAnswer } from "./answer";
import { attemptOutcomes, dateOf, readAttempt } from "./attempts";
import type { CycleRef, Gate } from "./biller";
import type { Intent } from "./charge-store";
import type { AttemptOutcome } from "./engine";
import type { ChangedContract, Feed, FeedMark, GuardReading, ReadAttempt } from "./guard";

/** Everything that billing asks Shopify for. Money moves in `sendAttempts` and nowhere else. */

/** Shopify's largest page: 46 points for attempts, 13 for contracts. */
const FEED_PAGE = 250;
/** Pages read in one look: 5,000 attempts. A shop that makes more between two looks is guarded cycle by cycle. */
const MAX_FEED_PAGES = 20;
/** Changes that Shopify dates a little back are seen all the same. */
const FEED_OVERLAP_MS = 60_000;
/** Cycles in one deep guarding call, about 40 points each of the 1,000 that one query may cost. */
const GUARDS_PER_CALL = 20;
/** Attempts in one polling call: Shopify's upper bound for `nodes` is 250. */
const ATTEMPTS_PER_CALL = 100;
/** From this many on, a page of the newest attempts is cheaper than asking for each. */
const WORTH_A_PAGE = 12;
const DEEP_READS_PER_CALL = 10;

const STATUSES: readonly string[] = ["ACTIVE", "PAUSED", "CANCELLED", "EXPIRED", "FAILED"];
const isStatus = (status: string): status is ContractStatus => STATUSES.includes(status);

const variablesOf = ({ contractShopifyId, cycleIndex }: CycleRef) => ({ contractId: contractShopifyId, cycleIndex });

/** "gid://shopify/SubscriptionBillingAttempt/12" → 12; null for anything else. */
function numberOf(gid: string): bigint | null {
  const digits = /\/(\d{1,18})$/.exec(gid)?.[1];
  return digits === undefined ? null : BigInt(digits);
}

/**
 * What is new in Shopify's lists since the mark.
 * @throws AdminApiError
 */
async function readFeed(ctx: Context, shop: Shop, mark: FeedMark): Promise<Feed> {
  const [attempts, contracts] = await Promise.all([
    newAttempts(ctx, shop, mark.attemptId),
    changedContracts(ctx, shop, mark.contractsAt),
  ]);
  return {
    attempts: attempts.read,
    contracts: contracts.read,
    complete: attempts.complete && contracts.complete,
    mark: { attemptId: attempts.newest, contractsAt: contracts.newest },
  };
}

/** Where Shopify's lists end now: what an import reads after this need not be looked at again. */
export const feedEnd = async (ctx: Context, shop: Shop): Promise<FeedMark> =>
  (await readFeed(ctx, shop, { attemptId: null, contractsAt: null })).mark;

async function newAttempts(ctx: Context, shop: Shop, since: bigint | null) {
  const read: ReadAttempt[] = [];
  let newest = since;
  for await (const nodes of attemptPages(ctx, shop)) {
    const fresh = nodes.filter((each) => isNewer(each, since));
    read.push(...fresh);
    for (const { outcome } of fresh) {
      const id = numberOf(outcome.shopifyId);
      if (id !== null && (newest === null || id > newest)) newest = id;
    }
    if (since === null) return { read, newest: newest ?? 0n, complete: false };
    if (fresh.length < nodes.length) return { read, newest, complete: true };
  }
  return { read, newest, complete: read.length < MAX_FEED_PAGES * FEED_PAGE };
}

const isNewer = ({ outcome }: ReadAttempt, since: bigint | null): boolean => {
  const id = numberOf(outcome.shopifyId);
  return since === null || id === null || id > since;
};

async function* attemptPages(ctx: Context, shop: Shop): AsyncGenerator<ReadAttempt[]> {
  let after: string | null = null;
  for (let page = 0; page < MAX_FEED_PAGES; page += 1) {
    const answer: {
      nodes: Parameters<typeof readAttempt>[0][];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    } = (await ctx.admin(shop.domain).request(AttemptFeedDocument, { first: FEED_PAGE, after }))
      .subscriptionBillingAttempts;
    yield answer.nodes.flatMap(readAttempt);
    if (!answer.pageInfo.hasNextPage) return;
    after = answer.pageInfo.endCursor;
  }
}

async function changedContracts(ctx: Context, shop: Shop, since: Date | null) {
  const read: ChangedContract[] = [];
  const from = since ? since.getTime() - FEED_OVERLAP_MS : -Infinity;
  let newest = since;
  let after: string | null = null;
  for (let page = 0; page < MAX_FEED_PAGES; page += 1) {
    const answer: ContractFeedQuery["subscriptionContracts"] = (
      await ctx.admin(shop.domain).request(ContractFeedDocument, { first: FEED_PAGE, after })
    ).subscriptionContracts;
    for (const { id, status, revisionId, updatedAt } of answer.nodes) {
      const at = dateOf(updatedAt);
      if (at && (newest === null || at > newest)) newest = at;
      if (at && at.getTime() < from) return { read, newest, complete: true };
      if (isStatus(status)) read.push({ shopifyId: id, status, revisionId });
    }
    if (since === null) return { read, newest: newest ?? ctx.clock.now(), complete: false };
    if (!answer.pageInfo.hasNextPage) return { read, newest, complete: true };
    after = answer.pageInfo.endCursor ?? null;
  }
  return { read, newest, complete: false };
}

/**
 * Each cycle with its neighbours and the contract's own attempts; null for one that Shopify doesn't know.
 * @throws AdminApiError
 */
async function readGuards(
  ctx: Context,
  shop: Shop,
  cycles: readonly (CycleRef & { contractId: string })[],
): Promise<(GuardReading | null)[]> {
  const variables = cycles.map((cycle) => ({
    ...variablesOf(cycle),
    startIndex: Math.max(1, cycle.cycleIndex - 2),
    endIndex: cycle.cycleIndex + 1,
  }));
  const answers = await requestEach(ctx.admin(shop.domain), CycleGuardDocument, variables, GUARDS_PER_CALL);
  return answers.map((answer, index) => guardReading(shop, answer, cycles[index]?.contractId ?? ""));
}

function guardReading(shop: Shop, answer: CycleGuardQuery | null, contractId: string): GuardReading | null {
  const cycle = answer?.subscriptionBillingCycle;
  const expectedAt = dateOf(cycle?.billingAttemptExpectedDate);
  if (!cycle || !expectedAt || !isStatus(cycle.sourceContract.status)) return null;
  return {
    contractStatus: cycle.sourceContract.status,
    revisionId: cycle.sourceContract.revisionId,
    skipped: cycle.skipped,
    expectedAt,
    dueAt: dueOf({ contractId, expectedAt }, shop),
    cycles: answer.subscriptionBillingCycles.nodes.map(({ cycleIndex, status, billingAttempts }) => ({
      cycleIndex,
      billed: status === "BILLED",
      attempts: attemptOutcomes(billingAttempts.nodes),
    })),
    attempts: attemptOutcomes(cycle.sourceContract.billingAttempts.nodes),
  };
}

/**
 * The attempts of single cycles, newest first: where the past of a contract can't be placed otherwise.
 * @throws AdminApiError
 */
export async function readCycleAttempts(
  ctx: Context,
  shop: Shop,
  cycles: readonly CycleRef[],
): Promise<AttemptOutcome[][]> {
  const admin = ctx.admin(shop.domain);
  const answers = await requestEach(admin, CycleAttemptsDocument, cycles.map(variablesOf), DEEP_READS_PER_CALL);
  return answers.map((answer) => attemptOutcomes(answer?.subscriptionBillingCycle?.billingAttempts.nodes));
}

/**
 * Reads attempts in bulk; those that Shopify doesn't know are left out. Many are looked for among the newest first.
 * @param ids global ids
 * @throws AdminApiError
 */
export async function readAttempts(ctx: Context, shop: Shop, ids: readonly string[]): Promise<ReadAttempt[]> {
  const missing = new Set(ids);
  const read: ReadAttempt[] = [];
  if (missing.size >= WORTH_A_PAGE) {
    for await (const nodes of attemptPages(ctx, shop)) {
      const found = nodes.filter(({ outcome }) => missing.delete(outcome.shopifyId));
      read.push(...found);
      // The rest is older than what a page still pays for.
      if (found.length < WORTH_A_PAGE || missing.size < WORTH_A_PAGE) break;
    }
  }
  const rest = [...missing];
  for (let from = 0; from < rest.length; from += ATTEMPTS_PER_CALL) {
    const answer = await ctx
      .admin(shop.domain)
      .request(AttemptsByIdDocument, { ids: rest.slice(from, from + ATTEMPTS_PER_CALL) });
    read.push(
      ...answer.nodes.flatMap((node) => (node?.__typename === "SubscriptionBillingAttempt" ? readAttempt(node) : [])),
    );
  }
  return read;
}

/**
 * The gate: the only place where Shopify is asked to take money. One call, one aliased
 * `subscriptionBillingAttemptCreate` for each intent, with its own key and its own cycle's index. The intents are
 * committed; a lost answer is NO_ANSWER for all of them.
 * @throws AdminApiError if nothing was done: throttled, signed out, the shop away
 */
async function sendAttempts(ctx: Context, shop: Shop, intents: readonly Intent[]): Promise<SendAnswer[]> {
  const variables = intents.map((intent) => ({
    ...variablesOf(intent),
    idempotencyKey: intent.attempt.idempotencyKey,
  }));
  try {
    const answers = await requestAll(ctx.admin(shop.domain), BillingAttemptCreateDocument, variables);
    return answers.map(({ subscriptionBillingAttemptCreate: payload }): SendAnswer => {
      const error = payload?.userErrors[0];
      if (error) return { kind: "REFUSED", code: error.code ?? "UNKNOWN", message: error.message };
      const attempt = payload?.subscriptionBillingAttempt;
      if (!attempt) return { kind: "NO_ANSWER" };
      return { kind: "ACCEPTED", shopifyId: attempt.id, pending: !attempt.completedAt };
    });
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    if (error.trouble === "REFUSED" && intents.length === 1) {
      return [{ kind: "REFUSED", code: "DOCUMENT", message: error.message }];
    }
    // When one of several is refused as a document, the others may have been carried out all the same.
    if (error.trouble === "NO_ANSWER" || error.trouble === "REFUSED") return intents.map(() => ({ kind: "NO_ANSWER" }));
    throw error;
  }
}

export const shopifyGate = (ctx: Context, shop: Shop): Gate => ({
  readFeed: (mark) => readFeed(ctx, shop, mark),
  readGuards: (cycles) => readGuards(ctx, shop, cycles),
  readAttempts: (ids) => readAttempts(ctx, shop, ids),
  sendAttempts: (intents) => sendAttempts(ctx, shop, intents),
});
