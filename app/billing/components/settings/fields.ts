import type { SettingsForm, SettingsProblem } from "../../settings/settings-form";

/** What every part of the settings form is given. */
export interface FieldsProps {
  form: SettingsForm;
  problems: SettingsProblem[];
  onChange: (changes: Partial<SettingsForm>) => void;
}
