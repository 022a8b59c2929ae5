import { describe, expect, it } from "vitest";

import { tickContracts } from "~/contracts/attend.server";

import { testApp } from "../../tests/app";
import type { PortalAction, Preview, Problem, Receipt } from "./actions";
import { choicesFor } from "./choices.server";
import { perform } from "./perform.server";
import { preview } from "./preview.server";
import { saveLinePreferences, saveSwapOptions } from "./settings.server";
import type { Shopper } from "./shopper";
import { portalSubscription } from "./subscriptions.server";
import type { PortalSubscription, VariantChoice } from "./views";

const app = await testApp({ subscribers: 6 });
const { ctx, shop, shopify } = app;

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

const products = Object.values(shopify.products);
const variantsOf = (handle: string) => {
  const product = products.find((one) => one.handle === handle);
  return { product, variants: (product?.variantIds ?? []).map((id) => shopify.variants[id]) };
};
const offered = variantsOf("midnattssol");
const [small] = offered.variants;
if (!small || !offered.product) throw new Error("the demo shop sells Midnattssol");
const gid = (type: string, id: string) => `gid://shopify/${type}/${id}`;
await saveSwapOptions(ctx, shop, [
  {
    variantId: gid("ProductVariant", small.id),
    productId: gid("Product", offered.product.id),
    title: offered.product.title,
    variantTitle: small.title,
    imageUrl: null,
    forSwap: true,
    forAdd: true,
    forOneOff: true,
  },
]);
await saveLinePreferences(ctx, shop, [
  { key: "Maling", labelEn: "Grind", labelNb: "Maling", options: ["Filter", "Espresso"], productId: null },
  { key: "Beskjed", labelEn: "Note", labelNb: "Beskjed", options: [], productId: null },
]);

/** Whose subscription is bought on a plan, runs, and has products that are not what is swapped to. */
const contract = Object.values(shopify.contracts).find(
  ({ status, lines }) =>
    status === "ACTIVE" &&
    lines.every(({ sellingPlanId, productId }) => sellingPlanId && productId !== offered.product?.id),
);
if (!contract) throw new Error("the demo shop has subscribers");
const shopper: Shopper = { shop, customerId: gid("Customer", contract.customerId), locale: "en" };
const { id } = await ctx.db.subscriptionContract.findFirstOrThrow({
  where: { shopId: shop.id, shopifyId: gid("SubscriptionContract", contract.id) },
});

async function page(): Promise<PortalSubscription> {
  const found = await portalSubscription(ctx, shopper, id);
  if (!found) throw new Error("the shopper has a subscription");
  return found;
}

/** What of the contract at Shopify, and of the next delivery here, an action may change and its undo brings back. */
const state = async () => ({
  status: contract.status,
  lines: contract.lines.map(({ variantId, quantity, currentPrice, sellingPlanId, customAttributes }) => ({
    variantId,
    quantity,
    currentPrice,
    sellingPlanId,
    customAttributes: customAttributes ?? [],
  })),
  billing: contract.billingPolicy,
  delivery: contract.deliveryPolicy,
  deliveryPrice: contract.deliveryPrice,
  shippingTitle: contract.shippingTitle,
  address: Object.entries(contract.shippingAddress ?? {}).filter(([, value]) => value !== "" && value !== null),
  discounts: (contract.discounts ?? []).map(({ title, value }) => ({ title, value })),
  coming: (await page()).upcoming.map(({ day, state }) => [day, state]),
  // To the millisecond.
  cycles: await ctx.db.billingCycle.findMany({
    where: { contractId: id, dueAt: { gt: ctx.clock.now() } },
    select: { cycleIndex: true, expectedAt: true, dueAt: true, skipped: true, outcome: true },
    orderBy: { cycleIndex: "asc" },
  }),
  oneOffs: (await page()).oneOffs.map(({ title, quantity }) => [title, quantity]),
});

async function previewed(action: PortalAction): Promise<Preview> {
  const shown = await preview(ctx, shopper, id, action);
  if (!shown.ok) throw new Error(JSON.stringify(shown));
  return shown;
}

async function done(action: PortalAction, seen: string): Promise<Receipt> {
  const receipt: Receipt | Problem = await perform(ctx, shopper, id, action, { seen });
  if (!receipt.ok) throw new Error(JSON.stringify(receipt));
  return receipt;
}

const first = (variants: VariantChoice[]): string => {
  const choice = variants.find(({ current, soldOut }) => !current && !soldOut);
  if (!choice) throw new Error("there is something to choose");
  return choice.value;
};

/** A move of the next delivery as far as it goes: others are left out for it. */
async function beyond(): Promise<PortalAction> {
  const cycle = (await page()).upcoming.find(({ movable }) => movable !== null);
  return { kind: "move", cycle: cycle?.cycleIndex ?? 0, day: cycle?.movable?.to ?? "" };
}

/** Of every kind that can be taken back, one action. */
const actions: Record<string, () => Promise<PortalAction>> = {
  skip: async () => ({ kind: "skip", cycle: (await page()).upcoming.find(({ canSkip }) => canSkip)?.cycleIndex ?? 0 }),
  move: async () => {
    const cycle = (await page()).upcoming.find(({ movable }) => movable !== null);
    const day = new Date(Date.parse(`${cycle?.day}T12:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    return { kind: "move", cycle: cycle?.cycleIndex ?? 0, day };
  },
  "move beyond its cycle": beyond,
  pause: () => Promise.resolve({ kind: "pause", until: null }),
  "pause until a day": () => Promise.resolve({ kind: "pause", until: "2026-05-01" }),
  frequency: async () => {
    const choices = await choicesFor(ctx, shopper, id, "frequency");
    if (!choices.ok || choices.kind !== "frequency") throw new Error(JSON.stringify(choices));
    return { kind: "frequency", sellingPlan: choices.plans.find(({ current }) => !current)?.value ?? "" };
  },
  quantity: async () => ({ kind: "quantity", line: (await page()).lines[0]?.id ?? "", quantity: 5 }),
  swap: async () => {
    const line = (await page()).lines[0]?.id ?? "";
    const choices = await choicesFor(ctx, shopper, id, "swap", { line });
    if (!choices.ok || choices.kind !== "swap") throw new Error(JSON.stringify(choices));
    return { kind: "swap", line, variant: first(choices.variants) };
  },
  preferences: async () => ({
    kind: "preferences",
    line: (await page()).lines[0]?.id ?? "",
    values: { Maling: "Espresso", Beskjed: "Ring på" },
  }),
  "add-line": async () => {
    const choices = await choicesFor(ctx, shopper, id, "add-line");
    if (!choices.ok || choices.kind !== "add-line") throw new Error(JSON.stringify(choices));
    return { kind: "add-line", variant: first(choices.variants), quantity: 2 };
  },
  "add-one-off": async () => {
    const choices = await choicesFor(ctx, shopper, id, "add-one-off");
    if (!choices.ok || choices.kind !== "add-one-off") throw new Error(JSON.stringify(choices));
    return { kind: "add-one-off", variant: first(choices.variants), quantity: 2 };
  },
  "discount-code": () => Promise.resolve({ kind: "discount-code", code: "KAFFE10" }),
  "delivery-method": async () => {
    const choices = await choicesFor(ctx, shopper, id, "delivery-method");
    if (!choices.ok || choices.kind !== "delivery-method") throw new Error(JSON.stringify(choices));
    return { kind: "delivery-method", code: choices.methods.find(({ current }) => !current)?.value ?? "" };
  },
  address: async () => {
    const address = (await page()).address?.input;
    if (!address) throw new Error("the subscription is sent somewhere");
    return { kind: "address", address: { ...address, address1: "Storgata 1", city: "Bergen", zip: "5003" } };
  },
};

describe("what a shopper does", () => {
  it.each(Object.entries(actions))(
    "%s: is told beforehand, done as told, and taken back by its undo",
    async (_kind, make) => {
      const before = await state();
      const action = await make();
      const shown = await previewed(action);
      expect(await state()).toEqual(before);

      const receipt = await done(action, shown.seen);
      const after = await state();
      expect(after).not.toEqual(before);
      // The amount and the date that were told are those that the page shows now.
      const now = await page();
      const told = plain(shown.effect.join(" "));
      if (now.status === "ACTIVE" && now.oneOffs.length === 0 && action.kind !== "skip" && action.kind !== "move") {
        expect(told).toContain(plain(now.amountText).replace(" per delivery, before any taxes", ""));
      }
      if (/on (\w+ \d+, \d{4})\.$/.test(told)) {
        const next = now.upcoming.find((cycle) => cycle.state === "OPEN")?.dateText ?? "nothing";
        // Shopify's dates are its own to make: where they differ, the receipt says both.
        const isSaid =
          told.includes(next) || receipt.text.some((text) => text.includes(next) && text.includes("expected"));
        expect(isSaid).toBe(true);
      }

      if (!receipt.undo) throw new Error(`${action.kind} can't be taken back`);
      const undone = await done(receipt.undo.action, now.seen);
      expect(await state()).toEqual(before);
      expect(undone.at).toBe(ctx.clock.now().toISOString());
    },
  );

  it("is refused when something else was promised: the seen page is another one", async () => {
    const action: PortalAction = { kind: "quantity", line: (await page()).lines[0]?.id ?? "", quantity: 3 };
    const shown = await previewed(action);
    const line = contract.lines[0];
    if (!line) throw new Error("the subscription has a line");
    const before = await state();
    const [result, other] = [
      await perform(ctx, shopper, id, { ...action, quantity: 4 }, { seen: shown.seen }),
      await perform(ctx, shopper, id, action, { seen: `${shown.seen}x` }),
    ];
    expect([result, other].map((each) => (each.ok ? "DONE" : each.problem))).toEqual(["STALE", "STALE"]);
    expect(await state()).toEqual(before);
  });

  it("takes back a move of several deliveries with one click: told beforehand, once, and done again by its own undo", async () => {
    const before = await state();
    const action = await beyond();
    const moved = await done(action, (await previewed(action)).seen);
    const after = await state();
    if (moved.undo?.action.kind !== "move-back") throw new Error(JSON.stringify(moved.undo));

    const shown = await previewed(moved.undo.action);
    const back = await done(moved.undo.action, shown.seen);
    expect(await state()).toEqual(before);
    // Every day that comes back is told, before and after, with what it costs.
    const days = (await page()).upcoming.slice(0, back.text.length);
    expect(days.length).toBeGreaterThan(1);
    days.forEach(({ dateText }, at) => expect(shown.effect[at]).toContain(dateText));
    expect(back.text).toEqual(shown.effect);

    const again = await perform(ctx, shopper, id, moved.undo.action, { seen: shown.seen });
    expect(again).toMatchObject({ ok: false, problem: "ALREADY_DONE" });
    expect(await state()).toEqual(before);

    if (!back.undo) throw new Error("it can be moved again");
    const redone = await done(back.undo.action, (await page()).seen);
    expect(await state()).toEqual(after);
    if (!redone.undo) throw new Error("it can be taken back again");
    await done(redone.undo.action, (await page()).seen);
    expect(await state()).toEqual(before);
  });

  it("says that it is still taking a move back when Shopify does not answer, and offers nothing over that", async () => {
    const before = await state();
    const action = await beyond();
    const moved = await done(action, (await previewed(action)).seen);
    if (!moved.undo) throw new Error("a move can be taken back");
    const { seen } = await page();
    app.intercept.fetch = (next) => (input, init) =>
      String(init?.body).includes("mutation CycleUnskip") ? Promise.reject(new TypeError("cut")) : next(input, init);
    const half = await done(moved.undo.action, seen);
    app.intercept.fetch = (next) => next;
    expect(half.title).toContain("It is being moved back");
    expect(half.undo).toBeNull();
    await app.advanceTo(new Date(Date.parse(app.world.now) + 3 * 60_000).toISOString());
    await tickContracts(ctx);
    await app.work();
    expect(await state()).toEqual(before);
  });

  it("leaves a move alone that has been changed since, and says so in plain words", async () => {
    const action = await beyond();
    const moved = await done(action, (await previewed(action)).seen);
    if (action.kind !== "move" || !moved.undo) throw new Error("a move can be taken back");
    const unskip: PortalAction = { kind: "unskip", cycle: action.cycle };
    await done(unskip, (await previewed(unskip)).seen);
    const changed = await state();
    const refused = await perform(ctx, shopper, id, moved.undo.action, { seen: (await page()).seen });
    if (refused.ok) throw new Error("it was taken back");
    expect(refused.problem).toBe("STALE");
    expect(refused.text.join(" ")).toContain("has been changed since");
    expect(await state()).toEqual(changed);
  });
});
