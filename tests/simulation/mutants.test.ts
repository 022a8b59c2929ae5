import { expect, test } from "vitest";

import { MUTANTS } from "./mutants";
import { runSeed } from "./run";

/** Most die within a few seeds; what lives longer than this would have come through the suite. */
const MOST_SEEDS = 120;

test.each(MUTANTS)(
  "is found out: $name, because $because",
  async ({ mutation, foundAt = 1 }) => {
    let found = null;
    const all = Array.from({ length: MOST_SEEDS }, (_, index) => index + 1);
    for (const seed of new Set([foundAt, ...all])) {
      if (found !== null) break;
      const { violations } = await runSeed(seed, { mutation });
      found = violations[0] ?? null;
    }
    expect(foundAt).toBeLessThanOrEqual(MOST_SEEDS);
    expect(found, `survived ${MOST_SEEDS} seeds`).not.toBeNull();
  },
  300_000,
);

test("there are as many as the promise says", () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(12);
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});
