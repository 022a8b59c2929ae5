import type { Context } from "~/context.server";

import type { PortalActionKind, Problem } from "./actions";
import { problem } from "./problem";
import type { Shopper } from "./shopper";
import type { Choices } from "./views";

/**
 * What may be chosen for one kind of action, with what it costs.
 * @param line ours; for swap and preferences
 */
export function choicesFor(
  _ctx: Context,
  shopper: Shopper,
  _id: string,
  _kind: PortalActionKind,
  _line?: string,
): Promise<({ ok: true } & Choices) | Problem> {
  return Promise.resolve(problem(shopper, "NOT_FOUND"));
}
