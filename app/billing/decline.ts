import type {
  SubscriptionBillingAttemptGeneralErrorCode,
  SubscriptionBillingAttemptInventoryErrorCode,
  SubscriptionBillingAttemptPaymentErrorCode,
} from "~/shopify/generated/admin";

/** What a failure means for what happens next. */
export type DeclineClass =
  /** The bank said no this time: tried again on the schedule. */
  | "SOFT"
  /** As SOFT, but moved to a pay day. */
  | "INSUFFICIENT_FUNDS"
  /** The card has run out: a new one is asked for, no retries. */
  | "EXPIRED"
  /** This payment method will never work: no retries, a new one is asked for. */
  | "HARD"
  /** 3-D Secure was not passed: the shopper must act; tried again on the schedule, with the link mailed. */
  | "CHALLENGE"
  /** The gateway or Shopify had trouble: not a decline, tried again soon, nobody is mailed. */
  | "GATEWAY"
  /** Stock: its own rules decide, not dunning. */
  | "STOCK"
  /** The shop's account or the contract's data is at fault: a merchant must act, the shopper is not bothered. */
  | "SETUP";

/**
 * Every code with which Shopify fails an attempt: the union's payment, general and inventory errors, and the one
 * without a code of its own. Equal to SubscriptionBillingAttemptErrorCode of the pinned schema (tested).
 */
export type DeclineCode =
  | SubscriptionBillingAttemptPaymentErrorCode
  | SubscriptionBillingAttemptGeneralErrorCode
  | SubscriptionBillingAttemptInventoryErrorCode
  | "UNEXPECTED_ERROR";

export interface Decline {
  class: DeclineClass;
  /** One plain sentence: why this class and not another. */
  because: string;
}

/**
 * Each code's class and why. Rule of thumb where Shopify's text leaves it open: a try that may succeed is worth a day's
 * wait, a try that can't costs the shop goodwill with the bank, and an e-mail about what only the merchant can mend
 * costs it the shopper's.
 */
export const DECLINES: Readonly<Record<DeclineCode, Decline>> = {
  INSUFFICIENT_FUNDS: {
    class: "INSUFFICIENT_FUNDS",
    because: "The account is empty today and is filled again, most often on a pay day.",
  },

  CALL_ISSUER: {
    class: "SOFT",
    because: "The bank wants a word with the shopper; many such blocks lift by themselves or after that call.",
  },
  CANCELLED_PAYMENT: {
    class: "SOFT",
    because: "This payment was called off on its way, which says nothing about the next one.",
  },
  CARD_DECLINED: {
    class: "SOFT",
    because: "The bank gave no reason; most refusals without one pass within days.",
  },
  DO_NOT_HONOR: {
    class: "SOFT",
    because: "The bank's general no, given for passing limits and risk scores as well as for lasting reasons.",
  },
  GENERIC_ERROR: {
    class: "SOFT",
    because: "No reason is known; it counts as a refusal so that it can't be repeated without end.",
  },
  PAYMENT_METHOD_DECLINED: {
    class: "SOFT",
    because: "The processor declined without a reason, as with CARD_DECLINED.",
  },
  PAYPAL_ERROR_GENERAL: {
    class: "SOFT",
    because:
      "PayPal doesn't say whether the trouble is its own or the account's, so the shopper gets to know and it is tried again.",
  },
  TRANSACTION_LIMIT_EXCEEDED: {
    class: "SOFT",
    because: "The cardholder's limit is one of a day, a week or a month, and starts again with the next.",
  },

  EXPIRED_CARD: { class: "EXPIRED", because: "The card's date has passed; it will not come back." },
  EXPIRED_PAYMENT_METHOD: {
    class: "EXPIRED",
    because: "The payment method's date has passed; it will not come back.",
  },

  AMOUNT_TOO_LARGE: {
    class: "HARD",
    because: "The amount is above what this kind of payment method can ever take; another kind may take it.",
  },
  BUYER_CANCELED_PAYMENT_METHOD: {
    class: "HARD",
    because: "The shopper has withdrawn it; trying again would go against their word.",
  },
  CARD_NUMBER_INCORRECT: { class: "HARD", because: "The bank knows no such card, and will know none tomorrow." },
  FRAUD_SUSPECTED: {
    class: "HARD",
    because: "Charging a card that is suspected stolen again invites disputes and network fines.",
  },
  INCORRECT_ADDRESS: {
    class: "HARD",
    because: "The billing address is not the card's; the shopper has to give it anew together with the card.",
  },
  INCORRECT_NUMBER: { class: "HARD", because: "The bank knows no such card, and will know none tomorrow." },
  INCORRECT_ZIP: {
    class: "HARD",
    because: "The postal code is not the card's; the shopper has to give it anew together with the card.",
  },
  INVALID_BILLING_ADDRESS: {
    class: "HARD",
    because: "The address belongs to the stored payment method, and only the shopper can give it anew.",
  },
  INVALID_CUSTOMER_BILLING_AGREEMENT: {
    class: "HARD",
    because: "The shopper's agreement with PayPal has ended; only they can make a new one.",
  },
  INVALID_EXPIRY_DATE: {
    class: "HARD",
    because: "The stored date is not the card's; it has to be typed in again.",
  },
  INVALID_NUMBER: { class: "HARD", because: "The stored number is no card number." },
  INVALID_PAYMENT_METHOD: {
    class: "HARD",
    because: "Shopify asks for this payment method to be updated or replaced.",
  },
  INVALID_PURCHASE_TYPE: {
    class: "HARD",
    because: "This payment method can't be used for subscriptions; another one can.",
  },
  PAYMENT_METHOD_NOT_FOUND: { class: "HARD", because: "The payment method has been removed or revoked." },
  PAYMENT_METHOD_NOT_SPECIFIED: {
    class: "HARD",
    because: "The contract has no payment method; only the shopper can give it one.",
  },
  PAYMENT_METHOD_UNSUPPORTED: {
    class: "HARD",
    because: "The shop no longer takes this kind of payment method; the shopper has to choose another.",
  },
  RETRY_DECLINED: {
    class: "HARD",
    because:
      "The processor has blocked further tries with this payment method (Shopify's changelog for 2027-01: a different one is required).",
  },

  AUTHENTICATION_ERROR: {
    class: "CHALLENGE",
    because: "3-D Secure broke off; the shopper can pass it with the link.",
  },
  AUTHENTICATION_FAILED: {
    class: "CHALLENGE",
    because: "3-D Secure was tried and not passed; the shopper can try again with the link.",
  },
  AUTHENTICATION_REQUIRED: {
    class: "CHALLENGE",
    because: "The bank lets this payment through only with the shopper's own confirmation.",
  },
  EXPIRED_BUYER_ACTION: {
    class: "CHALLENGE",
    because: "The shopper was asked to confirm and didn't in time; a new try makes a new link.",
  },
  OFF_SESSION_REJECTED: {
    class: "CHALLENGE",
    because: "The bank refuses a payment in the shopper's absence; they have to confirm it.",
  },

  CONFIRMATION_REJECTED: {
    class: "GATEWAY",
    because: "Shopify itself did not confirm the payment to its gateway; neither bank nor shopper has said no.",
  },
  PAYMENT_PROVIDER_ERROR: { class: "GATEWAY", because: "The payment provider failed before any bank answered." },
  PROCESSING_ERROR: { class: "GATEWAY", because: "The payment provider failed while it worked on the payment." },
  TRANSIENT_ERROR: { class: "GATEWAY", because: "Shopify says it will pass and asks to try later." },
  UNEXPECTED_ERROR: { class: "GATEWAY", because: "Shopify's own failure, of which nothing else is known." },

  INSUFFICIENT_INVENTORY: { class: "STOCK", because: "The goods are missing, not the money." },
  INVENTORY_ALLOCATIONS_NOT_FOUND: {
    class: "STOCK",
    because: "No active location can supply the goods; for the order that is the same as none in stock.",
  },

  AMOUNT_TOO_SMALL: {
    class: "SETUP",
    because: "The amount is below what the gateway takes; the merchant has to change the price or the interval.",
  },
  CUSTOMER_INVALID: { class: "SETUP", because: "The customer's record is broken, which only the shop can mend." },
  CUSTOMER_NOT_FOUND: { class: "SETUP", because: "The customer's record is gone; there is nobody to bill." },
  FREE_GIFT_CARD_NOT_ALLOWED: {
    class: "SETUP",
    because: "A gift card's price on the contract is zero, which Shopify never sells.",
  },
  INVALID_CURRENCY: {
    class: "SETUP",
    because: "The shop's gateway no longer takes the contract's currency; another card would meet the same wall.",
  },
  INVALID_SHIPPING_ADDRESS: {
    class: "SETUP",
    because: "The contract's address is missing or broken; it is data of the shop's, and no card mends it.",
  },
  INVOICE_ALREADY_PAID: {
    class: "SETUP",
    because: "Money may have been taken already: a person looks before anything is charged again.",
  },
  MERCHANT_ACCOUNT_ERROR: { class: "SETUP", because: "The shop's account with its payment provider is at fault." },
  MERCHANT_RULE: { class: "SETUP", because: "A rule that the merchant made refuses it, and will refuse it again." },
  NON_TEST_ORDER_LIMIT_REACHED: {
    class: "SETUP",
    because: "The shop's plan allows no more real orders until the merchant acts.",
  },
  PAYMENT_METHOD_INCOMPATIBLE_WITH_GATEWAY_CONFIG: {
    class: "SETUP",
    because: "The gateway is in test mode and the payment method is not, or the other way round.",
  },
  PAYMENT_PROVIDER_IS_NOT_ENABLED: { class: "SETUP", because: "The shop has its payment provider switched off." },
  PURCHASE_TYPE_NOT_SUPPORTED: {
    class: "SETUP",
    because: "The shop's gateway doesn't take subscriptions at all; another card would meet the same wall.",
  },
  TEST_MODE: { class: "SETUP", because: "The gateway is in test mode and can't take real money." },
};

const CLASSES: ReadonlyMap<string, DeclineClass> = new Map([
  ...Object.entries(DECLINES).map(([code, decline]) => [code, decline.class] as const),
  // The engine's own word for Shopify's SubscriptionBillingAttemptUnexpectedError, which carries no code.
  ["UNEXPECTED", "GATEWAY"],
]);

/**
 * The class of a failed attempt's error code. A code that the pinned schema doesn't know (Shopify adds some at any
 * time) is SOFT: tried again a limited number of times, and the shopper hears of it.
 */
export function declineClass(code: string): DeclineClass {
  return CLASSES.get(code) ?? "SOFT";
}
