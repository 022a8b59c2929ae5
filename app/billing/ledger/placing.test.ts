import { describe, expect, test } from "vitest";

import type { AttemptOutcome } from "../engine";
import { placeSuccesses } from "./placing";

describe("past successes", () => {
  const success = (key: string, completedAt: string): AttemptOutcome => ({
    shopifyId: key,
    idempotencyKey: key,
    state: "SUCCESS",
    createdAt: new Date(completedAt),
    errorCode: null,
    nextActionUrl: null,
    order: null,
    completedAt: new Date(completedAt),
  });
  const cycles = [
    { cycleIndex: 1, expectedAt: new Date("2026-01-08T10:00:00Z") },
    { cycleIndex: 2, expectedAt: new Date("2026-01-15T10:00:00Z") },
  ];
  const WEEK_HALF = 84 * 3_600_000;

  test("are placed by date where there is one for each billed cycle", () => {
    const placed = placeSuccesses(
      cycles,
      [success("b", "2026-01-15T08:02:00Z"), success("a", "2026-01-08T08:02:00Z")],
      WEEK_HALF,
    );
    expect([placed?.get(1)?.idempotencyKey, placed?.get(2)?.idempotencyKey]).toEqual(["a", "b"]);
  });

  test("are not guessed at: one too many, one too few or one out of place", () => {
    const a = success("a", "2026-01-08T08:02:00Z");
    expect(placeSuccesses(cycles, [a], WEEK_HALF)).toBeNull();
    expect(placeSuccesses(cycles, [a, a, a], WEEK_HALF)).toBeNull();
    expect(placeSuccesses(cycles, [a, success("b", "2026-01-20T08:02:00Z")], WEEK_HALF)).toBeNull();
  });
});
