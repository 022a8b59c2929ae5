import type { Context } from "~/context.server";

import type { PortalAction, Preview, Problem } from "./actions";
import { problem } from "./problem";
import type { Shopper } from "./shopper";

/** What an action would do, cost and when: nothing is changed. */
export function preview(
  _ctx: Context,
  shopper: Shopper,
  _id: string,
  _action: PortalAction,
): Promise<Preview | Problem> {
  return Promise.resolve(problem(shopper, "NOT_FOUND"));
}
