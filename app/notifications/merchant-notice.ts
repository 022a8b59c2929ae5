import type { HistoryLine } from "~/history/events";

import type { EventOf } from "./trail";

/** Whether the shop's owner is written to because billing stands still or goes on again. Pure. */

/** Why billing stands still and only a person can help; what passes by itself is shown in the admin alone. */
export const TOLD_REASONS = ["SIGNED_OUT", "SCOPES_LOST", "AMOUNT_DIFFERS"] as const;
export type ToldReason = (typeof TOLD_REASONS)[number];

export type MerchantNotice =
  | { kind: "HELD"; event: EventOf<"billing.held">; reason: ToldReason }
  /** `heldSince`: when it came to stand still, ISO 8601. */
  | { kind: "RESUMED"; event: EventOf<"billing.resumed">; heldSince: string };

/** A shop whose billing stops and goes on by turns is written to once a day about each. */
const QUIET_MS = 86_400_000;

/**
 * @param history the shop's newest billing.held, billing.resumed and notification.sent lines, newest first
 * @param eventId one of them; overtaken if it is no longer there
 */
export function merchantNotice(history: readonly HistoryLine[], eventId: string): MerchantNotice | null {
  const position = history.findIndex(({ id }) => id === eventId);
  const event = history[position];
  if (event?.type !== "billing.held" && event?.type !== "billing.resumed") return null;
  const mailed = new Set(history.flatMap((line) => (line.type === "notification.sent" ? [line.data.about] : [])));
  const overtaken = history
    .slice(0, position)
    .some(({ type }) => type === "billing.held" || type === "billing.resumed");
  if (overtaken || mailed.has(eventId)) return null;

  const alike = history
    .slice(position + 1)
    .find((line) => line.type === event.type && line.data.reason === event.data.reason && mailed.has(line.id));
  if (alike && Date.parse(event.at) - Date.parse(alike.at) < QUIET_MS) return null;

  if (event.type === "billing.held") {
    const reason = TOLD_REASONS.find((told) => told === event.data.reason);
    return reason ? { kind: "HELD", event, reason } : null;
  }
  // Whoever has not heard that it stood still is not told that it goes on.
  const held = history.slice(position + 1).find(({ type }) => type === "billing.held");
  return held && mailed.has(held.id) ? { kind: "RESUMED", event, heldSince: held.at } : null;
}
