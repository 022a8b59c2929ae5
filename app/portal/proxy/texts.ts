import type { TFunction } from "i18next";

import { createI18n, locales } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";

import { html } from "~/lib/html";
import type { Html } from "~/lib/html";
import en from "./locales/en.json";
import nb from "./locales/nb.json";

const instances = new Map(locales.map((locale) => [locale, createI18n(locale, { en, nb })]));

/** The portal's texts in a language. What it returns is plain text: `html` escapes it. */
export function portalTexts(locale: Locale): TFunction {
  const instance = instances.get(locale);
  if (!instance) throw new Error(`There are no texts in ${locale}.`);
  return instance.t;
}

/** A text of which the part between `<tag>` and `</tag>` is a link. */
export function linked(text: string, tag: string, href: string): Html {
  const [before = "", rest = ""] = text.split(`<${tag}>`);
  const [inner = "", after = ""] = rest.split(`</${tag}>`);
  return html`${before}<a href="${href}">${inner}</a>${after}`;
}
