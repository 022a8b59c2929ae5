import { z } from "zod";

import type { Actor, EventType } from "~/history/events";

/**
 * What a person has just asked Shopify for, noted on the contract before the call: whoever reads the change first (the
 * use case itself, or the webhook's re-reading when the answer was lost) puts it down to that person.
 */
export const pendingAct = z.object({
  type: z.enum(["contract.paused", "contract.resumed", "contract.cancelled", "cycle.skipped", "cycle.unskipped"]),
  cycleIndex: z.number().int().nullable(),
  actor: z.enum(["shopper", "merchant", "perennial", "shopify"]),
});

export type PendingAct = z.infer<typeof pendingAct>;

/** Who is behind a change that a reading shows. */
export function actorOf(act: PendingAct | null, type: EventType, cycleIndex: number | null): Actor {
  return act !== null && act.type === type && act.cycleIndex === cycleIndex ? act.actor : "shopify";
}
