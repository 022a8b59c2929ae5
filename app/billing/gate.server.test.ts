import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { BillingAttemptCreateMutation, CycleGuardQuery } from "~/shopify/generated/admin";

import { guardReading, sendAnswer } from "./gate.server";

const shop = { timeZone: "Europe/Oslo", billingHour: 9, billingWindowMinutes: 0 };
const attempt = {
  id: "gid://shopify/SubscriptionBillingAttempt/1",
  idempotencyKey: "key",
  createdAt: "2026-03-02T08:00:00Z",
  completedAt: "2026-03-02T08:02:00Z",
  state: { __typename: "SubscriptionBillingAttemptSuccessState" as const, order: null },
};
const guard: CycleGuardQuery = {
  subscriptionBillingCycle: {
    skipped: false,
    billingAttemptExpectedDate: "2026-03-09T10:00:00Z",
    sourceContract: { status: "ACTIVE", revisionId: "1", billingAttempts: { nodes: [attempt] } },
  },
  subscriptionBillingCycles: {
    nodes: [
      { cycleIndex: 3, status: "BILLED", billingAttempts: { nodes: [attempt] } },
      { cycleIndex: 4, status: "UNBILLED", billingAttempts: { nodes: [] } },
    ],
  },
};

/** Every place in an answer. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, each]) =>
    pathsOf(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length > 0 ? [path, ...below] : below;
}

/** The answer with one place changed; `undefined` leaves it out. */
function changed<Answer>(answer: Answer, path: readonly (string | number)[], to: unknown): Answer {
  const copy = structuredClone(answer);
  let at: unknown = copy;
  for (const key of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[key];
  (at as Record<string | number, unknown>)[path.at(-1) ?? ""] = to;
  // As it comes over the wire.
  return JSON.parse(JSON.stringify(copy)) as Answer;
}

const HUGE = "x".repeat(1_000_000);
const NONSENSE = [
  undefined,
  null,
  7,
  -1,
  1e308,
  true,
  "",
  HUGE,
  "0000-00-00",
  "9999-12-31T00:00:00Z",
  "A_NEW_VALUE",
  [],
  {},
];

describe("a cycle as Shopify has it", () => {
  test("is read with its neighbours and both lists of attempts", () => {
    const reading = guardReading(shop, guard, "c");
    expect(reading).toMatchObject({
      contractStatus: "ACTIVE",
      revisionId: "1",
      skipped: false,
      dueAt: new Date("2026-03-09T08:00:00Z"),
      attempts: [{ idempotencyKey: "key", state: "SUCCESS" }],
      cycles: [
        { cycleIndex: 3, billed: true },
        { cycleIndex: 4, billed: false },
      ],
    });
  });

  test("that Shopify doesn't know is none, and that is something else than one that can't be understood", () => {
    expect(guardReading(shop, null, "c")).toBeNull();
    expect(guardReading(shop, { ...guard, subscriptionBillingCycle: null }, "c")).toBeNull();
    expect(guardReading(shop, changed(guard, ["subscriptionBillingCycle"], undefined), "c")).toHaveProperty(
      "unreadable",
    );
  });

  test("with nonsense in any place never loses an attempt or a billed cycle, and what is kept of it is short", () => {
    const whole = guardReading(shop, guard, "c");
    for (const path of pathsOf(guard)) {
      for (const nonsense of NONSENSE) {
        const reading = guardReading(shop, changed(guard, path, nonsense), "c");
        if (reading === null) expect([path.join("."), nonsense]).toEqual(["subscriptionBillingCycle", null]);
        else if ("unreadable" in reading) expect(reading.unreadable.length).toBeLessThanOrEqual(10_000);
        else {
          const isEmptied = Array.isArray(nonsense) && path.at(-1) === "nodes";
          if (!isEmptied) expect(reading.attempts).toHaveLength(1);
          if (!isEmptied) expect(reading.cycles).toHaveLength(2);
          // A neighbour's state is a word that is known, or the whole is not understood.
          if (!isEmptied) expect(reading.cycles[0]?.billed).toBe(whole && "cycles" in whole && whole.cycles[0]?.billed);
        }
      }
    }
  });
});

describe("the answer to an attempt", () => {
  type Payload = NonNullable<BillingAttemptCreateMutation["subscriptionBillingAttemptCreate"]>;
  const accepted: Payload = {
    subscriptionBillingAttempt: { id: attempt.id, completedAt: null },
    userErrors: [],
  };
  const refused: Payload = {
    subscriptionBillingAttempt: null,
    userErrors: [{ code: "CONTRACT_PAUSED", message: "The contract is paused." }],
  };

  test("says that it is on its way, refused, or nothing", () => {
    expect(sendAnswer(accepted)).toEqual({ kind: "ACCEPTED", shopifyId: attempt.id, pending: true });
    expect(sendAnswer(refused)).toMatchObject({ kind: "REFUSED", code: "CONTRACT_PAUSED" });
    expect(sendAnswer({ subscriptionBillingAttempt: null, userErrors: [] })).toEqual({ kind: "NO_ANSWER" });
    expect(sendAnswer(null)).toEqual({ kind: "NO_ANSWER" });
  });

  test("that names an attempt is never taken for a refusal, whatever else it says", () => {
    const both = { ...accepted, userErrors: refused.userErrors };
    expect(sendAnswer(both).kind).toBe("ACCEPTED");
    for (const path of pathsOf(both)) {
      for (const nonsense of NONSENSE) {
        const isTaken = path[0] === "subscriptionBillingAttempt" && path.length === 1 && !nonsense;
        if (!isTaken) expect(sendAnswer(changed(both, path, nonsense)).kind).not.toBe("REFUSED");
      }
    }
  });

  test("with nonsense in it is no answer, so that the same key goes out again", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (nonsense) => {
        const answer = sendAnswer(changed(accepted, ["subscriptionBillingAttempt"], nonsense));
        expect(answer).toEqual({ kind: "NO_ANSWER" });
      }),
    );
    for (const code of [null, 7, HUGE, "no code", {}]) {
      expect(sendAnswer(changed(refused, ["userErrors", 0, "code"], code))).toMatchObject({
        kind: "REFUSED",
        code: "UNKNOWN",
      });
    }
  });
});
