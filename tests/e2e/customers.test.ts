import { beforeAll, expect, test } from "vitest";

import { useDatabase } from "./database";
import { appFrame, DemoClient, useBrowser } from "./demo";
import type { Contract, Mail } from "./demo";

const demo = new DemoClient();
const database = useDatabase();
const browser = useBrowser();

let active: Contract[];

/** Contracts of different people. */
const personOf = (index: number): Contract => {
  const people = [...new Map(active.map((contract) => [contract.customer.id, contract])).values()];
  const found = people[index];
  if (!found) throw new Error("The shop has too few subscribers.");
  return found;
};
const mirrored = (customerId: string) =>
  database.rows<{ id: string; email: string | null; firstName: string | null; lastName: string | null }>(
    `SELECT id, email, "firstName", "lastName" FROM "Customer" WHERE "shopifyId" = $1`,
    [`gid://shopify/Customer/${customerId}`],
  );
const listText = async (search: string) => {
  const page = await browser.open();
  await page.goto(demo.admin(`/app/contracts?q=${encodeURIComponent(search)}`));
  const frame = appFrame(page);
  await frame.getByLabel("Søk i abonnementer").waitFor();
  const text = await frame.locator("main").innerText();
  await page.context().close();
  return text;
};

beforeAll(async () => {
  active = (await demo.list<Contract>("contracts")).filter(({ status }) => status === "ACTIVE");
});

test("a name that is changed in Shopify stands in the list of subscriptions and is found there", async () => {
  const { customer } = personOf(0);
  await demo.post(`/customers/${customer.id}`, { firstName: "Åshild", lastName: "Øvregård" });
  await demo.settle();
  expect(await mirrored(customer.id)).toMatchObject([{ firstName: "Åshild", lastName: "Øvregård" }]);
  expect(await listText("Øvregård")).toContain("Åshild Øvregård");
});

test("subscriptions of a customer who was merged into another are the other's, without a second copy", async () => {
  const [gone, kept] = [personOf(1), personOf(2)];
  await demo.post(`/customers/${gone.customer.id}/merge`, { into: kept.customer.id });
  await demo.settle();
  const [other] = await mirrored(kept.customer.id);
  const rows = await database.rows<{ customerId: string }>(
    `SELECT "customerId" FROM "SubscriptionContract" WHERE "shopifyId" = $1`,
    [`gid://shopify/SubscriptionContract/${gone.id}`],
  );
  expect(rows).toEqual([{ customerId: other?.id }]);
});

test("a request for data brings the owner a mail with what is kept about the customer", async () => {
  const { customer } = personOf(3);
  await demo.post(`/customers/${customer.id}/data-request`);
  await demo.settle();
  const mails = (await demo.list<Mail>("mail")).filter(({ to }) => to === "hei@kaffebonna.example");
  expect(mails).toHaveLength(1);
  expect(mails[0]?.text).toContain(customer.email);
});

test("of a customer whom Shopify forgets, name, e-mail and address are gone from tables, mails to come and pages", async () => {
  const contract = personOf(4);
  const { customer } = contract;
  const [before] = await mirrored(customer.id);
  const secrets = [customer.email, before?.lastName].filter((value): value is string => typeof value === "string");
  expect(secrets).toHaveLength(2);
  await demo.post(`/customers/${customer.id}/redact`);
  await demo.settle();
  expect(await mirrored(customer.id)).toMatchObject([{ email: null, firstName: null, lastName: null }]);

  // Wherever it may have been written down: every table of the app, its queue too.
  const tables = await database.rows<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema IN ('public', 'pgboss') AND table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(10);
  for (const { name } of tables) {
    const found = await database.count(`${name} AS kept WHERE kept::text ILIKE '%' || $1 || '%'`, [customer.email]);
    expect(`${name}: ${found}`).toBe(`${name}: 0`);
  }

  const page = await browser.open();
  await page.goto(demo.admin(`/app/contracts/${contract.id}`));
  const frame = appFrame(page);
  await frame.getByRole("heading", { level: 1 }).waitFor();
  const text = await frame.locator("main").innerText();
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(await listText(customer.email ?? "")).not.toContain(before?.lastName);
});

test("a redacted customer's subscription stays in the shop's accounts", async () => {
  const contract = personOf(4);
  const rows = await database.rows<{ shippingAddress: unknown; paymentMethodLabel: string | null; charges: string }>(
    `SELECT "shippingAddress", "paymentMethodLabel",
            (SELECT count(*) FROM "Charge" charge WHERE charge."contractId" = contract.id) AS charges
     FROM "SubscriptionContract" contract WHERE "shopifyId" = $1`,
    [`gid://shopify/SubscriptionContract/${contract.id}`],
  );
  expect(rows).toMatchObject([{ shippingAddress: null, paymentMethodLabel: null }]);
  expect(Number(rows[0]?.charges)).toBeGreaterThanOrEqual(0);
});
