import { expect, test } from "vitest";

import { MUTANTS, UNCHANGED } from "./mutants";
import { runSeed } from "./run";
import { explain } from "./suite";
import { OPTIONS } from "./world";

/** Each dies within twenty; what lives longer than this would soon come through the suite. */
const MOST_SEEDS = 60;

test.each(MUTANTS)(
  "is found out: $name, because $because",
  async ({ mutation, world, breaks }) => {
    const broken = new Set<string>();
    for (let seed = 1; seed <= MOST_SEEDS && !broken.has(breaks); seed += 1) {
      const { violations } = await runSeed(seed, { mutation, options: { ...OPTIONS, ...world } });
      for (const { invariant } of violations) broken.add(invariant);
    }
    expect([...broken], `in ${MOST_SEEDS} seeds`).toContain(breaks);
  },
  300_000,
);

test("nothing is found in the engine as it is, built in the way that the faults are", async () => {
  for (let seed = 1; seed <= 15; seed += 1) {
    const result = await runSeed(seed, { mutation: UNCHANGED });
    expect(result.violations.length, explain(result)).toBe(0);
  }
}, 60_000);

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
