import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import type { PortalSubscription } from "../views";
import type { Frame } from "./frame";
import { webAddress } from "./list-page";

/** What came before, folded away. */
export function ordersTable({ t }: Frame, { orders }: PortalSubscription): Html | false {
  return (
    orders.length > 0 &&
    html`<details class="perennial-card">
      <summary>${t("section.orders")}</summary>
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
          ${orders.map(
            ({ url, ...order }) =>
              html`<tr>
                <td>${order.dateText}</td>
                <td>${webAddress(url) === null ? order.name : html`<a href="${url}">${order.name}</a>`}</td>
                <td>${order.totalText}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>`
  );
}
