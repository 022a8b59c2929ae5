import { useFetcher } from "@remix-run/react";
import { useEffect, useState } from "react";

import { showToast } from "~/ui/app-bridge";
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
 * @param saved the plan as Shopify has it @param onSaved called once with the plan's id after a save
 */
export function usePlanForm(saved: PlanFormState, onSaved: (id: string) => void) {
  const t = useT();
  const fetcher = useFetcher<PlanAction>();
  const [form, setForm] = useState(saved);
  const [baseline, setBaseline] = useState(saved);
  const [problems, setProblems] = useState<PlanProblem[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);
  const { data, state } = fetcher;

  useEffect(() => {
    if (state !== "idle" || !data) return;
    switch (data.outcome) {
      case "SAVED":
        setProblems([]);
        setTrouble(null);
        onSaved(data.id);
        return;
      case "INVALID":
        setProblems(data.problems);
        setTrouble(null);
        return;
      case "PRODUCTS_NOT_SAVED":
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
    // Only a new answer is acted on: t and onSaved are new at every rendering.
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
    confirmSaved: () => {
      showToast(t("plans.saved"));
    },
  };
}
