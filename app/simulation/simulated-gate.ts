import type { AttemptOutcome } from "~/billing/engine";
import type { SendAnswer } from "~/billing/answer";
import type { Feed, FeedMark, GuardReading, ReadAttempt } from "~/billing/guard";

import { decimal, stateOf } from "./simulated-contract";
import type { SimulatedAttempt, SimulatedContract } from "./simulated-contract";
import type { SimulatedShopify } from "./simulated-shopify";

/** What billing asks of the simulated Shopify; `asOf` is the moment whose state the answer shows, at most now. */
export class ShopifyViews {
  constructor(
    private readonly shopify: SimulatedShopify,
    private readonly dueOf: (contractShopifyId: string, expectedAt: Date) => Date,
  ) {}

  /** A cycle by itself, with those before and after it; null for one that Shopify doesn't know. */
  guard({ contractShopifyId, cycleIndex }: CycleOf, asOf: number): GuardReading | null {
    const contract = this.shopify.contracts.get(contractShopifyId);
    if (!contract) return null;
    const state = contract.asOf(asOf);
    const expectedAt = new Date(contract.expectedAt(cycleIndex, state));
    const around = [cycleIndex - 2, cycleIndex - 1, cycleIndex, cycleIndex + 1].filter((index) => index >= 1);
    return {
      contractStatus: state.status,
      revisionId: String(state.revision),
      skipped: state.skipped.has(cycleIndex),
      expectedAt,
      dueAt: this.dueOf(contractShopifyId, expectedAt),
      cycles: around.map((index) => ({
        cycleIndex: index,
        billed: contract.billed(index, asOf),
        attempts: this.cycleAttempts(contract, index, asOf),
      })),
      attempts: seen(contract.attempts, asOf)
        .slice(0, CONTRACT_LIST)
        .map((attempt) => outcomeOf(attempt, asOf)),
    };
  }

  /** What the shop's lists show beyond the mark. */
  feed(mark: FeedMark, asOf: number): Feed {
    const { attempts, changes } = this.shopify;
    const from = mark.attemptId === null ? attempts.length : Number(mark.attemptId);
    const newest: ReadAttempt[] = [];
    let last = from;
    for (let place = from; place < attempts.length; place += 1) {
      const attempt = attempts[place];
      if (!attempt || attempt.createdAt > asOf) break;
      newest.push(readAttempt(attempt, asOf));
      last = attempt.number;
    }
    const changed = new Set<string>();
    const since = mark.contractsAt?.getTime() ?? asOf;
    for (let place = changes.length - 1; place >= 0; place -= 1) {
      const change = changes[place];
      if (!change || change.at < since) break;
      if (change.at <= asOf) changed.add(change.contractId);
    }
    return {
      attempts: newest,
      contracts: [...changed].map((shopifyId) => {
        const { status, revision } = this.shopify.contract(shopifyId).asOf(asOf);
        return { shopifyId, status, revisionId: String(revision) };
      }),
      complete: mark.attemptId !== null && mark.contractsAt !== null,
      mark: { attemptId: BigInt(last), contractsAt: new Date(asOf) },
    };
  }

  attempts(ids: readonly string[], asOf: number): ReadAttempt[] {
    return ids.flatMap((id) => {
      const attempt = this.shopify.attempt(id);
      return attempt && attempt.createdAt <= asOf ? [readAttempt(attempt, asOf)] : [];
    });
  }

  /** Asks for money: `subscriptionBillingAttemptCreate` with a key and a cycle's index. */
  send({ contractShopifyId, cycleIndex }: CycleOf, key: string): SendAnswer {
    const made = this.shopify.createAttempt(contractShopifyId, cycleIndex, key);
    if (made.kind === "REFUSED") return { kind: "REFUSED", code: made.code, message: made.code };
    return { kind: "ACCEPTED", shopifyId: made.attempt.id, pending: made.attempt.result === null };
  }

  private cycleAttempts(contract: SimulatedContract, index: number, asOf: number): AttemptOutcome[] {
    const listed = contract.attempts.filter((attempt) => attempt.cycleIndex === index && attempt.inCycleList);
    return seen(listed, asOf).map((attempt) => outcomeOf(attempt, asOf));
  }
}

interface CycleOf {
  contractShopifyId: string;
  cycleIndex: number;
}

/** How many of a contract's attempts are read with a cycle. */
const CONTRACT_LIST = 20;

/** Newest first. */
const seen = (attempts: readonly SimulatedAttempt[], asOf: number): SimulatedAttempt[] =>
  attempts.filter(({ createdAt }) => createdAt <= asOf).reverse();

export const readAttempt = (attempt: SimulatedAttempt, asOf: number): ReadAttempt => ({
  outcome: outcomeOf(attempt, asOf),
  contractShopifyId: attempt.contractId,
});

export function outcomeOf(attempt: SimulatedAttempt, asOf: number): AttemptOutcome {
  const state = stateOf(attempt, asOf);
  const isOver = state === "SUCCESS" || state === "FAILED";
  const result = isOver ? attempt.result : null;
  return {
    shopifyId: attempt.id,
    idempotencyKey: attempt.key,
    state,
    createdAt: new Date(attempt.createdAt),
    errorCode: result?.kind === "FAILED" ? result.code : null,
    nextActionUrl: state === "ACTION_REQUIRED" ? `https://shop.example/approve/${attempt.number}` : null,
    order:
      result?.kind === "SUCCESS"
        ? {
            id: result.orderId,
            name: `#${attempt.number}`,
            total: decimal(attempt.total),
            taxOnTop: decimal(attempt.total - attempt.amount),
            currencyCode: CURRENCY,
          }
        : null,
    completedAt: isOver && attempt.completedAt !== null ? new Date(attempt.completedAt) : null,
  };
}

/** One currency is enough: nothing in the engine reckons across two. */
export const CURRENCY = "NOK";
