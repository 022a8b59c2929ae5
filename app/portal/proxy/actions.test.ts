import { describe, expect, it } from "vitest";

import { testApp } from "../../../tests/app";
import { saveLinePreferences, saveSwapOptions } from "../settings.server";
import { browse } from "./browsing.fixture";
import type { Page, PageForm } from "./browsing.fixture";

const app = await testApp({ subscribers: 6 });
const { ctx, shop, shopify } = app;

const contract = Object.values(shopify.contracts).find(({ status, lines }) => status === "ACTIVE" && lines.length > 0);
if (!contract) throw new Error("the demo shop has subscribers");
const shopper = browse(app, contract.customerId);
const row = await ctx.db.subscriptionContract.findFirstOrThrow({
  where: { shopId: shop.id, shopifyId: `gid://shopify/SubscriptionContract/${contract.id}` },
});
const PAGE = `/s/${row.id}`;

const variants = Object.values(shopify.products)
  .flatMap((product) => product.variantIds.map((id) => ({ id, product })))
  .filter(({ id }) => contract.lines.every((line) => line.variantId !== id))
  .slice(0, 3);
await saveSwapOptions(
  ctx,
  shop,
  variants.map(({ id, product }) => ({
    variantId: `gid://shopify/ProductVariant/${id}`,
    productId: `gid://shopify/Product/${product.id}`,
    title: product.title,
    variantTitle: null,
    imageUrl: null,
    forSwap: true,
    forAdd: true,
    forOneOff: true,
  })),
);
await saveLinePreferences(ctx, shop, [
  { key: "Maling", labelEn: "Grind", labelNb: "Maling", options: ["Hele bønner", "Filter"], productId: null },
  { key: "Hilsen", labelEn: "Greeting", labelNb: "Hilsen", options: [], productId: null },
]);

shopify.shippingRates.push({ title: "Budbil samme kveld", price: "99.00" });

const formOf = (page: Page, step: string): PageForm => {
  const form = page.forms.find(({ fields }) => fields.step === step);
  if (!form) throw new Error(`There is no form to ${step} on: ${page.text}`);
  return form;
};
const wayTo = (page: Page, kind: string): string => {
  const link = page.links.find(({ path }) => path.startsWith(`${PAGE}/${kind}`));
  if (!link) throw new Error(`There is no way to ${kind} on: ${page.text}`);
  return link.path;
};
const firstRadio = (page: Page, name: string): string => {
  const tags = [...page.html.matchAll(/<input[^>]*type="radio"[^>]*>/g)].map(([tag]) => tag);
  const free = tags.find(
    (tag) => tag.includes(`name="${name}"`) && !tag.includes("checked") && !tag.includes("disabled"),
  );
  const value = /value="([^"]*)"/.exec(free ?? "")?.[1];
  if (!value) throw new Error(`There is nothing to choose from for ${name} on: ${page.text}`);
  return value;
};

/** From the subscription's page to the receipt, as far as it goes. */
async function through(kind: string, fill: (form: Page) => Record<string, string> = () => ({})): Promise<Page> {
  const opened = await shopper.get(wayTo(await shopper.get(PAGE), kind));
  const asks = opened.forms.some(({ fields }) => fields.step === "preview");
  const preview = asks ? await shopper.send(formOf(opened, "preview"), fill(opened)) : opened;
  expect(preview.status, preview.text).toBe(200);
  const receipt = await shopper.send(formOf(preview, "perform"));
  expect(receipt.status, receipt.text).toBe(200);
  expect(receipt.html).toContain(`role="status"`);
  await app.settle();
  return receipt;
}

const undo = async (receipt: Page): Promise<void> => {
  const undone = await shopper.send(formOf(receipt, "perform"));
  expect(undone.status, undone.text).toBe(200);
  await app.settle();
};

/** So far that other deliveries are left out for it. */
const lastDay = (form: Page) => ({ day: /max="([^"]*)"/.exec(form.html)?.[1] ?? "" });

const FILLED: readonly [kind: string, fill: (form: Page) => Record<string, string>][] = [
  ["skip", () => ({})],
  ["unskip", () => ({})],
  ["move", lastDay],
  ["frequency", (form) => ({ sellingPlan: firstRadio(form, "sellingPlan") })],
  ["quantity", () => ({ quantity: "3" })],
  ["preferences", () => ({ "preference:Maling": "Filter", "preference:Hilsen": "Til mor {{ shop.name }}" })],
  ["add-one-off", (form) => ({ variant: firstRadio(form, "variant"), quantity: "2" })],
  ["remove-one-off", () => ({})],
  ["add-line", (form) => ({ variant: firstRadio(form, "variant"), quantity: "1" })],
  ["remove-line", () => ({})],
  ["swap", (form) => ({ variant: firstRadio(form, "variant") })],
  ["address", () => ({ address1: "Bakkegata 2", zip: "5003", city: "Bergen" })],
  ["delivery-method", (form) => ({ code: firstRadio(form, "code") })],
  ["payment-method", () => ({})],
  ["pause", () => ({ length: "open" })],
  ["resume", () => ({})],
];

describe("every action goes from its page by a preview to a receipt", () => {
  it.each(FILLED)("%s", async (kind, fill) => {
    await through(kind, fill);
  });

  it("and what was typed stands on the line, as the text it is", async () => {
    const page = await shopper.get(PAGE);
    expect(page.text).toContain("Bakkegata 2");
    expect(page.html).not.toContain("{{");
  });

  it("and a receipt takes back what can be taken back", async () => {
    await undo(await through("skip"));
    await undo(await through("quantity", () => ({ quantity: "5" })));
    const before = await shopper.get(PAGE);
    const moved = await through("move", lastDay);
    expect((await shopper.get(PAGE)).text).not.toBe(before.text);
    await undo(moved);
    expect((await shopper.get(PAGE)).text).toBe(before.text);
  });
});

describe("what is wrong is said where it is", () => {
  it.each([
    ["quantity", { quantity: "0" }, /perennial-quantity-error">Skriv et helt tall fra 1 til 99/],
    ["frequency", { sellingPlan: "nonsense" }, /perennial-sellingPlan-error">Velg én av disse/],
    ["address", { lastName: " " }, /perennial-lastName-error">Fyll ut dette/],
    ["move", { day: "2026-02-31" }, /perennial-day-error">Velg en dag fra/],
    ["discount-code", { code: "" }, /perennial-code-error">Fyll ut dette/],
  ])("%s %j", async (kind, typed, said) => {
    const form = await shopper.get(wayTo(await shopper.get(PAGE), kind));
    const wrong = await shopper.send(formOf(form, "preview"), typed);
    expect(wrong.status).toBe(422);
    expect(wrong.html).toMatch(said);
  });

  it("a code that the shop does not know leaves the form as it was filled in", async () => {
    const form = await shopper.get(wayTo(await shopper.get(PAGE), "discount-code"));
    const wrong = await shopper.send(formOf(form, "preview"), { code: "NONSENSE" });
    const answer = wrong.status === 200 ? await shopper.send(formOf(wrong, "perform")) : wrong;
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.html).toContain(`role="alert"`);
  });
});

describe("two tabs", () => {
  it("the second one's click is not carried out on what it has not seen", async () => {
    const page = await shopper.get(PAGE);
    const form = await shopper.get(wayTo(page, "quantity"));
    const [one, other] = await Promise.all(
      ["4", "6"].map((quantity) => shopper.send(formOf(form, "preview"), { quantity })),
    );
    if (!one || !other) throw new Error("there are two");
    expect((await shopper.send(formOf(one, "perform"))).status).toBe(200);
    const late = await shopper.send(formOf(other, "perform"));
    expect(late.status).toBe(409);
    expect(late.text).toContain("endret siden siden ble vist");
    expect(contract.lines[0]?.quantity).toBe(4);
    // What it would do now is shown, and one click does it.
    expect((await shopper.send(formOf(late, "perform"))).status).toBe(200);
    expect(contract.lines[0]?.quantity).toBe(6);
    await app.settle();
  });
});

describe("leaving", () => {
  it("takes three clicks at most, the offer on the way being one that can be passed by", async () => {
    const page = await shopper.get(PAGE);
    const reasons = await shopper.send(formOf(page, "leave"));
    expect(reasons.status, reasons.text).toBe(200);
    const offer = await shopper.send(formOf(reasons, "reason"), { reason: "DONT_NEED" });
    expect(offer.status, offer.text).toBe(200);
    const cancel = offer.forms.find(({ path }) => path.endsWith("/cancel"));
    if (!cancel) throw new Error("there is a way out");
    const receipt = await shopper.send(cancel);
    expect(receipt.status, receipt.text).toBe(200);
    expect(contract.status).toBe("CANCELLED");
    await app.settle();
    expect((await shopper.get(PAGE)).text).toContain("Avsluttet");
  });

  it("is not final for the shopper: a new agreement begins with a box ticked", async () => {
    const opened = await shopper.get(wayTo(await shopper.get(PAGE), "restart"));
    expect(opened.status, opened.text).toBe(200);
    const form = formOf(opened, "perform");
    const without = await shopper.send(form);
    expect(without.status).toBe(422);
    expect(without.html).toContain("perennial-consent-error");
    const receipt = await shopper.send(form, { consent: "yes" });
    expect(receipt.status, receipt.text).toBe(200);
    const consent = await ctx.db.consent.findFirst({ where: { shopId: shop.id, source: "RESTART" } });
    expect(consent?.text).toBeTruthy();
  });
});
