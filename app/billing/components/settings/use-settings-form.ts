import { useFetcher } from "@remix-run/react";
import { useEffect, useState } from "react";

import { changedSettings, readSettings, settingsForm } from "../../settings/settings-form";
import type { SettingsForm, SettingsInput, SettingsProblem } from "../../settings/settings-form";

export type SettingsAction = { outcome: "SAVED" } | { outcome: "INVALID"; problems: SettingsProblem[] };

/** What the form posts (billing/settings/settings-form.server.ts reads it). */
const posted = (form: SettingsForm) => ({ ...form, stockRules: form.stockRules.map((rule) => ({ ...rule })) });

/**
 * The settings form's behaviour: what is typed, what it means, what was wrong with it when it was to be saved.
 * @param saved the settings as they are kept
 * @param onSaved called once after a save
 */
export function useSettingsForm(saved: SettingsInput, onSaved: () => void) {
  const fetcher = useFetcher<SettingsAction>();
  const [form, setForm] = useState(() => settingsForm(saved));
  const [baseline, setBaseline] = useState(form);
  const [problems, setProblems] = useState<SettingsProblem[]>([]);
  const [lastValid, setLastValid] = useState(saved);
  const { data, state } = fetcher;

  useEffect(() => {
    if (state !== "idle" || !data) return;
    if (data.outcome === "INVALID") {
      setProblems(data.problems);
      return;
    }
    // Lists are kept sorted: the form shows what has been kept.
    const kept = readSettings(form);
    const settled = kept.ok ? settingsForm(kept.settings) : form;
    setForm(settled);
    setBaseline(settled);
    setProblems([]);
    onSaved();
    // Only a new answer is acted on: form and onSaved are new at every rendering.
  }, [data, state]);

  const read = readSettings(form);
  const readBaseline = readSettings(baseline);
  return {
    form,
    problems,
    saving: state !== "idle",
    /** Text that means the same isn't a change; text that means nothing is. */
    changed: read.ok && readBaseline.ok ? changedSettings(readBaseline.settings, read.settings).length > 0 : true,
    /** What the form means; while it means nothing, what it meant last. */
    settings: read.ok ? read.settings : lastValid,
    valid: read.ok,
    change(changes: Partial<SettingsForm>) {
      const next = { ...form, ...changes };
      setForm(next);
      const readNext = readSettings(next);
      if (readNext.ok) setLastValid(readNext.settings);
      // What is being corrected is no longer red.
      const names = Object.keys(changes);
      setProblems((current) =>
        current.filter(({ field }) => !names.some((name) => field === name || field.startsWith(`${name}.`))),
      );
    },
    save() {
      if (!read.ok) {
        setProblems(read.problems);
        return;
      }
      void fetcher.submit({ settings: posted(form) }, { method: "POST", encType: "application/json" });
    },
    discard() {
      setForm(baseline);
      setProblems([]);
    },
  };
}
