import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchBrowser } from "../../e2e/browser";
import { startStorefront, wares } from "./test-kit";
import type { Storefront } from "./test-kit";

export const THEMES = ["classic", "standard"] as const;
export type ThemeName = (typeof THEMES)[number];

/** A storefront and a browser for the calling file; what a test opens is closed after it. */
export function useStorefront() {
  let storefront: Storefront;
  let browser: Browser;
  const opened: Page[] = [];
  beforeAll(async () => {
    [storefront, browser] = await Promise.all([startStorefront(), launchBrowser()]);
  });
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.context().close();
  });
  afterAll(async () => {
    await browser.close();
    await storefront.stop();
  });
  return {
    get shop() {
      return storefront.shop;
    },
    get origin() {
      return storefront.origin;
    },
    /** A visitor's page on a phone; `prepare` runs before anything is loaded. */
    async open(
      path: string,
      options: BrowserContextOptions = {},
      prepare?: (page: Page) => Promise<void>,
    ): Promise<Page> {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
      const page = await context.newPage();
      opened.push(page);
      await prepare?.(page);
      await page.goto(storefront.origin + path);
      return page;
    },
    /** The coffee that most tests buy: its first variant of each size, and a plan. */
    fjellbris() {
      const { planByWeeks } = wares(storefront.shop, "fjellbris");
      const product = Object.values(storefront.shop.products).find(({ handle }) => handle === "fjellbris");
      const [small = "", , large = ""] = product?.variantIds ?? [];
      return { small, large, everyWeek: planByWeeks[1] ?? "", everyTwoWeeks: planByWeeks[2] ?? "" };
    },
    async cartLines(page: Page): Promise<{ variant: string; plan: string | null; quantity: number }[]> {
      const answer = await page.request.get(`${storefront.origin}/cart.js`);
      const cart = (await answer.json()) as {
        items: { variant_id: number; quantity: number; selling_plan_allocation?: { selling_plan: { id: number } } }[];
      };
      return cart.items.map((line) => ({
        variant: String(line.variant_id),
        plan: line.selling_plan_allocation ? String(line.selling_plan_allocation.selling_plan.id) : null,
        quantity: line.quantity,
      }));
    },
  };
}

/** Sums up every layout shift; stricter than Core Web Vitals, which forgive what follows an input within 500 ms. */
export const watchShifts = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const counted = { shifts: 0 };
    Object.assign(window, { counted });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) counted.shifts += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
export const shifts = (page: Page): Promise<number> =>
  page.evaluate(() => (window as Window & { counted?: { shifts: number } }).counted?.shifts ?? -1);

/** Addresses that the page fetches from now on. */
export function fetchesOf(page: Page): string[] {
  const fetched: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "fetch") fetched.push(request.url());
  });
  return fetched;
}

/** Nothing for axe, nothing wider than the screen, no id given twice. */
export async function expectSound(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  const { content, screen, ids } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    screen: window.innerWidth,
    ids: [...document.querySelectorAll("[id]")].map((element) => element.getAttribute("id")),
  }));
  expect(content).toBeLessThanOrEqual(screen);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
}
