import { DECLINES } from "~/billing/decline";
import type { DeclineCode } from "~/billing/decline";
import type { T } from "~/ui/i18n";

/** Codes of other versions of the API and of older rows, beside those that the engine knows. */
const older = ["CALL_CARD_ISSUER", "PICK_UP_CARD"] as const;
type Known = DeclineCode | (typeof older)[number];

const isKnown = (code: string): code is Known => code in DECLINES || older.some((each) => each === code);

/**
 * Why a payment failed, as half a sentence in small letters. Codes are Shopify's billing attempt error codes; a code
 * that is newer than this app is given as it is.
 */
export function declineText(code: string | null, t: T): string {
  if (code === null || code === "UNEXPECTED") return t("decline.UNEXPECTED_ERROR");
  return isKnown(code) ? t(`decline.${code}`) : t("decline.OTHER", { code });
}
