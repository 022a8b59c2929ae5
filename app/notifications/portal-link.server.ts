import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { Job } from "~/jobs/queues";
import { systemClock } from "~/lib/clock";
import { supportedLocale } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";

import { LINK_HOURS } from "./links";
import { magicLink } from "./magic-link.server";
import type { Mail } from "./mail";
import { greeting } from "./phrases";
import { contactOf, mailShopper } from "./send.server";
import { wordsIn } from "./texts";

/** Links that a shopper is sent within an hour: enough for somebody who can't find the first, too few to fill a mailbox. */
const MOST_PER_HOUR = 3;
const HOUR_MS = 3_600_000;

/**
 * Has a link to the portal mailed, if the address is a known shopper's. Whoever asks can't tell which it was: the job is
 * put either way.
 * @param email as it was typed
 */
export async function askForPortalLink(
  ctx: Context,
  shop: Pick<Shop, "id">,
  email: string,
  locale: Locale,
): Promise<void> {
  const customer = await ctx.db.customer.findFirst({
    where: { shopId: shop.id, redactedAt: null, email: { equals: email, mode: "insensitive" } },
    select: { shopifyId: true },
  });
  await putPortalLink(ctx, shop, customer?.shopifyId ?? null, locale);
}

/** Has a link mailed to a shopper's own address. @param customerId "gid://shopify/Customer/1"; null: to nobody */
export async function putPortalLink(
  ctx: Context,
  shop: Pick<Shop, "id">,
  customerId: string | null,
  locale: Locale,
): Promise<void> {
  const job = { shopId: shop.id, customerId, locale };
  await ctx.db.$transaction((tx) =>
    ctx.jobs.put(tx, "notifications.portal-link", job, { key: `${shop.id}:${customerId ?? ""}` }),
  );
}

/**
 * Handler of notifications.portal-link.
 * @throws when the mail can't be handed over; the job is tried again
 */
export async function mailPortalLink(
  ctx: Context,
  { shopId, customerId, locale: asked }: Job<"notifications.portal-link">,
): Promise<void> {
  if (customerId === null) return;
  const customer = await ctx.db.customer.findUnique({
    where: { shopId_shopifyId: { shopId, shopifyId: customerId } },
    include: { shop: true },
  });
  if (!customer?.email || customer.redactedAt !== null || customer.shop.status !== "ACTIVE") return;
  const { shop } = customer;
  const since = new Date(systemClock.now().getTime() - HOUR_MS);
  const sent = await ctx.db.magicLink.count({ where: { shopId, customerId, createdAt: { gt: since } } });
  if (sent >= MOST_PER_HOUR) {
    ctx.log.warn({ shop: shop.domain, sent }, "no portal link was mailed: too many within the hour");
    return;
  }
  const locale = supportedLocale(asked);
  const url = await magicLink(ctx, shop, customerId, { purpose: "portal", locale });
  await mailShopper(ctx, shop, customer.email, portalLinkMail(shop, customer.firstName, url, locale));
}

/** The e-mail with the link, in the language of the page on which it was asked for. */
export function portalLinkMail(
  shop: Pick<Shop, "name" | "timeZone" | "email" | "contactEmail">,
  firstName: string | null,
  url: string,
  locale: Locale,
): Mail {
  const words = wordsIn(locale, shop.timeZone);
  const { t } = words;
  return {
    locale,
    subject: t("portalLink.subject", { shop: shop.name }),
    preheader: t("portalLink.preheader"),
    title: t("portalLink.title"),
    opening: [
      greeting(words, firstName),
      t("portalLink.lead", { shop: shop.name }),
      t("portalLink.how", { hours: LINK_HOURS }),
    ],
    facts: [],
    closing: [t("portalLink.not")],
    urgent: true,
    button: { label: t("portalLink.button"), url },
    footer: [t("common.questions", { email: contactOf(shop) })],
  };
}
