import { Decimal } from "decimal.js";

import type { AttemptFieldsFragment, AttemptFeedQuery } from "~/shopify/generated/admin";

import type { AttemptOutcome, SeenOrder, SeenState } from "./engine";
import type { ReadAttempt } from "./guard";

/**
 * Shopify's SubscriptionBillingAttempt in the engine's terms. The schema promises what is read here; the engine takes its
 * money decisions on it all the same as if it didn't: what can't be understood is left out, or counts as not yet known.
 */

const STATES: Readonly<Partial<Record<string, SeenState>>> = {
  SubscriptionBillingAttemptPendingState: "PENDING",
  SubscriptionBillingAttemptActionRequiredState: "ACTION_REQUIRED",
  SubscriptionBillingAttemptFailedState: "FAILED",
  SubscriptionBillingAttemptSuccessState: "SUCCESS",
} satisfies Record<AttemptFieldsFragment["state"]["__typename"], SeenState>;

type Loose<Value> = Value extends readonly (infer Item)[]
  ? readonly (Loose<Item> | null)[]
  : Value extends object
    ? { [Key in keyof Value]?: Loose<Value[Key]> | null }
    : Value;

type State = AttemptFieldsFragment["state"];
type Failure = Extract<State, { __typename: "SubscriptionBillingAttemptFailedState" }>["error"];
type Order = NonNullable<Extract<State, { __typename: "SubscriptionBillingAttemptSuccessState" }>["order"]>;

/** @returns null for what has no id, no key or no time: nobody could be matched with it */
export function attemptOutcome(given: AttemptFieldsFragment): AttemptOutcome | null {
  const attempt: Loose<AttemptFieldsFragment> | null = given;
  const { id, idempotencyKey, state } = attempt ?? {};
  const createdAt = dateOf(attempt?.createdAt);
  const completedAt = dateOf(attempt?.completedAt);
  if (!isAttemptId(id) || !isText(idempotencyKey) || !createdAt) return null;
  const seen = STATES[state?.__typename ?? ""] ?? "PENDING";
  return {
    shopifyId: id,
    idempotencyKey,
    state: seen,
    createdAt,
    errorCode: state?.__typename === "SubscriptionBillingAttemptFailedState" ? errorCodeOf(state.error) : null,
    nextActionUrl:
      state?.__typename === "SubscriptionBillingAttemptActionRequiredState" ? urlOf(state.action?.nextActionUrl) : null,
    order: state?.__typename === "SubscriptionBillingAttemptSuccessState" ? orderOf(state.order) : null,
    // An end before the beginning is none: what was paid too early would let the next charge come too soon.
    completedAt: completedAt && completedAt >= createdAt ? completedAt : null,
  };
}

/** Those of a list that can be understood. */
export const attemptOutcomes = (nodes: readonly AttemptFieldsFragment[] | null | undefined): AttemptOutcome[] =>
  (Array.isArray(nodes) ? nodes : []).flatMap((node: AttemptFieldsFragment) => attemptOutcome(node) ?? []);

/** @returns null if any of them can't be understood: it might be the one that has paid */
export function allAttempts(nodes: readonly AttemptFieldsFragment[] | null | undefined): AttemptOutcome[] | null {
  if (!Array.isArray(nodes)) return null;
  const outcomes = attemptOutcomes(nodes);
  return outcomes.length === nodes.length ? outcomes : null;
}

type FeedNode = AttemptFeedQuery["subscriptionBillingAttempts"]["nodes"][number];

/** @returns nothing for one that can't be understood or matched with a contract */
export function readAttempt(node: FeedNode): ReadAttempt[] {
  const outcome = attemptOutcome(node);
  const contractShopifyId = contractOf(node);
  return outcome && contractShopifyId !== null ? [{ outcome, contractShopifyId }] : [];
}

/**
 * As `readAttempt`; one that can't be understood, of a contract that can, counts as somebody's attempt on its way, so that
 * the contract is looked at by itself before it is charged.
 */
export function readOrSuspect(node: FeedNode, now: Date): ReadAttempt | null {
  const contractShopifyId = contractOf(node);
  if (contractShopifyId === null) return null;
  const { id }: { id: unknown } = node;
  const suspect: AttemptOutcome = {
    shopifyId: isText(id) ? id : "",
    idempotencyKey: `unreadable ${isText(id) ? id : contractShopifyId}`,
    state: "PENDING",
    createdAt: now,
    errorCode: null,
    nextActionUrl: null,
    order: null,
    completedAt: null,
  };
  return { outcome: attemptOutcome(node) ?? suspect, contractShopifyId };
}

function contractOf(given: FeedNode): string | null {
  const node: { subscriptionContract?: { id?: unknown } | null } | null = given;
  const id = node?.subscriptionContract?.id;
  return isText(id) ? id : null;
}

function errorCodeOf(error: Loose<Failure> | null | undefined): string {
  const code =
    error?.__typename === "SubscriptionBillingAttemptPaymentError"
      ? error.paymentCode
      : error?.__typename === "SubscriptionBillingAttemptInventoryError"
        ? error.inventoryCode
        : error?.__typename === "SubscriptionBillingAttemptGeneralError"
          ? error.generalCode
          : null;
  return isText(code) ? code : "UNEXPECTED_ERROR";
}

function orderOf(order: Loose<Order> | null | undefined): SeenOrder | null {
  const total = amountOf(order?.totalPriceSet?.presentmentMoney?.amount);
  const currencyCode = order?.totalPriceSet?.presentmentMoney?.currencyCode;
  if (!isText(order?.id) || total === null || !isCurrency(currencyCode)) return null;
  const tax = order.taxesIncluded === false ? amountOf(order.totalTaxSet?.presentmentMoney?.amount) : "0";
  return { id: order.id, name: isText(order.name) ? order.name : "", total, taxOnTop: tax ?? "0", currencyCode };
}

/** Ids, keys and codes are short; what is longer is no such thing. */
const LONGEST = 500;
export const isText = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= LONGEST && !value.includes("\u0000");

/** What Shopify can be asked about: one id that it doesn't take would have the whole list refused. */
export const isAttemptId = (value: unknown): value is string =>
  typeof value === "string" && /^gid:\/\/shopify\/SubscriptionBillingAttempt\/[A-Za-z0-9-]{1,100}$/.test(value);

/** ISO 4217 in form: what Intl takes for a currency. */
export const isCurrency = (value: unknown): value is string => typeof value === "string" && /^[A-Z]{3}$/.test(value);

/** Nobody's business took place before, and none is planned after; PostgreSQL and every calendar know these years. */
const YEARS = { from: Date.UTC(1990, 0, 1), to: Date.UTC(2200, 0, 1) } as const;

/** @returns null for what is no moment */
export function dateOf(value: unknown): Date | null {
  if (typeof value !== "string" || value.length > LONGEST) return null;
  const date = new Date(value);
  return date.getTime() >= YEARS.from && date.getTime() < YEARS.to ? date : null;
}

const LARGEST_AMOUNT = new Decimal("1e15");

function amountOf(value: unknown): string | null {
  if (typeof value !== "string" || !/^\d{1,20}(\.\d{1,6})?$/.test(value)) return null;
  return new Decimal(value).lessThan(LARGEST_AMOUNT) ? value : null;
}

const urlOf = (value: unknown): string | null =>
  typeof value === "string" && value.length <= 2000 && URL.canParse(value) && /^https?:/.test(value) ? value : null;
