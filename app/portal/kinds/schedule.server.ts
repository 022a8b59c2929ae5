import type { Context } from "~/context.server";
import { skipCycle, unskipCycle } from "~/contracts/cycles.server";
import { moveTarget } from "~/contracts/move";
import { moveDelivery } from "~/contracts/move.server";
import type { CycleView } from "~/contracts/views";
import { localDate } from "~/schedule/due";
import { dueOf } from "~/schedule/due-of";
import { settingsOf } from "~/billing/settings/settings";

import type { PortalAction, Problem } from "../actions";
import { amountOfCycle, deliveryAmount, nextOpen, openCycles } from "../amounts";
import type { ActionOf, Plan } from "../plan";
import { problem } from "../problem";
import type { Subject } from "../subject";
import { subjectOf } from "../subject.server";

const cycleOf = ({ view }: Subject, cycleIndex: number): CycleView | undefined =>
  view.upcoming.find((cycle) => cycle.cycleIndex === cycleIndex);

/** "Your next delivery is then 1 December 2026: 238,00 kr before any taxes." */
export function nextSentence(subject: Subject, except?: number): string {
  const { t, date, money } = subject.words;
  const next = nextOpen(subject, except);
  // What goes with the next delivery alone goes with this one when an earlier one is left out.
  return next ? t("nextIs", { date: date(next.dueAt), amount: money(deliveryAmount(subject)) }) : t("nextIsNone");
}

/** What waits for the next delivery goes with the one after when this one is left out. */
function waiting({ oneOffs, words }: Subject, isNext: boolean): string[] {
  const titles = oneOffs.filter(({ charging }) => !charging).map(({ title }) => title);
  return isNext && titles.length > 0
    ? [words.t("skip.oneOffs", { titles: words.list(titles), count: titles.length })]
    : [];
}

export function skip(ctx: Context, subject: Subject, { cycle: index }: ActionOf["skip"]): Plan | Problem {
  const { shopper, words, row } = subject;
  const cycle = cycleOf(subject, index);
  if (!cycle?.canSkip) return problem(shopper, "TOO_LATE");
  const { t, money } = words;
  const date = words.date(cycle.dueAt);
  const amount = money(amountOfCycle(subject, index));
  const isNext = nextOpen(subject)?.cycleIndex === index;
  return {
    title: t("skip.title", { date }),
    effect: [
      t("skip.effect", { date, amount }),
      ...waiting(subject, isNext),
      ...(isNext ? [nextSentence(subject, index)] : []),
    ],
    confirmLabel: t("skip.confirm", { date }),
    consent: null,
    async carryOut() {
      const result = await skipCycle(ctx, shopper.shop, row.id, index, "shopper");
      if (result.outcome !== "SKIPPED") return refused(subject, result);
      const after = await subjectOf(ctx, shopper, row.id);
      return {
        title: t("skip.done", { date }),
        text: [t("skip.doneText", { date, amount }), ...(after ? [nextSentence(after)] : [])],
        queued: false,
        undo: { label: t("undo"), action: { kind: "unskip", cycle: index } },
      };
    },
  };
}

export function unskip(ctx: Context, subject: Subject, { cycle: index }: ActionOf["unskip"]): Plan | Problem {
  const { shopper, words, row, view } = subject;
  const cycle = cycleOf(subject, index);
  if (!cycle?.canUnskip) return problem(shopper, "TOO_LATE");
  const { t, money } = words;
  const date = words.date(cycle.dueAt);
  // As it would be among those that will be charged.
  const back: Subject = {
    ...subject,
    view: {
      ...view,
      upcoming: view.upcoming.map((one) => (one === cycle ? { ...one, state: "OPEN" as const } : one)),
    },
  };
  const amount = money(amountOfCycle(back, index));
  return {
    title: t("unskip.title", { date }),
    effect: [t("unskip.effect", { date, amount })],
    confirmLabel: t("unskip.confirm", { date }),
    consent: null,
    async carryOut() {
      const result = await unskipCycle(ctx, shopper.shop, row.id, index, "shopper");
      if (result.outcome !== "UNSKIPPED") return refused(subject, result);
      return {
        title: t("unskip.done", { date }),
        text: [t("unskip.doneText", { date, amount })],
        queued: false,
        undo: { label: t("undo"), action: { kind: "skip", cycle: index } },
      };
    },
  };
}

export function move(ctx: Context, subject: Subject, { cycle: index, day }: ActionOf["move"]): Plan | Problem {
  const { shopper, words, row, cycles, now } = subject;
  const { shop } = shopper;
  const { t, money, date } = words;
  const cycle = cycleOf(subject, index);
  if (!cycle?.canSkip) return problem(shopper, "TOO_LATE");
  const target = moveTarget(cycles, index, day, now, shop.timeZone);
  const from = localDate(new Date(cycle.dueAt), shop.timeZone);
  if (!target || day === from) {
    const { movable } = cycle;
    const text = movable
      ? [t("move.range", { from: words.day(movable.from), to: words.day(movable.to) })]
      : [t("problem.DATE_NOT_POSSIBLE.text")];
    return problem(shopper, "DATE_NOT_POSSIBLE", { text });
  }
  const dueAt = dueOf({ contractId: row.id, expectedAt: target.at }, settingsOf(shop), now);
  const oldDate = date(cycle.dueAt);
  const amount = money(amountOfCycle(subject, index));
  const leftOut = target.skipped.filter(({ cycleIndex }) => cycleIndex !== index);
  const after = openCycles(subject).find(({ cycleIndex }) => cycleIndex > target.cycle.cycleIndex);
  const effect = [
    t("move.effect", { date: oldDate, day: date(dueAt), amount }),
    ...instead(subject, target.cycle.cycleIndex, index, leftOut),
    after ? t("move.after", { date: date(after.dueAt) }) : t("move.afterNone"),
  ];
  return {
    title: t("move.title", { date: oldDate, day: date(dueAt) }),
    effect,
    confirmLabel: t("move.confirm", { day: date(dueAt) }),
    consent: null,
    async carryOut() {
      const result = await moveDelivery(ctx, shop, row.id, index, day, "shopper");
      if (result.outcome === "DATE_NOT_POSSIBLE") return problem(shopper, "DATE_NOT_POSSIBLE");
      if (result.outcome !== "MOVED") return refused(subject, result);
      if (result.underWay) {
        const text = [t("underWay", { day: oldDate })];
        return { title: t("move.underWay", { day: date(dueAt) }), text, queued: false, undo: null };
      }
      const is = (await subjectOf(ctx, shopper, row.id))?.view.upcoming.find(
        ({ cycleIndex }) => cycleIndex === result.cycleIndex,
      );
      const dueNow = is?.dueAt ?? result.expectedAt;
      const isAsAsked = localDate(new Date(dueNow), shop.timeZone) === localDate(dueAt, shop.timeZone);
      return {
        title: t("move.done", { day: date(dueNow) }),
        text: [
          isAsAsked
            ? t("move.doneText", { date: oldDate, day: date(dueNow), amount })
            : t("move.differs", { asked: date(dueAt), day: date(dueNow), amount }),
          ...instead(subject, result.cycleIndex, index, leftOut),
        ],
        queued: false,
        undo: { label: t("undo"), action: backOf(result.move, index, from) },
      };
    },
  };
}

/** Beyond its cycle several things were done: they are taken back together. */
const backOf = (move: string | null, cycle: number, day: string): PortalAction =>
  move === null ? { kind: "move", cycle, day } : { kind: "move-back", move };

/** What else happens when a delivery goes beyond its own cycle. */
function instead(subject: Subject, target: number, own: number, leftOut: readonly { cycleIndex: number }[]): string[] {
  if (target === own) return [];
  const { t, date, list } = subject.words;
  const dates = [...leftOut.map(({ cycleIndex }) => cycleIndex), target].flatMap((index) => {
    const cycle = cycleOf(subject, index);
    return cycle ? [date(cycle.dueAt)] : [];
  });
  return [t("move.instead", { dates: list(dates), count: dates.length })];
}

interface NotDone {
  outcome: string;
}

/** What a use case of the contracts would not do, as a problem of the portal's. */
export function refused({ shopper }: Subject, { outcome }: NotDone): Problem {
  switch (outcome) {
    // A cycle of the shopper's own contract that is not there has passed.
    case "NOT_FOUND":
      return problem(shopper, "TOO_LATE");
    case "TOO_LATE":
    case "NOT_ACTIVE":
    case "ALREADY_ENDED":
    case "RENEWAL_RUNNING":
    case "SHOPIFY_UNAVAILABLE":
      return problem(shopper, outcome);
    default:
      return problem(shopper, "REFUSED");
  }
}
