import { useFetcher } from "@remix-run/react";
import { useEffect, useState } from "react";

import { showToast } from "~/ui/app-bridge";
import { useT } from "~/ui/i18n";

import type { CycleChangeOutcome } from "../cycles.server";
import type { StatusOutcome } from "../status.server";
import type { CycleView } from "../views";
import type { Question } from "./questions";

export type ContractAction = StatusOutcome | CycleChangeOutcome;

/** What has been done is a toast; what could not be done stays on the page. */
const done = ["PAUSED", "RESUMED", "CANCELLED", "SKIPPED", "UNSKIPPED"] as const;
const isDone = (outcome: ContractAction["outcome"]) => done.some((each) => each === outcome);

/** Asks, acts and tells the outcome. The page's data is read anew after every act, whatever came of it. */
export function useContractActs(contractId: string) {
  const t = useT();
  const fetcher = useFetcher<ContractAction>();
  const [question, setQuestion] = useState<Question | null>(null);
  const { data, state } = fetcher;
  const busy = state !== "idle";
  const sent = fetcher.formData;
  const answer = busy ? undefined : data;

  useEffect(() => {
    if (!answer) return;
    setQuestion(null);
    if (isDone(answer.outcome) && answer.outcome !== "REFUSED") showToast(t(`outcome.${answer.outcome}`));
    // t is new at every rendering; one answer is one toast.
  }, [answer]);

  const send = (fields: Record<string, string>) => {
    void fetcher.submit({ contractId, ...fields }, { method: "POST" });
  };
  const trouble =
    !answer || isDone(answer.outcome)
      ? null
      : answer.outcome === "REFUSED"
        ? t("outcome.REFUSED", { message: answer.message })
        : t(`outcome.${answer.outcome}`);

  return {
    question,
    busy,
    busyCycle: busy && sent?.has("cycleIndex") ? Number(sent.get("cycleIndex")) : null,
    trouble,
    ask: setQuestion,
    dismiss: () => {
      setQuestion(null);
    },
    confirm: () => {
      if (question?.act === "skip") send({ act: "skip", cycleIndex: String(question.cycle.cycleIndex) });
      else if (question) send({ act: question.act });
    },
    unskip: (cycle: CycleView) => {
      send({ act: "unskip", cycleIndex: String(cycle.cycleIndex) });
    },
  };
}
