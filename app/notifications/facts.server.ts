import type { Context } from "~/context.server";
import type { Prisma } from "~/generated/prisma/client";
import { money } from "~/money/money";
import { nextAmountOf } from "~/money/next-amount";

import { storefrontUrl } from "./links";
import { contactOf } from "./send.server";
import type { ShopperFacts } from "./shopper-mail";
import type { ShopperEvent } from "./trail";

const include = (cycleIndex: number) =>
  ({
    shop: true,
    customer: true,
    lines: { orderBy: { position: "asc" } },
    charges: { where: { cycleIndex } },
    cycles: {
      where: { outcome: null, skipped: false, cycleIndex: { gt: cycleIndex } },
      orderBy: { cycleIndex: "asc" },
      take: 1,
    },
  }) satisfies Prisma.SubscriptionContractInclude;

/** A contract with what an e-mail about one of its cycles tells from. */
export type Subscription = Prisma.SubscriptionContractGetPayload<{ include: ReturnType<typeof include> }>;

/** @param cycleIndex the cycle that the e-mail is about; null for another shop's contract */
export async function subscriptionOf(
  ctx: Context,
  shopId: string,
  contractId: string,
  cycleIndex: number,
): Promise<Subscription | null> {
  return ctx.db.subscriptionContract.findFirst({ where: { id: contractId, shopId }, include: include(cycleIndex) });
}

const DAY_MS = 86_400_000;

export function factsOf(
  subscription: Subscription,
  event: ShopperEvent,
): Omit<ShopperFacts, "secureLink" | "portalUrl"> {
  const { shop, customer, lines } = subscription;
  const charge = subscription.charges[0];
  return {
    shopName: shop.name,
    timeZone: shop.timeZone,
    contactEmail: contactOf(shop),
    storefrontUrl: storefrontUrl(shop),
    firstName: customer?.firstName ?? null,
    lines: lines.map(({ title, variantTitle, quantity }) => ({ title, variantTitle, quantity })),
    amount: charge ? money(charge.expectedAmount, charge.currencyCode) : nextAmountOf(subscription).total,
    paymentMethodLabel: subscription.paymentMethodLabel,
    nextAt: subscription.cycles[0]?.dueAt.toISOString() ?? null,
    dunningEnd: shop.dunningEnd,
    dunningEndsAt: (endOf(event) ?? windowEnd(subscription))?.toISOString() ?? null,
  };
}

const endOf = (event: ShopperEvent): Date | null =>
  event.type === "charge.failed" && event.data.endsAt !== null ? new Date(event.data.endsAt) : null;

/** The last day on which the shop's settings let the charge be tried; the day alone is told. */
function windowEnd({ shop, charges }: Subscription): Date | null {
  const charge = charges[0];
  const days = shop.dunningRetryDays.at(-1);
  if (charge?.dunningEndsAt) return charge.dunningEndsAt;
  return charge?.firstFailedAt && days !== undefined ? new Date(charge.firstFailedAt.getTime() + days * DAY_MS) : null;
}
