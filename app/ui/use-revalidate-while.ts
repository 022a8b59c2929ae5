import { useRevalidator } from "@remix-run/react";
import { useEffect } from "react";

/** Often enough to feel alive, seldom enough to cost nothing. */
const EVERY_MS = 3000;

/** Reads the page's data anew every few seconds while something is under way on the server. */
export function useRevalidateWhile(underWay: boolean): void {
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    if (!underWay || state !== "idle") return;
    const timer = setTimeout(revalidate, EVERY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [underWay, state, revalidate]);
}
