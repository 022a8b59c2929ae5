import { Decimal } from "decimal.js";

import type { AttemptState, ChargeState } from "~/generated/prisma/enums";

import { nextPollAt } from "./answer";
import { declineClass } from "./decline";
import type { DeclineClass } from "./decline";
import { afterFailure, GATEWAY_TRIES } from "./dunning";
import type { DunningSettings } from "./dunning";
import type { AttemptOutcome, ParkedReason, SeenOrder } from "./engine";
import type { BillingSettings } from "./settings/settings";

/** What becomes of a charge when an attempt's outcome is known: pure, the same for every keeper of the ledger. */

/** A charge and one of its attempts, as the ledger has them. */
export interface Standing {
  state: ChargeState;
  attemptState: AttemptState;
  attemptNumber: number;
  /** False for an attempt before the charge's latest. */
  isLatestAttempt: boolean;
  sentAt: Date | null;
  /** Failures that count as declines, and those that were the gateway's trouble. */
  declines: number;
  gatewayTroubles: number;
  firstFailedAt: Date | null;
  /** The class of the last failure; stays when a new card brings fresh tries. */
  declineClass: string | null;
  /** When dunning looks at it again; null in state FAILED means that dunning is over. */
  nextActionAt: Date | null;
  remindedAt: Date | null;
  /** Decimal string: lines and delivery before tax. */
  expectedAmount: string;
  currencyCode: string;
}

/** Where a failed charge stands. */
export interface Failed {
  errorCode: string;
  declineClass: DeclineClass;
  declines: number;
  gatewayTroubles: number;
  firstFailedAt: Date;
  nextActionAt: Date | null;
  /** Set while no further try is planned: when dunning gives up. */
  dunningEndsAt: Date | null;
}

export type Transition =
  /** @param differsBy decimal string: taken less meant, where it doesn't follow from what was meant to be taken */
  | { kind: "PAID"; differsBy: string | null; recovered: boolean }
  | ({ kind: "FAILED" } & Failed)
  | { kind: "PARKED"; reason: ParkedReason; errorCode: string; declineClass: DeclineClass }
  | { kind: "ACTION_REQUIRED"; nextActionAt: Date; endsAt: Date; isNew: boolean; remind: boolean }
  | { kind: "STILL_PENDING"; nextActionAt: Date }
  /** Dunning was over before Shopify said so: only the attempt's own end is written down. */
  | { kind: "ATTEMPT_FAILED"; errorCode: string }
  /** Shopify has taken money for a cycle that was paid already: nothing can undo it here, a person must. */
  | { kind: "TWICE" }
  /** Known already: told twice, or late. */
  | { kind: "NOTHING" };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A shopper who has not approved the payment is reminded once, after this long. */
const REMINDER_MS = DAY_MS;

/**
 * What an outcome changes. Success is the truth whatever we thought before; anything known already changes nothing.
 * @param outcome as Shopify has it now
 */
export function transition(
  charge: Standing,
  outcome: AttemptOutcome,
  settings: BillingSettings,
  now: Date,
): Transition {
  if (charge.state === "PAID") {
    const isKnown = charge.attemptState === "SUCCESS" || charge.attemptState === "FAILED";
    return { kind: outcome.state === "SUCCESS" && !isKnown ? "TWICE" : "NOTHING" };
  }
  if (outcome.state === "SUCCESS") {
    const differsBy = outcome.order ? differenceOf(outcome.order, charge) : null;
    return { kind: "PAID", differsBy, recovered: hasFailed(charge) };
  }
  const isOver = charge.state === "SKIPPED" || (charge.state === "FAILED" && charge.nextActionAt === null);
  if (!charge.isLatestAttempt || charge.attemptState === "FAILED" || charge.attemptState === "REFUSED") {
    return { kind: "NOTHING" };
  }
  // A challenge that was given up on is only listened to until Shopify closes it.
  const isGivenUp = charge.state === "FAILED" && charge.attemptState === "ACTION_REQUIRED";
  if (outcome.state === "FAILED") {
    const errorCode = outcome.errorCode ?? "UNEXPECTED_ERROR";
    return isOver || isGivenUp
      ? { kind: "ATTEMPT_FAILED", errorCode }
      : failed(charge, errorCode, outcome.completedAt, settings, now);
  }
  if (isOver || isGivenUp) return { kind: "NOTHING" };
  const nextActionAt = nextPollAt(charge.sentAt ?? now, now);
  if (outcome.state === "PENDING") return { kind: "STILL_PENDING", nextActionAt };
  return challenged(charge, outcome, settings, now);
}

/** A new card begins a charge's tries anew: what was held back meanwhile was held back for the old one's sake all the same. */
const hasFailed = ({ firstFailedAt, declineClass }: Standing): boolean =>
  firstFailedAt !== null || (declineClass !== null && declineClass !== "SETUP");

function failed(
  charge: Standing,
  errorCode: string,
  completedAt: Date | null,
  settings: BillingSettings,
  now: Date,
): Transition {
  const kind = declineClass(errorCode);
  if (kind === "SETUP") return { kind: "PARKED", reason: `SETUP_${errorCode}`, errorCode, declineClass: kind };
  const failedAt = completedAt ?? now;
  const isDecline = kind !== "GATEWAY" && kind !== "STOCK";
  const declines = charge.declines + (isDecline ? 1 : 0);
  const gatewayTroubles = charge.gatewayTroubles + (kind === "GATEWAY" ? 1 : 0);
  // The window begins with the first decline: a night of gateway trouble or weeks without stock take nothing from it.
  const hasBegun = charge.declines > 0 || charge.gatewayTroubles > GATEWAY_TRIES || kind === "STOCK";
  const firstFailedAt = hasBegun ? (charge.firstFailedAt ?? failedAt) : failedAt;
  const next = afterFailure(
    { class: kind, firstFailedAt, failures: declines, gatewayFailures: gatewayTroubles, failedAt, now },
    dunningSettings(settings),
  );
  const base = { kind: "FAILED", errorCode, declineClass: kind, declines, gatewayTroubles, firstFailedAt } as const;
  switch (next.kind) {
    case "RETRY":
      return { ...base, nextActionAt: next.at, dunningEndsAt: null };
    case "WAIT_FOR_CARD":
      return { ...base, nextActionAt: next.until, dunningEndsAt: next.until };
    case "STOCK":
      // The stock rules look at it at once, by the same way as before a first charge.
      return { ...base, nextActionAt: now, dunningEndsAt: null };
    case "SETUP":
      return { kind: "PARKED", reason: `SETUP_${errorCode}`, errorCode, declineClass: kind };
    case "END":
      // No card is to blame for it: a merchant should hear of it, not the shopper.
      if (kind === "GATEWAY") return { kind: "PARKED", reason: "GATEWAY", errorCode, declineClass: kind };
      return { ...base, nextActionAt: now, dunningEndsAt: now };
  }
}

function challenged(charge: Standing, outcome: AttemptOutcome, settings: BillingSettings, now: Date): Transition {
  const since = charge.sentAt ?? outcome.createdAt;
  const endsAt = new Date(since.getTime() + settings.challengeDays * DAY_MS);
  if (now >= endsAt) {
    // Nobody has answered. Shopify's attempt stays as it is; if it is approved after all, that is a success.
    return {
      kind: "FAILED",
      errorCode: "EXPIRED_BUYER_ACTION",
      declineClass: "CHALLENGE",
      declines: charge.declines + 1,
      gatewayTroubles: charge.gatewayTroubles,
      firstFailedAt: charge.firstFailedAt ?? now,
      nextActionAt: now,
      dunningEndsAt: now,
    };
  }
  const remindAt = since.getTime() + REMINDER_MS;
  const remind = charge.remindedAt === null && charge.state === "ACTION_REQUIRED" && now.getTime() >= remindAt;
  const poll = Math.min(nextPollAt(since, now).getTime(), endsAt.getTime());
  return {
    kind: "ACTION_REQUIRED",
    nextActionAt: new Date(poll),
    endsAt,
    isNew: charge.state !== "ACTION_REQUIRED",
    remind,
  };
}

export const dunningSettings = (settings: BillingSettings): DunningSettings => ({
  timeZone: settings.timeZone,
  retryDays: settings.dunningRetryDays,
  hourFrom: settings.dunningHourFrom,
  hourTo: settings.dunningHourTo,
  payDays: settings.payDays,
});

/** Rounding of single lines may add up to this many of the currency's main unit without being a mistake. */
const ROUNDING = new Decimal("0.05");

/**
 * What an order took beyond what was meant, tax on top left out; null if it follows from it. Less than was meant is no
 * harm to anybody and is left to the sweep. In another currency none of what was taken was meant.
 */
function differenceOf(order: SeenOrder, { expectedAmount, currencyCode }: Standing): string | null {
  if (order.currencyCode !== currencyCode) return order.total;
  const by = new Decimal(order.total).minus(order.taxOnTop).minus(expectedAmount);
  return by.greaterThan(ROUNDING) ? by.toString() : null;
}
