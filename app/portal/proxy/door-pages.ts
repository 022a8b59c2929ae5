import { html } from "~/lib/html";
import type { Html } from "~/lib/html";
import { LINK_HOURS } from "~/notifications/links";

import { input } from "./fields";
import { askForm, button, notice, page } from "./frame";
import type { Frame } from "./frame";
import { pathTo } from "./place";
import { SESSION_MINUTES } from "./session-time";

/** What the tokens of these forms hold for: nobody is known yet. */
export const MAIL_INTENT = "mail";
export const openIntent = (token: string): string => `open ${token}`;
export const freshIntent = (token: string): string => `fresh ${token}`;

const hours = { hours: LINK_HOURS };

/** For a shopper whom the shop does not know yet: sign in, or get a link. Signing in leads back here. */
export function signInPage(
  frame: Frame,
  { ended = false, email, wrong = false }: { ended?: boolean; email?: string; wrong?: boolean } = {},
): Html {
  const { t } = frame;
  return page(
    frame,
    t("title"),
    html`${ended && notice("alert", t("session.endedTitle"), [t("session.ended", { minutes: SESSION_MINUTES })])}
      <p>${t("signIn.lead")}</p>
      <p class="perennial-first">${signInButton(frame)}</p>
      <section class="perennial-card perennial-first" aria-labelledby="perennial-mail">
        <h2 id="perennial-mail">${t("signIn.linkTitle")}</h2>
        <p>${t("signIn.linkLead")}</p>
        ${askForm(
          frame,
          { path: pathTo.signIn, step: "mail", contractId: "", action: MAIL_INTENT },
          html`${input(
              {
                name: "email",
                label: t("signIn.email"),
                value: email ?? "",
                error: wrong ? t(email ? "error.notValid" : "error.required") : undefined,
              },
              { type: "email", autocomplete: "email", required: true, maxLength: 254 },
            )}
            <div class="perennial-actions">${button(t("signIn.send"))}</div>`,
        )}
      </section>`,
  );
}

function signInButton({ t, href }: Frame): Html {
  const login = `/account/login?${new URLSearchParams({ return_url: href(pathTo.home) }).toString()}`;
  return html`<a class="perennial-button" href="${login}">${t("signIn.button")}</a>`;
}

/** Always the same, whether the address is known or not. @param email as it was typed; null: that of the old link */
export const sentPage = (frame: Frame, email: string | null): Html =>
  page(
    frame,
    frame.t("signIn.sentTitle"),
    notice("status", frame.t("signIn.sentTitle"), [
      email === null ? frame.t("signIn.sentToYou", hours) : frame.t("signIn.sent", { email, ...hours }),
    ]),
  );

/** What a link from an e-mail shows: one button. Mail programs follow links by themselves, and must not use them up. */
export const linkPage = (frame: Frame, token: string): Html =>
  page(
    frame,
    frame.t("link.title"),
    html`<p>${frame.t("link.lead", { shop: frame.shopName })}</p>
      ${askForm(
        frame,
        { path: pathTo.link(token), step: "open", contractId: "", action: openIntent(token) },
        button(frame.t("link.button"), "main"),
      )}`,
  );

/** A link that was used or has run out: a fresh one is a click away, sent to the same person. */
export const endedLinkPage = (frame: Frame, token: string): Html =>
  page(
    frame,
    frame.t("link.endedTitle"),
    html`<p>${frame.t("link.ended", hours)}</p>
      ${askForm(
        frame,
        { path: pathTo.link(token), step: "fresh", contractId: "", action: freshIntent(token) },
        button(frame.t("link.fresh"), "main"),
      )}
      <p class="perennial-first">${signInButton(frame)}</p>`,
  );

/** A page that only says why there is nothing to see. */
export function messagePage(
  frame: Pick<Frame, "t" | "href" | "locale">,
  message: "notFound" | "tooMany" | "forbidden" | "badLink",
): Html {
  const { t, href } = frame;
  return page(
    { ...frame, timeZone: "UTC", shopName: "", contactEmail: null, session: null, token: () => "" },
    t(message === "notFound" ? "message.notFoundTitle" : "title"),
    html`<p role="alert">${t(`message.${message}`)}</p>
      <p class="perennial-first"><a class="perennial-button" href="${href(pathTo.home)}">${t("message.back")}</a></p>`,
  );
}
