import { z } from "zod";

import type { Attribute } from "~/contracts/edit";
import type { Locale } from "~/lib/i18n";

import type { LinePreferenceView } from "./settings";
import { LONGEST_VALUE } from "./settings";

/** What shoppers say about a line. It is kept as properties of the line, beside those that others have put there. */

interface Line {
  productId: string | null;
  attributes: unknown;
}

const attributes = z.array(z.object({ key: z.string(), value: z.string() }));

/** The line's properties, hidden ones among them. */
export const attributesOf = (line: Pick<Line, "attributes">): Attribute[] =>
  attributes.catch([]).parse(line.attributes);

/** The shop's preferences that are about the line. */
export const preferencesOf = (
  { preferences }: { preferences: readonly LinePreferenceView[] },
  line: Pick<Line, "productId">,
): LinePreferenceView[] =>
  preferences.filter(({ key, productId }) => !isHidden(key) && (productId === null || productId === line.productId));

/** Themes keep properties that begin with an underscore from shoppers. */
const isHidden = (key: string): boolean => key.startsWith("_");

export const labelOf = ({ labelEn, labelNb }: LinePreferenceView, locale: Locale): string =>
  locale === "nb" ? labelNb : labelEn;

export const valueOf = (line: Pick<Line, "attributes">, key: string): string =>
  attributesOf(line).find((attribute) => attribute.key === key)?.value ?? "";

/** What is said about the line, in the shop's order: the label in the reader's language, and the value. */
export const shownPreferences = (
  subject: { preferences: readonly LinePreferenceView[] },
  line: Line,
  locale: Locale,
): { label: string; value: string }[] =>
  preferencesOf(subject, line).flatMap((preference) => {
    const value = valueOf(line, preference.key);
    return value === "" ? [] : [{ label: labelOf(preference, locale), value }];
  });

/**
 * The line's properties with what the shopper says now; an empty value takes one away, and what is not named stays.
 * @returns null if a key is no preference of the line's, or a value is none of its options
 */
export function withPreferences(
  subject: { preferences: readonly LinePreferenceView[] },
  line: Line,
  values: Readonly<Record<string, string>>,
): Attribute[] | null {
  const known = new Map(preferencesOf(subject, line).map((preference) => [preference.key, preference]));
  let result = attributesOf(line);
  for (const [key, raw] of Object.entries(values)) {
    const preference = known.get(key);
    const value = raw.trim();
    if (!preference || value.length > LONGEST_VALUE) return null;
    if (value !== "" && preference.options.length > 0 && !preference.options.includes(value)) return null;
    const isThere = result.some((attribute) => attribute.key === key);
    if (value === "") result = result.filter((attribute) => attribute.key !== key);
    else if (isThere) result = result.map((attribute) => (attribute.key === key ? { key, value } : attribute));
    else result = [...result, { key, value }];
  }
  return result;
}
