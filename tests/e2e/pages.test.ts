import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";

import { appFrame, DemoClient, DESKTOP, expectAccessible, expectNoSidewaysScroll, PHONE, useBrowser } from "./demo";
import type { Attempt, Contract, Mail, Order } from "./demo";
import { takePicture } from "./pictures";

/**
 * Every page of the product and of the stand-in around it, in both languages and on a desk and a phone: it comes up
 * without a complaint in the console, fits the screen, and axe finds nothing. With PICTURES=1 a picture of each lies in
 * .cache/pictures afterwards.
 */
/** Of these as much as a screen shows is taken for the documentation. */
const DOCUMENTED: Partial<Record<string, string>> = {
  "admin-home-nb-desk": "admin-home",
  "plan-nb-desk": "plan",
  "subscription-nb-desk": "admin-subscription",
  "product-nb-desk": "widget",
  "portal-nb-desk": "portal",
  "portal-nb-phone": "portal-phone",
  "control-nb-desk": "control",
  "withdraw-nb-phone": "pages/withdraw",
  "withdraw-check-nb-phone": "pages/withdraw-check",
  "withdraw-receipt-nb-phone": "pages/withdraw-receipt",
};
const SHOPS = { nb: "kaffebonna", en: "hudpleie" } as const;
type Language = keyof typeof SHOPS;
/** Where axe looks: each language once and each width once finds what all four would. */
const LOOKED_INTO = { nb: "phone", en: "desk" } as const;

const WORDS = {
  nb: {
    product: "nordlys",
    plan: /hver 2\. uke/i,
    add: "Legg i handlekurven",
    checkout: "Til kassen",
    fields: ["E-post", "Fornavn", "Etternavn", "Adresse", "Postnummer", "Poststed"],
    pay: "Betal nå",
    thanks: /Takk, /,
    step: "Neste steg",
    lateDays: "Belast forsinkede fornyelser inntil",
    payDays: "Lønningsdager",
    poor: "For lite penger",
    run: "Kjør",
    compare: "Sammenlign med en annen innstilling",
    change: "Hva endringen ville gjort",
    scopes: "Perennial trenger din tillatelse",
    table: "Vis som tabell",
    retry: /^Prøv betalingen til /,
    orderNow: "Bestill nå",
    withdrawalPage: "Angreside",
  },
  en: {
    product: "daggkram",
    plan: /every 2 months/i,
    add: "Add to cart",
    checkout: "Check out",
    fields: ["Email", "First name", "Last name", "Address", "Postcode", "City"],
    pay: "Pay now",
    thanks: /Thank you, /,
    step: "Next step",
    lateDays: "Charge late renewals up to",
    payDays: "Pay days",
    poor: "Too little money",
    run: "Run",
    compare: "Compare with another setting",
    change: "What the change would do",
    scopes: "Perennial needs your permission",
    table: "Show as table",
    retry: /^Retry the payment of /,
    orderNow: "Order now",
    withdrawalPage: "Withdrawal page",
  },
};
/** As in the list's search field. */
const SEARCH_AFTER_MS = 300;
const HOUR_MS = 3_600_000;
/** Pages of the storefront, the portal's among them: shoppers come by phone. */
const inStore = new Set([
  "portal-signed-out",
  "store-home",
  "product",
  "cart",
  "checkout",
  "thank-you",
  "account",
  "portal",
  "withdraw",
  "withdraw-check",
  "withdraw-receipt",
]);
const SHOPPER = ["Ingrid", "Solberg", "Storgata 1", "0155", "Oslo"];

interface View {
  page: Page;
  demo: DemoClient;
  words: (typeof WORDS)[Language];
  email: string;
  language: Language;
}

interface Stop {
  name: string;
  arrive: (view: View) => Promise<unknown>;
  /** The browser itself says so in its console when an address is not found. */
  missing?: true;
}

const inApp =
  (where: string | ((demo: DemoClient) => Promise<string>)) =>
  async ({ page, demo }: View) => {
    await page.goto(demo.admin(typeof where === "string" ? where : await where(demo)));
    await appFrame(page).locator("main h1").first().waitFor();
    await awake(page);
  };

/** No skeleton stands in for anything, and React has taken over what the server sent. */
async function awake(page: Page): Promise<void> {
  const main = appFrame(page).locator("main");
  await expect
    .poll(() => main.evaluate((element) => Object.keys(element).some((key) => key.startsWith("__reactFiber"))))
    .toBe(true);
  await expect.poll(() => main.locator("[class*=Polaris-Skeleton]").count()).toBe(0);
}
const inAdmin =
  (where: string | ((demo: DemoClient) => Promise<string>)) =>
  ({ page, demo }: View) =>
    Promise.resolve(typeof where === "string" ? where : where(demo)).then((found) =>
      page.goto(`${demo.origin}/store/${demo.shop}${found}`),
    );
const inShop =
  (where: string | ((view: View) => string)) =>
  (view: View): Promise<unknown> =>
    view.page.goto(`${view.demo.storefront}${typeof where === "string" ? where : where(view)}`);

const oldest = async (demo: DemoClient): Promise<Contract> => {
  const contract = (await demo.list<Contract>("contracts")).find(({ status }) => status === "ACTIVE");
  if (!contract) throw new Error(`${demo.shop} has no active contract.`);
  return contract;
};
const failed = async (demo: DemoClient): Promise<string> => {
  const attempt = (await demo.list<Attempt>("attempts")).findLast(
    ({ state, origin }) => state === "Failed" && origin === "app",
  );
  if (!attempt) throw new Error(`No payment failed in ${demo.shop}.`);
  return attempt.contractId;
};
const firstPlan = async ({ page, demo }: View) => {
  await page.goto(demo.admin("/app/plans"));
  await appFrame(page).locator('a[href*="/app/plans/"]:not([href*="new"])').first().click();
  await appFrame(page).locator("main input").first().waitFor();
  await awake(page);
};

async function signIn({ page, demo }: View, customerId: string): Promise<void> {
  const { url } = await demo.post<{ url: string }>(`/customers/${customerId}/login`);
  await page.goto(url);
}

const stops: Stop[] = [
  {
    name: "admin-home",
    arrive: async (view) => {
      await inApp("/app")(view);
      await appFrame(view.page).getByText(view.words.step, { exact: true }).waitFor();
    },
  },
  { name: "plans", arrive: inApp("/app/plans") },
  { name: "plan-new", arrive: inApp("/app/plans/new") },
  { name: "plan", arrive: firstPlan },
  { name: "subscriptions", arrive: inApp("/app/contracts") },
  { name: "subscriptions-none-found", arrive: inApp("/app/contracts?q=zzz") },
  { name: "subscription", arrive: inApp(async (demo) => `/app/contracts/${(await oldest(demo)).id}`) },
  { name: "subscription-failed", arrive: inApp(async (demo) => `/app/contracts/${await failed(demo)}`) },
  { name: "billing-settings", arrive: inApp("/app/billing/settings") },
  {
    name: "billing-settings-wrong",
    arrive: async ({ page, words }) => {
      const app = appFrame(page);
      await app.getByLabel(words.payDays, { exact: true }).fill("15, 31");
      await app.getByRole("button", { name: words.poor }).click();
      await app.getByLabel(words.lateDays).fill("400");
      await page.locator("#save").click();
      await app.locator("[id$=Error]").first().waitFor();
    },
  },
  {
    name: "time-machine",
    arrive: async (view) => {
      // What has been typed is discarded, or the admin would ask before it leaves.
      await view.page.locator("#discard").click();
      await inApp("/app/billing/time-machine")(view);
    },
  },
  {
    name: "time-machine-report",
    arrive: async ({ page, words }) => {
      const app = appFrame(page);
      await app.getByLabel(words.compare).selectOption("payDays");
      await app.getByLabel(words.payDays, { exact: true }).fill("15, 31");
      await app.getByRole("button", { name: words.run, exact: true }).click();
      await app.getByText(words.change, { exact: true }).waitFor();
      await app.locator("svg.pn-chart, .pn-chart svg").first().waitFor();
    },
  },
  {
    name: "subscription-order-now",
    arrive: async (view) => {
      await inApp(async (demo) => `/app/contracts/${(await oldest(demo)).id}`)(view);
      await appFrame(view.page).getByRole("button", { name: view.words.orderNow }).click();
      await appFrame(view.page).getByRole("dialog").waitFor();
    },
  },
  {
    name: "billing",
    arrive: async (view) => {
      await inApp("/app/billing")(view);
      await appFrame(view.page).getByRole("slider").locator("svg").first().waitFor();
    },
  },
  {
    name: "billing-table",
    arrive: async ({ page, words }) => {
      await appFrame(page).getByRole("button", { name: words.table }).click();
      await appFrame(page).getByRole("table").waitFor();
    },
  },
  {
    name: "billing-retry",
    arrive: async ({ page, words }) => {
      await appFrame(page).getByRole("button", { name: words.retry }).first().click();
      await appFrame(page).getByRole("dialog").waitFor();
    },
  },
  { name: "portal-settings", arrive: inApp("/app/portal") },
  {
    name: "portal-settings-wrong",
    arrive: async ({ page, words }) => {
      await appFrame(page).getByLabel(words.withdrawalPage, { exact: true }).fill("Norway");
      await page.locator("#save").click();
      await appFrame(page).locator("[id$=Error]").first().waitFor();
    },
  },
  {
    name: "withdraw",
    arrive: async (view) => {
      const { page, words } = view;
      await appFrame(page).getByLabel(words.withdrawalPage, { exact: true }).fill("NO, SE");
      await page.locator("#save").click();
      await page.locator("#save").waitFor({ state: "hidden" });
      await inShop("/apps/perennial/withdraw")(view);
    },
  },
  {
    name: "withdraw-check",
    arrive: async ({ page, email }) => {
      await page.locator("input[name=name]").fill("Ingrid Solberg");
      await page.locator("input[name=reference]").fill("#1001");
      await page.locator("input[name=email]").fill(email);
      await page.locator("main .perennial-main").click();
      await page.locator("form:has([name=step][value=confirm])").waitFor();
    },
  },
  {
    name: "withdraw-receipt",
    arrive: async ({ page }) => {
      await page.locator("main .perennial-main").click();
      await page.getByRole("status").waitFor();
    },
  },
  {
    name: "declaration",
    arrive: async (view) => {
      await inApp("/app/cases")(view);
      await appFrame(view.page).locator("main a[href*='/app/cases/']").first().click();
      await appFrame(view.page).locator("main textarea").waitFor();
      await awake(view.page);
    },
  },
  { name: "portal-leaving", arrive: inApp("/app/portal/leaving") },
  { name: "declarations", arrive: inApp("/app/cases") },
  { name: "app-not-found", arrive: inApp("/app/contracts/999999999"), missing: true },
  { name: "shell-home", arrive: inAdmin("") },
  { name: "shell-orders", arrive: inAdmin("/orders") },
  { name: "shell-customers", arrive: inAdmin("/customers") },
  { name: "shell-products", arrive: inAdmin("/products") },
  {
    name: "shell-order",
    arrive: async (view) => {
      const order = (await view.demo.list<Order>("orders")).findLast(({ contractId }) => contractId !== null);
      await inAdmin(`/orders/${order?.id}`)(view);
      await view.page.locator(`a[href*="/app/contracts/${order?.contractId}"]`).first().waitFor();
    },
  },
  {
    name: "shell-customer",
    arrive: inAdmin(async (demo) => `/customers/${(await oldest(demo)).customer.id}`),
  },
  { name: "portal-signed-out", arrive: inShop("/apps/perennial") },
  { name: "store-home", arrive: inShop("/") },
  {
    name: "product",
    arrive: async (view) => {
      await inShop(({ words }) => `/products/${words.product}`)(view);
      await view.page.getByRole("radio", { name: view.words.plan }).check();
    },
  },
  {
    name: "cart",
    arrive: async ({ page, words }) => {
      await page.getByRole("button", { name: words.add }).click();
      await page.waitForURL("**/cart");
    },
  },
  {
    name: "checkout",
    arrive: async ({ page, words }) => {
      await page.getByRole("button", { name: words.checkout }).click();
      await page.getByLabel(words.fields[0] ?? "").waitFor();
    },
  },
  {
    name: "thank-you",
    arrive: async ({ page, words, email }) => {
      for (const [index, value] of [email, ...SHOPPER].entries()) {
        await page.getByLabel(words.fields[index] ?? "", { exact: true }).fill(value);
      }
      await page.getByRole("button", { name: words.pay }).click();
      await page.getByRole("heading", { name: words.thanks }).waitFor();
    },
  },
  {
    name: "mail",
    arrive: async ({ page, demo, email }) => {
      const confirmation = async () =>
        (await demo.list<Mail>("mail")).find(({ to, text }) => to === email && text.includes("/apps/perennial"));
      await expect.poll(confirmation, { timeout: 45_000 }).toBeTruthy();
      await page.setContent((await confirmation())?.html ?? "");
    },
  },
  {
    name: "account",
    arrive: async (view) => {
      await signIn(view, (await oldest(view.demo)).customer.id);
      await inShop("/account")(view);
    },
  },
  // Every other page of the portal is looked at in portal.test.ts.
  {
    name: "portal",
    arrive: async (view) => {
      await inShop("/apps/perennial")(view);
      await view.page.locator(".perennial-card a").first().click();
      await view.page.locator(".perennial-cycles").waitFor();
    },
  },
  { name: "control", arrive: ({ page, demo }) => page.goto(`${demo.origin}/_control?shop=${demo.shop}`) },
  { name: "stand-in", arrive: ({ page, demo }) => page.goto(`${demo.origin}/`) },
  {
    name: "scopes",
    arrive: async (view) => {
      await inApp("/app")(view);
      // What the merchant sees who stands in the app when it starts to need more.
      const { scopes } = await view.demo.post<{ scopes: string[] }>("/shop");
      await view.demo.post("/shop", { scopes: scopes.filter((scope) => scope !== "read_all_orders") });
      await view.demo.settle();
      await view.page.frames()[1]?.evaluate(() => {
        location.reload();
      });
      await appFrame(view.page).getByText(view.words.scopes).waitFor();
    },
  },
  {
    name: "permission",
    arrive: async ({ page, demo }) => {
      await page.goto(demo.admin("/app"));
      await page.locator(".permission").waitFor();
    },
  },
];

const views: View[] = [];
const browser = useBrowser();

beforeAll(async () => {
  await new DemoClient().post("/shops", { scenario: SHOPS.en });
  for (const language of ["nb", "en"] as const) {
    const demo = new DemoClient(SHOPS[language]);
    await letAPaymentFail(demo);
    const page = await browser.open();
    views.push({ page, demo, words: WORDS[language], email: `ingrid.${language}@example.com`, language });
  }
});

/** Somebody's next charge is declined, and the moment of it has come. */
async function letAPaymentFail(demo: DemoClient): Promise<void> {
  const contracts = (await demo.list<Contract>("contracts")).filter(({ status }) => status === "ACTIVE");
  const unlucky = contracts.at(-1);
  const now = await demo.now();
  const due = unlucky?.billingCycles.find(({ billingAttemptExpectedDate: at }) => at > now);
  if (!unlucky || !due) throw new Error(`${demo.shop} has nobody to charge.`);
  await demo.post(`/customers/${unlucky.customer.id}/card`, { outcome: "INSUFFICIENT_FUNDS" });
  await demo.moveTo(new Date(Date.parse(due.billingAttemptExpectedDate) + HOUR_MS).toISOString());
}

test("a click made right after typing a search is not called off by it", async () => {
  const [view] = views;
  if (!view) throw new Error("There is no page.");
  const { page } = view;
  await page.setViewportSize(DESKTOP);
  await inApp("/app/contracts")(view);
  const app = appFrame(page);
  // An answer that takes longer than the pause in typing after which a search begins.
  const slow = /\/app\/contracts\/\d+\.data/;
  await page.route(slow, (route) => setTimeout(() => void route.continue(), 3 * SEARCH_AFTER_MS));
  await app.getByLabel("Søk i abonnementer").pressSequentially("e");
  await app.locator("a[href*='/app/contracts/']").nth(1).click();
  await app.getByRole("heading", { name: "Tidsplan" }).waitFor();
  await page.unroute(slow);
});

test("the month ahead is walked day by day with the arrow keys, each day in words", async () => {
  const [view] = views;
  if (!view) throw new Error("There is no page.");
  await inApp("/app/billing")(view);
  const chart = appFrame(view.page).getByRole("slider", { name: "De neste 30 dagene" });
  await chart.locator("svg").first().waitFor();
  const said = () => chart.getAttribute("aria-valuetext");
  const today = await said();
  await chart.press("ArrowRight");
  await expect.poll(said).not.toBe(today);
  expect(await said()).toMatch(/^\d+\. \w+ \d{4}, Fornyelser: \d+/);
  await chart.press("Home");
  await expect.poll(said).toBe(today);
});

for (const stop of stops) {
  test(`${stop.name} comes up, fits and is accessible, in both languages, on a desk and a phone`, async () => {
    await Promise.all(views.map((view) => look(view, stop)));
    const said = browser.complaints.splice(0);
    expect(stop.missing ? said.filter((line) => !line.includes("404")) : said).toEqual([]);
  });
}

async function look(view: View, { name, arrive }: Stop): Promise<void> {
  const { page, language } = view;
  await page.setViewportSize(DESKTOP);
  await arrive(view);
  for (const [width, size] of [
    ["desk", DESKTOP],
    ["phone", PHONE],
  ] as const) {
    await page.setViewportSize(size);
    await takePicture(page, `${name}-${language}-${width}`, DOCUMENTED[`${name}-${language}-${width}`]);
    await expectNoSidewaysScroll(page);
    if (page.frames()[1]) await expectFrameFits(page);
    if (width === LOOKED_INTO[language]) await expectAccessible(page);
  }
  if (inStore.has(name)) expect(await smallTargets(page), "smaller than 44 px on a phone").toEqual([]);
}

/** The app's own page is not wider than the frame it stands in. */
async function expectFrameFits(page: Page): Promise<void> {
  const beside = await page.frames()[1]?.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(beside).toBeLessThanOrEqual(0);
}

/** What a thumb would miss: links within a sentence aside, as WCAG has it. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const targets = [...document.querySelectorAll<HTMLElement>("a, button, summary, select, input:not([type=hidden])")];
    return targets
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".skip, .hidden"))
      .filter((element) => {
        const inSentence = getComputedStyle(element).display === "inline" && element.closest("p, td, dd, small");
        const { height, width } = (element.closest("label") ?? element).getBoundingClientRect();
        return !inSentence && width > 1 && height < 43.5;
      })
      .map((element) => `${element.tagName.toLowerCase()} ${(element.textContent || element.id).trim()}`);
  });
