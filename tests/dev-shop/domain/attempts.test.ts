import { isEnumType } from "graphql";
import { describe, expect, it } from "vitest";

import type { Attempt, Contract } from "../world";
import { adminSchema } from "../admin-api/schema";
import { GENERAL_ERRORS, INVENTORY_ERRORS, PAYMENT_ERRORS, UNEXPECTED_ERRORS } from "./attempt-errors";
import { answerChallenge, createAttempt, openChallenge, type AttemptInput } from "./attempts";
import { cancelContract, pauseContract } from "./contracts";
import { skipCycle } from "./cycle-edits";
import { cycleAt } from "./cycles";
import { replacePaymentMethod, revokePaymentMethod, setCardOutcomes } from "./customers";
import { aContract, aShop, type Fixture } from "./fixture";
import { ordersOf } from "./indexes";
import { nextEventAt, runDueEvents } from "./timeline";

const DUE = "2026-03-08T09:00:00Z";

function due(): Fixture & { contract: Contract } {
  const f = aShop();
  const contract = aContract(f, "WEEK");
  f.world.now = DUE;
  f.shop.outbox = [];
  return { ...f, contract };
}

function refusal(f: Fixture, contract: Contract, input: Partial<AttemptInput> = {}): string | null {
  return createAttempt(f.world, f.shop, contract, { idempotencyKey: "k", ...input }, "app").userErrors[0]?.code ?? null;
}

/** Makes an attempt and lets it be decided. */
function charge(f: Fixture, contract: Contract, key = "k", index = 1): Attempt {
  const input = { idempotencyKey: key, billingCycleSelector: { index } };
  const { attempt } = createAttempt(f.world, f.shop, contract, input, "app");
  if (!attempt) throw new Error("refused");
  f.world.now = nextEventAt(f.world) ?? f.world.now;
  runDueEvents(f.world);
  return attempt;
}

describe("billing attempts", () => {
  it("documented: pending first, then an order, a billed cycle and a webhook", () => {
    const f = due();
    const { attempt } = createAttempt(f.world, f.shop, f.contract, { idempotencyKey: "k" }, "app");
    expect(attempt).toMatchObject({ state: "Pending", cycleIndex: 1, createdAt: DUE });
    runDueEvents(f.world);
    expect(attempt?.state).toBe("Pending");
    expect(nextEventAt(f.world)).toBe("2026-03-08T09:02:00Z");
    f.world.now = "2026-03-08T10:00:00Z";
    runDueEvents(f.world);
    expect(attempt).toMatchObject({ state: "Success", completedAt: "2026-03-08T09:02:00Z" });
    expect(f.shop.orders[attempt?.orderId ?? ""]).toMatchObject({
      subtotal: "180.00",
      shipping: "49.00",
      total: "229.00",
      cycleIndex: 1,
      source: "subscription_contract",
      createdAt: "2026-03-08T09:02:00Z",
    });
    expect(cycleAt(f.world, f.shop, f.contract, 1).status).toBe("BILLED");
    expect(f.contract).toMatchObject({ lastPaymentStatus: "SUCCEEDED" });
    expect(f.variant.inventory).toBe(8);
    expect(f.shop.outbox.map(({ topic }) => topic)).toEqual(["subscription_billing_attempts/success"]);
  });

  it("documented: the same key is the same attempt and charges nothing again, even after the contract has ended", () => {
    const f = due();
    const first = charge(f, f.contract);
    cancelContract(f.world, f.shop, f.contract);
    const again = createAttempt(f.world, f.shop, f.contract, { idempotencyKey: "k" }, "app");
    expect(again.attempt).toBe(first);
    expect(ordersOf(f.shop, f.contract.id)).toHaveLength(2);
  });

  it("assumed: a key is known for ever; with the switch off, for two hours, and then it charges again", () => {
    const f = due();
    const first = charge(f, f.contract);
    f.world.settings.assumptions.attemptKeysAreKept = false;
    f.world.now = "2026-03-08T10:59:59Z";
    expect(charge(f, f.contract)).toBe(first);
    f.world.now = "2026-03-08T11:00:00Z";
    expect(charge(f, f.contract)).not.toBe(first);
    expect(ordersOf(f.shop, f.contract.id).filter(({ cycleIndex }) => cycleIndex === 1)).toHaveLength(2);
  });

  it("observed: a new key charges a billed cycle a second time; nothing at Shopify prevents it", () => {
    const f = due();
    charge(f, f.contract, "a");
    charge(f, f.contract, "b");
    expect(ordersOf(f.shop, f.contract.id).filter(({ cycleIndex }) => cycleIndex === 1)).toHaveLength(2);
  });

  it("documented: refuses terminated, paused, skipped, reviewed and far too early", () => {
    const early = due();
    early.world.now = "2026-03-07T08:59:59Z";
    const chosen = { billingCycleSelector: { index: 1 } };
    expect(refusal(early, early.contract, chosen)).toBe("BILLING_CYCLE_CHARGE_BEFORE_EXPECTED_DATE");
    early.world.now = "2026-03-07T09:00:00Z";
    expect(refusal(early, early.contract, chosen)).toBeNull();

    const f = due();
    skipCycle(f.world, f.shop, f.contract, { index: 1 });
    expect(refusal(f, f.contract)).toBe("BILLING_CYCLE_SKIPPED");
    const origin = f.shop.orders[f.contract.originOrderId ?? ""];
    if (origin) origin.highRisk = true;
    expect(refusal(f, f.contract)).toBe("CONTRACT_UNDER_REVIEW");
    pauseContract(f.world, f.shop, f.contract);
    expect(refusal(f, f.contract)).toBe("CONTRACT_PAUSED");
    cancelContract(f.world, f.shop, f.contract);
    expect(refusal(f, f.contract)).toBe("CONTRACT_TERMINATED");
    expect(refusal(f, f.contract, { idempotencyKey: " " })).toBe("BLANK");
  });

  it("documented: an origin time must lie in the contract's life and in the selected cycle", () => {
    const f = due();
    expect(refusal(f, f.contract, { originTime: "2026-02-01T00:00:00Z" })).toBe("ORIGIN_TIME_BEFORE_CONTRACT_CREATION");
    expect(refusal(f, f.contract, { originTime: "2026-03-09T00:00:00Z", billingCycleSelector: { index: 1 } })).toBe(
      "ORIGIN_TIME_OUT_OF_RANGE",
    );
    expect(refusal(f, f.contract, { billingCycleSelector: { index: 0 } })).toBe("CYCLE_INDEX_OUT_OF_RANGE");
    expect(refusal(f, f.contract, { billingCycleSelector: { index: 500 } })).toBe("UPCOMING_CYCLE_LIMIT_EXCEEDED");
  });

  it("card outcomes are used up one by one and the last stays", () => {
    const f = due();
    setCardOutcomes(f.customer, ["CARD_DECLINED", "INSUFFICIENT_FUNDS", "success"]);
    expect(charge(f, f.contract, "a")).toMatchObject({ state: "Failed", errorCode: "CARD_DECLINED", orderId: null });
    expect(f.contract).toMatchObject({ lastPaymentStatus: "FAILED", lastBillingAttemptErrorType: "PAYMENT_ERROR" });
    expect(charge(f, f.contract, "b").errorCode).toBe("INSUFFICIENT_FUNDS");
    expect(charge(f, f.contract, "c").state).toBe("Success");
    expect(charge(f, f.contract, "d").state).toBe("Success");
    expect(f.shop.outbox.map(({ topic }) => topic.split("/")[1])).toEqual(["failure", "failure", "success", "success"]);
    expect(() => setCardOutcomes(f.customer, ["NOT_A_CODE"])).toThrow();
  });

  it("documented: a short variant fails with INSUFFICIENT_INVENTORY and takes no outcome of the card; overselling may be allowed", () => {
    const f = due();
    f.variant.inventory = 0;
    setCardOutcomes(f.customer, ["CARD_DECLINED", "success"]);
    expect(charge(f, f.contract, "a").errorCode).toBe("INSUFFICIENT_INVENTORY");
    f.variant.inventoryPolicy = "CONTINUE";
    expect(charge(f, f.contract, "b").errorCode).toBe("CARD_DECLINED");
    f.variant.inventoryPolicy = "DENY";
    const input = {
      idempotencyKey: "c",
      inventoryPolicy: "ALLOW_OVERSELLING",
      billingCycleSelector: { index: 1 },
    } as const;
    createAttempt(f.world, f.shop, f.contract, input, "app");
    f.world.now = nextEventAt(f.world) ?? "";
    runDueEvents(f.world);
    expect(f.variant.inventory).toBe(-1);
  });

  it("payment methods: revoked is PAYMENT_METHOD_NOT_FOUND, expired EXPIRED_PAYMENT_METHOD, replaced works again", () => {
    const f = due();
    const method = f.shop.paymentMethods[f.contract.paymentMethodId ?? ""];
    if (!method) throw new Error("no method");
    method.expiryYear = 2026;
    method.expiryMonth = 2;
    expect(charge(f, f.contract, "a").errorCode).toBe("EXPIRED_PAYMENT_METHOD");
    f.world.settings.assumptions.expiredCardsFail = false;
    expect(charge(f, f.contract, "b").state).toBe("Success");
    revokePaymentMethod(f.world, f.shop, method, "MANUALLY_REVOKED");
    expect(charge(f, f.contract, "c").errorCode).toBe("PAYMENT_METHOD_NOT_FOUND");
    replacePaymentMethod(f.world, f.shop, method, {});
    expect(charge(f, f.contract, "d").state).toBe("Success");
  });

  it("a challenge waits for the shopper; answered it succeeds, unanswered it fails after 24 hours (assumed)", () => {
    const f = due();
    setCardOutcomes(f.customer, ["challenge"]);
    const first = charge(f, f.contract, "a");
    expect(first).toMatchObject({ state: "ActionRequired", orderId: null });
    expect(f.shop.outbox).toEqual([]);
    expect(openChallenge(f.world, f.shop, first)).toBe(true);
    expect(openChallenge(f.world, f.shop, first)).toBe(true);
    expect(f.shop.outbox.map(({ topic }) => topic)).toEqual(["subscription_billing_attempts/challenged"]);
    expect(answerChallenge(f.world, f.shop, first, true)).toBe(true);
    expect(first).toMatchObject({ state: "Success", nextActionUrl: null });
    const second = charge(f, f.contract, "b");
    expect(nextEventAt(f.world)).toBe("2026-03-09T09:04:00Z");
    f.world.now = "2026-03-10T00:00:00Z";
    runDueEvents(f.world);
    expect(second).toMatchObject({ state: "Failed", errorCode: "EXPIRED_BUYER_ACTION" });
    expect(openChallenge(f.world, f.shop, second)).toBe(false);
    f.shop.outbox = [];
    f.world.settings.assumptions.challengedWhenOpened = false;
    charge(f, f.contract, "c");
    expect(f.shop.outbox.map(({ topic }) => topic)).toEqual(["subscription_billing_attempts/challenged"]);
  });

  it("observed: without a cycle selector it bills the cycle of today, however early, and the overdue one stays unbilled", () => {
    const f = due();
    f.world.now = "2026-03-09T09:00:00Z";
    const { attempt } = createAttempt(f.world, f.shop, f.contract, { idempotencyKey: "k" }, "foreign");
    expect(attempt?.cycleIndex).toBe(2);
    f.world.now = nextEventAt(f.world) ?? "";
    runDueEvents(f.world);
    expect([1, 2].map((index) => cycleAt(f.world, f.shop, f.contract, index).status)).toEqual(["UNBILLED", "BILLED"]);
  });

  it("the order is made of the contract at the attempt (assumed), or with the switch off, at its success", () => {
    const ordered = (atAttempt: boolean) => {
      const f = due();
      f.world.settings.assumptions.orderFollowsContractAtAttempt = atAttempt;
      const { attempt } = createAttempt(f.world, f.shop, f.contract, { idempotencyKey: "k" }, "app");
      const [line] = f.contract.lines;
      if (!line || !attempt) throw new Error("nothing to charge");
      line.currentPrice = "300.00";
      line.quantity = 2;
      f.world.now = nextEventAt(f.world) ?? "";
      runDueEvents(f.world);
      expect(attempt.terms).toBeUndefined();
      return f.shop.orders[attempt.orderId ?? ""]?.total;
    };
    expect(ordered(true)).toBe("229.00");
    expect(ordered(false)).toBe("649.00");
  });

  it("documented: tax is in the total, or comes on top of lines and shipping where prices do not include it", () => {
    const total = (taxesIncluded: boolean) => {
      const f = due();
      f.shop.taxesIncluded = taxesIncluded;
      const { orderId } = charge(f, f.contract);
      const { subtotal, shipping, tax, total: sum } = f.shop.orders[orderId ?? ""] ?? {};
      return { subtotal, shipping, tax, sum };
    };
    expect(total(true)).toEqual({ subtotal: "180.00", shipping: "49.00", tax: "29.87", sum: "229.00" });
    expect(total(false)).toEqual({ subtotal: "180.00", shipping: "49.00", tax: "34.35", sum: "263.35" });
  });

  it("documented: a failure for want of stock names the variants that were short then, also when stock has come since", () => {
    const f = due();
    f.variant.inventory = 0;
    const failed = charge(f, f.contract);
    f.variant.inventory = 10;
    expect(failed).toMatchObject({ errorCode: "INSUFFICIENT_INVENTORY", shortVariantIds: [f.variant.id] });
  });

  it("every error code of the schema can be an outcome, and belongs to exactly one kind of error", () => {
    const names = adminSchema().schema.getType("SubscriptionBillingAttemptErrorCode");
    const codes = isEnumType(names) ? names.getValues().map(({ name }) => name) : [];
    expect(codes.length).toBeGreaterThan(50);
    for (const code of codes) {
      const f = due();
      setCardOutcomes(f.customer, [code]);
      expect(charge(f, f.contract)).toMatchObject({ state: "Failed", errorCode: code });
    }
    expect([...PAYMENT_ERRORS, ...INVENTORY_ERRORS, ...GENERAL_ERRORS, ...UNEXPECTED_ERRORS].sort()).toEqual(
      [...codes].sort(),
    );
  });

  it("events come in the order of their moments, whatever the order they were planned in", () => {
    const f = due();
    const other = aContract(f, "WEEK");
    f.world.settings.attemptPendingMinutes = 30;
    const slow = createAttempt(f.world, f.shop, f.contract, { idempotencyKey: "slow" }, "app").attempt;
    f.world.settings.attemptPendingMinutes = 1;
    f.world.now = "2026-03-14T09:00:00Z";
    const quick = createAttempt(f.world, f.shop, other, { idempotencyKey: "quick" }, "app").attempt;
    f.world.settings.attemptPendingMinutes = 5;
    const middle = createAttempt(f.world, f.shop, other, { idempotencyKey: "middle" }, "app").attempt;
    f.world.settings.attemptPendingMinutes = 2;
    const between = createAttempt(f.world, f.shop, other, { idempotencyKey: "between" }, "app").attempt;
    f.world.now = "2026-03-15T09:00:00Z";
    runDueEvents(f.world);
    expect(nextEventAt(f.world)).toBeNull();
    const order = f.shop.outbox.flatMap(({ payload }) =>
      typeof payload === "object" && payload !== null && "idempotency_key" in payload ? [payload.idempotency_key] : [],
    );
    expect(order.slice(1)).toEqual([slow, quick, between, middle].map((attempt) => attempt?.idempotencyKey));
  });

  it("a month of renewals for a thousand contracts takes seconds, not minutes", () => {
    const f = aShop("2026-01-01T09:00:00Z");
    f.variant.inventory = null;
    const contracts = Array.from({ length: 1000 }, () => aContract(f, "WEEK"));
    const [first] = contracts;
    if (!first) throw new Error("no contract");
    const started = performance.now();
    for (let week = 1; week <= 4; week += 1) {
      f.world.now = cycleAt(f.world, f.shop, first, week).cycleEndAt;
      for (const contract of contracts) {
        createAttempt(
          f.world,
          f.shop,
          contract,
          { idempotencyKey: `${week}`, billingCycleSelector: { index: week } },
          "app",
        );
      }
      f.world.now = nextEventAt(f.world) ?? "";
      runDueEvents(f.world);
    }
    expect(Object.keys(f.shop.orders)).toHaveLength(5000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
