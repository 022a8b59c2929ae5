import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";

import type { StatusOutcome } from "./status.server";

/**
 * Pauses until the beginning of a day of the shop's calendar ("2026-12-24"), or until somebody resumes it. On a paused
 * contract it sets another day.
 */
export function pauseUntil(
  ctx: Context,
  shop: Shop,
  contractId: string,
  until: string | null,
  actor: Actor,
): Promise<StatusOutcome | { outcome: "DATE_NOT_POSSIBLE" }> {
  throw new Error(`Not built yet: ${ctx.ids.next()} ${shop.id} ${contractId} ${until} ${actor}`);
}

/** Resumes what was paused until now; called by the tick. */
export function resumePaused(ctx: Context): Promise<void> {
  throw new Error(`Not built yet: ${ctx.ids.next()}`);
}
