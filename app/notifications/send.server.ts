import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { NotificationName } from "~/history/events";
import { append } from "~/history/history.server";

import { mailHtml, mailText } from "./mail";
import type { Mail } from "./mail";

type ShopOf = Pick<Shop, "id" | "domain" | "name" | "email" | "contactEmail">;

/** Where shoppers write to. */
export const contactOf = (shop: Pick<Shop, "email" | "contactEmail">): string => shop.contactEmail ?? shop.email;

/**
 * Hands an e-mail to a shopper over, in the shop's name.
 * @throws when the mail can't be handed over: the job is tried again
 */
export async function mailShopper(ctx: Context, shop: ShopOf, to: string, mail: Mail): Promise<void> {
  await hand(ctx, shop, { to, fromName: shop.name, replyTo: contactOf(shop) }, mail);
}

/**
 * Hands an e-mail to the shop's owner over, in Perennial's name.
 * @throws when the mail can't be handed over: the job is tried again
 */
export async function mailMerchant(ctx: Context, shop: ShopOf, mail: Mail): Promise<void> {
  await hand(ctx, shop, { to: shop.email, fromName: "Perennial", replyTo: shop.email }, mail);
}

async function hand(
  ctx: Context,
  shop: ShopOf,
  envelope: { to: string; fromName: string; replyTo: string },
  mail: Mail,
): Promise<void> {
  await ctx.mailer.send({
    shop: shop.domain,
    ...envelope,
    subject: mail.subject,
    text: mailText(mail),
    html: mailHtml(mail),
    locale: mail.locale,
  });
}

/** Whether an e-mail about this event was sent already. */
export async function wasSent(
  ctx: Context,
  shop: Pick<Shop, "id">,
  contractId: string | null,
  notification: NotificationName,
  about: string,
): Promise<boolean> {
  const sent = await ctx.db.historyEvent.findFirst({
    where: {
      shopId: shop.id,
      contractId,
      type: "notification.sent",
      AND: [{ data: { path: ["notification"], equals: notification } }, { data: { path: ["about"], equals: about } }],
    },
    select: { id: true },
  });
  return sent !== null;
}

/**
 * Writes down that an e-mail was sent. After the sending: a worker that dies in between sends it once more, which is
 * better than never.
 * @param about the event that it tells of
 */
export async function recordSent(
  ctx: Context,
  shop: Pick<Shop, "id">,
  contractId: string | null,
  notification: NotificationName,
  about?: string,
): Promise<void> {
  await append(ctx, ctx.db, {
    shopId: shop.id,
    contractId,
    type: "notification.sent",
    actor: "perennial",
    data: about === undefined ? { notification } : { notification, about },
  });
}
