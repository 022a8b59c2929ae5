import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { dayOf } from "./days";
import { movableDays, moveTarget } from "./move";
import type { MovableCycle } from "./move";

const ZONE = "Europe/Oslo";
const NOW = new Date("2026-03-02T11:00:00Z");
const DAY = 86_400_000;

/** Weekly cycles; the first one is under way. */
const weekly = (changes: Record<number, Partial<MovableCycle>> = {}): MovableCycle[] =>
  Array.from({ length: 6 }, (_, index) => {
    const endAt = new Date(Date.parse("2026-03-05T08:00:00Z") + index * 7 * DAY);
    const startAt = new Date(endAt.getTime() - 7 * DAY + 1000);
    const plain = { startAt, endAt, expectedAt: endAt, skipped: false, claimed: false, outcome: null };
    return { ...plain, cycleIndex: index + 1, ...changes[index + 1] };
  });

describe("a coming delivery", () => {
  test("may be moved from tomorrow, as its time of day has passed, to three cycles later", () => {
    expect(movableDays(weekly(), 1, NOW, ZONE)).toEqual({ from: "2026-03-03", to: "2026-03-26" });
  });

  test("comes never before the order before it", () => {
    expect(movableDays(weekly(), 2, NOW, ZONE)).toEqual({ from: "2026-03-06", to: "2026-04-02" });
  });

  test("stays within what nobody has decided otherwise about", () => {
    expect(movableDays(weekly({ 2: { skipped: true } }), 1, NOW, ZONE)).toEqual({
      from: "2026-03-03",
      to: "2026-03-05",
    });
    expect(movableDays(weekly({ 3: { claimed: true } }), 1, NOW, ZONE)).toEqual({
      from: "2026-03-03",
      to: "2026-03-12",
    });
    expect(movableDays(weekly({ 2: { outcome: "ENDED" } }), 1, NOW, ZONE)?.to).toBe("2026-03-05");
    expect(movableDays(weekly({ 1: { claimed: true } }), 1, NOW, ZONE)).toBeNull();
    expect(movableDays(weekly(), 9, NOW, ZONE)).toBeNull();
  });

  test("beyond its cycle is put on the one in which the day lies, and those before it are skipped", () => {
    const target = moveTarget(weekly(), 1, "2026-03-16", NOW, ZONE);
    expect(target?.cycle.cycleIndex).toBe(3);
    expect(target?.skipped.map(({ cycleIndex }) => cycleIndex)).toEqual([1, 2]);
    expect(target?.at.toISOString()).toBe("2026-03-16T08:00:00.000Z");
    expect(moveTarget(weekly(), 1, "2026-03-04", NOW, ZONE)).toMatchObject({ cycle: { cycleIndex: 1 }, skipped: [] });
    expect(moveTarget(weekly(), 1, "2026-03-02", NOW, ZONE)).toBeNull();
    expect(moveTarget(weekly(), 1, "2026-03-27", NOW, ZONE)).toBeNull();
  });

  test("keeps its time of day across the change of the clocks", () => {
    // Norway's clocks go forward on 29 March.
    const target = moveTarget(weekly(), 2, "2026-04-01", NOW, ZONE);
    expect(target?.at.toISOString()).toBe("2026-04-01T07:00:00.000Z");
  });

  test("is always put within the bounds of the cycle that takes it, on the day that was asked for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: -3, max: 45 }), (cycleIndex, later) => {
        const day = dayOf(new Date(NOW.getTime() + later * DAY), ZONE);
        const range = movableDays(weekly(), cycleIndex, NOW, ZONE);
        const target = moveTarget(weekly(), cycleIndex, day, NOW, ZONE);
        const isWithin = range !== null && day >= range.from && day <= range.to;
        expect(target !== null).toBe(isWithin);
        if (!target) return;
        expect(dayOf(target.at, ZONE)).toBe(day);
        expect(target.at > NOW && target.at >= target.cycle.startAt && target.at <= target.cycle.endAt).toBe(true);
        expect(target.cycle.cycleIndex - cycleIndex).toBe(target.skipped.length);
      }),
    );
  });
});
