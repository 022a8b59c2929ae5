import { createBiller } from "~/billing/biller";
import type { MemoryContract } from "~/billing/ledger/charge-store.memory";
import { dueOf } from "~/schedule/due-of";
import type { BillingSettings } from "~/billing/settings/settings";
import { cycle } from "~/schedule/cycles";
import type { CyclePolicy } from "~/schedule/cycles";

import { ForecastCards } from "./forecast-cards";
import type { CopiedContract, ShopCopy } from "./shop-copy.server";
import { Random } from "./random";
import { amountOf, units } from "./simulated-contract";
import type { ContractPolicy, CycleDates } from "./simulated-contract";
import { SimulatedShop } from "./simulated-shop";
import { CALM_RULES, SimulatedShopify } from "./simulated-shopify";
import { Timeline } from "./timeline";

/** What a forecast takes for granted. */
export interface ForecastOptions {
  from: Date;
  to: Date;
  /** Share of further charges that are declined, 0–1. */
  declineShare: number;
  seed: number;
  settings: BillingSettings;
  /** True when the settings differ from those by which the copy's cycles are due. */
  changed: boolean;
}

/** A shop after its forecast, with what happened to it. */
export interface ForecastShop {
  shop: SimulatedShop;
  /** Our ids of contracts that dunning has paused, and has cancelled, with when. */
  paused: Map<string, number>;
  cancelled: Map<string, number>;
  /** Whether dates were needed that Shopify has not told of. */
  reckoned: boolean;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const CYCLES_PER_ROUND = 1000;
const MOST_ROUNDS = 1000;
/** How often every contract is read again, so that those of which nothing happens keep their coming cycles. */
const READ_AGAIN_MS = 7 * DAY_MS;

/**
 * Runs the real biller over a copy of a shop, from one moment of its ledger to the next, with a Shopify that never
 * fails. It touches nothing but the copy.
 */
export async function forecast(copy: ShopCopy, options: ForecastOptions): Promise<ForecastShop> {
  const { from, to, settings, seed } = options;
  const timeline = new Timeline(from.getTime());
  const changedContracts = new Set<string>();
  const failures = new Map(
    copy.contracts.flatMap(({ contract, lastFailure }) =>
      lastFailure === null ? [] : [[contract.contractShopifyId, lastFailure] as const],
    ),
  );
  const cards = new ForecastCards(seed, options.declineShare, failures);
  const calendar = new Calendar(settings.timeZone);
  const shopify = new SimulatedShopify(
    timeline,
    CALM_RULES,
    cards,
    new Random(seed),
    (policy, index) => calendar.dates(policy, index),
    ({ kind, id }) => {
      const contractId = kind === "CONTRACT" ? id : shopify.attempt(id)?.contractId;
      if (contractId !== undefined) changedContracts.add(contractId);
    },
  );
  const shop = new SimulatedShop(timeline, shopify, settings);
  for (const each of copy.contracts) load(shop, calendar, each, options);

  const result: ForecastShop = { shop, paused: new Map(), cancelled: new Map(), reckoned: false };
  const ports = shop.ports();
  const acts: typeof ports.acts = {
    ...ports.acts,
    pause: (id) => (result.paused.set(id, timeline.now), ports.acts.pause(id)),
    cancel: (id) => (result.cancelled.set(id, timeline.now), ports.acts.cancel(id)),
  };
  const biller = createBiller({ ...ports, acts });
  // Nothing of the past is news.
  await shop.store.look(
    { attempts: [], contracts: [], complete: true, mark: { attemptId: 0n, contractsAt: from } },
    from,
  );
  let readAt = timeline.now;
  for (let next = shop.nextMoment(); next !== null && next <= to.getTime(); next = shop.nextMoment()) {
    // What could not be moved on at its moment is looked at a little later, as the worker does.
    await timeline.runUntil(next > timeline.now ? next : timeline.now + MINUTE_MS);
    if (timeline.now > to.getTime()) break;
    await biller.attend();
    for (let round = 0; round < MOST_ROUNDS && (await biller.round(CYCLES_PER_ROUND)) > 0; round += 1);
    if (timeline.now - readAt >= READ_AGAIN_MS) {
      readAt = timeline.now;
      for (const id of shopify.contracts.keys()) changedContracts.add(id);
    }
    await shop.reread([...changedContracts], { lagMs: 0 });
    changedContracts.clear();
    // Others have work to do in this process.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { ...result, reckoned: calendar.reckoned };
}

function load(shop: SimulatedShop, calendar: Calendar, copied: CopiedContract, options: ForecastOptions): void {
  const { contract, cycles, charges, createdAt, lastIndex } = copied;
  const [first] = cycles;
  if (!first) return;
  const { billingInterval: interval, billingIntervalCount: intervalCount } = contract;
  const policy: ContractPolicy = {
    interval,
    intervalCount,
    createdAt: createdAt.getTime(),
    maxCycles: lastIndex,
    firstIndex: first.cycleIndex,
  };
  calendar.know(policy, cycles);
  const lines = contract.lines.map(({ lineShopifyId, variantId, quantity, price }) => ({
    id: lineShopifyId,
    variantId: variantId ?? "",
    quantity,
    price: units(price),
  }));
  const delivery = units(contract.expectedDelivery);
  const simulated = shop.shopify.addContract(contract.contractShopifyId, policy, {
    at: options.from.getTime(),
    status: contract.status,
    revision: Number(contract.revisionId) || 1,
    lines,
    delivery,
    // The mirror has the totals after discounts, and the lines' prices before them.
    discount: amountOf({ lines, delivery, discount: 0 }) - units(contract.expectedAmount),
    skipped: new Set(cycles.filter(({ skipped }) => skipped).map(({ cycleIndex }) => cycleIndex)),
    moved: new Map(
      cycles
        .filter(({ expectedAt, endAt }) => expectedAt.getTime() !== endAt.getTime())
        .map(({ cycleIndex, expectedAt }) => [cycleIndex, expectedAt.getTime()]),
    ),
  });
  const row: MemoryContract = {
    ...contract,
    // A run uses them up, and another one may follow.
    oneOffs: (contract.oneOffs ?? []).map((each) => ({ ...each })),
    cycles: cycles.map((known) => ({
      cycleIndex: known.cycleIndex,
      expectedAt: known.expectedAt,
      dueAt: moves(known, options) ? dueOf({ ...contract, ...known }, options.settings) : known.dueAt,
      outcome: known.outcome,
      claimed: known.claimed,
      waitReason: known.waitReason,
      waitSince: known.waitSince,
    })),
  };
  shop.load(simulated, row);
  for (const charge of charges) shop.store.load({ ...charge, attempts: charge.attempts.map((each) => ({ ...each })) });
}

/** As the real settings do: what is due already, claimed or waiting keeps its moment. */
const moves = (
  {
    dueAt,
    claimed,
    outcome,
    waitReason,
  }: Pick<CopiedContract["cycles"][number], "dueAt" | "claimed" | "outcome" | "waitReason">,
  { changed, from }: ForecastOptions,
): boolean => changed && !claimed && outcome === null && waitReason === null && dueAt > from;

/** Shopify's dates where they are known, ours beyond them. */
class Calendar {
  reckoned = false;
  private readonly known = new Map<
    ContractPolicy,
    { dates: Map<number, CycleDates>; policy: CyclePolicy; shift: number }
  >();

  constructor(private readonly timeZone: string) {}

  know(policy: ContractPolicy, cycles: CopiedContract["cycles"]): void {
    const dates = new Map(
      cycles.map(({ cycleIndex, startAt, endAt }) => [
        cycleIndex,
        { startAt: startAt.getTime(), endAt: endAt.getTime(), expectedAt: endAt.getTime() },
      ]),
    );
    const { interval, intervalCount, createdAt } = policy;
    const own: CyclePolicy = {
      interval,
      intervalCount,
      anchors: [],
      timeZone: this.timeZone,
      createdAt: new Date(createdAt),
      minCycles: null,
      maxCycles: null,
    };
    const last = cycles.at(-1);
    const fits =
      last === undefined || Math.abs(cycle(own, last.cycleIndex).endAt.getTime() - last.endAt.getTime()) < DAY_MS;
    // A contract whose dates were edited goes on from where it is.
    this.known.set(
      policy,
      fits
        ? { dates, policy: own, shift: 0 }
        : { dates, policy: { ...own, createdAt: last.endAt }, shift: last.cycleIndex },
    );
  }

  dates(policy: ContractPolicy, index: number): CycleDates {
    const known = this.known.get(policy);
    if (!known) throw new Error("Every copied contract has a calendar.");
    const told = known.dates.get(index);
    if (told) return told;
    this.reckoned = true;
    const { startAt, endAt, expectedAt } = cycle(known.policy, index - known.shift);
    return { startAt: startAt.getTime(), endAt: endAt.getTime(), expectedAt: expectedAt.getTime() };
  }
}
