import { describe, expect, it } from "vitest";

import type { ContractEdit } from "~/contracts/edit";
import { editContract, quoteEdit } from "~/contracts/edit.server";
import { rereadContracts } from "~/contracts/read.server";
import { formatMoney } from "~/lib/format";

import { testApp } from "../../tests/app";
import { converted } from "../../tests/dev-shop/domain";
import { gid } from "../../tests/dev-shop/world";
import type { Contract, Shop, Variant } from "../../tests/dev-shop/world";
import { plainSpaces } from "../../tests/words";
import type { PortalAction, Preview, Receipt } from "./actions";
import { choicesFor } from "./choices.server";
import { perform } from "./perform.server";
import { preview } from "./preview.server";
import { saveSwapOptions } from "./settings.server";
import type { Shopper } from "./shopper";

/** Whoever has bought in another market's currency chooses, and is charged, in that currency to its smallest coin. */
const MARKETS = { SE: { currency: "SEK", rate: 0.9837 }, JP: { currency: "JPY", rate: 14.713 } };
type Country = keyof typeof MARKETS;

/** As a checkout in the country's market leaves it. */
function soldIn(shop: Shop, contract: Contract, country: Country): void {
  const { currency } = MARKETS[country];
  contract.currency = currency;
  contract.deliveryPrice = converted(shop, contract.deliveryPrice, currency);
  for (const line of contract.lines) {
    line.currentPrice = converted(shop, line.currentPrice, currency);
    line.basePrice = converted(shop, line.basePrice, currency);
  }
  if (contract.shippingAddress) contract.shippingAddress.countryCode = country;
}

async function visit(country: Country, { prepare }: { prepare?: (shop: Shop, contract: Contract) => void } = {}) {
  const app = await testApp({ subscribers: 1 });
  const { ctx, shop, shopify } = app;
  shopify.markets = structuredClone(MARKETS);
  const row = await ctx.db.subscriptionContract.findFirstOrThrow({
    where: { status: "ACTIVE", nextBillingAt: { not: null } },
    include: { customer: true },
  });
  const contract = shopify.contracts[row.shopifyId.split("/").at(-1) ?? ""];
  if (!contract || !row.customer) throw new Error("nobody subscribes");
  soldIn(shopify, contract, country);
  prepare?.(shopify, contract);
  await rereadContracts(ctx, shop, [row.shopifyId], { whole: true });

  const taken = contract.lines.map(({ productId }) => productId);
  const [variant] = Object.values(shopify.variants).filter(
    ({ productId, inventory }) => !taken.includes(productId) && inventory !== 0,
  );
  const line = await ctx.db.subscriptionLine.findFirstOrThrow({ where: { contractId: row.id } });
  if (!variant) throw new Error("nothing else is sold");
  const option = { variantId: gid("ProductVariant", variant.id), productId: gid("Product", variant.productId) };
  const shown = { title: "Another", variantTitle: null, imageUrl: null };
  await saveSwapOptions(ctx, shop, [{ ...option, ...shown, forSwap: true, forAdd: true, forOneOff: true }]);
  const shopper: Shopper = { shop, customerId: row.customer.shopifyId, locale: "en" };
  return { app, contract, variant, row, lineId: line.id, shopper };
}
type Visit = Awaited<ReturnType<typeof visit>>;

const wishes = ({ variant, lineId }: Visit) => {
  const id = gid("ProductVariant", variant.id);
  return {
    swap: { kind: "swap", line: lineId, variant: id },
    "add-line": { kind: "add-line", variant: id, quantity: 2 },
    "add-one-off": { kind: "add-one-off", variant: id, quantity: 3 },
  } as const satisfies Record<string, PortalAction>;
};

async function done({ app, shopper, row }: Visit, action: PortalAction): Promise<{ told: string; receipt: Receipt }> {
  const shown = await preview(app.ctx, shopper, row.id, action);
  if (!shown.ok) throw new Error(JSON.stringify(shown));
  const receipt = await perform(app.ctx, shopper, row.id, action, { seen: shown.seen, queue: false });
  if (!receipt.ok) throw new Error(JSON.stringify(receipt));
  return { told: words(shown), receipt };
}

const words = ({ effect }: Preview): string => plainSpaces(effect.join(" "));

const shownPrice = (amount: string, currencyCode: string): string =>
  plainSpaces(formatMoney({ amount, currencyCode }, "en"));

/** What is offered for each of the wishes, without what the line has already. */
async function offered({ app, shopper, row, lineId }: Visit, kind: keyof ReturnType<typeof wishes>) {
  const answer = await choicesFor(app.ctx, shopper, row.id, kind, { line: lineId });
  if (!answer.ok || !("variants" in answer)) throw new Error(JSON.stringify(answer));
  return answer.variants.filter(({ current }) => !current);
}

const priceOf = ({ app }: Visit, { price }: Variant, currency: string) => converted(app.shopify, price, currency);

describe.each([
  { country: "SE", currency: "SEK", decimals: 2 },
  { country: "JP", currency: "JPY", decimals: 0 },
] as const)("in $currency", ({ country, currency, decimals }) => {
  it("a swap, a new line and a one-off cost what was shown, on the contract and on the order", async () => {
    const at = await visit(country);
    const { app, contract, variant, row } = at;
    const plain = priceOf(at, variant, currency);
    const [plan] = contract.lines[0]?.pricingPolicies ?? [];
    expect(plan?.adjustmentType).toBe("PERCENTAGE");
    const off = (Number(plain) * (100 - Number(plan?.adjustmentValue))) / 100;
    const reduced = (Math.round(off * 10 ** decimals) / 10 ** decimals).toFixed(decimals);

    const { swap, "add-line": addLine, "add-one-off": addOneOff } = wishes(at);
    for (const kind of ["swap", "add-line"] as const) {
      const offer = (await offered(at, kind)).find(({ value }) => value === swap.variant);
      expect(plainSpaces(offer?.detail ?? ""), kind).toContain(shownPrice(reduced, currency));
    }
    expect((await done(at, swap)).told).toContain(`at ${shownPrice(reduced, currency)} each`);
    expect(contract.lines[0]).toMatchObject({ variantId: variant.id, currentPrice: reduced, basePrice: plain });

    expect((await done(at, addLine)).told).toContain(`at ${shownPrice(reduced, currency)} each`);
    expect(contract.lines.at(-1)).toMatchObject({ quantity: 2, currentPrice: reduced });

    const { told } = await done(at, addOneOff);
    const sum = (Number(plain) * 3).toFixed(decimals);
    expect(told).toContain(`for ${shownPrice(sum, currency)}.`);
    const amount = /then costs (.+?), before/.exec(told)?.[1];

    const due = await app.ctx.db.subscriptionContract.findUniqueOrThrow({ where: { id: row.id } });
    await app.advanceTo(new Date(Number(due.nextBillingAt) + 3_600_000).toISOString());
    const charge = await app.ctx.db.charge.findFirstOrThrow({
      where: { contractId: row.id, imported: false, state: "PAID" },
    });
    const order = app.shopify.orders[charge.orderId?.split("/").at(-1) ?? ""];
    expect(order).toMatchObject({ currency });
    expect(shownPrice(order?.total ?? "0", currency)).toBe(amount);
    expect(charge).toMatchObject({ currencyCode: currency, differsBy: null });
    for (const booked of [charge.expectedAmount, charge.paidAmount]) {
      expect(shownPrice(String(booked), currency)).toBe(amount);
      expect(booked?.decimalPlaces()).toBeLessThanOrEqual(decimals);
    }
  });
});

describe("a subscription that moves to another country", () => {
  it("has what is swapped in the same edit at the price of the country that it goes to", async () => {
    const at = await visit("SE", {
      prepare: (_shop, { shippingAddress }) => {
        if (shippingAddress) shippingAddress.countryCode = "NO";
      },
    });
    const { app, contract, variant, row, lineId } = at;
    const swap: ContractEdit = { kind: "VARIANT", lineId, variantId: gid("ProductVariant", variant.id) };
    const street = { lastName: "Berg", address1: "Drottninggatan 1", zip: "111 51", city: "Stockholm" };
    const move: ContractEdit = { kind: "ADDRESS", address: { ...street, countryCode: "SE" } };
    // Norway has no price in kronor of Sweden.
    expect(await quoteEdit(app.ctx, app.shop, row.id, [swap])).toMatchObject({ outcome: "NOT_OFFERED" });
    const edited = await editContract(app.ctx, app.shop, row.id, [swap, move], { actor: "merchant" });
    expect(edited).toMatchObject({ outcome: "EDITED" });
    expect(contract.lines[0]?.basePrice).toBe(priceOf(at, variant, "SEK"));
  });
});

describe("what has no price in the contract's currency", () => {
  it.each(["swap", "add-line", "add-one-off"] as const)("is no %s, and the shopper is told so", async (kind) => {
    const at = await visit("SE", {
      prepare: (shop) => {
        // The merchant has taken the market back.
        delete shop.markets?.SE;
      },
    });
    expect(await offered(at, kind)).toEqual([]);
    const before = structuredClone(at.contract.lines);
    const answer = await preview(at.app.ctx, at.shopper, at.row.id, wishes(at)[kind]);
    expect(answer).toMatchObject({ ok: false, problem: "NOT_OFFERED", title: "This can’t be chosen here" });
    expect(at.contract.lines).toEqual(before);
  });

  it("is whatever would be on a plan with a price in the shop's; what goes with one delivery alone is on none", async () => {
    const at = await visit("SE", {
      prepare: (shop) => {
        for (const { pricingPolicies } of Object.values(shop.sellingPlans)) {
          pricingPolicies.splice(0, pricingPolicies.length, {
            kind: "FIXED",
            adjustmentType: "PRICE",
            adjustmentValue: "99.00",
          });
        }
      },
    });
    for (const kind of ["swap", "add-line"] as const) {
      expect(await offered(at, kind), kind).toEqual([]);
      const answer = await preview(at.app.ctx, at.shopper, at.row.id, wishes(at)[kind]);
      expect(answer, kind).toMatchObject({ ok: false, problem: "NOT_OFFERED" });
    }
    const frequencies = await choicesFor(at.app.ctx, at.shopper, at.row.id, "frequency");
    if (!frequencies.ok || frequencies.kind !== "frequency") throw new Error(JSON.stringify(frequencies));
    expect(frequencies.plans.filter(({ current }) => !current)).toEqual([]);
    expect(await offered(at, "add-one-off")).toHaveLength(1);
  });

  it("costs the shop's own price where the contract is in the shop's currency, wherever it is sent", async () => {
    const at = await visit("SE", {
      prepare: (shop, contract) => {
        contract.currency = shop.currency;
      },
    });
    await done(at, wishes(at)["add-one-off"]);
    const oneOff = await at.app.ctx.db.oneOff.findFirstOrThrow({ where: { contractId: at.row.id } });
    expect(oneOff).toMatchObject({ currencyCode: "NOK" });
    expect(oneOff.price.toFixed(2)).toBe(Number(at.variant.price).toFixed(2));
  });
});

describe("without deliveries", () => {
  it("the country is the one that is paid from", async () => {
    const at = await visit("JP", {
      prepare: (shop, contract) => {
        const customer = shop.customers[contract.customerId];
        if (customer?.defaultAddress) customer.defaultAddress.countryCode = "JP";
        contract.shippingAddress = null;
        for (const sold of [...contract.lines, ...Object.values(shop.variants)]) sold.requiresShipping = false;
      },
    });
    await done(at, wishes(at).swap);
    expect(at.contract.lines[0]?.basePrice).toBe(priceOf(at, at.variant, "JPY"));
  });
});

describe("a restart", () => {
  it("is made in the ended contract's currency, at today's prices", async () => {
    const at = await visit("SE");
    const { app, contract, row, shopper } = at;
    const sold = app.shopify.variants[contract.lines[0]?.variantId ?? ""];
    if (!sold) throw new Error("the line has no variant");
    sold.price = "250.00";
    contract.status = "CANCELLED";
    contract.terminatedAt = app.world.now;
    await rereadContracts(app.ctx, app.shop, [row.shopifyId], { whole: true });

    const restart: PortalAction = { kind: "restart", consent: true };
    const shown = await preview(app.ctx, shopper, row.id, restart);
    if (!shown.ok) throw new Error(JSON.stringify(shown));
    const said = { seen: shown.seen, consentText: shown.consent };
    expect(await perform(app.ctx, shopper, row.id, restart, said)).toMatchObject({ ok: true });
    const again = await app.ctx.db.subscriptionContract.findFirstOrThrow({ where: { restartedFromId: row.id } });
    const made = app.shopify.contracts[again.shopifyId.split("/").at(-1) ?? ""];
    expect(made).toMatchObject({ currency: "SEK" });
    expect(made?.lines[0]?.basePrice).toBe(converted(app.shopify, "250.00", "SEK"));
    const amount = /for (SEK [\d,.]+) /.exec(plainSpaces(shown.consent ?? ""))?.[1];
    const total = made?.lines.reduce((sum, line) => sum + Number(line.currentPrice) * line.quantity, 0) ?? 0;
    expect(amount).toBe(shownPrice((total + Number(made?.deliveryPrice)).toFixed(2), "SEK"));
  });
});
