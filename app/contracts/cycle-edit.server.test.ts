import { beforeAll, describe, expect, test } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { createAttempt, cycleAt, hasFutureEdits, scheduleEditCycle } from "../../tests/dev-shop/domain";
import { gid } from "../../tests/dev-shop/world";
import type { Contract, Variant } from "../../tests/dev-shop/world";
import { AdminApiError } from "~/shopify/admin-api.server";
import { editCycle, removeCycleEdit } from "./cycle-edit.server";

let app: TestApp;
const contracts: Contract[] = [];

beforeAll(async () => {
  app = await testApp({ subscribers: 12 });
  contracts.push(...Object.values(app.shopify.contracts).filter(({ status }) => status === "ACTIVE"));
});

/** A contract that no other test has touched, its next open cycle and another variant. */
function fresh(): { contract: Contract; index: number; lineId: string; other: Variant } {
  const contract = contracts.pop();
  const line = contract?.lines[0];
  const other = Object.values(app.shopify.variants).find(({ id }) => id !== line?.variantId);
  if (!contract || !line || !other) throw new Error("no contract is left");
  let index = 1;
  while (cycleAt(app.world, app.shopify, contract, index).cycleEndAt < app.world.now) index += 1;
  return { contract, index, lineId: gid("SubscriptionLine", line.id), other };
}

const refOf = (contract: Contract, cycleIndex: number) => ({
  contractShopifyId: gid("SubscriptionContract", contract.id),
  cycleIndex,
});

/** Names of the mutations that reach Shopify while `act` runs; `lose` names one whose answer is lost. */
async function sent(act: () => Promise<unknown>, lose?: string): Promise<string[]> {
  const names: string[] = [];
  app.intercept.fetch = (next) => async (input, init) => {
    const { query } = JSON.parse(String(init?.body)) as { query: string };
    const name = /^mutation (\w+)/.exec(query)?.[1];
    if (name) names.push(name);
    const answer = await next(input, init);
    if (name && name === lose) throw new TypeError("connection reset");
    return answer;
  };
  try {
    await act();
  } finally {
    app.intercept.fetch = (next) => next;
  }
  return names;
}

describe("one cycle's own lines", () => {
  test("are left alone while Shopify's answer about the cycle can't be understood", async () => {
    const { contract, index, lineId } = fresh();
    const change = { kind: "QUANTITY", lineShopifyId: lineId, quantity: 4 } as const;
    for (const nonsense of [{ lines: null }, { deliveryPrice: { amount: "NaN" } }, { lines: { nodes: [{ id: 7 }] } }]) {
      app.intercept.fetch = (next) => async (input, init) => {
        const response = await next(input, init);
        if (!String(init?.body).includes("query CycleTerms")) return response;
        const body = (await response.json()) as { data: { subscriptionBillingCycle: { sourceContract: object } } };
        Object.assign(body.data.subscriptionBillingCycle.sourceContract, nonsense);
        return new Response(JSON.stringify(body), { status: 200, headers: response.headers });
      };
      try {
        const edited = await editCycle(app.ctx, app.shop, refOf(contract, index), [change]);
        expect(edited).toMatchObject({ outcome: "REFUSED", code: "UNREADABLE" });
        expect(await removeCycleEdit(app.ctx, app.shop, refOf(contract, index))).toBe(false);
      } finally {
        app.intercept.fetch = (next) => next;
      }
    }
    expect(hasFutureEdits(app.world, app.shopify, contract)).toBe(false);
  });

  test("hold for that cycle alone, and asking again sends nothing", async () => {
    const { contract, index, lineId, other } = fresh();
    const changes = [
      { kind: "QUANTITY", lineShopifyId: lineId, quantity: 4 } as const,
      { kind: "ADD", variantId: gid("ProductVariant", other.id), quantity: 1, price: "10" } as const,
    ];
    const before = contract.lines[0]?.quantity;
    const outcome = await editCycle(app.ctx, app.shop, refOf(contract, index), changes);
    expect(outcome).toMatchObject({
      outcome: "EDITED",
      lines: [
        { lineShopifyId: lineId, quantity: 4 },
        { variantId: gid("ProductVariant", other.id), quantity: 1 },
      ],
    });
    expect(contract.lines[0]?.quantity).toBe(before);
    expect(contract.cycleEdits[String(index)]?.contract?.lines).toHaveLength(2);
    expect(
      await sent(async () => {
        expect(await editCycle(app.ctx, app.shop, refOf(contract, index), changes)).toEqual(outcome);
      }),
    ).toEqual([]);
  });

  test("are whole also when the commit's answer was lost: nothing is done twice", async () => {
    const { contract, index, other } = fresh();
    const changes = [{ kind: "ADD", variantId: gid("ProductVariant", other.id), quantity: 2, price: "10" } as const];
    const attempt = () => editCycle(app.ctx, app.shop, refOf(contract, index), changes);
    await sent(() => expect(attempt()).rejects.toThrow(AdminApiError), "CycleEditCommit");
    expect(await sent(attempt)).toEqual([]);
    expect(contract.cycleEdits[String(index)]?.contract?.lines).toHaveLength(2);
  });

  test("an answer lost before the commit leaves the cycle as it was", async () => {
    const { contract, index, lineId } = fresh();
    const changes = [{ kind: "QUANTITY", lineShopifyId: lineId, quantity: 9 } as const];
    const attempt = () => editCycle(app.ctx, app.shop, refOf(contract, index), changes);
    await sent(() => expect(attempt()).rejects.toThrow(AdminApiError), "CycleEditOpen");
    expect(contract.cycleEdits[String(index)]?.contract).toBeUndefined();
    expect(await attempt()).toMatchObject({ outcome: "EDITED" });
  });

  test("other changes take the place of earlier ones, also of a line that was removed", async () => {
    const { contract, index, lineId, other } = fresh();
    const ref = refOf(contract, index);
    const gift = { kind: "ADD", variantId: gid("ProductVariant", other.id), quantity: 1, price: "10" } as const;
    await editCycle(app.ctx, app.shop, ref, [{ kind: "REMOVE", lineShopifyId: lineId }, gift]);
    const outcome = await editCycle(app.ctx, app.shop, ref, [
      { kind: "VARIANT", lineShopifyId: lineId, variantId: gid("ProductVariant", other.id) },
    ]);
    expect(outcome).toMatchObject({
      outcome: "EDITED",
      lines: [
        {
          lineShopifyId: lineId,
          variantId: gid("ProductVariant", other.id),
          currentPrice: expect.stringMatching(new RegExp(`^${Number(contract.lines[0]?.currentPrice)}`)),
        },
      ],
    });
  });

  test("that can't be are refused, and nothing is sent or left behind", async () => {
    const { contract, index, lineId } = fresh();
    const ref = refOf(contract, index);
    const edit = (changes: Parameters<typeof editCycle>[3]) => editCycle(app.ctx, app.shop, ref, changes);
    const gone = gid("SubscriptionLine", "00000000-0000-0000-0000-000000000000");
    expect(await edit([{ kind: "REMOVE", lineShopifyId: gone }])).toMatchObject({ code: "LINE_NOT_FOUND" });
    expect(await edit([{ kind: "REMOVE", lineShopifyId: lineId }])).toMatchObject({ code: "INVALID_LINES" });
    expect(await edit([{ kind: "QUANTITY", lineShopifyId: lineId, quantity: 0 }])).toMatchObject({
      outcome: "REFUSED",
      code: "GREATER_THAN",
    });
    expect(contract.cycleEdits[String(index)]).toBeUndefined();
    const unknown = { contractShopifyId: gid("SubscriptionContract", "1"), cycleIndex: 1 };
    expect(await editCycle(app.ctx, app.shop, unknown, [])).toEqual({ outcome: "NOT_FOUND" });
  });
});

describe("taking them off", () => {
  test("lets the contract be updated again and leaves a moved date where it was", async () => {
    const { contract, index, lineId } = fresh();
    const cycle = cycleAt(app.world, app.shopify, contract, index);
    const date = new Date((Date.parse(cycle.cycleStartAt) + Date.parse(cycle.cycleEndAt)) / 2).toISOString();
    const moved = scheduleEditCycle(app.world, app.shopify, contract, { index }, { billingDate: date }).cycle;
    await editCycle(app.ctx, app.shop, refOf(contract, index), [
      { kind: "QUANTITY", lineShopifyId: lineId, quantity: 7 },
    ]);
    expect(hasFutureEdits(app.world, app.shopify, contract)).toBe(true);
    expect(await removeCycleEdit(app.ctx, app.shop, refOf(contract, index))).toBe(true);
    expect(hasFutureEdits(app.world, app.shopify, contract)).toBe(false);
    expect(cycleAt(app.world, app.shopify, contract, index)).toEqual(moved);
    expect(await sent(() => removeCycleEdit(app.ctx, app.shop, refOf(contract, index)))).toEqual([]);
  });

  test("says so while an attempt is on its way", async () => {
    const { contract, index, lineId } = fresh();
    const ref = refOf(contract, index);
    await editCycle(app.ctx, app.shop, ref, [{ kind: "QUANTITY", lineShopifyId: lineId, quantity: 2 }]);
    app.world.now = cycleAt(app.world, app.shopify, contract, index).billingAttemptExpectedDate;
    const input = { idempotencyKey: "in-flight", billingCycleSelector: { index } };
    expect(createAttempt(app.world, app.shopify, contract, input, "app").userErrors).toEqual([]);
    expect(await removeCycleEdit(app.ctx, app.shop, ref)).toBe(false);
  });
});
