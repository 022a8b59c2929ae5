import type { AttemptOutcome } from "../engine";

/** A cycle that Shopify calls billed. */
export interface BilledCycle {
  cycleIndex: number;
  expectedAt: Date;
}

/**
 * Which past success paid which billed cycle, where that is beyond doubt: as many of the one as of the other, each at
 * most half an interval from its cycle's date, in the same order. Shopify's attempts don't name their cycle; the cycle's
 * own list does, but reading it for every past cycle costs ten times as much.
 * @param successes without the checkout's own, which pays no cycle
 * @returns null where it is not beyond doubt
 */
export function placeSuccesses(
  cycles: readonly BilledCycle[],
  successes: readonly AttemptOutcome[],
  halfIntervalMs: number,
): Map<number, AttemptOutcome> | null {
  if (cycles.length !== successes.length) return null;
  const inOrder = [...successes].sort((a, b) => timeOf(a) - timeOf(b));
  const sorted = [...cycles].sort((a, b) => a.cycleIndex - b.cycleIndex);
  const placed = new Map<number, AttemptOutcome>();
  for (const [index, cycle] of sorted.entries()) {
    const success = inOrder[index];
    if (!success || Math.abs(timeOf(success) - cycle.expectedAt.getTime()) > halfIntervalMs) return null;
    placed.set(cycle.cycleIndex, success);
  }
  return placed;
}

const timeOf = ({ completedAt }: AttemptOutcome): number => completedAt?.getTime() ?? 0;
