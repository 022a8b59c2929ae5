import { contractsOf, ordersOfCustomer } from "../../domain";
import { domainOf, type Address, type Contract, type Customer, type Order, type Product, type Shop } from "../../world";
import { subscriptionLinkPath } from "../app-config";
import type { Hosts } from "../context";
import { html, type Html, type HtmlPart } from "../html";
import { country, date, dateTime, money } from "./format";
import { card, facts, table, type AdminPage } from "./layout";
import { fill, textsOf } from "./texts";

/** Rows on a page of a list: enough for a demo, and the browser stays quick with thousands of orders. */
const MAX_ROWS = 50;

export function homePage(hosts: Hosts, shop: Shop): AdminPage {
  const texts = textsOf(shop);
  const { app } = hosts.devShop.config;
  return {
    title: texts.home,
    section: "home",
    body: html`<h1>${shop.title}</h1>
      <p>
        <a class="button primary" href="/store/${shop.name}/apps/${app.handle}"
          >${fill(texts.openApp, { app: app.name })}</a
        >
      </p>
      ${card(texts.newest, orderTable(shop, Object.values(shop.orders).slice(-10).reverse()))}`,
  };
}

export function ordersPage(shop: Shop): AdminPage {
  const texts = textsOf(shop);
  const orders = Object.values(shop.orders).slice(-MAX_ROWS).reverse();
  return {
    title: texts.orders,
    section: "orders",
    body: html`<h1>${texts.orders}</h1>
      ${card(texts.orders, orderTable(shop, orders))}`,
  };
}

function orderTable(shop: Shop, orders: readonly Order[]): Html {
  const texts = textsOf(shop);
  return table(
    [texts.order, texts.date, texts.customer, texts.total, texts.payment],
    orders.map((order) => [
      html`<a href="/store/${shop.name}/orders/${order.id}">${order.name}</a>`,
      dateTime(shop, order.createdAt),
      customerLink(shop, order.customerId),
      money(shop, order.total, order.currency),
      paymentBadge(shop, order),
    ]),
    texts.none,
  );
}

export function orderPage(hosts: Hosts, shop: Shop, order: Order): AdminPage {
  const texts = textsOf(shop);
  const contracts = order.contractIds.flatMap((id) => shop.contracts[id] ?? []);
  return {
    title: `${texts.order} ${order.name}`,
    section: "orders",
    body: html`<h1>${texts.order} ${order.name} ${paymentBadge(shop, order)} ${deliveryBadge(shop, order)}</h1>
      <p>${dateTime(shop, order.createdAt)}</p>
      ${contracts.length > 0 && subscriptionsCard(hosts, shop, contracts)}
      ${card(
        texts.items,
        table(
          [texts.product, texts.price, texts.quantity, texts.total],
          order.lines.map((line) => [
            html`${line.title}
            ${line.variantTitle}${line.sellingPlanName && html`<br /><small>${line.sellingPlanName}</small>`}`,
            money(shop, line.price, order.currency),
            line.quantity,
            money(shop, String(Number(line.price) * line.quantity), order.currency),
          ]),
          texts.none,
        ),
      )}
      ${card(
        texts.payment,
        facts([
          [texts.subtotal, money(shop, order.subtotal, order.currency)],
          [
            order.shippingTitle ? `${texts.shipping}: ${order.shippingTitle}` : texts.shipping,
            money(shop, order.shipping, order.currency),
          ],
          [texts.tax, money(shop, order.tax, order.currency)],
          [texts.total, html`<strong>${money(shop, order.total, order.currency)}</strong>`],
        ]),
      )}
      ${card(
        texts.customer,
        facts([
          [texts.customer, customerLink(shop, order.customerId)],
          [texts.address, addressLines(shop, order.shippingAddress)],
        ]),
      )}`,
  };
}

export function customersPage(shop: Shop): AdminPage {
  const texts = textsOf(shop);
  const customers = Object.values(shop.customers).slice(-MAX_ROWS).reverse();
  return {
    title: texts.customers,
    section: "customers",
    body: html`<h1>${texts.customers}</h1>
      ${card(
        texts.customers,
        table(
          [texts.customer, texts.email, texts.orders, texts.subscriptions],
          customers.map((customer) => [
            customerLink(shop, customer.id),
            customer.email,
            ordersOfCustomer(shop, customer.id).length,
            contractsOf(shop, customer.id).length,
          ]),
          texts.none,
        ),
      )}`,
  };
}

export function customerPage(hosts: Hosts, shop: Shop, customer: Customer): AdminPage {
  const texts = textsOf(shop);
  const contracts = contractsOf(shop, customer.id);
  return {
    title: nameOf(customer),
    section: "customers",
    body: html`<h1>${nameOf(customer)}</h1>
      <p>${texts.since} ${date(shop, customer.createdAt)}</p>
      ${contracts.length > 0 && subscriptionsCard(hosts, shop, contracts)}
      ${card(
        texts.customer,
        facts([
          [texts.email, customer.email],
          [texts.address, addressLines(shop, customer.defaultAddress ?? null)],
        ]),
      )}
      ${card(texts.orders, orderTable(shop, [...ordersOfCustomer(shop, customer.id)].reverse()))}`,
  };
}

/** "View subscription", built from the pattern of the app's subscription link extension as Shopify does. */
function subscriptionsCard(hosts: Hosts, shop: Shop, contracts: readonly Contract[]): Html {
  const texts = textsOf(shop);
  const { app } = hosts.devShop.config;
  const link = (contract: Contract): HtmlPart => {
    if (app.subscriptionLinkPattern === null || contract.appId === null) return contract.id;
    const path = subscriptionLinkPath(app.subscriptionLinkPattern, {
      contractId: contract.id,
      customerId: contract.customerId,
      shopDomain: domainOf(shop),
    });
    return html`<a href="/store/${shop.name}/apps/${app.handle}${path}">${texts.viewSubscription}</a>`;
  };
  return card(
    texts.subscriptions,
    table(
      [texts.subscription, texts.items, texts.status, texts.date],
      contracts.map((contract) => [
        link(contract),
        contract.lines.map((line) => `${line.quantity} × ${line.title}`).join(", "),
        html`<span class="badge">${texts[contract.status]}</span>`,
        date(shop, contract.createdAt),
      ]),
      texts.none,
    ),
  );
}

export function productsPage(shop: Shop): AdminPage {
  const texts = textsOf(shop);
  return {
    title: texts.products,
    section: "products",
    body: html`<h1>${texts.products}</h1>
      ${card(
        texts.products,
        table(
          [texts.product, texts.vendor, texts.price, texts.plans],
          Object.values(shop.products)
            .slice(0, MAX_ROWS)
            .map((product) => [
              html`<a href="/store/${shop.name}/products/${product.id}">${product.title}</a>`,
              product.vendor,
              money(shop, shop.variants[product.variantIds[0] ?? ""]?.price ?? "0"),
              groupNames(shop, product) || "–",
            ]),
          texts.none,
        ),
      )}`,
  };
}

export function productPage(shop: Shop, product: Product): AdminPage {
  const texts = textsOf(shop);
  return {
    title: product.title,
    section: "products",
    body: html`<h1>${product.title}</h1>
      ${card(
        texts.product,
        facts([
          [texts.vendor, product.vendor],
          [texts.plans, groupNames(shop, product) || texts.none],
        ]),
      )}
      ${card(
        texts.variant,
        table(
          [texts.variant, "SKU", texts.price, texts.stock],
          product.variantIds
            .flatMap((id) => shop.variants[id] ?? [])
            .map((variant) => [
              variant.title,
              variant.sku,
              money(shop, variant.price),
              variant.inventory ?? texts.notTracked,
            ]),
          texts.none,
        ),
      )}`,
  };
}

export function notFoundPage(shop: Shop): AdminPage {
  const texts = textsOf(shop);
  return {
    title: texts.notFound,
    section: "home",
    body: html`<h1>${texts.notFound}</h1>
      <p>${texts.notFoundText}</p>`,
  };
}

const groupNames = (shop: Shop, product: Product): string =>
  Object.values(shop.sellingPlanGroups)
    .filter((group) => group.productIds.includes(product.id))
    .map((group) => group.name)
    .join(", ");

const nameOf = (customer: Customer): string =>
  `${customer.firstName} ${customer.lastName}`.trim() || customer.email || customer.id;

function customerLink(shop: Shop, id: string): HtmlPart {
  const customer = shop.customers[id];
  if (!customer) return textsOf(shop).noCustomer;
  return html`<a href="/store/${shop.name}/customers/${id}">${nameOf(customer)}</a>`;
}

function paymentBadge(shop: Shop, order: Order): Html {
  const texts = textsOf(shop);
  return html`<span class="badge">${order.financialStatus === "PAID" ? texts.paid : texts.refunded}</span>`;
}

function deliveryBadge(shop: Shop, order: Order): Html {
  const texts = textsOf(shop);
  return html`<span class="badge"
    >${order.fulfillmentStatus === "FULFILLED" ? texts.fulfilled : texts.unfulfilled}</span
  >`;
}

function addressLines(shop: Shop, address: Address | null): HtmlPart {
  if (!address) return "–";
  const lines = [
    `${address.firstName} ${address.lastName}`,
    address.address1,
    address.address2,
    `${address.zip} ${address.city}`,
    address.countryCode ? country(shop, address.countryCode) : "",
  ].filter((line): line is string => line !== undefined && line.trim() !== "");
  return lines.map((line) => html`${line}<br />`);
}
