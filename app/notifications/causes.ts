import type { MailTextKey } from "./texts";

type CauseKey = Extract<MailTextKey, `cause.${string}`>;

/**
 * What a shopper is told about a failed payment, by Shopify's error code. A suspicion of fraud is never passed on: the
 * reader is most often the one who was protected by it.
 */
export const CAUSES: Readonly<Partial<Record<string, CauseKey>>> = {
  INSUFFICIENT_FUNDS: "cause.INSUFFICIENT_FUNDS",
  CALL_ISSUER: "cause.CALL_ISSUER",
  TRANSACTION_LIMIT_EXCEEDED: "cause.LIMIT",
  PAYPAL_ERROR_GENERAL: "cause.PAYPAL",
  CANCELLED_PAYMENT: "cause.CALLED_OFF",
  CARD_DECLINED: "cause.DECLINED",
  DO_NOT_HONOR: "cause.DECLINED",
  PAYMENT_METHOD_DECLINED: "cause.DECLINED",

  EXPIRED_CARD: "cause.EXPIRED",
  EXPIRED_PAYMENT_METHOD: "cause.EXPIRED",

  CARD_NUMBER_INCORRECT: "cause.DETAILS",
  INCORRECT_NUMBER: "cause.DETAILS",
  INVALID_NUMBER: "cause.DETAILS",
  INVALID_EXPIRY_DATE: "cause.DETAILS",
  INCORRECT_ADDRESS: "cause.ADDRESS",
  INCORRECT_ZIP: "cause.ADDRESS",
  INVALID_BILLING_ADDRESS: "cause.ADDRESS",
  AMOUNT_TOO_LARGE: "cause.TOO_LARGE",
  BUYER_CANCELED_PAYMENT_METHOD: "cause.WITHDRAWN",
  INVALID_CUSTOMER_BILLING_AGREEMENT: "cause.PAYPAL_AGREEMENT",
  FRAUD_SUSPECTED: "cause.BLOCKED",
  PAYMENT_METHOD_NOT_FOUND: "cause.MISSING",
  PAYMENT_METHOD_NOT_SPECIFIED: "cause.MISSING",
  PAYMENT_METHOD_UNSUPPORTED: "cause.UNSUPPORTED",
  INVALID_PURCHASE_TYPE: "cause.UNSUPPORTED",
  INVALID_PAYMENT_METHOD: "cause.LASTING",
  RETRY_DECLINED: "cause.LASTING",
};

/**
 * The sentence that tells a shopper why a payment failed.
 * @param code Shopify's error code; one without words of its own is told by its class
 * @param declineClass app/billing/decline.ts
 */
export function causeKey(code: string, declineClass: string): CauseKey {
  const known = CAUSES[code];
  if (known) return known;
  if (declineClass === "EXPIRED") return "cause.EXPIRED";
  return declineClass === "HARD" ? "cause.LASTING" : "cause.UNKNOWN";
}
