import type { Context } from "~/context.server";

import type { Problem } from "./actions";
import { departing } from "./departing.server";
import { leavingWords } from "./leaving-words";
import type { LeavingWords } from "./leaving-words";
import type { Subject } from "./offers.server";
import { problem } from "./problem";
import type { Shopper } from "./shopper";
import { minimumText } from "./way-out";

const DAY_MS = 86_400_000;
/** Whoever comes back within a day goes on where they were. */
export const SAME_LEAVING_MS = DAY_MS;

export const isProblem = (value: object): value is Problem => "ok" in value && value.ok === false;

/** The subscription, if the shopper may leave it now. */
export async function leavable(ctx: Context, shopper: Shopper, id: string): Promise<Subject | Problem> {
  const subject = await departing(ctx, shopper, id);
  if (!subject) return problem(shopper, "NOT_FOUND");
  const { status, minimum } = subject.facts;
  if (status === "CANCELLED" || status === "EXPIRED") return problem(shopper, "ALREADY_ENDED");
  if (minimum) {
    const { shop } = shopper;
    const text = minimumText(wordsOf(shopper), subject.facts, shop.contactEmail ?? shop.email);
    return problem(shopper, "MINIMUM_NOT_REACHED", { text });
  }
  return subject;
}

export const wordsOf = ({ shop, locale }: Shopper): LeavingWords => leavingWords(locale, shop.timeZone);
