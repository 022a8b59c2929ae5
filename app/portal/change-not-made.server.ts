import type { Context } from "~/context.server";
import type { EventData } from "~/history/events";
import type { Job } from "~/jobs/queues";
import { supportedLocale } from "~/lib/i18n";
import { changeNotMadeMail } from "~/notifications/change-not-made-mail";
import { portalUrl } from "~/notifications/links";
import { contactOf, mailShopper, recordSent, wasSent } from "~/notifications/send.server";

import { notMadeTexts } from "./kinds/edit.server";
import { frequencyOf, listItem } from "./present";
import { pathTo } from "./proxy/place";
import { editText } from "./queued";
import type { Shopper } from "./shopper";
import { subjectOf } from "./subject.server";

const NOTIFICATION = "change-not-made";

/**
 * Handler of portal.change-not-made: tells the shopper that what had waited for a renewal could not be done, once.
 * @param eventId of "edit.failed"
 * @throws when the mail can't be handed over; the job is tried again.
 */
export async function mailChangeNotMade(
  ctx: Context,
  { shopId, eventId }: Job<"portal.change-not-made">,
): Promise<void> {
  const event = await ctx.db.historyEvent.findFirst({
    where: { id: eventId, shopId, type: "edit.failed" },
    include: { contract: { include: { shop: true, customer: true } } },
  });
  const contract = event?.contract;
  const customer = contract?.customer;
  if (!contract || !customer?.email || customer.redactedAt !== null || contract.shop.status !== "ACTIVE") return;
  if (await wasSent(ctx, contract.shop, contract.id, NOTIFICATION, eventId)) return;

  const { shop } = contract;
  // Only `append` writes it, in this shape.
  const data = event.data as object as EventData["edit.failed"];
  const queued = await ctx.db.queuedEdit.findFirst({ where: { id: data.queuedEditId, shopId } });
  const shopper: Shopper = {
    shop,
    customerId: customer.shopifyId,
    locale: supportedLocale(customer.locale ?? shop.locale),
  };
  const subject = await subjectOf(ctx, shopper, contract.id);
  if (!queued || !subject) return;
  const mail = changeNotMadeMail(
    {
      shopName: shop.name,
      timeZone: shop.timeZone,
      contactEmail: contactOf(shop),
      firstName: customer.firstName,
      askedAt: queued.queuedAt.toISOString(),
      asked: editText(subject, queued.edits),
      why: notMadeTexts(subject, data.reason, data.kinds),
      lines: subject.row.lines,
      standing: [frequencyOf(subject), listItem(subject).nextText],
      subscriptionUrl: portalUrl(shop) + pathTo.subscription(contract.id),
    },
    shopper.locale,
  );
  await mailShopper(ctx, shop, customer.email, mail);
  await recordSent(ctx, shop, contract.id, NOTIFICATION, eventId);
}
