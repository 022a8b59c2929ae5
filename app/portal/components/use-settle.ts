import { useFetcher } from "@remix-run/react";
import { useEffect, useState } from "react";

import { showToast } from "~/ui/app-bridge";
import { useT } from "~/ui/i18n";
import type { T } from "~/ui/i18n";

import type { SettleOutcome } from "../case-views";

export interface Settling {
  outcome: "SETTLED" | "DECLINED";
  note: string;
  cancel: boolean;
}

/**
 * Settles and tells the outcome. Of the page rather than of its form, which is gone as soon as it is done.
 */
export function useSettle() {
  const t = useT();
  const fetcher = useFetcher<SettleOutcome>();
  const [asking, setAsking] = useState(false);
  const busy = fetcher.state !== "idle";
  const answer = busy ? undefined : fetcher.data;

  useEffect(() => {
    if (!answer) return;
    setAsking(false);
    if (answer.outcome === "DONE") showToast(t("cases.done"));
    // t is new at every rendering; one answer is one toast.
  }, [answer]);

  return {
    asking,
    busy,
    trouble: troubleText(answer, t),
    ask: () => {
      setAsking(true);
    },
    dismiss: () => {
      setAsking(false);
    },
    send: ({ outcome, note, cancel }: Settling) => {
      void fetcher.submit({ outcome, note, cancel: String(cancel) }, { method: "POST" });
    },
  };
}

export type Settle = ReturnType<typeof useSettle>;

function troubleText(answer: SettleOutcome | undefined, t: T): string | null {
  if (!answer || answer.outcome === "DONE") return null;
  return t(`cases.trouble_${answer.outcome === "NOT_CANCELLED" ? answer.why : answer.outcome}`);
}
