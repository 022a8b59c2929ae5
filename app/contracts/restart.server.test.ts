import { describe, expect, test } from "vitest";

import { testApp } from "../../tests/app";
import { contractDetail } from "./queries.server";
import { quoteRestart, restartContract } from "./restart.server";
import { cancelContract } from "./status.server";

describe.each([false, true])("with nextBillingDateEndsTheFirstCycle %s", (nextBillingDateEndsTheFirstCycle) => {
  test("a restarted subscription of a plan with an anchor is charged on the date that was shown, and not before", async () => {
    const app = await testApp({ assumptions: { nextBillingDateEndsTheFirstCycle } });
    await app.settle();
    const plans = new Map(Object.values(app.shopify.sellingPlans).map((plan) => [plan.id, plan]));
    const contract = Object.values(app.shopify.contracts).find(
      ({ status, lines }) => status === "ACTIVE" && plans.has(lines[0]?.sellingPlanId ?? ""),
    );
    const plan = plans.get(contract?.lines[0]?.sellingPlanId ?? "");
    const view = contract ? await contractDetail(app.ctx, app.shop, contract.id) : null;
    if (!plan || !view) throw new Error("nobody is subscribed");
    const monthly = { interval: "MONTH", intervalCount: 1 } as const;
    Object.assign(plan.billingPolicy, {
      ...monthly,
      anchors: [{ type: "MONTHDAY", day: 17, month: null, cutoffDay: null }],
    });
    Object.assign(plan.deliveryPolicy, monthly);
    await cancelContract(app.ctx, app.shop, view.id, "shopper");

    const quoted = await quoteRestart(app.ctx, app.shop, view.id);
    if (quoted.outcome !== "QUOTED") throw new Error(quoted.outcome);
    const made = await restartContract(app.ctx, app.shop, view.id, {
      actor: "shopper",
      consent: () => Promise.resolve(),
    });
    if (made.outcome !== "RESTARTED") throw new Error(made.outcome);
    const { shopifyId } = await app.ctx.db.subscriptionContract.findUniqueOrThrow({ where: { id: made.contractId } });
    const attempts = () =>
      Object.values(app.shopify.attempts).filter(({ contractId }) => shopifyId.endsWith(`/${contractId}`));
    await app.advanceTo("2026-03-16T22:00:00Z");
    expect(attempts()).toEqual([]);
    expect(quoted.terms.nextBillingAt?.slice(0, 10)).toBe("2026-03-17");
    expect(made.nextBillingAt).toBe(quoted.terms.nextBillingAt);
    await app.advanceTo("2026-03-18T22:00:00Z");
    expect(attempts()).toHaveLength(1);
  });
});
