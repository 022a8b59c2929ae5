import { LARGEST_QUANTITY } from "../actions";
import type { Problem } from "../actions";
import type { Choices, PortalSubscription } from "../views";
import type { FieldError, Fields } from "./action-input";
import type { Frame } from "./frame";

/** What a form of one kind is made from. */
export interface FormFacts {
  subscription: PortalSubscription;
  choices: Choices;
  /** The delivery or line that it is about. */
  ref: string | null;
  /** What was typed before, when something was wrong with it. */
  typed: Fields | null;
  errors: Readonly<Partial<Record<string, FieldError>>>;
  /** What the use case has found wrong with single fields, in sentences. */
  wrong?: Problem["fields"];
}

/** What was typed, else what is so now; and what is wrong with it. */
export function said(frame: Frame, { typed, errors, wrong }: FormFacts, name: string, now = "") {
  const error = errors[name] ? errorText(frame, errors[name]) : wrong?.[name];
  return {
    value: typed?.[name] ?? now,
    ...(error ? { error } : {}),
  };
}

const errorText = ({ t }: Frame, error: FieldError): string => t(`error.${error}`, { most: LARGEST_QUANTITY });
