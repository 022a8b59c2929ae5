import { settingsOf } from "~/billing/settings/settings";
import type { Context } from "~/context.server";
import { moveBackWouldBe, takeMoveBack } from "~/contracts/move-back.server";
import type { NotMovedBack } from "~/contracts/move-back.server";
import { localDate } from "~/schedule/due";
import { dueOf } from "~/schedule/due-of";

import type { Problem } from "../actions";
import { refusalOf } from "../allowed";
import { amountOfCycle } from "../amounts";
import type { ActionOf, Done, Plan } from "../plan";
import { problem } from "../problem";
import type { Subject } from "../subject";
import { subjectOf } from "../subject.server";
import { refused } from "./schedule.server";

/** Takes back a move beyond its cycle: every delivery that it was about is on its old day again. */
export async function moveBack(
  ctx: Context,
  subject: Subject,
  { move }: ActionOf["move-back"],
): Promise<Plan | Problem> {
  const { shopper, words, row, now } = subject;
  const { t, date } = words;
  const { shop } = shopper;
  const found = await moveBackWouldBe(ctx, shop, row.id, move);
  if (found.outcome !== "POSSIBLE") return notMovedBack(subject, found);
  const { skipped, later, previous } = found;
  const back = dueOf({ contractId: row.id, expectedAt: previous }, settingsOf(shop), now);
  const deliveries = [...skipped, { ...later, dueAt: back }];
  const names = { date: date(deliveries[0]?.dueAt ?? back), day: date(later.dueAt) };
  return {
    title: t("move-back.title", names),
    effect: effectOf(withOpen(subject, skipped), deliveries),
    confirmLabel: t("move-back.confirm", names),
    consent: null,
    async carryOut(): Promise<Done | Problem> {
      const result = await takeMoveBack(ctx, shop, row.id, move, "shopper");
      if (result.outcome !== "MOVED_BACK") return notMovedBack(subject, result);
      if (result.underWay) {
        const text = [t("underWay", names)];
        return { title: t("move-back.underWay", names), text, queued: false, undo: null };
      }
      const after = (await subjectOf(ctx, shopper, row.id)) ?? subject;
      const are = after.cycles.filter(({ cycleIndex }) => deliveries.some((one) => one.cycleIndex === cycleIndex));
      const day = localDate(later.expectedAt, shop.timeZone);
      return {
        title: t("move-back.done", names),
        text: effectOf(after, are),
        queued: false,
        undo:
          refusalOf(after, "move") === null
            ? { label: t("undo"), action: { kind: "move", cycle: found.move.fromIndex, day } }
            : null,
      };
    },
  };
}

interface Delivery {
  cycleIndex: number;
  dueAt: Date;
}

const effectOf = (subject: Subject, deliveries: readonly Delivery[]): string[] =>
  deliveries.map(({ cycleIndex, dueAt }) => {
    const { t, date, money } = subject.words;
    return t("move-back.effect", { date: date(dueAt), amount: money(amountOfCycle(subject, cycleIndex)) });
  });

/** As it would be with these among the deliveries that are sent: each takes its place before the discounts. */
const withOpen = (subject: Subject, open: readonly Delivery[]): Subject => ({
  ...subject,
  view: {
    ...subject.view,
    upcoming: subject.view.upcoming.map((cycle) =>
      open.some(({ cycleIndex }) => cycleIndex === cycle.cycleIndex) ? { ...cycle, state: "OPEN" as const } : cycle,
    ),
  },
});

function notMovedBack(subject: Subject, why: NotMovedBack): Problem {
  const { shopper, words } = subject;
  switch (why.outcome) {
    case "TOO_LATE":
      return problem(shopper, "TOO_LATE", { text: [words.t("move-back.late")] });
    case "CHANGED":
      return problem(shopper, "STALE", { text: [words.t("move-back.changed")] });
    case "ALREADY_DONE":
      return problem(shopper, "ALREADY_DONE", { text: [words.t("move-back.already")] });
    // Whoever asks for another's move is told that there is none.
    case "NOT_FOUND":
      return problem(shopper, "NOT_FOUND");
    default:
      return refused(subject, why);
  }
}
