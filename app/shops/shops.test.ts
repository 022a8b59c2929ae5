import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { rescheduleCycles } from "~/billing/settings/reschedule.server";
import type { Context } from "~/context.server";
import type { Db } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import { createBoss, jobQueue } from "~/jobs/queue.server";
import { FixedClock } from "~/lib/clock";
import { randomIds } from "~/lib/ids";
import { log } from "~/lib/log.server";
import type { Message } from "~/lib/mailer.server";
import type { AdminApi } from "~/shopify/admin-api.server";
import type { ShopQuery } from "~/shopify/generated/admin";

import { testDb } from "../../tests/db";
import { dataRequest, redactCustomer, redactShop, sendDataRequest } from "./compliance.server";
import { installShop, markUninstalled, updateScopes } from "./install.server";
import { updateShopFields } from "./shop-fields.server";

const { db, url } = await testDb();
const boss = createBoss({ connectionString: url, role: "web" });
await boss.start();
afterAll(() => boss.stop({ graceful: false }));

const clock = new FixedClock("2026-11-23T10:00:00Z");
const mails: Message[] = [];
let answer: ShopQuery;

/** Shopify's answer to the one question that is asked here. */
const admin: AdminApi = {
  request: <Data>() => Promise.resolve(answer as Data),
  rate: () => ({ restoreRate: 100, available: 2000, maximum: 2000 }),
};
const ctx: Context = {
  clock,
  ids: randomIds,
  log,
  db,
  jobs: jobQueue(boss),
  mailer: { send: (message) => Promise.resolve(void mails.push(message)) },
  admin: () => admin,
};

const domain = "kaffebonna.myshopify.com";
const kari = "gid://shopify/Customer/1";

beforeEach(async () => {
  await db.shop.deleteMany();
  await db.session.deleteMany();
  await db.$executeRaw`DELETE FROM pgboss.job`;
  mails.length = 0;
  clock.set("2026-11-23T10:00:00Z");
  answer = {
    shop: {
      id: "gid://shopify/Shop/1",
      name: "Kaffebønna",
      email: "eier@kaffebonna.example",
      contactEmail: "hei@kaffebonna.example",
      currencyCode: "NOK",
      ianaTimezone: "Europe/Oslo",
      myshopifyDomain: domain,
      primaryDomain: { url: "https://kaffebonna.no", localization: { defaultLocale: "nb" } },
      shopAddress: { countryCodeV2: "NO" },
      countriesInShippingZones: { countryCodes: ["SE", "NO"], includeRestOfWorld: false },
    },
    currentAppInstallation: { accessScopes: [{ handle: "write_products" }, { handle: "read_orders" }] },
  };
});

const jobs = () => db.$queryRaw<{ name: string; data: object }[]>`SELECT name, data FROM pgboss.job ORDER BY name`;
const install = async (): Promise<Shop> => (await installShop(ctx, { domain })).shop;
const current = (shop: Shop) => db.shop.findUniqueOrThrow({ where: { id: shop.id } });
const inTx = <Result>(work: (tx: Parameters<Parameters<Db["$transaction"]>[0]>[0]) => Promise<Result>) =>
  db.$transaction(work);

/** A shopper with one contract, two cycles (the first paid), and a history that names them. */
async function subscribe(shop: Shop, customerShopifyId: string, firstName: string) {
  const customer = await db.customer.create({
    data: {
      id: randomIds.next(),
      shopId: shop.id,
      shopifyId: customerShopifyId,
      email: `${firstName.toLowerCase()}@example.com`,
      firstName,
      lastName: "Nordmann",
      locale: "nb",
    },
  });
  const at = clock.now();
  const contract = await db.subscriptionContract.create({
    data: {
      id: randomIds.next(),
      shopId: shop.id,
      shopifyId: customerShopifyId.replace("Customer", "SubscriptionContract"),
      customerId: customer.id,
      status: "ACTIVE",
      currencyCode: "NOK",
      billingInterval: "WEEK",
      billingIntervalCount: 2,
      deliveryInterval: "WEEK",
      deliveryIntervalCount: 2,
      deliveryPrice: "59",
      revisionId: "1",
      paymentMethodLabel: "Visa •••• 4242",
      shippingAddress: { firstName, address1: "Storgata 1", zip: "0155", city: "Oslo" },
      shopifyCreatedAt: at,
      shopifyUpdatedAt: at,
      readAt: at,
      lines: {
        create: {
          id: randomIds.next(),
          shopifyId: "gid://shopify/SubscriptionLine/1",
          position: 0,
          title: "Espresso",
          quantity: 2,
          currentPrice: "134.10",
        },
      },
    },
  });
  for (const [cycleIndex, expectedAt] of ["2026-11-23T10:00:00Z", "2026-12-07T10:00:00Z"].entries()) {
    await db.billingCycle.create({
      data: {
        contractId: contract.id,
        cycleIndex: cycleIndex + 1,
        shopId: shop.id,
        startAt: at,
        endAt: at,
        expectedAt: new Date(expectedAt),
        dueAt: new Date(expectedAt),
        billed: cycleIndex === 0,
        claimed: cycleIndex === 0,
        outcome: cycleIndex === 0 ? "BILLED" : null,
      },
    });
  }
  await db.charge.create({
    data: {
      id: randomIds.next(),
      shopId: shop.id,
      contractId: contract.id,
      cycleIndex: 1,
      state: "PAID",
      expectedAmount: "327.20",
      paidAmount: "327.20",
      paidAt: at,
      currencyCode: "NOK",
      claimedAt: at,
      updatedAt: at,
    },
  });
  await db.historyEvent.create({
    data: {
      id: randomIds.next(),
      shopId: shop.id,
      contractId: contract.id,
      type: "payment-method.changed",
      actor: "shopper",
      data: { label: "Visa •••• 4242", to: { email: "x@example.com", cycleIndex: 3 } },
      at,
    },
  });
  const theirs = { id: randomIds.next(), shopId: shop.id, contractId: contract.id };
  await db.consent.create({
    data: { ...theirs, source: "CHECKOUT", locale: "nb", text: `Avtalt av ${firstName}`, terms: {}, agreedAt: at },
  });
  await db.leaving.create({ data: { ...theirs, comment: `Hilsen ${firstName}`, startedAt: at } });
  await db.queuedEdit.create({
    data: { ...theirs, edits: [{ kind: "ADDRESS", address: { firstName } }], actor: "shopper", queuedAt: at },
  });
  const declared = {
    kind: "WITHDRAWAL",
    shopId: shop.id,
    name: `${firstName} Nordmann`,
    reference: "#1001",
    message: `Fra ${firstName}`,
    locale: "nb",
    receivedAt: at,
  } as const;
  await db.withdrawalCase.createMany({
    data: [
      // One by the e-mail address that is known, one by the subscription it fits.
      { ...declared, id: randomIds.next(), email: `${firstName.toUpperCase()}@example.com` },
      { ...declared, id: randomIds.next(), email: "annen@example.com", contractId: contract.id },
    ],
  });
  return { customer, contract };
}

describe("installing", () => {
  it("keeps what Shopify says of the shop and has its contracts read", async () => {
    const shop = await install();
    expect(shop).toMatchObject({
      domain,
      name: "Kaffebønna",
      email: "eier@kaffebonna.example",
      contactEmail: "hei@kaffebonna.example",
      currencyCode: "NOK",
      timeZone: "Europe/Oslo",
      locale: "nb",
      countryCode: "NO",
      storefrontUrl: "https://kaffebonna.no",
      grantedScopes: "write_products,read_orders",
      status: "ACTIVE",
      installedAt: clock.now(),
      reconciledAt: null,
    });
    expect(await jobs()).toEqual([{ name: "contracts.reconcile", data: { shopId: shop.id } }]);
  });

  it("twice, even at the same moment, makes one shop and one reading", async () => {
    const [one, other] = await Promise.all([install(), install()]);
    expect(one.id).toBe(other.id);
    await db.shop.update({ where: { id: one.id }, data: { reconciledAt: clock.now() } });
    clock.set("2026-11-24T10:00:00Z");
    const again = await install();
    expect(again.installedAt).toEqual(one.installedAt);
    expect(again.reconciledAt).not.toBeNull();
    expect(await jobs()).toHaveLength(1);
  });

  it("again after an uninstall holds all charging until everything has been read anew", async () => {
    const shop = await install();
    await db.shop.update({ where: { id: shop.id }, data: { reconciledAt: clock.now() } });
    await db.$executeRaw`DELETE FROM pgboss.job`;
    clock.set("2026-11-23T12:00:00Z");
    await inTx((tx) => markUninstalled(ctx, tx, shop, clock.now()));
    clock.set("2026-11-24T12:00:00Z");

    const back = await install();
    expect(back).toMatchObject({
      id: shop.id,
      status: "ACTIVE",
      installedAt: clock.now(),
      reconciledAt: null,
      uninstalledAt: new Date("2026-11-23T12:00:00Z"),
      grantedScopes: "write_products,read_orders",
    });
    expect(await jobs()).toHaveLength(1);
  });
});

describe("the countries that a shop ships to", () => {
  it("are those of its shipping zones, and all there are where one is the rest of the world", async () => {
    expect((await install()).shipsTo).toEqual(["NO", "SE"]);
    answer.shop.countriesInShippingZones.includeRestOfWorld = true;
    const { shipsTo } = await install();
    expect(shipsTo).toEqual(expect.arrayContaining(["AU", "NO", "SE", "US"]));
    expect(shipsTo.length).toBeGreaterThan(200);
  });
});

describe("uninstalling", () => {
  it("throws away the tokens and keeps the ledger", async () => {
    const shop = await install();
    await subscribe(shop, kari, "Kari");
    await db.session.create({ data: { id: "offline", shop: domain, state: "", accessToken: "x" } });
    await inTx((tx) => markUninstalled(ctx, tx, shop, clock.now()));
    expect(await db.session.count()).toBe(0);
    expect(await current(shop)).toMatchObject({ status: "UNINSTALLED", uninstalledAt: clock.now(), grantedScopes: "" });
    expect(await db.charge.count()).toBe(1);
  });

  it("that is told late, after the shop has come back, changes nothing", async () => {
    const shop = await install();
    await db.session.create({ data: { id: "offline", shop: domain, state: "", accessToken: "x" } });
    await inTx((tx) => markUninstalled(ctx, tx, shop, new Date("2026-11-22T10:00:00Z")));
    expect((await current(shop)).status).toBe("ACTIVE");
    expect(await db.session.count()).toBe(1);
  });
});

it("scopes granted later are kept", async () => {
  const shop = await install();
  await inTx((tx) => updateScopes(ctx, tx, shop, ["write_products", "read_all_orders"]));
  expect((await current(shop)).grantedScopes).toBe("write_products,read_all_orders");
});

it("a new time zone moves what is not charged yet to the billing hour of the new zone's day", async () => {
  const shop = await install();
  const { contract } = await subscribe(shop, kari, "Kari");
  await inTx((tx) => updateShopFields(ctx, tx, shop, { timeZone: "America/New_York" }));
  expect(await jobs()).toContainEqual({ name: "billing.reschedule", data: { shopId: shop.id } });
  await rescheduleCycles(ctx, shop.id);
  const cycles = await db.billingCycle.findMany({ where: { contractId: contract.id }, orderBy: { cycleIndex: "asc" } });
  // 09:00 in New York on 7 December; the paid one stays where it was.
  expect(cycles.map(({ dueAt }) => dueAt.toISOString())).toEqual([
    "2026-11-23T10:00:00.000Z",
    "2026-12-07T14:00:00.000Z",
  ]);
});

describe("customers/data_request", () => {
  it("mails all that is kept about this customer, and about nobody else, to the shop's owner", async () => {
    const shop = await install();
    await subscribe(shop, kari, "Kari");
    await subscribe(shop, "gid://shopify/Customer/2", "Ola");
    await inTx((tx) => dataRequest(ctx, tx, shop, kari));
    expect((await jobs()).at(-1)).toEqual({ name: "shops.data-request", data: { shopId: shop.id, customerId: kari } });

    await sendDataRequest(ctx, { shopId: shop.id, customerId: kari });
    const [mail] = mails;
    expect(mail).toMatchObject({ shop: domain, to: "eier@kaffebonna.example", locale: "nb" });
    for (const part of [
      "kari@example.com",
      "Storgata 1",
      "Visa •••• 4242",
      "Espresso",
      "327.2",
      "payment-method.changed",
      "Avtalt av Kari",
      "Hilsen Kari",
      "Fra Kari",
      "annen@example.com",
    ]) {
      expect(mail?.text).toContain(part);
    }
    expect(mail?.text).not.toContain("Ola");
  });

  it("says so when nothing is kept", async () => {
    const shop = await install();
    await sendDataRequest(ctx, { shopId: shop.id, customerId: kari });
    expect(mails[0]?.text).toContain("lagrer ingenting");
  });
});

describe("customers/redact", () => {
  it("leaves no trace of who it was, and every amount", async () => {
    const shop = await install();
    const { contract } = await subscribe(shop, kari, "Kari");
    await subscribe(shop, "gid://shopify/Customer/2", "Ola");
    await inTx((tx) => redactCustomer(ctx, tx, shop, kari));

    await sendDataRequest(ctx, { shopId: shop.id, customerId: kari });
    const kept = mails[0]?.text ?? "";
    for (const part of ["kari@", "KARI@", "annen@", 'Kari"', "Nordmann", "Storgata", "Visa", "x@example.com"])
      expect(kept).not.toContain(part);
    // Not the ones either that the answer would no longer find.
    expect(await db.withdrawalCase.count({ where: { name: { contains: "Kari" } } })).toBe(0);
    expect(await db.withdrawalCase.count({ where: { name: "Ola Nordmann" } })).toBe(2);
    expect(await db.queuedEdit.count({ where: { contractId: contract.id } })).toBe(0);
    expect(kept).toContain("327.2");
    expect(await db.customer.findFirst({ where: { shopifyId: kari } })).toMatchObject({ redactedAt: clock.now() });
    expect(await db.charge.count({ where: { contractId: contract.id } })).toBe(1);
    expect(await db.customer.findFirst({ where: { firstName: "Ola" } })).toMatchObject({ email: "ola@example.com" });
  });

  it("of somebody we never heard of is no error", async () => {
    const shop = await install();
    await inTx((tx) => redactCustomer(ctx, tx, shop, "gid://shopify/Customer/99"));
  });

  it("does not reach into another shop", async () => {
    const shop = await install();
    const other = await db.shop.create({ data: { ...shop, id: randomIds.next(), domain: "other.myshopify.com" } });
    await subscribe(other, kari, "Kari");
    await inTx((tx) => redactCustomer(ctx, tx, shop, kari));
    expect(await db.customer.findFirst({ where: { shopId: other.id } })).toMatchObject({ firstName: "Kari" });
  });
});

describe("shop/redact", () => {
  it("deletes every row of the shop, its sessions and its jobs, and nothing of another shop's", async () => {
    const shop = await install();
    const other = await db.shop.create({ data: { ...shop, id: randomIds.next(), domain: "other.myshopify.com" } });
    await subscribe(shop, kari, "Kari");
    await subscribe(other, kari, "Kari");
    await inTx((tx) => ctx.jobs.put(tx, "billing.run", { shopId: other.id }));
    await db.session.create({ data: { id: "offline", shop: domain, state: "" } });
    await inTx((tx) => markUninstalled(ctx, tx, shop, clock.now()));
    const gone = await current(shop);
    await inTx((tx) => redactShop(ctx, tx, gone));

    const tables = await db.$queryRaw<{ name: string }[]>`
      SELECT table_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name = 'shopId'`;
    expect(tables.length).toBeGreaterThan(6);
    for (const { name } of tables) {
      const [row] = await db.$queryRawUnsafe<{ count: bigint }[]>(
        `SELECT count(*) FROM "${name}" WHERE "shopId"::text = '${shop.id}'`,
      );
      expect([name, Number(row?.count)]).toEqual([name, 0]);
    }
    expect(await db.shop.findMany({ select: { id: true } })).toEqual([{ id: other.id }]);
    expect(await db.session.count()).toBe(0);
    expect(await jobs()).toEqual([{ name: "billing.run", data: { shopId: other.id } }]);
    expect(await db.charge.count()).toBe(1);
  });

  it("for a shop that has been installed again since is not obeyed", async () => {
    const shop = await install();
    await inTx((tx) => redactShop(ctx, tx, shop));
    expect(await db.shop.count()).toBe(1);
    // But one that never told us of its uninstall is deleted.
    clock.set("2026-11-25T11:00:00Z");
    await inTx((tx) => redactShop(ctx, tx, shop));
    expect(await db.shop.count()).toBe(0);
  });
});
