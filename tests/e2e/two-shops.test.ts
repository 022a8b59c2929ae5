import { createHmac } from "node:crypto";

import { beforeAll, describe, expect, inject, test } from "vitest";

import { useDatabase } from "./database";
import { appFrame, DemoClient, useBrowser } from "./demo";
import type { Contract } from "./demo";
import { addShop } from "./ledger";

const demo = new DemoClient();
const database = useDatabase();

describe("two shops", () => {
  const other = new DemoClient("hudpleie");
  const browser = useBrowser();
  let foreign: Contract;

  beforeAll(async () => {
    await addShop(demo, database, other, "hudpleie", 4);
    const contracts = await demo.list<Contract>("contracts");
    foreign = contracts.find(({ status }) => status === "ACTIVE") as Contract;
  });

  test("a merchant who opens a subscription of another shop is told that the page does not exist", async () => {
    const page = await browser.open();
    await page.goto(other.admin(`/app/contracts/${foreign.id}`));
    await appFrame(page)
      .getByText(/Denne siden finnes ikke|This page doesn't exist/)
      .first()
      .waitFor();
    expect(
      await appFrame(page)
        .getByText(foreign.customer.email ?? "?")
        .count(),
    ).toBe(0);
  });

  test("a merchant who asks for a change of another shop's subscription changes nothing", async () => {
    const [row] = await database.rows<{ id: string }>(`SELECT id FROM "SubscriptionContract" WHERE "shopifyId" = $1`, [
      `gid://shopify/SubscriptionContract/${foreign.id}`,
    ]);
    const [own] = await other.list<Contract>("contracts");
    const page = await browser.open();
    await page.goto(other.admin(`/app/contracts/${own?.id}`));
    await appFrame(page).getByRole("heading", { level: 1 }).waitFor();
    const frame = page.frame({ url: /perennial\.localhost/ });
    const answer = await frame?.evaluate(
      async ([number, id]) => {
        const response = await fetch(`/app/contracts/${number}.data`, {
          method: "POST",
          headers: { Authorization: `Bearer ${await window.shopify.idToken()}` },
          body: new URLSearchParams({ act: "cancel", contractId: id ?? "" }),
        });
        return { status: response.status, text: await response.text() };
      },
      [own?.id, row?.id],
    );
    expect(answer?.text).toContain("NOT_FOUND");
    await demo.settle();
    const contracts = await demo.list<Contract>("contracts");
    expect(contracts.find(({ id }) => id === foreign.id)?.status).toBe("ACTIVE");
  });

  test("a shopper of one sees in the portal what they have there, and nothing of the other", async () => {
    const [own] = (await other.list<Contract>("contracts")).filter(({ status }) => status === "ACTIVE");
    const { url } = await other.post<{ url: string }>(`/customers/${own?.customer.id}/login`);
    const page = await browser.open();
    await page.goto(url);
    await page.goto(`${other.storefront}/apps/perennial`);
    const text = await page.locator("body").innerText();
    const titles = await database.rows<{ title: string; shop: string }>(
      `SELECT DISTINCT line.title, shop.domain AS shop FROM "SubscriptionLine" line
       JOIN "SubscriptionContract" contract ON contract.id = line."contractId" JOIN "Shop" shop ON shop.id = contract."shopId"
       JOIN "Customer" customer ON customer.id = contract."customerId"
       WHERE shop.domain = 'kaffebonna.myshopify.com' OR customer."shopifyId" = 'gid://shopify/Customer/${own?.customer.id}'`,
    );
    for (const { title, shop } of titles) {
      if (shop.startsWith("kaffebonna")) expect(text).not.toContain(title);
      else expect(text).toContain(title);
    }
    // A shopper's session is of one shop: at the other they are nobody.
    await page.goto(`${demo.storefront}/apps/perennial`);
    expect(await page.locator("body").innerText()).not.toContain(own?.customer.email);
  });

  const proxyStatus = async (query: URLSearchParams) => {
    const { appPort } = inject("demo");
    const response = await fetch(`http://127.0.0.1:${appPort}/proxy?${query.toString()}`, { redirect: "manual" });
    return { status: response.status, text: await response.text() };
  };

  test("a query to the portal that Shopify has not signed shows nobody's subscriptions", async () => {
    const { env } = inject("demo");
    const query = new URLSearchParams({
      shop: "kaffebonna.myshopify.com",
      logged_in_customer_id: foreign.customer.id,
      path_prefix: "/apps/perennial",
      timestamp: String(Math.floor(Date.now() / 1000)),
    });
    const signature = (pairs: URLSearchParams, secret: string) =>
      createHmac("sha256", secret)
        .update(
          [...pairs]
            .map(([name, value]) => `${name}=${value}`)
            .sort()
            .join(""),
        )
        .digest("hex");
    const good = signature(query, env["SHOPIFY_API_SECRET"] ?? "");
    const [title] = await database.rows<{ title: string }>(
      `SELECT line.title FROM "SubscriptionLine" line JOIN "SubscriptionContract" contract ON contract.id = line."contractId"
       WHERE contract."shopifyId" = $1`,
      [`gid://shopify/SubscriptionContract/${foreign.id}`],
    );
    const shown = await proxyStatus(new URLSearchParams([...query, ["signature", good]]));
    expect(shown.status).toBe(200);
    expect(shown.text).toContain(title?.title);

    const someoneElse = new URLSearchParams(query);
    someoneElse.set("logged_in_customer_id", "1");
    for (const forged of [
      query,
      new URLSearchParams([...query, ["signature", signature(query, "a guess")]]),
      new URLSearchParams([...someoneElse, ["signature", good]]),
      new URLSearchParams([...query, ["signature", good], ["shop", "hudpleie.myshopify.com"]]),
    ]) {
      const answer = await proxyStatus(forged);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toContain(title?.title);
    }
  });
});
