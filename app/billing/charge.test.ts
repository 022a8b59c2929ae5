import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { transition } from "./charge";
import type { Standing, Transition } from "./charge";
import { DECLINES } from "./decline";
import type { AttemptOutcome, SeenState } from "./engine";
import { DEFAULT_SETTINGS } from "./settings/settings";

const NOW = new Date("2026-03-02T08:00:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);
const SETTINGS = { ...DEFAULT_SETTINGS, timeZone: "Europe/Oslo" };

const sending: Standing = {
  state: "SENDING",
  attemptState: "SENDING",
  attemptNumber: 1,
  isLatestAttempt: true,
  sentAt: NOW,
  declines: 0,
  gatewayTroubles: 0,
  firstFailedAt: null,
  declineClass: null,
  nextActionAt: new Date(NOW.getTime() + 600_000),
  remindedAt: null,
  expectedAmount: "199.00",
  currencyCode: "NOK",
};
const seen = (state: SeenState, change: Partial<AttemptOutcome> = {}): AttemptOutcome => ({
  shopifyId: "gid://shopify/SubscriptionBillingAttempt/1",
  idempotencyKey: "key",
  state,
  createdAt: NOW,
  errorCode: state === "FAILED" ? "CARD_DECLINED" : null,
  nextActionUrl: state === "ACTION_REQUIRED" ? "https://shop.example/approve" : null,
  order:
    state === "SUCCESS"
      ? { id: "gid://shopify/Order/1", name: "#1", total: "199.00", taxOnTop: "0", currencyCode: "NOK" }
      : null,
  completedAt: state === "SUCCESS" || state === "FAILED" ? NOW : null,
  ...change,
});
const order = (total: string, taxOnTop = "0", currencyCode = "NOK") =>
  seen("SUCCESS", { order: { id: "o", name: "#1", total, taxOnTop, currencyCode } });
const failed = (errorCode: string | null) => seen("FAILED", { errorCode });
const at = (standing: Partial<Standing>, outcome: AttemptOutcome, now = NOW) =>
  transition({ ...sending, ...standing }, outcome, SETTINGS, now);

/** The charge as a keeper of the ledger has it afterwards. */
function after(charge: Standing, outcome: AttemptOutcome, now = NOW): Standing {
  const result = transition(charge, outcome, SETTINGS, now);
  switch (result.kind) {
    case "NOTHING":
      return charge;
    case "PAID":
      return { ...charge, state: "PAID", attemptState: "SUCCESS", nextActionAt: null };
    case "PARKED":
      return { ...charge, state: "PARKED", attemptState: "FAILED", nextActionAt: null };
    case "TWICE":
    case "ATTEMPT_FAILED":
      return { ...charge, attemptState: "FAILED" };
    case "FAILED": {
      const { declines, gatewayTroubles, firstFailedAt, nextActionAt } = result;
      const attemptState = outcome.state === "FAILED" ? "FAILED" : charge.attemptState;
      return { ...charge, state: "FAILED", attemptState, declines, gatewayTroubles, firstFailedAt, nextActionAt };
    }
    case "ACTION_REQUIRED":
      return {
        ...charge,
        state: "ACTION_REQUIRED",
        attemptState: "ACTION_REQUIRED",
        nextActionAt: result.nextActionAt,
        remindedAt: result.remind ? now : charge.remindedAt,
      };
    case "STILL_PENDING":
      return { ...charge, state: "PENDING", attemptState: "PENDING", nextActionAt: result.nextActionAt };
  }
}

describe("a success", () => {
  test("that is paid already and of which another try succeeds is told to a person, once", () => {
    expect(at({ state: "PAID", attemptState: "SENDING" }, order("199.00")).kind).toBe("TWICE");
    expect(at({ state: "PAID", attemptState: "FAILED" }, order("199.00")).kind).toBe("NOTHING");
    expect(at({ state: "PAID", attemptState: "SUCCESS" }, order("199.00")).kind).toBe("NOTHING");
  });

  test.each(["SENDING", "UNKNOWN", "PENDING", "ACTION_REQUIRED", "FAILED", "PARKED", "SKIPPED"] as const)(
    "is the truth although the ledger had %s",
    (state) => {
      expect(at({ state, nextActionAt: null }, seen("SUCCESS"))).toEqual({
        kind: "PAID",
        differsBy: null,
        recovered: false,
      });
    },
  );

  test("of an attempt before the latest counts all the same", () => {
    const late = { isLatestAttempt: false, attemptState: "FAILED", state: "FAILED", firstFailedAt: ago(1) } as const;
    expect(at(late, seen("SUCCESS"))).toMatchObject({ kind: "PAID", recovered: true });
  });

  const differsBy = (outcome: AttemptOutcome) => {
    const result = at({}, outcome);
    return result.kind === "PAID" ? result.differsBy : result.kind;
  };

  test("that took more than was meant says by how much; tax on top, rounding and an order that is gone don't", () => {
    expect(differsBy(order("249.00"))).toBe("50");
    expect(differsBy(order("248.75", "49.75"))).toBeNull();
    expect(differsBy(order("199.05"))).toBeNull();
    expect(differsBy(order("199.06"))).toBe("0.06");
    expect(differsBy(order("99.00"))).toBeNull();
    expect(differsBy(seen("SUCCESS", { order: null }))).toBeNull();
  });

  test("in another currency than was meant differs by all that it took, also where the figures are the same or less", () => {
    expect(differsBy(order("199.00", "0", "USD"))).toBe("199.00");
    expect(differsBy(order("20.00", "4.00", "USD"))).toBe("20.00");
  });

  test("is final: nothing that comes later moves it", () => {
    fc.assert(
      fc.property(fc.constantFrom<SeenState[]>("PENDING", "ACTION_REQUIRED", "FAILED", "SUCCESS"), (state) => {
        expect(at({ state: "PAID", attemptState: "SUCCESS" }, seen(state))).toEqual({ kind: "NOTHING" });
      }),
    );
  });
});

describe("a failure", () => {
  test("that a card can mend is tried again, and its window begins with it", () => {
    expect(at({}, failed("CARD_DECLINED"))).toEqual({
      kind: "FAILED",
      errorCode: "CARD_DECLINED",
      declineClass: "SOFT",
      declines: 1,
      gatewayTroubles: 0,
      firstFailedAt: NOW,
      nextActionAt: new Date(NOW.getTime() + DAY_MS),
      dunningEndsAt: null,
    });
  });

  test.each(["EXPIRED_CARD", "FRAUD_SUSPECTED"])("%s is not tried again, and is given up with the window", (code) => {
    const result = at({}, failed(code));
    const end = new Date(NOW.getTime() + 14 * DAY_MS);
    expect(result).toMatchObject({ kind: "FAILED", nextActionAt: end, dunningEndsAt: end });
  });

  test("that only the merchant can mend waits for a person with its code", () => {
    expect(at({}, failed("MERCHANT_ACCOUNT_ERROR"))).toMatchObject({
      kind: "PARKED",
      reason: "SETUP_MERCHANT_ACCOUNT_ERROR",
    });
  });

  test("for want of stock is nobody's decline: the stock rules look at it at once", () => {
    expect(at({ declines: 2, firstFailedAt: ago(48) }, failed("INSUFFICIENT_INVENTORY"))).toMatchObject({
      declines: 2,
      firstFailedAt: ago(48),
      nextActionAt: NOW,
      dunningEndsAt: null,
    });
  });

  test("of the gateway counts by itself and takes nothing from the window", () => {
    const once = at({}, failed("TRANSIENT_ERROR"));
    expect(once).toMatchObject({ declines: 0, gatewayTroubles: 1, nextActionAt: new Date(NOW.getTime() + HOUR_MS) });
    const declined = at({ gatewayTroubles: 3, firstFailedAt: ago(30) }, failed("CARD_DECLINED"));
    expect(declined).toMatchObject({ declines: 1, firstFailedAt: NOW });
  });

  test("without a code is an unexpected error, and one with an unknown code a decline", () => {
    expect(at({}, failed(null))).toMatchObject({ errorCode: "UNEXPECTED_ERROR", declineClass: "GATEWAY" });
    expect(at({}, failed("A_CODE_OF_NEXT_YEAR"))).toMatchObject({ declineClass: "SOFT", declines: 1 });
  });

  test("when all tries are used up is given up now", () => {
    const last = at({ declines: 7, firstFailedAt: ago(14 * 24) }, failed("CARD_DECLINED"));
    expect(last).toMatchObject({ kind: "FAILED", declines: 8, nextActionAt: NOW, dunningEndsAt: NOW });
  });

  test("of an attempt before the latest, or told twice, changes nothing", () => {
    expect(at({ isLatestAttempt: false }, failed("CARD_DECLINED"))).toEqual({ kind: "NOTHING" });
    expect(at({ state: "FAILED", attemptState: "FAILED" }, failed("CARD_DECLINED"))).toEqual({ kind: "NOTHING" });
    expect(at({ state: "SENDING", attemptState: "REFUSED" }, failed("CARD_DECLINED"))).toEqual({ kind: "NOTHING" });
  });

  test.each([{ state: "SKIPPED" }, { state: "FAILED" }] as const)(
    "after everything was over ends the attempt and nothing else: %o",
    ({ state }) => {
      const over = { state, attemptState: "ACTION_REQUIRED", nextActionAt: null } as const;
      expect(at(over, failed("EXPIRED_BUYER_ACTION"))).toEqual({
        kind: "ATTEMPT_FAILED",
        errorCode: "EXPIRED_BUYER_ACTION",
      });
      expect(at(over, seen("PENDING"))).toEqual({ kind: "NOTHING" });
      expect(at(over, seen("ACTION_REQUIRED"))).toEqual({ kind: "NOTHING" });
    },
  );
});

describe("a payment that the shopper must approve", () => {
  const open = { state: "ACTION_REQUIRED", attemptState: "ACTION_REQUIRED" } as const;
  const days = (count: number) => new Date(NOW.getTime() + count * DAY_MS);

  test("is told once, polled, and ends after the merchant's days", () => {
    expect(at({}, seen("ACTION_REQUIRED"))).toEqual({
      kind: "ACTION_REQUIRED",
      isNew: true,
      remind: false,
      endsAt: days(3),
      nextActionAt: new Date(NOW.getTime() + 120_000),
    });
    expect(at(open, seen("ACTION_REQUIRED"))).toMatchObject({ isNew: false, remind: false });
  });

  test("is reminded of once, a day later", () => {
    expect(at(open, seen("ACTION_REQUIRED"), days(1))).toMatchObject({ remind: true });
    expect(at({ ...open, remindedAt: days(1) }, seen("ACTION_REQUIRED"), days(2))).toMatchObject({ remind: false });
  });

  test("is never polled later than its end, and given up then", () => {
    const before = new Date(days(3).getTime() - 60_000);
    expect(at({ ...open, remindedAt: days(1) }, seen("ACTION_REQUIRED"), before)).toMatchObject({
      nextActionAt: days(3),
    });
    expect(at(open, seen("ACTION_REQUIRED"), days(3))).toMatchObject({
      kind: "FAILED",
      errorCode: "EXPIRED_BUYER_ACTION",
      nextActionAt: days(3),
      dunningEndsAt: days(3),
    });
  });

  test("that was given up on is not given up on again, however often it is told, and its end is only written down", () => {
    const givenUp = { ...open, state: "FAILED", nextActionAt: days(3), firstFailedAt: days(3), declines: 1 } as const;
    expect(at(givenUp, seen("ACTION_REQUIRED"), days(4))).toEqual({ kind: "NOTHING" });
    expect(at(givenUp, failed("EXPIRED_BUYER_ACTION"), days(4))).toEqual({
      kind: "ATTEMPT_FAILED",
      errorCode: "EXPIRED_BUYER_ACTION",
    });
  });

  test("is a success if it is approved after we gave up on it", () => {
    const over = { ...open, state: "FAILED", nextActionAt: null, firstFailedAt: days(3) } as const;
    expect(at(over, seen("SUCCESS"), days(4))).toMatchObject({ kind: "PAID" });
  });
});

describe("whatever Shopify tells, in whatever order", () => {
  const onTheWay = fc.constantFrom<SeenState[]>("PENDING", "ACTION_REQUIRED");
  const end = fc.oneof(
    fc.constant(seen("SUCCESS")),
    fc.constantFrom(...Object.keys(DECLINES), "A_CODE_OF_NEXT_YEAR").map(failed),
  );
  const told = fc
    .record({ end, noise: fc.array(onTheWay, { maxLength: 5 }), times: fc.integer({ min: 1, max: 3 }) })
    .chain(({ end: last, noise, times }) =>
      fc
        .shuffledSubarray([...noise.map((state) => seen(state)), ...Array.from({ length: times }, () => last)], {
          minLength: noise.length + times,
        })
        .map((outcomes) => ({ last, outcomes })),
    );

  test("late, doubled and lost news of one attempt end where its end alone would have led", () => {
    fc.assert(
      fc.property(told, ({ last, outcomes }) => {
        const alone = after(sending, last);
        const all = outcomes.reduce((charge, outcome) => after(charge, outcome), sending);
        expect(all).toEqual(alone);
      }),
    );
  });

  /** News of the latest attempt or an earlier one, at moments that only go forward. */
  const news = fc.record({
    outcome: fc.oneof(
      onTheWay.map((state) => seen(state)),
      end,
    ),
    isLatestAttempt: fc.boolean(),
    hours: fc.integer({ min: 0, max: 100 }),
    retried: fc.boolean(),
  });
  const states = fc.constantFrom<Standing["state"][]>("SENDING", "UNKNOWN", "PENDING", "FAILED", "PARKED", "SKIPPED");

  test("paid stays paid, failures are never forgotten, and a next moment is set exactly while something will happen", () => {
    fc.assert(
      fc.property(states, fc.array(news, { maxLength: 12 }), (state, all) => {
        const isAtRest = state === "PARKED" || state === "SKIPPED";
        let charge: Standing = { ...sending, state, nextActionAt: isAtRest ? null : sending.nextActionAt };
        let now = NOW;
        for (const { outcome, isLatestAttempt, hours, retried } of all) {
          now = new Date(now.getTime() + hours * HOUR_MS);
          // The next try has an attempt of its own.
          if (retried && charge.state === "FAILED" && charge.attemptState === "FAILED") {
            charge = { ...charge, state: "SENDING", attemptState: "SENDING", sentAt: now, nextActionAt: now };
          }
          const before = charge;
          charge = after({ ...charge, isLatestAttempt }, { ...outcome, completedAt: outcome.completedAt && now }, now);
          if (before.state === "PAID") expect(charge.state).toBe("PAID");
          if (outcome.state === "SUCCESS") expect(charge.state).toBe("PAID");
          expect(charge.declines).toBeGreaterThanOrEqual(before.declines);
          expect(charge.gatewayTroubles).toBeGreaterThanOrEqual(before.gatewayTroubles);
          const isSettled = ["PAID", "PARKED", "SKIPPED"].includes(charge.state);
          expect(charge.nextActionAt === null).toBe(isSettled);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("the same news of a failure decides the same whenever it comes within the wait", () => {
    fc.assert(
      fc.property(end, fc.integer({ min: 0, max: 55 }), (last, minutes) => {
        const later = new Date(NOW.getTime() + minutes * 60_000);
        const when = (result: Transition) =>
          result.kind === "FAILED" && result.declineClass !== "STOCK" ? result.nextActionAt : null;
        expect(when(at({}, last, later))).toEqual(when(at({}, last)));
      }),
    );
  });
});
