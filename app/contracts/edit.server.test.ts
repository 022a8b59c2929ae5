import { beforeAll, describe, expect, test } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import {
  commitCycleDraft,
  commitDraft,
  openContractDraft,
  openCycleDraft,
  updateLine,
} from "../../tests/dev-shop/domain";
import { gid } from "../../tests/dev-shop/world";
import type { Contract } from "../../tests/dev-shop/world";
import type { ContractEdit } from "./edit";
import { editContract, quoteEdit } from "./edit.server";
import { contractDetail } from "./queries.server";
import type { ContractDetail } from "./views";

let app: TestApp;
const contracts: Contract[] = [];

beforeAll(async () => {
  app = await testApp({ subscribers: 22 });
  await app.settle();
  contracts.push(...Object.values(app.shopify.contracts).filter(({ status }) => status === "ACTIVE"));
});

/** A contract that no other test has touched. */
async function fresh(): Promise<{ contract: Contract; view: ContractDetail; lineId: string }> {
  const productOf = (contract: Contract) => app.shopify.products[contract.lines[0]?.productId ?? ""];
  const position = contracts.findIndex((one) => (productOf(one)?.variantIds.length ?? 0) > 1);
  const [contract] = contracts.splice(position, 1);
  const view = contract ? await contractDetail(app.ctx, app.shop, contract.id) : null;
  const lineId = view?.lines[0]?.id;
  if (!contract || !view || !lineId) throw new Error("no contract is left");
  return { contract, view, lineId };
}

const viewOf = async (id: string): Promise<ContractDetail> => {
  const view = await contractDetail(app.ctx, app.shop, id);
  if (!view) throw new Error("the contract is gone");
  return view;
};

const edit = (id: string, edits: ContractEdit[], options: { seen?: string; queue?: boolean } = {}) =>
  editContract(app.ctx, app.shop, id, edits, { actor: "shopper", ...options });

const quote = async (id: string, edits: ContractEdit[]) => {
  const quoted = await quoteEdit(app.ctx, app.shop, id, edits);
  if (quoted.outcome !== "QUOTED") throw new Error(quoted.outcome);
  return quoted;
};

/** Loses the answer of one mutation, before or after its work is done. Names of the mutations that were sent. */
async function losing(name: string, when: "before" | "after", act: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = [];
  app.intercept.fetch = (next) => async (input, init) => {
    const { query } = JSON.parse(String(init?.body)) as { query: string };
    const own = /^mutation (\w+)/.exec(query)?.[1];
    if (own) names.push(own);
    if (own === name && when === "before") throw new TypeError("connection reset");
    const answer = await next(input, init);
    if (own === name) throw new TypeError("connection reset");
    return answer;
  };
  try {
    await act();
  } finally {
    app.intercept.fetch = (next) => next;
  }
  return names;
}

/** Another variant of the line's product. */
function sibling(contract: Contract): string {
  const line = contract.lines[0];
  const other = Object.values(app.shopify.variants).find(
    ({ id, productId }) => productId === line?.productId && id !== line.variantId,
  );
  if (!other) throw new Error("the product has one variant only");
  return gid("ProductVariant", other.id);
}

/** Another selling plan of the line's group. */
function otherPlan(contract: Contract): string {
  const planId = contract.lines[0]?.sellingPlanId;
  const group = Object.values(app.shopify.sellingPlanGroups).find(({ sellingPlanIds }) =>
    sellingPlanIds.includes(planId ?? ""),
  );
  const other = group?.sellingPlanIds.find((id) => id !== planId);
  if (!other) throw new Error("the group has one plan only");
  return gid("SellingPlan", other);
}

describe("a change of the contract", () => {
  test("of quantity is quoted, made once, mirrored, and put down to the person who asked", async () => {
    const { contract, view, lineId } = await fresh();
    const edits: ContractEdit[] = [{ kind: "QUANTITY", lineId, quantity: 5 }];
    const quoted = await quote(view.id, edits);
    expect(quoted.before.amount).toEqual(view.amount);
    const outcome = await edit(view.id, edits, { seen: quoted.revisionId });
    expect(outcome).toMatchObject({ outcome: "EDITED", amount: quoted.after.amount, datesDiffer: null });
    expect(contract.lines[0]?.quantity).toBe(5);
    const now = await viewOf(view.id);
    expect(now.lines[0]).toMatchObject({ id: lineId, quantity: 5 });
    expect(now.history[0]).toMatchObject({ type: "contract.changed", actor: "shopper", data: { changed: ["lines"] } });
    // Asking for what is so already sends nothing.
    expect(await losing("none", "before", () => edit(view.id, edits))).toEqual([]);
  });

  test("of variant takes today's price on the line's plan, and restates the policy", async () => {
    const { contract, view, lineId } = await fresh();
    const edits: ContractEdit[] = [{ kind: "VARIANT", lineId, variantId: sibling(contract) }];
    const quoted = await quote(view.id, edits);
    expect(await edit(view.id, edits)).toMatchObject({ outcome: "EDITED", amount: quoted.after.amount });
    const line = contract.lines[0];
    const variant = app.shopify.variants[line?.variantId ?? ""];
    const off = Number(line?.pricingPolicies[0]?.adjustmentValue ?? 0);
    expect(line?.basePrice).toBe(variant?.price);
    expect(Number(line?.currentPrice)).toBeCloseTo((Number(variant?.price) * (100 - off)) / 100, 2);
  });

  test("of frequency changes schedule, plan and price together; a date that passed by it is not charged", async () => {
    const { contract, view } = await fresh();
    const sellingPlanId = otherPlan(contract);
    const edits: ContractEdit[] = [{ kind: "FREQUENCY", sellingPlanId }];
    const quoted = await quote(view.id, edits);
    const outcome = await edit(view.id, edits);
    expect(outcome).toMatchObject({ outcome: "EDITED", amount: quoted.after.amount });
    const now = await viewOf(view.id);
    expect(now.frequency).toEqual(quoted.after.frequency);
    expect(now.lines[0]?.sellingPlanId).toBe(sellingPlanId);
    expect(now.nextBillingAt).toBe(quoted.after.nextBillingAt);
    expect(now.nextBillingAt && now.nextBillingAt > app.world.now).toBe(true);
    const plan = app.shopify.sellingPlans[sellingPlanId.slice(sellingPlanId.lastIndexOf("/") + 1)];
    expect(contract.billingPolicy.intervalCount).toBe(plan?.billingPolicy.intervalCount);
    const changed = now.history.find(({ type }) => type === "contract.changed");
    expect(changed).toMatchObject({ actor: "shopper", data: { changed: ["lines", "schedule"] } });
  });

  test("adds and removes lines; the last one stays", async () => {
    const { contract, view, lineId } = await fresh();
    const variantId = sibling(contract);
    expect(await edit(view.id, [{ kind: "ADD_LINE", variantId, quantity: 2 }])).toMatchObject({ outcome: "EDITED" });
    expect(contract.lines.map(({ quantity }) => quantity)).toContain(2);
    expect(contract.lines[1]?.sellingPlanId).toBe(contract.lines[0]?.sellingPlanId);
    const [, added] = (await viewOf(view.id)).lines;
    expect(await edit(view.id, [{ kind: "REMOVE_LINE", lineId }])).toMatchObject({ outcome: "EDITED" });
    expect(contract.lines).toHaveLength(1);
    const last = await edit(view.id, [{ kind: "REMOVE_LINE", lineId: added?.id ?? "" }]);
    expect(last).toEqual({ outcome: "LAST_LINE" });
    expect(contract.lines).toHaveLength(1);
  });

  test("keeps what is preferred on the line", async () => {
    const { contract, view, lineId } = await fresh();
    const attributes = [{ key: "Grind", value: "Fine" }];
    expect(await edit(view.id, [{ kind: "ATTRIBUTES", lineId, attributes }])).toMatchObject({ outcome: "EDITED" });
    expect(contract.lines[0]?.customAttributes).toEqual(attributes);
    expect((await viewOf(view.id)).lines[0]?.attributes).toEqual(attributes);
  });

  test("by a discount lowers the next order's amount for as long as it holds", async () => {
    const { contract, view } = await fresh();
    const edits: ContractEdit[] = [{ kind: "DISCOUNT", percent: 10, orders: 2, title: "Stay" }];
    const quoted = await quote(view.id, edits);
    expect(Number(quoted.after.amount.amount)).toBeLessThan(Number(view.amount.amount));
    expect(await edit(view.id, edits)).toMatchObject({ outcome: "EDITED", amount: quoted.after.amount });
    const now = await viewOf(view.id);
    expect(now.amount).toEqual(quoted.after.amount);
    expect(now.discounts).toMatchObject([{ title: "Stay", percentage: 10, ordersLeft: 2 }]);
    const discountId = now.discounts[0]?.id ?? "";
    const off = await edit(view.id, [{ kind: "REMOVE_DISCOUNT", discountId }]);
    expect(off).toMatchObject({ outcome: "EDITED", amount: view.amount });
    expect(contract.discounts).toEqual([]);
  });

  test("is refused by name when it names what is not there, and for another shop it is not found", async () => {
    const { view, lineId } = await fresh();
    const nowhere = "00000000-0000-4000-8000-000000000000";
    expect(await edit(view.id, [{ kind: "QUANTITY", lineId: nowhere, quantity: 2 }])).toEqual({
      outcome: "NOT_OFFERED",
    });
    const variantId = "gid://shopify/ProductVariant/1";
    expect(await edit(view.id, [{ kind: "VARIANT", lineId, variantId }])).toEqual({ outcome: "NOT_OFFERED" });
    const sellingPlanId = "gid://shopify/SellingPlan/1";
    expect(await edit(view.id, [{ kind: "FREQUENCY", sellingPlanId }])).toEqual({ outcome: "NOT_OFFERED" });
    expect(await edit(nowhere, [{ kind: "QUANTITY", lineId, quantity: 2 }])).toEqual({ outcome: "NOT_FOUND" });
    const other = { ...app.shop, id: nowhere };
    const outcome = await editContract(app.ctx, other, view.id, [{ kind: "QUANTITY", lineId, quantity: 2 }], {
      actor: "shopper",
    });
    expect(outcome).toEqual({ outcome: "NOT_FOUND" });
  });
});

describe("at the same time", () => {
  test("two tabs: the second one is stale and changes nothing", async () => {
    const { contract, view, lineId } = await fresh();
    const seen = view.revisionId;
    expect(await edit(view.id, [{ kind: "QUANTITY", lineId, quantity: 3 }], { seen })).toMatchObject({
      outcome: "EDITED",
    });
    expect(await edit(view.id, [{ kind: "QUANTITY", lineId, quantity: 7 }], { seen })).toEqual({ outcome: "STALE" });
    expect(contract.lines[0]?.quantity).toBe(3);
  });

  test("the merchant's change that the mirror has not seen makes the shopper's stale, before and after the draft is opened", async () => {
    const { contract, view, lineId } = await fresh();
    const byMerchant = (quantity: number) => {
      const { draft } = openContractDraft(app.world, app.shopify, contract);
      if (!draft) throw new Error("no draft");
      updateLine(app.world, app.shopify, draft, contract.lines[0]?.id ?? "", { quantity });
      commitDraft(app.world, app.shopify, draft);
    };
    byMerchant(4);
    const seen = view.revisionId;
    expect(await edit(view.id, [{ kind: "QUANTITY", lineId, quantity: 9 }], { seen })).toEqual({ outcome: "STALE" });
    expect((await viewOf(view.id)).lines[0]?.quantity).toBe(4);

    app.intercept.fetch = (next) => async (input, init) => {
      const answer = await next(input, init);
      if (String(init?.body).includes("mutation ContractDraftOpen")) byMerchant(6);
      return answer;
    };
    try {
      const now = (await viewOf(view.id)).revisionId;
      expect(await edit(view.id, [{ kind: "QUANTITY", lineId, quantity: 9 }], { seen: now })).toEqual({
        outcome: "STALE",
      });
    } finally {
      app.intercept.fetch = (next) => next;
    }
    expect(contract.lines[0]?.quantity).toBe(6);
    expect((await viewOf(view.id)).lines[0]?.quantity).toBe(6);
  });

  test("a renewal that is being charged refuses it; queued, it is made as soon as that is over", async () => {
    const { contract, view, lineId } = await fresh();
    const cycle = view.upcoming[0];
    const charge = await app.ctx.db.charge.create({
      data: {
        id: app.ctx.ids.next(),
        shopId: app.shop.id,
        contractId: view.id,
        cycleIndex: cycle?.cycleIndex ?? 0,
        state: "PENDING",
        nextActionAt: new Date("2026-03-09T11:00:00Z"),
        expectedAmount: view.amount.amount,
        currencyCode: view.amount.currencyCode,
        claimedAt: app.ctx.clock.now(),
        updatedAt: app.ctx.clock.now(),
      },
    });
    const edits: ContractEdit[] = [{ kind: "QUANTITY", lineId, quantity: 8 }];
    expect(await edit(view.id, edits)).toEqual({ outcome: "RENEWAL_RUNNING" });
    expect(await edit(view.id, edits, { queue: true })).toEqual({ outcome: "QUEUED" });
    const wrong: ContractEdit[] = [{ kind: "DISCOUNT_CODE", code: "NOPE" }];
    expect(await edit(view.id, wrong, { queue: true })).toEqual({ outcome: "QUEUED" });
    await app.work();
    expect(contract.lines[0]?.quantity).not.toBe(8);
    await app.ctx.db.charge.delete({ where: { id: charge.id } });
    await app.settle();
    expect(contract.lines[0]?.quantity).toBe(8);
    const now = await viewOf(view.id);
    expect(now.history.find(({ type }) => type === "contract.changed")).toMatchObject({ actor: "shopper" });
    // What can't be made says why.
    const failed = now.history.find(({ type }) => type === "edit.failed");
    expect(failed).toMatchObject({ actor: "shopper", data: { reason: "NOT_FOUND" } });
    const rows = await app.ctx.db.queuedEdit.findMany({ where: { contractId: view.id }, orderBy: { id: "asc" } });
    expect(rows.map(({ state, reason }) => [state, reason])).toEqual([
      ["DONE", null],
      ["FAILED", "NOT_FOUND"],
    ]);
  });
});

describe("beside another app's edit of a coming cycle", () => {
  test("it is refused by Shopify's word, and nothing changes", async () => {
    const { contract, view, lineId } = await fresh();
    const before = structuredClone(contract.lines);
    const index = view.upcoming[1]?.cycleIndex ?? 0;
    const { draft } = openCycleDraft(app.world, app.shopify, contract, { index });
    if (!draft) throw new Error("no draft");
    commitCycleDraft(app.world, app.shopify, draft);
    const outcome = await edit(view.id, [{ kind: "QUANTITY", lineId, quantity: 6 }]);
    expect(outcome).toMatchObject({ outcome: "REFUSED", code: "HAS_FUTURE_EDITS" });
    expect(contract.lines).toEqual(before);
  });
});

describe("when an answer is lost", () => {
  test("before the commit nothing has happened, after it everything has, and it is told which", async () => {
    const { contract, view, lineId } = await fresh();
    const edits = (quantity: number): ContractEdit[] => [{ kind: "QUANTITY", lineId, quantity }];
    const before = contract.lines[0]?.quantity;
    for (const name of ["ContractDraftOpen", "DraftLineUpdate"]) {
      await losing(name, "after", async () => {
        expect(await edit(view.id, edits(6))).toEqual({ outcome: "SHOPIFY_UNAVAILABLE" });
      });
    }
    await losing("DraftCommit", "before", async () => {
      expect(await edit(view.id, edits(6))).toEqual({ outcome: "SHOPIFY_UNAVAILABLE" });
    });
    expect(contract.lines[0]?.quantity).toBe(before);
    await losing("DraftCommit", "after", async () => {
      expect(await edit(view.id, edits(6))).toMatchObject({ outcome: "EDITED" });
    });
    expect(contract.lines[0]?.quantity).toBe(6);
    expect((await viewOf(view.id)).history[0]).toMatchObject({ type: "contract.changed", actor: "shopper" });
  });

  test("what Shopify would make otherwise than asked is not committed", async () => {
    const { contract, view, lineId } = await fresh();
    const before = structuredClone(contract.lines);
    app.intercept.fetch = (next) => (input, init) => {
      // Another quantity arrives than was sent.
      const body = String(init?.body).replace('"quantity":6', '"quantity":5');
      return next(input, { ...init, body });
    };
    try {
      const outcome = await edit(view.id, [{ kind: "QUANTITY", lineId, quantity: 6 }]);
      expect(outcome).toEqual({ outcome: "NOT_AS_ASKED", takenBack: true });
    } finally {
      app.intercept.fetch = (next) => next;
    }
    expect(contract.lines).toEqual(before);
  });
});
