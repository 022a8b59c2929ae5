import { currentCycleIndex, cyclesByIndex } from "../domain";
import type { ApiCall, Attempt, Contract, Mail, Order, Shop, WebhookDelivery, World } from "../world";

/** Cycles ahead of the current one that a contract's record shows. */
const CYCLES_AHEAD = 3;
/** A page of a list holds this many unless `?limit=` says otherwise, and never more than the maximum. */
export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;

/** The control API's records; their fields are a contract with tests and outside tools, listed in the docs. */
export function contractRecord(world: World, shop: Shop, contract: Contract): Record<string, unknown> {
  const last = currentCycleIndex(world, shop, contract) + CYCLES_AHEAD;
  return {
    id: contract.id,
    status: contract.status,
    customer: { id: contract.customerId, email: shop.customers[contract.customerId]?.email ?? null },
    lines: contract.lines.map((line) => ({
      id: line.id,
      variantId: line.variantId,
      sellingPlanId: line.sellingPlanId,
      quantity: line.quantity,
      price: line.currentPrice,
      currency: contract.currency,
    })),
    billingCycles: cyclesByIndex(world, shop, contract, 1, last).map((cycle) => ({
      cycleIndex: cycle.cycleIndex,
      billingAttemptExpectedDate: cycle.billingAttemptExpectedDate,
      status: cycle.status,
      skipped: cycle.skipped,
    })),
  };
}

export const attemptRecord = (attempt: Attempt): Record<string, unknown> => ({
  id: attempt.id,
  contractId: attempt.contractId,
  cycleIndex: attempt.cycleIndex,
  idempotencyKey: attempt.idempotencyKey,
  state: attempt.state,
  errorCode: attempt.errorCode,
  orderId: attempt.orderId,
  origin: attempt.origin,
  createdAt: attempt.createdAt,
});

export const orderRecord = (order: Order): Record<string, unknown> => ({
  id: order.id,
  contractId: order.contractIds[0] ?? null,
  cycleIndex: order.cycleIndex,
  total: order.total,
  currency: order.currency,
  createdAt: order.createdAt,
});

export const webhookRecord = (delivery: WebhookDelivery): Record<string, unknown> => ({
  id: delivery.id,
  topic: delivery.topic,
  tries: delivery.tries,
  outcome: delivery.outcome,
});

export const callRecord = (shop: Shop, call: ApiCall): Record<string, unknown> => ({
  shop: shop.name,
  requestId: call.requestId,
  operation: call.operation,
  aliases: call.aliases,
  requestedCost: call.requestedCost,
  actualCost: call.actualCost,
  outcome: call.outcome,
  at: call.at,
  durationMs: call.durationMs,
});

export const mailRecord = (mail: Mail): Record<string, unknown> => ({
  to: mail.to,
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  locale: mail.locale,
  at: mail.at,
});

/**
 * One page of a list, oldest first: the items after the one called `after`, at most `limit`. The answer's `after` is
 * null at the end. Null when no item is called `after` (a capped list may have forgotten it).
 */
export function page<T extends { id: string }>(
  items: readonly T[],
  after: string | undefined,
  limit: number,
): { items: readonly T[]; after: string | null } | null {
  const start = after === undefined ? 0 : items.findIndex((item) => item.id === after) + 1;
  if (after !== undefined && start === 0) return null;
  const end = start + limit;
  return {
    items: items.slice(start, end),
    after: end < items.length ? (items[end - 1]?.id ?? null) : null,
  };
}
