import type { IntervalUnit } from "~/lib/format";

import { frequencyKey } from "../plan";
import type { PlanField, PlanProblem } from "../plan";
import type { Plan } from "../plan-group";

export interface FormProduct {
  id: string;
  title: string;
  imageUrl: string | null;
}

/** The form as it stands on the page: numbers are what was typed. `row` tells rows apart while they are edited. */
export interface PlanFormState {
  name: string;
  discountPercentage: string;
  frequencies: { row: number; interval: IntervalUnit; intervalCount: string }[];
  products: FormProduct[];
}

export const newPlanForm: PlanFormState = {
  name: "",
  discountPercentage: "",
  frequencies: [{ row: 1, interval: "WEEK", intervalCount: "2" }],
  products: [],
};

export function formOf(plan: Plan & { products: FormProduct[] }, decimalMark: "." | ","): PlanFormState {
  return {
    name: plan.name,
    discountPercentage: plan.discountPercentage ? String(plan.discountPercentage).replace(".", decimalMark) : "",
    frequencies: plan.frequencies.map(({ interval, intervalCount }, index) => ({
      row: index + 1,
      interval,
      intervalCount: String(intervalCount),
    })),
    products: plan.products,
  };
}

/** What the form posts (plans/plan-form.server.ts reads it). */
export const postedForm = ({ name, discountPercentage, frequencies, products }: PlanFormState) => ({
  name,
  discountPercentage,
  frequencies: frequencies.map(({ interval, intervalCount }) => ({ interval, intervalCount })),
  productIds: products.map(({ id }) => id),
});

/** True if saving would change something: the order of frequencies and products doesn't count. */
export function isChanged(before: PlanFormState, now: PlanFormState): boolean {
  const comparable = (state: PlanFormState) => {
    const { name, discountPercentage, frequencies, productIds } = postedForm(state);
    return JSON.stringify([
      name,
      discountPercentage,
      frequencies.map((each) => frequencyKey({ ...each, intervalCount: Number(each.intervalCount) })).sort(),
      [...productIds].sort(),
    ]);
  };
  return comparable(before) !== comparable(now);
}

/** The next row's number: higher than any before, so that React never takes one row for another. */
export const nextRow = ({ frequencies }: PlanFormState): number =>
  Math.max(0, ...frequencies.map(({ row }) => row)) + 1;

/** The problem to show beside a field, if any. */
export const problemAt = (problems: PlanProblem[], field: PlanField): PlanProblem | undefined =>
  problems.find((problem) => problem.field === field);
