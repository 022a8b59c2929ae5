import { useT } from "~/ui/i18n";

import { problemAt } from "../../settings/settings-form";
import type { SettingsField, SettingsProblem } from "../../settings/settings-form";

const LISTS: readonly SettingsField[] = ["dunningRetryDays", "payDays"];

/** The words for what is wrong with a field, to stand beside it; undefined if nothing is. */
export function useProblemText(problems: readonly SettingsProblem[]): (field: SettingsField) => string | undefined {
  const t = useT();
  return (field) => {
    const problem = problemAt(problems, field);
    if (!problem) return undefined;
    const inList = LISTS.includes(field);
    switch (problem.code) {
      case "NOT_WHOLE":
        return t(inList ? "billingSettings.problem.NOT_WHOLE_LIST" : "billingSettings.problem.NOT_WHOLE");
      case "OUT_OF_RANGE": {
        const { min, max } = problem;
        return t(inList ? "billingSettings.problem.OUT_OF_RANGE_LIST" : "billingSettings.problem.OUT_OF_RANGE", {
          min,
          max,
        });
      }
      case "TOO_MANY":
        return t("billingSettings.problem.TOO_MANY", { max: problem.max });
      default:
        return t(`billingSettings.problem.${problem.code}`);
    }
  };
}
