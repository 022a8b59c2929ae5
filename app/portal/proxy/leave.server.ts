import { reasonKey } from "../leaving";
import { giveReason, startLeaving } from "../leaving.server";
import type { Problem } from "../actions";
import { expired, notFound, subscriptionFor } from "./act.server";
import { problemPage } from "./action-page";
import { signInPage } from "./door-pages";
import { LEAVE_INTENT, offerPage, reasonIntent, reasonPage } from "./leaving-page";
import { subscriptionPage } from "./subscription-page";
import { answer, isOurForm } from "./visit.server";
import type { Answer, ShopperVisit } from "./visit.server";

/** The way out: a reason if the shopper likes, at most one offer, and the end (which is an action like the others). */
export async function leaveVisit(visit: ShopperVisit, id: string): Promise<Answer> {
  const { ctx, shopper, frame, fields } = visit;
  const subscription = await subscriptionFor(visit, id);
  if (!subscription) return notFound(visit);
  if (frame.session?.purpose === "payment") return answer(signInPage(frame), 403);

  if (fields?.step === "leave") {
    if (!isOurForm(visit, shopper.customerId, id, LEAVE_INTENT)) return expired(visit, id);
    const start = await startLeaving(ctx, shopper, id);
    return start.ok ? answer(reasonPage(frame, id, start)) : refused(visit, id, start);
  }
  if (fields?.step === "reason") {
    const leaving = fields.leaving ?? "";
    if (!isOurForm(visit, shopper.customerId, id, reasonIntent(leaving))) return expired(visit, id);
    const reason = reasonKey.safeParse(fields.reason);
    const step = await giveReason(ctx, shopper, leaving, reason.success ? reason.data : null, fields.comment ?? "");
    return step.ok ? answer(offerPage(frame, id, step, subscription.seen)) : refused(visit, id, step);
  }
  // Somebody has come back by the browser's history: nothing begins without a click.
  return answer(subscriptionPage(frame, subscription));
}

const refused = ({ frame }: ShopperVisit, id: string, wrong: Problem): Answer =>
  answer(problemPage(frame, id, wrong), wrong.problem === "NOT_FOUND" ? 404 : 409);
