import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";

import { appFrame, DemoClient, useBrowser } from "./demo";
import type { Attempt, Mail, Order } from "./demo";

/**
 * The story of a shop's first renewal, through the real pages: each test goes on where the one before it stopped.
 */
describe("a shop's first renewal", () => {
  const demo = new DemoClient();
  const browser = useBrowser();
  let admin: Page;
  let shopper: Page;
  let contractId: string;
  const email = "ingrid.solberg@example.com";

  beforeAll(async () => {
    admin = await browser.open();
    shopper = await browser.open();
  });

  const openApp = async (path: string) => {
    await admin.goto(`${demo.origin}/store/kaffebonna/apps/perennial${path}`);
    return appFrame(admin);
  };
  const renewals = async () => {
    const attempts = await demo.list<Attempt>("attempts");
    return attempts.filter((attempt) => attempt.contractId === contractId && attempt.origin === "app");
  };

  test("the merchant opens the app in the admin and finds what matters today", async () => {
    const app = await openApp("/app");
    await app.getByRole("heading", { name: "Hjem" }).waitFor();
    await app.getByRole("heading", { name: "Fornyelser de neste sju dagene" }).waitFor();
    await app.getByRole("heading", { name: "Trenger oppfølging" }).waitFor();
    await app.getByText("Neste steg", { exact: true }).waitFor();
    await app.getByText("Aktive abonnementer").first().waitFor();
  });

  test("the merchant makes the plan Kaffe hjem and attaches two coffees", async () => {
    const app = await openApp("/app/plans/new");
    await app.getByLabel("Navn", { exact: true }).fill("Kaffe hjem");
    await app.getByLabel("Hver/hvert, nummer 1").fill("1");
    await app.getByRole("button", { name: "Legg til hyppighet" }).click();
    await app.getByLabel("Hver/hvert, nummer 2").fill("2");
    await app.getByRole("button", { name: "Legg til hyppighet" }).click();
    await app.getByLabel("Hver/hvert, nummer 3").fill("4");
    await app.getByLabel("Prosent avslag").fill("10");
    await app.getByRole("button", { name: "Velg produkter" }).click();

    const picker = admin.getByRole("dialog");
    await picker.getByLabel("Bryggen").check();
    await picker.getByLabel("Havørn").check();
    await picker.locator("button.primary").click();
    await app.getByText("Havørn").first().waitFor();
    await admin.locator("#save").click();
    await admin.getByText("Planen er laget").waitFor();
    await admin.waitForURL(/\/app\/plans(\/\d+)?$/);
  });

  test("the merchant edits the plan later", async () => {
    const app = await openApp("/app/plans");
    await app.getByRole("link", { name: "Kaffe hjem" }).click();
    await app.getByLabel("Navn", { exact: true }).fill("Kaffe rett hjem");
    await admin.locator("#save").click();
    await admin.getByText("Planen er lagret").waitFor();
    await app.getByLabel("Navn", { exact: true }).fill("Kaffe hjem");
    await admin.locator("#save").click();
    await admin.locator("#save-bar").waitFor({ state: "hidden" });
    const plans = await openApp("/app/plans");
    await plans.getByRole("link", { name: "Kaffe hjem", exact: true }).waitFor();
  });

  test("a shopper picks every two weeks in the subscribe widget, and checks out", async () => {
    await shopper.goto(`${demo.storefront}/products/bryggen`);
    const choice = shopper.getByRole("group", { name: "Hvordan vil du kjøpe?" });
    await choice.getByRole("radio", { name: /hver 2\. uke/i }).check();
    await choice.getByText("130,50 kr").first().waitFor();
    await shopper.getByRole("button", { name: "Legg i handlekurven" }).click();
    await shopper
      .getByText(/hver 2\. uke/i)
      .first()
      .waitFor();
    await shopper.getByRole("button", { name: "Til kassen" }).click();
    await shopper.getByLabel("E-post").fill(email);
    await shopper.getByLabel("Fornavn").fill("Ingrid");
    await shopper.getByLabel("Etternavn").fill("Solberg");
    await shopper.getByLabel("Adresse").fill("Storgata 1");
    await shopper.getByLabel("Postnummer").fill("0155");
    await shopper.getByLabel("Poststed").fill("Oslo");
    await shopper.getByRole("button", { name: "Betal nå" }).click();
    await shopper.getByRole("heading", { name: /Takk, Ingrid/ }).waitFor();
    const contracts = await demo.list<{ id: string; customer: { email: string } }>("contracts");
    contractId = contracts.find(({ customer }) => customer.email === email)?.id ?? "";
    expect(contractId).not.toBe("");
  });

  test("a confirmation with a link to the portal lies in the mailbox", async () => {
    const confirmation = async () =>
      (await demo.list<Mail>("mail")).find(({ to, text }) => to === email && text.includes("/apps/perennial"));
    await expect.poll(confirmation, { timeout: 45_000 }).toBeTruthy();
    const { html, text } = (await confirmation()) as Mail;
    expect(html).toContain(`${demo.storefront}/apps/perennial`);
    expect(text).toContain("Bryggen");
  });

  test("the subscription stands in the admin's list and on its page, with links to Shopify's pages and back", async () => {
    const app = await openApp("/app/contracts");
    await app.getByLabel("Søk i abonnementer").fill(email);
    await expect.poll(() => app.getByRole("link", { name: /\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u }).count()).toBe(1);
    await app
      .getByRole("link", { name: /Ingrid Solberg/ })
      .first()
      .click();
    await app
      .getByRole("heading", { name: /Ingrid Solberg/ })
      .first()
      .waitFor();
    await app
      .getByText(/15\. desember 2026/)
      .first()
      .waitFor();

    await app.getByRole("link", { name: "Åpne kunden i Shopify" }).click();
    await admin.waitForURL(/\/store\/kaffebonna\/customers\/\d+/);
    await admin.locator(`a[href*="/app/contracts/${contractId}"]`).first().click();
    await appFrame(admin)
      .getByRole("heading", { name: /Ingrid Solberg/ })
      .first()
      .waitFor();

    const { items } = await demo.get<{ items: Order[] }>("/orders?limit=500");
    const origin = items.find((order) => order.contractId === contractId);
    await appFrame(admin).locator(`a[href*="orders/${origin?.id}"]`).first().click();
    await admin.waitForURL(new RegExp(`/orders/${origin?.id}`));
    await admin.locator(`a[href*="/app/contracts/${contractId}"]`).first().waitFor();
  });

  test("two weeks later there is exactly one renewal, in Shopify, in the ledger and on the page", async () => {
    await demo.advance("P14D");
    const made = await renewals();
    expect(made).toMatchObject([{ cycleIndex: 1, state: "Success" }]);
    const orders = (await demo.list<Order>("orders")).filter((order) => order.contractId === contractId);
    expect(orders.map(({ cycleIndex }) => cycleIndex)).toEqual([null, 1]);

    const app = await openApp(`/app/contracts/${contractId}`);
    await app.locator(`a[href*="orders/${made[0]?.orderId}"]`).first().waitFor();
    await app.getByText("Betalt").first().waitFor();
    await app
      .getByText(/29\. desember 2026/)
      .first()
      .waitFor();
  });

  test("the shopper skips the next delivery in the portal; nothing is charged for it, and the one after is", async () => {
    await shopper.goto(`${demo.storefront}/apps/perennial`);
    if (await shopper.getByRole("link", { name: "Logg inn" }).count()) {
      await shopper.goto(`${demo.storefront}/account/login?return_url=/apps/perennial`);
      await shopper.getByLabel("E-post").fill(email);
      await shopper.getByRole("button", { name: "Logg inn" }).first().click();
    }
    await shopper.getByRole("heading", { name: "Abonnementene dine" }).waitFor();
    await shopper.getByRole("link", { name: /^Se og endre/ }).click();
    await shopper.getByRole("link", { name: "Hopp over 29. desember 2026" }).click();
    await shopper
      .getByText(/29\. desember 2026 blir ikke sendt/)
      .first()
      .waitFor();
    await shopper.getByRole("button", { name: /Hopp over 29\. desember/ }).click();
    await shopper.locator(".perennial-notice[role=status]").waitFor();

    await demo.advance("P14D");
    expect(await renewals()).toHaveLength(1);
    await demo.advance("P14D");
    expect((await renewals()).map(({ cycleIndex, state }) => [cycleIndex, state])).toEqual([
      [1, "Success"],
      [3, "Success"],
    ]);
  });

  test("a declined card shows as failed payment in the list, on the page and at home", async () => {
    const contracts = await demo.list<{ id: string; customer: { id: string } }>("contracts");
    const customer = contracts.find(({ id }) => id === contractId)?.customer.id ?? "";
    await demo.post(`/customers/${customer}/card`, { outcome: "CARD_DECLINED" });
    await demo.advance("P14D");
    expect((await renewals()).at(-1)).toMatchObject({ cycleIndex: 4, state: "Failed" });

    const list = await openApp("/app/contracts?search=Solberg");
    await list.getByText("Betaling feilet").first().waitFor();
    const page = await openApp(`/app/contracts/${contractId}`);
    await page.getByText("Betaling feilet").first().waitFor();
    await page
      .getByText(/banken avviste kortet/)
      .first()
      .waitFor();
    const home = await openApp("/app");
    await home
      .getByRole("link", { name: /Ingrid Solberg/ })
      .first()
      .waitFor();
    await demo.post(`/customers/${customer}/card`, { outcome: "success" });
  });

  test("the merchant pauses, resumes and cancels; Shopify says the same", async () => {
    const status = async () =>
      (await demo.list<{ id: string; status: string }>("contracts")).find(({ id }) => id === contractId)?.status;
    const app = await openApp(`/app/contracts/${contractId}`);
    const act = async (button: string, confirm: string, said: string) => {
      await app.getByRole("button", { name: button }).first().click();
      await app.getByRole("dialog").getByRole("button", { name: confirm }).click();
      await admin.getByText(said).first().waitFor();
    };
    await act("Sett på pause", "Sett på pause", "Abonnementet er satt på pause");
    await expect.poll(status).toBe("PAUSED");
    const before = (await renewals()).length;
    await demo.advance("P14D");
    expect(await renewals()).toHaveLength(before);

    await openApp(`/app/contracts/${contractId}`);
    await act("Gjenoppta", "Gjenoppta", "Abonnementet er gjenopptatt");
    await expect.poll(status).toBe("ACTIVE");
    await demo.advance("PT1H");
    expect(await renewals(), "resuming never back-bills").toHaveLength(before);

    await act("Avslutt abonnementet", "Avslutt abonnementet", "Abonnementet er avsluttet");
    await expect.poll(status).toBe("CANCELLED");
    await demo.advance("P14D");
    expect(await renewals()).toHaveLength(before);
  });

  test("no page complained in the browser's console", () => {
    expect(browser.complaints).toEqual([]);
  });
});
