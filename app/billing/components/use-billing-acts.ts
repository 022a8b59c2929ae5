import { useFetcher } from "@remix-run/react";
import { useEffect, useState } from "react";

import { showToast } from "~/ui/app-bridge";
import { useT } from "~/ui/i18n";
import type { T } from "~/ui/i18n";

import type { BillingAnswer } from "../acts";
import type { BillingQuestion } from "./billing-questions";

/** Every page's acts go to the billing page's action: one place that takes the merchant's word on money. */
const ACTION = "/app/billing?index";

/** Asks, acts and tells the outcome. The page's data is read anew after every act, whatever came of it. */
export function useBillingActs() {
  const t = useT();
  const fetcher = useFetcher<BillingAnswer>();
  const [question, setQuestion] = useState<BillingQuestion | null>(null);
  const { data, state } = fetcher;
  const busy = state !== "idle";
  const answer = busy ? undefined : data;

  useEffect(() => {
    if (!answer) return;
    setQuestion(null);
    if (answer.outcome === "DONE") showToast(t(`billingDone.${answer.done}`));
    // t is new at every rendering; one answer is one toast.
  }, [answer]);

  const send = (fields: Record<string, string>) => {
    void fetcher.submit(fields, { method: "POST", action: ACTION });
  };

  return {
    question,
    busy,
    trouble: answer ? troubleText(answer, t) : null,
    ask: setQuestion,
    dismiss: () => {
      setQuestion(null);
    },
    confirm: () => {
      if (question) send(fieldsOf(question));
    },
    /** Asks Shopify whether billing can go on; needs no question, since nothing is charged that was not due. */
    probe: () => {
      send({ act: "release", probe: "1" });
    },
  };
}

function fieldsOf(question: BillingQuestion): Record<string, string> {
  switch (question.act) {
    case "retry":
      return { act: "retry", chargeId: question.chargeId };
    case "resolve":
      return { act: "resolve", chargeId: question.chargeId, how: question.how };
    case "orderNow":
      return { act: "orderNow", contractId: question.contractId };
    case "release":
      return { act: "release" };
  }
}

/** What could not be done, in a sentence that stays on the page; null if it was done. */
export function troubleText(answer: BillingAnswer, t: T): string | null {
  switch (answer.outcome) {
    case "DONE":
      return null;
    case "NOT_NOW":
      return t(`billingTrouble.${answer.why}`);
    case "REFUSED":
      return t("billingTrouble.REFUSED", { message: answer.message });
    case "NOT_FOUND":
    case "SHOPIFY_UNAVAILABLE":
      return t(`billingTrouble.${answer.outcome}`);
  }
}
