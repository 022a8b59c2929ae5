import { describe, expect, it } from "vitest";

import { testApp } from "../../tests/app";
import { perform } from "./perform.server";
import { DEFAULT_PORTAL_SETTINGS, MOST_SWAP_OPTIONS, SWITCHABLE } from "./settings";
import type { SwapOptionView } from "./settings";
import {
  linePreferences,
  portalSettings,
  saveLinePreferences,
  savePortalSettings,
  saveSwapOptions,
  swapOptions,
} from "./settings.server";
import type { Shopper } from "./shopper";
import { portalSubscription } from "./subscriptions.server";

const app = await testApp({ subscribers: 2 });
const { ctx, shop } = app;
const contract = await ctx.db.subscriptionContract.findFirstOrThrow({
  where: { status: "ACTIVE" },
  include: { customer: true },
});
const shopper: Shopper = { shop, customerId: contract.customer?.shopifyId ?? "", locale: "en" };
const page = async () => {
  const found = await portalSubscription(ctx, shopper, contract.id);
  if (!found) throw new Error("the shopper has a subscription");
  return found;
};

const option = (number: number): SwapOptionView => ({
  variantId: `gid://shopify/ProductVariant/${number}`,
  productId: "gid://shopify/Product/1",
  title: `Coffee ${number}`,
  variantTitle: null,
  imageUrl: null,
  forSwap: true,
  forAdd: true,
  forOneOff: true,
});

describe("what a shop lets its shoppers do", () => {
  it("is everything until it says otherwise", async () => {
    expect(await portalSettings(ctx, shop)).toEqual(DEFAULT_PORTAL_SETTINGS);
    expect((await page()).can).toEqual(
      expect.arrayContaining(["skip", "move", "pause", "quantity", "frequency", "cancel"]),
    );
  });

  it("is neither shown nor carried out once it is switched off, and taking back and leaving stay", async () => {
    await savePortalSettings(ctx, shop, { switchedOff: [...SWITCHABLE] });
    const { can, upcoming, seen } = await page();
    expect(can.filter((kind) => SWITCHABLE.some((one) => one === kind))).toEqual([]);
    expect(can).toContain("cancel");
    expect(upcoming.every(({ canSkip, movable }) => !canSkip && movable === null)).toBe(true);
    const skipped = await perform(
      ctx,
      shopper,
      contract.id,
      { kind: "skip", cycle: upcoming[0]?.cycleIndex ?? 0 },
      { seen },
    );
    expect(skipped).toMatchObject({ ok: false, problem: "NOT_OFFERED" });
    await savePortalSettings(ctx, shop, { switchedOff: [] });
    expect((await page()).can).toContain("skip");
  });

  it("is kept part by part, and what it is not is refused", async () => {
    await savePortalSettings(ctx, shop, { withdrawalCountries: ["NO", "DE"] });
    await savePortalSettings(ctx, shop, { withdrawalTextNb: "Angrerett i 30 dager." });
    expect(await portalSettings(ctx, shop)).toMatchObject({
      withdrawalCountries: ["NO", "DE"],
      withdrawalTextNb: "Angrerett i 30 dager.",
    });
    await expect(savePortalSettings(ctx, shop, { withdrawalCountries: ["Norway"] })).rejects.toThrow();
  });
});

describe("what may be chosen", () => {
  it("is the shop's list in its order, of variants that are there once", async () => {
    await saveSwapOptions(ctx, shop, [option(2), option(1)]);
    expect((await swapOptions(ctx, shop)).map(({ title }) => title)).toEqual(["Coffee 2", "Coffee 1"]);
    await saveSwapOptions(ctx, shop, [option(3)]);
    expect(await swapOptions(ctx, shop)).toEqual([option(3)]);
    await expect(saveSwapOptions(ctx, shop, [option(1), option(1)])).rejects.toThrow();
    const tooMany = Array.from({ length: MOST_SWAP_OPTIONS + 1 }, (_, number) => option(number + 1));
    await expect(saveSwapOptions(ctx, shop, tooMany)).rejects.toThrow();
    expect(await swapOptions(ctx, shop)).toEqual([option(3)]);
  });

  it("as a wish for a line has a name that themes show", async () => {
    const grind = { key: "Grind", labelEn: "Grind", labelNb: "Maling", options: ["Fine", "Coarse"], productId: null };
    await saveLinePreferences(ctx, shop, [grind]);
    expect(await linePreferences(ctx, shop)).toEqual([grind]);
    expect((await page()).can).toContain("preferences");
    await expect(saveLinePreferences(ctx, shop, [{ ...grind, key: "_hidden" }])).rejects.toThrow();
    const line = (await page()).lines[0]?.id ?? "";
    const { seen } = await page();
    const wish = (values: Record<string, string>) =>
      perform(ctx, shopper, contract.id, { kind: "preferences", line, values }, { seen });
    expect(await wish({ Grind: "Middling" })).toMatchObject({ problem: "NOT_OFFERED" });
    expect(await wish({ _hidden: "1" })).toMatchObject({ problem: "NOT_OFFERED" });
  });
});
