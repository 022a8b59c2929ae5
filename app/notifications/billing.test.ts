import { beforeEach, describe, expect, it } from "vitest";

import type { Prisma } from "~/generated/prisma/client";
import type { EventData, NewEvent } from "~/history/events";
import { append } from "~/history/history.server";

import { testApp } from "../../tests/app";
import { billingNotification } from "./billing.server";

const app = await testApp({ subscribers: 2 });
const { ctx, shopify, world, mails } = app;

const contract = await ctx.db.subscriptionContract.findFirstOrThrow({
  where: { shopId: app.shop.id, status: "ACTIVE" },
  include: { customer: true },
});
// One that Shopify has not been paid for: what it calls billed, billing books as paid.
const { cycleIndex: CYCLE } = await ctx.db.billingCycle.findFirstOrThrow({
  where: { contractId: contract.id, outcome: null, billed: false },
  orderBy: { cycleIndex: "asc" },
});
const expectedAt = "2026-03-09T11:00:00.000Z";
const cycle = { cycleIndex: CYCLE, expectedAt };
const declined: EventData["charge.failed"] = {
  ...cycle,
  errorCode: "CARD_DECLINED",
  errorMessage: "Your card was declined.",
  declineClass: "SOFT",
  attemptNumber: 1,
  nextTryAt: "2026-03-10T08:00:00.000Z",
  endsAt: null,
};
const expired: EventData["charge.failed"] = {
  ...declined,
  errorCode: "EXPIRED_PAYMENT_METHOD",
  declineClass: "EXPIRED",
  nextTryAt: null,
  endsAt: "2026-03-23T08:00:00.000Z",
};

const { email } = contract.customer ?? {};
if (!email) throw new Error("the demo shop's subscribers have addresses");

/** Appends, as the engine does, in a transaction of its own. @returns the event's id */
async function happened(event: Pick<NewEvent, "type" | "data">, contractId: string | null = contract.id) {
  await append(ctx, ctx.db, { shopId: app.shop.id, contractId, actor: "perennial", ...event } as NewEvent);
  const row = await ctx.db.historyEvent.findFirstOrThrow({ where: { type: event.type }, orderBy: { id: "desc" } });
  return row.id;
}

const sentNames = async (contractId: string | null = contract.id) =>
  (
    await ctx.db.historyEvent.findMany({
      where: { type: "notification.sent", contractId },
      orderBy: { id: "asc" },
    })
  ).map(({ data }) => (data as Prisma.JsonObject)["notification"]);

const setContract = (data: Prisma.SubscriptionContractUpdateInput) =>
  ctx.db.subscriptionContract.update({ where: { id: contract.id }, data });
const setShop = (data: Prisma.ShopUpdateInput) => ctx.db.shop.update({ where: { id: app.shop.id }, data });
const setCharge = (data: Prisma.ChargeUpdateManyMutationInput) =>
  ctx.db.charge.updateMany({ where: { contractId: contract.id, cycleIndex: CYCLE }, data });

beforeEach(async () => {
  await ctx.db.historyEvent.deleteMany({});
  await ctx.db.charge.deleteMany({ where: { contractId: contract.id, cycleIndex: CYCLE } });
  await ctx.db.billingCycle.upsert({
    where: { contractId_cycleIndex: { contractId: contract.id, cycleIndex: CYCLE } },
    update: {},
    create: {
      contractId: contract.id,
      cycleIndex: CYCLE,
      shopId: app.shop.id,
      startAt: expectedAt,
      endAt: expectedAt,
      expectedAt,
      dueAt: expectedAt,
    },
  });
  await ctx.db.charge.create({
    data: {
      id: ctx.ids.next(),
      shopId: app.shop.id,
      contractId: contract.id,
      cycleIndex: CYCLE,
      state: "FAILED",
      errorCode: declined.errorCode,
      declineClass: declined.declineClass,
      expectedAmount: "327.20",
      currencyCode: "NOK",
      declines: 1,
      firstFailedAt: "2026-03-09T08:00:00.000Z",
      claimedAt: world.now,
      updatedAt: world.now,
    },
  });
  await setContract({ status: "ACTIVE", dunningPausedAt: null, goneAt: null });
  await setShop({ status: "ACTIVE", billingHeldReason: null, billingHeldSince: null });
  await ctx.db.customer.updateMany({
    where: { id: contract.customerId ?? "" },
    data: { email, redactedAt: null, locale: "nb" },
  });
  mails.length = 0;
  shopify.mail.length = 0;
});

describe("a declined renewal", () => {
  it("is told to the shopper once, in their language, with what the ledger knows", async () => {
    const id = await happened({ type: "charge.failed", data: declined });
    await app.work();
    await billingNotification(ctx, { shopId: app.shop.id, eventId: id });

    expect(mails).toHaveLength(1);
    const text = mails[0]?.text.replaceAll(/[\u00a0\u202f]/g, " ");
    expect(mails[0]).toMatchObject({ shop: app.shop.domain, to: email, fromName: "Kaffebønna", locale: "nb" });
    expect(text).toContain("Banken din avviste betalingen uten å si hvorfor");
    expect(text).toContain("327,20 kr, før eventuelle avgifter");
    expect(text).toContain("Vi prøver igjen av oss selv 10. mars 2026");
    expect(text).toContain("innen 23. mars 2026, setter vi abonnementet på pause");
    expect(text).toContain("/apps/perennial");
    const [sent] = await ctx.db.historyEvent.findMany({ where: { type: "notification.sent" } });
    expect(sent).toMatchObject({ contractId: contract.id, data: { notification: "charge-failed", about: id } });
  });

  it("is told again in the middle, not at the next try", async () => {
    for (const declines of [1, 2, 3, 4]) {
      await setCharge({ declines });
      await happened({ type: "charge.failed", data: { ...declined, attemptNumber: declines } });
      await app.work();
    }
    expect(mails.map(({ subject }) => subject)).toEqual([
      "Betalingen til Kaffebønna gikk ikke gjennom",
      "Påminnelse: Betalingen til Kaffebønna har fortsatt ikke gått gjennom",
    ]);
  });

  it("that was paid in the end is thanked for, with order and total", async () => {
    await happened({ type: "charge.failed", data: declined });
    await app.work();
    const total = { amount: "409.00", currencyCode: "NOK" };
    const paid = {
      ...cycle,
      orderId: "gid://shopify/Order/9",
      orderName: "#1042",
      total,
      adopted: false,
      attemptNumber: 2,
    };
    await happened({ type: "charge.paid", data: paid });
    await app.work();
    const text = mails[1]?.text.replaceAll(/[\u00a0\u202f]/g, " ");
    expect(text).toContain("Bestilling: #1042");
    expect(text).toContain("Betalt: 409,00 kr");
    expect(await sentNames()).toEqual(["charge-failed", "payment-recovered"]);
  });

  it("is told later when the mail server is away", async () => {
    const id = await happened({ type: "charge.failed", data: declined });
    const away = { ...ctx, mailer: { send: () => Promise.reject(new Error("no connection")) } };
    const job = { shopId: app.shop.id, eventId: id };
    await expect(billingNotification(away, job)).rejects.toThrow("no connection");
    expect(await sentNames()).toEqual([]);
    await app.work();
    expect(mails).toHaveLength(1);
  });
});

describe("nobody is written to", () => {
  const silent = async (event: Pick<NewEvent, "type" | "data"> = { type: "charge.failed", data: declined }) => {
    await happened(event);
    await app.work();
    expect(mails).toHaveLength(0);
    expect(shopify.mail).toHaveLength(0);
    expect(await sentNames()).toEqual([]);
  };

  it("about a payment that was taken before the e-mail left", async () => {
    const id = await happened({ type: "charge.failed", data: declined });
    const total = { amount: "327.20", currencyCode: "NOK" };
    const paid = { ...cycle, orderId: null, orderName: null, total, adopted: false, attemptNumber: 1 };
    await happened({ type: "charge.paid", data: paid });
    await app.work();
    expect(id).not.toBe("");
    expect(mails).toHaveLength(0);
  });

  it("about a subscription that the shopper has ended or paused", async () => {
    await setContract({ status: "CANCELLED" });
    await silent();
    await setContract({ status: "PAUSED" });
    await silent();
    await setContract({ status: "ACTIVE", goneAt: world.now });
    await silent();
  });

  it("whose data was erased, who has no address, or in the name of a shop that is gone", async () => {
    const id = contract.customerId ?? "";
    await ctx.db.customer.update({ where: { id }, data: { redactedAt: world.now } });
    await silent();
    await ctx.db.customer.update({ where: { id }, data: { redactedAt: null, email: null } });
    await silent();
    await ctx.db.customer.update({ where: { id }, data: { email } });
    await setShop({ status: "UNINSTALLED" });
    await silent();
  });

  it("about trouble that is the gateway's, the stock's or the merchant's", async () => {
    for (const declineClass of ["GATEWAY", "STOCK", "SETUP"]) {
      await silent({ type: "charge.failed", data: { ...declined, declineClass } });
    }
  });

  it("about another shop's event", async () => {
    const id = await happened({ type: "charge.failed", data: declined });
    await billingNotification(ctx, { shopId: ctx.ids.next(), eventId: id });
    expect(mails).toHaveLength(0);
    await app.work();
  });
});

describe("a card that has expired", () => {
  const granted = [...(shopify.grantedScopes ?? [])];
  const grant = (scopes: string[]) => {
    shopify.grantedScopes = scopes;
    for (const token of shopify.tokens) token.scopes = scopes;
    return setShop({ grantedScopes: scopes.join(",") });
  };

  it("brings the shopper Shopify's own secure link besides our e-mail, each once", async () => {
    const id = await happened({ type: "charge.failed", data: expired });
    const away = { ...ctx, mailer: { send: () => Promise.reject(new Error("no connection")) } };
    await expect(billingNotification(away, { shopId: app.shop.id, eventId: id })).rejects.toThrow("no connection");
    await app.work();

    expect(shopify.mail).toMatchObject([{ to: email, subject: "Oppdater betalingskortet ditt" }]);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.subject).toBe("Abonnementet ditt hos Kaffebønna trenger et nytt kort");
    expect(mails[0]?.text).toContain("en egen e-post med en sikker lenke");
    expect(mails[0]?.text).toMatch(/før 23\.\smars 2026, setter vi abonnementet på pause/);
    expect(await sentNames()).toEqual(["card-link", "card-needed"]);
  });

  it("is told also where Shopify may not be asked for its link", async () => {
    await grant(granted.map((scope) => (scope === "write_customers" ? "read_customers" : scope)));
    await happened({ type: "charge.failed", data: expired });
    await app.work();
    expect(shopify.mail).toHaveLength(0);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).not.toContain("sikker lenke");
    await grant(granted);
  });

  it("is told also when Shopify refuses to send its link", async () => {
    await setContract({ paymentMethodId: "gid://shopify/CustomerPaymentMethod/none" });
    await happened({ type: "charge.failed", data: expired });
    await app.work();
    expect(await sentNames()).toEqual(["card-needed"]);
    await setContract({ paymentMethodId: contract.paymentMethodId });
  });
});

describe("dunning that has paused the subscription", () => {
  it("tells how to go on, and that nothing more is charged", async () => {
    await setContract({ status: "PAUSED", dunningPausedAt: world.now });
    await happened({ type: "dunning.ended", data: { ...cycle, end: "PAUSE", errorCode: "CARD_DECLINED" } });
    await happened({ type: "contract.paused", data: {} });
    await app.work();
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain("Ingenting mer blir trukket");
  });
});

describe("each of the other events", () => {
  it("has its e-mail", async () => {
    const until = "2026-03-20T08:00:00.000Z";
    const url = "https://kaffebonna.myshopify.com/subscription_billing_attempts/7/challenge";
    await happened({ type: "charge.action-required", data: { ...cycle, url, endsAt: until } });
    await app.work();
    await happened({ type: "charge.action-reminder", data: { ...cycle, url, endsAt: until } });
    await app.work();
    await happened({ type: "cycle.waiting", data: { ...cycle, reason: "stock", titles: ["Fjellbris"], until } });
    await app.work();
    await happened({
      type: "cycle.adjusted",
      data: { ...cycle, lines: [{ title: "Fjellbris", change: "removed", to: null }] },
    });
    await app.work();
    await happened({ type: "charge.given-up", data: { ...cycle, reason: "stock", errorCode: null } });
    await app.work();
    expect(await sentNames()).toEqual([
      "approve-payment",
      "approve-payment",
      "waiting-for-stock",
      "delivery-adjusted",
      "skipped-for-stock",
    ]);
    expect(mails[0]?.text).toContain(url);
  });
});

describe("billing that stands still", () => {
  const hold = async (reason: string) => {
    await setShop({ billingHeldReason: reason, billingHeldSince: world.now });
    await happened({ type: "billing.held", data: { reason } }, null);
    await app.work();
  };
  const resume = async (reason: string) => {
    await setShop({ billingHeldReason: null, billingHeldSince: null });
    await happened({ type: "billing.resumed", data: { reason } }, null);
    await app.work();
  };

  it("is told to the shop's owner once a day, and so is that it goes on", async () => {
    await hold("SIGNED_OUT");
    await resume("SIGNED_OUT");
    await hold("SIGNED_OUT");
    await resume("SIGNED_OUT");
    expect(mails.map(({ to, fromName, subject }) => [to, fromName, subject])).toEqual([
      [app.shop.email, "Perennial", "Fornyelsene i Kaffebønna står stille: Åpne Perennial"],
      [app.shop.email, "Perennial", "Fornyelsene i Kaffebønna er i gang igjen"],
    ]);
    expect(await sentNames(null)).toEqual(["billing-held", "billing-resumed"]);
  });

  it("names the order that came to another amount", async () => {
    await setCharge({ state: "PAID", paidAmount: "409.00", differsBy: "81.80", orderName: "#1042", paidAt: world.now });
    await hold("AMOUNT_DIFFERS");
    const text = mails[0]?.text.replaceAll(/[\u00a0\u202f]/g, " ");
    expect(text).toContain("Bestilling: #1042");
    expect(text).toContain("Skulle vært trukket: 327,20 kr");
    expect(text).toContain("Ble trukket: 409,00 kr");
  });

  it("by itself and goes on by itself is not worth an e-mail", async () => {
    await hold("FROZEN");
    await resume("FROZEN");
    await hold("UNREACHABLE");
    expect(mails).toHaveLength(0);
  });
});
