import type { Context } from "~/context.server";
import type { Terms } from "~/contracts/edit";
import { quoteRestart, restartContract } from "~/contracts/restart.server";
import type { RestartProblem } from "~/contracts/restart.server";
import { toJson } from "../json";

import type { Problem } from "../actions";
import { recordConsent } from "../consent.server";
import type { Plan } from "../plan";
import { problem } from "../problem";
import type { Subject } from "../subject";
import { fullTitle } from "./lines.server";

/** An ended subscription as a new one: what is agreed to is kept word for word. */
export async function restart(ctx: Context, subject: Subject): Promise<Plan | Problem> {
  const { shopper, words, row } = subject;
  const { t, date, money } = words;
  const quote = await quoteRestart(ctx, shopper.shop, row.id);
  if (quote.outcome === "RESTARTED_ALREADY") return problem(shopper, "NOT_OFFERED", { text: [t("restart.already")] });
  if (quote.outcome !== "QUOTED") return restartProblem(subject, quote);
  const { terms, minCycles, maxCycles, paymentMethodLabel } = quote;
  const consent = consentText(subject, terms, quote);
  return {
    title: t("restart.title"),
    effect: [
      t("restart.effect", { lines: linesText(subject, terms) }),
      t("restart.amount", {
        amount: money(terms.amount),
        frequency: words.interval(terms.frequency.interval, terms.frequency.count),
      }),
      terms.nextBillingAt ? t("restart.first", { date: date(terms.nextBillingAt) }) : t("nextIsNone"),
      ...(paymentMethodLabel ? [t("restart.paidWith", { label: paymentMethodLabel })] : []),
      ...(minCycles !== null && minCycles > 1 ? [t("restart.minimum", { count: minCycles })] : []),
      t("restart.new"),
    ],
    confirmLabel: t("restart.confirm"),
    consent,
    async carryOut() {
      const result = await restartContract(ctx, shopper.shop, row.id, {
        actor: "shopper",
        consent: (tx, contractId) =>
          recordConsent(ctx, tx, shopper.shop, contractId, {
            source: "RESTART",
            locale: shopper.locale,
            text: consent,
            terms: toJson({ ...terms, minCycles, maxCycles, paymentMethodLabel }),
          }),
      });
      if (result.outcome !== "RESTARTED") return restartProblem(subject, result);
      return {
        title: t("restart.done"),
        text: [
          result.nextBillingAt
            ? t("restart.doneText", { date: date(result.nextBillingAt), amount: money(result.amount) })
            : t("nextIsNone"),
          t("restart.cancelAnytime"),
        ],
        queued: false,
        undo: null,
      };
    },
  };
}

const linesText = ({ words }: Subject, terms: Terms): string =>
  words.list(terms.lines.map((line) => words.t("line", { title: fullTitle(line), quantity: line.quantity })));

function consentText(
  subject: Subject,
  terms: Terms,
  { minCycles, maxCycles }: { minCycles: number | null; maxCycles: number | null },
): string {
  const { t, date, money, interval } = subject.words;
  return [
    t("restart.consent", {
      shop: subject.shopper.shop.name,
      lines: linesText(subject, terms),
      amount: money(terms.amount),
      frequency: interval(terms.frequency.interval, terms.frequency.count),
    }),
    ...(terms.nextBillingAt ? [t("restart.consentFrom", { date: date(terms.nextBillingAt) })] : []),
    ...(minCycles !== null && minCycles > 1 ? [t("restart.minimum", { count: minCycles })] : []),
    maxCycles === null ? t("restart.consentUntil") : t("restart.consentMaximum", { count: maxCycles }),
  ].join(" ");
}

function restartProblem({ shopper, words }: Subject, { outcome }: RestartProblem): Problem {
  return outcome === "NOT_ENDED"
    ? problem(shopper, "NOT_OFFERED", { text: [words.t("restart.notEnded")] })
    : problem(shopper, outcome);
}
