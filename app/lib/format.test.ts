import { describe, expect, it } from "vitest";

import {
  formatDate,
  formatDateTime,
  formatDayOfMonth,
  formatInterval,
  formatMoney,
  formatPercentage,
  formatShortDate,
  formatWeekday,
} from "./format";
import { createI18n, supportedLocale } from "./i18n";

const plainSpaces = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");
const none = { en: {}, nb: {} };

describe("money reads as people of the language write it", () => {
  it("in Norwegian", () => {
    expect(plainSpaces(formatMoney({ amount: "1197.60", currencyCode: "NOK" }, "nb"))).toBe("1 197,60 kr");
  });
  it("in English", () => {
    expect(plainSpaces(formatMoney({ amount: "1197.6", currencyCode: "NOK" }, "en"))).toBe("NOK 1,197.60");
    expect(formatMoney({ amount: "12", currencyCode: "USD" }, "en")).toBe("$12.00");
  });
  it("without losing a cent of a number that a float can't hold", () => {
    expect(formatMoney({ amount: "90071992547409.93", currencyCode: "USD" }, "en")).toBe("$90,071,992,547,409.93");
  });
});

describe("dates are days of the shop's time zone", () => {
  const lateInUtc = "2026-11-30T23:30:00Z";
  it("in Norwegian", () => {
    expect(formatDate(lateInUtc, "nb", "Europe/Oslo")).toBe("1. desember 2026");
    expect(formatShortDate(lateInUtc, "nb", "Europe/Oslo")).toBe("1. des. 2026");
    expect(formatWeekday(lateInUtc, "nb", "Europe/Oslo")).toBe("tir. 1.");
    expect(formatDayOfMonth(lateInUtc, "nb", "Europe/Oslo")).toBe("1. des.");
    expect(plainSpaces(formatDateTime(lateInUtc, "nb", "Europe/Oslo"))).toBe("1. desember 2026 kl. 00:30");
  });
  it("in English", () => {
    expect(formatDate(lateInUtc, "en", "America/New_York")).toBe("November 30, 2026");
    expect(formatWeekday(lateInUtc, "en", "America/New_York")).toBe("Mon 30");
    expect(formatDayOfMonth(lateInUtc, "en", "America/New_York")).toBe("Nov 30");
    expect(plainSpaces(formatDateTime(lateInUtc, "en", "America/New_York"))).toBe("November 30, 2026 at 6:30 PM");
  });
});

describe("frequencies", () => {
  it.each([
    ["nb", "WEEK", 2, "hver 2. uke"],
    ["nb", "MONTH", 1, "hver måned"],
    ["nb", "YEAR", 1, "hvert år"],
    ["en", "WEEK", 2, "every 2 weeks"],
    ["en", "DAY", 1, "every day"],
  ] as const)("%s %s %i", (locale, unit, count, expected) => {
    expect(formatInterval(unit, count, createI18n(locale, none).t)).toBe(expected);
  });
});

it("writes percentages with the language's space and comma", () => {
  expect(plainSpaces(formatPercentage(12.5, "nb"))).toBe("12,5 %");
  expect(formatPercentage(10, "en")).toBe("10%");
});

it("answers every kind of Norwegian in bokmål and everything else in English", () => {
  expect(["nb", "nb-NO", "no", "nn_NO", "NB"].map(supportedLocale)).toEqual(Array(5).fill("nb"));
  expect(["en-GB", "de", "", null, undefined].map(supportedLocale)).toEqual(Array(5).fill("en"));
});

describe("a shop's texts", () => {
  const resources = { en: { hello: "Hello, {{name}}", only: "Only here" }, nb: { hello: "Hei, {{name}}" } };
  it("are ready at once, keep names as they are, and fall back to English", () => {
    const { t } = createI18n("nb", resources);
    expect(t("hello", { name: "Åse <Berg>" })).toBe("Hei, Åse <Berg>");
    expect(t("only")).toBe("Only here");
  });
});
