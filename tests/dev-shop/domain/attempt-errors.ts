/** The schema's error codes by the union member of SubscriptionBillingAttemptError that carries them. */
export const PAYMENT_ERRORS = [
  "AMOUNT_TOO_LARGE",
  "AMOUNT_TOO_SMALL",
  "AUTHENTICATION_ERROR",
  "AUTHENTICATION_FAILED",
  "AUTHENTICATION_REQUIRED",
  "BUYER_CANCELED_PAYMENT_METHOD",
  "CALL_ISSUER",
  "CANCELLED_PAYMENT",
  "CARD_DECLINED",
  "CARD_NUMBER_INCORRECT",
  "CONFIRMATION_REJECTED",
  "DO_NOT_HONOR",
  "EXPIRED_BUYER_ACTION",
  "EXPIRED_CARD",
  "EXPIRED_PAYMENT_METHOD",
  "FRAUD_SUSPECTED",
  "GENERIC_ERROR",
  "INCORRECT_ADDRESS",
  "INCORRECT_NUMBER",
  "INCORRECT_ZIP",
  "INSUFFICIENT_FUNDS",
  "INVALID_CURRENCY",
  "INVALID_CUSTOMER_BILLING_AGREEMENT",
  "INVALID_EXPIRY_DATE",
  "INVALID_NUMBER",
  "INVALID_PAYMENT_METHOD",
  "INVALID_PURCHASE_TYPE",
  "INVALID_SHIPPING_ADDRESS",
  "INVOICE_ALREADY_PAID",
  "MERCHANT_RULE",
  "OFF_SESSION_REJECTED",
  "PAYMENT_METHOD_DECLINED",
  "PAYMENT_METHOD_UNSUPPORTED",
  "PAYMENT_PROVIDER_ERROR",
  "PAYPAL_ERROR_GENERAL",
  "PROCESSING_ERROR",
  "PURCHASE_TYPE_NOT_SUPPORTED",
  "RETRY_DECLINED",
  "TEST_MODE",
  "TRANSACTION_LIMIT_EXCEEDED",
  "TRANSIENT_ERROR",
] as const;

export const INVENTORY_ERRORS = ["INSUFFICIENT_INVENTORY", "INVENTORY_ALLOCATIONS_NOT_FOUND"] as const;

export const GENERAL_ERRORS = [
  "CUSTOMER_INVALID",
  "CUSTOMER_NOT_FOUND",
  "FREE_GIFT_CARD_NOT_ALLOWED",
  "INVALID_BILLING_ADDRESS",
  "MERCHANT_ACCOUNT_ERROR",
  "NON_TEST_ORDER_LIMIT_REACHED",
  "PAYMENT_METHOD_INCOMPATIBLE_WITH_GATEWAY_CONFIG",
  "PAYMENT_METHOD_NOT_FOUND",
  "PAYMENT_METHOD_NOT_SPECIFIED",
  "PAYMENT_PROVIDER_IS_NOT_ENABLED",
] as const;

export const UNEXPECTED_ERRORS = ["UNEXPECTED_ERROR"] as const;

export type AttemptErrorKind = "payment" | "inventory" | "general" | "unexpected";

const KINDS: readonly (readonly [AttemptErrorKind, readonly string[]])[] = [
  ["payment", PAYMENT_ERRORS],
  ["inventory", INVENTORY_ERRORS],
  ["general", GENERAL_ERRORS],
  ["unexpected", UNEXPECTED_ERRORS],
];

/** The kind of an error code, or null for a text that is none of the schema's codes. */
export const kindOfError = (code: string): AttemptErrorKind | null =>
  KINDS.find(([, codes]) => codes.includes(code))?.[0] ?? null;

const MESSAGES: Partial<Record<string, string>> = {
  CARD_DECLINED: "Card was declined.",
  INSUFFICIENT_FUNDS: "The card has insufficient funds.",
  INSUFFICIENT_INVENTORY: "There is not enough inventory of one or more product variants.",
  EXPIRED_PAYMENT_METHOD: "The payment method has expired.",
  PAYMENT_METHOD_NOT_FOUND: "The payment method couldn't be found.",
  PAYMENT_METHOD_NOT_SPECIFIED: "The payment method isn't specified.",
  AUTHENTICATION_REQUIRED: "The transaction requires authentication.",
  EXPIRED_BUYER_ACTION: "The customer did not authenticate the payment in time.",
  CUSTOMER_NOT_FOUND: "The customer couldn't be found.",
};

/** A sentence for an error code; only some of Shopify's own are known, the rest is the code in words. */
export const messageOfError = (code: string): string =>
  MESSAGES[code] ?? `${code.charAt(0)}${code.slice(1).toLowerCase().replaceAll("_", " ")}.`;

/** What the contract's lastBillingAttemptErrorType becomes (documented values; which code falls where is read off the unions). */
export function contractErrorType(code: string): "CUSTOMER_ERROR" | "INVENTORY_ERROR" | "OTHER" | "PAYMENT_ERROR" {
  if (code.startsWith("CUSTOMER_")) return "CUSTOMER_ERROR";
  const kind = kindOfError(code);
  if (kind === "inventory") return "INVENTORY_ERROR";
  return kind === "payment" || code.startsWith("PAYMENT_METHOD_") ? "PAYMENT_ERROR" : "OTHER";
}
