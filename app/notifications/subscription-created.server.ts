import { z } from "zod";

import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Job } from "~/jobs/queues";
import { supportedLocale } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";
import { money } from "~/money/money";
import { nextAmountOf } from "~/money/next-amount";

import { createdMail } from "./created-mail";
import { portalUrl, withdrawalUrl } from "./links";
import { magicLink } from "./magic-link.server";
import { contactOf, mailShopper, recordSent } from "./send.server";

const NOTIFICATION = "subscription-created";

/**
 * Handler of notifications.subscription-created: confirms a new subscription to the shopper, in their language, once.
 * That it was sent stands in the contract's history. A shopper without an e-mail address gets none.
 * @throws when the mail can't be handed over; the job is tried again.
 */
export async function subscriptionCreated(
  ctx: Context,
  { shopId, contractId }: Job<"notifications.subscription-created">,
): Promise<void> {
  const contract = await ctx.db.subscriptionContract.findFirst({
    where: { id: contractId, shopId },
    include: {
      shop: true,
      customer: true,
      lines: { orderBy: { position: "asc" } },
      cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" }, take: 1 },
    },
  });
  const email = contract?.customer?.email;
  if (!contract || !email || contract.shop.status !== "ACTIVE") return;
  const sent = await ctx.db.historyEvent.findFirst({
    where: { shopId, contractId, type: "notification.sent", data: { path: ["notification"], equals: NOTIFICATION } },
    select: { id: true },
  });
  if (sent) return;

  const { shop, customer, lines, currencyCode } = contract;
  const next = nextAmountOf(contract);
  const locale = supportedLocale(customer?.locale ?? shop.locale);
  const mail = createdMail(
    {
      shopName: shop.name,
      timeZone: shop.timeZone,
      contactEmail: contactOf(shop),
      portalUrl: customer
        ? await magicLink(ctx, shop, customer.shopifyId, { purpose: "portal", locale })
        : portalUrl(shop),
      firstName: customer?.firstName ?? null,
      lines: lines.map(({ title, variantTitle, quantity, currentPrice }) => ({
        title,
        variantTitle,
        quantity,
        price: money(currentPrice, currencyCode),
      })),
      frequency: { interval: contract.deliveryInterval, count: contract.deliveryIntervalCount },
      subtotal: next.subtotal,
      deliveryPrice: next.delivery,
      amount: next.total,
      nextAt: contract.cycles[0]?.dueAt.toISOString() ?? null,
      paymentMethodLabel: contract.paymentMethodLabel,
      originOrderName: contract.originOrderName,
      withdrawal: await withdrawalFor(ctx, shop, contract.shippingAddress, locale),
    },
    locale,
  );
  await mailShopper(ctx, shop, email, mail);
  await recordSent(ctx, shop, contractId, NOTIFICATION);
}

const shippedTo = z.object({ countryCode: z.string() });

/** What the shop tells of the right of withdrawal in the country that it delivers to; without an address, in its own. */
async function withdrawalFor(
  ctx: Context,
  shop: Shop,
  address: unknown,
  locale: Locale,
): Promise<{ text: string; url: string | null } | null> {
  const settings = await ctx.db.portalSettings.findUnique({ where: { shopId: shop.id } });
  const shipped = shippedTo.safeParse(address);
  const country = shipped.success ? shipped.data.countryCode : shop.countryCode;
  if (!settings || country === null || !settings.angrerettCountries.includes(country)) return null;
  return {
    text: locale === "nb" ? settings.withdrawalTextNb : settings.withdrawalTextEn,
    url: settings.withdrawalCountries.length > 0 ? withdrawalUrl(shop) : null,
  };
}
