import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import { LONGEST_COMMENT } from "../leaving";
import type { LeavingStart, LeavingStep, WayOut } from "../leaving";
import { confirmForm } from "./action-page";
import { radios } from "./fields";
import { askForm, button, go, page, toSubscription } from "./frame";
import type { Frame } from "./frame";
import { pathTo } from "./place";

/** What the tokens of these forms hold for. */
export const LEAVE_INTENT = "leave";
export const reasonIntent = (leaving: string): string => `reason ${leaving}`;

/** First step: why, if the shopper likes to say. Whoever does not goes on all the same. */
export function reasonPage(frame: Frame, contractId: string, start: LeavingStart): Html {
  const none = { name: "reason", label: start.reasonsLabel };
  return page(
    frame,
    start.title,
    html`<p>${start.lead}</p>
      ${askForm(
        frame,
        {
          path: pathTo.leave(contractId),
          step: "reason",
          contractId,
          action: reasonIntent(start.leaving),
          fields: { leaving: start.leaving },
        },
        html`${radios(
            none,
            start.reasons.map(({ key, label }) => ({ value: key, label })),
            { optional: true },
          )}
          <div class="perennial-field">
            <label for="perennial-comment">${start.commentLabel}</label>
            <textarea
              class="perennial-input"
              id="perennial-comment"
              name="comment"
              rows="2"
              maxlength="${LONGEST_COMMENT}"
            ></textarea>
          </div>
          <div class="perennial-actions">${button(start.continueLabel)}</div>`,
      )}
      ${keep(frame, contractId, start.way)}`,
    { back: toSubscription(frame, contractId) },
  );
}

/**
 * Second step: at most one offer, and the way out beside it by a button of the same size and colour. What is agreed to
 * by taking the offer (`consent`) is what stands here, word for word: its title, its effect and its button.
 */
export function offerPage(frame: Frame, contractId: string, { leaving, offer, way }: LeavingStep, seen: string): Html {
  const back = { back: toSubscription(frame, contractId) };
  const leave = html`<ul class="perennial-effect">
      ${way.effect.map((line) => html`<li>${line}</li>`)}
    </ul>
    ${confirmForm(
      frame,
      contractId,
      { action: { kind: "cancel", leaving }, seen, consentText: null, queue: false },
      button(way.confirmLabel),
    )}`;
  if (!offer) return page(frame, way.title, html`${leave} ${keep(frame, contractId, way)}`, back);
  return page(
    frame,
    frame.t("do.cancel"),
    html`<div class="perennial-two">
        <section class="perennial-card" aria-labelledby="perennial-offer">
          <h2 id="perennial-offer">${offer.title}</h2>
          <ul class="perennial-effect">
            ${offer.text.map((line) => html`<li>${line}</li>`)}
          </ul>
          ${confirmForm(
            frame,
            contractId,
            { action: { kind: "accept-offer", leaving }, seen, consentText: offer.consent, queue: false },
            button(offer.acceptLabel),
          )}
        </section>
        <section class="perennial-card" aria-labelledby="perennial-way">
          <h2 id="perennial-way">${way.title}</h2>
          ${leave}
        </section>
      </div>
      ${keep(frame, contractId, way)}`,
    back,
  );
}

const keep = (frame: Frame, contractId: string, way: WayOut): Html =>
  html`<p class="perennial-first">${go(frame, pathTo.subscription(contractId), way.keepLabel)}</p>`;
