import type { Context } from "~/context.server";

import type { Problem } from "../actions";
import type { ActionOf, Plan } from "../plan";
import type { Subject } from "../subject";
import { deliveryMethod } from "./delivery.server";
import { addLine, preferences, quantity, removeLine, swap } from "./lines.server";
import { moveBack } from "./move-back.server";
import { addOneOff, removeOneOff } from "./one-offs.server";
import { paymentMethod, retryPayment } from "./payment.server";
import { restart } from "./restart.server";
import { orderNow, pause, resume } from "./running.server";
import { move, skip, unskip } from "./schedule.server";
import { address, discountCode, frequency, removeDiscount } from "./terms.server";

/** Leaving has steps and words of its own (leaving.server.ts). */
export type PlannedKind = Exclude<keyof ActionOf, "accept-offer" | "cancel">;

type Planner<Action> = (ctx: Context, subject: Subject, action: Action) => Plan | Problem | Promise<Plan | Problem>;

const planners: { [Kind in PlannedKind]: Planner<ActionOf[Kind]> } = {
  skip,
  unskip,
  move,
  "move-back": moveBack,
  "order-now": orderNow,
  pause,
  resume,
  frequency,
  quantity,
  swap,
  preferences,
  "add-line": addLine,
  "remove-line": removeLine,
  "add-one-off": addOneOff,
  "remove-one-off": removeOneOff,
  address,
  "delivery-method": deliveryMethod,
  "discount-code": discountCode,
  "remove-discount": removeDiscount,
  "payment-method": paymentMethod,
  "retry-payment": retryPayment,
  restart,
};

/** What the action would do to the subscription, or why it can't be done. Nothing is changed. */
export async function planOf<Kind extends PlannedKind>(
  ctx: Context,
  subject: Subject,
  kind: Kind,
  action: ActionOf[Kind],
): Promise<Plan | Problem> {
  return planners[kind](ctx, subject, action);
}
