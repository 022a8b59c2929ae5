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
import type {
  AttemptFeedQuery,
  AttemptsByIdQuery,
  BillingAttemptCreateMutation,
  ContractFeedQuery,
  CycleGuardQuery,
} from "~/shopify/generated/admin";

import type { SendAnswer } from "./answer";
import { allAttempts, attemptOutcomes, dateOf, isAttemptId, isText, readAttempt, readOrSuspect } from "./attempts";
import type { CycleRef, Gate } from "./biller";
import type { Intent } from "./ledger/charge-store";
import type { AttemptOutcome } from "./engine";
import type { ChangedContract, Feed, FeedMark, GuardReading, ReadAttempt, UnreadableGuard } from "./guard";

/**
 * Everything that billing asks Shopify for. Money moves in `sendAttempts` and nowhere else. The schema promises what is read
 * here; it is read as if it didn't: what can't be understood never counts as "nothing there".
 */

/** Shopify's largest page: 46 points for attempts, 13 for contracts. */
const FEED_PAGE = 250;
const ATTEMPT_PAGE_POINTS = 46;
/**
 * Pages read in one look: 20,000 attempts, more than a large shop's day, after which as many contracts have changed. A shop
 * that makes more between two looks is guarded cycle by cycle, which costs fifty times as much.
 */
const MAX_FEED_PAGES = 80;
/** Changes that Shopify dates a little back are seen all the same. */
const FEED_OVERLAP_MS = 60_000;
/** Cycles in one deep guarding call, about 40 points each of the 1,000 that one query may cost. */
const GUARDS_PER_CALL = 20;
/** Attempts in one polling call: Shopify's upper bound for `nodes` is 250. */
const ATTEMPTS_PER_CALL = 100;
/** What one attempt costs that is asked for by its id. */
const ATTEMPT_POINTS = 4;
/** From this many on, a page of the newest attempts is cheaper than asking for each. */
const WORTH_A_PAGE = Math.ceil(ATTEMPT_PAGE_POINTS / ATTEMPT_POINTS);
const DEEP_READS_PER_CALL = 10;

/** Of an answer that can't be understood, this much is kept for whoever looks into it. */
const RAW_KEPT = 10_000;

const STATUSES: readonly string[] = ["ACTIVE", "PAUSED", "CANCELLED", "EXPIRED", "FAILED"];
const isStatus = (status: unknown): status is ContractStatus => typeof status === "string" && STATUSES.includes(status);
const listOf = <Item>(nodes: readonly Item[] | null | undefined): readonly (Item | null)[] | null =>
  Array.isArray(nodes) ? nodes : null;

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

/**
 * One cheap call, which needs what billing needs: a shop that is held has not come back because nothing was asked of it.
 * @throws AdminApiError
 */
export async function probe(ctx: Context, shop: Shop): Promise<void> {
  await ctx.admin(shop.domain).request(ContractFeedDocument, { first: 1, after: null });
}

async function newAttempts(ctx: Context, shop: Shop, since: bigint | null) {
  const read: ReadAttempt[] = [];
  let newest = since;
  let complete = true;
  for await (const page of attemptPages(ctx, shop)) {
    // One that nobody can be suspected of: everything that is due is looked at by itself this time.
    if (!page.isReadable) complete = false;
    const fresh = page.attempts.filter((each) => isNewer(each, since));
    const ids = page.attempts.flatMap(({ outcome }) => numberOf(outcome.shopifyId) ?? []);
    const highest = ids.reduce<bigint | null>((most, id) => (most === null || id > most ? id : most), null);
    // Attempts are never deleted: a mark above the newest of all was an answer that made no sense.
    const isBeyond = since !== null && highest !== null && highest < since && read.length === 0;
    if (since === null || isBeyond) return { read: page.attempts, newest: highest ?? since ?? 0n, complete: false };
    read.push(...fresh);
    if (highest !== null && (newest === null || highest > newest)) newest = highest;
    if (fresh.length < page.attempts.length) return { read, newest, complete };
  }
  return { read, newest, complete: complete && read.length < MAX_FEED_PAGES * FEED_PAGE };
}

const isNewer = ({ outcome }: ReadAttempt, since: bigint | null): boolean => {
  const id = numberOf(outcome.shopifyId);
  return since === null || id === null || id > since;
};

type AttemptList = Partial<AttemptFeedQuery["subscriptionBillingAttempts"]> | null | undefined;

async function* attemptPages(
  ctx: Context,
  shop: Shop,
): AsyncGenerator<{ attempts: ReadAttempt[]; isReadable: boolean }> {
  let after: string | null = null;
  for (let page = 0; page < MAX_FEED_PAGES; page += 1) {
    const answer: Partial<AttemptFeedQuery> = await ctx
      .admin(shop.domain)
      .request(AttemptFeedDocument, { first: FEED_PAGE, after });
    const list: AttemptList = answer.subscriptionBillingAttempts;
    const nodes = listOf(list?.nodes);
    const attempts = (nodes ?? []).flatMap((node) => (node && readOrSuspect(node, ctx.clock.now())) ?? []);
    const hasNextPage: unknown = list?.pageInfo?.hasNextPage;
    const isReadable = nodes !== null && attempts.length === nodes.length && typeof hasNextPage === "boolean";
    yield { attempts, isReadable };
    after = list?.pageInfo?.endCursor ?? null;
    if (hasNextPage !== true || after === null) return;
  }
}

async function changedContracts(ctx: Context, shop: Shop, since: Date | null) {
  const read: ChangedContract[] = [];
  const from = since ? since.getTime() - FEED_OVERLAP_MS : -Infinity;
  let newest = since;
  let complete = true;
  let after: string | null = null;
  for (let page = 0; page < MAX_FEED_PAGES; page += 1) {
    const answer: Partial<ContractFeedQuery> = await ctx
      .admin(shop.domain)
      .request(ContractFeedDocument, { first: FEED_PAGE, after });
    const list: ContractList = answer.subscriptionContracts;
    const nodes = listOf(list?.nodes);
    if (nodes === null || nodes.some((node) => !isText(node?.id))) complete = false;
    for (const node of nodes ?? []) {
      const at = earlier(dateOf(node?.updatedAt), ctx.clock.now());
      if (at && (newest === null || at > newest)) newest = at;
      if (at && at.getTime() < from) return { read, newest, complete };
      if (node && isText(node.id)) read.push(changedContract(node));
    }
    if (since === null) return { read, newest: newest ?? ctx.clock.now(), complete: false };
    if (list?.pageInfo?.hasNextPage === false) return { read, newest, complete };
    after = list?.pageInfo?.endCursor ?? null;
    if (after === null) break;
  }
  return { read, newest, complete: false };
}

type ContractList = Partial<ContractFeedQuery["subscriptionContracts"]> | null | undefined;
type ContractNode = ContractFeedQuery["subscriptionContracts"]["nodes"][number];

const changedContract = ({ id, status, revisionId }: ContractNode): ChangedContract =>
  isStatus(status) && isText(revisionId)
    ? { shopifyId: id, status, revisionId }
    : { shopifyId: id, status: "UNREADABLE", revisionId: "" };

/** A moment to come would hide everything that changes until then. */
const earlier = (at: Date | null, now: Date): Date | null => (at && at > now ? now : at);

/**
 * Each cycle with its neighbours and the contract's own attempts; null for one that Shopify doesn't know. An attempt that
 * can't be understood makes the whole of it unreadable: it might be the one that has paid.
 * @throws AdminApiError
 */
async function readGuards(
  ctx: Context,
  shop: Shop,
  cycles: readonly (CycleRef & { contractId: string })[],
): Promise<(GuardReading | UnreadableGuard | null)[]> {
  const variables = cycles.map((cycle) => ({
    ...variablesOf(cycle),
    startIndex: Math.max(1, cycle.cycleIndex - 2),
    endIndex: cycle.cycleIndex + 1,
  }));
  const answers = await requestEach(ctx.admin(shop.domain), CycleGuardDocument, variables, GUARDS_PER_CALL);
  return answers.map((answer, index) => guardReading(shop, answer, cycles[index]?.contractId ?? ""));
}

export function guardReading(
  shop: Pick<Shop, "timeZone" | "billingHour" | "billingWindowMinutes">,
  answer: CycleGuardQuery | null,
  contractId: string,
): GuardReading | UnreadableGuard | null {
  if (answer === null || answer.subscriptionBillingCycle === null) return null;
  return readableGuard(shop, answer, contractId) ?? { unreadable: JSON.stringify(answer).slice(0, RAW_KEPT) };
}

type CycleNode = CycleGuardQuery["subscriptionBillingCycles"]["nodes"][number];

function readableGuard(
  shop: Pick<Shop, "timeZone" | "billingHour" | "billingWindowMinutes">,
  answer: Partial<CycleGuardQuery>,
  contractId: string,
): GuardReading | null {
  const cycle: Partial<NonNullable<CycleGuardQuery["subscriptionBillingCycle"]>> =
    answer.subscriptionBillingCycle ?? {};
  const { sourceContract: contract, skipped } = cycle;
  const expectedAt = dateOf(cycle.billingAttemptExpectedDate);
  const attempts = allAttempts(contract?.billingAttempts?.nodes);
  const nodes = listOf(answer.subscriptionBillingCycles?.nodes);
  const cycles = (nodes ?? []).flatMap((node) => guardCycle(node) ?? []);
  if (!expectedAt || !attempts || !nodes || cycles.length < nodes.length || typeof skipped !== "boolean") return null;
  if (!isStatus(contract?.status) || !isText(contract?.revisionId)) return null;
  const { status: contractStatus, revisionId } = contract;
  const dueAt = dueOf({ contractId, expectedAt }, shop);
  return { contractStatus, revisionId, skipped, expectedAt, dueAt, cycles, attempts };
}

function guardCycle(node: Partial<CycleNode> | null): GuardReading["cycles"][number] | null {
  const { cycleIndex, status, billingAttempts } = node ?? {};
  const attempts = allAttempts(billingAttempts?.nodes);
  if (!Number.isSafeInteger(cycleIndex) || cycleIndex === undefined || !attempts) return null;
  return status === "BILLED" || status === "UNBILLED" ? { cycleIndex, billed: status === "BILLED", attempts } : null;
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
 * Reads attempts in bulk; those that Shopify doesn't know are left out. Many are looked for among the newest first, for
 * as long as that has cost no more than asking for each.
 * @param ids global ids
 * @throws AdminApiError
 */
export async function readAttempts(ctx: Context, shop: Shop, ids: readonly string[]): Promise<ReadAttempt[]> {
  const missing = new Set(ids.filter(isAttemptId));
  const read: ReadAttempt[] = [];
  if (missing.size >= WORTH_A_PAGE) {
    let points = 0;
    for await (const { attempts } of attemptPages(ctx, shop)) {
      const known = attempts.filter(({ outcome }) => !outcome.idempotencyKey.startsWith("unreadable "));
      const found = known.filter(({ outcome }) => missing.delete(outcome.shopifyId));
      read.push(...found);
      points += ATTEMPT_PAGE_POINTS;
      const hasPaid = found.length >= WORTH_A_PAGE || points < missing.size * ATTEMPT_POINTS;
      if (!hasPaid || missing.size < WORTH_A_PAGE) break;
    }
  }
  const rest = [...missing];
  for (let from = 0; from < rest.length; from += ATTEMPTS_PER_CALL) {
    const answer: Partial<AttemptsByIdQuery> = await ctx
      .admin(shop.domain)
      .request(AttemptsByIdDocument, { ids: rest.slice(from, from + ATTEMPTS_PER_CALL) });
    read.push(
      ...(listOf(answer.nodes) ?? []).flatMap((node) =>
        node?.__typename === "SubscriptionBillingAttempt" ? readAttempt(node) : [],
      ),
    );
  }
  return read;
}

/**
 * The gate: the only place where Shopify is asked to take money. One call, one aliased
 * `subscriptionBillingAttemptCreate` for each intent, with its own key and its own cycle's index. The intents are
 * committed; a lost answer is NO_ANSWER for all of them, and so is a call that comes too late to be made.
 * @throws AdminApiError if nothing was done: throttled, signed out, turned away, the shop away
 */
async function sendAttempts(
  ctx: Context,
  shop: Shop,
  intents: readonly Intent[],
  isLate: () => boolean,
): Promise<SendAnswer[]> {
  const variables = intents.map((intent) => ({
    ...variablesOf(intent),
    idempotencyKey: intent.attempt.idempotencyKey,
  }));
  try {
    const answers = await requestAll(ctx.admin(shop.domain), BillingAttemptCreateDocument, variables, { isLate });
    return answers.map(({ subscriptionBillingAttemptCreate: payload }) => sendAnswer(payload));
  } catch (error) {
    if (!(error instanceof AdminApiError) || error.isTurnedAway) throw error;
    if (error.trouble === "REFUSED" && intents.length === 1) {
      return [{ kind: "REFUSED", code: "DOCUMENT", message: error.message }];
    }
    // When one of several is refused as a document, the others may have been carried out all the same.
    if (error.trouble === "NO_ANSWER" || error.trouble === "REFUSED") return intents.map(() => ({ kind: "NO_ANSWER" }));
    throw error;
  }
}

type SendPayload = Partial<NonNullable<BillingAttemptCreateMutation["subscriptionBillingAttemptCreate"]>>;

/** An attempt comes before an error: it may take money, whatever else is said. What says neither is no answer. */
export function sendAnswer(payload: SendPayload | null | undefined): SendAnswer {
  const attempt: { id?: unknown; completedAt?: unknown } | null | undefined = payload?.subscriptionBillingAttempt;
  if (isAttemptId(attempt?.id)) return { kind: "ACCEPTED", shopifyId: attempt.id, pending: !attempt.completedAt };
  const error: { code?: unknown; message?: unknown } | null | undefined = listOf(payload?.userErrors)?.[0];
  if (attempt || !error) return { kind: "NO_ANSWER" };
  const code = typeof error.code === "string" && /^[A-Z0-9_]{1,100}$/.test(error.code) ? error.code : "UNKNOWN";
  return { kind: "REFUSED", code, message: isText(error.message) ? error.message : "" };
}

export const shopifyGate = (ctx: Context, shop: Shop): Gate => ({
  readFeed: (mark) => readFeed(ctx, shop, mark),
  readGuards: (cycles) => readGuards(ctx, shop, cycles),
  readAttempts: (ids) => readAttempts(ctx, shop, ids),
  sendAttempts: (intents, isLate) => sendAttempts(ctx, shop, intents, isLate),
});
