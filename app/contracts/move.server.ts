import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";

import type { NotActed } from "./acting.server";
import type { DayRange } from "./move";

export type MoveDeliveryOutcome =
  | {
      outcome: "MOVED";
      /** The cycle that is delivered then. */
      cycleIndex: number;
      /** ISO 8601: as Shopify has it now. */
      expectedAt: string;
      /** ISO 8601: expected dates of those that are skipped because the new date lies beyond them. */
      skipped: string[];
    }
  | { outcome: "DATE_NOT_POSSIBLE"; range: DayRange | null }
  | { outcome: "TOO_LATE" }
  | { outcome: "NOT_ACTIVE" }
  | NotActed;

/** Moves a delivery to a day of the shop's calendar ("2026-12-24"), beyond its cycle if need be. */
export function moveDelivery(
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
  day: string,
  actor: Actor,
): Promise<MoveDeliveryOutcome> {
  throw new Error(`Not built yet: ${ctx.ids.next()} ${shop.id} ${contractId} ${cycleIndex} ${day} ${actor}`);
}

/** From which day to which a coming delivery may be moved; null: not at all. For previews; pages have it in CycleView. */
export function movableRange(
  ctx: Context,
  shop: Shop,
  contractId: string,
  cycleIndex: number,
): Promise<DayRange | null> {
  throw new Error(`Not built yet: ${ctx.ids.next()} ${shop.id} ${contractId} ${cycleIndex}`);
}
