import {
  domainOf,
  nextId,
  type Attempt,
  type Contract,
  type Instant,
  type PaymentMethod,
  type Shop,
  type World,
} from "../world";
import { contractErrorType, messageOfError } from "./attempt-errors";
import { touch } from "./contracts";
import { contractOfCycle, settleCycleTerms } from "./cycle-contracts";
import { editCycle, isTerminated, selectionMessage, type UserError } from "./cycle-edits";
import { currentCycleIndex, cycleAt, cycleIndexAt, selectCycle, type Cycle, type CycleSelector } from "./cycles";
import { emit } from "./emit";
import { addAttempt, attemptByKey, schedule } from "./indexes";
import { placeRenewalOrder, termsOf } from "./orders";
import { holds } from "./rules";
import { shortOf, takeStock } from "./stock";
import { DAY, HOUR, instantOf, MINUTE, ms, nowOf, plus } from "./time";
import { attemptPayload, contractPayload } from "./webhook-payloads";

export interface AttemptInput {
  idempotencyKey: string;
  /** Default: the cycle at originTime if that is given, else the current one. */
  billingCycleSelector?: CycleSelector | null;
  originTime?: Instant | null;
  inventoryPolicy?: "PRODUCT_VARIANT_INVENTORY_POLICY" | "ALLOW_OVERSELLING" | null;
  /** Made by a bulk charge (RULES.attemptListsDiffer). */
  isBulk?: boolean;
}

export interface AttemptResult {
  attempt: Attempt | null;
  userErrors: UserError[];
}

/** How early an attempt may be (documented: BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE). */
const EARLIEST = 24 * HOUR;
/** How long a payment challenge waits for the shopper (assumed: RULES.challengesExpire). */
const CHALLENGE_LIFETIME = DAY;
/** How long a key is known with RULES.attemptKeysAreKept off: shorter than the shortest that payment providers name. */
const KEY_LIFETIME = 2 * HOUR;

const refused = (code: string, message: string, field: string[] | null = null): AttemptResult => ({
  attempt: null,
  userErrors: [{ field, message, code }],
});

/**
 * subscriptionBillingAttemptCreate: answers with a Pending attempt; its outcome comes later (timeline.ts).
 * Refusals (userErrors codes): BLANK, CONTRACT_TERMINATED, CONTRACT_PAUSED, CONTRACT_UNDER_REVIEW,
 * ORIGIN_TIME_BEFORE_CONTRACT_CREATION, ORIGIN_TIME_OUT_OF_RANGE, CYCLE_INDEX_OUT_OF_RANGE,
 * CYCLE_START_DATE_OUT_OF_RANGE, UPCOMING_CYCLE_LIMIT_EXCEEDED, BILLING_CYCLE_SKIPPED,
 * BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE. A cycle that is billed already is billed again: only the idempotency key
 * protects (RULES.billedCyclesMayBeBilledAgain).
 */
export function createAttempt(
  world: World,
  shop: Shop,
  contract: Contract,
  input: AttemptInput,
  origin: Attempt["origin"],
): AttemptResult {
  if (input.idempotencyKey.trim() === "") {
    return refused("BLANK", "Idempotency key can't be blank", ["subscriptionBillingAttemptInput", "idempotencyKey"]);
  }
  // Before every other rule: a repeated request gets its attempt also when the contract has ended meanwhile.
  const known = attemptByKey(shop, contract.id, input.idempotencyKey);
  if (known && isKeyKept(world, known)) return { attempt: known, userErrors: [] };
  const standing = refusalOfContract(shop, contract);
  if (standing) return standing;
  const found = cycleOf(world, shop, contract, input);
  if ("userErrors" in found) return found;
  const { cycle } = found;
  if (cycle.skipped) return refused("BILLING_CYCLE_SKIPPED", "Billing cycle must not be skipped.");
  // Observed (RULES.attemptWithoutSelectorMayBeEarly): the limit binds those who say which cycle they mean.
  const isChosen = input.billingCycleSelector != null;
  if (isChosen && ms(cycle.billingAttemptExpectedDate) - ms(world.now) > EARLIEST) {
    return refused(
      "BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE",
      "Billing cycle charge attempt made more than 24 hours before the billing cycle `billingAttemptExpectedDate`.",
    );
  }
  const now = nowOf(world);
  const attempt: Attempt = {
    id: nextId(world),
    contractId: contract.id,
    cycleIndex: cycle.cycleIndex,
    idempotencyKey: input.idempotencyKey,
    state: "Pending",
    errorCode: null,
    errorMessage: null,
    nextActionUrl: null,
    orderId: null,
    origin,
    originTime: input.originTime ? instantOf(ms(input.originTime)) : now,
    createdAt: now,
    resolvesAt: plus(now, world.settings.attemptPendingMinutes * MINUTE),
    ...(input.inventoryPolicy === "ALLOW_OVERSELLING" ? { allowOverselling: true } : {}),
    ...(holds(world, "orderFollowsContractAtAttempt") ? { terms: termsOf(contract, cycle.cycleIndex) } : {}),
    ...(input.isBulk ? { unlistedInCycle: true } : {}),
    completedAt: null,
  };
  addAttempt(shop, attempt);
  return { attempt, userErrors: [] };
}

const isKeyKept = (world: World, { createdAt }: Attempt): boolean =>
  holds(world, "attemptKeysAreKept") || ms(world.now) - ms(createdAt) < KEY_LIFETIME;

function refusalOfContract(shop: Shop, contract: Contract): AttemptResult | null {
  if (isTerminated(contract)) {
    return refused("CONTRACT_TERMINATED", "Subscription contract cannot be billed once terminated.");
  }
  if (contract.status === "PAUSED") {
    return refused("CONTRACT_PAUSED", "Subscription contract cannot be billed if paused.");
  }
  const origin = contract.originOrderId === null ? undefined : shop.orders[contract.originOrderId];
  if (origin?.highRisk && origin.fulfillmentStatus === "UNFULFILLED") {
    return refused(
      "CONTRACT_UNDER_REVIEW",
      "Subscription contract is under review, origin order is high risk and unfulfilled.",
    );
  }
  return null;
}

function cycleOf(world: World, shop: Shop, contract: Contract, input: AttemptInput): { cycle: Cycle } | AttemptResult {
  const originTime = input.originTime ?? null;
  if (originTime !== null && ms(originTime) < ms(contract.createdAt)) {
    return refused("ORIGIN_TIME_BEFORE_CONTRACT_CREATION", "Origin time cannot be before the contract creation time.", [
      "subscriptionBillingAttemptInput",
      "originTime",
    ]);
  }
  if (!input.billingCycleSelector) {
    const index =
      originTime === null ? currentCycleIndex(world, shop, contract) : cycleIndexAt(world, shop, contract, originTime);
    return { cycle: cycleAt(world, shop, contract, index) };
  }
  const { cycle, error } = selectCycle(world, shop, contract, input.billingCycleSelector);
  if (error) {
    return refused(error, selectionMessage(error), ["subscriptionBillingAttemptInput", "billingCycleSelector"]);
  }
  const outside =
    originTime !== null && (ms(originTime) < ms(cycle.cycleStartAt) || ms(originTime) > ms(cycle.cycleEndAt));
  return outside
    ? refused(
        "ORIGIN_TIME_OUT_OF_RANGE",
        "Origin time needs to be within the selected billing cycle's start and end at date.",
        ["subscriptionBillingAttemptInput", "originTime"],
      )
    : { cycle };
}

/** Whether a card's last month is over in the shop's eyes. */
const isExpired = (method: PaymentMethod, at: Instant): boolean =>
  ms(at) >= Date.UTC(method.expiryYear, method.expiryMonth, 1);

/** How a pending attempt ends: null is success, "challenge" asks the shopper, all else is an error code. */
function outcomeOf(world: World, shop: Shop, contract: Contract, attempt: Attempt, at: Instant): string | null {
  const customer = shop.customers[contract.customerId];
  if (!customer) return "CUSTOMER_NOT_FOUND";
  const short = attempt.allowOverselling ? [] : shortOf(shop, (attempt.terms ?? contract).lines);
  if (short.length > 0) {
    attempt.shortVariantIds = short;
    return "INSUFFICIENT_INVENTORY";
  }
  if (contract.paymentMethodId === null) return "PAYMENT_METHOD_NOT_SPECIFIED";
  const method = shop.paymentMethods[contract.paymentMethodId];
  if (!method || method.revokedAt !== null) return "PAYMENT_METHOD_NOT_FOUND";
  if (isExpired(method, at) && holds(world, "expiredCardsFail")) return "EXPIRED_PAYMENT_METHOD";
  const outcome = customer.cardOutcomes[0] ?? "success";
  if (customer.cardOutcomes.length > 1) customer.cardOutcomes.shift();
  return outcome === "success" ? null : outcome;
}

/** Decides one attempt at its moment: an order and a billed cycle, a failure, or a challenge; and says so. */
export function decideAttempt(world: World, shop: Shop, attempt: Attempt): void {
  const at = attempt.resolvesAt ?? nowOf(world);
  const contract = shop.contracts[attempt.contractId];
  if (!contract) return schedule(shop, attempt, null);
  if (attempt.state === "ActionRequired")
    return failAttempt(world, shop, contract, attempt, "EXPIRED_BUYER_ACTION", at);
  const terms = contractOfCycle(contract, attempt.cycleIndex);
  const outcome = outcomeOf(world, shop, terms, attempt, at);
  if (outcome === null) return succeedAttempt(world, shop, contract, attempt, at);
  if (outcome !== "challenge") return failAttempt(world, shop, contract, attempt, outcome, at);
  attempt.state = "ActionRequired";
  attempt.nextActionUrl = `https://${domainOf(shop)}/subscription_billing_attempts/${attempt.id}/challenge`;
  schedule(shop, attempt, holds(world, "challengesExpire") ? plus(at, CHALLENGE_LIFETIME) : null);
  if (!holds(world, "challengedWhenOpened")) sayChallenged(world, shop, attempt);
}

const sayChallenged = (world: World, shop: Shop, attempt: Attempt): void =>
  emit(world, shop, "subscription_billing_attempts/challenged", attemptPayload(attempt));

/** The shopper opens the challenge's page. False when the attempt waits for no answer (any more). */
export function openChallenge(world: World, shop: Shop, attempt: Attempt): boolean {
  if (attempt.state !== "ActionRequired") return false;
  if (attempt.challengeOpenedAt !== undefined) return true;
  attempt.challengeOpenedAt = nowOf(world);
  if (holds(world, "challengedWhenOpened")) sayChallenged(world, shop, attempt);
  return true;
}

/** The shopper answers a payment challenge. False when the attempt waits for none. */
export function answerChallenge(world: World, shop: Shop, attempt: Attempt, approved: boolean): boolean {
  const contract = shop.contracts[attempt.contractId];
  if (attempt.state !== "ActionRequired" || !contract) return false;
  const now = nowOf(world);
  if (approved) succeedAttempt(world, shop, contract, attempt, now);
  else failAttempt(world, shop, contract, attempt, "AUTHENTICATION_FAILED", now);
  return true;
}

function succeedAttempt(world: World, shop: Shop, contract: Contract, attempt: Attempt, at: Instant): void {
  const terms = attempt.terms ?? termsOf(contract, attempt.cycleIndex);
  const order = placeRenewalOrder(world, shop, contract, terms, attempt.cycleIndex, at);
  takeStock(shop, terms.lines);
  settleCycleTerms(shop, contract, attempt.cycleIndex);
  attempt.state = "Success";
  attempt.orderId = order.id;
  attempt.nextActionUrl = null;
  attempt.completedAt = at;
  schedule(shop, attempt, null);
  if (attempt.cycleIndex !== null) editCycle(contract, attempt.cycleIndex, { billed: true });
  contract.lastPaymentStatus = "SUCCEEDED";
  contract.lastBillingAttemptErrorType = null;
  finish(world, shop, contract, "success", attempt);
}

function failAttempt(world: World, shop: Shop, contract: Contract, attempt: Attempt, code: string, at: Instant): void {
  attempt.state = "Failed";
  attempt.errorCode = code;
  attempt.errorMessage = messageOfError(code);
  attempt.nextActionUrl = null;
  attempt.completedAt = at;
  schedule(shop, attempt, null);
  contract.lastPaymentStatus = "FAILED";
  contract.lastBillingAttemptErrorType = contractErrorType(code);
  finish(world, shop, contract, "failure", attempt);
}

function finish(world: World, shop: Shop, contract: Contract, outcome: string, attempt: Attempt): void {
  delete attempt.terms;
  touch(world, contract);
  emit(world, shop, `subscription_billing_attempts/${outcome}`, attemptPayload(attempt));
  if (holds(world, "outcomeSendsUpdate")) {
    emit(world, shop, "subscription_contracts/update", contractPayload(contract));
  }
}
