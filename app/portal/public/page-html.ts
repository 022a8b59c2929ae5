import type { CaseKind } from "~/generated/prisma/enums";
import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import { input, radios } from "../proxy/fields";
import { AS_SOON_AS_POSSIBLE, LONGEST_FIELDS } from "./declaration";
import type { Declaration, FieldErrors, FilledIn } from "./declaration";
import { publicDay } from "./texts";
import type { PublicLanguage, PublicTexts } from "./texts";

/** What every piece of a public page needs to know. */
export interface PublicFrame {
  t: PublicTexts;
  language: PublicLanguage;
  kind: CaseKind;
  shopName: string;
  /** Where the shop is written to. */
  contactEmail: string;
  /** Where forms are sent. */
  path: string;
  /** The same form sent twice is one declaration. */
  ticket: string;
  /** The shop's own words about withdrawal; "" for none. */
  ownTerms: string;
}

const hidden = (fields: Record<string, string>): Html[] =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);

/** What is to be filled in. Works without scripts; what was wrong is told beside its field. */
export function formPage(frame: PublicFrame, filled: FilledIn, errors: FieldErrors): Html {
  const { t, kind, shopName, path, ticket, ownTerms } = frame;
  const error = (name: keyof FieldErrors) => (errors[name] ? t(errors[name]) : undefined);
  const isTermination = kind === "TERMINATION";
  const message = html`<div class="perennial-field">
    <label for="perennial-message">${t(`${kind}.message`)}</label>
    <p class="perennial-small" id="perennial-message-hint">${t(`${kind}.messageHint`)}</p>
    ${error("message") && html`<p class="perennial-error" id="perennial-message-error">${error("message")}</p>`}
    <textarea
      class="perennial-input"
      id="perennial-message"
      name="message"
      rows="4"
      maxlength="${LONGEST_FIELDS.message}"
      aria-describedby="perennial-message-hint${error("message") && " perennial-message-error"}"
      ${error("message") && html`aria-invalid="true"`}
    >
${filled.message}</textarea>
  </div>`;
  return html`<h1>${t(`${kind}.title`)}</h1>
    <p class="perennial-lead">${t(`${kind}.lead`, { shop: shopName })}</p>
    ${
      Object.keys(errors).length > 0 &&
      html`<div class="perennial-notice" role="alert"><p class="perennial-strong">${t("error.title")}</p></div>`
    }
    <form method="post" action="${path}">
      ${hidden({ step: isTermination ? "confirm" : "check", ticket })}
      ${input(
        { name: "name", label: t("field.name"), value: filled.name, error: error("name") },
        { autocomplete: "name", required: true, maxLength: LONGEST_FIELDS.name },
      )}
      ${input(
        {
          name: "reference",
          label: t(`${kind}.reference`),
          hint: t(`${kind}.referenceHint`),
          value: filled.reference,
          error: error("reference"),
        },
        { required: true, maxLength: LONGEST_FIELDS.reference },
      )}
      ${isTermination && termination(frame, filled, error("endsOn"))} ${message}
      ${input(
        {
          name: "email",
          label: t("field.email"),
          hint: t("field.emailHint"),
          value: filled.email,
          error: error("email"),
        },
        { type: "email", autocomplete: "email", required: true, maxLength: LONGEST_FIELDS.email },
      )}
      <div class="perennial-actions">
        <button class="perennial-button perennial-main" type="submit">${t(`${kind}.submit`)}</button>
      </div>
    </form>
    ${
      !isTermination &&
      ownTerms !== "" &&
      html`<h2>${t("ownTerms", { shop: shopName })}</h2>
        ${ownTerms.split(/\n{2,}/).map((text) => html`<p>${text}</p>`)}`
    }`;
}

function termination({ t }: PublicFrame, filled: FilledIn, dayError: string | undefined): Html {
  return html`${radios({ name: "how", label: t("field.how"), value: filled.how }, [
    { value: "ORDINARY", label: t("field.ORDINARY") },
    { value: "EXTRAORDINARY", label: t("field.EXTRAORDINARY") },
  ])}
  ${radios({ name: "ends", label: t("field.ends"), value: filled.ends }, [
    { value: AS_SOON_AS_POSSIBLE, label: t("field.AS_SOON_AS_POSSIBLE") },
    {
      value: "ON_DAY",
      label: t("field.ON_DAY"),
      more: input(
        { name: "endsOn", label: t("field.endsOn"), value: filled.endsOn, error: dayError },
        { type: "date", short: true },
      ),
    },
  ])}`;
}

/** Everything that is declared, each with what it is called. The mail's receipt says the same. */
export function declared(
  { t, language, kind, shopName }: Pick<PublicFrame, "t" | "language" | "kind" | "shopName">,
  { name, email, reference, message, extraordinary, endsOn }: Declaration,
): { statement: string; facts: { label: string; value: string }[] } {
  return {
    statement: t(`${kind}.statement`, { shop: shopName }),
    facts: [
      { label: t("field.name"), value: name },
      { label: t(`${kind}.reference`), value: reference },
      ...(kind === "TERMINATION"
        ? [
            { label: t("field.how"), value: t(extraordinary ? "field.EXTRAORDINARY" : "field.ORDINARY") },
            {
              label: t("field.ends"),
              value:
                endsOn === null || endsOn === AS_SOON_AS_POSSIBLE
                  ? t("field.AS_SOON_AS_POSSIBLE")
                  : publicDay(endsOn, language),
            },
          ]
        : []),
      ...(message === "" ? [] : [{ label: t(`${kind}.message`).replace(/ \(.*\)$/, ""), value: message }]),
      { label: t("field.email"), value: email },
    ],
  };
}

const declaredList = (frame: PublicFrame, declaration: Declaration): Html => {
  const { statement, facts } = declared(frame, declaration);
  return html`<p class="perennial-strong">${statement}</p>
    <dl class="perennial-facts">
      ${facts.map(
        ({ label, value }) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
};

/** What was filled in, with the button that declares it. */
export function checkPage(frame: PublicFrame, filled: FilledIn, declaration: Declaration): Html {
  const { t, kind, shopName, path, ticket } = frame;
  const { name, email, reference, message, how, ends, endsOn } = filled;
  const again = (step: string) => hidden({ step, ticket, name, email, reference, message, how, ends, endsOn });
  return html`<h1>${t(`${kind}.checkTitle`)}</h1>
    <p>${t(`${kind}.check`, { shop: shopName })}</p>
    <div class="perennial-card">${declaredList(frame, declaration)}</div>
    <div class="perennial-actions">
      <form method="post" action="${path}">
        ${again("confirm")}
        <button class="perennial-button perennial-main" type="submit">${t(`${kind}.confirm`)}</button>
      </form>
      <form method="post" action="${path}">
        ${again("edit")}
        <button class="perennial-button" type="submit">${t("change")}</button>
      </form>
    </div>`;
}

/** The receipt: what was declared, and when it was received. @param at in words */
export function receiptPage(frame: PublicFrame, declaration: Declaration, at: string): Html {
  const { t, kind, shopName } = frame;
  return html`<h1>${t(`${kind}.receivedTitle`)}</h1>
    <div class="perennial-notice" role="status">
      <p class="perennial-strong">${t(`${kind}.received`, { shop: shopName, at })}</p>
      <p>${t("receipt.mail", { email: declaration.email })}</p>
      <p>${t(`${kind}.next`, { shop: shopName })}</p>
    </div>
    <div class="perennial-card">
      <h2>${t("receipt.declared")}</h2>
      ${declaredList(frame, declaration)}
    </div>`;
}

/** A page that only says why there is nothing to fill in. */
export const noticePage = ({ t, contactEmail }: PublicFrame, what: "tooMany" | "tooLong" | "off"): Html =>
  html`<h1>${t(`${what}.title`)}</h1>
    <p role="alert">${t(`${what}.text`, { email: contactEmail })}</p>`;
