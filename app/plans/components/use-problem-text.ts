import { useT } from "~/ui/i18n";

import type { PlanProblem } from "../plan";

/** The words for a problem, to stand beside its field; undefined without one. */
export function useProblemText(): (problem: PlanProblem | undefined) => string | undefined {
  const t = useT();
  return (problem) => {
    if (!problem) return undefined;
    return problem.code === "SHOPIFY_SAYS" ? (problem.message ?? "") : t(`planProblem.${problem.code}`);
  };
}
