import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADDRESS, put, startStorefront, wares } from "./test-kit";
import type { Storefront } from "./test-kit";

let storefront: Storefront;
beforeAll(async () => {
  storefront = await startStorefront();
});
afterAll(() => storefront.stop());

describe("the cart", () => {
  it("keeps buying once and subscribing apart, and changes and removes lines without JavaScript", async () => {
    const visitor = storefront.visitor();
    await put(storefront, visitor, "fjellbris", 2);
    await put(storefront, visitor, "fjellbris", null);
    await put(storefront, visitor, "fjellbris", 2, "2");
    const cart = JSON.parse((await visitor.get("/cart.js")).text) as { items: { quantity: number; price: number }[] };
    expect(cart.items.map(({ quantity, price }) => [quantity, price])).toEqual([
      [1, 14_900],
      [3, 13_410],
    ]);
    await visitor.get("/cart/change?line=1&quantity=0");
    const { text } = await visitor.get("/cart");
    expect(text).toContain("Levering hver 2. uke");
    expect(text).toContain("402,30 kr");
  });

  it("speaks the Ajax API", async () => {
    const visitor = storefront.visitor();
    const { variantId, planByWeeks } = wares(storefront.shop, "fjellbris");
    const added = await visitor.post("/cart/add.js", { id: variantId, selling_plan: planByWeeks[1] ?? "" }, true);
    const { key } = JSON.parse(added.text) as { key: string };
    const changed = await visitor.post("/cart/change.js", { id: key, quantity: "2", selling_plan: "" }, true);
    expect(JSON.parse(changed.text)).toMatchObject({ item_count: 2, total_price: 29_800 });
    const foreign = wares(storefront.shop, "havorn").variantId;
    const refused = await visitor.post("/cart/add.js", { id: foreign, selling_plan: planByWeeks[1] ?? "" }, true);
    expect(refused.status).toBe(422);
  });
});

describe("line item properties", () => {
  it("go from the product form through the cart to the order's line and the contract's", async () => {
    const visitor = storefront.visitor();
    const { variantId, planByWeeks } = wares(storefront.shop, "fjellbris");
    const fields = {
      id: variantId,
      selling_plan: planByWeeks[2] ?? "",
      "properties[Maling]": "Grov",
      "properties[Tom]": "",
    };
    await visitor.post("/cart/add", fields);
    await visitor.post("/cart/add", fields);
    await put(storefront, visitor, "fjellbris", 2);
    const cart = JSON.parse((await visitor.get("/cart.js")).text) as {
      items: { quantity: number; properties: object }[];
    };
    // The same thing with another wish is another line.
    expect(cart.items.map(({ quantity, properties }) => [quantity, properties])).toEqual([
      [1, {}],
      [2, { Maling: "Grov" }],
    ]);
    await visitor.post("/checkout", { ...ADDRESS, email: "grov@example.com" });
    const wish = [{ key: "Maling", value: "Grov" }];
    const contract = Object.values(storefront.shop.contracts).at(-1);
    expect(contract?.lines.map(({ customAttributes }) => customAttributes)).toEqual([undefined, wish]);
    const order = storefront.shop.orders[contract?.originOrderId ?? ""];
    expect(order?.lines.map(({ customAttributes }) => customAttributes)).toEqual([undefined, wish]);
  });
});

describe("the Ajax cart", () => {
  it("sets quantities by order, variant or key, keeps a note, and is emptied", async () => {
    const visitor = storefront.visitor();
    await put(storefront, visitor, "fjellbris", 2);
    await put(storefront, visitor, "nordlys", null);
    const update = async (body: unknown) =>
      JSON.parse((await visitor.json("/cart/update.js", body)).text) as { item_count: number; note: string };
    expect((await update({ updates: [3, 1] })).item_count).toBe(4);
    expect(
      await update({ updates: { [wares(storefront.shop, "fjellbris").variantId]: 0 }, note: "Hei" }),
    ).toMatchObject({
      item_count: 3,
      note: "Hei",
    });
    expect(JSON.parse((await visitor.json("/cart/clear.js", {})).text)).toMatchObject({ item_count: 0 });
  });

  it("brings the sections that were asked for along with its answer", async () => {
    const visitor = storefront.visitor();
    const { variantId } = wares(storefront.shop, "fjellbris");
    const added = await visitor.json("/cart/add.js", {
      id: variantId,
      sections: "header,template--cart__main,nothing",
    });
    const { sections } = JSON.parse(added.text) as { sections: Record<string, string | null> };
    expect(sections["header"]).toContain('<span class="header__count">1</span>');
    expect(sections["template--cart__main"]).toContain("Fjellbris");
    expect(sections["nothing"]).toBeNull();
  });

  it("changes a line's plan by a plain post, and says on the page why it can't", async () => {
    const visitor = storefront.visitor();
    const { variantId, planByWeeks } = wares(storefront.shop, "fjellbris");
    await put(storefront, visitor, "fjellbris", null, "2");
    const changed = await visitor.post("/cart/change", { id: `${variantId}:once`, selling_plan: planByWeeks[4] ?? "" });
    expect(changed).toMatchObject({ status: 303, location: "/cart" });
    expect(JSON.parse((await visitor.get("/cart.js")).text)).toMatchObject({ item_count: 2, total_price: 26_820 });
    const refused = await visitor.post("/cart/change", { line: "1", selling_plan: "999999" });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('role="alert"');
    expect((await visitor.post("/cart/change", { id: "gone", selling_plan: "" })).status).toBe(422);
  });
});
