import type { T } from "~/ui/i18n";

const known = [
  "AUTHENTICATION_ERROR",
  "CALL_CARD_ISSUER",
  "CARD_DECLINED",
  "CARD_NUMBER_INCORRECT",
  "CUSTOMER_NOT_FOUND",
  "EXPIRED_PAYMENT_METHOD",
  "FRAUD_SUSPECTED",
  "INSUFFICIENT_FUNDS",
  "INSUFFICIENT_INVENTORY",
  "INVALID_CUSTOMER_BILLING_AGREEMENT",
  "INVALID_PAYMENT_METHOD",
  "INVALID_SHIPPING_ADDRESS",
  "INVENTORY_ALLOCATIONS_NOT_FOUND",
  "PAYMENT_METHOD_DECLINED",
  "PAYMENT_METHOD_NOT_FOUND",
  "PAYMENT_PROVIDER_IS_NOT_ENABLED",
  "PICK_UP_CARD",
  "UNEXPECTED_ERROR",
] as const;

/**
 * Why a payment failed, as half a sentence in small letters. Codes are Shopify's billing attempt error codes; those that
 * only a payment expert could use are given as they are.
 */
export function declineText(code: string | null, t: T): string {
  const found = known.find((each) => each === code);
  if (found) return t(`decline.${found}`);
  return code ? t("decline.OTHER", { code }) : t("decline.UNEXPECTED_ERROR");
}
