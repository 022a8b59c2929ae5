import { z } from "zod";

import type { Context } from "~/context.server";
import { variantFacts } from "~/contracts/variant-facts.server";
import type { Shop } from "~/generated/prisma/client";
import { AdminApiError } from "~/shopify/admin-api.server";

import { OFFERS, ownReason, reasonKey } from "./leaving";
import type { PortalForm, PortalInput, SwapForm } from "./portal-form";
import {
  linePreferences,
  portalSettings,
  saveLinePreferences,
  savePortalSettings,
  saveSwapOptions,
  swapOptions,
} from "./settings.server";
import { MOST_SWAP_OPTIONS, SWITCHABLE } from "./settings";
import type { SwapOptionView } from "./settings";

/** Longer than anything that makes sense; what is typed is checked by `readPortalForm`, beside its field. */
const typed = z.string().max(10_000);
const MOST_ROWS = 200;

const posted = z.object({
  switchedOff: z.array(z.enum(SWITCHABLE)).transform((kinds) => [...new Set(kinds)]),
  offers: z
    .array(
      z.object({
        reason: reasonKey,
        offer: z.enum(OFFERS),
        months: typed,
        percent: typed,
        orders: typed,
        variantId: typed,
      }),
    )
    .max(MOST_ROWS),
  reasons: z.array(z.object({ key: ownReason.shape.key, en: typed, nb: typed })).max(MOST_ROWS),
  swap: z
    .array(
      z.object({
        variantId: z.string().regex(/^gid:\/\/shopify\/ProductVariant\/\d{1,20}$/),
        title: typed,
        forSwap: z.boolean(),
        forAdd: z.boolean(),
        forOneOff: z.boolean(),
      }),
    )
    .max(MOST_SWAP_OPTIONS)
    .transform((options) => [...new Map(options.map((option) => [option.variantId, option])).values()]),
  preferences: z
    .array(
      z.object({
        key: typed,
        labelEn: typed,
        labelNb: typed,
        options: typed,
        productId: z
          .string()
          .regex(/^gid:\/\/shopify\/Product\/\d{1,20}$/)
          .nullable(),
      }),
    )
    .max(MOST_ROWS),
  withdrawalCountries: typed,
  cancelPageCountries: typed,
  angrerettCountries: typed,
  withdrawalTextEn: typed,
  withdrawalTextNb: typed,
});

/** The posted form, of the right shape. @throws ZodError if it is not from our form at all */
export function postedPortalForm(body: unknown): PortalForm {
  return posted.parse(body);
}

const shownTitle = ({ title, variantTitle }: SwapOptionView): string =>
  variantTitle ? `${title} - ${variantTitle}` : title;

/** What the page of settings starts from. */
export async function portalInput(ctx: Context, shop: Shop): Promise<PortalInput> {
  const [settings, preferences, options] = await Promise.all([
    portalSettings(ctx, shop),
    linePreferences(ctx, shop),
    swapOptions(ctx, shop),
  ]);
  const swap = options.map((option): SwapForm => {
    const { variantId, forSwap, forAdd, forOneOff } = option;
    return { variantId, title: shownTitle(option), forSwap, forAdd, forOneOff };
  });
  return { settings, preferences, swap };
}

/** Saves what the form means. Products that are new to the list are looked up in Shopify; those that are gone fall away. */
export async function savePortal(
  ctx: Context,
  shop: Shop,
  { settings, preferences, swap }: PortalInput,
): Promise<{ outcome: "SAVED" } | { outcome: "SHOPIFY_UNAVAILABLE" }> {
  const known = new Map((await swapOptions(ctx, shop)).map((option) => [option.variantId, option]));
  let found: Map<string, SwapOptionView>;
  try {
    found = await lookUp(
      ctx,
      shop,
      swap.filter(({ variantId }) => !known.has(variantId)),
    );
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    return { outcome: "SHOPIFY_UNAVAILABLE" };
  }
  await saveSwapOptions(
    ctx,
    shop,
    swap.flatMap(({ variantId, forSwap, forAdd, forOneOff }) => {
      const option = known.get(variantId) ?? found.get(variantId);
      return option ? [{ ...option, forSwap, forAdd, forOneOff }] : [];
    }),
  );
  await saveLinePreferences(ctx, shop, preferences);
  await savePortalSettings(ctx, shop, settings);
  return { outcome: "SAVED" };
}

async function lookUp(ctx: Context, shop: Shop, wanted: readonly SwapForm[]): Promise<Map<string, SwapOptionView>> {
  const ids = wanted.map(({ variantId }) => variantId);
  const facts = await variantFacts(ctx, shop, ids, { country: shop.countryCode, currencyCode: shop.currencyCode });
  return new Map(
    [...facts].map(([id, { variantId, productId, title, variantTitle, imageUrl }]) => [
      id,
      { variantId, productId, title, variantTitle, imageUrl, forSwap: true, forAdd: true, forOneOff: true },
    ]),
  );
}
