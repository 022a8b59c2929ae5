import { describe, expect, test } from "vitest";

import { nextLook, nextNight, readRunning, writeRunning } from "./sweep-night";

const HOUR = 3_600_000;
const at = (text: string): Date => new Date(text);

describe("a shop's night", () => {
  test.each([
    // Oslo in winter: 03:00 is 02:00Z.
    ["2026-03-02T11:00:00Z", 1, "2026-03-03T02:00:00.000Z"],
    ["2026-03-03T01:59:59Z", 1, "2026-03-03T02:00:00.000Z"],
    ["2026-03-03T02:00:00Z", 1, "2026-03-04T02:00:00.000Z"],
    // New York in summer: 03:00 is 07:00Z.
    ["2026-07-01T06:00:00Z", -4, "2026-07-01T07:00:00.000Z"],
  ])("after %s at UTC%i is %s", (last, offset, next) => {
    expect(nextNight(at(last), offset * HOUR, 0).toISOString()).toBe(next);
  });

  test("begins for each shop at its own place in the window", () => {
    expect(nextNight(at("2026-03-02T11:00:00Z"), HOUR, 90 * 60_000).toISOString()).toBe("2026-03-03T03:30:00.000Z");
  });
});

describe("looks at a running sweep", () => {
  const startedAt = at("2026-03-03T02:00:00Z");

  test("come soon at first, then rarely, and not for ever", () => {
    expect(nextLook(startedAt, startedAt)).toEqual(at("2026-03-03T02:03:00Z"));
    expect(nextLook(startedAt, at("2026-03-03T02:03:00Z"))).toEqual(at("2026-03-03T02:08:00Z"));
    expect(nextLook(startedAt, at("2026-03-03T14:00:00Z"))).toBeNull();
  });

  test("find in the shop's row what they look at, and nothing in anything else", () => {
    const running = {
      startedAt,
      contractsId: "gid://shopify/BulkOperation/1",
      attemptsId: "gid://shopify/BulkOperation/2",
    };
    expect(readRunning(writeRunning(running))).toEqual(running);
    expect(["", "x y z", "2026-03-03T02:00:00Z a"].map(readRunning)).toEqual([null, null, null]);
  });
});
