import { expect, test } from "vitest";

import { MUTANTS } from "./mutants";
import { runSeed } from "./run";
import { explain } from "./suite";
import { OPTIONS } from "./world";

/** Most die within a few seeds; what lives longer than this would have come through the suite. */
const MOST_SEEDS = 120;

test.each(MUTANTS)(
  "is found out: $name, because $because",
  async ({ mutation, world, foundAt = 1 }) => {
    let found = null;
    const all = Array.from({ length: MOST_SEEDS }, (_, index) => index + 1);
    for (const seed of new Set([foundAt, ...all])) {
      if (found !== null) break;
      const { violations } = await runSeed(seed, { mutation, options: { ...OPTIONS, ...world } });
      found = violations[0] ?? null;
    }
    expect(foundAt).toBeLessThanOrEqual(MOST_SEEDS);
    expect(found, `survived ${MOST_SEEDS} seeds`).not.toBeNull();
  },
  300_000,
);

/** A world of a mutant's own must be one that the engine itself comes through. */
test.each(MUTANTS.filter(({ world }) => world))("the engine holds where $name is looked for", async ({ world }) => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const result = await runSeed(seed, { options: { ...OPTIONS, ...world } });
    expect(result.violations.length, explain(result)).toBe(0);
  }
});

test("there are as many as the promise says", () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(12);
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});
