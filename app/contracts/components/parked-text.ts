import type { T } from "~/ui/i18n";

/** Why a charge is held back (charge.parkedReason), as half a sentence; a reason without words of its own is given as it is. */
export function parkedText(reason: string | null, t: T): string {
  return reason ? t("parked.OTHER", { reason }) : t("parked.NONE");
}
