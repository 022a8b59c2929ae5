import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { AttemptOutcome, SeenState } from "./engine";
import { decideGuard, isAccountedFor } from "./guard";
import type { Booked, GuardedCharge, GuardReading } from "./guard";

const NOW = new Date("2026-03-02T08:00:00Z");
const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

const charge: GuardedCharge = {
  cycleIndex: 4,
  expectedAt: NOW,
  revisionId: "1",
  originOrderId: "gid://shopify/Order/1",
  billingInterval: "WEEK",
  billingIntervalCount: 1,
  lastPaidAt: null,
  confirmed: false,
};
const reading: GuardReading = {
  contractStatus: "ACTIVE",
  revisionId: "1",
  skipped: false,
  expectedAt: NOW,
  dueAt: NOW,
  cycles: [],
  attempts: [],
};
const booked: Booked = { keys: new Set(["ours"]), paidCycles: new Set() };

const attempt = (
  state: SeenState,
  key: string,
  hoursAgo = 1,
  orderId = `gid://shopify/Order/${key}`,
): AttemptOutcome => ({
  shopifyId: `gid://shopify/SubscriptionBillingAttempt/${key}`,
  idempotencyKey: key,
  state,
  createdAt: ago(hoursAgo),
  errorCode: state === "FAILED" ? "CARD_DECLINED" : null,
  nextActionUrl: null,
  order: state === "SUCCESS" ? { id: orderId, name: "#1", total: "199.00", taxOnTop: "0", currencyCode: "NOK" } : null,
  completedAt: state === "SUCCESS" || state === "FAILED" ? ago(hoursAgo) : null,
});
const cycle = (cycleIndex: number, billed: boolean, attempts: AttemptOutcome[] = []) => ({
  cycleIndex,
  billed,
  attempts,
});
const decide = (
  change: Partial<GuardReading> = {},
  chargeChange: Partial<GuardedCharge> = {},
  bookedChange: Partial<Booked> = {},
) => decideGuard({ ...charge, ...chargeChange }, { ...reading, ...change }, { ...booked, ...bookedChange }, NOW);

describe("a cycle that Shopify has billed is never charged again", () => {
  test("when the ledger has it as paid, however late the worker that claimed it wakes up", () => {
    expect(decide({}, {}, { paidCycles: new Set([4]) })).toEqual({ kind: "ADOPT", attempt: null, others: [] });
    expect(decideGuard(charge, null, { ...booked, paidCycles: new Set([4]) }, NOW).kind).toBe("ADOPT");
    expect(decide({}, {}, { paidCycles: new Set([3]) }).kind).toBe("SEND");
  });

  test("when the cycle's own list names the success, whatever else is true", () => {
    const theirs = attempt("SUCCESS", "theirs", 500);
    const decision = decide({ cycles: [cycle(4, false, [theirs])], contractStatus: "CANCELLED", skipped: true });
    expect(decision).toMatchObject({ kind: "ADOPT", attempt: { idempotencyKey: "theirs" }, others: [] });
  });

  test("when Shopify calls it billed and shows no attempt for it", () => {
    expect(decide({ cycles: [cycle(4, true)], skipped: true })).toEqual({ kind: "ADOPT", attempt: null, others: [] });
  });

  test("when it is the only billed cycle and the contract's list has the only success left over", () => {
    const theirs = attempt("SUCCESS", "theirs", 500);
    expect(decide({ cycles: [cycle(3, false), cycle(4, true)], attempts: [theirs] })).toMatchObject({
      kind: "ADOPT",
      attempt: { idempotencyKey: "theirs" },
    });
  });
});

describe("somebody else's success", () => {
  test("of another cycle is booked for that one", () => {
    const theirs = attempt("SUCCESS", "theirs", 100);
    expect(decide({ cycles: [cycle(3, true, [theirs]), cycle(4, false)], attempts: [theirs] })).toEqual({
      kind: "SEND",
      others: [{ cycleIndex: 3, attempt: theirs }],
    });
  });

  test("that belongs to no cycle for sure waits for a person", () => {
    const theirs = attempt("SUCCESS", "theirs", 100);
    expect(decide({ cycles: [cycle(3, false), cycle(4, false)], attempts: [theirs] })).toMatchObject({
      kind: "PARK",
      reason: "FOREIGN_CHARGE",
    });
    const two = [theirs, attempt("SUCCESS", "another", 200)];
    expect(decide({ cycles: [cycle(3, true)], attempts: two })).toMatchObject({
      kind: "PARK",
      reason: "FOREIGN_CHARGE",
    });
  });

  test("keeps this cycle waiting until half an interval is over", () => {
    const theirs = attempt("SUCCESS", "theirs", 83);
    const paid = { cycles: [cycle(3, true, [theirs])], attempts: [theirs] };
    expect(decide(paid)).toMatchObject({
      kind: "RELEASE",
      reason: "CHARGED_RECENTLY",
      until: new Date(NOW.getTime() + HOUR_MS),
    });
  });

  test("by the checkout's own order pays no cycle and holds nothing", () => {
    const checkout = attempt("SUCCESS", "checkout", 1, "gid://shopify/Order/1");
    expect(decide({ attempts: [checkout], cycles: [cycle(4, false, [checkout])] })).toEqual({
      kind: "SEND",
      others: [],
    });
  });

  test("that the ledger knows already is not foreign", () => {
    expect(decide({ attempts: [attempt("SUCCESS", "ours", 100)] })).toEqual({ kind: "SEND", others: [] });
  });
});

describe("a charge", () => {
  test("of a cycle that Shopify doesn't know waits for a person", () => {
    expect(decideGuard(charge, null, booked, NOW)).toEqual({ kind: "PARK", reason: "CYCLE_NOT_FOUND", others: [] });
  });

  test("whose cycle can't be understood waits for a person, with Shopify's own words, unless the ledger has it as paid", () => {
    const unreadable = { unreadable: "{}" };
    expect(decideGuard(charge, unreadable, booked, NOW)).toMatchObject({ kind: "PARK", reason: "BAD_DATA", raw: "{}" });
    expect(decideGuard(charge, unreadable, { ...booked, paidCycles: new Set([4]) }, NOW).kind).toBe("ADOPT");
  });

  test.each([
    [{ contractStatus: "CANCELLED" }, "ENDED"],
    [{ contractStatus: "EXPIRED", skipped: true }, "ENDED"],
    [{ skipped: true }, "SKIPPED"],
    [{ contractStatus: "PAUSED" }, "SKIPPED_PAUSED"],
    [{ contractStatus: "FAILED" }, "SKIPPED_PAUSED"],
  ] as const)("with %o brings no order: %s", (change, outcome) => {
    expect(decide(change)).toEqual({ kind: "CLOSE", outcome, others: [] });
  });

  test.each(["PENDING", "ACTION_REQUIRED"] as const)("waits while somebody else's attempt is %s", (state) => {
    expect(decide({ attempts: [attempt(state, "theirs", 30)] })).toMatchObject({
      kind: "RELEASE",
      reason: "FOREIGN_ATTEMPT",
    });
    expect(decide({ cycles: [cycle(4, false, [attempt(state, "theirs", 30)])] }).kind).toBe("RELEASE");
    expect(decide({ attempts: [attempt(state, "ours", 30)] }).kind).toBe("SEND");
  });

  test("is sent after somebody else's attempt has failed", () => {
    expect(decide({ attempts: [attempt("FAILED", "theirs")] }).kind).toBe("SEND");
  });

  test("is read again if its date has moved away: what the guard saw may as well be the older one; not if both are due", () => {
    const later = new Date("2026-03-05T08:00:00Z");
    expect(decide({ expectedAt: later, dueAt: later }).kind).toBe("REREAD");
    expect(decide({ expectedAt: ago(24), dueAt: ago(24) }).kind).toBe("SEND");
  });

  test("that a person has asked for is held neither by its date nor by an earlier charge", () => {
    const later = new Date("2026-03-05T08:00:00Z");
    const early = { expectedAt: later, dueAt: later };
    expect(decide(early, { confirmed: true, lastPaidAt: ago(1) }).kind).toBe("SEND");
    expect(decide({ ...early, skipped: true }, { confirmed: true }).kind).toBe("CLOSE");
  });

  test("is read again if the contract has changed since it was announced", () => {
    expect(decide({ revisionId: "2" }).kind).toBe("REREAD");
    expect(decide({ revisionId: "2" }, { confirmed: true }).kind).toBe("REREAD");
  });

  test("that brings no order leaves its contract to be looked at by itself for as long as the mirror is behind", () => {
    const accounted = (change: Partial<GuardReading>) =>
      isAccountedFor(charge, { ...reading, ...change }, decide(change));
    expect(decide({ skipped: true, revisionId: "2" }).kind).toBe("CLOSE");
    expect(accounted({ skipped: true })).toBe(true);
    expect(accounted({ skipped: true, revisionId: "2" })).toBe(false);
    expect(isAccountedFor(charge, null, { kind: "ADOPT", attempt: null, others: [] })).toBe(false);
  });

  test("is sent only when nothing in the reading speaks against it", () => {
    const states = fc.constantFrom<SeenState[]>("PENDING", "ACTION_REQUIRED", "SUCCESS", "FAILED");
    const attempts = fc.array(
      fc.record({
        state: states,
        key: fc.constantFrom("ours", "a", "b", "checkout"),
        hours: fc.integer({ min: 0, max: 300 }),
      }),
      { maxLength: 3 },
    );
    const toAttempts = (list: { state: SeenState; key: string; hours: number }[]) =>
      list.map(({ state, key, hours }) =>
        attempt(state, key, hours, key === "checkout" ? "gid://shopify/Order/1" : undefined),
      );
    const some = fc.record({
      status: fc.constantFrom("ACTIVE", "PAUSED", "CANCELLED", "EXPIRED", "FAILED"),
      skipped: fc.boolean(),
      revisionId: fc.constantFrom("1", "2"),
      own: attempts,
      before: attempts,
      listed: attempts,
      ownBilled: fc.boolean(),
      beforeBilled: fc.boolean(),
      paidHoursAgo: fc.option(fc.integer({ min: 0, max: 300 })),
    });
    fc.assert(
      fc.property(some, (given) => {
        const cycles = [
          cycle(3, given.beforeBilled, toAttempts(given.before)),
          cycle(4, given.ownBilled, toAttempts(given.own)),
        ];
        const listed = toAttempts(given.listed);
        const decision = decide(
          {
            contractStatus: given.status,
            skipped: given.skipped,
            revisionId: given.revisionId,
            cycles,
            attempts: listed,
          },
          { lastPaidAt: given.paidHoursAgo === null ? null : ago(given.paidHoursAgo) },
        );
        if (decision.kind !== "SEND") return;
        expect([given.status, given.skipped, given.revisionId, given.ownBilled]).toEqual(["ACTIVE", false, "1", false]);
        const foreign = [...cycles.flatMap((each) => each.attempts), ...listed].filter(
          ({ idempotencyKey, order }) => idempotencyKey !== "ours" && order?.id !== "gid://shopify/Order/1",
        );
        // An attempt that several lists have is what the last of them says.
        const latest = new Map(
          [...listed, ...cycles.flatMap((each) => each.attempts)].map((each) => [each.shopifyId, each]),
        );
        const standing = foreign.filter((each) => latest.get(each.shopifyId) === each);
        expect(standing.filter(({ state }) => state === "PENDING" || state === "ACTION_REQUIRED")).toEqual([]);
        const paid = standing.flatMap(({ state, completedAt }) =>
          state === "SUCCESS" && completedAt ? [completedAt] : [],
        );
        if (given.paidHoursAgo !== null) paid.push(ago(given.paidHoursAgo));
        for (const at of paid) expect(NOW.getTime() - at.getTime()).toBeGreaterThanOrEqual(84 * HOUR_MS);
        const ownPaid = cycles[1]?.attempts.filter((each) => standing.includes(each) && each.state === "SUCCESS");
        expect(ownPaid).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
