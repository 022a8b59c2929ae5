import { portalAction } from "../actions";
import type { PortalAction, PortalActionKind } from "../actions";

/** What a shopper has typed, by the name of the field. */
export type Fields = Readonly<Partial<Record<string, string>>>;

export type FieldError = "required" | "notValid" | "tooLong" | "quantity" | "day" | "choose";

export type ReadAction = { ok: true; action: PortalAction } | { ok: false; errors: Record<string, FieldError> };

/** Names of the fields that hold a preference's value. */
export const PREFERENCE = "preference:";

const ADDRESS_FIELDS = [
  "firstName",
  "lastName",
  "company",
  "address1",
  "address2",
  "zip",
  "city",
  "provinceCode",
  "countryCode",
  "phone",
] as const;
export type AddressField = (typeof ADDRESS_FIELDS)[number];
/** Left out when they are empty; the others are empty then. */
const OPTIONAL: ReadonlySet<AddressField> = new Set(["company", "address2", "provinceCode", "phone"]);

/** Kinds of which everything is said by the address of their page: it shows at once what they would do. */
const WITHOUT_FORM: ReadonlySet<PortalActionKind> = new Set<PortalActionKind>([
  "skip",
  "unskip",
  "move-back",
  "order-now",
  "resume",
  "remove-line",
  "remove-one-off",
  "payment-method",
  "retry-payment",
  "restart",
]);
export const needsForm = (kind: PortalActionKind): boolean => !WITHOUT_FORM.has(kind);

/** What a kind asks for, as far as it is a choice or a whole number; the rest is text. */
const WRONG: Record<string, FieldError> = {
  sellingPlan: "choose",
  variant: "choose",
  quantity: "quantity",
  day: "day",
  until: "day",
};

/**
 * The action that a page's address and its fields ask for.
 * @param ref the delivery, line or one-off of the address
 */
export function readAction(kind: PortalActionKind, ref: string | null, fields: Fields): ReadAction {
  const read = portalAction.safeParse(wanted(kind, ref ?? "", fields));
  if (read.success) return { ok: true, action: read.data };
  const errors: Record<string, FieldError> = {};
  for (const { path, code } of read.error.issues) {
    const [top, inner] = path.map(String);
    const name =
      top === "address" ? (inner ?? "lastName") : top === "values" ? `${PREFERENCE}${inner ?? ""}` : (top ?? "");
    const wrong =
      WRONG[name] ?? (kind === "delivery-method" && name === "code" ? "choose" : textError(code, fields[name]));
    errors[name] ??= wrong;
  }
  return { ok: false, errors };
}

const textError = (code: string, typed = ""): FieldError =>
  typed.trim() === "" ? "required" : code === "too_big" ? "tooLong" : "notValid";

function wanted(kind: PortalActionKind, ref: string, fields: Fields): Record<string, unknown> {
  switch (kind) {
    case "skip":
    case "unskip":
      return { kind, cycle: wholeNumber(ref) };
    case "move":
      return { kind, cycle: wholeNumber(ref), day: fields.day };
    case "move-back":
      return { kind, move: ref };
    case "pause":
      return { kind, until: fields.length === "open" ? null : fields.until };
    case "frequency":
      return { kind, sellingPlan: fields.sellingPlan };
    case "quantity":
      return { kind, line: ref, quantity: wholeNumber(fields.quantity) };
    case "swap":
      return { kind, line: ref, variant: fields.variant };
    case "preferences":
      return { kind, line: ref, values: preferencesIn(fields) };
    case "add-line":
    case "add-one-off":
      return { kind, variant: fields.variant, quantity: wholeNumber(fields.quantity) };
    case "remove-line":
      return { kind, line: ref };
    case "remove-one-off":
      return { kind, oneOff: ref };
    case "address":
      return { kind, address: addressIn(fields) };
    case "delivery-method":
      return { kind, code: fields.code, ...(fields.phone === undefined ? {} : { phone: fields.phone }) };
    case "discount-code":
      return { kind, code: fields.code };
    case "remove-discount":
      return { kind, discount: fields.discount };
    // The consent is a box of the page that shows what is agreed to.
    case "restart":
      return { kind, consent: true };
    case "accept-offer":
    case "cancel":
      return { kind, leaving: fields.leaving ?? null };
    case "order-now":
    case "resume":
    case "payment-method":
    case "retry-payment":
      return { kind };
  }
}

const wholeNumber = (typed = ""): number => (/^\d{1,7}$/.test(typed.trim()) ? Number(typed) : Number.NaN);

const preferencesIn = (fields: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith(PREFERENCE) ? [[name.slice(PREFERENCE.length), value ?? ""]] : [],
    ),
  );

/** The country whose provinces the form has listed: another one's may go by the same code. */
export const PROVINCES_OF = "provincesOf";

const addressIn = (fields: Fields): Record<string, string> =>
  Object.fromEntries(
    ADDRESS_FIELDS.flatMap((name) => {
      const isAnothers = name === "provinceCode" && fields[PROVINCES_OF] !== fields.countryCode;
      const typed = isAnothers ? "" : (fields[name] ?? "").trim();
      return typed === "" && OPTIONAL.has(name) ? [] : [[name, typed]];
    }),
  );
