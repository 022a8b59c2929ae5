import { z } from "zod";

import type { Actor, EventType } from "~/history/events";

/**
 * What a person has just asked Shopify for, noted on the contract before the call: whoever reads the change first (the
 * use case itself, or the webhook's re-reading when the answer was lost) puts it down to that person.
 */
const pendingAct = z.object({
  type: z.enum([
    "contract.paused",
    "contract.resumed",
    "contract.cancelled",
    "contract.expired",
    "cycle.skipped",
    "cycle.unskipped",
    "cycle.moved",
    "contract.changed",
  ]),
  cycleIndex: z.number().int().nullable(),
  actor: z.enum(["shopper", "merchant", "perennial", "shopify"]),
  /** The day until which the contract is paused; null without one. */
  until: z.iso.date().nullable().optional(),
  at: z.iso.datetime(),
});

export type PendingAct = z.infer<typeof pendingAct>;

/** After this long a change is no longer taken for the answer to an act. */
const VALID_MS = 60 * 60_000;

/** The act noted on a contract, if it is still young enough to be behind a change seen now. */
export function pendingActOf(stored: unknown, now: Date): PendingAct | null {
  const parsed = pendingAct.safeParse(stored);
  if (!parsed.success) return null;
  return now.getTime() - Date.parse(parsed.data.at) <= VALID_MS ? parsed.data : null;
}

/** Who is behind a change that a reading shows. */
export function actorOf(act: PendingAct | null, type: EventType, cycleIndex: number | null): Actor {
  return act !== null && act.type === type && act.cycleIndex === cycleIndex ? act.actor : "shopify";
}
