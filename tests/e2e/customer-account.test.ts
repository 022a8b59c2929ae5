import { randomUUID } from "node:crypto";

import type { FrameLocator, Locator, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";

import { useDatabase } from "./database";
import { DemoClient, DESKTOP, expectAccessible, expectNoSidewaysScroll, PHONE, useBrowser } from "./demo";
import type { Contract, Mail, Order } from "./demo";
import { takePicture } from "./pictures";

/**
 * The portal in Shopify's customer accounts, every action of it: our extensions' real bundles in their frames, asking
 * the real app. In Norwegian on a phone and in English on a desk, from the button by the exact effect to the receipt.
 * With PICTURES=1 a picture of each page lies in .cache/pictures afterwards.
 */
/** These are taken for the documentation. */
const DOCUMENTED: readonly string[] = ["account-subscription-nb", "account-preview-en", "account-offer-nb"];

const WORDS = {
  nb: {
    manage: "Administrer",
    skip: "Hopp over",
    unskip: "Lever likevel",
    move: "Flytt",
    frequency: "Endre hvor ofte",
    quantity: "Endre antall",
    preferences: "Ønsker",
    swap: "Bytt",
    addOneOff: "Legg noe til i neste levering",
    addLine: "Legg til en vare",
    remove: "Fjern",
    address: "Endre adresse",
    delivery: "Endre leveringsmåte",
    code: "Bruk en rabattkode",
    payment: "Endre betalingsmåte",
    pause: "Sett på pause",
    resume: "Gjenoppta",
    cancel: "Si opp abonnementet",
    restart: "Start på nytt",
    menu: "Administrer abonnement",
  },
  en: {
    manage: "Manage",
    skip: "Skip",
    unskip: "Deliver after all",
    move: "Move",
    frequency: "Change how often",
    quantity: "Change quantity",
    preferences: "Preferences",
    swap: "Swap",
    addOneOff: "Add something to the next delivery",
    addLine: "Add a product",
    remove: "Remove",
    address: "Change address",
    delivery: "Change delivery method",
    code: "Use a discount code",
    payment: "Change payment method",
    pause: "Pause",
    resume: "Resume",
    cancel: "Cancel subscription",
    restart: "Start again",
    menu: "Manage subscription",
  },
} as const;
type Language = keyof typeof WORDS;

interface View {
  language: Language;
  page: Page;
  frame: FrameLocator;
  contract: Contract;
  /** On the account's host. */
  origin: string;
}

const demo = new DemoClient();
const database = useDatabase();
const browser = useBrowser();
const views: View[] = [];

const contractNow = async ({ contract }: View): Promise<Contract> => {
  const found = (await demo.list<Contract>("contracts")).find(({ id }) => id === contract.id);
  if (!found) throw new Error("The contract is gone.");
  return found;
};

beforeAll(async () => {
  await offerThings();
  const active = (await demo.list<Contract>("contracts")).filter(({ status }) => status === "ACTIVE");
  const people = [...new Map(active.map((contract) => [contract.customer.id, contract])).values()].filter(
    ({ customer }) => active.filter((other) => other.customer.id === customer.id).length === 1,
  );
  for (const [index, language] of (["nb", "en"] as const).entries()) {
    const contract = people[index];
    if (!contract) throw new Error("The shop has too few subscribers.");
    const page = await browser.open({ viewport: language === "nb" ? PHONE : DESKTOP });
    const { url } = await demo.post<{ url: string }>(`/customers/${contract.customer.id}/login`);
    const origin = demo.storefront.replace("http://", "http://account.");
    const token = new URL(url).searchParams.get("token") ?? "";
    await page.goto(`${origin}/_login?token=${token}&return_url=${encodeURIComponent(`/profile?locale=${language}`)}`);
    views.push({ language, page, frame: page.frameLocator("iframe.page"), contract, origin });
  }
});

/** What the merchant lets shoppers swap to, add, and say about a line. */
async function offerThings(): Promise<void> {
  const [shop] = await database.rows<{ id: string }>(`SELECT id FROM "Shop" WHERE domain = $1`, [
    `${demo.shop}.myshopify.com`,
  ]);
  const lines = await database.rows<{ variantId: string; productId: string; title: string }>(
    `SELECT DISTINCT ON (l."variantId") l."variantId", l."productId", l.title
     FROM "SubscriptionLine" l JOIN "SubscriptionContract" c ON c.id = l."contractId" WHERE c."shopId" = $1 LIMIT 5`,
    [shop?.id],
  );
  for (const [position, line] of lines.entries()) {
    await database.rows(
      `INSERT INTO "SwapOption" (id, "shopId", "variantId", "productId", title, position) VALUES ($1, $2, $3, $4, $5, $6)`,
      [randomUUID(), shop?.id, line.variantId, line.productId, line.title, position],
    );
  }
  await database.rows(
    `INSERT INTO "LinePreference" (id, "shopId", key, "labelEn", "labelNb", options, position)
     VALUES ($1, $2, 'Grind', 'Grind', 'Maling', '{Whole,Filter,Espresso}', 0)`,
    [randomUUID(), shop?.id],
  );
}

const bothViews = (act: (view: View) => Promise<void>) => Promise.all(views.map(act));

/** The dialog: what is in it is beside the native element that shows it, so the element itself is asked. */
const dialog = ({ frame }: Pick<View, "frame">): Locator => frame.locator("s-modal");
const primary = (view: Pick<View, "frame">): Locator => dialog(view).locator("button.primary").first();

async function picture(view: View, name: string, documented?: string): Promise<void> {
  await expectNoSidewaysScroll(view.page);
  const file = `${name}-${view.language}`;
  await takePicture(view.page, file, DOCUMENTED.includes(file) ? file : documented);
}

async function look(view: View, name: string): Promise<void> {
  await picture(view, name, view.language === "nb" ? `pages/${name}` : undefined);
  await expectAccessible(view.page);
}

/** The subscription's page, read afresh. */
async function open(view: View): Promise<void> {
  await view.page.goto(`${view.origin}/pages/subscriptions`);
  await view.frame
    .getByRole("link", { name: new RegExp(`^${WORDS[view.language].manage} `) })
    .first()
    .click();
  await view.frame.getByRole("heading", { level: 1 }).waitFor();
  await view.frame.locator("s-badge").first().waitFor();
}

/** Opens the dialog by the first button of that name. */
async function begin(view: View, name: string): Promise<void> {
  await view.frame
    .getByRole("button", { name: new RegExp(`^${name}(:|$)`) })
    .first()
    .click();
  await dialog(view).locator("button").nth(1).waitFor();
}

/** From the exact effect to the receipt, which alone has no button to confirm with. */
async function confirm(view: View): Promise<void> {
  await dialog(view).locator('s-stack[role="status"] s-paragraph').first().waitFor();
  await primary(view).click();
  await receipt(view);
}

async function receipt(view: View): Promise<void> {
  const said = dialog(view).locator('s-banner, s-stack[role="status"] s-paragraph').first();
  await expect
    .poll(async () => (await primary(view).count()) === 0 && (await said.count()) > 0, { timeout: 20_000 })
    .toBe(true);
  // A problem is a banner: then its words are the failure's.
  const problem = dialog(view).locator("s-banner");
  if (await problem.count()) expect(await problem.innerText()).toBe("a receipt");
}

const next = (view: View) => primary(view).click();

const skippedNow = async (view: View): Promise<number> =>
  (await contractNow(view)).billingCycles.filter(({ skipped }) => skipped).length;

const chooseAnother = (view: View) =>
  dialog(view).locator("s-choice-list input:not(:checked):not(:disabled)").first().click();

type Name = keyof (typeof WORDS)["nb"];

/** Every action that begins on the subscription's page: how its form is filled in, if it has one. */
const ACTIONS: readonly [name: Name, fill: ((view: View) => Promise<unknown>) | null][] = [
  ["skip", null],
  ["unskip", null],
  [
    "move",
    async (view) => {
      const field = dialog(view).locator("input[type=date]");
      await field.fill((await field.getAttribute("max")) ?? "");
    },
  ],
  ["frequency", chooseAnother],
  ["quantity", (view) => dialog(view).locator("input[type=number]").fill("3")],
  ["preferences", (view) => dialog(view).locator("select").selectOption("Filter")],
  ["swap", chooseAnother],
  ["addOneOff", chooseAnother],
  ["remove", null],
  ["addLine", chooseAnother],
  ["address", (view) => dialog(view).locator("input[autocomplete=address-line1]").fill("Bakkegata 2")],
  ["delivery", (view) => dialog(view).locator('s-choice-list input[value^="pickup:"]').first().click()],
  ["payment", null],
  [
    "pause",
    async (view) => {
      await dialog(view).locator("input[value=open]").check();
    },
  ],
  ["resume", null],
];

describe("in customer accounts a shopper", () => {
  test("finds their subscriptions, and one with all about it", async () => {
    await bothViews(async (view) => {
      await view.page.goto(`${view.origin}/pages/subscriptions`);
      await view.frame.locator("s-badge").first().waitFor();
      await look(view, "account-list");
      await open(view);
      await look(view, "account-subscription");
      // The next six deliveries, each with a date and what it costs.
      expect(
        await view.frame.locator('s-stack[role="listitem"]', { hasText: /kr|NOK/ }).count(),
      ).toBeGreaterThanOrEqual(6);
      // The browser's own way back leads to the list.
      await view.page.goBack();
      await view.frame
        .getByRole("link", { name: new RegExp(`^${WORDS[view.language].manage} `) })
        .first()
        .waitFor();
    });
  });

  for (const [name, fill] of ACTIONS) {
    test(`goes through ${name} by its exact effect to a receipt`, async () => {
      await bothViews(async (view) => {
        await open(view);
        await begin(view, WORDS[view.language][name]);
        if (fill) {
          await fill(view);
          await look(view, `account-${name}-form`);
          await next(view);
        }
        await dialog(view).locator('s-stack[role="status"] s-paragraph').first().waitFor();
        if (name === "skip") await look(view, "account-preview");
        await confirm(view);
        if (name === "skip") await look(view, "account-receipt");
        else await picture(view, `account-${name}-receipt`);
      });
      await demo.settle();
    });
  }

  test("takes back what was just done", async () => {
    await bothViews(async (view) => {
      await open(view);
      await begin(view, WORDS[view.language].skip);
      await confirm(view);
      expect((await contractNow(view)).billingCycles.some(({ skipped }) => skipped)).toBe(true);
      const before = await skippedNow(view);
      await dialog(view).locator("button").last().click();
      await expect.poll(() => skippedNow(view)).toBe(before - 1);
    });
  });

  test("is told in plain words when a code is no good, and nothing has changed", async () => {
    await bothViews(async (view) => {
      await open(view);
      await begin(view, WORDS[view.language].code);
      await dialog(view).locator("input").fill("NONSENSE");
      await next(view);
      await dialog(view).locator("s-banner").first().waitFor();
      await look(view, "account-problem");
    });
  });

  test("sees a failing payment on top of the list, with what helps", async () => {
    await bothViews(async (view) => {
      await view.page.goto(`${view.origin}/pages/subscriptions`);
      await view.frame.locator("s-badge").first().waitFor();
      expect(await view.frame.locator("s-banner").count()).toBe(0);
    });
  });

  test("finds the subscription from its order and from the profile", async () => {
    await bothViews(async (view) => {
      const orders = await demo.list<Order>("orders");
      const order = orders.findLast(({ contractId }) => contractId === view.contract.id);
      await view.page.goto(`${view.origin}/orders/${order?.id ?? ""}`);
      const block = view.page.frameLocator('iframe[src*="order-status.block"]');
      await block.getByRole("heading").waitFor();
      const item = view.page
        .frameLocator('iframe[src*="menu-item"]')
        .getByRole("link", { name: WORDS[view.language].menu });
      await item.waitFor();
      await look(view, "account-order");
      await item.click();
      await view.frame.locator("s-badge").first().waitFor();
      expect(view.page.url()).toMatch(/\/pages\/subscriptions\/subscription\/[0-9a-f-]{36}$/);
      await view.page.goto(`${view.origin}/profile`);
      await view.page.frameLocator("iframe.block").getByRole("link").first().waitFor();
      await look(view, "account-profile");
    });
  });

  test("leaves within three clicks, the one offer being as easy to pass by as to take", async () => {
    await bothViews(async (view) => {
      await open(view);
      // One.
      await begin(view, WORDS[view.language].cancel);
      await dialog(view).locator('input[value="DONT_NEED"]').check();
      await look(view, "account-reasons");
      // Two.
      await next(view);
      await dialog(view).locator("s-section").waitFor();
      await look(view, "account-offer");
      const [accept, leave] = [primary(view), dialog(view).locator("button.primary").nth(1)];
      const weight = (element: Element) => {
        const { fontSize, color, backgroundColor, borderWidth, fontWeight } = getComputedStyle(element);
        return [fontSize, color, backgroundColor, borderWidth, fontWeight];
      };
      expect(await leave.evaluate(weight)).toEqual(await accept.evaluate(weight));
      // Three.
      await leave.click();
      await receipt(view);
      await look(view, "account-cancelled");
      expect((await contractNow(view)).status).toBe("CANCELLED");
    });
    await demo.settle();
  });

  test("begins anew with a new agreement", async () => {
    await bothViews(async (view) => {
      await open(view);
      await begin(view, WORDS[view.language].restart);
      await dialog(view).locator('s-stack[role="status"] s-paragraph').first().waitFor();
      // Without the tick nothing begins, and the box says so.
      await primary(view).click();
      await dialog(view).getByRole("checkbox", { description: /\w/ }).waitFor();
      await look(view, "account-restart");
      await dialog(view).getByRole("checkbox").check();
      await confirm(view);
    });
    await demo.settle();
    const contracts = await demo.list<Contract>("contracts");
    for (const { contract } of views) {
      const theirs = contracts.filter(({ customer, id }) => customer.id === contract.customer.id && id !== contract.id);
      expect(theirs.some(({ status }) => status === "ACTIVE")).toBe(true);
    }
  });

  test("gets the card mail that they asked for", async () => {
    const mails = await demo.list<Mail>("mail");
    for (const { contract } of views) expect(mails.some(({ to }) => to === contract.customer.email)).toBe(true);
  });
});

test("an extension that stands in its frame reads no cookie and no page of the account", async () => {
  const [view] = views;
  if (!view) throw new Error("Nobody is signed in.");
  await open(view);
  const frame = view.page.frames().find((one) => one.url().includes("/_extension/"));
  const origin = await frame?.evaluate(() => window.origin);
  expect(origin).toBe("null");
});

test("nothing was wrong in the browser's eyes", () => {
  // A refused code answers 409, which browsers note.
  expect(browser.complaints.filter((line) => !/status of 409/.test(line))).toEqual([]);
});
