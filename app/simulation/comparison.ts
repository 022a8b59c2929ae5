import { Decimal } from "decimal.js";

import { add, money } from "~/money/money";
import type { Money } from "~/money/money";

import type { Run, RunDay, TimeMachineReport } from "./report";

/** Two runs side by side, in the figures that a merchant decides by. */

export const FIGURES = [
  "charged",
  "retried",
  "recovered",
  "failedForGood",
  "paused",
  "skipped",
  "cancelled",
  "parked",
] as const satisfies readonly (keyof Run)[];
export type Figure = (typeof FIGURES)[number];

export interface FigureRow {
  figure: Figure;
  now: number;
  /** With the changed setting, and how much more that is; null when nothing was changed. */
  then: number | null;
  difference: number | null;
}

export interface AmountRow {
  of: "amount" | "recoveredAmount";
  now: Money;
  then: Money | null;
  difference: Money | null;
}

export interface Comparison {
  figures: FigureRow[];
  /** One for each currency that occurs. Before tax. */
  amounts: AmountRow[];
  /** The setting was changed and no figure with it. */
  same: boolean;
}

export function compareRuns({ run, changed }: Pick<TimeMachineReport, "run" | "changed">): Comparison {
  const figures = FIGURES.map((figure) => ({
    figure,
    now: run[figure],
    then: changed?.[figure] ?? null,
    difference: changed ? changed[figure] - run[figure] : null,
  }));
  const amounts = (["amount", "recoveredAmount"] as const).flatMap((of) =>
    currenciesOf(run[of], changed?.[of] ?? []).map((currencyCode) => amountRow(of, run, changed, currencyCode)),
  );
  const differs =
    figures.some(({ difference }) => difference !== null && difference !== 0) ||
    amounts.some(({ difference }) => difference !== null && Number(difference.amount) !== 0);
  return { figures, amounts, same: changed !== null && !differs };
}

const currenciesOf = (...lists: Money[][]): string[] =>
  [...new Set(lists.flat().map(({ currencyCode }) => currencyCode))].sort();

function amountRow(of: AmountRow["of"], run: Run, changed: Run | null, currencyCode: string): AmountRow {
  const now = amountIn(run[of], currencyCode);
  const then = changed ? amountIn(changed[of], currencyCode) : null;
  const difference = then ? money(new Decimal(then.amount).minus(now.amount), currencyCode) : null;
  return { of, now, then, difference };
}

const amountIn = (amounts: readonly Money[], currencyCode: string): Money =>
  amounts.find((each) => each.currencyCode === currencyCode) ?? money(0, currencyCode);

/** More days than these as bars are too thin to read, above all two beside each other. */
const DAYS_AS_BARS = 45;
const DAYS_PER_WEEK = 7;

/** The bars of a chart: days, or the weeks that begin with them. */
export interface Bars {
  by: "DAY" | "WEEK";
  now: RunDay[];
  /** With the changed setting. */
  then: RunDay[] | null;
}

export function barsOf({ run, changed }: Pick<TimeMachineReport, "run" | "changed">): Bars {
  return run.byDay.length > DAYS_AS_BARS
    ? { by: "WEEK", now: weeksOf(run.byDay), then: changed && weeksOf(changed.byDay) }
    : { by: "DAY", now: run.byDay, then: changed && changed.byDay };
}

/** Seven days in one, by the first of them; the last one may have fewer. */
function weeksOf(days: readonly RunDay[]): RunDay[] {
  const weeks: RunDay[] = [];
  days.forEach((day, index) => {
    const week = weeks.at(-1);
    if (!week || index % DAYS_PER_WEEK === 0) weeks.push({ ...day });
    else {
      week.charged += day.charged;
      week.failed += day.failed;
      week.amount = sumsOf([...week.amount, ...day.amount]);
    }
  });
  return weeks;
}

/** One sum for each currency. */
function sumsOf(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, Money>();
  for (const amount of amounts) {
    const sum = sums.get(amount.currencyCode);
    sums.set(amount.currencyCode, sum ? add(sum, amount) : amount);
  }
  return [...sums.values()];
}
