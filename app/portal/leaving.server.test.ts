import { describe, expect, it } from "vitest";

import { testApp } from "../../tests/app";
import { completeCheckout } from "../../tests/dev-shop/domain";
import type { Problem } from "./actions";
import { consentOf } from "./consent.server";
import { BEGINS_WITH, isHeldOut } from "./hold-out";
import { DEFAULT_OFFERS } from "./leaving";
import type { LeavingStart, LeavingStep, OfferRule } from "./leaving";
import { acceptOffer, cancelSubscription, giveReason, startLeaving } from "./leaving.server";
import { savePortalSettings } from "./settings.server";
import type { Shopper } from "./shopper";
import { portalSubscription } from "./subscriptions.server";

const app = await testApp({ subscribers: 40 });
const { ctx, shop } = app;
const { db } = ctx;

const rows = await db.subscriptionContract.findMany({
  where: { status: "ACTIVE", nextBillingAt: { not: null }, minCycles: null },
  include: { customer: true, lines: true },
  orderBy: { shopifyCreatedAt: "asc" },
});
let taken = 0;

/** Another subscription and its shopper each time. */
function aShopper(locale: Shopper["locale"] = "en") {
  const row = rows[taken];
  taken += 1;
  if (!row?.customer) throw new Error("the demo shop has more subscribers");
  return { row, shopper: { shop, customerId: row.customer.shopifyId, locale } satisfies Shopper };
}

const good = <Answer extends { ok: boolean }>(answer: Answer): Exclude<Answer, Problem> => {
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  return answer as Exclude<Answer, Problem>;
};
const plain = (text: readonly string[]) => text.join(" ").replaceAll(/[\u00a0\u202f]/g, " ");
const offers = (rules: readonly OfferRule[]) => savePortalSettings(ctx, shop, { offers: [...rules] });
const statusOf = async (id: string) => (await db.subscriptionContract.findUniqueOrThrow({ where: { id } })).status;

/** What the figures count of this contract's leaving, and what its history says of it. */
async function left(contractId: string): Promise<string[]> {
  const [leavings, events] = await Promise.all([
    db.leaving.findMany({ where: { contractId } }),
    db.historyEvent.findMany({ where: { contractId, type: "leaving.cancelled" } }),
  ]);
  return [...leavings.map(({ outcome }) => outcome), ...events.map(({ type }) => type)];
}

/** Shopify refuses this one mutation. */
const refusing = (mutation: string): typeof app.intercept.fetch => {
  const refused = { data: { [mutation]: { contract: null, userErrors: [{ code: "INVALID", message: "No." }] } } };
  return (next) => (input, init) =>
    String(init?.body).includes(mutation) ? Promise.resolve(Response.json(refused)) : next(input, init);
};

async function started(shopper: Shopper, id: string): Promise<LeavingStart> {
  return good(await startLeaving(ctx, shopper, id));
}
async function reasoned(shopper: Shopper, leaving: string, reason: string | null): Promise<LeavingStep> {
  return good(await giveReason(ctx, shopper, leaving, reason, ""));
}

describe("leaving", () => {
  it("takes three clicks, says at once what is still owed, and is confirmed by e-mail", async () => {
    await offers([]);
    const { row, shopper } = aShopper();
    const start = await started(shopper, row.id);
    expect(start.reasons.map(({ key }) => key)).toContain("TOO_MUCH");
    const step = await reasoned(shopper, start.leaving, null);
    expect(step.offer).toBeNull();
    expect(plain(step.way.effect)).toMatch(/ends at once\. The delivery of .+ \(NOK [\d,.]+, before any taxes\)/);

    app.mails.length = 0;
    const receipt = good(await cancelSubscription(ctx, shopper, row.id, start.leaving));
    expect(receipt).toMatchObject({ title: "Your subscription is cancelled", queued: false, undo: null });
    expect(plain(receipt.text)).toMatch(/was cancelled on .+ at .+ Nothing more is charged\./);
    expect(await statusOf(row.id)).toBe("CANCELLED");
    await app.settle();
    const [mail, ...others] = app.mails;
    expect(others).toEqual([]);
    expect(mail?.to).toBe(row.customer?.email);
    expect(mail?.text).toContain("apps/perennial");
    expect(plain([mail?.text ?? ""])).toMatch(/Avsluttet: 2\. mars 2026/);
    const events = await db.historyEvent.findMany({ where: { contractId: row.id }, orderBy: { id: "asc" } });
    expect(events.map(({ type, actor }) => `${type} ${actor}`)).toEqual(
      expect.arrayContaining(["contract.cancelled shopper", "leaving.cancelled shopper"]),
    );

    // A second click finds it as it was wanted, and sends nothing more.
    expect(plain(good(await cancelSubscription(ctx, shopper, row.id, start.leaving)).text)).toContain("before");
    await app.settle();
    expect(app.mails).toHaveLength(1);
  });

  it("works straight away, without reason or page before it", async () => {
    const { row, shopper } = aShopper("nb");
    const receipt = good(await cancelSubscription(ctx, shopper, row.id, null));
    expect(receipt.title).toBe("Abonnementet er avsluttet");
    expect(await db.leaving.findMany({ where: { contractId: row.id } })).toMatchObject([
      { outcome: "CANCELLED", reason: null },
    ]);
  });

  it("is nobody else's: a wrong id, another's subscription and another's leaving are not found", async () => {
    const mine = aShopper();
    const other = aShopper();
    const start = await started(mine.shopper, mine.row.id);
    const notFound = { ok: false, problem: "NOT_FOUND" };
    expect(await startLeaving(ctx, other.shopper, mine.row.id)).toMatchObject(notFound);
    expect(await startLeaving(ctx, mine.shopper, "no-id")).toMatchObject(notFound);
    expect(await giveReason(ctx, other.shopper, start.leaving, "TOO_MUCH", "")).toMatchObject(notFound);
    expect(await acceptOffer(ctx, other.shopper, start.leaving)).toMatchObject(notFound);
    expect(await cancelSubscription(ctx, other.shopper, mine.row.id, start.leaving)).toMatchObject(notFound);
    // Somebody else's leaving is none: the shopper's own cancellation does not decide it.
    good(await cancelSubscription(ctx, other.shopper, other.row.id, start.leaving));
    expect(await db.leaving.findUnique({ where: { id: start.leaving } })).toMatchObject({ outcome: "OPEN" });
    expect(await statusOf(mine.row.id)).toBe("ACTIVE");
  });

  it("waits while a delivery is being charged, if the shopper says so, and then happens by itself", async () => {
    const { row, shopper } = aShopper();
    const { dueAt, cycleIndex } = await db.billingCycle.findFirstOrThrow({
      where: { contractId: row.id, outcome: null, skipped: false },
      orderBy: { cycleIndex: "asc" },
    });
    // The stand-in's attempts are pending for two minutes.
    await app.advanceTo(new Date(dueAt.getTime() + 10_000).toISOString());
    const problem = await cancelSubscription(ctx, shopper, row.id, null);
    expect(problem).toMatchObject({ ok: false, problem: "RENEWAL_RUNNING", canQueue: true });
    const receipt = good(await cancelSubscription(ctx, shopper, row.id, null, { queue: true }));
    expect(receipt.queued).toBe(true);
    expect(await statusOf(row.id)).toBe("ACTIVE");
    // Their page says that it waits, and a second click adds nothing.
    const page = await portalSubscription(ctx, shopper, row.id);
    expect(page?.queued).toEqual([{ text: "The subscription is cancelled." }]);
    expect(page?.can).not.toContain("cancel");
    expect(good(await cancelSubscription(ctx, shopper, row.id, null)).text).toEqual(receipt.text);
    app.mails.length = 0;
    await app.advanceTo(new Date(dueAt.getTime() + 10 * 60_000).toISOString());
    expect(await statusOf(row.id)).toBe("CANCELLED");
    // What was being charged is paid, and is the last.
    const charges = await db.charge.findMany({ where: { contractId: row.id, cycleIndex: { gte: cycleIndex } } });
    expect(charges.map(({ state }) => state)).toEqual(["PAID"]);
    expect(app.mails.map(({ subject }) => subject)).toEqual([expect.stringContaining("er avsluttet")]);
    expect(await left(row.id)).toEqual(["CANCELLED", "leaving.cancelled"]);
  });

  it("is counted when the end that waited is carried out, and not if it fails", async () => {
    for (const refuses of [false, true]) {
      const { row, shopper } = aShopper();
      const { leaving } = await started(shopper, row.id);
      const { dueAt } = await db.billingCycle.findFirstOrThrow({
        where: { contractId: row.id, outcome: null, skipped: false, dueAt: { gt: ctx.clock.now() } },
        orderBy: { cycleIndex: "asc" },
      });
      await app.advanceTo(new Date(dueAt.getTime() + 10_000).toISOString());
      good(await cancelSubscription(ctx, shopper, row.id, leaving, { queue: true }));
      await app.settle();
      expect(await left(row.id)).toEqual(["OPEN"]);
      if (refuses) app.intercept.fetch = refusing("subscriptionContractCancel");
      await app.advanceTo(new Date(dueAt.getTime() + 10 * 60_000).toISOString());
      app.intercept.fetch = (next) => next;
      expect(await statusOf(row.id)).toBe(refuses ? "ACTIVE" : "CANCELLED");
      expect(await left(row.id)).toEqual(refuses ? ["OPEN"] : ["CANCELLED", "leaving.cancelled"]);
    }
  });

  it("is refused before an agreed minimum, with the day from which on it is possible", async () => {
    const { row, shopper } = aShopper();
    await db.subscriptionContract.update({ where: { id: row.id }, data: { minCycles: 50 } });
    const problem = await startLeaving(ctx, shopper, row.id);
    expect(problem).toMatchObject({ ok: false, problem: "MINIMUM_NOT_REACHED" });
    expect(await cancelSubscription(ctx, shopper, row.id, null)).toMatchObject({ problem: "MINIMUM_NOT_REACHED" });
    expect(await statusOf(row.id)).toBe("ACTIVE");
  });
});

describe("the offer", () => {
  it("fits the reason, is the first that is possible, and stays the only one", async () => {
    await offers([
      { reason: "TOO_MUCH", offer: "SWAP", variantId: "gid://shopify/ProductVariant/999999" },
      { reason: "TOO_MUCH", offer: "SKIP" },
      { reason: "MOVING", offer: "PAUSE", months: 2 },
    ]);
    const { row, shopper } = aShopper();
    const { leaving } = await started(shopper, row.id);
    expect((await reasoned(shopper, leaving, "NOT_SATISFIED")).offer).toBeNull();
    const skip = await reasoned(shopper, leaving, "TOO_MUCH");
    expect(skip.offer).toMatchObject({ kind: "SKIP" });
    expect(plain(skip.offer?.text ?? [])).toMatch(/is not sent, and you are not charged NOK [\d,.]+/);
    // Another reason brings no second one, and the way out stands beside it all the same.
    expect((await reasoned(shopper, leaving, "MOVING")).offer).toMatchObject({ kind: "SKIP" });
    expect(skip.way.confirmLabel).toBe("Cancel the subscription");
    expect((await started(shopper, row.id)).leaving).toBe(leaving);
  });

  it("that is accepted is carried out once, can be undone, and is not made again within 90 days", async () => {
    await offers([{ reason: "TOO_MUCH", offer: "SKIP" }]);
    const { row, shopper } = aShopper();
    const { leaving } = await started(shopper, row.id);
    await reasoned(shopper, leaving, "TOO_MUCH");
    const receipt = good(await acceptOffer(ctx, shopper, leaving));
    const cycle = await db.billingCycle.findFirstOrThrow({ where: { contractId: row.id, skipped: true } });
    expect(receipt.undo?.action).toEqual({ kind: "unskip", cycle: cycle.cycleIndex });
    expect(good(await acceptOffer(ctx, shopper, leaving)).text).toEqual(receipt.text);
    expect(await db.billingCycle.count({ where: { contractId: row.id, skipped: true } })).toBe(1);
    expect(await db.historyEvent.count({ where: { contractId: row.id, type: "leaving.offer-accepted" } })).toBe(1);

    const again = await started(shopper, row.id);
    expect(again.leaving).not.toBe(leaving);
    expect((await reasoned(shopper, again.leaving, "TOO_MUCH")).offer).toBeNull();
  });

  it("that changes price or plan is a new yes: done as it was shown, and its words are kept", async () => {
    await offers([
      { reason: "TOO_EXPENSIVE", offer: "DISCOUNT", percent: 15, orders: 3 },
      { reason: "TOO_MUCH", offer: "SLOWER" },
    ]);
    const cheaper = aShopper("nb");
    const { leaving } = await started(cheaper.shopper, cheaper.row.id);
    const { offer } = await reasoned(cheaper.shopper, leaving, "TOO_EXPENSIVE");
    expect(plain([offer?.title ?? ""])).toBe("Hjelper det med 15 % avslag på de neste 3 leveringene?");
    expect(plain(offer?.text ?? [])).toMatch(/koster [\d,]+ kr i stedet for [\d,]+ kr, før eventuelle avgifter/);
    const receipt = good(await acceptOffer(ctx, cheaper.shopper, leaving));
    expect(receipt.undo).toBeNull();
    const after = await db.subscriptionContract.findUniqueOrThrow({ where: { id: cheaper.row.id } });
    expect(after.discounts).toMatchObject([{ value: { percentage: 15 }, orders: 3, used: 0 }]);
    expect(await consentOf(ctx, shop, cheaper.row.id)).toMatchObject([{ source: "OFFER", text: offer?.consent }]);

    const slower = aShopper();
    const second = await started(slower.shopper, slower.row.id);
    const step = await reasoned(slower.shopper, second.leaving, "TOO_MUCH");
    // Whoever has the slowest plan already is offered nothing.
    if (step.offer) {
      good(await acceptOffer(ctx, slower.shopper, second.leaving));
      const row = await db.subscriptionContract.findUniqueOrThrow({ where: { id: slower.row.id } });
      expect([row.deliveryInterval, row.deliveryIntervalCount]).not.toEqual([
        slower.row.deliveryInterval,
        slower.row.deliveryIntervalCount,
      ]);
    }
  });

  it("is not carried out once the subscription is another than it was shown for", async () => {
    await offers([{ reason: "TOO_EXPENSIVE", offer: "DISCOUNT", percent: 15, orders: 3 }]);
    const { row, shopper } = aShopper();
    const { leaving } = await started(shopper, row.id);
    await reasoned(shopper, leaving, "TOO_EXPENSIVE");
    await db.subscriptionContract.update({ where: { id: row.id }, data: { revisionId: "999999" } });
    expect(await acceptOffer(ctx, shopper, leaving)).toMatchObject({ ok: false, problem: "STALE" });
    expect(await db.leaving.findUnique({ where: { id: leaving } })).toMatchObject({ outcome: "OPEN" });
  });

  it("is held back from the same fifth of contracts, and only in a shop with enough who leave", async () => {
    await offers([{ reason: "TOO_MUCH", offer: "SKIP" }]);
    const left = rows.slice(taken);
    // Among so many there is one; ids are random, so it is not sure.
    const contract = left.find(({ id }) => isHeldOut(id)) ?? left[0];
    if (!contract?.customer) throw new Error("no contract");
    const shopper: Shopper = { shop, customerId: contract.customer.shopifyId, locale: "en" };
    await db.leaving.createMany({
      data: Array.from({ length: BEGINS_WITH }, () => ({
        id: ctx.ids.next(),
        shopId: shop.id,
        contractId: rows[0]?.id ?? "",
        offer: {},
        startedAt: ctx.clock.now(),
      })),
    });
    const { leaving } = await started(shopper, contract.id);
    const step = await reasoned(shopper, leaving, "TOO_MUCH");
    const row = await db.leaving.findUniqueOrThrow({ where: { id: leaving } });
    expect(row.heldOut).toBe(isHeldOut(contract.id));
    expect(step.offer === null).toBe(row.heldOut);
    // What they would have seen is kept, so that the two groups can be compared; it can't be had.
    expect(row.offer).toMatchObject({ planned: { kind: "SKIP" } });
    if (row.heldOut) expect(await acceptOffer(ctx, shopper, leaving)).toMatchObject({ problem: "NOT_FOUND" });
  });

  it("is nothing that costs the shop money, unless the merchant chose it", () => {
    expect(DEFAULT_OFFERS.map(({ offer }) => offer)).not.toContain("DISCOUNT");
  });
});

describe("what was agreed to at the checkout", () => {
  it("is kept once, with text, price, schedule, plan and order", async () => {
    const plan = Object.values(app.shopify.sellingPlans)[0];
    const group = plan && app.shopify.sellingPlanGroups[plan.groupId];
    const product = group && app.shopify.products[group.productIds[0] ?? ""];
    const customer = Object.values(app.shopify.customers)[0];
    if (!plan || !product || !customer) throw new Error("no plan");
    const line = { variantId: product.variantIds[0] ?? "", quantity: 2, sellingPlanId: plan.id };
    const result = completeCheckout(app.world, app.shopify, { customerId: customer.id, lines: [line] });
    await app.settle();
    await app.settle();
    const number = "contracts" in result ? result.contracts[0]?.id : undefined;
    const row = await db.subscriptionContract.findFirstOrThrow({
      where: { shopifyId: `gid://shopify/SubscriptionContract/${number ?? ""}` },
    });
    const [consent, ...others] = await consentOf(ctx, shop, row.id);
    expect(others).toEqual([]);
    expect(consent).toMatchObject({ source: "CHECKOUT", orderId: row.originOrderId });
    expect(plain([consent?.text ?? ""])).toContain(`2 × ${product.title}`);
    expect(plain([consent?.text ?? ""])).toContain(plan.name);
    expect(plain([consent?.text ?? ""])).toMatch(/[\d,]+ kr \(før eventuelle avgifter\) trekkes/);
    expect(consent?.terms).toMatchObject({ minCycles: null, amount: { currencyCode: "NOK" } });
    expect(await consentOf(ctx, { id: ctx.ids.next() }, row.id)).toEqual([]);
  });
});
