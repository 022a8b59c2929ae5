import type { OfferKind, OfferRule, OwnReason, Reason } from "./leaving";
import {
  LARGEST_DISCOUNT,
  LONGEST_PAUSE_MONTHS,
  MOST_DISCOUNTED_ORDERS,
  MOST_OWN_REASONS,
  offerRules,
  ownReasonsOf,
  rulesOf,
} from "./leaving";
import { linePreferencesInput, MOST_PREFERENCES, portalSettingsInput } from "./settings";
import type { LinePreferenceView, PortalSettingsView, Switchable } from "./settings";

/** The portal's settings as a form: what is typed, what it means, and what is wrong with it. Pure, for page and server. */

export interface OfferForm {
  reason: Reason;
  offer: OfferKind;
  months: string;
  percent: string;
  orders: string;
  variantId: string;
}

export interface PreferenceForm {
  key: string;
  labelEn: string;
  labelNb: string;
  /** One on each line. */
  options: string;
  productId: string | null;
}

export interface SwapForm {
  variantId: string;
  /** "Fjellbris - 250 g", for the page. */
  title: string;
  forSwap: boolean;
  forAdd: boolean;
  forOneOff: boolean;
}

/** The form as it stands on the page: what is typed is text. */
export interface PortalForm {
  switchedOff: Switchable[];
  offers: OfferForm[];
  reasons: OwnReason[];
  swap: SwapForm[];
  preferences: PreferenceForm[];
  /** "NO, SE" */
  withdrawalCountries: string;
  cancelPageCountries: string;
  angrerettCountries: string;
  withdrawalTextEn: string;
  withdrawalTextNb: string;
}

export type PortalProblemCode =
  | { code: "REQUIRED" | "TOO_LONG" | "TWICE" | "UNDERSCORE" | "VARIANT" }
  | { code: "NOT_WHOLE"; min: number; max: number }
  | { code: "COUNTRY"; value: string }
  | { code: "TOO_MANY"; max: number };

/** `field`: "withdrawalCountries", "preferences.0.labelEn", "offers.2.percent". */
export type PortalFormProblem = PortalProblemCode & { field: string };

export interface PortalInput {
  settings: PortalSettingsView;
  preferences: LinePreferenceView[];
  swap: SwapForm[];
}

const EMPTY_OFFER = { months: "1", percent: "10", orders: "3", variantId: "" };

export const newOffer = (): OfferForm => ({ reason: "TOO_MUCH", offer: "PAUSE", ...EMPTY_OFFER });

export function portalForm({ settings, preferences, swap }: PortalInput): PortalForm {
  const { switchedOff, withdrawalTextEn, withdrawalTextNb } = settings;
  return {
    switchedOff,
    offers: rulesOf(settings.offers).map(({ reason, offer, ...rest }) => ({
      reason,
      offer,
      ...EMPTY_OFFER,
      ...("months" in rest ? { months: String(rest.months) } : {}),
      ...("percent" in rest ? { percent: String(rest.percent), orders: String(rest.orders) } : {}),
      ...("variantId" in rest ? { variantId: rest.variantId } : {}),
    })),
    reasons: [...ownReasonsOf(settings.reasons)],
    swap,
    preferences: preferences.map(({ options, ...rest }) => ({ ...rest, options: options.join("\n") })),
    withdrawalCountries: settings.withdrawalCountries.join(", "),
    cancelPageCountries: settings.cancelPageCountries.join(", "),
    angrerettCountries: settings.angrerettCountries.join(", "),
    withdrawalTextEn,
    withdrawalTextNb,
  };
}

/** Of a reason or a question. */
const LONGEST_LABEL = 80;
const LONGEST_KEY = 40;
const LONGEST_OPTION = 250;
const MOST_OPTIONS = 30;
const LONGEST_TEXT = 5000;

/** What the form means, or everything that is wrong with it. */
export function readPortalForm(
  form: PortalForm,
): { ok: true; input: PortalInput } | { ok: false; problems: PortalFormProblem[] } {
  const problems: PortalFormProblem[] = [];
  const wrong = (field: string, problem: PortalProblemCode) => problems.push({ field, ...problem });
  const text = (field: string, value: string, longest: number): string => {
    const trimmed = value.trim();
    if (trimmed === "") wrong(field, { code: "REQUIRED" });
    else if (trimmed.length > longest) wrong(field, { code: "TOO_LONG" });
    return trimmed;
  };
  const whole = (field: string, value: string, max: number): number => {
    const number = Number(value.trim());
    if (value.trim() === "" || !Number.isInteger(number) || number < 1 || number > max) {
      wrong(field, { code: "NOT_WHOLE", min: 1, max });
    }
    return number;
  };
  const countries = (field: "withdrawalCountries" | "cancelPageCountries" | "angrerettCountries"): string[] => {
    const codes = form[field].split(/[\s,;]+/).filter(Boolean);
    const bad = codes.find((code) => !/^[A-Za-z]{2}$/.test(code));
    if (bad !== undefined) wrong(field, { code: "COUNTRY", value: bad.slice(0, LONGEST_KEY) });
    return [...new Set(codes.map((code) => code.toUpperCase()))];
  };

  const offers = form.offers.map(({ reason, offer, ...typed }, index): OfferRule => {
    const field = (name: string) => `offers.${index}.${name}`;
    switch (offer) {
      case "PAUSE":
        return { reason, offer, months: whole(field("months"), typed.months, LONGEST_PAUSE_MONTHS) };
      case "DISCOUNT":
        return {
          reason,
          offer,
          percent: whole(field("percent"), typed.percent, LARGEST_DISCOUNT),
          orders: whole(field("orders"), typed.orders, MOST_DISCOUNTED_ORDERS),
        };
      case "SWAP":
        if (!form.swap.some(({ variantId, forSwap }) => forSwap && variantId === typed.variantId)) {
          wrong(field("variantId"), { code: "VARIANT" });
        }
        return { reason, offer, variantId: typed.variantId };
      default:
        return { reason, offer };
    }
  });
  const reasons = form.reasons.map(({ key, en, nb }, index) => ({
    key,
    en: text(`reasons.${index}.en`, en, LONGEST_LABEL),
    nb: text(`reasons.${index}.nb`, nb, LONGEST_LABEL),
  }));
  if (reasons.length > MOST_OWN_REASONS) wrong("reasons", { code: "TOO_MANY", max: MOST_OWN_REASONS });

  const preferences = form.preferences.map(({ key, labelEn, labelNb, options, productId }, index) => {
    const field = (name: string) => `preferences.${index}.${name}`;
    const name = text(field("key"), key, LONGEST_KEY);
    if (name.startsWith("_")) wrong(field("key"), { code: "UNDERSCORE" });
    if (form.preferences.findIndex((other) => other.key.trim() === name) < index)
      wrong(field("key"), { code: "TWICE" });
    const answers = options
      .split("\n")
      .map((option) => option.trim())
      .filter(Boolean);
    if (answers.length > MOST_OPTIONS) wrong(field("options"), { code: "TOO_MANY", max: MOST_OPTIONS });
    if (answers.some((answer) => answer.length > LONGEST_OPTION)) wrong(field("options"), { code: "TOO_LONG" });
    return {
      key: name,
      labelEn: text(field("labelEn"), labelEn, LONGEST_LABEL),
      labelNb: text(field("labelNb"), labelNb, LONGEST_LABEL),
      options: answers,
      productId,
    };
  });
  if (preferences.length > MOST_PREFERENCES) wrong("preferences", { code: "TOO_MANY", max: MOST_PREFERENCES });
  for (const field of ["withdrawalTextEn", "withdrawalTextNb"] as const) {
    if (form[field].length > LONGEST_TEXT) wrong(field, { code: "TOO_LONG" });
  }
  const settings = {
    switchedOff: form.switchedOff,
    offers,
    reasons,
    withdrawalCountries: countries("withdrawalCountries"),
    cancelPageCountries: countries("cancelPageCountries"),
    angrerettCountries: countries("angrerettCountries"),
    withdrawalTextEn: form.withdrawalTextEn.trim(),
    withdrawalTextNb: form.withdrawalTextNb.trim(),
  };
  if (problems.length > 0) return { ok: false, problems };
  // What the form allows, the tables take: anything else is a mistake of ours.
  offerRules.parse(offers);
  return {
    ok: true,
    input: {
      settings: portalSettingsInput.parse(settings),
      preferences: linePreferencesInput.parse(preferences),
      swap: form.swap,
    },
  };
}
