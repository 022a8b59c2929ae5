import type { DunningEnd, MissedCycles, StockPolicy } from "~/generated/prisma/enums";

import type { BillingSettings } from "./settings";

/** The billing settings as a form: what is typed, what it means, and what is wrong with it. Pure, for page and server. */

export const DUNNING_ENDS = ["PAUSE", "SKIP", "CANCEL"] as const satisfies readonly DunningEnd[];
export const MISSED_CYCLES = ["SKIP", "CHARGE"] as const satisfies readonly MissedCycles[];
/** SUBSTITUTE needs a variant to put in the place, so only a variant's own rule can say it. */
export const DEFAULT_STOCK_POLICIES = ["WAIT", "SKIP_LINE", "SHIP_REST"] as const satisfies readonly StockPolicy[];
export const RULE_POLICIES = ["WAIT", "SKIP_LINE", "SHIP_REST", "SUBSTITUTE"] as const satisfies readonly StockPolicy[];

/** Bounds of whole numbers, ends included: the table's constraints (prisma/migrations), and 60 days of retries. */
export const BOUNDS = {
  billingHour: { min: 0, max: 23 },
  billingWindowMinutes: { min: 0, max: 720 },
  lateDaysMax: { min: 1, max: 90 },
  /** Longer than two months nobody remembers what the money was for. */
  dunningRetryDays: { min: 1, max: 60 },
  dunningHourFrom: { min: 0, max: 23 },
  dunningHourTo: { min: 1, max: 24 },
  payDays: { min: 1, max: 31 },
  challengeDays: { min: 1, max: 30 },
  stockWaitDays: { min: 1, max: 90 },
} as const;
/** Card networks count tries: more than these in one go would cost the shop fees. */
export const MAX_RETRIES = 15;
/** More rules than these belong in the stock itself, and would make the page slow. */
export const MAX_STOCK_RULES = 100;
/** Titles are for reading alone; Shopify's longest is 255. */
export const MAX_TITLE_LENGTH = 255;

export interface StockRuleForm {
  /** "gid://shopify/ProductVariant/1" */
  variantId: string;
  title: string;
  policy: StockPolicy;
  substituteVariantId: string | null;
  substituteTitle: string | null;
}

/** The form as it stands on the page: what is typed is text. */
export interface SettingsForm {
  billingHour: number;
  billingWindowMinutes: number;
  lateDaysMax: string;
  dunningRetryDays: string;
  dunningHourFrom: number;
  dunningHourTo: number;
  payDays: string;
  dunningEnd: DunningEnd;
  missedCycles: MissedCycles;
  challengeDays: string;
  stockPolicy: StockPolicy;
  stockWaitDays: string;
  stockRules: StockRuleForm[];
}

/** What is saved. */
export interface SettingsInput extends Omit<BillingSettings, "timeZone" | "stockRules"> {
  stockRules: StockRuleForm[];
}

export type SettingsField = keyof SettingsForm | `stockRules.${number}`;

export type SettingsProblem =
  | { field: SettingsField; code: "NOT_WHOLE" | "HOURS_TURNED" | "SUBSTITUTE_MISSING" | "SUBSTITUTE_SAME" }
  | { field: SettingsField; code: "OUT_OF_RANGE"; min: number; max: number }
  | { field: SettingsField; code: "TOO_MANY"; max: number };

export type ReadSettings = { ok: true; settings: SettingsInput } | { ok: false; problems: SettingsProblem[] };

export function settingsForm(saved: SettingsInput): SettingsForm {
  return {
    ...saved,
    lateDaysMax: String(saved.lateDaysMax),
    dunningRetryDays: saved.dunningRetryDays.join(", "),
    payDays: saved.payDays.join(", "),
    challengeDays: String(saved.challengeDays),
    stockWaitDays: String(saved.stockWaitDays),
  };
}

/** Reads the form: either the settings or everything that is wrong, each beside its field. Lists are sorted. */
export function readSettings(form: SettingsForm): ReadSettings {
  const problems: SettingsProblem[] = [];

  const whole = (field: keyof typeof BOUNDS & keyof SettingsForm, value: number): number => {
    const { min, max } = BOUNDS[field];
    if (!Number.isInteger(value)) problems.push({ field, code: "NOT_WHOLE" });
    else if (value < min || value > max) problems.push({ field, code: "OUT_OF_RANGE", min, max });
    return value;
  };
  const list = (field: "dunningRetryDays" | "payDays", maxCount: number): number[] => {
    const numbers = typedList(form[field]);
    const { min, max } = BOUNDS[field];
    if (numbers.some((number) => !Number.isInteger(number))) problems.push({ field, code: "NOT_WHOLE" });
    else if (numbers.some((number) => number < min || number > max)) {
      problems.push({ field, code: "OUT_OF_RANGE", min, max });
    } else if (numbers.length > maxCount) problems.push({ field, code: "TOO_MANY", max: maxCount });
    return numbers;
  };

  const settings: SettingsInput = {
    billingHour: whole("billingHour", form.billingHour),
    billingWindowMinutes: whole("billingWindowMinutes", form.billingWindowMinutes),
    lateDaysMax: whole("lateDaysMax", typedNumber(form.lateDaysMax)),
    dunningRetryDays: list("dunningRetryDays", MAX_RETRIES),
    dunningHourFrom: whole("dunningHourFrom", form.dunningHourFrom),
    dunningHourTo: whole("dunningHourTo", form.dunningHourTo),
    payDays: list("payDays", BOUNDS.payDays.max),
    dunningEnd: form.dunningEnd,
    missedCycles: form.missedCycles,
    challengeDays: whole("challengeDays", typedNumber(form.challengeDays)),
    stockPolicy: form.stockPolicy,
    stockWaitDays: whole("stockWaitDays", typedNumber(form.stockWaitDays)),
    stockRules: form.stockRules.map(plainRule),
  };
  if (settings.dunningHourFrom >= settings.dunningHourTo) {
    problems.push({ field: "dunningHourTo", code: "HOURS_TURNED" });
  }
  if (form.stockRules.length > MAX_STOCK_RULES) {
    problems.push({ field: "stockRules", code: "TOO_MANY", max: MAX_STOCK_RULES });
  }
  settings.stockRules.forEach((rule, index) => {
    if (rule.policy !== "SUBSTITUTE") return;
    if (rule.substituteVariantId === null) {
      problems.push({ field: `stockRules.${index}`, code: "SUBSTITUTE_MISSING" });
    } else if (rule.substituteVariantId === rule.variantId) {
      problems.push({ field: `stockRules.${index}`, code: "SUBSTITUTE_SAME" });
    }
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings };
}

/** A rule that substitutes nothing keeps no substitute. */
const plainRule = (rule: StockRuleForm): StockRuleForm =>
  rule.policy === "SUBSTITUTE" ? rule : { ...rule, substituteVariantId: null, substituteTitle: null };

/** "14", " 14 "; anything else is no number. */
const typedNumber = (text: string): number => (/^\s*\d{1,6}\s*$/.test(text) ? Number(text) : Number.NaN);

/** Days as people write them: "1, 2, 4", "1 2 4", "15. og 31.", in any order and twice; sorted and each once. */
export function typedList(text: string): number[] {
  const words = text
    .toLowerCase()
    .split(/[\s,;]+/)
    .map((word) => word.replace(/\.$/, ""))
    .filter((word) => word !== "" && word !== "og" && word !== "and");
  return [...new Set(words.map(typedNumber))].sort((a, b) => a - b);
}

/** What has been changed, by the names that the history keeps. */
export function changedSettings(before: SettingsInput, after: SettingsInput): (keyof SettingsInput)[] {
  const comparable = (settings: SettingsInput): Record<keyof SettingsInput, unknown> => ({
    ...settings,
    stockRules: settings.stockRules
      .map(({ variantId, policy, substituteVariantId }) => [variantId, policy, substituteVariantId ?? ""].join(" "))
      .sort(),
  });
  const [was, is] = [comparable(before), comparable(after)];
  return (Object.keys(was) as (keyof SettingsInput)[]).filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
}

/** The problem to show beside a field, if any. */
export const problemAt = (problems: readonly SettingsProblem[], field: SettingsField): SettingsProblem | undefined =>
  problems.find((problem) => problem.field === field);
