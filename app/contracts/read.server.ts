import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { ContractCyclesDocument, ContractGlanceDocument, ContractReadingDocument } from "~/shopify/generated/admin";
import type { ContractGlanceQuery, ContractReadingQuery } from "~/shopify/generated/admin";
import { requestEach } from "~/shopify/aliases";

import { isEnded } from "./cycle-rules";
import { applyReadings } from "./mirror.server";
import type { Reading } from "./mirror.server";
import { readableContract, readableCycles, readableGlance } from "./readable";
import type { CycleReading } from "./reading";

/** Cycles to come that the mirror keeps at least: as many as a page shows. */
export const UPCOMING_KEPT = 6;
/** Cycles read at a time: more than are kept, so that not every renewal needs a reading. */
export const CYCLES_READ = 12;
/** Contracts looked at in one call: their cycles cost most of it. */
export const CONTRACTS_PER_CALL = 25;
/** Whole contracts in one call: one is about 70 points of the 1,000 that one query may cost. */
const WHOLE_PER_CALL = 14;
/** An import reads many past cycles at a time. */
const CYCLES_PER_IMPORT_PAGE = 50;
/** Upper bound of pages for one contract: 2,000 cycles are five years of daily ones. */
const MAX_CYCLE_PAGES = 40;

interface Range {
  shopifyId: string;
  startIndex: number;
}

/**
 * Reads contracts from Shopify and brings the mirror up to them. Known ones are read at a glance first, unless `whole`.
 * @returns our ids by Shopify's; an id that Shopify doesn't know is left out
 * @throws AdminApiError
 */
export async function rereadContracts(
  ctx: Context,
  shop: Shop,
  shopifyIds: readonly string[],
  { whole = false }: { whole?: boolean } = {},
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (let from = 0; from < shopifyIds.length; from += CONTRACTS_PER_CALL) {
    const ranges = await rangesOf(ctx, shop, shopifyIds.slice(from, from + CONTRACTS_PER_CALL));
    const [known, unknown] = whole ? [[], ranges] : split(ranges, ({ startIndex }) => startIndex > 0);
    const glanced = known.length > 0 ? await applyReadings(ctx, shop, await readGlances(ctx, shop, known)) : null;
    const rest = [...unknown, ...known.filter(({ shopifyId }) => glanced?.mustReadWhole.includes(shopifyId))];
    const read = rest.length > 0 ? await applyReadings(ctx, shop, await readWhole(ctx, shop, rest)) : null;
    for (const applied of [glanced, read]) applied?.ids.forEach((id, shopifyId) => ids.set(shopifyId, id));
  }
  return ids;
}

function split<Item>(items: readonly Item[], belongs: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}

/** Whoever else charges a cycle that was given up does so soon: its order is late already. */
const GIVEN_UP_READ_MS = 60 * 86_400_000;

/**
 * From which cycle on a contract must be read: its first that has no outcome, be it that its charge has failed and
 * somebody else may charge it, or that has not ended, as its date may still be moved, or whose charge was given up lately;
 * 0 for a contract we don't know.
 */
async function rangesOf(ctx: Context, shop: Shop, shopifyIds: readonly string[]): Promise<Range[]> {
  const now = ctx.clock.now();
  const givenUpSince = new Date(now.getTime() - GIVEN_UP_READ_MS);
  const rows = await ctx.db.$queryRaw<{ shopifyId: string; startIndex: number }[]>`
    SELECT contract."shopifyId", coalesce(
      min(cycle."cycleIndex") FILTER (
        WHERE cycle.outcome IS NULL OR cycle."endAt" >= ${now}::timestamptz
          OR (charge.state = 'SKIPPED' AND cycle.outcome <> 'BILLED' AND charge."updatedAt" >= ${givenUpSince}::timestamptz)
      ),
      max(cycle."cycleIndex") + 1,
      1
    )::int AS "startIndex"
    FROM "SubscriptionContract" contract
    LEFT JOIN "BillingCycle" cycle ON cycle."contractId" = contract.id
    LEFT JOIN "Charge" charge ON charge."contractId" = cycle."contractId" AND charge."cycleIndex" = cycle."cycleIndex"
    WHERE contract."shopId" = ${shop.id}::uuid AND contract."shopifyId" = ANY(${[...shopifyIds]})
    GROUP BY contract.id`;
  const known = new Map(rows.map(({ shopifyId, startIndex }) => [shopifyId, startIndex]));
  return shopifyIds.map((shopifyId) => ({ shopifyId, startIndex: known.get(shopifyId) ?? 0 }));
}

const variablesOf = ({ shopifyId, startIndex }: Range) => ({
  id: shopifyId,
  startIndex: Math.max(1, startIndex),
  endIndex: Math.max(1, startIndex) + CYCLES_READ - 1,
  first: CYCLES_READ,
});

async function readGlances(ctx: Context, shop: Shop, ranges: readonly Range[]): Promise<Reading[]> {
  const admin = ctx.admin(shop.domain);
  const answers = await requestEach(admin, ContractGlanceDocument, ranges.map(variablesOf), CONTRACTS_PER_CALL);
  const readings = answers.flatMap((answer: Partial<ContractGlanceQuery> | null, index): Reading[] => {
    if (!answer || answer.subscriptionContract === null) return [];
    const contract = readableGlance(answer.subscriptionContract);
    const cycles = readableCycles(answer.subscriptionBillingCycles);
    if (contract && cycles) return [{ kind: "glance", contract, cycles }];
    return [{ kind: "unreadable", contract: { shopifyId: ranges[index]?.shopifyId ?? "" }, answer, cycles: [] }];
  });
  return extended(ctx, shop, readings);
}

async function readWhole(ctx: Context, shop: Shop, ranges: readonly Range[]): Promise<Reading[]> {
  const admin = ctx.admin(shop.domain);
  const answers = await requestEach(admin, ContractReadingDocument, ranges.map(variablesOf), WHOLE_PER_CALL);
  const readings = answers.flatMap((answer: Partial<ContractReadingQuery> | null, index): Reading[] => {
    if (!answer || answer.subscriptionContract === null) return [];
    const contract = readableContract(answer.subscriptionContract);
    const cycles = readableCycles(answer.subscriptionBillingCycles);
    if (contract && cycles) return [{ kind: "whole", contract, cycles }];
    return [{ kind: "unreadable", contract: { shopifyId: ranges[index]?.shopifyId ?? "" }, answer, cycles: [] }];
  });
  return extended(ctx, shop, readings);
}

/**
 * Reads on for contracts whose cycles so far end before enough are to come: those that nobody has looked at for long,
 * and all of an import.
 */
export async function extended(ctx: Context, shop: Shop, readings: readonly Reading[]): Promise<Reading[]> {
  const admin = ctx.admin(shop.domain);
  const now = ctx.clock.now();
  const complete = [...readings];
  // Shopify has an upper bound of cycles to come that it does not tell: what it gives is enough then.
  const exhausted = new Set<number>();
  for (let page = 0; page < MAX_CYCLE_PAGES; page += 1) {
    const short = complete.flatMap((reading, position) =>
      isShort(reading, now) && !exhausted.has(position) ? [{ reading, position }] : [],
    );
    if (short.length === 0) break;
    const variables = short.map(({ reading }) => {
      const startIndex = (reading.cycles.at(-1)?.cycleIndex ?? 0) + 1;
      return {
        contractId: reading.contract.shopifyId,
        startIndex,
        endIndex: startIndex + CYCLES_PER_IMPORT_PAGE - 1,
        first: CYCLES_PER_IMPORT_PAGE,
      };
    });
    const answers = await requestEach(admin, ContractCyclesDocument, variables, CONTRACTS_PER_CALL);
    short.forEach(({ reading, position }, index) => {
      const answer = answers[index] ?? null;
      const more = answer === null ? [] : readableCycles(answer.subscriptionBillingCycles);
      if (more === null) complete[position] = { kind: "unreadable", contract: reading.contract, answer, cycles: [] };
      else if (more.length === 0) exhausted.add(position);
      else complete[position] = { ...reading, cycles: [...reading.cycles, ...more] };
    });
  }
  return complete.map((reading) => ({ ...reading, cycles: notTooFar(reading.cycles, now) }));
}

/** A page that ends years ahead is cut where enough is to come. */
function notTooFar(cycles: CycleReading[], now: Date): CycleReading[] {
  const firstToCome = cycles.findIndex(({ expectedAt }) => expectedAt > now);
  return firstToCome < 0 ? cycles : cycles.slice(0, firstToCome + CYCLES_READ);
}

function isShort(reading: Reading, now: Date): boolean {
  if (reading.kind === "unreadable") return false;
  const { contract, cycles } = reading;
  if (isEnded(contract.status) && cycles.length > 0) return (cycles.at(-1)?.expectedAt ?? now) < now;
  return cycles.filter(({ expectedAt }) => expectedAt > now).length < UPCOMING_KEPT;
}
