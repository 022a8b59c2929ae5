import { expect, test } from "vitest";

import { addOneOff } from "~/contracts/one-offs.server";
import { rereadContracts } from "~/contracts/read.server";

import { testApp } from "../../tests/app";
import type { TestApp } from "../../tests/app";
import { setFaults, setStock } from "../../tests/dev-shop/domain";
import type { ContractDiscount } from "../../tests/dev-shop/world";

const MINUTE_MS = 60_000;
const after = (at: Date, minutes: number): string => new Date(at.getTime() + minutes * MINUTE_MS).toISOString();

/** The contract that is due next, with a discount that somebody has given it in Shopify. */
async function discounted(app: TestApp, change: Partial<ContractDiscount>) {
  const row = await app.ctx.db.subscriptionContract.findFirstOrThrow({
    where: { nextBillingAt: { not: null } },
    orderBy: { nextBillingAt: "asc" },
  });
  const contract = app.shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
  if (!contract) throw new Error("nothing is due");
  const discount = {
    id: "0197a000-0000-7000-8000-00000000d15c",
    title: "Thanks",
    usageCount: 0,
    lineIds: [],
    all: true,
  };
  contract.discounts = [
    { ...discount, target: "LINE_ITEM", value: { percentage: 20 }, recurringCycleLimit: 3, ...change },
  ];
  contract.revisionId = `${contract.revisionId}1`;
  await rereadContracts(app.ctx, app.shop, [row.shopifyId], { whole: true });
  for (const { id } of Object.values(app.shopify.variants)) setStock(app.world, app.shopify, id, 100);
  const cycles = await app.ctx.db.billingCycle.findMany({
    where: { contractId: row.id, outcome: null },
    orderBy: { cycleIndex: "asc" },
    take: 4,
  });
  const lines = contract.lines.reduce((sum, { currentPrice, quantity }) => sum + Number(currentPrice) * quantity, 0);
  /** What was expected of the next four renewals and what each order came to. */
  const renewals = async () => {
    await app.advanceTo(after(cycles[3]?.dueAt ?? new Date(0), 120));
    const orders = Object.values(app.shopify.orders).filter(({ contractIds }) => contractIds.includes(contract.id));
    const charges = await app.ctx.db.charge.findMany({
      where: { contractId: row.id, cycleIndex: { in: cycles.map(({ cycleIndex }) => cycleIndex) } },
      orderBy: { cycleIndex: "asc" },
    });
    return charges.map(({ state, cycleIndex, expectedAmount, differsBy }) => {
      const order = orders.find((each) => each.cycleIndex === cycleIndex);
      return { state, differsBy, expected: Number(expectedAmount), total: Number(order?.total) };
    });
  };
  return { row, contract, lines, delivery: Number(contract.deliveryPrice), renewals };
}

const paid = (amount: number) => {
  const rounded = Math.round(amount * 100) / 100;
  return { state: "PAID", differsBy: null, expected: rounded, total: rounded };
};

const isHeld = async (app: TestApp): Promise<string | null> =>
  (await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } })).billingHeldReason;

test.each(["every webhook comes", "no webhook comes"])(
  "20 % off for three orders: each charge expects what its order takes, the fourth the full amount, when %s",
  async (how) => {
    const app = await testApp({ subscribers: 1 });
    const { lines, delivery, renewals } = await discounted(app, {});
    if (how.startsWith("no")) setFaults(app.world, { seed: 1, webhookDrop: 1 });
    const less = paid(0.8 * lines + delivery);
    expect(await renewals()).toEqual([less, less, less, paid(lines + delivery)]);
    expect(await isHeld(app)).toBeNull();
  },
);

test("free delivery for two orders", async () => {
  const app = await testApp({ subscribers: 1 });
  const { lines, delivery, renewals } = await discounted(app, {
    target: "SHIPPING_LINE",
    value: { percentage: 100 },
    recurringCycleLimit: 2,
  });
  expect(await renewals()).toEqual([paid(lines), paid(lines), ...[3, 4].map(() => paid(lines + delivery))]);
  expect(await isHeld(app)).toBeNull();
});

test("an amount off all lines together also when something goes with one delivery alone", async () => {
  const app = await testApp({ subscribers: 1 });
  const { row, contract, lines, delivery, renewals } = await discounted(app, {
    value: { amount: "50.00", appliesOnEachItem: false },
    recurringCycleLimit: null,
  });
  const extra = Object.values(app.shopify.variants).find(({ id }) =>
    contract.lines.every((each) => each.variantId !== id),
  );
  const wish = { variantId: `gid://shopify/ProductVariant/${extra?.id ?? ""}`, quantity: 1, price: "99.00" };
  expect(await addOneOff(app.ctx, app.shop, row.id, wish, "shopper")).toMatchObject({ outcome: "ADDED" });
  const usual = paid(lines + delivery - 50);
  expect(await renewals()).toEqual([paid(lines + delivery + 99 - 50), usual, usual, usual]);
});
