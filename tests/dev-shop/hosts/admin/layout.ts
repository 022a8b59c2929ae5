import { storefrontOrigin, type Hosts } from "../context";
import { html, type Html, type HtmlPart } from "../html";
import type { Shop } from "../../world";
import { dateTime } from "./format";
import { fill, languageOf, textsOf } from "./texts";

export type Section = "home" | "orders" | "products" | "customers" | "app";

export interface AdminPage {
  title: string;
  section: Section;
  body: HtmlPart;
  /** The app's page fills the frame: no padding, and the shell's script with it. */
  wide?: boolean;
}

/** A page of the admin: top bar, menu at the side (at the bottom on a phone), and the page itself. */
export function adminLayout(hosts: Hosts, shop: Shop, page: AdminPage): Html {
  const texts = textsOf(shop);
  const { app } = hosts.devShop.config;
  const base = `/store/${shop.name}`;
  const link = (section: Section, path: string, label: string, icon: Html): Html =>
    html`<li>
      <a href="${base}${path}" ${section === page.section ? html`aria-current="page"` : ""}
        >${icon}<span>${label}</span></a
      >
    </li>`;
  return html`<!doctype html>
    <html lang="${languageOf(shop)}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} · ${shop.title}</title>
        <link rel="stylesheet" href="/admin.css" />
        <link rel="icon" href="data:," />
      </head>
      <body class="${page.wide ? "wide" : ""}">
        <header class="top">
          <a class="shop" href="${base}">${shop.title}</a>
          <span class="time">${fill(texts.itIs, { now: dateTime(shop, hosts.clock.now) })}</span>
          <a href="${storefrontOrigin(hosts, shop)}/">${texts.storefront}</a>
          <a href="/_control?shop=${shop.name}">${texts.control}</a>
        </header>
        <nav class="menu" aria-label="${texts.mainMenu}">
          <ul>
            ${link("home", "", texts.home, ICONS.home)} ${link("orders", "/orders", texts.orders, ICONS.orders)}
            ${link("products", "/products", texts.products, ICONS.products)}
            ${link("customers", "/customers", texts.customers, ICONS.customers)}
            <li class="heading" aria-hidden="true">${texts.apps}</li>
            ${link("app", `/apps/${app.handle}`, app.name, ICONS.app)}
          </ul>
          <ul id="app-nav" aria-label="${texts.appMenu}"></ul>
          <p class="stand-in">${texts.standIn}</p>
        </nav>
        <main id="main">${page.body}</main>
      </body>
    </html>`;
}

const icon = (path: Html): Html =>
  html`<svg
    viewBox="0 0 20 20"
    width="18"
    height="18"
    aria-hidden="true"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linejoin="round"
    stroke-linecap="round"
  >
    ${path}
  </svg>`;

const ICONS = {
  home: icon(html`<path d="M3 9.5 10 3l7 6.500V17h-5v-4H8v4H3z" />`),
  orders: icon(html`<path d="M4 3h12v14l-3-2-3 2-3-2-3 2zM7 7h6M7 10h6" />`),
  products: icon(html`<path d="M3 10V3h7l7 7-7 7zM6.500 6.500h.01" />`),
  customers: icon(html`<path d="M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 17c.5-3.500 3-5 6-5s5.500 1.500 6 5" />`),
  app: icon(
    html`<path
      d="M16 8A6.500 6.500 0 0 0 4.500 6M4 3v3.500h3.500M4 12a6.500 6.500 0 0 0 11.500 2M16 17v-3.500h-3.500"
    />`,
  ),
};

export const card = (title: string, body: HtmlPart): Html =>
  html`<section class="card">
    <h2>${title}</h2>
    ${body}
  </section>`;

/** A table that becomes readable rows on a phone: each cell carries its column's name. */
export function table(columns: readonly string[], rows: readonly (readonly HtmlPart[])[], none: string): Html {
  if (rows.length === 0) return html`<p class="none">${none}</p>`;
  return html`<table>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell, index) => html`<td data-label="${columns[index] ?? ""}"><div>${cell}</div></td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export const facts = (pairs: readonly (readonly [string, HtmlPart])[]): Html =>
  html`<dl>
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
