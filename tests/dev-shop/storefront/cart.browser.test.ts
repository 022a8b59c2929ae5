import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { expectSound, THEMES, useStorefront } from "./browser-kit";
import { wares } from "./test-kit";

const storefront = useStorefront();
const { open, cartLines, fjellbris } = storefront;

/** A cart with a coffee bought once, one by subscription, and a cup that has no plans; then its page. */
async function filled(theme: string, options: { javaScriptEnabled?: boolean; width?: number } = {}): Promise<Page> {
  const { javaScriptEnabled = true, width = 390 } = options;
  const page = await open(`/?preview_theme=${theme}`, { javaScriptEnabled, viewport: { width, height: 844 } });
  const { small, everyTwoWeeks } = fjellbris();
  const cup = wares(storefront.shop, "koppen-kvile").variantId;
  const items = [{ id: small, selling_plan: everyTwoWeeks, quantity: 2 }, { id: cup }];
  await page.request.post(`${storefront.origin}/cart/add.js`, { data: { items } });
  await page.goto(`${storefront.origin}/cart`);
  return page;
}

const block = (page: Page) => page.locator("perennial-cart");
const way = (page: Page, name: string) => block(page).locator(".perennial-cart__way", { hasText: name });

describe.each(THEMES)("the cart block in the %s theme", (theme) => {
  it("shows how each thing with plans is bought and what it costs, and nothing for the others", async () => {
    const page = await filled(theme);
    expect(await block(page).locator("summary").allInnerTexts()).toHaveLength(1);
    const text = await block(page).locator("summary").innerText();
    expect(await block(page).innerText()).toContain("Du sier opp selv");
    expect(text).toMatch(/Fjellbris[\s\S]*Levering hver 2\. uke[\s\S]*134,10 kr/);
  });

  it.each([true, false])("changes the plan, and back to buying once (JavaScript: %s)", async (javaScriptEnabled) => {
    const { small, everyWeek } = fjellbris();
    const page = await filled(theme, { javaScriptEnabled });
    await block(page).locator("summary").click();
    await way(page, "Levering hver uke").click();
    await page.locator("perennial-cart summary", { hasText: "Levering hver uke" }).waitFor();
    expect((await cartLines(page)).find(({ variant }) => variant === small)).toEqual({
      variant: small,
      plan: everyWeek,
      quantity: 2,
    });
    if (!(await way(page, "Kjøp én gang").isVisible())) await block(page).locator("summary").click();
    await way(page, "Kjøp én gang").click();
    await page.locator("perennial-cart summary", { hasText: "Kjøp én gang" }).waitFor();
    expect((await cartLines(page)).find(({ variant }) => variant === small)?.plan).toBeNull();
    expect(await page.locator("main").innerText()).toContain("298,00 kr");
  });

  it.each([390, 1280])("has nothing for axe to complain about, open and on a screen of %i", async (width) => {
    const page = await filled(theme, { width });
    await block(page).locator("summary").click();
    await expectSound(page);
  });

  it("is worked with the keyboard alone", async () => {
    const page = await filled(theme);
    await block(page).locator("summary").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("perennial-cart summary", { hasText: "Levering hver uke" }).waitFor();
    expect((await cartLines(page)).map(({ plan }) => plan)).toContain(fjellbris().everyWeek);
  });

  it("leaves the theme's own form whole: Enter in a quantity changes no plan, and checkout is reached", async () => {
    const { small, everyTwoWeeks } = fjellbris();
    const page = await filled(theme);
    const quantity = page.locator('input[name="updates[]"]').last();
    await quantity.fill("3");
    await quantity.press("Enter");
    await expect.poll(async () => (await cartLines(page)).find(({ variant }) => variant === small)?.quantity).toBe(3);
    expect((await cartLines(page)).find(({ variant }) => variant === small)?.plan).toBe(everyTwoWeeks);
    await page.locator("button[name=checkout]").click();
    await page.waitForURL("**/checkout");
  });
});

describe("the cart block and Shopify's standard actions", () => {
  it("lets the theme show its cart anew, without leaving the page, and says so", async () => {
    const page = await filled("standard");
    await page.evaluate(() => Object.assign(window, { stayed: true }));
    await block(page).locator("summary").click();
    await way(page, "Levering hver 4. uke").click();
    await page.locator("perennial-cart summary", { hasText: "Levering hver 4. uke" }).waitFor();
    expect(await page.evaluate(() => (window as Window & { stayed?: boolean }).stayed)).toBe(true);
    expect(await page.locator(".basket__lines").innerText()).toContain("Levering hver 4. uke");
  });

  it("posts the plain way when the action refuses, so that the shopper reads why", async () => {
    const page = await filled("classic");
    await page.evaluate(() => {
      const { actions } = (window as unknown as { Shopify: { actions: Record<string, unknown> } }).Shopify;
      actions["updateCart"] = () => Promise.resolve({ userErrors: [{ message: "No" }] });
    });
    await block(page).locator("summary").click();
    await way(page, "Levering hver uke").click();
    await page.locator("perennial-cart summary", { hasText: "Levering hver uke" }).waitFor();
    expect((await cartLines(page)).map(({ plan }) => plan)).toContain(fjellbris().everyWeek);
  });
});
