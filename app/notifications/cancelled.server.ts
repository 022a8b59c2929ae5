import type { Context } from "~/context.server";
import type { Job } from "~/jobs/queues";
import { supportedLocale } from "~/lib/i18n";

import { cancelledMail } from "./cancelled-mail";
import { portalUrl } from "./links";
import { contactOf, mailShopper, recordSent, wasSent } from "./send.server";

const NOTIFICATION = "subscription-cancelled";

/**
 * Handler of notifications.cancelled: the receipt of a cancellation that the shopper has asked for, once. That it was
 * sent stands in the contract's history.
 * @param eventId of "contract.cancelled"
 * @throws when the mail can't be handed over; the job is tried again.
 */
export async function mailCancelled(ctx: Context, { shopId, eventId }: Job<"notifications.cancelled">): Promise<void> {
  const event = await ctx.db.historyEvent.findFirst({
    where: { id: eventId, shopId, type: "contract.cancelled" },
    include: {
      contract: {
        include: {
          shop: true,
          customer: true,
          lines: { orderBy: { position: "asc" } },
          charges: { where: { state: "PAID" }, orderBy: { cycleIndex: "desc" }, take: 1 },
          cycles: { where: { billed: false }, orderBy: { cycleIndex: "asc" }, take: 1 },
        },
      },
    },
  });
  const contract = event?.contract;
  const customer = contract?.customer;
  if (!contract || !customer?.email || customer.redactedAt !== null || contract.shop.status !== "ACTIVE") return;
  if (await wasSent(ctx, contract.shop, contract.id, NOTIFICATION, eventId)) return;

  const { shop, lines } = contract;
  const [paid] = contract.charges;
  const orderName = paid ? paid.orderName : contract.originOrderName;
  const isPrepaid =
    contract.billingInterval !== contract.deliveryInterval ||
    contract.billingIntervalCount !== contract.deliveryIntervalCount;
  const paidUntil = isPrepaid ? contract.cycles[0]?.expectedAt : undefined;
  const mail = cancelledMail(
    {
      shopName: shop.name,
      timeZone: shop.timeZone,
      contactEmail: contactOf(shop),
      portalUrl: portalUrl(shop),
      firstName: customer.firstName,
      lines: lines.map(({ title, variantTitle, quantity }) => ({ title, variantTitle, quantity })),
      cancelledAt: event.at.toISOString(),
      lastOrder: orderName
        ? { name: orderName, paidAt: (paid?.paidAt ?? contract.shopifyCreatedAt).toISOString() }
        : null,
      prepaidUntil: paidUntil && paidUntil > event.at ? paidUntil.toISOString() : null,
    },
    supportedLocale(customer.locale ?? shop.locale),
  );
  await mailShopper(ctx, shop, customer.email, mail);
  await recordSent(ctx, shop, contract.id, NOTIFICATION, eventId);
}
