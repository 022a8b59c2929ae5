import { describe, expect, it } from "vitest";

import { aContract, aShop } from "./fixture";
import { pauseContract } from "./contracts";
import { scheduleEditCycle, skipCycle, unskipCycle } from "./cycle-edits";
import { currentCycleIndex, cycleAt, cyclesByDate, cyclesByIndex, selectCycle } from "./cycles";
import { createAttempt } from "./attempts";
import { setTimeZone } from "./shops";
import { runDueEvents } from "./timeline";

describe("billing cycles", () => {
  it("documented: cycles are numbered from 1; observed: they abut by one second and are charged at their end", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK", 2);
    const [first, second] = cyclesByIndex(f.world, f.shop, contract, 1, 2);
    expect(first).toMatchObject({
      cycleIndex: 1,
      cycleStartAt: "2026-03-01T09:00:00Z",
      cycleEndAt: "2026-03-15T09:00:00Z",
      billingAttemptExpectedDate: "2026-03-15T09:00:00Z",
      status: "UNBILLED",
      skipped: false,
      edited: false,
    });
    expect(second?.cycleStartAt).toBe("2026-03-15T09:00:01Z");
  });

  it("observed: the shop's wall clock is kept across daylight saving (15:00Z becomes 14:00Z in Europe on 29 March)", () => {
    const f = aShop("2026-02-20T15:00:00Z");
    const contract = aContract(f, "MONTH");
    expect(cyclesByIndex(f.world, f.shop, contract, 1, 3).map((cycle) => cycle.cycleEndAt)).toEqual([
      "2026-03-20T15:00:00Z",
      "2026-04-20T14:00:00Z",
      "2026-05-20T14:00:00Z",
    ]);
  });

  it("assumed: a contract of the 31st returns to the 31st after short months; with the switch off it drifts", () => {
    const f = aShop("2026-01-31T12:00:00Z", "UTC");
    const contract = aContract(f, "MONTH");
    const days = (): string[] =>
      cyclesByIndex(f.world, f.shop, contract, 1, 3).map((cycle) => cycle.cycleEndAt.slice(5, 10));
    expect(days()).toEqual(["02-28", "03-31", "04-30"]);
    f.world.settings.assumptions.monthEndsClampWithoutDrift = false;
    expect(days()).toEqual(["02-28", "03-28", "04-28"]);
  });

  it("observed: a yearly plan anchored on 1 January runs to 1 January and is charged at the end", () => {
    const f = aShop("2026-03-10T11:00:00Z");
    const contract = aContract(f, "YEAR");
    contract.billingPolicy.anchors = [{ type: "YEARDAY", day: 1, month: 1 }];
    expect(cyclesByIndex(f.world, f.shop, contract, 1, 2).map((cycle) => cycle.cycleEndAt)).toEqual([
      "2027-01-01T11:00:00Z",
      "2028-01-01T11:00:00Z",
    ]);
  });

  it("an anchor on the 31st clamps to the month, on a weekday keeps to it", () => {
    const f = aShop("2026-01-15T12:00:00Z", "UTC");
    const contract = aContract(f, "MONTH");
    contract.billingPolicy.anchors = [{ type: "MONTHDAY", day: 31 }];
    const days = (): string[] =>
      cyclesByIndex(f.world, f.shop, contract, 1, 3).map((cycle) => cycle.cycleEndAt.slice(5, 10));
    expect(days()).toEqual(["01-31", "02-28", "03-31"]);
    const weekly = aContract(f, "WEEK", 2);
    weekly.billingPolicy.anchors = [{ type: "WEEKDAY", day: 1 }];
    expect(cyclesByIndex(f.world, f.shop, weekly, 1, 2).map((cycle) => cycle.cycleEndAt.slice(5, 10))).toEqual([
      "01-19",
      "02-02",
    ]);
  });

  it("observed: cycles go on while a contract is paused", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK");
    pauseContract(f.world, f.shop, contract);
    f.world.now = "2026-03-20T09:00:00Z";
    expect(currentCycleIndex(f.world, f.shop, contract)).toBe(3);
  });

  it("the current cycle is the one that ends at the moment or later, through years of daily cycles", () => {
    const f = aShop();
    const contract = aContract(f, "DAY");
    for (const index of [1, 2, 30, 364, 1000]) {
      const { cycleStartAt, cycleEndAt } = cycleAt(f.world, f.shop, contract, index);
      expect(currentCycleIndex(f.world, f.shop, contract, cycleStartAt)).toBe(index);
      expect(currentCycleIndex(f.world, f.shop, contract, cycleEndAt)).toBe(index);
    }
  });

  it("assumed: a new time zone of the shop moves the wall clock of its cycles, unless switched off", () => {
    const f = aShop("2026-01-10T09:00:00Z");
    const contract = aContract(f, "MONTH", 3);
    setTimeZone(f.world, f.shop, "America/New_York");
    expect(cycleAt(f.world, f.shop, contract, 1).cycleEndAt).toBe("2026-04-10T08:00:00Z");
    f.world.settings.assumptions.cyclesFollowTheShopsZone = false;
    setTimeZone(f.world, f.shop, "Asia/Tokyo");
    expect(cycleAt(f.world, f.shop, contract, 1).cycleEndAt).toBe("2026-04-10T08:00:00Z");
    f.world.settings.assumptions.cyclesFollowTheShopsZone = true;
    expect(cycleAt(f.world, f.shop, contract, 1).cycleEndAt).toBe("2026-04-10T09:00:00Z");
  });

  it("selectors outside the range are refused with the schema's codes", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK");
    const error = (selector: { index?: number; date?: string }): string | null =>
      selectCycle(f.world, f.shop, contract, selector).error;
    expect(error({ index: 0 })).toBe("CYCLE_INDEX_OUT_OF_RANGE");
    expect(error({ date: "2026-02-28T00:00:00Z" })).toBe("CYCLE_START_DATE_OUT_OF_RANGE");
    expect(error({ index: 102 })).toBe("UPCOMING_CYCLE_LIMIT_EXCEEDED");
    expect(error({})).toBe("INVALID");
    expect(error({ index: 101 })).toBeNull();
  });

  it("assumed: a date range selects the cycles that touch it; switched off, those expected in it", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK");
    const range = (): number[] =>
      cyclesByDate(f.world, f.shop, contract, "2026-03-10T00:00:00Z", "2026-03-16T00:00:00Z").map(
        (cycle) => cycle.cycleIndex,
      );
    expect(range()).toEqual([2, 3]);
    f.world.settings.assumptions.dateRangeSelectsOverlapping = false;
    expect(range()).toEqual([2]);
  });
});

describe("skip and schedule edit", () => {
  it("skip and unskip say so once each, and a billed cycle can't be skipped", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK");
    f.shop.outbox = [];
    expect(skipCycle(f.world, f.shop, contract, { index: 1 }).cycle).toMatchObject({ skipped: true, edited: true });
    skipCycle(f.world, f.shop, contract, { index: 1 });
    expect(unskipCycle(f.world, f.shop, contract, { index: 1 }).cycle).toMatchObject({ skipped: false, edited: false });
    expect(f.shop.outbox.map((event) => event.topic)).toEqual([
      "subscription_billing_cycles/skip",
      "subscription_billing_cycles/unskip",
    ]);
    contract.cycleEdits["1"] = { billed: true };
    expect(skipCycle(f.world, f.shop, contract, { index: 1 }).userErrors[0]?.code).toBe("INVALID");
  });

  it("documented: the billing date must stay in its cycle, not on a skipped one, and not while an attempt runs", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK");
    const code = (input: { billingDate?: string; skip?: boolean }): string | null =>
      scheduleEditCycle(f.world, f.shop, contract, { index: 1 }, input).userErrors[0]?.code ?? null;
    expect(code({})).toBe("EMPTY_BILLING_CYCLE_EDIT_SCHEDULE_INPUT");
    expect(code({ billingDate: "2026-03-08T09:00:01Z" })).toBe("OUT_OF_BOUNDS");
    expect(code({ billingDate: "2026-03-05T09:00:00Z", skip: true })).toBe("BILLING_DATE_SET_ON_SKIPPED");
    expect(code({ billingDate: "2026-03-02T08:00:00Z" })).toBeNull();
    expect(cycleAt(f.world, f.shop, contract, 1).billingAttemptExpectedDate).toBe("2026-03-02T08:00:00Z");
    createAttempt(f.world, f.shop, contract, { idempotencyKey: "a", billingCycleSelector: { index: 1 } }, "app");
    expect(code({ billingDate: "2026-03-05T09:00:00Z" })).toBe("INCOMPLETE_BILLING_ATTEMPTS");
    f.world.now = "2026-03-01T10:00:00Z";
    runDueEvents(f.world);
    expect(code({ billingDate: "2026-03-05T09:00:00Z" })).toBe("INVALID");
  });
});
