import { beforeAll, describe, expect, test } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { gid } from "../../tests/dev-shop/world";
import type { Contract } from "../../tests/dev-shop/world";
import { frequencyChoices, variantChoices } from "./choices.server";
import { deliveryOptions } from "./delivery-choices.server";
import type { ContractEdit } from "./edit";
import { editContract, quoteEdit } from "./edit.server";
import { contractDetail } from "./queries.server";
import type { ContractDetail } from "./views";

/** What may be chosen, and that what was shown is what is charged. */
let app: TestApp;
const contracts: Contract[] = [];

beforeAll(async () => {
  app = await testApp({ subscribers: 16 });
  await app.settle();
  contracts.push(...Object.values(app.shopify.contracts).filter(({ status }) => status === "ACTIVE"));
});

async function fresh(): Promise<{ contract: Contract; view: ContractDetail; lineId: string }> {
  const contract = contracts.pop();
  const view = contract ? await contractDetail(app.ctx, app.shop, contract.id) : null;
  if (!contract || !view) throw new Error("no contract is left");
  return { contract, view, lineId: view.lines[0]?.id ?? "" };
}

const edit = (id: string, edits: ContractEdit[]) => editContract(app.ctx, app.shop, id, edits, { actor: "shopper" });
const quote = (id: string, edits: ContractEdit[]) => quoteEdit(app.ctx, app.shop, id, edits);

const home = {
  firstName: "Kari",
  lastName: "Nordmann",
  address1: "Storgata 1",
  zip: "0155",
  city: "Oslo",
  countryCode: "NO",
};

describe("a frequency", () => {
  test("costs after the change what was shown before it", async () => {
    const { view } = await fresh();
    const choices = await frequencyChoices(app.ctx, app.shop, view.id);
    if (choices.outcome !== "CHOICES") throw new Error(choices.outcome);
    expect(choices.plans.filter(({ current }) => current)).toMatchObject([
      { amount: view.amount, billing: view.frequency },
    ]);
    const other = choices.plans.find(({ current }) => !current);
    const outcome = await edit(view.id, [{ kind: "FREQUENCY", sellingPlanId: other?.sellingPlanId ?? "" }]);
    expect(outcome).toMatchObject({ outcome: "EDITED", amount: other?.amount });
  });
});

describe("a variant", () => {
  test("is offered if it is the product's own or the merchant says so, at the price that the line then has", async () => {
    const { contract, view, lineId } = await fresh();
    const line = contract.lines[0];
    const foreign = Object.values(app.shopify.variants).find(
      ({ productId, inventory, id }) => productId !== line?.productId && inventory !== 0 && id !== line?.variantId,
    );
    if (!foreign) throw new Error("the shop has one product only");
    const option = { productId: gid("Product", foreign.productId), title: "Other", position: 1 };
    await app.ctx.db.swapOption.create({
      data: {
        ...option,
        id: app.ctx.ids.next(),
        shopId: app.shop.id,
        variantId: gid("ProductVariant", foreign.id),
        forAdd: false,
      },
    });
    const swap = await variantChoices(app.ctx, app.shop, view.id, { for: "swap", lineId });
    if (swap.outcome !== "CHOICES") throw new Error(swap.outcome);
    expect(swap.variants.find(({ current }) => current)?.price).toEqual(view.lines[0]?.price);
    const offer = swap.variants.find(({ variantId }) => variantId === gid("ProductVariant", foreign.id));
    expect(await edit(view.id, [{ kind: "VARIANT", lineId, variantId: offer?.variantId ?? "" }])).toMatchObject({
      outcome: "EDITED",
    });
    const now = await contractDetail(app.ctx, app.shop, contract.id);
    expect(now?.lines[0]).toMatchObject({ price: offer?.price, title: offer?.title });

    expect(await variantChoices(app.ctx, app.shop, view.id, { for: "add" })).toEqual({
      outcome: "CHOICES",
      variants: [],
    });
    const once = await variantChoices(app.ctx, app.shop, view.id, { for: "one-off" });
    expect(once).toMatchObject({ variants: [{ price: { amount: Number(foreign.price).toFixed(2) } }] });
  });

  test("that is sold out is shown as such and can't be taken", async () => {
    const { contract, view, lineId } = await fresh();
    const variants = Object.values(app.shopify.variants).filter(({ id }) => id !== contract.lines[0]?.variantId);
    const [first] = variants;
    if (!first) throw new Error("the shop has one variant only");
    const before = { inventory: first.inventory, policy: first.inventoryPolicy };
    Object.assign(first, { inventory: 0, inventoryPolicy: "DENY" });
    const variantId = gid("ProductVariant", first.id);
    expect(await quote(view.id, [{ kind: "VARIANT", lineId, variantId }])).toEqual({ outcome: "SOLD_OUT" });
    expect(await edit(view.id, [{ kind: "ADD_LINE", variantId, quantity: 1 }])).toEqual({ outcome: "SOLD_OUT" });
    Object.assign(first, { inventory: before.inventory, inventoryPolicy: before.policy });
  });
});

describe("an address", () => {
  test("keeps the way of delivery where it is offered there, and takes its price where it is not", async () => {
    const { contract, view } = await fresh();
    const moved: ContractEdit[] = [{ kind: "ADDRESS", address: { ...home, address1: "Lillegata 2" } }];
    expect(await edit(view.id, moved)).toMatchObject({ outcome: "EDITED", amount: view.amount });
    expect(contract.shippingAddress).toMatchObject({ address1: "Lillegata 2", lastName: "Nordmann" });
    expect((await contractDetail(app.ctx, app.shop, contract.id))?.address).toMatchObject({ address1: "Lillegata 2" });

    const abroad: ContractEdit[] = [
      { kind: "ADDRESS", address: { ...home, city: "Göteborg", zip: "41101", countryCode: "SE" } },
    ];
    const quoted = await quote(view.id, abroad);
    if (quoted.outcome !== "QUOTED") throw new Error(quoted.outcome);
    expect(quoted.after.deliveryPrice.amount).toBe("119.00");
    expect(await edit(view.id, abroad)).toMatchObject({ outcome: "EDITED", amount: quoted.after.amount });
    expect(contract).toMatchObject({ deliveryPrice: "119.00", shippingTitle: quoted.after.deliveryMethodTitle });
  });

  test("to which nothing is delivered is refused, and the old one stays", async () => {
    const { contract, view } = await fresh();
    const before = structuredClone(contract.shippingAddress);
    const nowhere: ContractEdit[] = [{ kind: "ADDRESS", address: { ...home, city: "Tokyo", countryCode: "JP" } }];
    expect(await quote(view.id, nowhere)).toEqual({ outcome: "ADDRESS_NOT_SERVED" });
    expect(await edit(view.id, nowhere)).toEqual({ outcome: "ADDRESS_NOT_SERVED" });
    expect(contract.shippingAddress).toEqual(before);
  });

  test("has its ways of delivery, one of which may be chosen", async () => {
    const { contract, view } = await fresh();
    const choices = await deliveryOptions(app.ctx, app.shop, view.id);
    if (choices.outcome !== "CHOICES") throw new Error(choices.outcome);
    expect(choices.options.filter(({ current }) => current)).toMatchObject([{ title: contract.shippingTitle }]);
    const other = choices.options.find(({ current }) => !current);
    const outcome = await edit(view.id, [{ kind: "DELIVERY_METHOD", code: other?.code ?? "" }]);
    expect(outcome).toMatchObject({ outcome: "EDITED" });
    const now = await contractDetail(app.ctx, app.shop, contract.id);
    expect(now).toMatchObject({ deliveryMethodTitle: other?.title, deliveryPrice: other?.price });
    const unknown = await edit(view.id, [{ kind: "DELIVERY_METHOD", code: "by-pigeon" }]);
    expect(unknown).toEqual({ outcome: "ADDRESS_NOT_SERVED" });
  });
});

describe("a discount code", () => {
  test("takes off what was quoted, for as many orders as it is good for", async () => {
    const { view } = await fresh();
    const edits: ContractEdit[] = [{ kind: "DISCOUNT_CODE", code: "kaffe10" }];
    const quoted = await quote(view.id, edits);
    if (quoted.outcome !== "QUOTED") throw new Error(quoted.outcome);
    expect(Number(quoted.after.amount.amount)).toBeLessThan(Number(view.amount.amount));
    expect(await edit(view.id, edits)).toMatchObject({ outcome: "EDITED", amount: quoted.after.amount });
    const now = await contractDetail(app.ctx, app.shop, view.id);
    expect(now?.discounts).toMatchObject([{ title: "KAFFE10", isCode: true, percentage: 10, ordersLeft: 3 }]);
    expect(now?.history[0]).toMatchObject({
      type: "contract.changed",
      actor: "shopper",
      data: { changed: ["discounts"] },
    });
    // Twice is once.
    expect(await edit(view.id, edits)).toMatchObject({ outcome: "EDITED", amount: quoted.after.amount });
    expect((await contractDetail(app.ctx, app.shop, view.id))?.discounts).toHaveLength(1);
  });

  test.each([
    ["NOPE", "NOT_FOUND"],
    ["SOMMER", "CURRENTLY_INACTIVE"],
    ["ENGANG", "INCOMPATIBLE_PURCHASE_TYPE"],
    ["FORSTE", "USAGE_LIMIT_REACHED"],
  ])("%s is not valid, and the reason is told: %s", async (code, reason) => {
    const { contract, view } = await fresh();
    contracts.push(contract);
    expect(await quote(view.id, [{ kind: "DISCOUNT_CODE", code }])).toEqual({ outcome: "CODE_NOT_VALID", reason });
    expect(await edit(view.id, [{ kind: "DISCOUNT_CODE", code }])).toEqual({ outcome: "CODE_NOT_VALID", reason });
    expect(contract.discounts ?? []).toEqual([]);
  });

  test("for delivery takes off the delivery", async () => {
    const { view } = await fresh();
    const edits: ContractEdit[] = [{ kind: "DISCOUNT_CODE", code: "FRIFRAKT" }];
    expect(await edit(view.id, edits)).toMatchObject({ outcome: "EDITED" });
    const now = await contractDetail(app.ctx, app.shop, view.id);
    expect(now?.deliveryPrice.amount).toBe("0.00");
  });
});
