import type { Attempt, Contract, Instant, Order, Shop, World } from "../world";
import { STALE_MINUTES } from "./faults";
import { MINUTE, ms } from "./time";

interface Version {
  at: number;
  key: string;
  copy: Contract;
}

/** Earlier versions of contracts, the oldest first. Derived while stale reads are played, never saved. */
const versions = new WeakMap<Contract, Version[]>();
const lastRemembered = new WeakMap<World, Instant>();

const keyOf = (contract: Contract): string =>
  [
    contract.updatedAt,
    contract.revisionId,
    contract.status,
    contract.paymentMethodId,
    JSON.stringify(contract.cycleEdits),
  ].join(" ");

/** @param before the moment that is looked back on: an edit of a cycle leaves no date on the contract */
function note(contract: Contract, before: number, oldest: number): void {
  const known = versions.get(contract) ?? [];
  const key = keyOf(contract);
  const at = Math.max(before, ms(contract.updatedAt));
  if (known.at(-1)?.key !== key) known.push({ at, key, copy: structuredClone(contract) });
  while (known.length > 1 && (known[1]?.at ?? 0) < oldest) known.shift();
  versions.set(contract, known);
}

/**
 * Keeps what has changed since this was last called at another moment. Called before anything changes, so that it sees
 * how the moment before ended. Does nothing unless stale reads are played.
 */
export function remember(world: World): void {
  if (!world.settings.faults?.staleRead || lastRemembered.get(world) === world.now) return;
  const before = ms(lastRemembered.get(world) ?? world.now);
  lastRemembered.set(world, world.now);
  const oldest = ms(world.now) - 2 * STALE_MINUTES * MINUTE;
  for (const shop of Object.values(world.shops)) {
    for (const contract of Object.values(shop.contracts)) note(contract, before, oldest);
  }
}

function contractAt(contract: Contract, at: number): Contract | null {
  if (ms(contract.createdAt) > at) return null;
  const known = versions.get(contract) ?? [];
  return (known.findLast((version) => version.at <= at) ?? known[0])?.copy ?? contract;
}

function attemptAt(attempt: Attempt, at: number): Attempt | null {
  if (ms(attempt.createdAt) > at) return null;
  if (attempt.completedAt === null || ms(attempt.completedAt) <= at) return attempt;
  return {
    ...attempt,
    state: "Pending",
    errorCode: null,
    errorMessage: null,
    nextActionUrl: null,
    orderId: null,
    completedAt: null,
  };
}

function allAt<T>(records: Record<string, T>, view: (record: T) => T | null): Record<string, T> {
  return Object.fromEntries(
    Object.entries(records).flatMap(([id, record]) => {
      const seen = view(record);
      return seen === null ? [] : [[id, seen] as const];
    }),
  );
}

/** The shop as it was so many virtual minutes ago: its contracts with their cycles, its attempts and its orders. */
export function asItWas(world: World, shop: Shop, minutes: number): Shop {
  const at = ms(world.now) - minutes * MINUTE;
  const orderAt = (order: Order): Order | null => (ms(order.createdAt) <= at ? order : null);
  return {
    ...shop,
    contracts: allAt(shop.contracts, (contract) => contractAt(contract, at)),
    attempts: allAt(shop.attempts, (attempt) => attemptAt(attempt, at)),
    orders: allAt(shop.orders, orderAt),
  };
}
