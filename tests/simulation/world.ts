import type { BillingSettings } from "~/billing/settings/settings";
import { DEFAULT_SETTINGS } from "~/billing/settings/settings";
import { cycle } from "~/schedule/cycles";
import { SeededCards } from "~/simulation/cards";
import { Random } from "~/simulation/random";
import { UNITS } from "~/simulation/simulated-contract";
import type { ContractPolicy, CycleDates, SimulatedLine } from "~/simulation/simulated-contract";
import { SimulatedShop } from "~/simulation/simulated-shop";
import { SimulatedShopify } from "~/simulation/simulated-shopify";
import type { Hint, ShopifyRules } from "~/simulation/simulated-shopify";
import { Timeline } from "~/simulation/timeline";

import { FAULTS } from "./faults";
import type { Faults } from "./faults";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A time span, [from, to). */
export interface Span {
  from: number;
  to: number;
}

export interface WorldOptions {
  faults: Faults;
  contracts: number;
  days: number;
  /** How often people do something to a contract, a year. */
  actsAYear: number;
  /** How often such an act is another app's charge, beside the 89 others of `shoppers.ts`. */
  foreignCharges: number;
  /** Null: drawn by the seed, 2 hours or for ever. */
  keyRetentionMs: number | null;
  /** Null: drawn by the seed, none or 3. */
  attemptsPerMinute: number | null;
}

export const OPTIONS: WorldOptions = {
  faults: FAULTS,
  contracts: 9,
  days: 60,
  actsAYear: 10,
  foreignCharges: 2,
  keyRetentionMs: null,
  attemptsPerMinute: null,
};

/** Everything that a seed decides before anything happens. */
export interface World {
  seed: number;
  options: WorldOptions;
  start: number;
  /** Until then everything goes wrong; after it nothing more does, and what is open comes to its end. */
  end: number;
  random: Random;
  timeline: Timeline;
  shopify: SimulatedShopify;
  shop: SimulatedShop;
  settings: BillingSettings;
  shopifyOutages: readonly Span[];
  appOutages: readonly Span[];
  /** When everybody's clock jumped, and over what. */
  jumps: Span[];
  /** When which worker stood still. */
  stalls: (Span & { place: string })[];
  /** When there was too little of what. */
  shortages: (Span & { variantId: string })[];
  /** Set by whoever delivers webhooks. */
  onHint: (hint: Hint) => void;
}

const START = Date.UTC(2026, 0, 5);

const ZONES: [string, ...string[]] = [
  "Europe/Oslo",
  "Europe/Oslo",
  "America/New_York",
  "America/Sao_Paulo",
  "Asia/Tokyo",
  "Pacific/Apia",
  "Australia/Lord_Howe",
  "UTC",
];

function settingsOf(random: Random): BillingSettings {
  return {
    ...DEFAULT_SETTINGS,
    timeZone: random.pick(ZONES),
    billingHour: random.pick([9, 9, 9, 0, 2, 17, 23]),
    billingWindowMinutes: random.pick([0, 0, 60, 240]),
    lateDaysMax: random.pick([14, 30]),
    dunningRetryDays: random.pick([DEFAULT_SETTINGS.dunningRetryDays, DEFAULT_SETTINGS.dunningRetryDays, [1, 3, 7]]),
    payDays: random.pick([[], [], [1, 15], [31]]),
    dunningEnd: random.pick(["PAUSE", "PAUSE", "SKIP", "CANCEL"]),
    missedCycles: random.pick(["SKIP", "SKIP", "CHARGE"]),
    stockPolicy: random.pick(["WAIT", "SKIP_LINE"]),
  };
}

/** What is drawn is drawn in any case: a world of other rules is the same world otherwise. */
const drawn = (given: number | null, chance: number): number => given ?? chance;

function rulesOf(random: Random, options: WorldOptions): ShopifyRules {
  return {
    keyRetentionMs: drawn(options.keyRetentionMs, random.pick([2 * HOUR_MS, Infinity])),
    pendingMs: random.pick([20_000, 3 * MINUTE_MS, 20 * MINUTE_MS]),
    attemptsPerMinute: drawn(options.attemptsPerMinute, random.pick([Infinity, Infinity, 3])),
    taxRate: random.pick([0, 0.25]),
    challengeMs: random.pick([DAY_MS, DAY_MS, 10 * DAY_MS]),
    approvalShare: 0.6,
  };
}

/** Random spans of hours to days; none in the last days, so that the world comes to rest. */
function outages(random: Random, aYear: number, days: number): Span[] {
  const spans: Span[] = [];
  const expected = (aYear * days) / 365;
  let count = Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0);
  for (; count > 0; count -= 1) {
    const from = START + Math.floor(random.next() * days * DAY_MS);
    const hours = random.chance(0.3) ? random.between(24, 96) : random.between(1, 12);
    spans.push({ from, to: from + hours * HOUR_MS });
  }
  return spans;
}

const POLICIES: readonly [
  readonly [Pick<ContractPolicy, "interval" | "intervalCount">, number],
  ...(readonly [Pick<ContractPolicy, "interval" | "intervalCount">, number])[],
] = [
  [{ interval: "WEEK", intervalCount: 1 }, 40],
  [{ interval: "WEEK", intervalCount: 2 }, 15],
  [{ interval: "MONTH", intervalCount: 1 }, 25],
  [{ interval: "MONTH", intervalCount: 3 }, 5],
  [{ interval: "DAY", intervalCount: 3 }, 12],
  [{ interval: "DAY", intervalCount: 1 }, 3],
];

const LENGTH_MS = { DAY: DAY_MS, WEEK: 7 * DAY_MS, MONTH: 28 * DAY_MS, YEAR: 365 * DAY_MS };

export const VARIANTS: [string, ...string[]] = ["v1", "v2", "v3", "v4", "v5", "v6"];

function linesOf(random: Random, contract: number): SimulatedLine[] {
  const line = (number: number): SimulatedLine => ({
    id: `line-${contract}-${number}`,
    variantId: random.pick(VARIANTS),
    quantity: random.between(1, 3),
    price: random.between(50, 500) * UNITS,
  });
  return random.chance(0.3) ? [line(1), line(2)] : [line(1)];
}

export function createWorld(seed: number, options: WorldOptions = OPTIONS): World {
  const random = new Random(seed);
  const timeline = new Timeline(START);
  const settings = settingsOf(random);
  const reckon = (policy: ContractPolicy, index: number): CycleDates => {
    const { interval, intervalCount, createdAt, maxCycles } = policy;
    const dates = cycle(
      {
        interval,
        intervalCount,
        anchors: [],
        timeZone: settings.timeZone,
        createdAt: new Date(createdAt),
        minCycles: null,
        maxCycles,
      },
      index,
    );
    return {
      startAt: dates.startAt.getTime(),
      endAt: dates.endAt.getTime(),
      expectedAt: dates.expectedAt.getTime(),
    };
  };
  const cards = new SeededCards(seed, 120 * DAY_MS);
  const shopify = new SimulatedShopify(timeline, rulesOf(random, options), cards, random, reckon, (hint) =>
    world.onHint(hint),
  );
  const shop = new SimulatedShop(timeline, shopify, settings);
  for (let number = 1; number <= options.contracts; number += 1) {
    const length = random.weighted(POLICIES);
    const createdAt = START - Math.floor(random.next() * LENGTH_MS[length.interval] * length.intervalCount);
    const policy: ContractPolicy = {
      ...length,
      createdAt,
      maxCycles: random.chance(0.1) ? random.between(3, 12) : null,
      firstIndex: 1,
    };
    const id = `gid://shopify/SubscriptionContract/${number}`;
    shopify.addContract(id, policy, { lines: linesOf(random, number), delivery: random.pick([0, 49 * UNITS]) });
    shopify.payAtCheckout(id);
    shop.adopt(shopify.contract(id), `contract-${number}`);
  }
  const world: World = {
    seed,
    options,
    start: START,
    end: START + options.days * DAY_MS,
    random,
    timeline,
    shopify,
    shop,
    settings,
    shopifyOutages: outages(random, options.faults.shopifyOutagesAYear, options.days),
    appOutages: outages(random, options.faults.appOutagesAYear, options.days),
    jumps: [],
    stalls: [],
    shortages: [],
    onHint: () => undefined,
  };
  return world;
}

export const isIn = (spans: readonly Span[], at: number): boolean =>
  spans.some(({ from, to }) => at >= from && at < to);
