import { describe, expect, it } from "vitest";

import { randomIds } from "~/lib/ids";

import { HELD_OUT_NEEDED, HELD_OUT_SHARE, isHeldOut, newcombe, OFFERED_NEEDED, offersWorth, wilson } from "./hold-out";

describe("the size", () => {
  it("is the one that the stated baseline, effect, power and share call for", () => {
    const [p1, p2, k] = [0.1, 0.25, (1 - HELD_OUT_SHARE) / HELD_OUT_SHARE];
    const mean = (p1 + k * p2) / (1 + k);
    const under = 1.959964 * Math.sqrt(mean * (1 - mean) * (1 + 1 / k));
    const power = 0.841621 * Math.sqrt(p1 * (1 - p1) + (p2 * (1 - p2)) / k);
    expect(Math.ceil((under + power) ** 2 / (p2 - p1) ** 2)).toBe(HELD_OUT_NEEDED);
    expect(HELD_OUT_NEEDED * k).toBe(OFFERED_NEEDED);
  });

  it("must be reached in both groups before anything is said", () => {
    expect(offersWorth({ count: OFFERED_NEEDED - 1, saved: 200 }, { count: 500, saved: 0 })).toEqual({
      known: false,
      offeredMissing: 1,
      heldOutMissing: 0,
    });
    expect(offersWorth({ count: 5000, saved: 4000 }, { count: 66, saved: 0 })).toMatchObject({ heldOutMissing: 1 });
    expect(offersWorth({ count: 268, saved: 67 }, { count: 67, saved: 6 })).toMatchObject({
      known: true,
      tells: "HELPS",
    });
    expect(offersWorth({ count: 268, saved: 30 }, { count: 67, saved: 6 })).toMatchObject({ tells: "CANT_TELL" });
    expect(offersWorth({ count: 268, saved: 10 }, { count: 67, saved: 20 })).toMatchObject({ tells: "HARMS" });
  });
});

describe("who is held out", () => {
  it("is about a fifth, and always the same", () => {
    const ids = Array.from({ length: 5000 }, () => randomIds.next());
    const share = ids.filter(isHeldOut).length / ids.length;
    // Five standard deviations of a share of 20 % among 5,000.
    expect(Math.abs(share - HELD_OUT_SHARE)).toBeLessThan(0.029);
    expect(ids.map(isHeldOut)).toEqual(ids.map(isHeldOut));
  });
});

describe("the intervals", () => {
  it("are those of the papers", () => {
    // Newcombe 1998, table II, example a, method 10: 56/70 − 48/80.
    const { estimate, low, high } = newcombe({ count: 70, saved: 56 }, { count: 80, saved: 48 });
    expect([estimate, low, high].map((value) => value.toFixed(4))).toEqual(["0.2000", "0.0524", "0.3339"]);
    // Newcombe 1998 (Statistics in Medicine 17, 857), table I, method 3: 81/263.
    const share = wilson({ count: 263, saved: 81 });
    expect([share.low, share.high].map((value) => value.toFixed(4))).toEqual(["0.2553", "0.3662"]);
  });

  it("stay within what can be, also for nobody, none and all", () => {
    expect(wilson({ count: 0, saved: 0 })).toEqual({ estimate: 0, low: 0, high: 1 });
    expect(wilson({ count: 10, saved: 0 }).low).toBe(0);
    expect(wilson({ count: 10, saved: 10 }).high).toBeCloseTo(1, 12);
  });
});
