import { describe, expect, it } from "vitest";

import { DEFAULT_SETTINGS } from "./settings";
import type { SettingsInput } from "./settings-form";
import { previewOf } from "./settings-preview";
import type { PreviewData } from "./settings-preview";

const settings: SettingsInput = { ...DEFAULT_SETTINGS, stockRules: [] };
const data: PreviewData = {
  now: "2026-11-23T11:00:00Z",
  timeZone: "Europe/Oslo",
  days: [
    { date: "2026-11-23", renewals: 2, expectedAt: "2026-11-23T13:00:00Z" },
    { date: "2026-11-24", renewals: 40, expectedAt: "2026-11-24T12:59:59Z" },
  ],
  examples: [
    {
      contractId: "019aaf3c-0000-7000-8000-000000000001",
      number: "11",
      title: "Granskog",
      expectedAt: "2026-11-24T20:00:00Z",
    },
    {
      contractId: "019aaf3c-0000-7000-8000-000000000002",
      number: "12",
      title: "Nordlys",
      expectedAt: "2026-11-24T12:00:00Z",
    },
  ],
};

describe("the preview of the billing settings", () => {
  it("says when renewals are charged, from the hour on and over the window", () => {
    const { days, examples } = previewOf(data, { ...settings, billingHour: 18, billingWindowMinutes: 120 });
    expect(days).toMatchObject([
      { date: "2026-11-23", from: "2026-11-23T17:00:00.000Z", to: "2026-11-23T19:00:00.000Z", atOnce: false },
      { date: "2026-11-24", from: "2026-11-24T17:00:00.000Z", to: "2026-11-24T19:00:00.000Z", atOnce: false },
    ]);
    expect(examples.map(({ number }) => number).sort()).toEqual(["11", "12"]);
    for (const { at } of examples) {
      expect(at >= "2026-11-24T17:00:00.000Z" && at < "2026-11-24T19:00:00.000Z").toBe(true);
    }
  });

  it("warns of what would be charged at once because its new hour has passed", () => {
    // It is noon in Oslo.
    expect(previewOf(data, { ...settings, billingHour: 9 }).days.map(({ atOnce }) => atOnce)).toEqual([true, false]);
  });

  it("lets a declined charge begin at the next renewal and follow the days, hours and pay days of the form", () => {
    const { declined } = previewOf(data, {
      ...settings,
      dunningRetryDays: [1, 3, 7],
      dunningHourFrom: 10,
      payDays: [30],
    });
    expect(declined).toEqual({
      at: "2026-11-24T08:00:00.000Z",
      soft: {
        tries: [
          "2026-11-25T09:00:00.000Z",
          "2026-11-27T09:00:00.000Z",
          expect.stringContaining("2026-11-30") as string,
        ],
        endsAt: declined.soft.tries.at(-1),
      },
      funds: {
        tries: expect.arrayContaining(["2026-11-30T09:00:00.000Z"]) as string[],
        endsAt: declined.funds.tries.at(-1),
      },
    });
    expect(declined.funds.tries[0]).toBe("2026-11-30T09:00:00.000Z");
  });

  it("has a timeline in a shop without subscribers, and an empty one without retries", () => {
    const { days, declined } = previewOf({ ...data, days: [], examples: [] }, { ...settings, dunningRetryDays: [] });
    expect(days).toEqual([]);
    expect(declined.at).toBe("2026-11-24T08:00:00.000Z");
    expect(declined.soft).toEqual({ tries: [], endsAt: declined.at });
  });
});
