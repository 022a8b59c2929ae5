import type { Tx } from "~/db.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";
import type { ContractStatus, CycleOutcome } from "~/generated/prisma/enums";
import type { NewEvent } from "~/history/events";
import { dueOf } from "~/schedule/due-of";

import { actorOf } from "./act";
import type { PendingAct } from "./act";
import { cycleOutcome, isEnded } from "./cycle-rules";
import type { CycleReading } from "./reading";

export interface CycleRow extends CycleReading {
  contractId: string;
  dueAt: Date;
  outcome: CycleOutcome | null;
}

export interface MergeInput {
  shop: Shop;
  contractId: string;
  now: Date;
  readings: readonly CycleReading[];
  status: ContractStatus;
  maxRenewals: number;
  resumed: boolean;
  /** This reading shows another frequency. */
  rescheduled: boolean;
  act: PendingAct | null;
}

export type KnownCycle = CycleRow & { claimed: boolean };

/**
 * The mirrored cycles that a reading of these contracts may change: those from its first index on, and every open one
 * before (a contract that ends closes them all).
 */
export async function knownCycles(
  tx: Tx,
  readings: readonly { contractId: string; fromIndex: number }[],
): Promise<Map<string, KnownCycle[]>> {
  const byContract = new Map<string, KnownCycle[]>();
  if (readings.length === 0) return byContract;
  const rows = await tx.billingCycle.findMany({
    where: {
      contractId: { in: readings.map(({ contractId }) => contractId) },
      OR: [
        { outcome: null },
        ...readings.map(({ contractId, fromIndex }) => ({ contractId, cycleIndex: { gte: fromIndex } })),
      ],
    },
    orderBy: { cycleIndex: "asc" },
  });
  for (const row of rows) byContract.set(row.contractId, [...(byContract.get(row.contractId) ?? []), row]);
  return byContract;
}

/** What must be written of a contract's cycles, and what that says to the history. Pure. */
export function mergeCycles(input: MergeInput, known: readonly KnownCycle[]): { rows: CycleRow[]; events: NewEvent[] } {
  const read = new Set(input.readings.map(({ cycleIndex }) => cycleIndex));
  const byIndex = new Map(known.map((cycle) => [cycle.cycleIndex, cycle]));
  const all = [...input.readings, ...known.filter(({ cycleIndex }) => !read.has(cycleIndex))].sort(
    (a, b) => a.cycleIndex - b.cycleIndex,
  );
  const rows: CycleRow[] = [];
  const events: NewEvent[] = [];
  let moved = false;
  for (const reading of all) {
    const before = byIndex.get(reading.cycleIndex) ?? null;
    const row = rowOf(input, reading, before);
    if (before && same(before, row)) continue;
    rows.push(row);
    if (before) {
      const event = skipEvent(input, before, row);
      if (event) events.push(event);
      // A new schedule moves every date after it: the first tells it all.
      if (!moved && row.outcome === null && before.expectedAt.getTime() !== row.expectedAt.getTime()) {
        moved = true;
        events.push(movedEvent(input, before, row));
      }
    }
  }
  return { rows, events };
}

function rowOf(input: MergeInput, reading: CycleReading, before: KnownCycle | null): CycleRow {
  const due =
    before?.expectedAt.getTime() === reading.expectedAt.getTime()
      ? before.dueAt
      : // A new date of a cycle that we know was given just now; one that is read for the first time may be long past.
        dueOf(
          { contractId: input.contractId, expectedAt: reading.expectedAt },
          input.shop,
          before ? input.now : undefined,
        );
  const { cycleIndex, startAt, endAt, expectedAt, skipped, billed } = reading;
  const { installedAt, uninstalledAt } = input.shop;
  const outcome = isUnannounced(input, reading, before)
    ? "SKIPPED_PAUSED"
    : cycleOutcome(reading, before, due, { ...input, installedAt, uninstalledAt });
  return { contractId: input.contractId, cycleIndex, startAt, endAt, expectedAt, skipped, billed, dueAt: due, outcome };
}

/**
 * A shorter interval is reckoned from the current cycle's start, so that dates of the new rhythm may lie in the past:
 * nobody was told of them, and what was to come later is not charged because of it.
 */
const isUnannounced = ({ rescheduled, now }: MergeInput, reading: CycleReading, before: KnownCycle | null): boolean =>
  rescheduled &&
  !reading.billed &&
  reading.expectedAt <= now &&
  (before === null || (before.outcome === null && !before.claimed && before.expectedAt > now));

const same = (before: KnownCycle, after: CycleRow): boolean =>
  before.startAt.getTime() === after.startAt.getTime() &&
  before.endAt.getTime() === after.endAt.getTime() &&
  before.expectedAt.getTime() === after.expectedAt.getTime() &&
  before.dueAt.getTime() === after.dueAt.getTime() &&
  before.skipped === after.skipped &&
  before.billed === after.billed &&
  before.outcome === after.outcome;

function skipEvent(input: MergeInput, before: KnownCycle, after: CycleRow): NewEvent | null {
  const about = { shopId: input.shop.id, contractId: input.contractId };
  const cycle = { cycleIndex: after.cycleIndex, expectedAt: after.expectedAt.toISOString() };
  if (!before.skipped && after.skipped) {
    const actor = actorOf(input.act, "cycle.skipped", after.cycleIndex);
    return { ...about, type: "cycle.skipped", actor, data: { ...cycle, reason: "asked" } };
  }
  if (before.skipped && !after.skipped && !isEnded(input.status)) {
    const actor = actorOf(input.act, "cycle.unskipped", after.cycleIndex);
    return { ...about, type: "cycle.unskipped", actor, data: cycle };
  }
  if (before.outcome === null && after.outcome === "SKIPPED_PAUSED" && !input.rescheduled) {
    return { ...about, type: "cycle.skipped", actor: "perennial", data: { ...cycle, reason: "paused" } };
  }
  return null;
}

const movedEvent = (input: MergeInput, before: KnownCycle, after: CycleRow): NewEvent => ({
  shopId: input.shop.id,
  contractId: input.contractId,
  type: "cycle.moved",
  // Another frequency moves the dates too.
  actor: input.act?.type === "contract.changed" ? input.act.actor : actorOf(input.act, "cycle.moved", after.cycleIndex),
  data: {
    cycleIndex: after.cycleIndex,
    expectedAt: after.expectedAt.toISOString(),
    from: before.expectedAt.toISOString(),
  },
});

/**
 * Inserts or overwrites cycles of several contracts in one statement; a claim is never undone by it. What a cycle has
 * waited for is over once somebody has given it a later date to come: how late it is counts from there.
 */
export async function writeCycles(tx: Tx, shopId: string, rows: readonly CycleRow[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO "BillingCycle" AS cycle
      ("contractId", "cycleIndex", "shopId", "startAt", "endAt", "expectedAt", "dueAt", skipped, billed, outcome, claimed)
    SELECT r."contractId", r."cycleIndex", ${shopId}::uuid, r."startAt", r."endAt", r."expectedAt", r."dueAt",
      r.skipped, r.billed, r.outcome::"CycleOutcome", false
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
      "contractId" uuid, "cycleIndex" int, "startAt" timestamptz, "endAt" timestamptz, "expectedAt" timestamptz,
      "dueAt" timestamptz, skipped boolean, billed boolean, outcome text)
    ON CONFLICT ("contractId", "cycleIndex") DO UPDATE SET
      "startAt" = excluded."startAt", "endAt" = excluded."endAt", "expectedAt" = excluded."expectedAt",
      "dueAt" = excluded."dueAt", skipped = excluded.skipped, billed = excluded.billed, outcome = excluded.outcome,
      "waitReason" = CASE WHEN ${isPutOff(now)} THEN NULL ELSE cycle."waitReason" END,
      "waitSince" = CASE WHEN ${isPutOff(now)} THEN NULL ELSE cycle."waitSince" END`;
}

const isPutOff = (now: Date): Prisma.Sql =>
  Prisma.sql`excluded."expectedAt" > cycle."expectedAt" AND excluded."expectedAt" > ${now}::timestamptz`;
