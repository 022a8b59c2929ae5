import { describe, expect, it } from "vitest";

import { testApp } from "../../../tests/app";
import { setCardOutcomes } from "../../../tests/dev-shop/domain";
import type { Contract } from "../../../tests/dev-shop/world";
import { savePortalSettings } from "../settings.server";
import { browse } from "./browsing.fixture";
import type { Page, PageForm } from "./browsing.fixture";

/** From the page by the preview to the receipt; whoever presses once more has nothing done twice, and reads how it is. */

const app = await testApp({ subscribers: 8 });
const { ctx, shop, shopify } = app;

const left = Object.values(shopify.contracts).filter(({ status, customerId }) => {
  const others = Object.values(shopify.contracts).filter((each) => each.customerId === customerId);
  return status === "ACTIVE" && others.length === 1;
});

/** Another shopper each time, with their one subscription. */
async function visit() {
  const contract = left.pop();
  if (!contract) throw new Error("the demo shop has more subscribers");
  const row = await ctx.db.subscriptionContract.findFirstOrThrow({
    where: { shopId: shop.id, shopifyId: `gid://shopify/SubscriptionContract/${contract.id}` },
  });
  return { contract, row, path: `/s/${row.id}`, shopper: browse(app, contract.customerId) };
}

function formFor(page: Page, step: string, kind: string): PageForm {
  const form = page.forms.find(({ fields, path }) => fields.step === step && path.includes(`/${kind}`));
  if (!form) throw new Error(`There is no form to ${step} ${kind} on: ${page.text}`);
  return form;
}

const expectReceipt = (page: Page): void => {
  expect(page.status, page.text).toBe(200);
  expect(page.html).toContain('role="status"');
};
const expectNotAgain = (page: Page, said: string): void => {
  expect(page.status, page.text).toBe(409);
  expect(page.html).toContain('role="alert"');
  expect(page.text).toContain(said);
};

const attemptsOf = ({ id }: Contract) =>
  Object.values(shopify.attempts).filter(({ contractId, origin }) => contractId === id && origin === "app").length;
const later = (minutes: number) => app.advanceTo(new Date(Date.parse(app.world.now) + minutes * 60_000).toISOString());

describe("pressed twice", () => {
  it("an order that is wanted now is charged once", async () => {
    const { contract, path, shopper } = await visit();
    const before = attemptsOf(contract);
    const preview = await shopper.follow(await shopper.get(path), "Bestill nå");
    expect(preview.text).toContain("Datoene etter den flyttes ikke");
    const form = formFor(preview, "perform", "order-now");
    expectReceipt(await shopper.send(form));
    await app.settle();
    expectNotAgain(await shopper.send(form), "Betalingen er allerede i gang, og den trekkes bare én gang");
    await later(30);
    expect((await shopper.send(form)).status).toBeGreaterThanOrEqual(400);
    await later(30);
    expect(attemptsOf(contract)).toBe(before + 1);
  });

  it("a payment that failed stands on top in plain words, and is tried once more", async () => {
    const { contract, row, path, shopper } = await visit();
    const customer = shopify.customers[contract.customerId];
    if (!customer) throw new Error("it has a customer");
    setCardOutcomes(customer, ["INSUFFICIENT_FUNDS", "success"]);
    const due = await ctx.db.billingCycle.findFirstOrThrow({
      where: { contractId: row.id, outcome: null },
      orderBy: { cycleIndex: "asc" },
    });
    await app.advanceTo(new Date(due.dueAt.getTime() + 3_600_000).toISOString());
    for (const page of [await shopper.get(path), await shopper.get()]) {
      const below = page.html.slice(page.html.indexOf("</h1>") + "</h1>".length);
      const [first = ""] = below.split("</p>");
      expect(below).toContain("Det var ikke nok penger på kontoen.");
      // Nothing but the card that it stands in comes before it.
      expect(first.replaceAll(/<article[^>]*>/g, "").trim()).toMatch(
        /^(?:<nav[\s\S]*<\/nav>\s*)?<div class="perennial-notice/,
      );
      expect(page.links.map(({ path: to }) => to)).toContain(`${path}/retry-payment`);
    }
    const tried = attemptsOf(contract);
    const form = formFor(await shopper.get(`${path}/retry-payment`), "perform", "retry-payment");
    expectReceipt(await shopper.send(form));
    await app.settle();
    expectNotAgain(await shopper.send(form), "Betalingen er allerede i gang");
    await later(30);
    expect((await shopper.send(form)).status).toBeGreaterThanOrEqual(400);
    expect(attemptsOf(contract)).toBe(tried + 1);
    expect((await shopper.get(path)).html).not.toContain('role="alert"');
  });

  it("a discount is taken off once, and can be had back", async () => {
    const { contract, path, shopper } = await visit();
    const codes = () => (contract.discounts ?? []).length;
    const before = codes();
    const entered = await shopper.get(`${path}/discount-code`);
    const added = await shopper.send(formFor(entered, "preview", "discount-code"), { code: "KAFFE10" });
    expectReceipt(await shopper.send(formFor(added, "perform", "discount-code")));
    await app.settle();
    expect(codes()).toBe(before + 1);
    const preview = await shopper.send(formFor(await shopper.get(path), "preview", "remove-discount"));
    expect(preview.text).toContain("De kommende leveringene får ikke lenger dette");
    const form = formFor(preview, "perform", "remove-discount");
    const receipt = await shopper.send(form);
    expectReceipt(receipt);
    expect(codes()).toBe(before);
    expectNotAgain(await shopper.send(form), "Det er fjernet fra før");
    expect(codes()).toBe(before);
    expectReceipt(await shopper.send(formFor(receipt, "perform", "discount-code")));
    expect(codes()).toBe(before + 1);
  });

  it("an offer on the way out is taken once, and says the same again", async () => {
    await savePortalSettings(ctx, shop, { offers: [{ reason: "DONT_NEED", offer: "PAUSE", months: 2 }] });
    const { contract, row, path, shopper } = await visit();
    const reasons = await shopper.send(formFor(await shopper.get(path), "leave", "leave"));
    const offer = await shopper.send(formFor(reasons, "reason", "leave"), { reason: "DONT_NEED" });
    const form = formFor(offer, "perform", "accept-offer");
    const receipt = await shopper.send(form);
    expectReceipt(receipt);
    expect(contract.status).toBe("PAUSED");
    const again = await shopper.send(form);
    expectReceipt(again);
    expect(again.text).toBe(receipt.text);
    const events = await ctx.db.historyEvent.count({ where: { contractId: row.id, type: "leaving.offer-accepted" } });
    expect(events).toBe(1);
  });
});
