import type { ResourceLanguage } from "i18next";

import type { Locale } from "~/lib/i18n";

import en from "./locales/en.json";
import nb from "./locales/nb.json";

/** The merchant's pages in both languages. The layout's loader sends the one that is needed with the document. */
export const adminTexts: Record<Locale, ResourceLanguage> = { en, nb };

type Paths<Node, Prefix extends string = ""> = {
  [Key in keyof Node & string]: Node[Key] extends string ? `${Prefix}${Key}` : Paths<Node[Key], `${Prefix}${Key}.`>;
}[keyof Node & string];

type WithoutPlural<Key extends string> = Key extends `${infer Stem}_${"zero" | "one" | "other"}` ? Stem : Key;

/** Every text there is, so that a misspelt key fails the type check; forms of a plural share their stem. */
export type TextKey = WithoutPlural<Paths<typeof en>>;
