import { useFetcher } from "@remix-run/react";
import { useEffect, useState } from "react";

import { useT } from "~/ui/i18n";

import type { PlanField, PlanProblem } from "../plan";
import type { DeletePlanOutcome, SavePlanOutcome } from "../plans.server";
import { isChanged, postedForm } from "./plan-form-state";
import type { PlanFormState } from "./plan-form-state";

export type PlanAction = SavePlanOutcome | DeletePlanOutcome;

const touched = (changes: Partial<PlanFormState>): ((field: PlanField) => boolean) => {
  const names = Object.keys(changes);
  return (field) => names.some((name) => field === name || field.startsWith(`${name}.`));
};

/**
 * The plan form's behaviour: what is typed, what is saved, what was wrong with it.
 * @param saved the plan as Shopify has it
 * @param on.saved called once with the plan's id after a save
 * @param on.partlySaved the same if the products are not, or not all, attached; without it the form stays and says so
 * @param startingTrouble words to begin with: what went wrong before this page was opened
 */
export function usePlanForm(
  saved: PlanFormState,
  on: { saved: (id: string) => void; partlySaved?: (id: string) => void },
  startingTrouble: string | null = null,
) {
  const t = useT();
  const fetcher = useFetcher<PlanAction>();
  const [form, setForm] = useState(saved);
  const [baseline, setBaseline] = useState(saved);
  const [problems, setProblems] = useState<PlanProblem[]>([]);
  const [trouble, setTrouble] = useState(startingTrouble);
  const { data, state } = fetcher;

  useEffect(() => {
    if (state !== "idle" || !data) return;
    switch (data.outcome) {
      case "SAVED":
        setProblems([]);
        setTrouble(null);
        on.saved(data.id);
        return;
      case "INVALID":
        setProblems(data.problems);
        setTrouble(null);
        return;
      case "PRODUCTS_NOT_SAVED":
        if (on.partlySaved) {
          on.partlySaved(data.id);
          return;
        }
        setProblems(data.problems);
        setTrouble(t("plans.productsNotSaved"));
        return;
      case "NOT_FOUND":
        setTrouble(t("plans.gone"));
        return;
      case "NOT_EDITABLE":
        setTrouble(t("plans.notEditable"));
        return;
      case "SHOPIFY_UNAVAILABLE":
        setTrouble(t("trouble.unavailable"));
        return;
      case "UNKNOWN":
        setTrouble(t("trouble.unknown"));
        return;
      case "DELETED":
        return;
    }
    // Only a new answer is acted on: t and what is called are new at every rendering.
  }, [data, state]);

  return {
    form,
    problems,
    trouble,
    saving: state !== "idle",
    changed: isChanged(baseline, form),
    change(changes: Partial<PlanFormState>) {
      setForm((current) => ({ ...current, ...changes }));
      // What is being corrected is no longer red.
      const isTouched = touched(changes);
      setProblems((current) => current.filter(({ field }) => !isTouched(field)));
    },
    save() {
      void fetcher.submit(
        {
          intent: "save",
          plan: postedForm(form),
          knownProductIds: baseline.products.map(({ id }) => id),
        },
        { method: "POST", encType: "application/json" },
      );
    },
    discard() {
      setForm(baseline);
      setProblems([]);
      setTrouble(null);
    },
    /** The plan was saved, or read anew: this is what "unsaved" is measured against from now on. */
    settle(now: PlanFormState) {
      setForm(now);
      setBaseline(now);
    },
  };
}
