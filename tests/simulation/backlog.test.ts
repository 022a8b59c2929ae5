import { expect, test } from "vitest";

import type { SimulatedAttempt } from "~/simulation/simulated-contract";

import { NO_FAULTS } from "./faults";
import { punctuality } from "./punctuality";
import type { Punctuality } from "./punctuality";
import { runSeed } from "./run";
import { explain } from "./suite";
import { OPTIONS } from "./world";
import type { World } from "./world";

const MINUTE_MS = 60_000;
/** Seeds whose shop charges everything at its billing hour, spread over no window. */
const SEEDS = [1, 17];
const PER_MINUTE = 7;
/** The pace is kept this far below what Shopify lets through at worst, and a run comes a few minutes late. */
const PACE_SHARE = 0.5;
const COMES_LATE_MS = 10 * MINUTE_MS;

/** I13: a renewal waits for those that were due before it or with it, at the rate that Shopify lets through, and no longer. */
test("of many renewals due at one moment each waits for its own shop's backlog, and none is passed over", async () => {
  for (const seed of SEEDS) {
    let longest = 0;
    const result = await runSeed(seed, {
      options: { ...OPTIONS, faults: NO_FAULTS, contracts: 250, days: 4, actsAYear: 0, attemptsPerMinute: PER_MINUTE },
      after: (world) => {
        const { attempts } = world.shopify;
        for (const attempt of attempts.filter((each) => each.origin === "app" && isFirst(world, each))) {
          const { lateMs } = lateness(world, attempt);
          // What was due before the world began has nothing to do with it.
          if (lateMs === null || attempt.createdAt - lateMs < world.start) continue;
          const before = attempts.filter(
            ({ createdAt, origin }) =>
              origin === "app" && createdAt >= attempt.createdAt - lateMs && createdAt < attempt.createdAt,
          );
          const fair = (before.length / (PER_MINUTE * PACE_SHARE)) * MINUTE_MS + COMES_LATE_MS;
          expect(lateMs, attempt.key).toBeLessThanOrEqual(fair);
          longest = Math.max(longest, before.length);
        }
      },
    });
    expect(result.violations.length, explain(result)).toBe(0);
    // Otherwise nothing was proven.
    expect(longest).toBeGreaterThan(2 * PER_MINUTE);
  }
});

const isFirst = ({ shopify }: World, { contractId, cycleIndex, number }: SimulatedAttempt): boolean =>
  shopify.contract(contractId).attempts.find((each) => each.cycleIndex === cycleIndex)?.number === number;

function lateness(world: World, attempt: SimulatedAttempt): Punctuality {
  const { shop, shopify } = world;
  const row = shop.mirror.get(attempt.contractId);
  const charges = shop.store.chargesOf(row?.contractId ?? "");
  return punctuality(world, shopify.contract(attempt.contractId), attempt, charges);
}
