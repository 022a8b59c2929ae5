import type { T } from "~/ui/i18n";

import { declineText } from "./decline-text";

const known = [
  "PAID_RECENTLY",
  "CYCLE_NOT_FOUND",
  "TOO_LATE",
  "GAP",
  "FOREIGN_CHARGE",
  "AMOUNT_CHANGED",
  "GATEWAY",
  "BAD_DATA",
] as const;

/**
 * Why a charge is held back, as half a sentence in small letters.
 * @param reason charge.parkedReason: the engine's ParkedReason; "SETUP_" and the failed attempt's code, "REFUSED_" and
 * Shopify's code for an odd refusal
 */
export function parkedText(reason: string | null, t: T): string {
  if (!reason) return t("parked.NONE");
  const found = known.find((each) => each === reason);
  if (found) return t(`parked.${found}`);
  if (reason.startsWith("SETUP_")) return t("parked.SETUP", { reason: declineText(reason.slice("SETUP_".length), t) });
  return t("parked.REFUSED", { code: reason.replace(/^REFUSED_/, "") });
}
