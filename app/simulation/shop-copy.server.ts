import type { MemoryCharge, MemoryContract, MemoryCycle, MemoryOneOff } from "~/billing/ledger/charge-store.memory";
import { contractFacts, factsJoins, factsOf } from "~/billing/ledger/charge-store-rows.server";
import type { FactsRow } from "~/billing/ledger/charge-store-rows.server";
import { RUNNING_STATES } from "~/billing/engine";
import type { Context } from "~/context.server";
import { maxRenewals } from "~/contracts/cycle-rules";
import type { Tx } from "~/db.server";
import type { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";
import type { ChargeState } from "~/generated/prisma/enums";

/** More contracts than this are not copied: the figures are then those of a part of the shop. */
export const MAX_COPIED = 20_000;

export interface CopiedCycle extends MemoryCycle {
  startAt: Date;
  endAt: Date;
  skipped: boolean;
}

export interface CopiedContract {
  contract: Omit<MemoryContract, "cycles">;
  createdAt: Date;
  /** How many renewals the contract has; null without an end. */
  lastIndex: number | null;
  /** In order and without a gap, from the first that is open or to come. */
  cycles: CopiedCycle[];
  /** Those that are not over, and the last that was paid. */
  charges: MemoryCharge[];
  /** Shopify's code, when the contract's last charge failed. */
  lastFailure: string | null;
}

export interface ShopCopy {
  contracts: CopiedContract[];
  /** False when the shop has more. */
  complete: boolean;
}

/** Reads what a forecast needs of a shop, as it stands at one moment; the transaction can't write. */
export async function copyShop(ctx: Context, shop: Shop): Promise<ShopCopy> {
  return ctx.db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`;
      const rows = await contractsOf(tx, shop);
      const taken = rows.slice(0, MAX_COPIED);
      const ids = taken.map(({ contractId }) => contractId);
      const cycles = groupBy(await cyclesOf(tx, ids, ctx.clock.now()));
      const charges = groupBy(await chargesOf(tx, ids));
      const oneOffs = groupBy(await oneOffsOf(tx, ids));
      const contracts = taken.map((row) => {
        const { contractId: id } = row;
        const now = ctx.clock.now();
        return copied(row, cycles.get(id) ?? [], charges.get(id) ?? [], oneOffs.get(id) ?? [], now);
      });
      return { contracts, complete: rows.length === taken.length };
    },
    { timeout: 60_000 },
  );
}

type ContractRow = FactsRow & {
  shopifyCreatedAt: Date;
  maxCycles: number | null;
  paymentErrorCode: string | null;
  paymentFailedAt: Date | null;
};

const contractsOf = (tx: Tx, shop: Shop): Promise<ContractRow[]> => tx.$queryRaw<ContractRow[]>`
  SELECT ${contractFacts}, contract."shopifyCreatedAt", contract."maxCycles", contract."paymentErrorCode",
    contract."paymentFailedAt"
  FROM "SubscriptionContract" contract ${factsJoins}
  WHERE contract."shopId" = ${shop.id}::uuid AND contract.status = 'ACTIVE' AND contract."goneAt" IS NULL
  ORDER BY contract.id LIMIT ${MAX_COPIED + 1}`;

type CycleRow = CopiedCycle & { contractId: string };

const cyclesOf = (tx: Tx, ids: readonly string[], now: Date): Promise<CycleRow[]> => tx.$queryRaw<CycleRow[]>`
  SELECT "contractId", "cycleIndex", "startAt", "endAt", "expectedAt", "dueAt", skipped, claimed,
    outcome::text AS outcome, "waitReason", "waitSince"
  FROM "BillingCycle"
  WHERE "contractId" = ANY(${[...ids]}::uuid[])
    AND ((outcome IS NULL AND NOT claimed) OR "endAt" >= ${now}::timestamptz)
  ORDER BY "contractId", "cycleIndex"`;

type OneOffRow = MemoryOneOff & { contractId: string };

const oneOffsOf = (tx: Tx, ids: readonly string[]): Promise<OneOffRow[]> => tx.$queryRaw<OneOffRow[]>`
  SELECT "contractId", id AS "oneOffId", "variantId", title, quantity, price::text AS price, "cycleIndex", "chargedAt"
  FROM "OneOff"
  WHERE "contractId" = ANY(${[...ids]}::uuid[]) AND "chargedAt" IS NULL AND "removedAt" IS NULL
  ORDER BY "addedAt", id`;

type ChargeRow = Pick<
  MemoryCharge,
  | "chargeId"
  | "contractId"
  | "cycleIndex"
  | "currencyCode"
  | "claimedAt"
  | "updatedAt"
  | "nextActionAt"
  | "dunningEndsAt"
  | "paidAt"
  | "parkedReason"
  | "errorCode"
  | "declineClass"
  | "declines"
  | "gatewayTroubles"
  | "firstFailedAt"
  | "confirmed"
> & { state: ChargeState; expectedAmount: Prisma.Decimal; lastState: MemoryCharge["attempts"][number]["state"] | null };

const chargesOf = (tx: Tx, ids: readonly string[]): Promise<ChargeRow[]> => tx.$queryRaw<ChargeRow[]>`
  SELECT charge.id AS "chargeId", charge."contractId", charge."cycleIndex", charge.state::text AS state,
    charge."expectedAmount", charge."currencyCode", charge."claimedAt", charge."updatedAt", charge."nextActionAt",
    charge."dunningEndsAt", charge."paidAt", charge."parkedReason", charge."errorCode", charge."declineClass",
    charge.declines, charge."gatewayTroubles", charge."firstFailedAt", charge."confirmedBy" IS NOT NULL AS confirmed,
    (SELECT attempt.state::text FROM "BillingAttempt" attempt
     WHERE attempt."chargeId" = charge.id ORDER BY attempt.number DESC LIMIT 1) AS "lastState"
  FROM unnest(${[...ids]}::uuid[]) AS wanted(id)
  CROSS JOIN LATERAL (
    (SELECT * FROM "Charge" open WHERE open."contractId" = wanted.id AND open.state NOT IN ('PAID', 'SKIPPED'))
    UNION ALL
    (SELECT * FROM "Charge" paid WHERE paid."contractId" = wanted.id AND paid.state = 'PAID'
     ORDER BY paid."paidAt" DESC LIMIT 1)
  ) AS charge
  ORDER BY charge."cycleIndex"`;

function groupBy<Row extends { contractId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.contractId);
    if (group) group.push(row);
    else groups.set(row.contractId, [row]);
  }
  return groups;
}

function copied(
  row: ContractRow,
  cycles: readonly CycleRow[],
  charges: readonly ChargeRow[],
  oneOffs: OneOffRow[],
  now: Date,
): CopiedContract {
  const { shopifyCreatedAt, maxCycles, paymentErrorCode, paymentFailedAt, ...facts } = row;
  const last = maxRenewals({ maxCycles, originOrderId: facts.originOrderId });
  const challenged = charges.some(({ state }) => state === "ACTION_REQUIRED");
  const failing = charges.find(({ state }) => state === "FAILED")?.errorCode ?? null;
  return {
    contract: { ...facts, ...factsOf(row), oneOffs },
    createdAt: shopifyCreatedAt,
    lastIndex: Number.isFinite(last) ? last : null,
    cycles: withoutGap(cycles),
    charges: charges.map((charge) => copiedCharge(charge, now)),
    // Nobody approves what waits for the shopper.
    lastFailure: challenged ? "AUTHENTICATION_FAILED" : (failing ?? (paymentFailedAt ? paymentErrorCode : null)),
  };
}

function withoutGap(cycles: readonly CycleRow[]): CopiedCycle[] {
  const [first] = cycles;
  if (!first) return [];
  return cycles.filter(({ cycleIndex }, place) => cycleIndex === first.cycleIndex + place);
}

function copiedCharge({ lastState, ...row }: ChargeRow, now: Date): MemoryCharge {
  const isRunning = lastState !== null && RUNNING_STATES.includes(row.state);
  return {
    ...row,
    expectedAmount: row.expectedAmount.toString(),
    lines: [],
    // What is on its way is asked for once more there: the copy's Shopify has not seen it.
    ...(isRunning ? { state: "UNKNOWN" as const, nextActionAt: now } : {}),
    paidAmount: null,
    differsBy: null,
    skippedReason: null,
    remindedAt: null,
    cycleEdited: false,
    attempts: lastState
      ? [
          {
            attemptId: `${row.chargeId} copied`,
            number: 1,
            idempotencyKey: `${row.chargeId} copied`,
            shopifyId: null,
            state: isRunning ? "SENDING" : lastState,
            sentAt: row.claimedAt,
          },
        ]
      : [],
  };
}
