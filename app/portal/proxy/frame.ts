import { html } from "~/lib/html";
import type { Html } from "~/lib/html";
import type { Locale } from "~/lib/i18n";
import type { LinkPurpose } from "~/notifications/links";

import { pathTo } from "./place";
import { SESSION_MINUTES } from "./session-time";
import { style } from "./style";
import { linked } from "./texts";
import type { PageTexts } from "./texts";

/** What every piece of a page needs to know. */
export interface Frame {
  t: PageTexts;
  locale: Locale;
  timeZone: string;
  shopName: string;
  /** Where the shopper writes to, or null. */
  contactEmail: string | null;
  /** The address of a place (`pathTo`) on the shop. */
  href(path: string): string;
  /** Came by a link from an e-mail: the token then goes along with every click, in the body of a form. */
  session: { token: string; purpose: LinkPurpose } | null;
  /** For a form that asks for this of this subscription; "" for none. */
  token(contractId: string, action: string): string;
}

type Content = Html | string;

/** Inside the theme's layout. @param lang BCP 47 */
export const shell = (content: Html, lang: string): Html =>
  html`${style}
    <div class="perennial" lang="${lang}">${content}</div>`;

const sessionField = ({ session }: Frame): Html | null =>
  session && html`<input type="hidden" name="session" value="${session.token}" />`;

/**
 * A way to another page: a link, or for whoever came by e-mail a form with one button that looks like one.
 * @param about said to those who don't see what stands around it
 */
export function go(
  frame: Frame,
  path: string,
  label: Content,
  { look = "link", about }: { look?: "link" | "button" | "back"; about?: string | undefined } = {},
): Html {
  const kind = `perennial-${look}`;
  const content = html`${label}${about !== undefined && html`<span class="perennial-hidden"> ${about}</span>`}`;
  if (!frame.session) return html`<a class="${kind}" href="${frame.href(path)}">${content}</a>`;
  return html`<form class="perennial-go" method="post" action="${frame.href(path)}">
    ${sessionField(frame)}<button class="${kind}" type="submit">${content}</button>
  </form>`;
}

export interface FormOptions {
  path: string;
  /** What the click does: read by the router. */
  step: string;
  /** The subscription it is about; "" for none. */
  contractId: string;
  /** What the token holds for. */
  action: string;
  fields?: Record<string, string>;
}

/** A form that asks for something: POST, with a token for exactly this. */
export function askForm(
  frame: Frame,
  { path, step, contractId, action, fields = {} }: FormOptions,
  content: Html,
): Html {
  const hidden = { step, ...fields, token: frame.token(contractId, action) };
  return html`<form method="post" action="${frame.href(path)}">
    ${sessionField(frame)}
    ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    ${content}
  </form>`;
}

export const button = (label: string, look: "main" | "plain" = "plain", about?: string): Html =>
  html`<button class="perennial-button${look === "main" && " perennial-main"}" type="submit">
    ${label}${about !== undefined && html`<span class="perennial-hidden"> ${about}</span>`}
  </button>`;

/** Said at the top of a page after a click, or because something needs the shopper. */
export function notice(role: "status" | "alert", title: string, text: readonly string[], more?: Html | false): Html {
  return html`<div class="perennial-notice" role="${role}">
    <p class="perennial-strong">${title}</p>
    ${text.map((line) => html`<p>${line}</p>`)} ${more}
  </div>`;
}

/** A page with a heading; whoever came by e-mail is told how long it lasts. */
export function page(frame: Frame, heading: Content, content: Html, { back }: { back?: Html } = {}): Html {
  const { t, session, locale, contactEmail } = frame;
  return shell(
    html`${back && html`<div class="perennial-top">${back}</div>`}
      <h1>${heading}</h1>
      ${content}
      <div class="perennial-foot">
        ${session && html`<p>${t("session.note", { minutes: SESSION_MINUTES })}</p>`}
        ${
          session?.purpose === "payment" &&
          html`<p>${t("session.payment")}</p>
            ${signInLink(frame)}`
        }
        ${contactEmail !== null && html`<p>${linked(t("contact", { email: contactEmail }), "mail", `mailto:${contactEmail}`)}</p>`}
      </div>`,
    locale,
  );
}

const signInLink = ({ t, href }: Frame): Html =>
  html`<p><a class="perennial-link" href="${href(pathTo.signIn)}">${t("signIn.button")}</a></p>`;

export const toHome = (frame: Frame): Html => go(frame, pathTo.home, frame.t("back"), { look: "back" });
export const toSubscription = (frame: Frame, id: string): Html =>
  go(frame, pathTo.subscription(id), frame.t("backToOne"), { look: "back" });
