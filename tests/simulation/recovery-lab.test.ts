import { describe, expect, test } from "vitest";

import { MIXES, play, SCHEDULES, scores } from "./recovery-lab";
import { failedCharges } from "./recovery-model";

const CHARGES = 800;
const results = scores(CHARGES, 20_261_123);
const OURS = ["ours", "ours, pay days"] as const;

describe.each(MIXES.map(({ name }) => name))("the money of failed charges: %s", (mix) => {
  const of = (schedule: string) => {
    const found = results.find((score) => score.mix === mix && score.schedule === schedule);
    if (!found) throw new Error(`No score of ${schedule}`);
    return found;
  };

  test.each(OURS)("%s recovers more than the fixed 1/3/7 days, by more than chance explains", (schedule) => {
    expect(of(schedule).lead - of(schedule).leadMargin).toBeGreaterThan(0);
    expect(of(schedule).recovered).toBeGreaterThan(of("fixed 1/3/7").recovered);
  });

  test("retries recover more than new cards alone", () => {
    for (const schedule of OURS) expect(of(schedule).recovered).toBeGreaterThan(of("none").recovered);
  });
});

describe("the lab is fair", () => {
  const mix = MIXES[0];
  if (!mix) throw new Error("No mixes");

  test("the same seed gives the same people, another seed others", () => {
    expect(failedCharges(mix, 50, 7)).toEqual(failedCharges(mix, 50, 7));
    expect(failedCharges(mix, 50, 7)).not.toEqual(failedCharges(mix, 50, 8));
    // More people don't change the first ones.
    expect(failedCharges(mix, 60, 7).slice(0, 50)).toEqual(failedCharges(mix, 50, 7));
  });

  test("nobody had the money when the charge first failed", () => {
    for (const { open, firstFailedAt } of failedCharges(mix, 500, 7)) {
      const at = firstFailedAt.getTime();
      expect(open.some(([from, to]) => from <= at && at < to)).toBe(false);
    }
  });

  test("the only difference is the schedule: no try, no money; a new card counts for all alike", () => {
    const [charge] = failedCharges(mix, 1, 7);
    if (!charge) throw new Error("No charge");
    const first = charge.firstFailedAt.getTime();
    const never = { ...charge, class: "HARD", open: [], newCardAt: Infinity, readyAt: Infinity } as const;
    const day = 86_400_000;
    for (const schedule of Object.values(SCHEDULES)) {
      expect(play(never, schedule).recoveredAt).toBeNull();
      expect(play({ ...never, newCardAt: first + 10 * day }, schedule).recoveredAt).toBe(first + 10 * day);
      expect(play({ ...never, newCardAt: first + 15 * day }, schedule).recoveredAt).toBeNull();
    }
    expect(play(never, SCHEDULES.ours).tries).toBe(0);
    expect(play(never, SCHEDULES["fixed 1/3/7"]).tries).toBe(3);
  });
});
