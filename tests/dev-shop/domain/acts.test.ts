import { describe, expect, it } from "vitest";

import type { Contract } from "../world";
import { changeFromOutside, chargeFromOutside, planNativeRetries } from "./acts";
import { createAttempt } from "./attempts";
import { updatePaymentMethod, setCardOutcomes } from "./customers";
import { cycleAt } from "./cycles";
import { aContract, aShop, type Fixture } from "./fixture";
import { attemptsOf } from "./indexes";
import { nextEventAt, runDueEvents } from "./timeline";

function due(): Fixture & { contract: Contract } {
  const f = aShop();
  f.variant.inventory = null;
  const contract = aContract(f, "WEEK");
  f.world.now = "2026-03-08T09:00:00Z";
  f.shop.outbox = [];
  return { ...f, contract };
}

/** Lets everything happen that is due within half an hour. */
function pass({ world }: Fixture, minutes = 30): void {
  world.now = new Date(Date.parse(world.now) + minutes * 60_000).toISOString();
  runDueEvents(world);
}

const topics = ({ shop }: Fixture): string[] => shop.outbox.map(({ topic }) => topic);
const statuses = (f: ReturnType<typeof due>, ...indexes: number[]): string[] =>
  indexes.map((index) => cycleAt(f.world, f.shop, f.contract, index).status);

describe("a charge by somebody else", () => {
  it("of a cycle bills that cycle, tells the app, and is marked as one that the cycle's list leaves out", () => {
    const f = due();
    const { attempt } = chargeFromOutside(f.world, f.shop, f.contract, { cycleIndex: 1 });
    expect(attempt).toMatchObject({ origin: "foreign", cycleIndex: 1, unlistedInCycle: true });
    pass(f);
    expect(statuses(f, 1, 2)).toEqual(["BILLED", "UNBILLED"]);
    expect(topics(f)).toEqual(["subscription_billing_attempts/success"]);
  });

  it("without a cycle bills today's, while the overdue one stays unbilled", () => {
    const f = due();
    f.world.now = "2026-03-09T09:00:00Z";
    const { attempt } = chargeFromOutside(f.world, f.shop, f.contract, {});
    expect(attempt).toMatchObject({ cycleIndex: 2 });
    expect(attempt?.unlistedInCycle).toBeUndefined();
    pass(f);
    expect(statuses(f, 1, 2)).toEqual(["UNBILLED", "BILLED"]);
  });

  it("is refused where Shopify refuses", () => {
    const f = due();
    changeFromOutside(f.world, f.shop, f.contract, { status: "PAUSED" });
    expect(chargeFromOutside(f.world, f.shop, f.contract, { cycleIndex: 1 }).userErrors).toMatchObject([
      { code: "CONTRACT_PAUSED" },
    ]);
  });
});

describe("a change by somebody else", () => {
  it("of prices, quantities and delivery makes one new revision and says so once", () => {
    const f = due();
    const { revisionId } = f.contract;
    const [line] = f.contract.lines;
    const change = { lines: [{ id: line?.id ?? "", price: "210.5", quantity: 3 }], deliveryPrice: "0" };
    expect(changeFromOutside(f.world, f.shop, f.contract, change)).toEqual([]);
    expect(line).toMatchObject({ currentPrice: "210.50", quantity: 3 });
    expect(f.contract.deliveryPrice).toBe("0.00");
    expect(f.contract.revisionId).not.toBe(revisionId);
    expect(f.contract.updatedAt).toBe(f.world.now);
    expect(topics(f)).toEqual(["subscription_contracts/update"]);
  });

  it("of a line that is not there changes nothing", () => {
    const f = due();
    const before = structuredClone(f.contract);
    const change = { lines: [{ id: f.contract.lines[0]?.id ?? "", quantity: 9 }, { id: "none" }] };
    expect(changeFromOutside(f.world, f.shop, f.contract, change)).toMatchObject([{ field: ["lines"] }]);
    expect(f.contract).toEqual(before);
  });

  it("of the next date and of a skip is an edit of those cycles, with their webhooks", () => {
    const f = due();
    f.world.now = "2026-03-08T10:00:00Z";
    const change = { nextExpectedDate: "2026-03-12T09:00:00Z", skip: 3 };
    expect(changeFromOutside(f.world, f.shop, f.contract, change)).toEqual([]);
    expect(cycleAt(f.world, f.shop, f.contract, 2).billingAttemptExpectedDate).toBe("2026-03-12T09:00:00Z");
    expect(cycleAt(f.world, f.shop, f.contract, 3).skipped).toBe(true);
    expect(topics(f)).toEqual(["subscription_billing_cycle_edits/create", "subscription_billing_cycles/skip"]);
    expect(changeFromOutside(f.world, f.shop, f.contract, { nextExpectedDate: "2026-04-30T09:00:00Z" })).toMatchObject([
      { code: "OUT_OF_BOUNDS" },
    ]);
  });

  it("of the status is Shopify's own move, and cancelled is final", () => {
    const f = due();
    expect(changeFromOutside(f.world, f.shop, f.contract, { status: "CANCELLED" })).toEqual([]);
    expect(topics(f)).toContain("subscription_contracts/cancel");
    for (const change of [{ status: "ACTIVE" as const }, { deliveryPrice: "1" }]) {
      expect(changeFromOutside(f.world, f.shop, f.contract, change)).toMatchObject([{ code: "CONTRACT_TERMINATED" }]);
    }
  });
});

describe("Shopify's own retry after a card update", () => {
  function failed() {
    const f = due();
    setCardOutcomes(f.customer, ["CARD_DECLINED", "success"]);
    createAttempt(f.world, f.shop, f.contract, { idempotencyKey: "ours", billingCycleSelector: { index: 1 } }, "app");
    pass(f, 60);
    const method = f.shop.paymentMethods[f.contract.paymentMethodId ?? ""];
    if (method) updatePaymentMethod(f.world, f.shop, method, { lastDigits: "1881" });
    return f;
  }

  it("comes within fifteen minutes, on the cycle of that day and not on the overdue one", () => {
    const f = failed();
    expect(planNativeRetries(f.world, f.shop, f.customer)).toMatchObject([{ contractId: f.contract.id }]);
    expect(Date.parse(nextEventAt(f.world) ?? "") - Date.parse(f.world.now)).toBeLessThanOrEqual(15 * 60_000);
    pass(f, 15);
    expect(attemptsOf(f.shop, f.contract.id).at(-1)).toMatchObject({ origin: "native", cycleIndex: 2 });
    pass(f);
    expect(statuses(f, 1, 2)).toEqual(["UNBILLED", "BILLED"]);
    expect(nextEventAt(f.world)).toBeNull();
  });

  it("does not come when the app's own retry has succeeded first, nor for contracts that owe nothing", () => {
    const f = failed();
    planNativeRetries(f.world, f.shop, f.customer);
    createAttempt(
      f.world,
      f.shop,
      f.contract,
      { idempotencyKey: "ours again", billingCycleSelector: { index: 1 } },
      "app",
    );
    pass(f, 5);
    pass(f, 15);
    expect(attemptsOf(f.shop, f.contract.id).map(({ origin }) => origin)).toEqual(["checkout", "app", "app"]);
    expect(planNativeRetries(f.world, f.shop, f.customer)).toEqual([]);
  });
});
