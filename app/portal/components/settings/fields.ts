import { useT } from "~/ui/i18n";

import type { PortalForm, PortalFormProblem } from "../../portal-form";

/** What every part of the settings page gets. */
export interface FieldsProps {
  form: PortalForm;
  problems: PortalFormProblem[];
  onChange: (changes: Partial<PortalForm>) => void;
}

/** What is wrong with a field, in words; undefined if nothing is. */
export function useProblemText(problems: PortalFormProblem[]): (field: string) => string | undefined {
  const t = useT();
  return (field) => {
    const problem = problems.find((each) => each.field === field);
    if (!problem) return undefined;
    return t(`portalSettings.problem_${problem.code}`, valuesOf(problem));
  };
}

function valuesOf(problem: PortalFormProblem): Record<string, string | number> {
  switch (problem.code) {
    case "NOT_WHOLE":
      return { min: problem.min, max: problem.max };
    case "TOO_MANY":
      return { max: problem.max };
    case "COUNTRY":
      return { value: problem.value };
    default:
      return {};
  }
}

/** The list with one of its items changed. */
export const changed = <Item>(items: readonly Item[], index: number, changes: Partial<Item>): Item[] =>
  items.map((item, each) => (each === index ? { ...item, ...changes } : item));

export const without = <Item>(items: readonly Item[], index: number): Item[] =>
  items.filter((_, each) => each !== index);
