import type { Context } from "~/context.server";
import type { ContractEdit, Terms } from "~/contracts/edit";
import { editContract, quoteEdit } from "~/contracts/edit.server";
import type { EditOutcome, QuoteOutcome } from "~/contracts/edit.server";
import { isSame } from "~/money/money";

import { PROBLEMS } from "../actions";
import type { PortalAction, Problem } from "../actions";
import { nextOpen, withOneOffs } from "../amounts";
import type { Done, Plan } from "../plan";
import { problem } from "../problem";
import type { Subject } from "../subject";
import { subjectOf } from "../subject.server";
import { refused } from "./schedule.server";

/** What one kind of edit says of itself; amounts, dates and everything that can go wrong are said here for all. */
export interface EditWords {
  title: string;
  /** What changes. */
  effect: (before: Terms, after: Terms) => string[];
  confirmLabel: string;
  done: string;
  /** An edit that moves the dates says so; the others hold from the next delivery on. */
  when?: "frequency.next";
  /** What is only known afterwards. */
  learnt?: (after: Subject) => string[];
  /** What takes it back, of the subscription as it is afterwards. */
  undo: (after: Subject) => PortalAction | null;
}

/** An edit of the contract: what it would cost and when it takes effect is asked of Shopify's own figures beforehand. */
export async function planEdit(
  ctx: Context,
  subject: Subject,
  edits: readonly ContractEdit[],
  say: EditWords,
): Promise<Plan | Problem> {
  const { shopper, words, row } = subject;
  const quote = await quoteEdit(ctx, shopper.shop, row.id, edits);
  if (quote.outcome !== "QUOTED") return editProblem(subject, quote);
  const { before, after } = quote;
  const changes = say.effect(before, after);
  return {
    title: say.title,
    effect: [...changes, ...costs(subject, before, after), whenText(subject, after.nextBillingAt, say.when)],
    confirmLabel: say.confirmLabel,
    consent: null,
    canQueue: true,
    async carryOut({ queue }) {
      const result = await editContract(ctx, shopper.shop, row.id, edits, {
        actor: "shopper",
        seen: row.revisionId,
        queue,
      });
      if (result.outcome === "QUEUED") {
        return {
          title: words.t("queued.done"),
          text: [...changes, words.t("queued.doneText")],
          queued: true,
          undo: null,
        };
      }
      if (result.outcome !== "EDITED") return editProblem(subject, result);
      return edited(ctx, subject, say, changes, quote, result);
    },
  };
}

async function edited(
  ctx: Context,
  subject: Subject,
  say: EditWords,
  changes: string[],
  { before, after }: Extract<QuoteOutcome, { outcome: "QUOTED" }>,
  result: Extract<EditOutcome, { outcome: "EDITED" }>,
): Promise<Done> {
  const { shopper, words, row } = subject;
  const { t, date } = words;
  const now = await subjectOf(ctx, shopper, row.id);
  const action = now ? say.undo(now) : null;
  const { datesDiffer } = result;
  const dates = datesDiffer
    ? t("edit.datesDiffer", {
        expected: datesDiffer.expected ? date(datesDiffer.expected) : t("edit.noDate"),
        is: datesDiffer.is ? date(datesDiffer.is) : t("edit.noDate"),
      })
    : whenText(now ?? subject, result.nextBillingAt, say.when);
  return {
    title: say.done,
    text: [
      ...changes,
      ...costs(subject, before, { ...after, amount: result.amount }),
      ...((now && say.learnt?.(now)) ?? []),
      dates,
    ],
    queued: false,
    undo: action ? { label: t("undo"), action } : null,
  };
}

/** What a delivery costs then, and what the next one costs if something goes with it alone. */
export function costs(subject: Subject, before: Terms, after: Terms): string[] {
  const { t, money } = subject.words;
  const isSameAmount = isSame(before.amount.amount, after.amount.amount);
  const waiting = subject.oneOffs.filter(({ charging }) => !charging);
  return [
    isSameAmount
      ? t("edit.sameAmount", { amount: money(after.amount) })
      : t("edit.amount", { amount: money(after.amount), before: money(before.amount) }),
    ...(waiting.length > 0
      ? [t("edit.withOneOffs", { amount: money(withOneOffs(after.amount, waiting)), titles: titles(subject) })]
      : []),
  ];
}

const titles = ({ words, oneOffs }: Subject): string =>
  words.list(oneOffs.filter(({ charging }) => !charging).map(({ title }) => title));

/** From when it holds. @param expected the next renewal's date as it is expected, ISO 8601 */
function whenText(subject: Subject, expected: string | null, key: EditWords["when"]): string {
  const { t, date } = subject.words;
  if (subject.row.status !== "ACTIVE") return t("edit.whenResumed");
  const known = nextOpen(subject);
  // When it is the date that Shopify has already, its day is the one on which we charge.
  const at = known && known.expectedAt === expected ? known.dueAt : expected;
  return at === null ? t("nextIsNone") : t(key ?? "edit.from", { date: date(at) });
}

const CODE_REASONS = [
  "NOT_FOUND",
  "CURRENTLY_INACTIVE",
  "USAGE_LIMIT_REACHED",
  "PURCHASE_NOT_IN_RANGE",
  "CUSTOMER_NOT_ELIGIBLE",
] as const;

/** Why what had waited for a renewal was not done. @param reason as the history keeps it (contracts/attend.server.ts) */
export function notMadeTexts(subject: Subject, reason: string, kinds: readonly string[]): string[] {
  const { shopper, words } = subject;
  const ofCode = kinds.includes("DISCOUNT_CODE") && CODE_REASONS.find((known) => known === reason);
  if (ofCode) return [words.t(`code.${ofCode}`)];
  if (reason === "TOO_MANY_LINES") return [words.t("edit.tooManyLines")];
  if (reason === "NOT_AS_ASKED") return [words.t("edit.notTakenBack", { shop: shopper.shop.name })];
  return problem(shopper, PROBLEMS.find((known) => known === reason) ?? "REFUSED").text;
}

/** A renewal is being charged: the change may wait for it. */
export const mayQueue = ({ shopper, words }: Pick<Subject, "shopper" | "words">): Problem =>
  problem(shopper, "RENEWAL_RUNNING", { text: [words.t("queued.may")], canQueue: true });

/** Why an edit was not made, in the portal's words. */
export function editProblem(
  subject: Subject,
  outcome: Exclude<EditOutcome | QuoteOutcome, { outcome: "EDITED" | "QUEUED" | "QUOTED" }>,
): Problem {
  const { shopper, words } = subject;
  const { t } = words;
  switch (outcome.outcome) {
    case "LAST_LINE":
    case "NOT_OFFERED":
    case "SOLD_OUT":
    case "ADDRESS_NOT_SERVED":
    case "STALE":
    case "NOT_FOUND":
      return problem(shopper, outcome.outcome);
    case "RENEWAL_RUNNING":
      return mayQueue(subject);
    case "TOO_MANY_LINES":
      return problem(shopper, "NOT_OFFERED", { text: [t("edit.tooManyLines")] });
    case "CODE_NOT_VALID": {
      const reason = CODE_REASONS.find((known) => known === outcome.reason);
      return problem(shopper, "CODE_NOT_VALID", reason ? { text: [t(`code.${reason}`)] } : {});
    }
    case "NOT_AS_ASKED":
      return problem(shopper, "REFUSED", {
        text: [t(outcome.takenBack ? "edit.takenBack" : "edit.notTakenBack", { shop: shopper.shop.name })],
      });
    case "ALREADY_ENDED":
    case "SHOPIFY_UNAVAILABLE":
    case "REFUSED":
      return refused(subject, outcome);
  }
}
