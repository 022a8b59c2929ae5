import { billingSettings } from "~/billing/settings/settings.server";
import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";

import { forecast } from "./forecast";
import type { ForecastShop } from "./forecast";
import { MAX_DAYS, MAX_DECLINE_SHARE } from "./report";
import type { Assumption, Run, TimeMachineInput, TimeMachineReport } from "./report";
import { copyShop } from "./shop-copy.server";
import type { ShopCopy } from "./shop-copy.server";
import { tally } from "./tally";

const DAY_MS = 86_400_000;

/**
 * Runs a shop forward without money: the real billing rules over a copy of its contracts, cycles and open charges in
 * memory, beside a simulated Shopify. Reads the database once, in a transaction that can't write, and calls nobody.
 * With a changed setting it runs twice, with the same seed, so that both runs meet the same cards.
 * @throws RangeError for days or a share beyond the bounds of report.ts
 */
export async function runTimeMachine(ctx: Context, shop: Shop, input: TimeMachineInput): Promise<TimeMachineReport> {
  const { days, changed, assumptions, seed = 1 } = input;
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS) throw new RangeError(`1 to ${MAX_DAYS} whole days.`);
  const { declineShare } = assumptions;
  if (!(declineShare >= 0 && declineShare <= MAX_DECLINE_SHARE)) {
    throw new RangeError(`A share from 0 to ${MAX_DECLINE_SHARE}.`);
  }
  const settings = await billingSettings(ctx, shop);
  const copy = await copyShop(ctx, shop);
  const from = ctx.clock.now();
  const to = new Date(from.getTime() + days * DAY_MS);
  const run = async (what: Partial<typeof settings> | null): Promise<{ figures: Run; after: ForecastShop }> => {
    const merged = { ...settings, ...what };
    const after = await forecast(copy, { from, to, declineShare, seed, settings: merged, changed: what !== null });
    return { figures: tally(after, copy, from, to), after };
  };
  const now = await run(null);
  const then = changed ? await run(changed) : null;
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    run: now.figures,
    changed: then?.figures ?? null,
    assumptions: assumptionsOf(copy, declineShare, now.after.reckoned, await isHeld(ctx, shop)),
  };
}

/** A pace that Shopify sets is no standstill. */
async function isHeld(ctx: Context, { id }: Shop): Promise<boolean> {
  const { billingHeldReason } = await ctx.db.shop.findUniqueOrThrow({
    where: { id },
    select: { billingHeldReason: true },
  });
  return billingHeldReason !== null && billingHeldReason !== "RATE";
}

function assumptionsOf({ complete }: ShopCopy, declineShare: number, reckoned: boolean, held: boolean): Assumption[] {
  return [
    "CARDS_AS_LAST_TIME",
    ...(declineShare > 0 ? (["DECLINE_SHARE"] as const) : []),
    "NOBODY_CHANGES_ANYTHING",
    "NO_NEW_CARDS",
    "ENOUGH_STOCK",
    "PRICES_STAY",
    ...(held ? (["BILLING_GOES_ON"] as const) : []),
    ...(reckoned ? (["DATES_RECKONED"] as const) : []),
    ...(complete ? [] : (["SAMPLE"] as const)),
  ];
}
