/** Markup that is safe to send: made by `html` (or trusted, being ours). */
export class Html {
  constructor(readonly value: string) {}
  toString(): string {
    return this.value;
  }
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

// Braces and per cent too: the portal's answers are run as Liquid by the shop's theme, so a product or customer called
// "{{ … }}" or "{% … %}" must never be read as a template.
const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
  "{": "&#123;",
  "}": "&#125;",
  "%": "&#37;",
};

/** The text with everything encoded that HTML or Liquid could read as more than text; fit for quoted attributes too. */
export const escapeText = (text: string): string => text.replaceAll(/[&<>"'`{}%]/g, (sign) => entities[sign] ?? sign);

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (part instanceof Html) return part.value;
  if (typeof part === "string" || typeof part === "number") return escapeText(String(part));
  return part.map(render).join("");
}

/**
 * Markup from a template. Every value is escaped for HTML and Liquid, unless it is itself `Html`; lists are joined;
 * null, undefined and false are left out. Attributes must be quoted.
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + render(parts[index - 1]) + string));
}
