import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Shop, StockRule } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";
import { append } from "~/history/history.server";

import { settingsOf } from "./settings";
import type { BillingSettings } from "./settings";
import { changedSettings, MAX_STOCK_RULES } from "./settings-form";
import type { SettingsInput, StockRuleForm } from "./settings-form";

/** Settings that decide when a coming cycle is charged. */
const MOVES_CYCLES: readonly (keyof SettingsInput)[] = ["billingHour", "billingWindowMinutes"];

export interface SaveSettingsOutcome {
  outcome: "SAVED";
  /** The names of what is different now; empty if nothing is. */
  changed: (keyof SettingsInput)[];
}

/** The shop's billing settings as the engine uses them. */
export async function billingSettings(ctx: Context, shop: Shop): Promise<BillingSettings> {
  return settingsOf(shop, await rulesOf(ctx.db, shop.id));
}

/** The same for the settings page: rules with the titles that people know the variants by, in their order. */
export async function settingsInput(ctx: Context, shop: Shop): Promise<SettingsInput> {
  return inputOf(shop, await rulesOf(ctx.db, shop.id));
}

/**
 * Keeps what the merchant has decided, in one transaction. A new billing hour or window moves every coming cycle that is
 * not claimed yet (`rescheduleCycles`, as a job: a large shop has hundreds of thousands). Charges that have been declined
 * already keep the next try they have been given; the one after it follows the new settings.
 * @param input checked by `readSettings`
 */
export async function saveBillingSettings(
  ctx: Context,
  shop: Shop,
  input: SettingsInput,
  actor: Actor,
): Promise<SaveSettingsOutcome> {
  return ctx.db.$transaction(async (tx) => {
    // Two savings at once: the later one sees what the first has written.
    await tx.$queryRaw`SELECT id FROM "Shop" WHERE id = ${shop.id}::uuid FOR NO KEY UPDATE`;
    const current = await tx.shop.findUniqueOrThrow({ where: { id: shop.id } });
    const changed = changedSettings(inputOf(current, await rulesOf(tx, shop.id)), input);
    if (changed.length === 0) return { outcome: "SAVED", changed };

    const { stockRules, dunningRetryDays, payDays, ...columns } = input;
    await tx.shop.update({
      where: { id: shop.id },
      data: { ...columns, dunningRetryDays: [...dunningRetryDays], payDays: [...payDays] },
    });
    if (changed.includes("stockRules")) {
      await tx.stockRule.deleteMany({ where: { shopId: shop.id } });
      await tx.stockRule.createMany({ data: stockRules.map((rule) => ({ ...rule, shopId: shop.id })) });
    }
    if (changed.some((name) => MOVES_CYCLES.includes(name))) {
      await ctx.jobs.put(tx, "billing.reschedule", { shopId: shop.id });
    }
    await append(ctx, tx, {
      shopId: shop.id,
      contractId: null,
      type: "billing.settings-changed",
      actor,
      data: { changed },
    });
    return { outcome: "SAVED", changed };
  });
}

const rulesOf = (db: Pick<Tx, "stockRule">, shopId: string): Promise<StockRule[]> =>
  db.stockRule.findMany({
    where: { shopId },
    orderBy: [{ title: "asc" }, { variantId: "asc" }],
    take: MAX_STOCK_RULES,
  });

function inputOf(shop: Shop, rules: readonly StockRule[]): SettingsInput {
  return {
    billingHour: shop.billingHour,
    billingWindowMinutes: shop.billingWindowMinutes,
    lateDaysMax: shop.lateDaysMax,
    dunningRetryDays: shop.dunningRetryDays,
    dunningHourFrom: shop.dunningHourFrom,
    dunningHourTo: shop.dunningHourTo,
    payDays: shop.payDays,
    dunningEnd: shop.dunningEnd,
    missedCycles: shop.missedCycles,
    challengeDays: shop.challengeDays,
    stockPolicy: shop.stockPolicy,
    stockWaitDays: shop.stockWaitDays,
    stockRules: rules.map(({ variantId, title, policy, substituteVariantId, substituteTitle }): StockRuleForm => ({
      variantId,
      title,
      policy,
      substituteVariantId,
      substituteTitle,
    })),
  };
}
