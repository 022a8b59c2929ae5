import { beforeEach, describe, expect, it } from "vitest";

import { testApp } from "../../tests/app";
import { completeCheckout } from "../../tests/dev-shop/domain";
import { subscriptionCreated } from "./subscription-created.server";

const app = await testApp({ subscribers: 2 });
const { ctx, shopify, world, mails } = app;
const sentAtInstall = mails.length;

const existing = Object.values(shopify.contracts)[0];
const line = existing?.lines[0];
const customer = Object.values(shopify.customers)[0];
if (!line?.sellingPlanId || !customer) throw new Error("the demo shop has a subscriber");
const { variantId, sellingPlanId } = line;

async function checkout() {
  completeCheckout(world, shopify, {
    customerId: customer?.id ?? "",
    lines: [{ variantId, quantity: 2, sellingPlanId }],
  });
  await app.settle();
  return ctx.db.subscriptionContract.findFirstOrThrow({
    where: { shopId: app.shop.id },
    orderBy: { id: "desc" },
  });
}

beforeEach(() => {
  mails.length = 0;
});

describe("a new subscription", () => {
  it("is confirmed to the shopper once, however often the job runs and the webhook comes", async () => {
    completeCheckout(world, shopify, { customerId: customer.id, lines: [{ variantId, quantity: 2, sellingPlanId }] });
    await app.deliver({ times: 3 });
    await app.work();
    const contract = await ctx.db.subscriptionContract.findFirstOrThrow({ orderBy: { id: "desc" } });
    await subscriptionCreated(ctx, { shopId: app.shop.id, contractId: contract.id });

    expect(mails).toHaveLength(1);
    const [mail] = mails;
    expect(mail).toMatchObject({ shop: app.shop.domain, to: customer.email, fromName: "Kaffebønna", locale: "nb" });
    expect(mail?.text).toContain(line.title);
    expect(mail?.text).toMatch(/Neste levering: \d+\. \w+ 20\d\d/);
    expect(mail?.text).toContain("/apps/perennial");
    const events = await ctx.db.historyEvent.findMany({
      where: { contractId: contract.id, type: "notification.sent" },
    });
    expect(events.map(({ data }) => data)).toEqual([{ notification: "subscription-created" }]);
  });

  it("is confirmed in the shopper's own language", async () => {
    await ctx.db.customer.updateMany({
      where: { shopifyId: `gid://shopify/Customer/${customer.id}` },
      data: { locale: "en" },
    });
    customer.locale = "en";
    await checkout();
    expect(mails.map(({ subject, locale }) => [subject, locale])).toEqual([
      ["Your subscription with Kaffebønna", "en"],
    ]);
  });

  it("is confirmed later when the mail server is away", async () => {
    const contract = await checkout();
    await ctx.db.historyEvent.deleteMany({ where: { contractId: contract.id, type: "notification.sent" } });
    const away = { ...ctx, mailer: { send: () => Promise.reject(new Error("no connection")) } };
    const job = { shopId: app.shop.id, contractId: contract.id };
    mails.length = 0;
    await expect(subscriptionCreated(away, job)).rejects.toThrow("no connection");
    await subscriptionCreated(ctx, job);
    expect(mails).toHaveLength(1);
  });

  it("that was there before the app came, is gone, or has no address to write to is not confirmed", async () => {
    const before = await ctx.db.historyEvent.count({ where: { type: "contract.created" } });
    expect(before).toBeGreaterThan(0);
    expect(sentAtInstall).toBe(0);
    await subscriptionCreated(ctx, { shopId: app.shop.id, contractId: ctx.ids.next() });
    const contract = await ctx.db.subscriptionContract.findFirstOrThrow();
    await ctx.db.customer.updateMany({ data: { email: null } });
    await subscriptionCreated(ctx, { shopId: app.shop.id, contractId: contract.id });
    expect(mails).toHaveLength(0);
  });
});
