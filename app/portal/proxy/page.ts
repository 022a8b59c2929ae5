import type { ContractView, CycleView } from "~/contracts/views";
import type { ContractStatus } from "~/generated/prisma/enums";
import { formatDateTime, formatMoney } from "~/lib/format";

import { contractCard, cycleForm, dateIn, nextOpenCycle } from "./card";
import type { PageFrame } from "./card";
import type { FormIntent } from "./form-token.server";
import { html } from "~/lib/html";
import type { Html } from "~/lib/html";
import { style } from "./style";
import { linked } from "./texts";

/** Why a click changed nothing. */
export type PortalProblem =
  "EXPIRED" | "RENEWAL_RUNNING" | "TOO_LATE" | "NOT_ACTIVE" | "ALREADY_ENDED" | "SHOPIFY_UNAVAILABLE" | "REFUSED";

/** What is said at the top after a click. */
export type Notice =
  | { kind: "receipt"; action: FormIntent["action"]; contract: ContractView; cycle: CycleView; at: string }
  | { kind: "problem"; problem: PortalProblem };

const order: Record<ContractStatus, number> = { ACTIVE: 0, PAUSED: 1, FAILED: 2, EXPIRED: 3, CANCELLED: 3 };

const page = (content: Html, locale: string): Html =>
  html`${style}
    <div class="perennial" lang="${locale}">${content}</div>`;

/** All of a shopper's subscriptions, those that run first. @param contactEmail where to write to, or null */
export function subscriptionsPage(
  frame: PageFrame,
  shop: { name: string; contactEmail: string | null },
  contracts: readonly ContractView[],
  notice: Notice | null,
): Html {
  const { t } = frame;
  const sorted = contracts.toSorted((one, other) => order[one.status] - order[other.status]);
  const none = html`<p>${t("empty.lead", { shop: shop.name })}</p>
    <p><a class="perennial-button" href="/">${t("empty.button")}</a></p>`;
  const all = html`${sorted.map((contract) => contractCard(frame, contract))}
  ${
    shop.contactEmail !== null &&
    html`<p>${linked(t("cancel", { email: shop.contactEmail }), "mail", `mailto:${shop.contactEmail}`)}</p>`
  }`;
  return page(
    html`<h1>${t("title")}</h1>
      ${notice && noticeBox(frame, notice)} ${sorted.length === 0 ? none : all}`,
    frame.locale,
  );
}

function noticeBox(frame: PageFrame, notice: Notice): Html {
  const { t, locale, timeZone } = frame;
  if (notice.kind === "problem") {
    return html`<div class="perennial-notice" role="alert">
      <p><strong>${t("problem.title")}</strong></p>
      <p>${t(`problem.${notice.problem}`)}</p>
    </div>`;
  }
  const { action, contract, cycle, at } = notice;
  const skipped = action === "skip";
  const next = nextOpenCycle(contract);
  const text = t(skipped ? "receipt.skipped" : "receipt.unskipped", {
    date: dateIn(frame, cycle.dueAt),
    amount: formatMoney(contract.amount, locale),
  });
  return html`<div class="perennial-notice" role="status">
    <p><strong>${text}</strong></p>
    <p>
      ${next && t("receipt.next", { date: dateIn(frame, next.dueAt) })}
      <span class="perennial-small">${t("receipt.at", { at: formatDateTime(at, locale, timeZone) })}</span>
    </p>
    ${
      (skipped ? cycle.canUnskip : cycle.canSkip) &&
      cycleForm(frame, skipped ? "unskip" : "skip", contract.id, cycle.cycleIndex, t("receipt.undo"))
    }
  </div>`;
}

/** For a shopper whom the shop does not know yet. Signing in leads back here. */
export function signInPage(frame: PageFrame): Html {
  const { t, path } = frame;
  const login = `/account/login?${new URLSearchParams({ return_url: path }).toString()}`;
  return page(
    html`<h1>${t("title")}</h1>
      <p>${t("signIn.lead")}</p>
      <p class="perennial-first"><a class="perennial-button" href="${login}">${t("signIn.button")}</a></p>`,
    frame.locale,
  );
}

/** A page that only says why there is nothing to see. */
export function messagePage(
  frame: Pick<PageFrame, "t" | "path" | "locale">,
  message: "notFound" | "tooMany" | "forbidden" | "badLink",
): Html {
  const { t, path, locale } = frame;
  return page(
    html`<h1>${t(message === "notFound" ? "error.notFoundTitle" : "title")}</h1>
      <p role="alert">${t(`error.${message}`)}</p>
      <p><a class="perennial-button" href="${path}">${t("error.back")}</a></p>`,
    locale,
  );
}
