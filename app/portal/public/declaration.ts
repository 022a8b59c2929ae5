import { z } from "zod";

import type { CaseKind } from "~/generated/prisma/enums";

import type { PublicTextKey } from "./texts";

/** What may be filled in, and how long it may be. The law allows to ask for no more than this. */
const LONGEST = { name: 200, email: 254, reference: 200, message: 2000 } as const;
export { LONGEST as LONGEST_FIELDS };

export const AS_SOON_AS_POSSIBLE = "AS_SOON_AS_POSSIBLE";

/** Everything that somebody declares on a public page, as they wrote it. */
export interface Declaration {
  kind: CaseKind;
  name: string;
  email: string;
  /** Order or subscription, in their words. */
  reference: string;
  message: string;
  /** Of a termination: for a special reason (§ 314 BGB), which the message then gives. */
  extraordinary: boolean;
  /** Of a termination: "AS_SOON_AS_POSSIBLE" or a day, "2026-12-24". */
  endsOn: string | null;
}

/** The form as it came, whatever it holds: to be shown again. */
export const filledIn = z.object({
  step: z.enum(["check", "confirm", "edit"]).catch("check"),
  /** Made with the form: the same form sent twice is one declaration. */
  ticket: z.uuid().nullable().catch(null),
  name: z.string().catch(""),
  email: z.string().catch(""),
  reference: z.string().catch(""),
  message: z.string().catch(""),
  how: z.enum(["ORDINARY", "EXTRAORDINARY"]).catch("ORDINARY"),
  ends: z.enum([AS_SOON_AS_POSSIBLE, "ON_DAY"]).catch(AS_SOON_AS_POSSIBLE),
  endsOn: z.string().catch(""),
});
export type FilledIn = z.infer<typeof filledIn>;

export type FieldName = "name" | "email" | "reference" | "message" | "endsOn";
export type FieldErrors = Partial<Record<FieldName, PublicTextKey>>;

/** @param today the shop's calendar day, "2026-12-07" */
export function readDeclaration(
  kind: CaseKind,
  filled: FilledIn,
  today: string,
): { ok: true; declaration: Declaration } | { ok: false; errors: FieldErrors } {
  const errors: FieldErrors = {};
  // Control signs mean nothing in a name, and line ends in it would break a mail's header.
  const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
  const name = oneLine(filled.name);
  const email = filled.email.trim();
  const reference = oneLine(filled.reference);
  const message = filled.message.replaceAll(/[^\P{Cc}\n]/gu, "").trim();
  for (const [field, value] of Object.entries({ name, email, reference }) as [keyof typeof LONGEST, string][]) {
    if (value === "") errors[field] = "error.required";
    else if (value.length > LONGEST[field]) errors[field] = "error.tooLong";
  }
  if (!errors.email && !z.email().safeParse(email).success) errors.email = "error.email";
  if (message.length > LONGEST.message) errors.message = "error.tooLong";
  const isTermination = kind === "TERMINATION";
  const extraordinary = isTermination && filled.how === "EXTRAORDINARY";
  if (extraordinary && message === "") errors.message = "error.reason";
  const onDay = isTermination && filled.ends === "ON_DAY";
  if (onDay && (!z.iso.date().safeParse(filled.endsOn).success || filled.endsOn < today)) errors.endsOn = "error.day";
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const endsOn = onDay ? filled.endsOn : AS_SOON_AS_POSSIBLE;
  return {
    ok: true,
    declaration: { kind, name, email, reference, message, extraordinary, endsOn: isTermination ? endsOn : null },
  };
}
