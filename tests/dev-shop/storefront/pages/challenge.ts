import { Router } from "express";
import type { DevShop } from "../../dev-shop";
import { answerChallenge, openChallenge } from "../../domain";
import { html, type Html } from "../../hosts/html";
import { readFields } from "../forms";
import type { Visitor } from "../visitor";
import { handle } from "./tools";

const en = {
  title: "Approve the payment",
  lead: "{shop} wants to charge your card. Your bank asks you to approve it.",
  approve: "Approve",
  refuse: "Refuse",
  approved: "The payment is approved. You can close this page.",
  refused: "The payment is refused. You can close this page.",
  over: "This payment does not wait for an answer any more.",
};

const nb: typeof en = {
  title: "Godkjenn betalingen",
  lead: "{shop} vil belaste kortet ditt. Banken din ber deg godkjenne det.",
  approve: "Godkjenn",
  refuse: "Avvis",
  approved: "Betalingen er godkjent. Du kan lukke denne siden.",
  refused: "Betalingen er avvist. Du kan lukke denne siden.",
  over: "Denne betalingen venter ikke lenger på svar.",
};

const textsFor = ({ language }: Visitor): typeof en => (language === "nb" ? nb : en);

/** The bank's page of a payment challenge: what a person meets at an attempt's nextActionUrl. */
export function challengePages(devShop: DevShop): Router {
  const router = Router();
  const path = "/subscription_billing_attempts/:id/challenge";

  router.get(
    path,
    handle((visitor, request, response) => {
      const attempt = visitor.shop.attempts[request.params["id"] ?? ""];
      const texts = textsFor(visitor);
      const waits = attempt !== undefined && openChallenge(devShop.world, visitor.shop, attempt);
      if (waits) devShop.changed();
      const body = waits
        ? html`<p>${texts.lead.replace("{shop}", visitor.shop.title)}</p>
            <form method="post">
              <button name="answer" value="approve">${texts.approve}</button>
              <button name="answer" value="refuse">${texts.refuse}</button>
            </form>`
        : html`<p>${texts.over}</p>`;
      response
        .status(attempt ? 200 : 404)
        .type("html")
        .send(page(visitor, body));
    }),
  );

  router.post(
    path,
    handle(async (visitor, request, response) => {
      const attempt = visitor.shop.attempts[request.params["id"] ?? ""];
      const texts = textsFor(visitor);
      const approved = (await readFields(request)).get("answer") === "approve";
      const answered = attempt !== undefined && answerChallenge(devShop.world, visitor.shop, attempt, approved);
      if (answered) devShop.changed();
      const text = answered ? (approved ? texts.approved : texts.refused) : texts.over;
      response
        .status(answered ? 200 : 409)
        .type("html")
        .send(page(visitor, html`<p role="status">${text}</p>`));
    }),
  );
  return router;
}

const page = (visitor: Visitor, body: Html): string =>
  html`<!doctype html>
    <html lang="${visitor.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${textsFor(visitor).title}</title>
        <style>
          body {
            font:
              1.125rem/1.5 system-ui,
              sans-serif;
            max-width: 32rem;
            margin: 3rem auto;
            padding: 0 1rem;
          }
          button {
            font: inherit;
            padding: 0.6rem 1.2rem;
            margin-right: 0.5rem;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>${textsFor(visitor).title}</h1>
          ${body}
        </main>
      </body>
    </html>`.text;
