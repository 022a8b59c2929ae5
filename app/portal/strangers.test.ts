import { describe, expect, it } from "vitest";

import { testApp } from "../../tests/app";
import type { PortalAction } from "./actions";
import { choicesFor } from "./choices.server";
import { giveReason, startLeaving } from "./leaving.server";
import { perform } from "./perform.server";
import { preview } from "./preview.server";
import { ACTION_KINDS } from "./settings";
import type { Shopper } from "./shopper";
import { portalHome, portalSubscription } from "./subscriptions.server";

/** Nothing of a shopper's is seen or changed by another one, of the same shop or of another. */
const app = await testApp({ subscribers: 4 });
const { ctx, shop, shopify } = app;

const contracts = await ctx.db.subscriptionContract.findMany({ include: { customer: true, lines: true } });
const victim = contracts.find(({ status }) => status === "ACTIVE");
const other = contracts.find(({ customerId, status }) => customerId !== victim?.customerId && status === "ACTIVE");
if (!victim?.customer || !other?.customer) throw new Error("the demo shop has subscribers");
const owner: Shopper = { shop, customerId: victim.customer.shopifyId, locale: "en" };

const secondShop = await ctx.db.shop.create({
  data: {
    id: ctx.ids.next(),
    domain: "another.myshopify.com",
    name: "Another",
    email: "another@example.com",
    currencyCode: "NOK",
    timeZone: "Europe/Oslo",
    installedAt: ctx.clock.now(),
  },
});

const strangers: [string, Shopper][] = [
  ["another shopper of the shop", { ...owner, customerId: other.customer.shopifyId }],
  ["a shopper of the same number in another shop", { ...owner, shop: secondShop }],
  ["a shopper whom the shop does not know", { ...owner, customerId: "gid://shopify/Customer/999999" }],
  ["nobody", { ...owner, customerId: "" }],
];

const [line] = victim.lines;
const uuid = ctx.ids.next();
const address = { firstName: "", lastName: "Eve", address1: "1", zip: "0000", city: "Oslo", countryCode: "NO" };
const leaving = await ctx.db.leaving.create({
  data: { id: ctx.ids.next(), shopId: shop.id, contractId: victim.id, startedAt: ctx.clock.now() },
});
const variant = line?.variantId ?? "";
/** One of every kind, right in everything but who asks. */
const actions: { [Kind in PortalAction["kind"]]: Extract<PortalAction, { kind: Kind }> } = {
  skip: { kind: "skip", cycle: 1 },
  unskip: { kind: "unskip", cycle: 1 },
  move: { kind: "move", cycle: 1, day: "2026-03-20" },
  "move-back": { kind: "move-back", move: uuid },
  "order-now": { kind: "order-now" },
  pause: { kind: "pause", until: null },
  resume: { kind: "resume" },
  frequency: { kind: "frequency", sellingPlan: line?.sellingPlanId ?? "" },
  quantity: { kind: "quantity", line: line?.id ?? "", quantity: 2 },
  swap: { kind: "swap", line: line?.id ?? "", variant },
  preferences: { kind: "preferences", line: line?.id ?? "", values: {} },
  "add-line": { kind: "add-line", variant, quantity: 1 },
  "remove-line": { kind: "remove-line", line: line?.id ?? "" },
  "add-one-off": { kind: "add-one-off", variant, quantity: 1 },
  "remove-one-off": { kind: "remove-one-off", oneOff: uuid },
  address: { kind: "address", address },
  "delivery-method": { kind: "delivery-method", code: "Standard" },
  "discount-code": { kind: "discount-code", code: "KAFFE20" },
  "remove-discount": { kind: "remove-discount", discount: "1" },
  "payment-method": { kind: "payment-method" },
  "retry-payment": { kind: "retry-payment" },
  restart: { kind: "restart", consent: true },
  "accept-offer": { kind: "accept-offer", leaving: leaving.id },
  cancel: { kind: "cancel", leaving: null },
};

const told = (answer: object): unknown => ("problem" in answer ? answer.problem : "SHOWN");

describe.each(strangers)("%s", (_who, stranger) => {
  it("does not see the subscription", async () => {
    const { subscriptions } = await portalHome(ctx, stranger);
    expect(subscriptions.map(({ id }) => id)).not.toContain(victim.id);
    expect(await portalSubscription(ctx, stranger, victim.id)).toBeNull();
    expect((await portalHome(ctx, stranger, victim.originOrderId)).subscriptions).toEqual([]);
  });

  it("is told that there is none, whatever is asked for", async () => {
    const seen = (await portalSubscription(ctx, owner, victim.id))?.seen ?? "";
    const before = JSON.stringify([shopify.contracts, await ctx.db.leaving.findMany()]);
    for (const kind of ACTION_KINDS) {
      const action = actions[kind];
      const answers = [
        await choicesFor(ctx, stranger, victim.id, kind, { line: line?.id }),
        await preview(ctx, stranger, victim.id, action),
        await perform(ctx, stranger, victim.id, action, { seen, queue: true }),
      ];
      expect([kind, ...answers.map(told)]).toEqual([kind, "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"]);
    }
    expect(JSON.stringify([shopify.contracts, await ctx.db.leaving.findMany()])).toBe(before);
  });

  it("neither begins to leave nor goes on with another's leaving", async () => {
    expect(told(await startLeaving(ctx, stranger, victim.id))).toBe("NOT_FOUND");
    expect(told(await giveReason(ctx, stranger, leaving.id, null, ""))).toBe("NOT_FOUND");
    expect(await ctx.db.leaving.findMany()).toEqual([leaving]);
  });
});

it("an own subscription is no way to another's: its lines, one-offs, discounts and leavings are not there", async () => {
  const stranger: Shopper = { ...owner, customerId: other.customer?.shopifyId ?? "" };
  const own = contracts.find(({ customerId, status }) => customerId === other.customerId && status === "ACTIVE");
  if (!own) throw new Error("the other shopper has a running subscription");
  const seen = (await portalSubscription(ctx, stranger, own.id))?.seen ?? "";
  const before = JSON.stringify(shopify.contracts);
  for (const kind of ["quantity", "swap", "preferences", "remove-line", "remove-one-off", "accept-offer"] as const) {
    expect(told(await perform(ctx, stranger, own.id, actions[kind], { seen }))).not.toBe("SHOWN");
  }
  expect(JSON.stringify(shopify.contracts)).toBe(before);
});
