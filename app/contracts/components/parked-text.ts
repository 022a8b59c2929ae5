import type { T } from "~/ui/i18n";

/**
 * Why a charge is held back, as half a sentence in small letters.
 * @param reason charge.parkedReason: the engine's ParkedReason, "REFUSED_" and Shopify's code for an odd refusal
 */
export function parkedText(reason: string | null, t: T): string {
  if (!reason) return t("parked.NONE");
  if (reason === "PAID_RECENTLY" || reason === "CYCLE_NOT_FOUND") return t(`parked.${reason}`);
  return t("parked.REFUSED", { code: reason.replace(/^REFUSED_/, "") });
}
