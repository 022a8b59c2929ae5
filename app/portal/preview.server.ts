import type { Context } from "~/context.server";

import type { PortalAction, Preview, Problem } from "./actions";
import { refusalOf } from "./allowed";
import { digestOf } from "./digest.server";
import { planOf } from "./kinds/index.server";
import { previewCancel, previewOffer } from "./leaving.server";
import { isProblem } from "./plan";
import type { Plan } from "./plan";
import { problem } from "./problem";
import type { Shopper } from "./shopper";
import type { Subject } from "./subject";
import { subjectOf } from "./subject.server";

/** What an action would do, cost and when: nothing is changed. @param id of the subscription, ours */
export async function preview(
  ctx: Context,
  shopper: Shopper,
  id: string,
  action: PortalAction,
): Promise<Preview | Problem> {
  const subject = await subjectOf(ctx, shopper, id);
  if (!subject) return problem(shopper, "NOT_FOUND");
  if (action.kind === "cancel") return previewCancel(ctx, shopper, id, action.leaving);
  if (action.kind === "accept-offer") return previewOffer(ctx, shopper, action.leaving);
  const plan = await planned(ctx, subject, action);
  if (isProblem(plan)) return plan;
  const { title, effect, confirmLabel, consent } = plan;
  return { ok: true, action, title, effect, confirmLabel, consent, seen: seenOf(subject, plan) };
}

export type PlannedAction = Exclude<PortalAction, { kind: "accept-offer" | "cancel" }>;

/** The plan of an action that may be done now. */
export async function planned(ctx: Context, subject: Subject, action: PlannedAction): Promise<Plan | Problem> {
  const refusal = refusalOf(subject, action.kind);
  if (!refusal) return planOf(ctx, subject, action.kind, action);
  // Whoever has asked for the payment that runs must not be told to ask again.
  const text = refusal === "RENEWAL_RUNNING" ? { text: [subject.words.t("order-now.running")] } : {};
  return problem(subject.shopper, refusal, text);
}

const PROMISE = ".";

/** The state that was seen, and what was promised of it: dates, amounts and words. */
const seenOf = ({ state }: Subject, { title, effect, consent }: Plan): string =>
  `${state}${PROMISE}${digestOf([title, effect, consent])}`;

/**
 * Whether what the shopper saw still holds. With one click (an undo) only the subscription was seen; where a new
 * agreement is made, its words must have been.
 */
export function stillHolds(subject: Subject, plan: Plan, seen: string): boolean {
  return seen.includes(PROMISE) || plan.consent !== null ? seen === seenOf(subject, plan) : seen === subject.state;
}
