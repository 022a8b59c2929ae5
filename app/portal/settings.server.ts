import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";

import {
  DEFAULT_PORTAL_SETTINGS,
  linePreferencesInput,
  portalSettingsInput,
  SWITCHABLE,
  swapOptionsInput,
} from "./settings";
import type { LinePreferenceView, PortalSettingsView, SwapOptionView } from "./settings";

/** What the shop lets its shoppers do; a setting that can't be read is as if it had not been made. */
export async function portalSettings(ctx: Context, shop: Pick<Shop, "id">): Promise<PortalSettingsView> {
  const row = await ctx.db.portalSettings.findUnique({ where: { shopId: shop.id } });
  // A kind that is no more can't be switched off; the others stay so.
  const switchedOff = SWITCHABLE.filter((kind) => row?.switchedOff.includes(kind));
  const read = portalSettingsInput.safeParse({ ...DEFAULT_PORTAL_SETTINGS, ...row, switchedOff });
  return read.success ? read.data : DEFAULT_PORTAL_SETTINGS;
}

/** Changes what is given and leaves the rest. @throws ZodError: callers check their forms before */
export async function savePortalSettings(
  ctx: Context,
  shop: Pick<Shop, "id">,
  changes: Partial<PortalSettingsView>,
): Promise<PortalSettingsView> {
  const { offers, reasons, ...rest } = portalSettingsInput.parse({ ...(await portalSettings(ctx, shop)), ...changes });
  const data = { ...rest, offers: offers ?? [], reasons: reasons ?? [] };
  await ctx.db.portalSettings.upsert({
    where: { shopId: shop.id },
    create: { shopId: shop.id, ...data },
    update: data,
  });
  return { ...rest, offers, reasons };
}

/** Variants that shoppers may swap to or add, in the merchant's order. */
export async function swapOptions(ctx: Context, shop: Pick<Shop, "id">): Promise<SwapOptionView[]> {
  const rows = await ctx.db.swapOption.findMany({ where: { shopId: shop.id }, orderBy: { position: "asc" } });
  return rows.map(({ variantId, productId, title, variantTitle, imageUrl, forSwap, forAdd, forOneOff }) => ({
    variantId,
    productId,
    title,
    variantTitle,
    imageUrl,
    forSwap,
    forAdd,
    forOneOff,
  }));
}

/** The whole list, in the order in which it is shown. @throws ZodError */
export async function saveSwapOptions(ctx: Context, shop: Pick<Shop, "id">, options: SwapOptionView[]): Promise<void> {
  const list = swapOptionsInput.parse(options);
  await ctx.db.$transaction([
    ctx.db.swapOption.deleteMany({ where: { shopId: shop.id } }),
    ctx.db.swapOption.createMany({
      data: list.map((option, position) => ({ ...option, id: ctx.ids.next(), shopId: shop.id, position })),
    }),
  ]);
}

/** What shoppers may say about a line, in the merchant's order. */
export async function linePreferences(ctx: Context, shop: Pick<Shop, "id">): Promise<LinePreferenceView[]> {
  const rows = await ctx.db.linePreference.findMany({ where: { shopId: shop.id }, orderBy: { position: "asc" } });
  return rows.map(({ key, labelEn, labelNb, options, productId }) => ({ key, labelEn, labelNb, options, productId }));
}

/** The whole list, in the order in which it is shown. @throws ZodError */
export async function saveLinePreferences(
  ctx: Context,
  shop: Pick<Shop, "id">,
  preferences: LinePreferenceView[],
): Promise<void> {
  const list = linePreferencesInput.parse(preferences);
  await ctx.db.$transaction([
    ctx.db.linePreference.deleteMany({ where: { shopId: shop.id } }),
    ctx.db.linePreference.createMany({
      data: list.map((preference, position) => ({ ...preference, id: ctx.ids.next(), shopId: shop.id, position })),
    }),
  ]);
}
