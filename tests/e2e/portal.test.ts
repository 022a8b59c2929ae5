import { randomUUID } from "node:crypto";

import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";

import { useDatabase } from "./database";
import { DemoClient, DESKTOP, expectAccessible, expectNoSidewaysScroll, PHONE, useBrowser } from "./demo";
import type { Contract, Mail } from "./demo";
import { takePicture } from "./pictures";

/**
 * The portal in the storefront, every action of it, with scripts off: in both languages, on a phone and on a desk, from
 * the subscription's page by the exact effect to the receipt. With PICTURES=1 a picture of every page lies in
 * .cache/pictures afterwards.
 */
/** Of these as much as a screen shows is taken for the documentation. */
const DOCUMENTED: Partial<Record<string, string>> = {
  "portal-one-nb-phone": "portal-subscription-phone",
  "portal-offer-nb-phone": "portal-leaving-phone",
  "portal-skip-preview-en-desk": "portal-preview",
};
const SHOPS = { nb: "kaffebonna", en: "hudpleie" } as const;
type Language = keyof typeof SHOPS;
const WORDS = {
  nb: { cancelled: "Avsluttet", mailed: "Se i innboksen", sendLink: "Send meg en lenke" },
  en: { cancelled: "Cancelled", mailed: "Look in your mailbox", sendLink: "Send me a link" },
};

interface View {
  language: Language;
  demo: DemoClient;
  /** Scripts off: what shoppers see. */
  page: Page;
  /** Scripts on: axe looks at the same page here. */
  checker: Page;
  contract: Contract;
  /** Of our own: the subscription's page. */
  address: string;
  /** The wall clock's second of the last change: Shopify signs by the second, and one signature changes one thing. */
  changedAt: number;
}

const browser = useBrowser();
const database = useDatabase();
const views: View[] = [];

/** The button of the form that asks for this step. */
const stepButton = (page: Page, step: string, within = ".perennial") =>
  page.locator(`${within} form:has(input[name=step][value=${step}]) button`).first();

const wayTo = (page: Page, kind: string) => page.locator(`.perennial a[href*="/${kind}"]`).first();

beforeAll(async () => {
  await new DemoClient().post("/shops", { scenario: SHOPS.en });
  for (const language of ["nb", "en"] as const) {
    const demo = new DemoClient(SHOPS[language]);
    const active = (await demo.list<Contract>("contracts")).filter(({ status }) => status === "ACTIVE");
    const [contract] = active;
    if (!contract) throw new Error(`${demo.shop} has no subscribers.`);
    await offerThings(demo.shop, active);
    const [row] = await database.rows<{ id: string }>(
      `SELECT c.id FROM "SubscriptionContract" c WHERE c."shopifyId" = $1`,
      [`gid://shopify/SubscriptionContract/${contract.id}`],
    );
    const page = await browser.open({ javaScript: false, viewport: PHONE });
    const { url } = await demo.post<{ url: string }>(`/customers/${contract.customer.id}/login`);
    await page.goto(url);
    views.push({
      language,
      demo,
      page,
      checker: await browser.open({ viewport: PHONE }),
      contract,
      address: `${demo.storefront}/apps/perennial/s/${row?.id ?? ""}`,
      changedAt: 0,
    });
  }
});

/** What the merchant lets shoppers swap to, add, and say about a line. */
async function offerThings(shop: string, contracts: readonly Contract[]): Promise<void> {
  const [row] = await database.rows<{ id: string }>(`SELECT id FROM "Shop" WHERE domain = $1`, [
    `${shop}.myshopify.com`,
  ]);
  const lines = await database.rows<{ variantId: string; productId: string; title: string; imageUrl: string | null }>(
    `SELECT DISTINCT ON (l."variantId") l."variantId", l."productId", l.title, l."imageUrl"
     FROM "SubscriptionLine" l JOIN "SubscriptionContract" c ON c.id = l."contractId" WHERE c."shopId" = $1 LIMIT 5`,
    [row?.id],
  );
  expect(contracts.length).toBeGreaterThan(0);
  for (const [position, line] of lines.entries()) {
    await database.rows(
      `INSERT INTO "SwapOption" (id, "shopId", "variantId", "productId", title, "imageUrl", position)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [randomUUID(), row?.id, line.variantId, line.productId, line.title, line.imageUrl, position],
    );
  }
  await database.rows(
    `INSERT INTO "LinePreference" (id, "shopId", key, "labelEn", "labelNb", options, position)
     VALUES ($1, $2, 'Grind', 'Grind', 'Maling', '{Whole,Filter,Espresso}', 0), ($3, $2, 'Note', 'Note', 'Beskjed', '{}', 1)`,
    [randomUUID(), row?.id, randomUUID()],
  );
}

/** Looks at a page as it stands, on a phone and on a desk. @param thoroughly with axe and a ruler too */
async function look(view: View, name: string, thoroughly = true): Promise<void> {
  const { page, checker, language } = view;
  for (const [width, size] of [
    ["phone", PHONE],
    ["desk", DESKTOP],
  ] as const) {
    await page.setViewportSize(size);
    await expectNoSidewaysScroll(page);
    const file = `${name}-${language}-${width}`;
    const documented = thoroughly && language === "nb" && width === "phone" ? `pages/${name}` : undefined;
    await takePicture(page, file, DOCUMENTED[file] ?? documented);
  }
  await page.setViewportSize(PHONE);
  if (!thoroughly) return;
  // Where no script runs axe can't either: the same page, where they do.
  await checker.goto(`${view.demo.storefront}/apps/perennial/nothing-here`);
  await checker.setContent((await page.content()).replaceAll(/<script[\s\S]*?<\/script>/g, ""));
  await expectAccessible(checker);
  expect(await smallTargets(checker), "smaller than 44 px on a phone").toEqual([]);
}

/** What a thumb would miss: links within a sentence aside, as WCAG has it. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".perennial :is(a, button, summary, select, input:not([type=hidden]))")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => {
        const inSentence = getComputedStyle(element).display === "inline" && element.closest("p, td, dd, small");
        const { height, width } = (element.closest("label") ?? element).getBoundingClientRect();
        return !inSentence && width > 1 && height < 43.5;
      })
      .map((element) => `${element.tagName.toLowerCase()} ${(element.textContent || element.id).trim()}`),
  );

const bothViews = (act: (view: View) => Promise<void>) => Promise.all(views.map(act));

/** Presses a button that changes something, in a second of its own. */
async function change(view: View, button: ReturnType<typeof stepButton>): Promise<void> {
  const second = () => Math.floor(Date.now() / 1000);
  await expect.poll(second, { interval: 50 }).toBeGreaterThan(view.changedAt);
  await button.click();
  await view.page.locator(".perennial-notice[role=status]").waitFor();
  view.changedAt = second();
}

type Fill = (page: Page) => Promise<unknown>;

const chooseAnother =
  (name: string): Fill =>
  async (page) => {
    const free = page.locator(`input[name="${name}"]:not(:checked):not(:disabled)`).first();
    await free.check();
  };

/** Every action that begins on the subscription's page: how its form is filled in, if it has one. */
const ACTIONS: readonly [kind: string, fill: Fill | null, only?: Language][] = [
  ["skip", null],
  ["unskip", null],
  ["move", async (page) => page.fill("[name=day]", (await page.locator("[name=day]").getAttribute("min")) ?? "")],
  ["frequency", chooseAnother("sellingPlan")],
  ["quantity", (page) => page.fill("[name=quantity]", "3")],
  ["preferences", (page) => page.selectOption("select", "Filter")],
  ["swap", chooseAnother("variant")],
  ["add-one-off", chooseAnother("variant")],
  ["remove-one-off", null],
  ["add-line", chooseAnother("variant")],
  ["remove-line", null],
  ["address", (page) => page.fill("[name=address1]", "Bakkegata 2")],
  // The other shop knows one way alone.
  ["delivery-method", (page) => page.locator('input[name=code][value^="pickup:"]').first().check(), "nb"],
  ["payment-method", null],
  ["pause", (page) => page.locator("[name=length][value=open]").check()],
  ["resume", null],
];

describe("without scripts a shopper", () => {
  test("finds their subscriptions, and one with all about it", async () => {
    await bothViews(async (view) => {
      await view.page.goto(`${view.demo.storefront}/apps/perennial`);
      await look(view, "portal-list");
      await view.page.goto(view.address);
      await look(view, "portal-one");
    });
  });

  for (const [kind, fill, only] of ACTIONS) {
    test(`goes through ${kind} by its exact effect to a receipt`, async () => {
      await bothViews(async (view) => {
        if (only && only !== view.language) return;
        const { page, address } = view;
        await page.goto(address);
        await wayTo(page, kind).click();
        if (fill) {
          await fill(page);
          await look(view, `portal-${kind}-form`);
          await stepButton(page, "preview").click();
        }
        await stepButton(page, "perform").waitFor();
        await look(view, `portal-${kind}-preview`, kind === "skip");
        await change(view, stepButton(page, "perform"));
        await look(view, `portal-${kind}-receipt`, kind === "skip");
        await view.demo.settle();
      });
    });
  }

  test("takes back what was just done", async () => {
    await bothViews(async (view) => {
      const { page, address } = view;
      await page.goto(address);
      await wayTo(page, "skip").click();
      await change(view, stepButton(page, "perform"));
      await change(view, stepButton(page, "perform", ".perennial-undo"));
    });
  });

  test("is told beside the field what is wrong with it", async () => {
    await bothViews(async (view) => {
      await view.page.goto(`${view.address}/discount-code`);
      await view.page.fill("[name=code]", "NONSENSE");
      await stepButton(view.page, "preview").click();
      await view.page.locator("[role=alert]").first().waitFor();
      await look(view, "portal-code-wrong");
    });
  });

  test("leaves within three clicks, the one offer being as easy to pass by as to take", async () => {
    await bothViews(async (view) => {
      const { page, language } = view;
      await page.goto(view.address);
      await stepButton(page, "leave").click();
      await page.locator("input[name=reason][value=TOO_MUCH]").check();
      await look(view, "portal-reasons");
      await stepButton(page, "reason").click();
      const out = page.locator(`form[action*="/cancel"] button`);
      await out.waitFor();
      await look(view, "portal-offer");
      const offer = page.locator(`form[action*="/accept-offer"] button`);
      if (await offer.count()) {
        const look_ = (element: Element) => {
          const { fontSize, color, backgroundColor, borderWidth, fontWeight } = getComputedStyle(element);
          return [fontSize, color, backgroundColor, borderWidth, fontWeight];
        };
        expect(await out.evaluate(look_)).toEqual(await offer.evaluate(look_));
      }
      await change(view, out);
      await look(view, "portal-cancelled");
      await view.demo.settle();
      await page.goto(view.address);
      await page.getByText(WORDS[language].cancelled).first().waitFor();
      await look(view, "portal-ended");
    });
  });

  test("begins anew with a new agreement", async () => {
    await bothViews(async (view) => {
      const { page } = view;
      await page.goto(view.address);
      await wayTo(page, "restart").click();
      await look(view, "portal-restart-preview");
      await page.locator("[name=consent]").check();
      await change(view, stepButton(page, "perform"));
      await look(view, "portal-restart-receipt");
    });
  });
});

test("whoever has not signed in gets in by a link from an e-mail, once", async () => {
  await bothViews(async (view) => {
    const { demo, language } = view;
    const words = WORDS[language];
    const page = await browser.open({ javaScript: false, viewport: PHONE });
    const guest: View = { ...view, page };
    const portal = `${demo.storefront}/apps/perennial${language === "en" ? "?locale=en" : ""}`;
    await page.goto(portal);
    await look(guest, "portal-sign-in");
    await page.fill("[name=email]", view.contract.customer.email ?? "");
    await page.getByRole("button", { name: words.sendLink }).click();
    await page.getByRole("heading", { name: words.mailed }).waitFor();
    await look(guest, "portal-mailed");
    const link = async () =>
      (await demo.list<Mail>("mail"))
        .filter(({ to }) => to === view.contract.customer.email)
        .map(({ text }) => /https?:\/\/\S+\/link\/\S+/.exec(text)?.[0])
        .at(-1);
    await expect.poll(link, { timeout: 45_000 }).toBeTruthy();
    const address = (await link()) ?? "";
    await page.goto(address);
    await look(guest, "portal-link");
    await stepButton(page, "open").click();
    await page.locator("article").first().waitFor();
    expect(page.url()).not.toContain("session");
    // Every click takes the session along in the body of a form.
    await page.locator(".perennial-card form.perennial-go button").first().click();
    await page.locator(".perennial-facts").waitFor();
    await look(guest, "portal-by-mail");
    await page.goto(address);
    await look(guest, "portal-link-ended");
    expect(await stepButton(page, "fresh").count()).toBe(1);
    await page.context().close();
  });
});

test("nothing was wrong in the browser's eyes", () => {
  expect(browser.complaints.filter((line) => !/40[0-9]|41\d|422/.test(line))).toEqual([]);
});
