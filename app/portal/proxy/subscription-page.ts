import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import type { PortalActionKind } from "../actions";
import type { PortalSubscription } from "../views";
import { askForm, button, go, page, toHome } from "./frame";
import type { Frame } from "./frame";
import { LEAVE_INTENT } from "./leaving-page";
import { lines } from "./lines";
import { alertBox, badge } from "./list-page";
import { ordersTable } from "./orders-table";
import { pathTo } from "./place";
import { section } from "./section";
import { upcoming } from "./upcoming";

/** One subscription with all that may be done about it. @param said what a click has led to */
export function subscriptionPage(frame: Frame, subscription: PortalSubscription, said?: Html): Html {
  const { t } = frame;
  const { id, alert, queued, terms } = subscription;
  return page(
    frame,
    subscription.title,
    html`${said} ${alert && alertBox(frame, id, alert)}
      <div class="perennial-lead">
        ${badge(subscription)}
        <p class="perennial-strong">${subscription.nextText}</p>
        <p class="perennial-small">${subscription.frequencyText} · ${subscription.amountText}</p>
        ${actions(frame, subscription, ["resume", "restart", "order-now"])}
      </div>
      ${
        queued.length > 0 &&
        section(
          t("section.queued"),
          html`<ul>
            ${queued.map(({ text }) => html`<li>${text}</li>`)}
          </ul>`,
        )
      }
      ${upcoming(frame, subscription)} ${lines(frame, subscription)} ${whereAndHow(frame, subscription)}
      ${terms.length > 0 && section(t("section.terms"), html`${terms.map((text) => html`<p>${text}</p>`)}`)}
      ${stop(frame, subscription)} ${ordersTable(frame, subscription)}`,
    { back: toHome(frame) },
  );
}

const offered = ({ can }: PortalSubscription, kind: PortalActionKind): boolean => can.includes(kind);

/** Buttons for what is about the whole subscription. */
function actions(frame: Frame, subscription: PortalSubscription, kinds: readonly PortalActionKind[]): Html | false {
  const open = kinds.filter((kind) => offered(subscription, kind));
  return (
    open.length > 0 &&
    html`<div class="perennial-actions">
      ${open.map((kind) => go(frame, pathTo.action(subscription.id, kind), frame.t(`do.${kind}`), { look: "button" }))}
    </div>`
  );
}

const lined = (texts: readonly string[]): Html => html`${texts.map((text) => html`${text}<br />`)}`;

function whereAndHow(frame: Frame, subscription: PortalSubscription): Html {
  const { t } = frame;
  const { id, address, pickup } = subscription;
  const fact = (label: string, value: Html | string | null, kind?: PortalActionKind, way?: Html) =>
    (value !== null || (kind && offered(subscription, kind))) &&
    html`<div>
      <dt>${label}</dt>
      <dd>${value ?? "–"}</dd>
      ${
        kind &&
        offered(subscription, kind) &&
        html`<dd class="perennial-change">
          ${way ?? go(frame, pathTo.action(id, kind), t("change"), { about: label })}
        </dd>`
      }
    </div>`;
  const enterCode = go(frame, pathTo.action(id, "discount-code"), t("do.discount-code"));
  return section(
    t("section.where"),
    html`<dl class="perennial-facts">
      ${fact(t("fact.frequency"), subscription.frequencyText, "frequency")}
      ${fact(t("fact.amount"), subscription.amountText)}
      ${fact(t(pickup ? "fact.pickupPrice" : "fact.delivery"), subscription.deliveryPriceText)}
      ${fact(t("fact.discounts"), discounts(frame, subscription), "discount-code", enterCode)}
      ${fact(t("fact.payment"), subscription.paymentMethodText, "payment-method")}
      ${
        pickup
          ? fact(t("fact.pickup"), lined(pickup.lines))
          : fact(t("fact.address"), address && lined(address.lines), "address")
      }
      ${fact(t("fact.method"), subscription.deliveryMethodText, "delivery-method")}
    </dl>`,
  );
}

function discounts(frame: Frame, { id, discounts: all, can }: PortalSubscription): Html | null {
  if (all.length === 0) return null;
  const kind = "remove-discount";
  return html`${all.map(
    (discount) =>
      html`<span class="perennial-discount"
        >${discount.text}
        ${
          discount.canRemove &&
          can.includes(kind) &&
          askForm(
            frame,
            {
              path: pathTo.action(id, kind),
              step: "preview",
              contractId: id,
              action: `preview ${kind}`,
              fields: { discount: discount.id },
            },
            html`<button class="perennial-link" type="submit">
              ${frame.t(`do.${kind}`)}<span class="perennial-hidden"> ${discount.text}</span>
            </button>`,
          )
        }</span
      >`,
  )}`;
}

/** Leaving is one click away, by a button like the others; it asks for nothing yet. */
function stop(frame: Frame, subscription: PortalSubscription): Html | false {
  const { t } = frame;
  const { id } = subscription;
  const pause = offered(subscription, "pause");
  const cancel = offered(subscription, "cancel");
  if (!pause && !cancel) return false;
  return section(
    t("section.stop"),
    html`<div class="perennial-actions">
      ${pause && go(frame, pathTo.action(id, "pause"), t("do.pause"), { look: "button" })}
      ${
        cancel &&
        askForm(
          frame,
          { path: pathTo.leave(id), step: "leave", contractId: id, action: LEAVE_INTENT },
          button(t("do.cancel")),
        )
      }
    </div>`,
  );
}
