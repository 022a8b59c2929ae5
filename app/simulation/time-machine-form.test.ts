import { describe, expect, it } from "vitest";

import { DEFAULT_SETTINGS } from "~/billing/settings/settings";
import type { SettingsInput } from "~/billing/settings/settings-form";

import { barsOf, compareRuns } from "./comparison";
import type { Run } from "./report";
import { readTimeMachineForm, timeMachineForm } from "./time-machine-form";
import type { TimeMachineForm } from "./time-machine-form";

const settings: SettingsInput = { ...DEFAULT_SETTINGS, stockRules: [] };
const read = (changes: Partial<TimeMachineForm>) =>
  readTimeMachineForm({ ...timeMachineForm(settings), ...changes }, settings);

describe("what the time machine is asked", () => {
  it("is a run without a comparison unless one is chosen", () => {
    expect(read({ days: "90", declinePercentage: "12 %", dunningRetryDays: "nonsense" })).toEqual({
      ok: true,
      input: { days: 90, assumptions: { declineShare: 0.12 } },
    });
  });

  it("changes the chosen setting alone", () => {
    expect(read({ compare: "dunningRetryDays", dunningRetryDays: "7, 1, 3", billingHour: 3 })).toEqual({
      ok: true,
      input: { days: 30, assumptions: { declineShare: 0.05 }, changed: { dunningRetryDays: [1, 3, 7] } },
    });
    expect(read({ compare: "payDays", payDays: "15, 31" })).toMatchObject({
      input: { changed: { payDays: [15, 31] } },
    });
    expect(read({ compare: "dunningEnd", dunningEnd: "CANCEL" })).toMatchObject({
      input: { changed: { dunningEnd: "CANCEL" } },
    });
    expect(read({ compare: "missedCycles", missedCycles: "CHARGE" })).toMatchObject({
      input: { changed: { missedCycles: "CHARGE" } },
    });
  });

  it("says of each field what is wrong with it, and that a setting is not compared with itself", () => {
    expect(read({ days: "181", declinePercentage: "", compare: "payDays", payDays: "40" })).toEqual({
      ok: false,
      problems: [
        { field: "days", code: "OUT_OF_RANGE", min: 1, max: 180 },
        { field: "declinePercentage", code: "NOT_WHOLE" },
        { field: "payDays", code: "OUT_OF_RANGE", min: 1, max: 31 },
      ],
    });
    expect(read({ declinePercentage: "51" })).toMatchObject({ problems: [{ field: "declinePercentage", max: 50 }] });
    expect(read({ compare: "billingHour" })).toEqual({
      ok: false,
      problems: [{ field: "billingHour", code: "SAME" }],
    });
    expect(read({ compare: "dunningRetryDays", dunningRetryDays: "14, 1 2 4 6 8 11" })).toMatchObject({
      problems: [{ code: "SAME" }],
    });
  });
});

describe("two runs side by side", () => {
  const run: Run = {
    charged: 10,
    amount: [{ amount: "1000.50", currencyCode: "NOK" }],
    retried: 4,
    recovered: 1,
    recoveredAmount: [],
    failedForGood: 2,
    paused: 2,
    skipped: 0,
    cancelled: 0,
    parked: 0,
    byDay: [],
    examples: [],
  };

  it("are subtracted exactly, each currency by itself", () => {
    const changed: Run = {
      ...run,
      charged: 12,
      paused: 0,
      amount: [
        { amount: "1200.10", currencyCode: "NOK" },
        { amount: "9.00", currencyCode: "EUR" },
      ],
    };
    const { figures, amounts, same } = compareRuns({ run, changed });
    expect(same).toBe(false);
    expect(figures.filter(({ difference }) => difference !== 0)).toEqual([
      { figure: "charged", now: 10, then: 12, difference: 2 },
      { figure: "paused", now: 2, then: 0, difference: -2 },
    ]);
    expect(amounts.map(({ difference }) => difference)).toEqual([
      { amount: "9.00", currencyCode: "EUR" },
      { amount: "199.60", currencyCode: "NOK" },
    ]);
  });

  it("say when nothing differs, and nothing at all without a comparison", () => {
    expect(compareRuns({ run, changed: run }).same).toBe(true);
    const alone = compareRuns({ run, changed: null });
    expect(alone.same).toBe(false);
    expect(alone.figures.every(({ then, difference }) => then === null && difference === null)).toBe(true);
  });

  it("are shown by week where days are too many, with nothing lost", () => {
    const days = Array.from({ length: 46 }, (_, index) => ({
      date: `day ${index + 1}`,
      charged: 2,
      amount: [{ amount: "0.10", currencyCode: index % 2 ? "NOK" : "EUR" }],
      failed: 1,
    }));
    const before = structuredClone(days);
    const { by, now, then } = barsOf({ run: { ...run, byDay: days }, changed: null });
    expect([by, then, now.length]).toEqual(["WEEK", null, 7]);
    expect(now[0]).toEqual({
      date: "day 1",
      charged: 14,
      amount: [
        { amount: "0.40", currencyCode: "EUR" },
        { amount: "0.30", currencyCode: "NOK" },
      ],
      failed: 7,
    });
    expect(now.at(-1)).toMatchObject({ date: "day 43", charged: 8, failed: 4 });
    expect(days).toEqual(before);
    expect(barsOf({ run: { ...run, byDay: days.slice(1) }, changed: run })).toEqual({
      by: "DAY",
      now: days.slice(1),
      then: [],
    });
  });
});
