import type { T } from "~/ui/i18n";

const known = ["FROZEN", "SIGNED_OUT", "SCOPES_LOST", "UNREACHABLE", "REFUSED", "AMOUNT_DIFFERS"] as const;

/** Why the shop's billing stands still (Shop.billingHeldReason), as half a sentence in small letters. */
export function heldText(reason: string, t: T): string {
  const found = known.find((each) => each === reason);
  return found ? t(`held.${found}`) : t("held.OTHER", { code: reason });
}
