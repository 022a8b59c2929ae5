import { html } from "~/lib/html";
import type { Html } from "~/lib/html";
import { textsOf } from "~/lib/words";
import type { Say, TextKey } from "~/lib/words";

import en from "./locales/en.json";
import nb from "./locales/nb.json";

/** The words of these pages alone: headings, labels, buttons. What both homes of the portal say comes from the use cases. */
export type PageTextKey = TextKey<typeof en>;

export type PageTexts = Say<PageTextKey>;

export const pageTexts = textsOf({ en, nb });

/** A text of which the part between `<tag>` and `</tag>` is a link. */
export function linked(text: string, tag: string, href: string): Html {
  const [before = "", rest = ""] = text.split(`<${tag}>`);
  const [inner = "", after = ""] = rest.split(`</${tag}>`);
  return html`${before}<a href="${href}">${inner}</a>${after}`;
}
