import { useFetcher } from "@remix-run/react";
import { useEffect, useState } from "react";

import { portalForm, readPortalForm } from "../../portal-form";
import type { PortalForm, PortalFormProblem, PortalInput } from "../../portal-form";

export type PortalFormAction =
  | { outcome: "SAVED" }
  | { outcome: "INVALID"; problems: PortalFormProblem[] }
  /** Products could not be looked up; nothing was saved. */
  | { outcome: "SHOPIFY_UNAVAILABLE" };

/**
 * The portal settings' behaviour: what is typed, and what was wrong with it when it was to be saved.
 * @param saved the settings as they are kept
 * @param onSaved called once after a save
 */
export function usePortalForm(saved: PortalInput, onSaved: () => void) {
  const fetcher = useFetcher<PortalFormAction>();
  const [form, setForm] = useState(() => portalForm(saved));
  const [baseline, setBaseline] = useState(form);
  const [problems, setProblems] = useState<PortalFormProblem[]>([]);
  const { data, state } = fetcher;

  useEffect(() => {
    if (state !== "idle" || !data) return;
    if (data.outcome === "INVALID") setProblems(data.problems);
    if (data.outcome !== "SAVED") return;
    // The form shows what has been kept: "no; se" as "NO, SE".
    const kept = readPortalForm(form);
    const settled = kept.ok ? portalForm(kept.input) : form;
    setForm(settled);
    setBaseline(settled);
    setProblems([]);
    onSaved();
    // Only a new answer is acted on: form and onSaved are new at every rendering.
  }, [data, state]);

  return {
    form,
    problems,
    saving: state !== "idle",
    unavailable: state === "idle" && data?.outcome === "SHOPIFY_UNAVAILABLE",
    changed: JSON.stringify(form) !== JSON.stringify(baseline),
    change(changes: Partial<PortalForm>) {
      setForm({ ...form, ...changes });
      // What is being corrected is no longer red.
      const names = Object.keys(changes);
      setProblems((current) =>
        current.filter(({ field }) => !names.some((name) => field === name || field.startsWith(`${name}.`))),
      );
    },
    save() {
      const read = readPortalForm(form);
      if (!read.ok) {
        setProblems(read.problems);
        return;
      }
      void fetcher.submit(JSON.stringify({ form }), { method: "POST", encType: "application/json" });
    },
    discard() {
      setForm(baseline);
      setProblems([]);
    },
  };
}
