import type { Attempt, Contract, Order, Shop } from "../world";
import { ms } from "./time";

/**
 * Look-ups beside the world, so that a month of renewals for thousands of contracts needs no scans. They are derived:
 * built from the world when first asked for and dropped with it, never saved.
 */
export interface ShopIndex {
  attemptsByContract: Map<string, Attempt[]>;
  attemptsByKey: Map<string, Attempt>;
  ordersByContract: Map<string, Order[]>;
  ordersByCustomer: Map<string, Order[]>;
  contractsByCustomer: Map<string, Contract[]>;
  /** Attempts with a moment ahead, the earliest first. */
  waiting: Attempt[];
  orderCount: number;
}

const indexes = new WeakMap<Shop["attempts"], ShopIndex>();

const keyOf = (contractId: string, idempotencyKey: string): string => `${contractId} ${idempotencyKey}`;

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function enqueue(index: ShopIndex, attempt: Attempt): void {
  if (attempt.resolvesAt === null) return;
  const at = ms(attempt.resolvesAt);
  let position = index.waiting.length;
  while (position > 0) {
    const before = index.waiting[position - 1];
    if (!before?.resolvesAt || ms(before.resolvesAt) <= at) break;
    position -= 1;
  }
  index.waiting.splice(position, 0, attempt);
}

export function indexOf(shop: Shop): ShopIndex {
  const known = indexes.get(shop.attempts);
  if (known) return known;
  const index: ShopIndex = {
    attemptsByContract: new Map(),
    attemptsByKey: new Map(),
    ordersByContract: new Map(),
    ordersByCustomer: new Map(),
    contractsByCustomer: new Map(),
    waiting: [],
    orderCount: 0,
  };
  indexes.set(shop.attempts, index);
  for (const contract of Object.values(shop.contracts)) push(index.contractsByCustomer, contract.customerId, contract);
  for (const order of Object.values(shop.orders)) noteOrder(index, order);
  for (const attempt of Object.values(shop.attempts)) noteAttempt(index, attempt);
  return index;
}

function noteAttempt(index: ShopIndex, attempt: Attempt): void {
  push(index.attemptsByContract, attempt.contractId, attempt);
  index.attemptsByKey.set(keyOf(attempt.contractId, attempt.idempotencyKey), attempt);
  enqueue(index, attempt);
}

function noteOrder(index: ShopIndex, order: Order): void {
  index.orderCount += 1;
  push(index.ordersByCustomer, order.customerId, order);
  for (const contractId of order.contractIds) push(index.ordersByContract, contractId, order);
}

export function addAttempt(shop: Shop, attempt: Attempt): void {
  const index = indexOf(shop);
  shop.attempts[attempt.id] = attempt;
  noteAttempt(index, attempt);
}

export function addOrder(shop: Shop, order: Order): void {
  const index = indexOf(shop);
  shop.orders[order.id] = order;
  noteOrder(index, order);
}

export function addContract(shop: Shop, contract: Contract): void {
  const index = indexOf(shop);
  shop.contracts[contract.id] = contract;
  push(index.contractsByCustomer, contract.customerId, contract);
}

/** Give an attempt a (new) moment at which it is decided. */
export function schedule(shop: Shop, attempt: Attempt, at: string | null): void {
  const index = indexOf(shop);
  const position = index.waiting.indexOf(attempt);
  if (position >= 0) index.waiting.splice(position, 1);
  attempt.resolvesAt = at;
  enqueue(index, attempt);
}

/** Forget what was derived, after records were changed by something other than the domain's functions. */
export function forgetIndexes(shop: Shop): void {
  indexes.delete(shop.attempts);
}

export const attemptByKey = (shop: Shop, contractId: string, key: string): Attempt | undefined =>
  indexOf(shop).attemptsByKey.get(keyOf(contractId, key));

export const attemptsOf = (shop: Shop, contractId: string): readonly Attempt[] =>
  indexOf(shop).attemptsByContract.get(contractId) ?? [];

export const ordersOf = (shop: Shop, contractId: string): readonly Order[] =>
  indexOf(shop).ordersByContract.get(contractId) ?? [];

export const ordersOfCustomer = (shop: Shop, customerId: string): readonly Order[] =>
  indexOf(shop).ordersByCustomer.get(customerId) ?? [];

export const contractsOf = (shop: Shop, customerId: string): readonly Contract[] =>
  indexOf(shop).contractsByCustomer.get(customerId) ?? [];
