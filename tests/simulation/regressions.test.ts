import { expect, test } from "vitest";

import regressions from "./regressions.json";
import { runSeed } from "./run";
import { explain } from "./suite";

test.each(regressions)("seed $seed is kept: $found", async ({ seed }) => {
  const result = await runSeed(seed);
  expect(result.violations.length, explain(result)).toBe(0);
});

test("a seed is the same run every time", async () => {
  const [first, second] = [await runSeed(7, { trace: true }), await runSeed(7, { trace: true })];
  expect(second).toEqual(first);
  expect(first.trace.length).toBeGreaterThan(1000);
});
