import { BOUNDS, readSettings, settingsForm } from "~/billing/settings/settings-form";
import type { SettingsForm, SettingsInput, SettingsProblem } from "~/billing/settings/settings-form";

import { MAX_DAYS, MAX_DECLINE_SHARE } from "./report";
import type { TimeMachineInput } from "./report";

/** What the time machine is asked, as a form. Pure, for page and server. */

/** Settings whose effect can be tried out, one at a time: of two changes nobody could tell which one did it. */
export const COMPARISONS = ["dunningRetryDays", "payDays", "dunningEnd", "missedCycles", "billingHour"] as const;
export type Comparison = (typeof COMPARISONS)[number];

const MAX_PERCENTAGE = MAX_DECLINE_SHARE * 100;

/** The form as it stands on the page. The settings stand as they are now until they are changed. */
export interface TimeMachineForm extends Pick<SettingsForm, Comparison> {
  days: string;
  /** Share of further charges that are declined, 0–50 %. */
  declinePercentage: string;
  compare: Comparison | "NOTHING";
}

export type TimeMachineField = "days" | "declinePercentage" | Comparison;

export type TimeMachineProblem =
  | { field: TimeMachineField; code: "NOT_WHOLE" | "SAME" }
  | { field: TimeMachineField; code: "OUT_OF_RANGE"; min: number; max: number }
  | { field: TimeMachineField; code: "TOO_MANY"; max: number };

export type ReadTimeMachine = { ok: true; input: TimeMachineInput } | { ok: false; problems: TimeMachineProblem[] };

export function timeMachineForm(settings: SettingsInput): TimeMachineForm {
  const { dunningRetryDays, payDays, dunningEnd, missedCycles, billingHour } = settingsForm(settings);
  const now = { dunningRetryDays, payDays, dunningEnd, missedCycles, billingHour };
  return { days: "30", declinePercentage: "5", compare: "NOTHING", ...now };
}

/** @param settings the shop's own, which the changed one is compared with */
export function readTimeMachineForm(form: TimeMachineForm, settings: SettingsInput): ReadTimeMachine {
  const problems: TimeMachineProblem[] = [];
  const whole = (field: "days" | "declinePercentage", min: number, max: number): number => {
    const value = /^\s*\d{1,6}\s*%?\s*$/.test(form[field]) ? Number.parseInt(form[field], 10) : Number.NaN;
    if (Number.isNaN(value)) problems.push({ field, code: "NOT_WHOLE" });
    else if (value < min || value > max) problems.push({ field, code: "OUT_OF_RANGE", min, max });
    return value;
  };
  const days = whole("days", 1, MAX_DAYS);
  const declineShare = whole("declinePercentage", 0, MAX_PERCENTAGE) / 100;

  const { compare } = form;
  if (compare === "NOTHING") return problems.length > 0 ? { ok: false, problems } : asked(days, declineShare);

  const read = readSettings({ ...settingsForm(settings), [compare]: form[compare] });
  if (!read.ok) return { ok: false, problems: [...problems, ...read.problems.flatMap((each) => about(compare, each))] };
  if (String(read.settings[compare]) === String(settings[compare])) problems.push({ field: compare, code: "SAME" });
  return problems.length > 0
    ? { ok: false, problems }
    : asked(days, declineShare, { [compare]: read.settings[compare] });
}

const asked = (days: number, declineShare: number, changed?: TimeMachineInput["changed"]): ReadTimeMachine => ({
  ok: true,
  input: { days, assumptions: { declineShare }, ...(changed ? { changed } : {}) },
});

/** What is wrong with the changed setting; the others are as they were saved. */
function about(field: Comparison, problem: SettingsProblem): TimeMachineProblem[] {
  if (problem.field !== field) return [];
  switch (problem.code) {
    case "OUT_OF_RANGE":
    case "TOO_MANY":
      return [{ ...problem, field }];
    default:
      return [{ field, code: "NOT_WHOLE" }];
  }
}

/** Hours of the day that can be chosen, 0–23. */
export const HOURS = Array.from({ length: BOUNDS.billingHour.max + 1 }, (_, hour) => hour);

/** The problem to show beside a field, if any. */
export const problemAt = (
  problems: readonly TimeMachineProblem[],
  field: TimeMachineField,
): TimeMachineProblem | undefined => problems.find((problem) => problem.field === field);
