import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { shopHistoryOf } from "~/history/history.server";
import { supportedLocale } from "~/lib/i18n";
import { money } from "~/money/money";

import { adminUrl } from "./links";
import { merchantMail } from "./merchant-mail";
import type { DifferingOrder } from "./merchant-mail";
import { merchantNotice } from "./merchant-notice";
import { mailMerchant, recordSent } from "./send.server";

/**
 * Tells the shop's owner that billing stands still and only a person can help, or that it goes on again; once a day at
 * most about each.
 * @throws when the mail can't be handed over; the job is tried again.
 */
export async function tellMerchant(ctx: Context, shop: Shop, eventId: string): Promise<void> {
  const history = await shopHistoryOf(ctx, shop, ["billing.held", "billing.resumed", "notification.sent"]);
  const notice = merchantNotice(history, eventId);
  // The row is the truth about whether it stands still at this moment.
  if (!notice || shop.billingHeldReason !== (notice.kind === "HELD" ? notice.reason : null)) return;

  const differs = notice.kind === "HELD" && notice.reason === "AMOUNT_DIFFERS";
  const mail = merchantMail(
    notice,
    {
      shopName: shop.name,
      timeZone: shop.timeZone,
      appUrl: adminUrl(shop, "/app"),
      billingUrl: adminUrl(shop, "/app/billing"),
      waiting: await waitingRenewals(ctx, shop),
      lateDaysMax: shop.lateDaysMax,
      differing: differs ? await differing(ctx, shop) : null,
    },
    supportedLocale(shop.locale),
  );
  await mailMerchant(ctx, shop, mail);
  await recordSent(ctx, shop, null, notice.kind === "HELD" ? "billing-held" : "billing-resumed", eventId);
}

async function waitingRenewals(ctx: Context, shop: Shop): Promise<number> {
  return ctx.db.billingCycle.count({
    where: {
      shopId: shop.id,
      outcome: null,
      claimed: false,
      skipped: false,
      dueAt: { lte: ctx.clock.now() },
      contract: { status: "ACTIVE", goneAt: null },
    },
  });
}

/** The order that has made billing stand still: the ledger's newest that differs. */
async function differing(ctx: Context, shop: Shop): Promise<DifferingOrder | null> {
  const charge = await ctx.db.charge.findFirst({
    where: { shopId: shop.id, differsBy: { not: null } },
    orderBy: { updatedAt: "desc" },
  });
  if (!charge?.differsBy) return null;
  const { differsBy, expectedAmount, currencyCode, orderName } = charge;
  return {
    orderName,
    expected: money(expectedAmount, currencyCode),
    taken: money(expectedAmount.plus(differsBy), currencyCode),
    by: money(differsBy, currencyCode),
  };
}
