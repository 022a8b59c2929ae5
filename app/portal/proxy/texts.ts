import { createI18n, locales } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";

import { html } from "~/lib/html";
import type { Html } from "~/lib/html";
import en from "./locales/en.json";
import nb from "./locales/nb.json";

type Paths<Node, Prefix extends string = ""> = {
  [Key in keyof Node & string]: Node[Key] extends string ? `${Prefix}${Key}` : Paths<Node[Key], `${Prefix}${Key}.`>;
}[keyof Node & string];

/** The words of these pages alone: headings, labels, buttons. What both homes of the portal say comes from the use cases. */
export type PageTextKey = Paths<typeof en>;

/** A text; what it returns is plain: `html` escapes it. */
export type PageTexts = (key: PageTextKey, values?: Record<string, string | number>) => string;

const instances = new Map(locales.map((locale) => [locale, createI18n(locale, { en, nb })]));

export function pageTexts(locale: Locale): PageTexts {
  const instance = instances.get(locale);
  if (!instance) throw new Error(`There are no texts in ${locale}.`);
  return (key, values) => instance.t(key, values ?? {});
}

/** A text of which the part between `<tag>` and `</tag>` is a link. */
export function linked(text: string, tag: string, href: string): Html {
  const [before = "", rest = ""] = text.split(`<${tag}>`);
  const [inner = "", after = ""] = rest.split(`</${tag}>`);
  return html`${before}<a href="${href}">${inner}</a>${after}`;
}
