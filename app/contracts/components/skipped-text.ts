import type { T } from "~/ui/i18n";

const known = ["dunning", "stock", "paused", "merchant", "ended", "asked"] as const;

/** Why a charge brings no order (Charge.skippedReason), as half a sentence in small letters. */
export function skippedText(reason: string | null, t: T): string {
  return t(`contracts.skippedReason_${known.find((each) => each === reason) ?? "merchant"}`);
}
