import { html } from "~/lib/html";
import type { Html } from "~/lib/html";
import type { Locale } from "~/lib/i18n";

/** A thing to know at a glance: "Next delivery: December 7". */
export interface Fact {
  label: string;
  values: readonly string[];
}

/** One e-mail as it is meant; both its forms, text and HTML, are made from the same words. */
export interface Mail {
  /** Of the page's `lang`: German for receipts of the public pages, which are there for people in Germany too. */
  locale: Locale | "de";
  subject: string;
  /** What a mailbox shows beside the subject. */
  preheader: string;
  title: string;
  opening: readonly string[];
  facts: readonly Fact[];
  closing: readonly string[];
  /** The one thing to do. */
  button: { label: string; url: string };
  /** Whether the reader must act: the button then stands before the facts, where a phone shows it without scrolling. */
  urgent: boolean;
  /** At the very end. */
  footer: readonly string[];
}

/** The mail as plain text, complete without the other form. */
export function mailText(mail: Mail): string {
  const facts = mail.facts.map(({ label, values }) => `${label}: ${values.join("\n  ")}`);
  const rest = [...(facts.length > 0 ? [facts.join("\n")] : []), ...mail.closing];
  const button = `${mail.button.label}:\n${mail.button.url}`;
  return [mail.title, ...mail.opening, ...(mail.urgent ? [button, ...rest] : [...rest, button]), ...mail.footer]
    .join("\n\n")
    .concat("\n");
}

// Mail programs know little CSS: what matters is inline; the style element only helps those that read it. Both colours
// are set everywhere, so that a program which darkens the background darkens the text's with it.
const INK = "#1f2328";
const PAPER = "#ffffff";
const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** A line doesn't end between a day and its month: "7. desember", "December 7, 2026". */
const withWholeDates = (text: string): string =>
  text.replaceAll(/(\b\d{1,2}\.) (?=\p{Ll})/gu, "$1\u00a0").replaceAll(/(\p{L}) (?=\d{1,2}, \d{4}\b)/gu, "$1\u00a0");

const paragraph = (text: string): Html => html`<p style="margin:0 0 16px">${withWholeDates(text)}</p>`;

/** The mail as HTML: one column, readable at 390 px, in light and dark. Every text is escaped. */
export function mailHtml(mail: Mail): string {
  const { locale, subject, preheader, title, opening, facts, closing, button, footer } = mail;
  const list =
    facts.length > 0 &&
    html`<dl style="margin:0 0 24px">
      ${facts.map(
        ({ label, values }) =>
          html`<div class="m-fact" style="border-top:1px solid #d1d9e0;padding:10px 0">
            <dt style="font-size:14px">${label}</dt>
            ${values.map((value) => html`<dd style="margin:0;font-weight:600">${value}</dd>`)}
          </div>`,
      )}
    </dl>`;
  const press = html`<p style="margin:24px 0">
    <a
      class="m-button"
      href="${button.url}"
      style="display:inline-block;padding:13px 24px;border-radius:6px;background:${INK};color:${PAPER};font-weight:600;text-decoration:none"
      >${button.label}</a
    >
  </p>`;
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>${subject}</title>
        <style>
          @media (prefers-color-scheme: dark) {
            .m-page,
            .m-sheet {
              background: #1f2328 !important;
              color: #f0f3f6 !important;
            }
            .m-button {
              background: #f0f3f6 !important;
              color: #1f2328 !important;
            }
            .m-fact {
              border-color: #59636e !important;
            }
          }
        </style>
      </head>
      <body class="m-page" style="margin:0;padding:0;background:${PAPER};color:${INK}">
        <div style="display:none;max-height:0;overflow:hidden">${preheader}</div>
        <div
          class="m-sheet"
          style="max-width:560px;margin:0 auto;padding:32px 20px;background:${PAPER};color:${INK};font-family:${FONT};font-size:16px;line-height:1.5"
        >
          <h1 style="margin:0 0 24px;font-size:24px;line-height:1.25">${title}</h1>
          ${opening.map(paragraph)}
          ${mail.urgent ? [press, list, closing.map(paragraph)] : [list, closing.map(paragraph), press]}
          ${footer.map(paragraph)}
        </div>
      </body>
    </html>`.value.replaceAll(/\n\s*/g, "\n");
}
