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

const THEMES = ["classic", "standard"] as const;
type ThemeName = (typeof THEMES)[number];

const fjellbris = () => {
  const { planByWeeks } = wares(storefront.shop, "fjellbris");
  const product = Object.values(storefront.shop.products).find(({ handle }) => handle === "fjellbris");
  const [small = "", , large = ""] = product?.variantIds ?? [];
  return { small, large, everyTwoWeeks: planByWeeks[2] ?? "" };
};

const cartLines = async (page: Page) => {
  const answer = await page.request.get(`${storefront.origin}/cart.js`);
  const cart = (await answer.json()) as {
    items: { variant_id: number; selling_plan_allocation?: { selling_plan: { id: number } } }[];
  };
  return cart.items.map((line) => ({
    variant: String(line.variant_id),
    plan: line.selling_plan_allocation ? String(line.selling_plan_allocation.selling_plan.id) : null,
  }));
};

/** The block of the page's own product; a page may have another for a featured one. */
const widget = (page: Page) => page.locator("perennial-subscribe").first();
const choose = (page: Page, plan: string) => widget(page).locator(`input[value="${plan}"]`).check();

/** Each theme's own way of putting a thing in the cart, and of changing the variant. */
const habits: Record<ThemeName, { add(page: Page): Promise<void>; pick(page: Page, variant: string): Promise<void> }> =
  {
    classic: {
      add: async (page) => {
        await page.locator(".buy button[name=add]").click();
        await page.waitForURL("**/cart");
      },
      pick: async (page, variant) => {
        await page.locator(`[data-variant="${variant}"]`, { hasText: "1 kg" }).click();
      },
    },
    standard: {
      add: async (page) => {
        await page.locator(".buy button[name=add]").first().click();
        await page.locator(".info__added a").first().waitFor();
      },
      pick: async (page, variant) => {
        await page.locator(`input[data-variant="${variant}"][value="1 kg"]`).check();
      },
    },
  };
const announced = (page: Page) =>
  page.waitForFunction(() => document.querySelector("perennial-subscribe [role=status]")?.textContent !== "");

const fetchesOf = (page: Page): string[] => {
  const fetched: string[] = [];
  page.on("request", (request) => {
    if (request.resourceType() === "fetch") fetched.push(request.url());
  });
  return fetched;
};

describe.each(THEMES)("the subscribe block in the %s theme", (theme) => {
  const product = (handle = "fjellbris", query = "") => `/products/${handle}?preview_theme=${theme}${query}`;
  const { add, pick } = habits[theme];

  it("posts the chosen plan without JavaScript", async () => {
    const { small, everyTwoWeeks } = fjellbris();
    const page = await open(product(), { javaScriptEnabled: false });
    await choose(page, everyTwoWeeks);
    await page.locator(".buy button[name=add]").first().click();
    await page.waitForURL("**/cart");
    expect(await cartLines(page)).toEqual([{ variant: small, plan: everyTwoWeeks }]);
  });

  it("is chosen with the keyboard alone", async () => {
    const page = await open(product());
    const before = await page.evaluate(() => {
      const first = document.querySelector<HTMLInputElement>("perennial-subscribe input:checked");
      // From whatever comes before it, the tabulator leads to the chosen one.
      first?.focus();
      return document.activeElement === first;
    });
    expect(before).toBe(true);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await widget(page).locator("input:checked").getAttribute("value")).toBe(fjellbris().everyTwoWeeks);
    const outline = await page.evaluate(() => {
      const style = document.activeElement ? getComputedStyle(document.activeElement) : null;
      return style ? `${style.outlineStyle} ${style.outlineWidth}` : "";
    });
    expect(outline).not.toMatch(/^none|\b0px/);
  });

  it.each([390, 1280])("has nothing for axe to complain about and fits a screen of %i", async (width) => {
    for (const locale of ["nb", "en"]) {
      const page = await open(product("fjellbris", `&locale=${locale}`), { viewport: { width, height: 844 } });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const ids = await page.evaluate(() =>
        [...document.querySelectorAll("[id]")].map((element) => element.getAttribute("id")),
      );
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    }
  });

  it("asks the shop for nothing when the page loads or the variant changes, keeps the choice, and shifts nothing", async () => {
    const { large, everyTwoWeeks } = fjellbris();
    let fetched: string[] = [];
    const page = await open(product(), {}, async (fresh) => {
      fetched = fetchesOf(fresh);
      await watchShifts(fresh);
    });
    await page.waitForLoadState("networkidle");
    expect(fetched).toEqual([]);
    await choose(page, everyTwoWeeks);
    await pick(page, large);
    await announced(page);
    // The theme's own, and no other.
    expect(fetched).toHaveLength(1);
    expect(await widget(page).innerText()).toContain("476,10 kr");
    expect(await shifts(page)).toBe(0);
    await add(page);
    expect(await cartLines(page)).toEqual([{ variant: large, plan: everyTwoWeeks }]);
  });

  it("sends no script for a product without variants, and works there all the same", async () => {
    const { planByWeeks } = wares(storefront.shop, "manedens-kaffe");
    const scripts: string[] = [];
    const page = await open(product("manedens-kaffe"), {}, (fresh) => {
      fresh.on("request", (request) => {
        if (request.url().includes("/cdn/extension/") && request.resourceType() === "script")
          scripts.push(request.url());
      });
      return Promise.resolve();
    });
    await page.waitForLoadState("networkidle");
    // A featured product with variants further down brings the script for itself.
    const own = await page.evaluate(
      () => document.querySelector("perennial-subscribe")?.parentElement?.querySelectorAll("script").length,
    );
    expect(own).toBe(0);
    if (theme === "classic") expect(scripts).toEqual([]);
    await choose(page, planByWeeks[4] ?? "");
    await add(page);
    expect((await cartLines(page))[0]?.plan).toBe(planByWeeks[4]);
  });
});

/** Sums up what the browser counts as layout shift; as in Core Web Vitals, not what follows an input within 500 ms. */
const watchShifts = (page: Page) =>
  page.addInitScript(() => {
    Object.assign(window, { shifts: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) {
        Object.assign(window, { shifts: (window as Window & { shifts?: number }).shifts! + entry.value });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
const shifts = (page: Page) => page.evaluate(() => (window as Window & { shifts?: number }).shifts);

describe("forms of every habit", () => {
  it("gives the plan to a second form for the same variant, and to no form for another", async () => {
    const { small, everyTwoWeeks } = fjellbris();
    const page = await open("/products/fjellbris?preview_theme=standard");
    await choose(page, everyTwoWeeks);
    await page.locator(".bar button").click();
    await page.locator(".info__added a").first().waitFor();
    expect(await cartLines(page)).toEqual([{ variant: small, plan: everyTwoWeeks }]);
    // The featured product's block is a choice of its own.
    await page.locator(".buy button[name=add]").nth(1).click();
    await page.locator(".info__added a").nth(1).waitFor();
    expect((await cartLines(page))[0]?.plan).toBeNull();
  });

  it.each(THEMES)("finds the %s theme's form by itself when the merchant has set nothing", async (theme) => {
    const { small, everyTwoWeeks } = fjellbris();
    const page = await open(`/products/fjellbris?preview_theme=${theme}`, {}, async (fresh) => {
      await fresh.route("**/products/fjellbris?*", async (route) => {
        const answer = await route.fetch();
        // As if the setting named another theme's form.
        const body = (await answer.text()).replace(/form="(product-form|BuyButtons-ProductForm)-/g, 'form="nothing-');
        await route.fulfill({ response: answer, body });
      });
    });
    await choose(page, everyTwoWeeks);
    const forms = await widget(page)
      .locator("input:checked")
      .evaluate((input: HTMLInputElement) => input.form?.getAttribute("class"));
    expect(forms).toBe("buy");
    await habits[theme].add(page);
    expect(await cartLines(page)).toEqual([{ variant: small, plan: everyTwoWeeks }]);
  });
});

describe("themes that announce a variant in another way", () => {
  /** The page without our theme's own script, and a Dawn-like publisher if one is wanted. */
  const inOtherTheme = async (page: Page) => {
    for (const script of ["**/variants.js", "**/pubsub.js"]) {
      await page.route(script, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
    }
  };

  it.each(["Horizon 1 to 3", "standard events"])("%s: takes the options from what the theme fetched", async (theme) => {
    const { large } = fjellbris();
    const page = await open("/products/fjellbris", {}, inOtherTheme);
    const fetched = fetchesOf(page);
    await page.evaluate(
      async ([variant, kind]) => {
        const host = document.querySelector<HTMLElement>("perennial-subscribe");
        const sectionId = host?.closest(".shopify-section")?.id.replace("shopify-section-", "");
        const answer = await fetch(`${location.pathname}?section_id=${sectionId}&variant=${variant}`);
        const html = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (kind === "standard events") {
          const promise = Promise.resolve({ variant: { id: variant }, detail: { html } });
          host?.dispatchEvent(Object.assign(new Event("shopify:product:select", { bubbles: true }), { promise }));
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
    const page = await open("/products/fjellbris", {}, inOtherTheme);
    const fetched = fetchesOf(page);
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

  it("standard events without a page: fetches the section once, and a failed look-up changes nothing", async () => {
    const { large } = fjellbris();
    const page = await open("/products/fjellbris", {}, inOtherTheme);
    const fetched = fetchesOf(page);
    const select = (variant: string | null) =>
      page.evaluate((id) => {
        const promise = id ? Promise.resolve({ variant: { id } }) : Promise.reject(new Error("Nobody answered"));
        const event = Object.assign(new Event("shopify:product:select", { bubbles: true }), { promise });
        document.querySelector("perennial-subscribe")?.dispatchEvent(event);
      }, variant);
    await select(null);
    await select(`gid://shopify/ProductVariant/${large}`);
    await announced(page);
    expect(await widget(page).innerText()).toContain("476,10 kr");
    expect(fetched).toHaveLength(1);
  });

  it("the last of two changes wins, even if the first is answered later", async () => {
    const { small, large } = fjellbris();
    const page = await open("/products/fjellbris", {}, inOtherTheme);
    await page.route(`**/*variant=${large}`, async (route) => {
      await announced(page);
      await route.continue();
    });
    const answered = page.waitForResponse(`**/*variant=${large}`);
    await page.evaluate(
      (variants) => {
        for (const id of variants) {
          const promise = Promise.resolve({ variant: { id } });
          const event = Object.assign(new Event("shopify:product:select", { bubbles: true }), { promise });
          document.querySelector("perennial-subscribe")?.dispatchEvent(event);
        }
      },
      [large, small],
    );
    await answered;
    expect(await widget(page).innerText()).toContain("134,10 kr");
  });
});
