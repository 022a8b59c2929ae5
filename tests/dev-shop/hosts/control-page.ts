import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Router } from "express";
import type { Mail, Shop, Variant } from "../world";
import { date, dateTime } from "./admin/format";
import { table } from "./admin/layout";
import { fill, languageOf, textsOf } from "./admin/texts";
import { storefrontOrigin, type Hosts } from "./context";
import { shopOf } from "./control-input";
import { actsCard, faultsCard } from "./control-page-acts";
import { controlTexts, type ControlTexts } from "./control-texts";
import { HttpRefusal } from "./express-tools";
import { html, scriptJson, type Html, type HtmlPart } from "./html";
import { shellUrl } from "./tunnel";

const BROWSER = join(dirname(fileURLToPath(import.meta.url)), "browser");
/** Rows of each list on the page; the JSON API has them all. */
const ROWS = 25;
/** Outcomes a person can choose between; the API knows every code of the schema. */
const OUTCOMES = [
  "success",
  "PAYMENT_METHOD_DECLINED",
  "INSUFFICIENT_FUNDS",
  "EXPIRED_PAYMENT_METHOD",
  "CARD_NUMBER_INCORRECT",
  "PAYMENT_PROVIDER_IS_NOT_ENABLED",
  "challenge",
] as const;

/** The control page for people, at `/_control`, over the JSON API beside it. */
export function controlPageRouter(hosts: Hosts): Router {
  const router = express.Router();
  router.get("/", (request, response) => {
    response.type("html").send(controlPage(hosts, shopOf(hosts, request)).text);
  });
  for (const file of ["control.css", "control.js"]) {
    router.get(`/${file}`, (_request, response) => {
      response.set("cache-control", "no-cache").sendFile(join(BROWSER, file));
    });
  }
  router.get("/mail/:id", (request, response) => {
    const shop = shopOf(hosts, request);
    response.type("html").send(mailPage(hosts, shop, mailOf(shop, request.params.id)).text);
  });
  router.get("/mail/:id/html", (request, response) => {
    const mail = mailOf(shopOf(hosts, request), request.params.id);
    response.set("content-security-policy", "sandbox allow-popups allow-popups-to-escape-sandbox");
    response.type("html").send(`<base target="_blank">${workingLinks(hosts, mail.html)}`);
  });
  return router;
}

function mailOf(shop: Shop, id: string): Mail {
  const mail = shop.mail.find((one) => one.id === id);
  if (!mail) throw new HttpRefusal(404, `${shop.title} has no mail ${id}.`);
  return mail;
}

/** Links of a mail name the shop's real address; here they lead to the stand-in's. */
function workingLinks(hosts: Hosts, text: string): string {
  return text.replace(/https:\/\/[^\s"'<>]+/g, (address) => {
    const admin = shellUrl(address, hosts.shellOrigin);
    if (admin) return admin;
    const shop = /^https:\/\/([a-z0-9-]+)\.myshopify\.com(.*)$/.exec(address);
    return shop ? `${storefrontOrigin(hosts, { name: shop[1] ?? "" })}${shop[2] ?? ""}` : address;
  });
}

function layout(shop: Shop, title: string, body: HtmlPart): Html {
  return html`<!doctype html>
    <html lang="${languageOf(shop)}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${shop.title}</title>
        <link rel="stylesheet" href="/_control/control.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`;
}

function controlPage(hosts: Hosts, shop: Shop): Html {
  const texts = controlTexts(languageOf(shop));
  const { world, config } = hosts.devShop;
  const query = `?shop=${shop.name}`;
  return layout(
    shop,
    texts.title,
    html`<h1>${texts.title}: ${shop.title}</h1>
      <p class="lead">${texts.lead}</p>
      <ul class="links">
        <li><a href="/">${texts.index}</a></li>
        <li><a href="/store/${shop.name}/apps/${config.app.handle}">${config.app.name}</a></li>
        <li><a href="/store/${shop.name}">${texts.admin}</a></li>
        <li><a href="${storefrontOrigin(hosts, shop)}/">${texts.storefront}</a></li>
      </ul>
      ${timeCard(hosts, shop, texts)} ${mailCard(shop, texts, query)} ${subscribersCard(shop, texts)}
      ${stockCard(shop, texts)} ${actsCard(shop, texts)} ${faultsCard(world, texts)} ${webhookCard(shop, texts)}
      ${callsCard(shop, texts)}
      <section class="card">
        <h2>${texts.latency}</h2>
        <form class="row" data-call="/latency">
          ${(["queryMs", "mutationMs", "attemptPendingMinutes"] as const).map(
            (name) =>
              html`<label
                >${texts[name]} <input type="number" min="0" name="${name}" value="${world.settings[name]}" required
              /></label>`,
          )}
          <button>${texts.save}</button>
        </form>
      </section>
      <p id="answer" role="status" aria-live="polite"></p>
      <script type="application/json" id="page-settings">
        ${scriptJson({ query, now: hosts.clock.now, texts, locale: languageOf(shop), timeZone: shop.timeZone })}
      </script>
      <script src="/_control/control.js"></script>`,
  );
}

function timeCard(hosts: Hosts, shop: Shop, texts: ControlTexts): Html {
  const { clock } = hosts;
  const next = clock.nextDueAt();
  const advances: [string, string][] = [
    ["PT1H", texts.hour],
    ["P1D", texts.day],
    ["P7D", texts.week],
    ["P14D", texts.twoWeeks],
  ];
  return html`<section class="card">
    <h2>${texts.time}</h2>
    <p class="clock">
      ${texts.now} <strong id="now">${dateTime(shop, clock.now)}</strong> <small>${shop.timeZone}</small>
    </p>
    <p>${next === null ? texts.nothingDue : `${texts.nextDue}: ${dateTime(shop, next)}`}</p>
    <div class="row">
      ${advances.map(([duration, label]) => html`<button data-advance="${duration}">${label}</button>`)}
      <button data-set="${next ?? ""}" ${next === null ? html`disabled` : ""}>${texts.nextEvent}</button>
    </div>
    <form class="row" id="set-time">
      <label
        >${texts.date}
        <input
          type="datetime-local"
          name="set"
          value="${clock.now.slice(0, 16)}"
          min="${clock.now.slice(0, 16)}"
          required
      /></label>
      <button>${texts.go}</button>
    </form>
  </section>`;
}

function subscribersCard(shop: Shop, texts: ControlTexts): Html {
  const contracts = Object.values(shop.contracts).slice(-200).reverse();
  return html`<section class="card">
    <h2>${texts.subscribers}</h2>
    ${table(
      [texts.customer, texts.contract, texts.status, texts.nextCharge, texts.storefront],
      contracts.map((contract) => {
        const customer = shop.customers[contract.customerId];
        const name = customer
          ? `${customer.firstName} ${customer.lastName}`.trim() || customer.email
          : contract.customerId;
        const present = customer?.cardOutcomes[0] ?? "success";
        const known: readonly string[] = OUTCOMES;
        return [
          html`<a href="/store/${shop.name}/customers/${contract.customerId}">${name}</a>`,
          html`${contract.lines.map((line) => `${line.quantity} × ${line.title}`).join(", ")}<br /><small
              >${date(shop, contract.createdAt)}</small
            >`,
          textsOf(shop)[contract.status],
          html`<select data-card="${contract.customerId}" aria-label="${fill(texts.outcomeOf, { name })}">
            ${(known.includes(present) ? known : [present, ...known]).map(
              (outcome) =>
                html`<option value="${outcome}" ${outcome === present ? html`selected` : ""}>
                  ${outcomeText(texts, outcome)}
                </option>`,
            )}
          </select>`,
          html`<button data-login="${contract.customerId}" aria-label="${fill(texts.login, { name })}">
            ${texts.loginShort}
          </button>`,
        ];
      }),
      texts.none,
    )}
  </section>`;
}

function outcomeText(texts: ControlTexts, outcome: string): string {
  const named = OUTCOMES.find((one) => one === outcome);
  return named ? texts[named] : outcome;
}

function mailCard(shop: Shop, texts: ControlTexts, query: string): Html {
  return html`<section class="card">
    <h2>${texts.mail}</h2>
    ${table(
      [texts.at, texts.to, texts.subject, texts.read],
      newest(shop.mail).map((mail) => [
        dateTime(shop, mail.at),
        mail.to,
        mail.subject,
        html`<a href="/_control/mail/${mail.id}${query}" aria-label="${texts.read}: ${mail.subject}, ${mail.to}"
          >${texts.read}</a
        >`,
      ]),
      texts.none,
    )}
  </section>`;
}

function mailPage(hosts: Hosts, shop: Shop, mail: Mail): Html {
  const texts = controlTexts(languageOf(shop));
  const title = fill(texts.mailOf, { subject: mail.subject });
  return layout(
    shop,
    mail.subject,
    html`<p><a href="/_control?shop=${shop.name}">${texts.back}</a></p>
      <h1>${mail.subject}</h1>
      <p>${texts.to} ${mail.to} · ${dateTime(shop, mail.at)}</p>
      ${
        mail.html &&
        html`<iframe
          class="mail"
          title="${title}"
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          src="/_control/mail/${mail.id}/html?shop=${shop.name}"
        ></iframe>`
      }
      <section class="card">
        <h2>${texts.text}</h2>
        <pre>${linked(workingLinks(hosts, mail.text))}</pre>
      </section>`,
  );
}

/** Plain text with its addresses as links. */
const linked = (text: string): HtmlPart =>
  text
    .split(/(https?:\/\/[^\s<>")\]]+)/)
    .map((part, index) =>
      index % 2 === 1 ? html`<a href="${part}" target="_blank" rel="noreferrer">${part}</a>` : part,
    );

function stockCard(shop: Shop, texts: ControlTexts): Html {
  return html`<details class="card">
    <summary><h2>${texts.stock}</h2></summary>
    ${table(
      [texts.product, texts.quantity],
      Object.values(shop.variants)
        .filter((variant) => variant.inventory !== null)
        .map((variant) => {
          const name = variantName(shop, variant);
          return [
            name,
            html`<form class="row" data-call="/stock">
              <input type="hidden" name="variantId" value="${variant.id}" />
              <input
                type="number"
                name="quantity"
                value="${variant.inventory}"
                aria-label="${fill(texts.quantityOf, { name })}"
                required
              />
              <button aria-label="${texts.set}: ${name}">${texts.set}</button>
            </form>`,
          ];
        }),
      texts.none,
    )}
  </details>`;
}

/** Shopify's name of the only variant of a product without options. */
const ONLY_VARIANT = "Default Title";

function variantName(shop: Shop, { productId, title }: Variant): string {
  const product = shop.products[productId]?.title ?? "";
  return title === ONLY_VARIANT ? product : `${product} ${title}`.trim();
}

function webhookCard(shop: Shop, texts: ControlTexts): Html {
  const outcomes = { delivered: texts.delivered, failed: texts.failedOutcome, dropped: texts.dropped };
  return html`<details class="card">
    <summary>
      <h2>${texts.webhooks} <small>${fill(texts.newest, { count: ROWS })}</small></h2>
    </summary>
    ${table(
      [texts.at, texts.topic, texts.tries, texts.outcome],
      newest(shop.webhooks).map((delivery) => [
        dateTime(shop, delivery.triggeredAt),
        delivery.topic,
        delivery.tries,
        `${delivery.outcome === null ? texts.waiting : outcomes[delivery.outcome]}${delivery.status === null ? "" : ` (${delivery.status})`}`,
      ]),
      texts.none,
    )}
  </details>`;
}

function callsCard(shop: Shop, texts: ControlTexts): Html {
  return html`<details class="card">
    <summary>
      <h2>${texts.calls} <small>${fill(texts.newest, { count: ROWS })}</small></h2>
    </summary>
    ${table(
      [texts.at, texts.operation, texts.cost, texts.outcome, texts.duration],
      newest(shop.calls).map((call) => [
        dateTime(shop, call.at),
        call.operation,
        `${call.requestedCost} / ${call.actualCost}`,
        call.outcome,
        `${Math.round(call.durationMs)} ms`,
      ]),
      texts.none,
    )}
  </details>`;
}

const newest = <T>(items: readonly T[]): T[] => items.slice(-ROWS).reverse();
