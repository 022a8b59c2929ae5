import type { ContractStatus, CycleOutcome } from "~/generated/prisma/enums";

import type { CycleReading } from "./reading";

/** Contracts that Shopify will never charge again. */
export const isEnded = (status: ContractStatus): boolean => status === "CANCELLED" || status === "EXPIRED";

/** Contracts whose cycles go on in Shopify while nothing may be charged. */
export const isHeld = (status: ContractStatus): boolean => status === "PAUSED" || status === "FAILED";

/**
 * How many renewals a contract may have. The checkout's payment is taken as the first of `maxCycles`, so that a plan of
 * twelve payments takes twelve (assumed: Shopify does not say which of the two it counts).
 * @returns Infinity without an upper bound
 */
export function maxRenewals(contract: { maxCycles: number | null; originOrderId: string | null }): number {
  if (contract.maxCycles === null) return Infinity;
  return contract.originOrderId === null ? contract.maxCycles : contract.maxCycles - 1;
}

export interface CycleContext {
  now: Date;
  /** What was due before the app was installed is never back-billed. */
  installedAt: Date;
  /** When the app was removed before it was installed again; null if it never was. */
  uninstalledAt: Date | null;
  status: ContractStatus;
  maxRenewals: number;
  /** True when this reading shows that a held contract may be charged again: what has passed meanwhile is not back-billed. */
  resumed: boolean;
}

/** Shopify knows nothing of these: as far as it is concerned such a cycle could still be charged. */
const LET_GO: readonly CycleOutcome[] = ["SKIPPED_PAUSED", "SKIPPED_DUNNING", "SKIPPED_STOCK", "SKIPPED_BY_MERCHANT"];

/**
 * Why a cycle will never be charged (again), or null while it may be. Shopify's word on billed and skipped comes first;
 * that a cycle passed while it could not be charged, or was let go, is ours and stays, unless somebody has given it a date to come.
 */
export function cycleOutcome(
  reading: Pick<CycleReading, "cycleIndex" | "billed" | "skipped" | "expectedAt">,
  known: { outcome: CycleOutcome | null; claimed: boolean } | null,
  dueAt: Date,
  context: CycleContext,
): CycleOutcome | null {
  if (reading.billed || known?.outcome === "BILLED") return "BILLED";
  if (known?.claimed) return known.outcome;
  if (reading.skipped) return "SKIPPED";
  const isToCome = dueAt > context.now && reading.expectedAt > context.now;
  if (known?.outcome && LET_GO.includes(known.outcome) && !isToCome) return known.outcome;
  if (isEnded(context.status) || reading.cycleIndex > context.maxRenewals) return "ENDED";
  // What fell due while the app was away stays open: a person is asked about it (billing/engine.ts).
  const isBefore = context.uninstalledAt === null || dueAt < context.uninstalledAt;
  if (dueAt < context.installedAt && isBefore) return "SKIPPED_PAUSED";
  const passed = dueAt <= context.now;
  if (passed && (isHeld(context.status) || context.resumed)) return "SKIPPED_PAUSED";
  return null;
}
