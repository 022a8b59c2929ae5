import { orderNow as orderContractNow } from "~/billing/actions.server";
import type { Context } from "~/context.server";
import { pauseUntil } from "~/contracts/pause.server";
import { resumeContract } from "~/contracts/status.server";
import { localDate } from "~/schedule/due";

import type { Problem } from "../actions";
import { deliveryAmount, nextOpen, openCycles } from "../amounts";
import type { ActionOf, Done, Plan } from "../plan";
import { problem } from "../problem";
import type { Subject } from "../subject";
import { subjectOf } from "../subject.server";
import { nextSentence, refused } from "./schedule.server";

/** A pause is no end: who is away for longer restarts. */
const LONGEST_PAUSE_DAYS = 366;
const DAY_MS = 86_400_000;

export function pause(ctx: Context, subject: Subject, { until }: ActionOf["pause"]): Plan | Problem {
  const { shopper, words, row, now } = subject;
  const { t, date, list } = words;
  const { timeZone } = shopper.shop;
  const today = localDate(now, timeZone);
  if (
    until !== null &&
    (until <= today || until > localDate(new Date(now.getTime() + LONGEST_PAUSE_DAYS * DAY_MS), timeZone))
  ) {
    return problem(shopper, "DATE_NOT_POSSIBLE");
  }
  const passing = openCycles(subject).filter(
    ({ dueAt }) => until !== null && localDate(new Date(dueAt), timeZone) < until,
  );
  const first = openCycles(subject).find(
    ({ dueAt }) => until !== null && localDate(new Date(dueAt), timeZone) >= until,
  );
  const effect = [
    until === null ? t("pause.effect") : t("pause.effectUntil", { day: words.day(until) }),
    ...(passing.length > 0
      ? [t("pause.passing", { dates: list(passing.map(({ dueAt }) => date(dueAt))), count: passing.length })]
      : []),
    ...(until === null
      ? [t("pause.resumeYourself")]
      : first
        ? [t("pause.then", { date: date(first.dueAt), amount: words.money(deliveryAmount(subject)) })]
        : [t("pause.thenLater")]),
  ];
  const paused = (): Done => ({
    title: until === null ? t("pause.done") : t("pause.doneUntil", { day: words.day(until) }),
    text: effect,
    queued: false,
    // One that was paused already goes back to the day it had.
    undo: { label: t("undo"), action: row.status === "PAUSED" ? pausedAgain(subject) : { kind: "resume" } },
  });
  return {
    title: until === null ? t("pause.title") : t("pause.titleUntil", { day: words.day(until) }),
    effect,
    confirmLabel: until === null ? t("pause.confirm") : t("pause.confirmUntil", { day: words.day(until) }),
    consent: null,
    async carryOut() {
      const result = await pauseUntil(ctx, shopper.shop, row.id, until, "shopper");
      if (result.outcome === "PAUSED") return paused();
      return result.outcome === "DATE_NOT_POSSIBLE" ? problem(shopper, "DATE_NOT_POSSIBLE") : refused(subject, result);
    },
  };
}

/** The pause as it is now; of one whose day has come without an end to it. */
function pausedAgain({ row, shopper, now }: Subject): ActionOf["pause"] {
  const until = row.pausedUntil ? localDate(row.pausedUntil, shopper.shop.timeZone) : null;
  return { kind: "pause", until: until !== null && until > localDate(now, shopper.shop.timeZone) ? until : null };
}

export function resume(ctx: Context, subject: Subject): Plan {
  const { shopper, words, row } = subject;
  const { t } = words;
  return {
    title: t("resume.title"),
    effect: [t("resume.effect"), nextSentence(subject)],
    confirmLabel: t("resume.confirm"),
    consent: null,
    async carryOut() {
      const result = await resumeContract(ctx, shopper.shop, row.id, "shopper");
      if (result.outcome !== "RESUMED") return refused(subject, result);
      const after = await subjectOf(ctx, shopper, row.id);
      return {
        title: t("resume.done"),
        text: [nextSentence(after ?? subject)],
        queued: false,
        // Shopify's own stop is not ours to bring back.
        undo: row.status === "PAUSED" ? { label: t("undo"), action: pausedAgain(subject) } : null,
      };
    },
  };
}

export function orderNow(ctx: Context, subject: Subject): Plan | Problem {
  const { shopper, words, row } = subject;
  const { t, date, money } = words;
  const next = nextOpen(subject);
  if (!next) return problem(shopper, "TOO_LATE");
  const amount = money(deliveryAmount(subject));
  const after = nextOpen(subject, next.cycleIndex);
  const then = after ? t("order-now.then", { date: date(after.dueAt) }) : t("nextIsNone");
  return {
    title: t("order-now.title"),
    effect: [t("order-now.effect", { date: date(next.dueAt), amount }), then],
    confirmLabel: t("order-now.confirm"),
    consent: null,
    async carryOut() {
      const result = await orderContractNow(ctx, shopper.shop, row.id, "shopper");
      if (result.outcome === "NOT_NOW") return notNow(subject, result.why);
      if (result.outcome !== "DONE") return refused(subject, result);
      return {
        title: t("order-now.done"),
        text: [t("order-now.doneText", { amount }), then],
        queued: false,
        undo: null,
      };
    },
  };
}

/** Why the engine would not charge now, as a problem of the portal's. */
export function notNow({ shopper, words: { t } }: Subject, why: string): Problem {
  switch (why) {
    case "RENEWAL_RUNNING":
    case "NOT_ACTIVE":
      return problem(shopper, why);
    case "CHALLENGE_OPEN":
      return problem(shopper, "RENEWAL_RUNNING", { text: [t("alert.approval.open")] });
    case "TOO_OFTEN":
      return problem(shopper, "TOO_MANY", { text: [t("retry-payment.tooOften")] });
    case "BILLING_HELD":
      return problem(shopper, "REFUSED", { text: [t("order-now.held", { shop: shopper.shop.name })] });
    default:
      return problem(shopper, "TOO_LATE");
  }
}
