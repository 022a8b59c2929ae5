import type { DunningEnd } from "~/generated/prisma/enums";
import type { Format, T } from "~/ui/i18n";
import type { TextKey } from "~/ui/texts";

import type { StandingView } from "../overview/views";

type Words = Pick<Format, "dateTime" | "date">;

/** Where a charge that was not paid stands, in a sentence or two: tries so far, and what comes next. */
export function standingText(standing: StandingView, t: T, format: Words): string {
  const { stage, tries, triesMax, nextTryAt, endsAt } = standing;
  switch (stage) {
    case "RETRIES": {
      const made = triesMax ? t("standing.tries", { tries, triesMax }) : t("standing.triesOnly", { count: tries });
      return nextTryAt ? `${made} ${t("standing.next", { at: format.dateTime(nextTryAt) })}` : made;
    }
    case "GATEWAY":
      return t("standing.GATEWAY", { at: nextTryAt ? format.dateTime(nextTryAt) : "" });
    case "NEW_CARD":
      return endsAt ? t("standing.NEW_CARD", { until: format.date(endsAt) }) : t("standing.NEW_CARDNoDate");
    case "APPROVAL":
      return endsAt ? t("standing.APPROVAL", { until: format.dateTime(endsAt) }) : t("standing.APPROVALNoDate");
    case "OVER":
      return t("standing.OVER");
  }
}

const planEndKeys: Record<DunningEnd, TextKey> = {
  PAUSE: "standing.planEnd_PAUSE",
  SKIP: "standing.planEnd_SKIP",
  CANCEL: "standing.planEnd_CANCEL",
};

/** "Then the subscription is paused.": beneath the attempts to come. */
export const planEndText = (end: DunningEnd, t: T): string => t(planEndKeys[end]);

const endKeys: Record<DunningEnd, TextKey> = {
  PAUSE: "standing.end_PAUSE",
  SKIP: "standing.end_SKIP",
  CANCEL: "standing.end_CANCEL",
};

/** What happens if nothing helps. */
export const endText = (end: DunningEnd, t: T): string => t(endKeys[end]);
