import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

/** One thing that a form asks for. What is wrong with it stands beside it and is said with it. */
export interface Field {
  name: string;
  label: string;
  value?: string;
  hint?: string | undefined;
  error?: string | undefined;
}

const idOf = (name: string): string => `perennial-${name.replaceAll(/[^A-Za-z0-9]/g, "-")}`;

/** What the field's input is described by. */
function describedBy(id: string, { hint, error }: Pick<Field, "hint" | "error">): Html | false {
  const ids = [...(hint ? [`${id}-hint`] : []), ...(error ? [`${id}-error`] : [])];
  return ids.length > 0 && html` aria-describedby="${ids.join(" ")}"`;
}

const invalid = (error: string | undefined): Html | false => error !== undefined && html` aria-invalid="true"`;

const around = (id: string, { label, hint, error }: Field, input: Html): Html =>
  html`<div class="perennial-field">
    <label for="${id}">${label}</label>
    ${hint && html`<p class="perennial-small" id="${id}-hint">${hint}</p>`} ${errorLine(id, error)} ${input}
  </div>`;

const errorLine = (id: string, error: string | undefined): Html | false =>
  error !== undefined && html`<p class="perennial-error" id="${id}-error">${error}</p>`;

export interface InputOptions {
  type?: "text" | "email" | "date" | "number" | "tel";
  autocomplete?: string;
  required?: boolean;
  min?: string;
  max?: string;
  maxLength?: number;
  /** As wide as what it is for. */
  short?: boolean;
}

export function input(field: Field, options: InputOptions = {}): Html {
  const { type = "text", autocomplete, required = false, min, max, maxLength, short = false } = options;
  const id = idOf(field.name);
  return around(
    id,
    field,
    html`<input
      class="perennial-input${short && " perennial-short"}"
      id="${id}"
      name="${field.name}"
      type="${type}"
      value="${field.value ?? ""}"
      ${autocomplete && html`autocomplete="${autocomplete}"`}
      ${type === "number" && html`inputmode="numeric"`}
      ${required && html`required`}
      ${min && html`min="${min}"`}
      ${max && html`max="${max}"`}
      ${maxLength && html`maxlength="${maxLength}"`}
      ${describedBy(id, field)}${invalid(field.error)}
    />`,
  );
}

export interface Option {
  value: string;
  label: string;
}

export interface SelectOptions {
  autocomplete?: string;
  required?: boolean;
}

export function select(
  field: Field,
  options: readonly Option[],
  { autocomplete, required = false }: SelectOptions = {},
): Html {
  const id = idOf(field.name);
  return around(
    id,
    field,
    html`<select
      class="perennial-input"
      id="${id}"
      name="${field.name}"
      ${autocomplete && html`autocomplete="${autocomplete}"`}
      ${required && html`required`}
      ${describedBy(id, field)}${invalid(field.error)}
    >
      ${options.map(
        ({ value, label }) =>
          html`<option value="${value}" ${value === field.value && html`selected`}>${label}</option>`,
      )}
    </select>`,
  );
}

export interface Radio extends Option {
  detail?: string | null;
  /** "sold out", "as now" */
  mark?: string | null;
  imageUrl?: string | null;
  disabled?: boolean;
  /** Belongs to this choice alone. */
  more?: Html;
}

/** One of several, each with what it means. */
export function radios(
  { name, label, value, hint, error }: Field,
  options: readonly Radio[],
  { optional = false }: { optional?: boolean } = {},
): Html {
  const group = idOf(name);
  return html`<fieldset class="perennial-field" ${describedBy(group, { hint, error })}>
    <legend>${label}</legend>
    ${hint && html`<p class="perennial-small" id="${group}-hint">${hint}</p>`} ${errorLine(group, error)}
    ${options.map(({ value: each, label: text, detail, mark, imageUrl, disabled = false, more }, index) => {
      const id = `${group}-${index}`;
      return html`<div class="perennial-choice">
        <label for="${id}"
          ><input
            id="${id}"
            type="radio"
            name="${name}"
            value="${each}"
            ${!optional && html`required`}
            ${each === value && html`checked`}
            ${disabled && html`disabled`}
          />
          ${imageUrl && html`<img src="${imageUrl}" alt="" width="48" height="48" loading="lazy" />`}
          <span
            >${text}${mark && html` <span class="perennial-small">(${mark})</span>`}${
              detail && html`<span class="perennial-detail">${detail}</span>`
            }</span
          ></label
        >
        ${more}
      </div>`;
    })}
  </fieldset>`;
}

export const checkbox = ({ name, label, error }: Field): Html => {
  const id = idOf(name);
  return html`<div class="perennial-field">
    ${errorLine(id, error)}
    <label class="perennial-check" for="${id}"
      ><input
        id="${id}"
        type="checkbox"
        name="${name}"
        value="yes"
        required${describedBy(id, { error })}${invalid(error)}
      />
      <span>${label}</span></label
    >
  </div>`;
};
