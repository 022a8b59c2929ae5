import { expect, test } from "vitest";

import { MUTANTS } from "./mutants";
import { runSeed } from "./run";
import { explain } from "./suite";
import { OPTIONS } from "./world";

/** Each dies within fifteen; what lives longer than this would soon come through the suite. */
const MOST_SEEDS = 60;

test.each(MUTANTS)(
  "is found out: $name, because $because",
  async ({ mutation, world }) => {
    let found = null;
    for (let seed = 1; seed <= MOST_SEEDS && found === null; seed += 1) {
      const { violations } = await runSeed(seed, { mutation, options: { ...OPTIONS, ...world } });
      found = violations[0] ?? null;
    }
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
