import { beforeAll, describe, expect, it } from "vitest";

import { readShop, updateShopFields } from "~/shops/shop-fields.server";

import { testApp } from "../../../tests/app";
import { browse } from "./browsing.fixture";
import type { Page, PageForm } from "./browsing.fixture";
import { readAction } from "./action-input";

const app = await testApp({ subscribers: 4 });
const { ctx, shop, shopify } = app;
const contract = Object.values(shopify.contracts).find(({ status }) => status === "ACTIVE");
if (!contract) throw new Error("the demo shop has subscribers");
const row = await ctx.db.subscriptionContract.findFirstOrThrow({
  where: { shopId: shop.id, shopifyId: `gid://shopify/SubscriptionContract/${contract.id}` },
});
const shopper = browse(app, contract.customerId);
const FORM = `/s/${row.id}/address`;

const formOf = (page: Page, step: string): PageForm => {
  const form = page.forms.find(({ fields }) => fields.step === step);
  if (!form) throw new Error(`There is no form to ${step} on: ${page.text}`);
  return form;
};
const optionsOf = ({ html }: Page, name: string): string[] => {
  const select = new RegExp(`<select[^>]*name="${name}"[\\s\\S]*?</select>`).exec(html)?.[0] ?? "";
  return [...select.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => value ?? "");
};
const readAgain = async (): Promise<void> => {
  const { fields } = await readShop(ctx, shop.domain);
  await ctx.db.$transaction((tx) => updateShopFields(ctx, tx, shop, fields));
};
/** What the form shows and would send, less what every form has. */
const typedIn = ({ fields }: PageForm) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !["step", "token"].includes(name)));

const portland = { lastName: "Nordmann", address1: "1 SW Pine St", zip: "97201", city: "Portland", countryCode: "US" };

describe("the countries of the form", () => {
  it("are those that the shop ships to, by their names in the page's language", async () => {
    const zones = new Set(shopify.shippingRates.flatMap(({ countries }) => countries ?? []));
    const page = await shopper.get(FORM);
    expect(new Set(optionsOf(page, "countryCode"))).toEqual(zones);
    expect(page.text).toContain("Sverige");
    expect(page.html).not.toContain(`name="provinceCode"`);
  });
});

describe("an address abroad", () => {
  beforeAll(async () => {
    shopify.shippingRates.push({ title: "Utland", price: "199.00" });
    await readAgain();
  });

  it("is asked for its state when the form comes back, and nothing typed is lost", async () => {
    const empty = formOf(await shopper.get(FORM), "preview");
    const back = await shopper.send(empty, { ...portland, company: "Kaffe & Co", phone: "+1 503 555 0100" });
    expect(back.status).toBe(422);
    expect(back.html).toMatch(/perennial-provinceCode-error">Velg delstat eller provins i USA/);
    expect(typedIn(formOf(back, "preview"))).toMatchObject({
      ...portland,
      company: "Kaffe & Co",
      phone: "+1 503 555 0100",
      provinceCode: "",
    });
    expect(optionsOf(back, "provinceCode")).toContain("OR");

    const preview = await shopper.send(formOf(back, "preview"), { provinceCode: "OR" });
    expect(preview.status, preview.text).toBe(200);
    expect(preview.text).toContain("97201 Portland, Oregon, USA");
    const receipt = await shopper.send(formOf(preview, "perform"));
    expect(receipt.status, receipt.text).toBe(200);
    expect(contract.shippingAddress).toMatchObject({ ...portland, provinceCode: "OR" });
    await app.settle();
    expect((await shopper.get(`/s/${row.id}`)).text).toContain("Oregon");
    expect(formOf(await shopper.get(FORM), "preview").fields.provinceCode).toBe("OR");
  });

  it("in another country is not put into a state that happens to go by the same code", async () => {
    const states = { ...formOf(await shopper.get(FORM), "preview").fields, provinceCode: "WA" };
    const australian = readAction("address", null, { ...states, countryCode: "AU" });
    if (!australian.ok || australian.action.kind !== "address") throw new Error("it is an address");
    expect(australian.action.address.provinceCode).toBeUndefined();
    const back = await shopper.send(formOf(await shopper.get(FORM), "preview"), {
      provinceCode: "WA",
      countryCode: "AU",
      zip: "6000",
      city: "Perth",
    });
    expect(back.html).toMatch(/perennial-provinceCode-error">Velg delstat eller provins i Australia/);
    expect(formOf(back, "preview").fields.provinceCode).toBe("");
  });

  it("leaves no state behind when it moves home", async () => {
    const form = formOf(await shopper.get(FORM), "preview");
    const home = { address1: "Storgata 1", zip: "0155", city: "Oslo", countryCode: "NO" };
    const preview = await shopper.send(form, home);
    expect(preview.status, preview.text).toBe(200);
    const receipt = await shopper.send(formOf(preview, "perform"));
    expect(receipt.status, receipt.text).toBe(200);
    expect(contract.shippingAddress).toMatchObject(home);
    expect(contract.shippingAddress?.provinceCode).toBeUndefined();
    await app.settle();
  });

  it("without its postcode, or with a wrong one, is told beside the field what one looks like", async () => {
    const back = await shopper.send(formOf(await shopper.get(FORM), "preview"), { zip: " " });
    expect(back.status).toBe(422);
    expect(back.html).toMatch(/perennial-zip-error">Skriv postnummeret, for eksempel 0025/);
    const wrong = await shopper.send(formOf(await shopper.get(FORM), "preview"), { zip: "01555" });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toMatch(
      /perennial-zip-error">Dette kan ikke være et postnummer i Norge. [^<]*ser slik ut: 0025/,
    );
    expect(wrong.html).toContain('value="01555"');
  });
});
