import type { AttemptFieldsFragment, CycleGuardQuery } from "~/shopify/generated/admin";

import type { AttemptOutcome, SeenAttempt, SeenState } from "./engine";

const STATES = {
  SubscriptionBillingAttemptPendingState: "PENDING",
  SubscriptionBillingAttemptActionRequiredState: "ACTION_REQUIRED",
  SubscriptionBillingAttemptFailedState: "FAILED",
  SubscriptionBillingAttemptSuccessState: "SUCCESS",
} as const satisfies Record<AttemptFieldsFragment["state"]["__typename"], SeenState>;

type Failure = Extract<
  AttemptFieldsFragment["state"],
  { __typename: "SubscriptionBillingAttemptFailedState" }
>["error"];

/** Shopify's SubscriptionBillingAttempt in the engine's terms. */
export function attemptOutcome(attempt: AttemptFieldsFragment): AttemptOutcome {
  const { state } = attempt;
  const order = state.__typename === "SubscriptionBillingAttemptSuccessState" ? state.order : null;
  return {
    shopifyId: attempt.id,
    idempotencyKey: attempt.idempotencyKey,
    state: STATES[state.__typename],
    errorCode: state.__typename === "SubscriptionBillingAttemptFailedState" ? errorCodeOf(state.error) : null,
    order: order
      ? {
          id: order.id,
          name: order.name,
          total: order.totalPriceSet.shopMoney.amount,
          currencyCode: order.totalPriceSet.shopMoney.currencyCode,
        }
      : null,
    completedAt: attempt.completedAt ? new Date(attempt.completedAt) : null,
  };
}

function errorCodeOf(error: Failure): string {
  switch (error.__typename) {
    case "SubscriptionBillingAttemptPaymentError":
      return error.paymentCode;
    case "SubscriptionBillingAttemptInventoryError":
      return error.inventoryCode;
    case "SubscriptionBillingAttemptGeneralError":
      return error.generalCode;
    case "SubscriptionBillingAttemptUnexpectedError":
      return "UNEXPECTED";
  }
}

type GuardAttempt = NonNullable<
  CycleGuardQuery["subscriptionBillingCycle"]
>["sourceContract"]["billingAttempts"]["nodes"][number];

export const seenAttempt = (attempt: GuardAttempt): SeenAttempt => ({
  shopifyId: attempt.id,
  idempotencyKey: attempt.idempotencyKey,
  state: STATES[attempt.state.__typename],
  createdAt: new Date(attempt.createdAt),
  completedAt: attempt.completedAt ? new Date(attempt.completedAt) : null,
});
