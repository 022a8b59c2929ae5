import { useCallback, useEffect, useState } from "preact/hooks";

import type { Problem } from "../../../app/portal/actions";
import { isProblem, type Answered } from "../../customer-account-shared/api";

export type Loaded<Answer> =
  { state: "loading" } | { state: "failed"; problem: Problem } | { state: "shown"; view: Answer };

/** Loads on the first show and again on `reload`, which keeps what is shown until the new one has come. */
export function useLoaded<Answer extends object>(
  load: () => Promise<Answered<Answer>>,
  key: string,
): [Loaded<Answer>, () => Promise<void>] {
  const [loaded, setLoaded] = useState<Loaded<Answer>>({ state: "loading" });
  const reload = useCallback(async () => {
    const answer = await load();
    setLoaded((before) => {
      if (!isProblem(answer)) return { state: "shown", view: answer };
      // What was read a moment ago is better than an empty page.
      return before.state === "shown" ? before : { state: "failed", problem: answer };
    });
    // `load` is made anew with each show; `key` says what it loads.
  }, [key]);
  useEffect(() => {
    setLoaded({ state: "loading" });
    void reload();
  }, [reload]);
  return [loaded, reload];
}
