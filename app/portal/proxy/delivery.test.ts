import { beforeAll, describe, expect, it } from "vitest";

import { testApp } from "../../../tests/app";
import { plainSpaces } from "../../../tests/words";
import { browse } from "./browsing.fixture";
import type { Page, PageForm } from "./browsing.fixture";

/** Shipped, brought by the shop itself or picked up: chosen without scripts, told before it is done, and taken back. */
// What carriers are asked is answered at once: that it takes a while is the business of contracts/choices.server.test.ts.
const app = await testApp({ subscribers: 6, assumptions: { deliveryOptionsArePending: false } });
const { ctx, shop, shopify } = app;
const contract = Object.values(shopify.contracts).find(({ status }) => status === "ACTIVE");
if (!contract) throw new Error("the demo shop has subscribers");
const row = await ctx.db.subscriptionContract.findFirstOrThrow({
  where: { shopId: shop.id, shopifyId: `gid://shopify/SubscriptionContract/${contract.id}` },
});
const shopper = browse(app, contract.customerId);
const PAGE = `/s/${row.id}`;
const FORM = `${PAGE}/delivery-method`;
const PLACE = "Kaffebønna Grünerløkka";
const near = { address1: "Markveien 1", zip: "0554", city: "Oslo", countryCode: "NO" };

const formOf = (page: Page, step: string): PageForm => {
  const form = page.forms.find(({ fields }) => fields.step === step);
  if (!form) throw new Error(`There is no form to ${step} on: ${page.text}`);
  return form;
};
const said = (page: Page): string => plainSpaces(page.text);
const valueOf = ({ html, text }: Page, label: string): string => {
  const choice = [...html.matchAll(/<input[^>]*name="code"[^>]*>[\s\S]*?<\/label\s*>/g)]
    .map(([tag]) => tag)
    .find((tag) => tag.includes(label));
  const value = /value="([^"]*)"/.exec(choice ?? "")?.[1];
  if (!value) throw new Error(`${label} is not offered on: ${text}`);
  return value;
};

async function performed(preview: Page): Promise<Page> {
  expect(preview.status, preview.text).toBe(200);
  const receipt = await shopper.send(formOf(preview, "perform"));
  expect(receipt.status, receipt.text).toBe(200);
  await app.settle();
  return receipt;
}
const chosen = async (label: string, more: Record<string, string> = {}): Promise<Page> => {
  const form = await shopper.get(FORM);
  return shopper.send(formOf(form, "preview"), { code: valueOf(form, label), ...more });
};
/** All of the contract that a way of delivery may change. */
const delivery = () => {
  const { deliveryMethod = null, deliveryPrice, shippingTitle, shippingAddress } = contract;
  const address = Object.entries(shippingAddress ?? {}).filter(([, value]) => value !== "");
  return { deliveryMethod, deliveryPrice, shippingTitle, address };
};

beforeAll(async () => {
  const form = await shopper.get(`${PAGE}/address`);
  await performed(await shopper.send(formOf(form, "preview"), near));
});

describe("the ways of delivery", () => {
  it("are shown with where, when and what they cost, and asking for a phone number only for the one that needs it", async () => {
    const page = await shopper.get(FORM);
    expect(said(page)).toContain(
      `Hent selv: ${PLACE} Thorvald Meyers gate 40, 0552 Oslo · Vanligvis klar innen 24 timer · Det er gratis å hente.`,
    );
    expect(said(page)).toContain("Sykkelbud på Grünerløkka Frakten koster 29,00 kr.");
    expect(said(page)).toContain("Bare for «Sykkelbud på Grünerløkka»");
  });
});

describe("picking it up", () => {
  it("is told with its place and the next amount, shown instead of the address, and taken back to the same address", async () => {
    const before = delivery();
    const preview = await chosen(`Hent selv: ${PLACE}`);
    expect(said(preview)).toContain(`Hente leveringene hos ${PLACE}?`);
    expect(said(preview)).toContain(`Du henter leveringene her: ${PLACE}, Thorvald Meyers gate 40, 0552 Oslo.`);
    expect(said(preview)).toContain("«Vanligvis klar innen 24 timer»");
    expect(said(preview)).toContain("Det er gratis å hente.");
    expect(delivery()).toEqual(before);

    const receipt = await performed(preview);
    expect(delivery()).toMatchObject({ deliveryMethod: { kind: "pickup" }, deliveryPrice: "0.00", address: [] });
    const page = await shopper.get(PAGE);
    expect(said(page)).toContain(`Hentes hos ${PLACE} Thorvald Meyers gate 40 0552 Oslo`);
    expect(said(page)).toContain("Gratis å hente");
    expect(said(page)).not.toMatch(/frakt/i);
    expect(page.text).not.toContain("Markveien 1");
    expect(page.links.map(({ path }) => path)).not.toContain(`${PAGE}/address`);
    expect((await shopper.get(`${PAGE}/address`)).status).toBe(403);

    await performed({ ...receipt, status: 200 });
    expect(delivery()).toEqual(before);
  });

  it("ends by having it delivered to the customer's own address, which is told first", async () => {
    await performed(await chosen(`Hent selv: ${PLACE}`));
    const customer = shopify.customers[contract.customerId];
    if (!customer) throw new Error("the contract has a customer");
    customer.defaultAddress = { firstName: "Kari", lastName: "Nordmann", ...near, address1: "Toftes gate 2" };
    const preview = await chosen("Hjem på kvelden");
    expect(said(preview)).toContain("Leveringene sendes til: Kari Nordmann, Toftes gate 2, 0554 Oslo, Norge.");
    expect(said(preview)).toContain("Frakten koster 89,00 kr.");
    const receipt = await performed(preview);
    expect(contract.shippingAddress).toMatchObject({ address1: "Toftes gate 2" });
    await performed({ ...receipt, status: 200 });
    expect(delivery()).toMatchObject({ deliveryMethod: { kind: "pickup", locationId: "501" }, address: [] });
    await performed(await chosen("Hjem på kvelden"));
  });
});

describe("a shop that brings it itself", () => {
  it.each([
    ["", "Skriv nummeret butikken kan ringe deg på."],
    ["912 34 567", "Skriv nummeret med landkode, for eksempel +47 912 34 567."],
  ])("says beside the field what is wrong with %j, and keeps what was chosen", async (phone, told) => {
    const before = delivery();
    const back = await chosen("Sykkelbud", { phone });
    expect(back.status).toBe(422);
    expect(back.html).toMatch(new RegExp(`perennial-phone-error">${told.replaceAll("+", "\\+")}`));
    expect(formOf(back, "preview").fields).toMatchObject({ code: valueOf(back, "Sykkelbud"), phone });
    expect(delivery()).toEqual(before);
  });

  it("is told whom to call, comes that way to the next address too, and both are taken back", async () => {
    const before = delivery();
    const preview = await chosen("Sykkelbud", { phone: "0047 912 34 567" });
    expect(said(preview)).toContain("Er noe uklart, blir du oppringt på +4791234567.");
    const first = await performed(preview);
    const brought = { kind: "localDelivery", phone: "+4791234567" };
    expect(contract).toMatchObject({ deliveryMethod: brought, deliveryPrice: "29.00" });

    const form = await shopper.get(`${PAGE}/address`);
    await performed(await shopper.send(formOf(form, "preview"), { address1: "Seilduksgata 3" }));
    expect(contract).toMatchObject({ deliveryMethod: brought, shippingAddress: { address1: "Seilduksgata 3" } });

    const away = await shopper.send(formOf(await shopper.get(`${PAGE}/address`), "preview"), {
      zip: "5003",
      city: "Bergen",
    });
    expect(said(away)).toContain("Leveringene kommer med Postkassepakke (2–4 dager).");
    const moved = await performed(away);
    expect(contract.deliveryMethod).toBeNull();
    await performed({ ...moved, status: 200 });
    expect(contract).toMatchObject({ deliveryMethod: brought, shippingAddress: { address1: "Seilduksgata 3" } });
    expect(first.text).toContain("Endret: Sykkelbud på Grünerløkka");
    expect(before.deliveryMethod).toBeNull();
  });
});
