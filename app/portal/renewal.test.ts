import { beforeAll, describe, expect, it } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { setCardOutcomes } from "../../tests/dev-shop/domain";
import { plainSpaces } from "../../tests/words";
import type { PortalAction, Preview, Problem, Receipt } from "./actions";
import { choicesFor } from "./choices.server";
import { perform } from "./perform.server";
import { preview } from "./preview.server";
import { saveSwapOptions } from "./settings.server";
import type { Shopper } from "./shopper";
import { portalHome, portalSubscription } from "./subscriptions.server";
import type { PortalSubscription } from "./views";

const MINUTE_MS = 60_000;

/** One shopper of a shop of the test's own, whose renewal is the next to come. */
async function visit() {
  const app = await testApp({ subscribers: 1 });
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
    include: { customer: true },
  });
  const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
  const customer = app.shopify.customers[contract?.customerId ?? ""];
  if (!contract || !customer || !row.customer) throw new Error("nothing is due");
  const shopper: Shopper = { shop: app.shop, customerId: row.customer.shopifyId, locale: "en" };
  return { app, row, contract, customer, shopper };
}
type Visit = Awaited<ReturnType<typeof visit>>;

async function page({ app, shopper, row }: Visit): Promise<PortalSubscription> {
  const found = await portalSubscription(app.ctx, shopper, row.id);
  if (!found) throw new Error("the shopper has a subscription");
  return found;
}

async function shown({ app, shopper, row }: Visit, action: PortalAction): Promise<Preview> {
  const answer = await preview(app.ctx, shopper, row.id, action);
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

const asked = (
  { app, shopper, row }: Visit,
  action: PortalAction,
  seen: string,
  queue = false,
): Promise<Receipt | Problem> => perform(app.ctx, shopper, row.id, action, { seen, queue });

const told = (answer: Receipt | Problem): string => (answer.ok ? "DONE" : answer.problem);
const later = (app: TestApp, minutes: number) =>
  app.advanceTo(new Date(Date.parse(app.world.now) + minutes * MINUTE_MS).toISOString());
const words = (texts: readonly string[]): string => plainSpaces(texts.join(" "));

describe("a delivery that is wanted now", () => {
  let at: Visit;
  beforeAll(async () => {
    at = await visit();
  });

  it("takes with it what goes with the next delivery alone, for the amount that was told", async () => {
    const { app, row, shopper, shopify } = { ...at, shopify: at.app.shopify };
    const variant = Object.values(shopify.variants).find(({ price }) => price === "129.00");
    if (!variant) throw new Error("the shop sells something for 129");
    const variantId = `gid://shopify/ProductVariant/${variant.id}`;
    const option = {
      productId: `gid://shopify/Product/${variant.productId}`,
      title: "Midnattssol",
      variantTitle: null,
    };
    await saveSwapOptions(app.ctx, app.shop, [
      { variantId, ...option, imageUrl: null, forSwap: false, forAdd: false, forOneOff: true },
    ]);
    const choices = await choicesFor(app.ctx, shopper, row.id, "add-one-off");
    expect(choices).toMatchObject({ ok: true, kind: "add-one-off", variants: [{ value: variantId, soldOut: false }] });
    const add: PortalAction = { kind: "add-one-off", variant: variantId, quantity: 1 };
    const added = await asked(at, add, (await shown(at, add)).seen);
    expect(told(added)).toBe("DONE");

    const now = await shown(at, { kind: "order-now" });
    const amount = /: NOK ([\d,.]+) before any taxes/.exec(words(now.effect))?.[1]?.replace(",", "");
    expect(told(await asked(at, { kind: "order-now" }, now.seen))).toBe("DONE");
    const charge = await app.ctx.db.charge.findFirstOrThrow({ where: { contractId: row.id, confirmedBy: "shopper" } });
    expect((await page(at)).nextText).toBe("A delivery is being charged right now.");
    await app.settle();
    const { expectedAmount } = await app.ctx.db.charge.findUniqueOrThrow({ where: { id: charge.id } });
    expect(expectedAmount.toFixed(2)).toBe(amount);
  });

  it("lets a change wait that meets it, and makes it when the payment is through", async () => {
    const { app, contract } = at;
    const line = (await page(at)).lines[0]?.id ?? "";
    const action: PortalAction = { kind: "quantity", line, quantity: 4 };
    const { seen } = await shown(at, action);
    const first = await asked(at, action, seen);
    expect(first).toMatchObject({ ok: false, problem: "RENEWAL_RUNNING", canQueue: true });
    expect(contract.lines[0]?.quantity).not.toBe(4);

    expect(await asked(at, action, seen, true)).toMatchObject({ ok: true, queued: true, undo: null });
    expect((await page(at)).queued).toHaveLength(1);
    await later(app, 60);
    expect(contract.lines[0]?.quantity).toBe(4);
    const after = await page(at);
    expect(after.queued).toEqual([]);
    expect(after.oneOffs).toEqual([]);
  });

  it("can't be had twice", async () => {
    expect((await page(at)).can).not.toContain("order-now");
    expect(await preview(at.app.ctx, at.shopper, at.row.id, { kind: "order-now" })).toMatchObject({
      problem: "TOO_LATE",
    });
  });
});

describe("a payment that fails", () => {
  it("stands on top in plain words, and is tried again when the shopper asks", async () => {
    const at = await visit();
    const { app, customer, row } = at;
    setCardOutcomes(customer, ["INSUFFICIENT_FUNDS", "success"]);
    const due = await app.ctx.db.billingCycle.findFirstOrThrow({
      where: { contractId: row.id, outcome: null },
      orderBy: { cycleIndex: "asc" },
    });
    await app.advanceTo(new Date(due.dueAt.getTime() + 60 * MINUTE_MS).toISOString());
    const { alert } = await page(at);
    expect(alert?.title).toBe("Your payment did not go through");
    expect(alert?.text.join(" ")).toContain("There was not enough money in the account.");
    expect(alert?.action).toEqual({ label: "Try again now", kind: "retry-payment" });
    expect((await portalHome(app.ctx, at.shopper)).subscriptions[0]?.alert).toEqual(alert);

    const retry: PortalAction = { kind: "retry-payment" };
    expect(told(await asked(at, retry, (await shown(at, retry)).seen))).toBe("DONE");
    await later(app, 30);
    expect((await page(at)).alert).toBeNull();
    expect((await page(at)).can).not.toContain("retry-payment");
  });

  it("for a card that has run out is helped by Shopify's own secure mail", async () => {
    const at = await visit();
    const { app, customer, row } = at;
    setCardOutcomes(customer, ["EXPIRED_CARD"]);
    const due = await app.ctx.db.billingCycle.findFirstOrThrow({
      where: { contractId: row.id, outcome: null },
      orderBy: { cycleIndex: "asc" },
    });
    await app.advanceTo(new Date(due.dueAt.getTime() + 60 * MINUTE_MS).toISOString());
    expect((await page(at)).alert).toMatchObject({
      title: "Your subscription needs a new card",
      action: { kind: "payment-method" },
    });
    const sent = () => app.shopify.mail.length;
    const before = sent();
    const link: PortalAction = { kind: "payment-method" };
    const preview = await shown(at, link);
    expect(words(preview.effect)).toContain(customer.email);
    expect(told(await asked(at, link, preview.seen))).toBe("DONE");
    expect(sent()).toBe(before + 1);
    // One is enough for now.
    expect(told(await asked(at, link, (await shown(at, link)).seen))).toBe("TOO_MANY");
    expect(sent()).toBe(before + 1);
  });
});

describe("a payment that the bank wants approved", () => {
  it("leads to the bank, and can't be tried beside it", async () => {
    const at = await visit();
    const { app, customer, row } = at;
    setCardOutcomes(customer, ["challenge"]);
    const due = await app.ctx.db.billingCycle.findFirstOrThrow({
      where: { contractId: row.id, outcome: null },
      orderBy: { cycleIndex: "asc" },
    });
    await app.advanceTo(new Date(due.dueAt.getTime() + 60 * MINUTE_MS).toISOString());
    const { alert, can } = await page(at);
    expect(alert?.title).toBe("Approve the payment with your bank");
    expect(alert?.action).toMatchObject({ url: expect.stringMatching(/^https:/) as string });
    expect(can).not.toContain("retry-payment");
  });
});

describe("what is agreed to for longer", () => {
  it("is told before leaving: payments that are left, deliveries that are paid and still to come", async () => {
    const at = await visit();
    const { app, row } = at;
    const renewals = await app.ctx.db.charge.count({ where: { contractId: row.id, state: "PAID" } });
    const paid = renewals + (row.originOrderId === null ? 0 : 1);
    await app.ctx.db.subscriptionContract.update({
      where: { id: row.id },
      // A plan of three months' payments with weekly deliveries, of which the last was paid at the last renewal.
      data: {
        minCycles: paid + 2,
        billingInterval: "MONTH",
        billingIntervalCount: 3,
        deliveryInterval: "WEEK",
        deliveryIntervalCount: 4,
      },
    });
    const { terms } = await page(at);
    expect(terms[0]).toBe(`At least ${paid + 2} payments are agreed; 2 of them are left.`);
    expect(terms[1]).toMatch(/^\d deliveries that you have paid for are still to come: \w+ \d+, 2026/);
  });
});

describe("a subscription that has ended", () => {
  let at: Visit;
  beforeAll(async () => {
    at = await visit();
    const cancel: PortalAction = { kind: "cancel", leaving: null };
    expect(told(await asked(at, cancel, (await shown(at, cancel)).seen))).toBe("DONE");
  });

  it("can be restarted and nothing else", async () => {
    expect(at.contract.status).toBe("CANCELLED");
    const ended = await page(at);
    expect([ended.can, ended.upcoming, ended.nextText]).toEqual([["restart"], [], "Nothing more is charged or sent."]);
    expect(told(await asked(at, { kind: "pause", until: null }, ended.seen))).toBe("ALREADY_ENDED");
  });

  it("is restarted with the very words that were shown, kept, and only once", async () => {
    const { app, row } = at;
    const restart: PortalAction = { kind: "restart", consent: true };
    const preview = await shown(at, restart);
    expect(preview.consent).toContain(app.shop.name);
    // Nobody agrees to what was not shown.
    expect(told(await asked(at, restart, (await page(at)).seen))).toBe("STALE");
    const saying = async (consentText: string | null) =>
      told(await perform(app.ctx, at.shopper, row.id, restart, { seen: preview.seen, consentText }));
    expect(await saying(`${preview.consent} And more.`)).toBe("STALE");
    expect(await saying(null)).toBe("STALE");
    expect(await app.ctx.db.subscriptionContract.count({ where: { restartedFromId: row.id } })).toBe(0);

    expect(await saying(preview.consent)).toBe("DONE");
    const again = await app.ctx.db.subscriptionContract.findFirstOrThrow({ where: { restartedFromId: row.id } });
    const consents = await app.ctx.db.consent.findMany({ where: { contractId: again.id, source: "RESTART" } });
    expect(consents.map(({ text }) => text)).toEqual([preview.consent]);
    const renewed = await portalSubscription(app.ctx, at.shopper, again.id);
    expect(renewed?.status).toBe("ACTIVE");
    const amount = /for (NOK [\d,.]+) /.exec(plainSpaces(preview.consent ?? ""))?.[1];
    expect(plainSpaces(renewed?.amountText ?? "")).toContain(amount);

    expect(await saying(preview.consent)).toBe("NOT_OFFERED");
    expect(await app.ctx.db.subscriptionContract.count({ where: { restartedFromId: row.id } })).toBe(1);
  });
});
