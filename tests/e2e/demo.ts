import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject } from "vitest";

import { launchBrowser } from "./browser";

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface Attempt {
  id: string;
  contractId: string;
  cycleIndex: number | null;
  idempotencyKey: string;
  state: string;
  errorCode: string | null;
  orderId: string | null;
  origin: string;
}

export interface Order {
  id: string;
  contractId: string | null;
  cycleIndex: number | null;
  total: string;
  createdAt: string;
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

export interface Contract {
  id: string;
  status: string;
  customer: { id: string; email: string | null };
  lines: { variantId: string; sellingPlanId: string | null }[];
  billingCycles: { cycleIndex: number; billingAttemptExpectedDate: string; status: string; skipped: boolean }[];
}

export interface State {
  now: string;
  shops: string[];
  counts: Record<"contracts" | "attempts" | "orders" | "webhooks" | "calls", number>;
}

/** An answer that is not 2xx, with the control API's sentence. */
export class ControlRefusal extends Error {
  constructor(
    readonly status: number,
    readonly sentence: string,
  ) {
    super(`${status} ${sentence}`);
  }
}

/** The running demo as people and outside tools meet it: pages by browser, everything else by the control API. */
export class DemoClient {
  readonly origin: string;
  readonly storefront: string;

  /**
   * @param shop whose records and settings the calls are about
   * @param port where the stand-in listens; default: that of the demo which all files share
   */
  constructor(
    readonly shop = "kaffebonna",
    private readonly port = inject("demo").port,
  ) {
    this.origin = `http://localhost:${port}`;
    this.storefront = `http://${shop}.localhost:${port}`;
  }

  /** A page of the app in this shop's admin. */
  admin(path: string): string {
    return `${this.origin}/store/${this.shop}/apps/perennial${path}`;
  }

  async get<Answer>(pathname: string): Promise<Answer> {
    return this.call<Answer>(pathname, { method: "GET" });
  }

  async post<Answer>(pathname: string, body: object = {}): Promise<Answer> {
    return this.call<Answer>(pathname, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /** Every record of a list, oldest first. */
  async list<Item>(name: "orders" | "attempts" | "contracts" | "mail" | "webhooks" | "calls"): Promise<Item[]> {
    const items: Item[] = [];
    for (let after: string | null = ""; after !== null;) {
      const page: { items: Item[]; after: string | null } = await this.get(
        `/${name}?limit=500${after ? `&after=${after}` : ""}`,
      );
      items.push(...page.items);
      after = page.after;
    }
    return items;
  }

  async now(): Promise<string> {
    return (await this.get<State>("/state")).now;
  }

  /** Moves the clock to an instant, through everything that is due before it. */
  async moveTo(instant: string): Promise<void> {
    await this.post("/clock", { set: instant, settle: true });
  }

  /** Stays at the present moment until webhooks and jobs are quiet. */
  async settle(): Promise<void> {
    await this.advance("PT0S");
  }

  /** @param duration ISO 8601 */
  async advance(duration: string): Promise<void> {
    await this.post("/clock", { advance: duration, settle: true });
  }

  private async call<Answer>(pathname: string, init: RequestInit): Promise<Answer> {
    const url = new URL(`http://127.0.0.1:${this.port}/_control${pathname}`);
    url.searchParams.set("shop", this.shop);
    const response = await fetch(url, init);
    const answer = (await response.json()) as Answer & { error?: string };
    if (!response.ok) throw new ControlRefusal(response.status, `${pathname}: ${answer.error ?? ""}`);
    return answer;
  }
}

/** A browser for the calling file; what its pages complain of in the console fails the test that reads `complaints`. */
export function useBrowser() {
  let browser: Browser;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  return {
    complaints,
    async open(options: { viewport?: { width: number; height: number }; javaScript?: boolean } = {}): Promise<Page> {
      const context: BrowserContext = await browser.newContext({
        viewport: options.viewport ?? DESKTOP,
        locale: "nb-NO",
        // Shopify's library turns away what calls itself headless, as it does crawlers.
        userAgent: browserName(browser.version()),
        javaScriptEnabled: options.javaScript ?? true,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(45_000);
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(`${page.url()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
      return page;
    },
  };
}

const browserName = (version: string) =>
  `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`;

/** The app inside the admin's frame. */
export const appFrame = (page: Page): FrameLocator => page.frameLocator("iframe#app");

/** No serious accessibility offence on the page, frames included. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual(
    [],
  );
}

/** The page is not wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, screen } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    screen: window.innerWidth,
  }));
  expect(content).toBeLessThanOrEqual(screen);
}
