import type { TFunction } from "i18next";

import type { ChargeView, ContractView, CycleView, LineView } from "~/contracts/views";
import { asSentence, formatDate, formatInterval, formatMoney } from "~/lib/format";
import type { Locale } from "~/lib/i18n";

import type { FormIntent } from "./form-token.server";
import { html } from "~/lib/html";
import type { Html } from "~/lib/html";
import { linked } from "./texts";

/** What every piece of the page needs to know. */
export interface PageFrame {
  t: TFunction;
  locale: Locale;
  timeZone: string;
  /** Where the portal lies on the shop's address; forms are sent there. */
  path: string;
  formToken(action: FormIntent["action"], contractId: string, cycleIndex: number): string;
}

/** Earlier orders shown; the rest are on the shopper's account. */
const ORDERS_SHOWN = 12;

export const dateIn = (frame: PageFrame, at: string): string => formatDate(at, frame.locale, frame.timeZone);

/** The next delivery that will be sent, were this cycle not. */
export function nextOpenCycle(contract: ContractView, except?: number): CycleView | undefined {
  return contract.upcoming.find((cycle) => cycle.state === "OPEN" && cycle.cycleIndex !== except);
}

/** One button that changes one cycle; works without JavaScript. */
export function cycleForm(
  frame: PageFrame,
  action: FormIntent["action"],
  contractId: string,
  cycleIndex: number,
  label: string,
): Html {
  return html`<form method="post" action="${frame.path}">
    <input type="hidden" name="action" value="${action}" />
    <input type="hidden" name="contract" value="${contractId}" />
    <input type="hidden" name="cycle" value="${cycleIndex}" />
    <input type="hidden" name="token" value="${frame.formToken(action, contractId, cycleIndex)}" />
    <button class="perennial-button" type="submit">${label}</button>
  </form>`;
}

/** One subscription: what, how much, when, what comes next and what came before. */
export function contractCard(frame: PageFrame, contract: ContractView): Html {
  const { t } = frame;
  const heading = `perennial-${contract.number}`;
  const running = contract.status === "ACTIVE" || contract.status === "PAUSED";
  return html`<article class="perennial-card" aria-labelledby="${heading}">
    <div class="perennial-head">
      <h2 id="${heading}">${contract.lines.map((line) => line.title).join(", ")}</h2>
      <span class="perennial-badge">${t(`status.${contract.status}`)}</span>
    </div>
    ${
      contract.attention === "PAYMENT_FAILED" &&
      html`<p><strong>${linked(t("paymentFailed"), "account", "/account")}</strong></p>`
    }
    <ul class="perennial-lines">
      ${contract.lines.map((line) => lineItem(frame, line))}
    </ul>
    ${facts(frame, contract)} ${running && upcoming(frame, contract)} ${orders(frame, contract)}
  </article>`;
}

function lineItem({ t, locale }: PageFrame, line: LineView): Html {
  const title = line.variantTitle ? `${line.title} – ${line.variantTitle}` : line.title;
  return html`<li>
    ${line.imageUrl !== null && html`<img src="${line.imageUrl}" alt="" width="56" height="56" loading="lazy" />`}
    <span
      >${t("line.quantity", { title, quantity: line.quantity })}<br /><span class="perennial-small"
        >${t("line.unit", { price: formatMoney(line.price, locale) })}</span
      ></span
    >
  </li>`;
}

function facts(frame: PageFrame, contract: ContractView): Html {
  const { t, locale } = frame;
  const paused = contract.status === "PAUSED";
  const next = paused ? undefined : nextOpenCycle(contract);
  const free = Number(contract.deliveryPrice.amount) === 0;
  const breakdown = free
    ? t("price.freeDelivery")
    : t("price.withDelivery", {
        subtotal: formatMoney(contract.subtotal, locale),
        delivery: formatMoney(contract.deliveryPrice, locale),
      });
  const running = contract.status === "ACTIVE" || paused;
  return html`<dl class="perennial-facts">
    <div>
      <dt>${t("fact.frequency")}</dt>
      <dd>${asSentence(formatInterval(contract.frequency.interval, contract.frequency.count, t))}</dd>
    </div>
    <div>
      <dt>${t("fact.price")}</dt>
      <dd>${t("price.perDelivery", { amount: formatMoney(contract.amount, locale) })}<small>${breakdown}</small></dd>
    </div>
    ${
      running &&
      html`<div>
        <dt>${t("fact.next")}</dt>
        <dd>${next ? dateIn(frame, next.dueAt) : t(paused ? "next.paused" : "next.none")}</dd>
      </div>`
    }
    ${
      running &&
      contract.paymentMethodLabel !== null &&
      html`<div>
        <dt>${t("fact.paidWith")}</dt>
        <dd>${contract.paymentMethodLabel}</dd>
      </div>`
    }
  </dl>`;
}

function upcoming(frame: PageFrame, contract: ContractView): Html | null {
  const { t, locale } = frame;
  if (contract.status === "PAUSED" || contract.upcoming.length === 0) return null;
  const amount = formatMoney(contract.amount, locale);
  return html`<h3>${t("upcoming.title")}</h3>
    <p class="perennial-small">${t("upcoming.note")}</p>
    <ul class="perennial-cycles">
      ${contract.upcoming.map(
        (cycle) =>
          html`<li>
            <time datetime="${cycle.dueAt}">${dateIn(frame, cycle.dueAt)}</time>
            <span>${t(`cycle.${cycle.state}`, { amount })}</span>
            ${cycle.canSkip && change(frame, "skip", contract, cycle)}
            ${cycle.canUnskip && change(frame, "unskip", contract, cycle)}
          </li>`,
      )}
    </ul>`;
}

/** The exact effect, date and amount, and then the button. */
function change(frame: PageFrame, action: FormIntent["action"], contract: ContractView, cycle: CycleView): Html {
  const { t, locale } = frame;
  const date = dateIn(frame, cycle.dueAt);
  const next = nextOpenCycle(contract, cycle.cycleIndex);
  const after = next ? t("nextIs", { date: dateIn(frame, next.dueAt) }) : t("nextIsNone");
  return html`<details class="perennial-act">
    <summary>${t(`${action}.open`)}<span class="perennial-hidden"> ${date}</span></summary>
    <div>
      <p>
        ${t(`${action}.effect`, { date, amount: formatMoney(contract.amount, locale) })} ${action === "skip" && after}
      </p>
      ${cycleForm(frame, action, contract.id, cycle.cycleIndex, t(`${action}.confirm`, { date }))}
    </div>
  </details>`;
}

function orders(frame: PageFrame, contract: ContractView): Html | null {
  const { t } = frame;
  const paid = contract.charges.filter((charge) => charge.state === "PAID").slice(0, ORDERS_SHOWN);
  if (paid.length === 0 && contract.originOrder === null) return null;
  return html`<details>
    <summary>${t("orders.title")}</summary>
    <table>
      <caption class="perennial-hidden">
        ${t("orders.caption")}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t("orders.date")}</th>
          <th scope="col">${t("orders.order")}</th>
          <th scope="col">${t("orders.total")}</th>
        </tr>
      </thead>
      <tbody>
        ${paid.map((charge) => orderRow(frame, charge))}
        ${
          paid.length < ORDERS_SHOWN &&
          contract.originOrder !== null &&
          html`<tr>
            <td>${dateIn(frame, contract.createdAt)}</td>
            <td>${contract.originOrder.name}</td>
            <td>–</td>
          </tr>`
        }
      </tbody>
    </table>
  </details>`;
}

function orderRow(frame: PageFrame, charge: ChargeView): Html {
  return html`<tr>
    <td>${dateIn(frame, charge.paidAt ?? charge.expectedAt)}</td>
    <td>${charge.orderName ?? "–"}</td>
    <td>${formatMoney(charge.paidAmount ?? charge.expectedAmount, frame.locale)}</td>
  </tr>`;
}
