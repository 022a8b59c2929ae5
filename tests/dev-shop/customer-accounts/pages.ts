import { html, scriptJson, type Html, type HtmlPart } from "../hosts/html";
import type { Order } from "../world";
import type { UiExtension } from "./extensions";
import type { AccountVisitor } from "./visitor";

/** An extension at its place on a page. */
export interface Placement {
  extension: UiExtension;
  target: string;
  order?: Order;
}

const FULL_PAGE = "customer-account.page.render";

/** One extension's frame: without an origin of its own, so that it can read no cookie and no page of the account. */
export function extensionFrame(
  visitor: AccountVisitor,
  appName: string,
  { extension, target, order }: Placement,
): Html {
  const query = new URLSearchParams({ target, locale: visitor.language, ...(order ? { order: order.id } : {}) });
  const fullPage = target === FULL_PAGE;
  if (fullPage) query.set("at", visitor.url.pathname);
  return html`<iframe
    class="${fullPage ? "page" : "block"}"
    data-handle="${extension.handle}"
    data-full-page="${String(fullPage)}"
    title="${visitor.texts.extension} ${appName}"
    sandbox="allow-scripts allow-forms"
    src="/_extension/${extension.handle}/frame?${query.toString()}"
  ></iframe>`;
}

export interface AccountPage {
  title: string;
  current: "orders" | "profile" | string;
  main: HtmlPart;
  /** A full page has the main part for itself. */
  fullPage?: boolean;
  /** Of the menu: handle and name of each full-page extension. */
  pages: readonly { handle: string; name: string }[];
  storefront: string;
}

export function layout(visitor: AccountVisitor, page: AccountPage): string {
  const { texts, shop, customer, language, url } = visitor;
  const link = (path: string, name: string, key: string): Html =>
    page.current === key
      ? html`<a href="${path}" aria-current="page">${name}</a>`
      : html`<a href="${path}">${name}</a>`;
  const other = new URL(url);
  other.searchParams.set("locale", texts.languageCode);
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} – ${shop.title}</title>
        <link rel="stylesheet" href="/_files/accounts.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <header class="head">
          <div>
            <strong><a href="${page.storefront}/">${shop.title}</a></strong>
            <nav aria-label="${texts.menu}">
              ${
                customer
                  ? [
                      link("/orders", texts.orders, "orders"),
                      ...page.pages.map(({ handle, name }) => link(`/pages/${handle}`, name, handle)),
                      link("/profile", texts.profile, "profile"),
                      html`<a href="/logout">${texts.signOut}</a>`,
                    ]
                  : null
              }
              <a href="${other.pathname}${other.search}" lang="${texts.languageCode}">${texts.language}</a>
            </nav>
          </div>
        </header>
        <main class="${page.fullPage ? "with-page" : ""}">${page.main}</main>
        <div id="toast" role="status"></div>
        <script type="application/json" id="page">
          ${scriptJson({ texts: { crashed: texts.crashed } })}
        </script>
        <script src="/_files/host.js"></script>
      </body>
    </html>`.text;
}

export const money = (visitor: AccountVisitor, amount: string): string =>
  new Intl.NumberFormat(visitor.language, { style: "currency", currency: visitor.shop.currency }).format(
    Number(amount),
  );

export const day = (visitor: AccountVisitor, instant: string): string =>
  new Intl.DateTimeFormat(visitor.language, { dateStyle: "long", timeZone: visitor.shop.timeZone }).format(
    new Date(instant),
  );

export function ordersPart(visitor: AccountVisitor, orders: readonly Order[]): Html {
  const { texts } = visitor;
  if (orders.length === 0)
    return html`<h1>${texts.orders}</h1>
      <p>${texts.noOrders}</p>`;
  return html`<h1>${texts.orders}</h1>
    <div class="card">
      <table>
        <thead>
          <tr>
            <th scope="col">${texts.order}</th>
            <th scope="col">${texts.date}</th>
            <th scope="col">${texts.total}</th>
          </tr>
        </thead>
        <tbody>
          ${orders.map(
            (order) =>
              html`<tr>
                <td><a href="/orders/${order.id}">${order.name}</a></td>
                <td>${day(visitor, order.createdAt)}</td>
                <td>${money(visitor, order.total)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

export function orderPart(visitor: AccountVisitor, order: Order, menu: Html[], blocks: Html[]): Html {
  const { texts } = visitor;
  return html`<h1>${order.name}</h1>
    <p class="subdued">${day(visitor, order.createdAt)}</p>
    ${menu.length > 0 ? html`<section aria-label="${texts.manage}">${menu}</section>` : null} ${blocks}
    <div class="card">
      <table>
        <tbody>
          ${order.lines.map(
            (line) =>
              html`<tr>
                <td>
                  ${line.quantity} × ${line.title}${line.variantTitle ? ` – ${line.variantTitle}` : ""}
                  ${line.sellingPlanName ? html`<br /><small class="subdued">${line.sellingPlanName}</small>` : null}
                </td>
                <td>${money(visitor, String(Number(line.price) * line.quantity))}</td>
              </tr>`,
          )}
          <tr>
            <td>${texts.shipping}</td>
            <td>${money(visitor, order.shipping)}</td>
          </tr>
          <tr>
            <th scope="row">${texts.total}</th>
            <td>${money(visitor, order.total)}</td>
          </tr>
        </tbody>
      </table>
    </div>`;
}

export function profilePart(visitor: AccountVisitor, blocks: Html[]): Html {
  const { texts, customer } = visitor;
  const address = customer?.defaultAddress;
  return html`<h1>${texts.profile}</h1>
    <div class="card">
      <h2>${texts.name}</h2>
      <p>${customer?.firstName} ${customer?.lastName}</p>
      <h2>${texts.email}</h2>
      <p>${customer?.email}</p>
      ${
        address
          ? html`<h2>${texts.address}</h2>
              <p>${address.address1}<br />${address.zip} ${address.city}</p>`
          : null
      }
    </div>
    ${blocks}`;
}

/** So many of the shop's customers are offered for signing in with one click. */
const DEMO_CUSTOMERS = 8;

export function signInPart(visitor: AccountVisitor, returnTo: string): Html {
  const { texts, shop } = visitor;
  const people = Object.values(shop.customers)
    .filter(({ redacted }) => !redacted)
    .slice(0, DEMO_CUSTOMERS);
  return html`<h1>${texts.signIn}</h1>
    <p>${texts.signInLead}</p>
    <form class="people" method="post" action="/login">
      <input type="hidden" name="return_to" value="${returnTo}" />
      ${people.map(
        ({ id, firstName, lastName, email }) =>
          html`<button name="customer" value="${id}">${firstName} ${lastName}<br /><small>${email}</small></button>`,
      )}
    </form>`;
}
