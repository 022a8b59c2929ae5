import { UNITS } from "~/simulation/simulated-contract";
import type { SimulatedContract } from "~/simulation/simulated-contract";

import { DAY_MS, VARIANTS } from "./world";
import type { World, WorldOptions } from "./world";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * DAY_MS;

type Act = (world: World, contract: SimulatedContract) => void;

/** What people and other programs do to a contract while the engine works, by how often. */
const actsOf = ({ foreignCharges }: WorldOptions): [readonly [Act, number], ...(readonly [Act, number])[]] => [
  [pauseForAWhile, 18],
  [skipNext, 16],
  [changeTheOrder, 20],
  [moveTheDate, 10],
  [newCard, 20],
  [cancel, 4],
  [chargeByAnotherApp, foreignCharges],
  [review, 1],
];

/** Plans everything that people will do until the end of the seed's bad times. */
export function planActs(world: World): void {
  const { random, timeline, shopify, start, end, options } = world;
  const acts = actsOf(options);
  for (const contract of shopify.contracts.values()) {
    for (let at = start; options.actsAYear > 0;) {
      at += random.around(YEAR_MS / options.actsAYear);
      if (at >= end) break;
      const act = random.weighted(acts);
      // Often right when the contract is charged: that is where it hurts.
      const close = random.chance(0.4) ? nearCharge(world, contract, at) : at;
      timeline.at(close, () => act(world, contract));
    }
  }
  planStock(world);
  planPeople(world);
}

function nearCharge({ random, shop }: World, contract: SimulatedContract, at: number): number {
  const row = shop.mirror.get(contract.id);
  if (!row) return at;
  const index = contract.indexAt(at);
  const hour = Math.floor((shop.dueAt(row.contractId, contract.expectedAt(index)) - HOUR_MS / 60) / 1000) * 1000;
  return Math.max(at - 2 * DAY_MS, hour + random.between(0, 240_000));
}

function pauseForAWhile({ random, timeline, shopify }: World, { id }: SimulatedContract): void {
  shopify.pause(id);
  timeline.in(random.around(12 * DAY_MS), () => shopify.resume(id));
}

function skipNext({ random, timeline, shopify }: World, contract: SimulatedContract): void {
  const index = contract.indexAt(timeline.now);
  shopify.skip(contract.id, index, true);
  if (random.chance(0.3)) timeline.in(random.around(DAY_MS), () => shopify.skip(contract.id, index, false));
}

function changeTheOrder({ random, shopify }: World, { id, now }: SimulatedContract): void {
  const [first, ...rest] = now.lines;
  if (!first || now.status === "CANCELLED") return;
  const changed = random.chance(0.5)
    ? { ...first, quantity: random.between(1, 4) }
    : { ...first, price: random.between(50, 500) * UNITS };
  shopify.edit(id, { lines: [changed, ...rest] });
}

function moveTheDate({ random, timeline, shopify }: World, contract: SimulatedContract): void {
  const index = contract.indexAt(timeline.now) + random.between(0, 1);
  const { startAt, endAt } = contract.cycle(index);
  shopify.move(contract.id, index, Math.floor(startAt + random.next() * (endAt - startAt)));
}

/** Shopify or the gateway may charge by itself then, and not the cycle that had failed but the one that runs. */
function newCard({ random, timeline, shopify }: World, contract: SimulatedContract): void {
  shopify.edit(contract.id, { cardSince: timeline.now });
  const last = contract.attempts.at(-1);
  const retriesItself = last?.result?.kind === "FAILED" && random.chance(0.3);
  if (!retriesItself) return;
  timeline.in(random.between(1, 14) * 60_000, () =>
    shopify.chargeBehindOurBack(contract.id, contract.indexAt(timeline.now), "native", true),
  );
}

function cancel({ shopify }: World, { id }: SimulatedContract): void {
  shopify.cancel(id);
}

function chargeByAnotherApp({ random, timeline, shopify }: World, contract: SimulatedContract): void {
  const listed = random.chance(0.6);
  shopify.chargeBehindOurBack(contract.id, contract.indexAt(timeline.now), "foreign", listed);
}

function review({ random, timeline, shopify }: World, { id }: SimulatedContract): void {
  shopify.edit(id, { underReview: true });
  timeline.in(random.around(2 * DAY_MS), () => shopify.edit(id, { underReview: false }));
}

/** Some goods run out and come back. */
function planStock({ random, timeline, shopify, shortages, start, end }: World): void {
  for (const variant of VARIANTS) {
    if (!random.chance(0.2)) continue;
    const from = start + Math.floor(random.next() * (end - start));
    timeline.at(from, () => shopify.stock.set(variant, random.between(0, 3)));
    const to = from + random.around(4 * DAY_MS);
    timeline.at(to, () => shopify.stock.delete(variant));
    shortages.push({ variantId: variant, from, to });
  }
}

/** Whose card has failed for good often brings a new one after being asked. */
function planPeople(world: World): void {
  const { random, timeline, shopify, start, end } = world;
  for (let at = start; at < end; at += DAY_MS) {
    timeline.at(at + 15 * HOUR_MS, () => {
      for (const contract of shopify.contracts.values()) {
        const last = contract.attempts.at(-1);
        if (last?.result?.kind !== "FAILED" || contract.now.status === "CANCELLED") continue;
        if (random.chance(0.12)) newCard(world, contract);
        else if (contract.now.status === "PAUSED" && random.chance(0.05)) shopify.resume(contract.id);
      }
    });
  }
}
