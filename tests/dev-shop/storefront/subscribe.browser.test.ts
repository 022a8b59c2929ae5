import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../../e2e/browser";
import { startStorefront, wares } from "./test-kit";
import type { Storefront } from "./test-kit";

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

/** A visitor's page; `prepare` runs before anything is loaded. */
async function open(
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
}

const fjellbris = () => {
  const { planByWeeks } = wares(storefront.shop, "fjellbris");
  const product = Object.values(storefront.shop.products).find(({ handle }) => handle === "fjellbris");
  const [small = "", , large = ""] = product?.variantIds ?? [];
  return { small, large, everyTwoWeeks: planByWeeks[2] ?? "" };
};

const cartLine = async (page: Page) => {
  const answer = await page.request.get(`${storefront.origin}/cart.js`);
  const cart = (await answer.json()) as {
    items: { id: number; selling_plan_allocation?: { selling_plan: { id: number } } }[];
  };
  const [line] = cart.items;
  return { variant: String(line?.id), plan: String(line?.selling_plan_allocation?.selling_plan.id) };
};

const choose = (page: Page, plan: string) => page.locator(`perennial-subscribe input[value="${plan}"]`).check();
const addToCart = async (page: Page) => {
  await page.locator("button[name=add]").click();
  await page.waitForURL("**/cart");
};
const announced = (page: Page) =>
  page.waitForFunction(() => document.querySelector("perennial-subscribe [role=status]")?.textContent !== "");

describe("the subscribe block in a browser", () => {
  it("posts the chosen plan without JavaScript", async () => {
    const { small, everyTwoWeeks } = fjellbris();
    const page = await open("/products/fjellbris", { javaScriptEnabled: false });
    await choose(page, everyTwoWeeks);
    await addToCart(page);
    expect(await cartLine(page)).toEqual({ variant: small, plan: everyTwoWeeks });
  });

  it("is chosen with the keyboard alone, and has nothing for axe to complain about", async () => {
    const page = await open("/products/fjellbris");
    await page.locator("perennial-subscribe input:checked").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await page.locator("perennial-subscribe input:checked").getAttribute("value")).toBe(
      fjellbris().everyTwoWeeks,
    );
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  });

  it("asks the shop for nothing when the page loads or the variant changes, and keeps the choice", async () => {
    const { large, everyTwoWeeks } = fjellbris();
    const fetched: string[] = [];
    const page = await open("/products/fjellbris", {}, async (fresh) => {
      fresh.on("request", (request) => {
        if (request.resourceType() === "fetch") fetched.push(request.url());
      });
    });
    await page.waitForLoadState("networkidle");
    expect(fetched).toEqual([]);
    await choose(page, everyTwoWeeks);
    await page.locator(`[data-variant="${large}"]`, { hasText: "1 kg" }).click();
    await announced(page);
    // The theme's own, and no other.
    expect(fetched).toHaveLength(1);
    expect(await page.locator("perennial-subscribe").innerText()).toContain("476,10 kr");
    await addToCart(page);
    expect(await cartLine(page)).toEqual({ variant: large, plan: everyTwoWeeks });
  });
});

describe("themes that announce a variant in another way", () => {
  /** The page without our theme's own script, and a Dawn-like publisher if one is wanted. */
  const inOtherTheme = (dawn: boolean) => async (page: Page) => {
    await page.route("**/variants.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
    if (!dawn) return;
    await page.addInitScript(() => {
      Object.assign(window, {
        PUB_SUB_EVENTS: { variantChange: "variant-change" },
        subscribe: (_event: string, listener: (message: unknown) => void) => {
          Object.assign(window, { publish: listener });
          return () => undefined;
        },
      });
    });
  };
  const lastFetches = (page: Page): string[] => {
    const fetched: string[] = [];
    page.on("request", (request) => {
      if (request.resourceType() === "fetch") fetched.push(request.url());
    });
    return fetched;
  };

  it.each(["Dawn", "Horizon 1 to 3"])("%s: takes the options from what the theme fetched", async (theme) => {
    const { large } = fjellbris();
    const page = await open("/products/fjellbris", {}, inOtherTheme(theme === "Dawn"));
    const fetched = lastFetches(page);
    await page.evaluate(
      async ([variant, kind]) => {
        const host = document.querySelector<HTMLElement>("perennial-subscribe");
        const sectionId = host?.dataset["section"];
        const answer = await fetch(`${location.pathname}?section_id=${sectionId}&variant=${variant}`);
        const html = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (kind === "Dawn") {
          const { publish } = window as Window & { publish?: (message: unknown) => void };
          publish?.({ data: { sectionId, html, variant: { id: variant } } });
        } else {
          const detail = { data: { html }, resource: { id: variant } };
          host?.dispatchEvent(new CustomEvent("variant:update", { bubbles: true, detail }));
        }
      },
      [large, theme] as const,
    );
    await announced(page);
    expect(await page.locator("perennial-subscribe").innerText()).toContain("476,10 kr");
    expect(fetched).toHaveLength(1);
  });

  it("any other: hears the form's field and fetches the section once", async () => {
    const { large } = fjellbris();
    const page = await open("/products/fjellbris", {}, inOtherTheme(false));
    const fetched = lastFetches(page);
    await page.evaluate((variant) => {
      const field = document.querySelector<HTMLInputElement>("form input[name=id]");
      if (!field) throw new Error("The product form has no id field");
      field.value = variant;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }, large);
    await announced(page);
    expect(await page.locator("perennial-subscribe").innerText()).toContain("476,10 kr");
    expect(fetched).toHaveLength(1);
  });
});
