import type { Context } from "~/context.server";

import type { PortalAction, Problem, Receipt } from "./actions";
import { problem } from "./problem";
import type { Shopper } from "./shopper";

export interface PerformOptions {
  /** Of the preview, or of the subscription's page for what is done with one click (an undo). */
  seen: string;
  /** Wait for the renewal that is being charged. */
  queue?: boolean;
  /** The preview's `consent`, as it was shown. */
  consentText?: string | null;
}

/** Carries an action out: all of it or nothing. */
export function perform(
  _ctx: Context,
  shopper: Shopper,
  _id: string,
  _action: PortalAction,
  _options: PerformOptions,
): Promise<Receipt | Problem> {
  return Promise.resolve(problem(shopper, "NOT_FOUND"));
}
