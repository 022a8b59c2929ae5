import { describe, expect, it } from "vitest";

import { DEFAULT_SETTINGS } from "./settings";
import { changedSettings, readSettings, settingsForm, typedList } from "./settings-form";
import type { SettingsForm, SettingsInput, StockRuleForm } from "./settings-form";
import { postedSettings } from "./settings-form.server";

const saved: SettingsInput = { ...DEFAULT_SETTINGS, stockRules: [] };
const form = (changes: Partial<SettingsForm> = {}): SettingsForm => ({ ...settingsForm(saved), ...changes });
const problems = (changes: Partial<SettingsForm>) => {
  const read = readSettings(form(changes));
  return read.ok ? [] : read.problems;
};
const rule: StockRuleForm = {
  variantId: "gid://shopify/ProductVariant/1",
  title: "Fjellbris 250 g",
  policy: "SUBSTITUTE",
  substituteVariantId: "gid://shopify/ProductVariant/2",
  substituteTitle: "Bryggen 250 g",
};

describe("the billing settings' form", () => {
  it("says what is saved when nothing has been typed", () => {
    expect(readSettings(form())).toEqual({ ok: true, settings: saved });
    expect(changedSettings(saved, saved)).toEqual([]);
  });

  it("takes days as people write them, in any order and twice", () => {
    for (const text of ["1, 15, 31", " 31 15 1 ", "1;15;31", "1. 15. og 31.", "31,15,1,15"]) {
      expect(typedList(text)).toEqual([1, 15, 31]);
    }
    expect(typedList("  ")).toEqual([]);
  });

  it("says of each field alone what is wrong with it", () => {
    expect(problems({ lateDaysMax: "" })).toEqual([{ field: "lateDaysMax", code: "NOT_WHOLE" }]);
    expect(problems({ lateDaysMax: "0" })).toEqual([{ field: "lateDaysMax", code: "OUT_OF_RANGE", min: 1, max: 90 }]);
    expect(problems({ challengeDays: "3,5" })).toEqual([{ field: "challengeDays", code: "NOT_WHOLE" }]);
    expect(problems({ stockWaitDays: "1e1" })).toEqual([{ field: "stockWaitDays", code: "NOT_WHOLE" }]);
    expect(problems({ dunningRetryDays: "1, two" })).toEqual([{ field: "dunningRetryDays", code: "NOT_WHOLE" }]);
    expect(problems({ dunningRetryDays: "0, 3" })).toEqual([
      { field: "dunningRetryDays", code: "OUT_OF_RANGE", min: 1, max: 60 },
    ]);
    const sixteen = Array.from({ length: 16 }, (_, index) => index + 1).join(", ");
    expect(problems({ dunningRetryDays: sixteen })).toEqual([{ field: "dunningRetryDays", code: "TOO_MANY", max: 15 }]);
    expect(problems({ payDays: "32" })).toEqual([{ field: "payDays", code: "OUT_OF_RANGE", min: 1, max: 31 }]);
    expect(problems({ dunningHourFrom: 17, dunningHourTo: 17 })).toEqual([
      { field: "dunningHourTo", code: "HOURS_TURNED" },
    ]);
    expect(problems({ billingHour: 24 })).toEqual([{ field: "billingHour", code: "OUT_OF_RANGE", min: 0, max: 23 }]);
  });

  it("allows no retries and no pay days at all", () => {
    expect(problems({ dunningRetryDays: "", payDays: "" })).toEqual([]);
  });

  it("wants a substitute that is another variant, and forgets it where nothing is substituted", () => {
    expect(problems({ stockRules: [rule] })).toEqual([]);
    expect(problems({ stockRules: [{ ...rule, substituteVariantId: null }] })).toEqual([
      { field: "stockRules.0", code: "SUBSTITUTE_MISSING" },
    ]);
    expect(problems({ stockRules: [{ ...rule, substituteVariantId: rule.variantId }] })).toEqual([
      { field: "stockRules.0", code: "SUBSTITUTE_SAME" },
    ]);
    const read = readSettings(form({ stockRules: [{ ...rule, policy: "WAIT" }] }));
    expect(read.ok && read.settings.stockRules[0]).toMatchObject({ policy: "WAIT", substituteVariantId: null });
  });

  it("that is no form of ours is refused as a whole", () => {
    const refused = [
      null,
      {},
      { ...form(), billingHour: "9" },
      { ...form(), dunningEnd: "DELETE" },
      { ...form(), stockPolicy: "SUBSTITUTE" },
      { ...form(), payDays: "1 ".repeat(600) },
      { ...form(), stockRules: [{ ...rule, variantId: "gid://shopify/Product/1" }] },
    ];
    for (const body of refused) expect(() => postedSettings(body)).toThrow();
  });

  it("keeps one rule for a variant, and titles of a readable length", () => {
    const posted = postedSettings({
      ...form(),
      stockRules: [rule, { ...rule, policy: "WAIT", title: "x".repeat(400) }],
    });
    expect(posted.stockRules).toMatchObject([{ policy: "WAIT", title: "x".repeat(255) }]);
  });
});
