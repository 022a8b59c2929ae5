import { formatDate } from "~/lib/format";
import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import { LARGEST_QUANTITY } from "../actions";
import type { PortalActionKind } from "../actions";
import type { Choice, MethodChoice, PreferenceChoice, VariantChoice } from "../views";
import { addressFields } from "./address-form";
import { PREFERENCE } from "./action-input";
import { input, radios, select } from "./fields";
import type { Radio } from "./fields";
import { said } from "./form-facts";
import type { FormFacts } from "./form-facts";
import type { Frame } from "./frame";
import { nameOf } from "./lines";

/** A day of the shop's calendar, in words. */
export const dayText = (frame: Frame, day: string): string => formatDate(`${day}T12:00:00Z`, frame.locale, "UTC");

const lineOf = ({ subscription, ref }: FormFacts) => subscription.lines.find(({ id }) => id === ref);
const cycleOf = ({ subscription, ref }: FormFacts) =>
  subscription.upcoming.find(({ cycleIndex }) => String(cycleIndex) === ref);

/** The question that the page puts, its heading. */
export function formTitle(frame: Frame, kind: PortalActionKind, facts: FormFacts): string {
  const { t } = frame;
  const line = lineOf(facts);
  const names = { line: line ? nameOf(line) : "", date: cycleOf(facts)?.dateText ?? "" };
  switch (kind) {
    case "move":
    case "pause":
    case "frequency":
    case "quantity":
    case "swap":
    case "preferences":
    case "add-line":
    case "add-one-off":
    case "address":
    case "delivery-method":
    case "discount-code":
      return t(`form.${kind}.title`, names);
    default:
      return t(`do.${kind}`);
  }
}

/** The fields of a form; null when there is nothing to choose from. */
export function formFields(frame: Frame, kind: PortalActionKind, facts: FormFacts): Html | null {
  const { choices } = facts;
  switch (kind) {
    case "move":
      return moveFields(frame, facts);
    case "pause":
      return pauseFields(frame, facts);
    case "quantity":
      return quantityField(frame, facts, String(lineOf(facts)?.quantity ?? 1));
    case "frequency":
      return choices.kind === kind ? choiceFields(frame, facts, kind, "sellingPlan", choices.plans) : null;
    case "delivery-method":
      return choices.kind === kind ? methodFields(frame, facts, choices.methods) : null;
    case "swap":
      return choices.kind === kind ? choiceFields(frame, facts, kind, "variant", choices.variants) : null;
    case "add-line":
    case "add-one-off":
      return choices.kind === "add-line" || choices.kind === "add-one-off"
        ? addFields(frame, facts, kind, choices.variants)
        : null;
    case "preferences":
      return choices.kind === kind ? preferenceFields(frame, facts, choices.preferences) : null;
    case "address":
      return choices.kind === kind ? addressFields(frame, facts, choices) : null;
    case "discount-code":
      return input(
        { name: "code", label: frame.t("form.discount-code.code"), ...said(frame, facts, "code") },
        { autocomplete: "off", required: true, maxLength: 255, short: true },
      );
    default:
      return null;
  }
}

function moveFields(frame: Frame, facts: FormFacts): Html | null {
  const { t } = frame;
  const cycle = cycleOf(facts);
  const range = cycle?.movable;
  if (!cycle || !range) return null;
  const between = { from: dayText(frame, range.from), to: dayText(frame, range.to) };
  return input(
    {
      name: "day",
      label: t("form.move.day"),
      hint: t("form.move.range", between),
      value: facts.typed?.day ?? cycle.day,
      error: facts.errors.day && t("error.dayBetween", between),
    },
    { type: "date", required: true, min: range.from, max: range.to, short: true },
  );
}

function pauseFields(frame: Frame, facts: FormFacts): Html {
  const { t } = frame;
  const day = input(
    { name: "until", label: t("form.pause.day"), ...said(frame, facts, "until") },
    { type: "date", short: true },
  );
  return radios({ name: "length", label: t("form.pause.legend"), value: facts.typed?.length ?? "until" }, [
    { value: "until", label: t("form.pause.until"), more: day },
    { value: "open", label: t("form.pause.open") },
  ]);
}

const quantityField = (frame: Frame, facts: FormFacts, now: string): Html =>
  input(
    { name: "quantity", label: frame.t("form.quantity.quantity"), ...said(frame, facts, "quantity", now) },
    { type: "number", required: true, min: "1", max: String(LARGEST_QUANTITY), short: true },
  );

function choiceFields(
  frame: Frame,
  facts: FormFacts,
  kind: "frequency" | "delivery-method" | "swap" | "add-line" | "add-one-off",
  name: string,
  choices: readonly (Choice | VariantChoice)[],
): Html | null {
  // What is so already is no choice.
  if (choices.every(({ current }) => current)) return null;
  const now = choices.find(({ current }) => current)?.value;
  return radios(
    { name, label: frame.t(`form.${kind}.legend`), ...said(frame, facts, name, now) },
    choices.map((choice) => radioOf(frame, choice)),
  );
}

function methodFields(frame: Frame, facts: FormFacts, methods: readonly MethodChoice[]): Html | null {
  const choice = choiceFields(frame, facts, "delivery-method", "code", methods);
  const local = methods.find(({ phone }) => phone !== null);
  if (!choice || !local) return choice;
  const { t } = frame;
  const hint = t("form.delivery-method.phoneHint", { method: local.label });
  return html`${choice}${input(
    {
      name: "phone",
      label: t("form.delivery-method.phone"),
      hint,
      ...said(frame, facts, "phone", local.phone?.value),
    },
    { type: "tel", autocomplete: "tel", maxLength: 30, short: true },
  )}`;
}

function radioOf({ t }: Frame, choice: Choice | VariantChoice): Radio {
  const soldOut = "soldOut" in choice && choice.soldOut;
  return {
    value: choice.value,
    label: choice.label,
    detail: choice.detail,
    mark: soldOut ? t("form.soldOut") : choice.current ? t("form.current") : null,
    imageUrl: "imageUrl" in choice ? choice.imageUrl : null,
    disabled: soldOut,
  };
}

function addFields(
  frame: Frame,
  facts: FormFacts,
  kind: "add-line" | "add-one-off",
  variants: readonly VariantChoice[],
): Html | null {
  const choice = choiceFields(frame, facts, kind, "variant", variants);
  return choice && html`${choice}${quantityField(frame, facts, "1")}`;
}

function preferenceFields(frame: Frame, facts: FormFacts, preferences: readonly PreferenceChoice[]): Html | null {
  if (preferences.length === 0) return null;
  return html`${preferences.map(({ key, label, value, options, maxLength }) => {
    const field = { name: `${PREFERENCE}${key}`, label, ...said(frame, facts, `${PREFERENCE}${key}`, value) };
    if (options.length === 0) return input(field, { maxLength });
    // What the line says now stays to be chosen, also when the merchant no longer offers it.
    const all = value === "" || options.includes(value) ? options : [value, ...options];
    return select(field, [
      { value: "", label: frame.t("form.preferences.none") },
      ...all.map((option) => ({ value: option, label: option })),
    ]);
  })}`;
}
