import type { Context } from "~/context.server";

import type { Preview, Problem, Receipt } from "./actions";
import type { LeavingStart, LeavingStep, Reason } from "./leaving";
import { problem } from "./problem";
import type { Shopper } from "./shopper";

/** The shopper wants to leave: which reasons there are. The same one while it is open. @param id of the subscription */
export function startLeaving(_ctx: Context, shopper: Shopper, _id: string): Promise<LeavingStart | Problem> {
  return Promise.resolve(problem(shopper, "NOT_FOUND"));
}

/** Why, if the shopper says so; with at most one offer that fits. */
export function giveReason(
  _ctx: Context,
  shopper: Shopper,
  _leavingId: string,
  _reason: Reason | null,
  _comment: string,
): Promise<LeavingStep | Problem> {
  return Promise.resolve(problem(shopper, "NOT_FOUND"));
}

/** Carries out the offer that was shown. */
export function acceptOffer(
  _ctx: Context,
  shopper: Shopper,
  _leavingId: string,
  _options: { queue?: boolean } = {},
): Promise<Receipt | Problem> {
  return Promise.resolve(problem(shopper, "NOT_FOUND"));
}

/** What ending it would mean; nothing is changed. */
export function previewCancel(
  _ctx: Context,
  shopper: Shopper,
  _id: string,
  _leavingId: string | null,
): Promise<Preview | Problem> {
  return Promise.resolve(problem(shopper, "NOT_FOUND"));
}

/** What accepting the offer would mean, for those who come to it by its action. */
export function previewOffer(_ctx: Context, shopper: Shopper, _leavingId: string): Promise<Preview | Problem> {
  return Promise.resolve(problem(shopper, "NOT_FOUND"));
}

/** Ends the subscription, and says what is still owed or delivered. */
export function cancelSubscription(
  _ctx: Context,
  shopper: Shopper,
  _id: string,
  _leavingId: string | null,
  _options: { queue?: boolean } = {},
): Promise<Receipt | Problem> {
  return Promise.resolve(problem(shopper, "NOT_FOUND"));
}
