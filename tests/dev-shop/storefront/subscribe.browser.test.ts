import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { expectSound, fetchesOf, shifts, THEMES, useStorefront, watchShifts } from "./browser-kit";
import type { ThemeName } from "./browser-kit";
import { wares } from "./test-kit";

const storefront = useStorefront();
const { open, cartLines, fjellbris } = storefront;

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

describe.each(THEMES)("the subscribe block in the %s theme", (theme) => {
  const product = (handle = "fjellbris", query = "") => `/products/${handle}?preview_theme=${theme}${query}`;
  const { add, pick } = habits[theme];

  it("posts the chosen plan without JavaScript", async () => {
    const { small, everyTwoWeeks } = fjellbris();
    const page = await open(product(), { javaScriptEnabled: false });
    await choose(page, everyTwoWeeks);
    await page.locator(".buy button[name=add]").first().click();
    await page.waitForURL("**/cart");
    expect(await cartLines(page)).toEqual([{ variant: small, plan: everyTwoWeeks, quantity: 1 }]);
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

  it.each([
    [390, "nb"],
    [1280, "en"],
  ])("has nothing for axe to complain about and fits a screen of %i (%s)", async (width, locale) => {
    const page = await open(product("fjellbris", `&locale=${locale}`), { viewport: { width, height: 844 } });
    await expectSound(page);
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
    expect(await cartLines(page)).toEqual([{ variant: large, plan: everyTwoWeeks, quantity: 1 }]);
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

it("a page that does shift is noticed by what measures it", async () => {
  const page = await open("/products/fjellbris", {}, async (fresh) => {
    await watchShifts(fresh);
  });
  expect(await shifts(page)).toBe(0);
  await page.evaluate(() => {
    document
      .querySelector("perennial-subscribe")
      ?.insertAdjacentHTML("beforebegin", '<div style="height: 200px"></div>');
  });
  await expect.poll(() => shifts(page)).toBeGreaterThan(0);
});

describe("forms of every habit", () => {
  it("gives the plan to a second form for the same variant, and to no form for another", async () => {
    const { small, everyTwoWeeks } = fjellbris();
    const page = await open("/products/fjellbris?preview_theme=standard");
    await choose(page, everyTwoWeeks);
    await page.locator(".bar button").click();
    await page.locator(".info__added a").first().waitFor();
    expect(await cartLines(page)).toEqual([{ variant: small, plan: everyTwoWeeks, quantity: 1 }]);
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
    expect(await cartLines(page)).toEqual([{ variant: small, plan: everyTwoWeeks, quantity: 1 }]);
  });
});

describe("what the widget has to live with", () => {
  it("a variant without plans: nothing is offered, and the next variant's options come back", async () => {
    const { small, large, everyTwoWeeks } = fjellbris();
    const [group] = Object.values(storefront.shop.sellingPlanGroups);
    if (!group) throw new Error("The scenario has no plans");
    const kept = { productIds: group.productIds, variantIds: group.variantIds };
    Object.assign(group, { productIds: [], variantIds: [large] });
    try {
      const page = await open("/products/fjellbris");
      expect(await widget(page).innerText()).toBe("");
      await habits.classic.pick(page, large);
      await announced(page);
      await choose(page, everyTwoWeeks);
      await page.locator(`[data-variant="${small}"]`, { hasText: "250 g" }).click();
      await page.waitForFunction(() => !document.querySelector("perennial-subscribe input"));
      await habits.classic.add(page);
      expect(await cartLines(page)).toEqual([{ variant: small, plan: null, quantity: 1 }]);
    } finally {
      Object.assign(group, kept);
    }
  });

  it("express checkout that reads the form's own fields: the choice is repeated there, and survives the theme", async () => {
    const { small, large, everyWeek, everyTwoWeeks } = fjellbris();
    const page = await open("/products/fjellbris?preview_theme=standard", {}, async (fresh) => {
      await fresh.route("**/products/fjellbris?preview*", async (route) => {
        const answer = await route.fetch();
        const script = '<script src="/cdn/extension/express.js" defer></script></body>';
        await route.fulfill({ response: answer, body: (await answer.text()).replace("</body>", script) });
      });
    });
    const inForm = () =>
      page
        .locator(".buy")
        .first()
        .evaluate((form) => form.querySelector<HTMLInputElement>("[name=selling_plan]")?.value);
    expect(await inForm()).toBe("");
    await choose(page, everyWeek);
    expect(await inForm()).toBe(everyWeek);
    await choose(page, everyTwoWeeks);
    await habits.standard.pick(page, large);
    await announced(page);
    await expect.poll(inForm).toBe(everyTwoWeeks);
    await habits.standard.add(page);
    // Once, although both the field and the radio are the form's.
    expect(await cartLines(page)).toEqual([{ variant: large, plan: everyTwoWeeks, quantity: 1 }]);
    expect(small).not.toBe(large);
  });

  it("a featured product on another page: its section is fetched from the product's own address", async () => {
    const { large } = fjellbris();
    const page = await open("/?preview_theme=standard");
    const fetched = fetchesOf(page);
    await page.evaluate((id) => {
      const promise = Promise.resolve({ variant: { id } });
      const event = Object.assign(new Event("shopify:product:select", { bubbles: true }), { promise });
      document.querySelector("perennial-subscribe")?.dispatchEvent(event);
    }, large);
    await announced(page);
    expect(await widget(page).innerText()).toContain("476,10 kr");
    expect(fetched.map((url) => new URL(url).pathname)).toEqual(["/products/fjellbris"]);
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
