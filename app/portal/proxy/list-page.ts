import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import type { PortalAlert, PortalHome, PortalListItem } from "../views";
import { go, notice, page } from "./frame";
import type { Frame } from "./frame";
import { pathTo } from "./place";

/** All of a shopper's subscriptions, running ones first, each with what comes next. */
export function listPage(frame: Frame, home: PortalHome): Html {
  const { t } = frame;
  if (home.subscriptions.length === 0) {
    return page(
      frame,
      t("title"),
      html`<p>${t("empty.lead", { shop: home.shopName })}</p>
        <p class="perennial-first"><a class="perennial-button" href="/">${t("empty.button")}</a></p>`,
    );
  }
  const ended = home.subscriptions.filter((each) => !isRunning(each));
  // A payment that fails comes before everything else.
  const running = home.subscriptions
    .filter(isRunning)
    .toSorted((one, other) => Number(other.alert !== null) - Number(one.alert !== null));
  return page(
    frame,
    t("title"),
    html`${running.map((each) => card(frame, each))}
    ${
      ended.length > 0 &&
      html`<h2 class="perennial-section">${t("endedTitle")}</h2>
        ${ended.map((each) => card(frame, each))}`
    }`,
  );
}

const isRunning = ({ status, alert }: PortalListItem): boolean =>
  status === "ACTIVE" || status === "PAUSED" || alert !== null;

function card(frame: Frame, item: PortalListItem): Html {
  const { t } = frame;
  const heading = `perennial-${item.id}`;
  return html`<article class="perennial-card" aria-labelledby="${heading}">
    ${item.alert && alertBox(frame, item.id, item.alert)}
    <div class="perennial-item">
      ${picture(item.imageUrl, 72)}
      <div>
        <div class="perennial-head">
          <h2 id="${heading}">${item.title}</h2>
          ${badge(item)}
        </div>
        <p class="perennial-strong">${item.nextText}</p>
        <p class="perennial-small">${item.frequencyText} · ${item.amountText}</p>
      </div>
    </div>
    ${go(frame, pathTo.subscription(item.id), t("open"), { look: "button", about: item.title })}
  </article>`;
}

/** Says how it stands where that is news: that a subscription is active goes without saying. */
export const badge = ({ status, statusText }: Pick<PortalListItem, "status" | "statusText">): Html | false =>
  status !== "ACTIVE" && html`<span class="perennial-badge">${statusText}</span>`;

export const picture = (url: string | null, size: number): Html | false =>
  url !== null && html`<img src="${url}" alt="" width="${size}" height="${size}" loading="lazy" />`;

/** An address that a browser opens as a page; null for anything that it would run. */
export const webAddress = (url: string | null): string | null =>
  url !== null && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : null;

/** A failing payment: why, and what helps. */
export function alertBox(frame: Frame, id: string, { title, text, action }: PortalAlert): Html {
  const help =
    action !== null &&
    html`<p class="perennial-first">
      ${
        "kind" in action
          ? go(frame, pathTo.action(id, action.kind), action.label, { look: "button" })
          : html`<a class="perennial-button" href="${webAddress(action.url) ?? "/account"}">${action.label}</a>`
      }
    </p>`;
  return notice("alert", title, text, help);
}
