import { expect, it } from "vitest";

import { FixedClock } from "~/lib/clock";

import { createRateLimit } from "./rate-limit";

it("a shopper who asks too often waits until the minute is over, and nobody else does", () => {
  const clock = new FixedClock("2026-11-23T10:00:00Z");
  const limit = createRateLimit(3, clock);
  expect([1, 2, 3].map(() => limit.take("a"))).toEqual([0, 0, 0]);
  clock.set("2026-11-23T10:00:45Z");
  expect(limit.take("a")).toBe(15);
  expect(limit.take("b")).toBe(0);
  clock.set("2026-11-23T10:01:00Z");
  expect(limit.take("a")).toBe(0);
});
