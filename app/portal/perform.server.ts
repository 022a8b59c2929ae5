import type { Context } from "~/context.server";

import type { PortalAction, Problem, Receipt } from "./actions";
import { mayQueue } from "./kinds/edit.server";
import { acceptOffer, cancelSubscription } from "./leaving.server";
import { isProblem } from "./plan";
import { planned, stillHolds } from "./preview.server";
import { problem } from "./problem";
import type { Shopper } from "./shopper";
import { subjectOf } from "./subject.server";

export interface PerformOptions {
  /** Of the preview, or of the subscription's page for what is done with one click (an undo). */
  seen: string;
  /** Wait for the renewal that is being charged. */
  queue?: boolean;
  /** The preview's `consent`, as it was shown and said yes to; none where there was none. */
  consentText?: string | null;
}

/**
 * Carries an action out: all of it or nothing. What it does is planned anew; if that is not what the shopper saw, in
 * state, dates, amounts or words, nothing is done (STALE).
 */
export async function perform(
  ctx: Context,
  shopper: Shopper,
  id: string,
  action: PortalAction,
  { seen, queue = false, consentText }: PerformOptions,
): Promise<Receipt | Problem> {
  const subject = await subjectOf(ctx, shopper, id);
  if (!subject) return problem(shopper, "NOT_FOUND");
  // Nobody is kept from leaving by a page that has become old.
  if (action.kind === "cancel") return cancelSubscription(ctx, shopper, id, action.leaving, { queue });
  if (action.kind === "accept-offer") return acceptOffer(ctx, shopper, action.leaving, { queue });
  const plan = await planned(ctx, subject, action);
  // Of a page that is old, its age is the reason, not that its line or its day is gone.
  if (isProblem(plan)) return seen.split(".")[0] === subject.state ? plan : staleUnless(plan, shopper, action);
  if (!stillHolds(subject, plan, seen)) {
    // The charge that has begun since then moves the dates by itself; it is what has to be told.
    if (!subject.view.renewalRunning || !plan.canQueue) return problem(shopper, "STALE");
    if (!queue) return mayQueue(subject);
  }
  // Where something is agreed to, in these words: a yes to none, or to others, is no yes.
  if ((consentText ?? null) !== plan.consent) return problem(shopper, "STALE");
  const done = await plan.carryOut({ queue });
  if (isProblem(done)) {
    ctx.log.info(
      { shop: shopper.shop.domain, contract: id, kind: action.kind, problem: done.problem },
      "portal: not done",
    );
    return done;
  }
  return { ok: true, at: ctx.clock.now().toISOString(), ...done };
}

/** Done already when what they are about is gone. */
const REMOVALS: ReadonlySet<string> = new Set(["remove-line", "remove-one-off", "remove-discount"]);

/** What is so whatever page was seen is said as it is. */
function staleUnless(found: Problem, shopper: Shopper, { kind }: PortalAction): Problem {
  if (found.problem === "NOT_FOUND" && REMOVALS.has(kind)) return problem(shopper, "ALREADY_DONE");
  return found.problem === "NOT_FOUND" || found.problem === "NOT_OFFERED" || found.problem === "DATE_NOT_POSSIBLE"
    ? problem(shopper, "STALE")
    : found;
}
