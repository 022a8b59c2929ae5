import { expect, test } from "vitest";

import { runSeed } from "./run";
import type { SeedResult } from "./run";

/** How many seeds one test runs: enough to be quick to name, few enough to see where it stands. */
const SEEDS_PER_TEST = 25;
const TIMEOUT_MS = 300_000;

/** What a person needs to see a failing seed again. */
export const explain = ({ seed, violations }: SeedResult): string =>
  [
    `Seed ${seed}. See it again: npm run simulate -- --seeds 1 --from ${seed} --trace`,
    ...violations.slice(0, 10).map((each) => `${each.at} ${each.contractId}: ${each.invariant}: ${each.text}`),
  ].join("\n");

/**
 * The guarantee: whatever fails, in whatever order, no cycle is charged twice, none is forgotten, and the ledger says
 * what Shopify did (watch.ts has the list).
 */
export function seedsKeepTheirPromises(from: number, count: number): void {
  for (let first = from; first < from + count; first += SEEDS_PER_TEST) {
    const last = Math.min(first + SEEDS_PER_TEST, from + count) - 1;
    test(
      `seeds ${first} to ${last}: nothing twice, nothing missed`,
      async () => {
        const sum = { cycles: 0, parked: 0, punctual: 0, inTime: 0 };
        for (let seed = first; seed <= last; seed += 1) {
          const result = await runSeed(seed);
          expect(result.violations.length, explain(result)).toBe(0);
          expect([result.double, result.missed], explain(result)).toEqual([0, 0]);
          for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += result[key];
        }
        expect(sum.cycles).toBeGreaterThan(0);
      },
      TIMEOUT_MS,
    );
  }
}
