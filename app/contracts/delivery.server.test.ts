import { beforeAll, describe, expect, test } from "vitest";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import type { Contract } from "../../tests/dev-shop/world";
import { deliveryOptions } from "./delivery-choices.server";
import type { DeliveryChoice } from "./delivery-choices.server";
import type { ContractEdit } from "./edit";
import { editContract, quoteEdit } from "./edit.server";
import { contractDetail } from "./queries.server";
import { rereadContracts } from "./read.server";
import { restartContract } from "./restart.server";
import { cancelContract } from "./status.server";
import type { ContractDetail } from "./views";

/** The three ways in which a delivery comes, each with its price, and that a contract keeps the one it has. */
let app: TestApp;
const contracts: Contract[] = [];

const PLACE = "Kaffebønna Grünerløkka";
const PHONE = "+4791234567";
/** Where the shop's own bicycle goes. */
const near = {
  firstName: "Kari",
  lastName: "Nordmann",
  address1: "Markveien 1",
  zip: "0554",
  city: "Oslo",
  countryCode: "NO",
};

beforeAll(async () => {
  app = await testApp({ subscribers: 16 });
  contracts.push(...Object.values(app.shopify.contracts).filter(({ status }) => status === "ACTIVE"));
});

async function viewOf(id: string): Promise<ContractDetail> {
  const view = await contractDetail(app.ctx, app.shop, id);
  if (!view) throw new Error("there is no such contract");
  return view;
}

async function fresh(): Promise<{ contract: Contract; view: ContractDetail }> {
  const contract = contracts.pop();
  if (!contract) throw new Error("no contract is left");
  return { contract, view: await viewOf(contract.id) };
}

const edit = (id: string, edits: ContractEdit[]) => editContract(app.ctx, app.shop, id, edits, { actor: "shopper" });

async function offered(id: string, method: DeliveryChoice["method"], address = near): Promise<DeliveryChoice> {
  const choices = await deliveryOptions(app.ctx, app.shop, id, address);
  if (choices.outcome !== "CHOICES") throw new Error(choices.outcome);
  const found = choices.options.find((option) => option.method === method);
  if (!found) throw new Error(`${method} is not offered`);
  return found;
}

async function pickedUp() {
  const { contract, view } = await fresh();
  const { code } = await offered(view.id, "PICKUP");
  expect(await edit(view.id, [{ kind: "DELIVERY_METHOD", code }])).toMatchObject({ outcome: "EDITED" });
  return { contract, before: view, view: await viewOf(view.id) };
}

async function broughtByTheShop() {
  const { contract, view } = await fresh();
  const { code } = await offered(view.id, "LOCAL_DELIVERY");
  const edits: ContractEdit[] = [
    { kind: "ADDRESS", address: near },
    { kind: "DELIVERY_METHOD", code, phone: PHONE },
  ];
  expect(await edit(view.id, edits)).toMatchObject({ outcome: "EDITED" });
  return { contract, view: await viewOf(view.id) };
}

describe("what is picked up", () => {
  test("costs what was told, and has its place instead of an address", async () => {
    const { contract, view: before } = await fresh();
    const { code, price, place } = await offered(before.id, "PICKUP");
    expect({ price: price.amount, place: place?.name }).toEqual({ price: "0.00", place: PLACE });
    const edits: ContractEdit[] = [{ kind: "DELIVERY_METHOD", code }];
    const quoted = await quoteEdit(app.ctx, app.shop, before.id, edits);
    if (quoted.outcome !== "QUOTED") throw new Error(quoted.outcome);
    expect(await edit(before.id, edits)).toMatchObject({ outcome: "EDITED", amount: quoted.after.amount });
    expect(contract).toMatchObject({
      shippingAddress: null,
      shippingTitle: PLACE,
      deliveryPrice: "0.00",
      deliveryMethod: { kind: "pickup", locationId: "501" },
    });
    const now = await viewOf(before.id);
    expect(now).toMatchObject({ shippingAddress: null, address: null, deliveryMethodTitle: PLACE });
    expect(now.pickup).toEqual({ name: PLACE, lines: ["Thorvald Meyers gate 40", "0552 Oslo"], countryCode: "NO" });
    expect(now.history[0]).toMatchObject({ type: "contract.changed", data: { changed: ["delivery", "address"] } });
    expect((await offered(before.id, "PICKUP")).current).toBe(true);
  });

  test("goes to no other address, unless it is delivered again", async () => {
    const { contract, before, view } = await pickedUp();
    const moved: ContractEdit = { kind: "ADDRESS", address: near };
    expect(await edit(view.id, [moved])).toEqual({ outcome: "NOT_OFFERED" });
    const { code, price } = await offered(view.id, "SHIPPING");
    expect(await edit(view.id, [moved, { kind: "DELIVERY_METHOD", code }])).toMatchObject({ outcome: "EDITED" });
    expect(contract).toMatchObject({ shippingAddress: near, deliveryMethod: null, shippingTitle: code });
    expect(await viewOf(view.id)).toMatchObject({ pickup: null, deliveryPrice: price });
    expect(before.deliveryMethodTitle).toBe(code);
  });

  test("is offered to be delivered to the customer's own address, and without one not at all", async () => {
    const { contract, view } = await pickedUp();
    const customer = app.shopify.customers[contract.customerId];
    if (!customer) throw new Error("the contract has a customer");
    const methods = async () => {
      const choices = await deliveryOptions(app.ctx, app.shop, view.id);
      if (choices.outcome !== "CHOICES") throw new Error(choices.outcome);
      return { to: choices.address, methods: [...new Set(choices.options.map(({ method }) => method))] };
    };
    customer.defaultAddress = near;
    expect(await methods()).toEqual({ to: near, methods: ["SHIPPING", "LOCAL_DELIVERY", "PICKUP"] });
    delete customer.defaultAddress;
    expect(await methods()).toEqual({ to: null, methods: ["PICKUP"] });
  });

  test("is charged without a delivery price, to the øre, and its order says where", async () => {
    const { contract, view } = await pickedUp();
    const due = await app.ctx.db.billingCycle.findFirstOrThrow({
      where: { contractId: view.id, outcome: null },
      orderBy: { cycleIndex: "asc" },
    });
    await app.advanceTo(new Date(due.dueAt.getTime() + 3_600_000).toISOString());
    const charge = await app.ctx.db.charge.findFirstOrThrow({
      where: { contractId: view.id, cycleIndex: due.cycleIndex },
    });
    const lines = contract.lines.reduce(
      (sum, line) => sum + Math.round(Number(line.currentPrice) * 100) * line.quantity,
      0,
    );
    const total = (lines / 100).toFixed(2);
    expect(charge).toMatchObject({ state: "PAID", parkedReason: null });
    expect([charge.expectedAmount.toFixed(2), charge.paidAmount?.toFixed(2), view.amount.amount]).toEqual([
      total,
      total,
      total,
    ]);
    const order = app.shopify.orders[charge.orderId?.split("/").at(-1) ?? ""];
    expect(order).toMatchObject({ total, shipping: "0.00", shippingTitle: PLACE, shippingAddress: null });
  });

  test("is picked up at the same place when it begins anew", async () => {
    const { view } = await pickedUp();
    await cancelContract(app.ctx, app.shop, view.id, "shopper");
    const begun = await restartContract(app.ctx, app.shop, view.id, {
      actor: "shopper",
      consent: () => Promise.resolve(),
    });
    if (begun.outcome !== "RESTARTED") throw new Error(begun.outcome);
    expect(await viewOf(begun.contractId)).toMatchObject({ pickup: view.pickup, deliveryMethodTitle: PLACE });
  });
});

describe("what the shop brings itself", () => {
  test("is offered where it goes, and wants the phone number that the shop asks for", async () => {
    const { contract, view } = await fresh();
    const { code, price, phoneRequired } = await offered(view.id, "LOCAL_DELIVERY");
    expect({ phoneRequired, price: price.amount }).toEqual({ phoneRequired: true, price: "29.00" });
    const away = offered(view.id, "LOCAL_DELIVERY", { ...near, zip: "5003", city: "Bergen" });
    await expect(away).rejects.toThrow("not offered");
    const moved: ContractEdit = { kind: "ADDRESS", address: near };
    const before = structuredClone(contract);
    const silent = await edit(view.id, [moved, { kind: "DELIVERY_METHOD", code }]);
    expect(silent).toMatchObject({ outcome: "REFUSED", code: "BLANK" });
    expect(contract).toEqual(before);

    const called = await edit(view.id, [moved, { kind: "DELIVERY_METHOD", code, phone: PHONE }]);
    expect(called).toMatchObject({ outcome: "EDITED" });
    expect(contract.deliveryMethod).toMatchObject({ kind: "localDelivery", phone: PHONE });
    expect(await viewOf(view.id)).toMatchObject({ deliveryPrice: price, localDelivery: { phone: PHONE } });
  });

  test("still comes that way to another address nearby, with its number and instructions", async () => {
    const { contract, view } = await broughtByTheShop();
    if (contract.deliveryMethod?.kind !== "localDelivery") throw new Error("the shop brings it");
    const instructions = "Ring på hos naboen";
    contract.deliveryMethod.instructions = instructions;
    await rereadContracts(app.ctx, app.shop, [view.shopifyId], { whole: true });
    const next = { ...near, address1: "Toftes gate 2" };
    expect(await edit(view.id, [{ kind: "ADDRESS", address: next }])).toMatchObject({ outcome: "EDITED" });
    expect(contract.shippingAddress).toMatchObject(next);
    expect(contract.deliveryMethod).toMatchObject({ kind: "localDelivery", phone: PHONE, instructions });
  });

  test("is shipped where the shop does not go, and nobody is sent to pick it up", async () => {
    const { contract, view } = await broughtByTheShop();
    const away = { ...near, address1: "Bryggen 1", zip: "5003", city: "Bergen" };
    expect(await edit(view.id, [{ kind: "ADDRESS", address: away }])).toMatchObject({ outcome: "EDITED" });
    expect(contract).toMatchObject({ shippingAddress: away, deliveryMethod: null });
    expect(contract.shippingTitle).toContain("Postkassepakke");
  });

  test("comes that way when it begins anew", async () => {
    const { view } = await broughtByTheShop();
    await cancelContract(app.ctx, app.shop, view.id, "shopper");
    const begun = await restartContract(app.ctx, app.shop, view.id, {
      actor: "shopper",
      consent: () => Promise.resolve(),
    });
    if (begun.outcome !== "RESTARTED") throw new Error(begun.outcome);
    expect(await viewOf(begun.contractId)).toMatchObject({ localDelivery: view.localDelivery, address: view.address });
  });
});

describe("the mirror", () => {
  test("reads a contract again that it has read before there were ways of delivery", async () => {
    const { view } = await pickedUp();
    const where = { id: view.id };
    await app.ctx.db.subscriptionContract.update({ where, data: { deliveryMethod: null } });
    await rereadContracts(app.ctx, app.shop, [view.shopifyId]);
    const row = await app.ctx.db.subscriptionContract.findUniqueOrThrow({ where });
    expect(row.deliveryMethod).toBe("PICKUP");
  });
});
