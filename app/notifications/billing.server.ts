import type { Context } from "~/context.server";
import type { ContractStatus } from "~/generated/prisma/enums";
import { historyOf } from "~/history/history.server";
import type { HistoryLine } from "~/history/events";
import type { Job } from "~/jobs/queues";
import { supportedLocale } from "~/lib/i18n";

import { sendCardLink } from "./card-link.server";
import { factsOf, subscriptionOf } from "./facts.server";
import type { Subscription } from "./facts.server";
import { portalUrl } from "./links";
import { magicLink } from "./magic-link.server";
import { tellMerchant } from "./merchant.server";
import { mailShopper, recordSent } from "./send.server";
import { shopperMail } from "./shopper-mail";
import { isShopperEvent, trailOf } from "./trail";
import { mailFor, NOTIFICATIONS } from "./which-mail";
import type { ShopperNotice } from "./which-mail";

/**
 * Handler of notifications.billing: sends the e-mail that an event of the billing engine is worth, if any, once. Nobody
 * is written to about what has passed meanwhile, without an address, or in the name of a shop that is gone.
 * @throws when the mail can't be handed over; the job is tried again.
 */
export async function billingNotification(
  ctx: Context,
  { shopId, eventId }: Job<"notifications.billing">,
): Promise<void> {
  const event = await ctx.db.historyEvent.findFirst({
    where: { id: eventId, shopId },
    select: { contractId: true, shop: true },
  });
  if (!event || event.shop.status !== "ACTIVE") return;
  if (event.contractId === null) await tellMerchant(ctx, event.shop, eventId);
  else await tellShopper(ctx, { shopId, contractId: event.contractId, eventId });
}

async function tellShopper(
  ctx: Context,
  { shopId, contractId, eventId }: { shopId: string; contractId: string; eventId: string },
): Promise<void> {
  const history = await historyOf(ctx, { id: shopId }, contractId);
  const event = history.find(({ id }) => id === eventId);
  if (!event || !isShopperEvent(event)) return;
  const subscription = await subscriptionOf(ctx, shopId, contractId, event.data.cycleIndex);
  const customer = subscription?.customer;
  if (!subscription || !customer?.email || customer.redactedAt !== null) return;

  const notice = mailFor(event, {
    ...trailOf(history, event),
    declines: subscription.charges[0]?.declines ?? 0,
    retries: subscription.shop.dunningRetryDays.length,
  });
  if (!notice || !concerns(notice, subscription)) return;

  const secureLink = wantsCard(notice) && (await cardLink(ctx, subscription, history, eventId));
  const locale = supportedLocale(customer.locale ?? subscription.shop.locale);
  const link = mustAct(notice)
    ? await magicLink(ctx, subscription.shop, customer.shopifyId, { purpose: "payment", locale })
    : portalUrl(subscription.shop);
  const mail = shopperMail(notice, { ...factsOf(subscription, notice.event), portalUrl: link, secureLink }, locale);
  await mailShopper(ctx, subscription.shop, customer.email, mail);
  await recordSent(ctx, subscription.shop, contractId, NOTIFICATIONS[notice.kind], eventId);
}

const ENDED: readonly ContractStatus[] = ["CANCELLED", "EXPIRED", "FAILED"];

/** Whether the subscription is still such that the shopper is helped by the e-mail: they may have ended or paused it. */
function concerns({ kind, event }: ShopperNotice, { status, goneAt, dunningPausedAt }: Subscription): boolean {
  // Money was taken: that is told whatever came after.
  if (kind === "RECOVERED") return true;
  if (kind === "ENDED" && event.data.end === "CANCEL") return true;
  if (goneAt !== null || ENDED.includes(status)) return false;
  // Dunning's own pause is what the e-mails are about; whoever has paused it themselves expects nothing.
  return kind === "ENDED" || status === "ACTIVE" || dunningPausedAt !== null;
}

/** The shopper alone can put it right: the link in the e-mail then opens the portal without signing in. */
const mustAct = ({ kind }: ShopperNotice): boolean =>
  ["FAILED", "FAILED_AGAIN", "NOT_APPROVED", "CARD_NEEDED", "APPROVE", "APPROVE_REMINDER", "ENDED"].includes(kind);

const wantsCard = (notice: ShopperNotice): boolean =>
  notice.kind === "CARD_NEEDED" || (notice.kind === "ENDED" && notice.event.data.end === "PAUSE");

/** Shopify's own e-mail, unless a try of this job that died has had it sent. */
async function cardLink(
  ctx: Context,
  subscription: Subscription,
  history: readonly HistoryLine[],
  eventId: string,
): Promise<boolean> {
  const asked = history.some(
    ({ type, data }) => type === "notification.sent" && data.notification === "card-link" && data.about === eventId,
  );
  return asked || sendCardLink(ctx, subscription.shop, subscription, eventId);
}
