import { formatDateTime } from "~/lib/format";
import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import type { PortalAction, PortalActionKind, Preview, Problem, Receipt } from "../actions";
import { formFields, formTitle } from "./action-form";
import type { FormFacts } from "./form-facts";
import { checkbox } from "./fields";
import { askForm, button, go, notice, page, toSubscription } from "./frame";
import type { Frame } from "./frame";
import { pathTo } from "./place";

/** Everything that a confirmation stands for. It travels as it is, and the form's token holds for exactly this. */
export interface Confirmation {
  action: PortalAction;
  seen: string;
  /** Word for word as it is shown. */
  consentText: string | null;
  queue: boolean;
}

/** What the token of a confirmation holds for. @param order the confirmation as it stands in the form */
export const performIntent = (order: string): string => `perform ${order}`;
export const previewIntent = (kind: PortalActionKind): string => `preview ${kind}`;

/** A form with one button that does what it says. */
export function confirmForm(frame: Frame, contractId: string, confirmation: Confirmation, content: Html): Html {
  const order = JSON.stringify(confirmation);
  return askForm(
    frame,
    {
      path: pathTo.action(contractId, confirmation.action.kind),
      step: "perform",
      contractId,
      action: performIntent(order),
      fields: { order },
    },
    content,
  );
}

/** What may be asked for, to be looked at on the next page before anything changes. */
export function formPage(frame: Frame, kind: PortalActionKind, facts: FormFacts, problem: Problem | null): Html {
  const { t } = frame;
  const { id } = facts.subscription;
  const fields = formFields(frame, kind, { ...facts, ...(problem?.fields ? { wrong: problem.fields } : {}) });
  const wrong = Object.keys(facts.errors).length > 0;
  const form =
    fields &&
    askForm(
      frame,
      {
        path: pathTo.action(id, kind, facts.ref ?? undefined),
        step: "preview",
        contractId: id,
        action: previewIntent(kind),
      },
      html`${fields}
        <p class="perennial-small">${t("form.noChange")}</p>
        <div class="perennial-actions">${button(t("form.continue"), "main")}</div>`,
    );
  return page(
    frame,
    formTitle(frame, kind, facts),
    html`${problem && notice("alert", problem.title, problem.text)}
    ${wrong && html`<p class="perennial-error" role="alert">${t("error.lead")}</p>`}
    ${form ?? html`<p>${t("form.nothing")}</p>`}`,
    { back: toSubscription(frame, id) },
  );
}

/** The exact effect, and the one button that brings it about. @param note why it is shown once more */
export function previewPage(
  frame: Frame,
  contractId: string,
  preview: Preview,
  { note, consentMissing = false }: { note?: Html; consentMissing?: boolean } = {},
): Html {
  const { t } = frame;
  const { action, seen, consent } = preview;
  return page(
    frame,
    preview.title,
    html`${note}
      <ul class="perennial-effect">
        ${preview.effect.map((line) => html`<li>${line}</li>`)}
      </ul>
      ${confirmForm(
        frame,
        contractId,
        { action, seen, consentText: consent, queue: false },
        html`${
            consent !== null &&
            checkbox({
              name: "consent",
              label: consent,
              ...(consentMissing ? { error: t("error.consent") } : {}),
            })
          }
          <div class="perennial-actions">${button(preview.confirmLabel, "main")}</div>`,
      )}
      <div class="perennial-actions">
        ${go(frame, pathTo.subscription(contractId), t("confirm.keep"), { look: "button" })}
      </div>`,
    { back: toSubscription(frame, contractId) },
  );
}

/** What was done. @param undo the confirmation that takes it back, looked at right after it was done */
export function receiptPage(
  frame: Frame,
  contractId: string,
  receipt: Receipt,
  undo: { label: string; effect: readonly string[]; confirmation: Confirmation } | null,
): Html {
  const { t, locale, timeZone } = frame;
  return page(
    frame,
    receipt.title,
    html`<div class="perennial-notice" role="status">
        ${receipt.text.map((line) => html`<p>${line}</p>`)}
        <p class="perennial-small">${t("receipt.at", { at: formatDateTime(receipt.at, locale, timeZone) })}</p>
      </div>
      <div class="perennial-actions">
        ${go(frame, pathTo.subscription(contractId), t("receipt.see"), { look: "button" })}
      </div>
      ${
        undo &&
        html`<div class="perennial-undo">
          <p class="perennial-strong">${t("receipt.undoEffect")}</p>
          ${undo.effect.map((line) => html`<p class="perennial-small">${line}</p>`)}
          ${confirmForm(frame, contractId, undo.confirmation, button(undo.label))}
        </div>`
      }`,
  );
}

/** Why nothing was done, and how to go on. @param queue what waits for the renewal that is being charged, if it may */
export function problemPage(
  frame: Frame,
  contractId: string | null,
  problem: Problem,
  queue: Confirmation | null = null,
): Html {
  const { t } = frame;
  const path = contractId === null ? pathTo.home : pathTo.subscription(contractId);
  return page(
    frame,
    problem.title,
    html`<div class="perennial-notice" role="alert">${problem.text.map((line) => html`<p>${line}</p>`)}</div>
      ${
        queue &&
        contractId !== null &&
        html`<div class="perennial-actions">
          ${confirmForm(frame, contractId, queue, button(t("problem.queue"), "main"))}
        </div>`
      }
      <div class="perennial-actions">${go(frame, path, t("problem.look"), { look: "button" })}</div>`,
  );
}
