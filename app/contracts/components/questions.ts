import type { Format, T } from "~/ui/i18n";

import type { ContractView, CycleView } from "../views";

/** What the merchant is about to do. */
export type Question = { act: "pause" } | { act: "resume" } | { act: "cancel" } | { act: "skip"; cycle: CycleView };

export interface Asked {
  title: string;
  paragraphs: string[];
  action: string;
  destructive: boolean;
  /** Words for not doing it, where "Cancel" could be misread. */
  keep?: string;
}

/** Says what the act does, with its date and amount, and how to undo it. */
export function ask(
  question: Question,
  contract: Pick<ContractView, "amount" | "upcoming" | "nextBillingAt">,
  t: T,
  format: Pick<Format, "date" | "money">,
): Asked {
  const amount = format.money(contract.amount);
  const next = contract.upcoming.find(({ state }) => state === "OPEN")?.expectedAt ?? contract.nextBillingAt;
  const date = next ? format.date(next) : null;
  switch (question.act) {
    case "pause":
      return {
        title: t("contracts.pauseTitle"),
        paragraphs: [
          date ? t("contracts.pauseWhat", { date }) : t("contracts.pauseWhatNoDate"),
          t("contracts.pauseUndo"),
        ],
        action: t("contracts.pause"),
        destructive: false,
      };
    case "resume":
      return {
        title: t("contracts.resumeTitle"),
        paragraphs: [
          date ? t("contracts.resumeWhat", { date, amount }) : t("contracts.resumeWhatNoDate", { amount }),
          t("contracts.resumeKept"),
        ],
        action: t("contracts.resume"),
        destructive: false,
      };
    case "cancel":
      return {
        title: t("contracts.cancelTitle"),
        paragraphs: [
          date ? t("contracts.cancelWhat", { date, amount }) : t("contracts.cancelWhatNoDate"),
          t("contracts.cancelFinal"),
        ],
        action: t("contracts.cancelSubscription"),
        destructive: true,
        keep: t("contracts.keep"),
      };
    case "skip": {
      const { cycle } = question;
      const after = contract.upcoming.find(
        ({ cycleIndex, state }) => cycleIndex > cycle.cycleIndex && state === "OPEN",
      );
      return {
        title: t("contracts.skipTitle", { date: format.date(cycle.expectedAt) }),
        paragraphs: [
          t("contracts.skipWhat", { date: format.date(cycle.expectedAt), amount }),
          ...(after ? [t("contracts.skipNext", { date: format.date(after.expectedAt) })] : []),
          t("contracts.skipUndo"),
        ],
        action: t("contracts.skip"),
        destructive: false,
      };
    }
  }
}
