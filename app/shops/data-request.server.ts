import type { Context } from "~/context.server";
import type { Prisma, Shop } from "~/generated/prisma/client";
import { createI18n, supportedLocale } from "~/lib/i18n";
import { html } from "~/lib/html";
import type { Job } from "~/jobs/queues";

import en from "./locales/en.json";
import nb from "./locales/nb.json";

const KEPT = {
  lines: { orderBy: { position: "asc" } },
  cycles: { orderBy: { cycleIndex: "asc" } },
  charges: { orderBy: { cycleIndex: "asc" }, include: { attempts: { orderBy: { number: "asc" } } } },
  events: { orderBy: { at: "asc" } },
} satisfies Prisma.SubscriptionContractInclude;

/**
 * Everything we keep about a customer, as it stands in the tables (docs/personal-data.md).
 * @param customerId "gid://shopify/Customer/1"
 * @returns null when we keep nothing
 */
export async function personalDataOf(ctx: Context, shop: Shop, customerId: string) {
  return ctx.db.customer.findUnique({
    where: { shopId_shopifyId: { shopId: shop.id, shopifyId: customerId } },
    include: { contracts: { orderBy: { shopifyCreatedAt: "asc" }, include: KEPT } },
  });
}

/**
 * Handler of shops.data-request: mails what we keep about the customer, as JSON, to the shop's owner, who answers the
 * customer. Also when we keep nothing: the owner needs to know that.
 * @throws when the mail can't be handed over; the job is tried again.
 */
export async function sendDataRequest(ctx: Context, { shopId, customerId }: Job<"shops.data-request">): Promise<void> {
  const shop = await ctx.db.shop.findUnique({ where: { id: shopId } });
  if (!shop) return;
  const locale = supportedLocale(shop.locale);
  const { t } = createI18n(locale, { en, nb });
  const data = await personalDataOf(ctx, shop, customerId);
  const number = customerId.split("/").at(-1) ?? customerId;
  const json = data && JSON.stringify(data, null, 2);
  const opening = t(data ? "dataRequest.found" : "dataRequest.nothing", { number, shop: shop.name });
  const closing = t("dataRequest.duty");
  await ctx.mailer.send({
    shop: shop.domain,
    to: shop.email,
    fromName: "Perennial",
    replyTo: shop.email,
    subject: t("dataRequest.subject", { number }),
    text: [opening, closing, ...(json ? [json] : [])].join("\n\n").concat("\n"),
    html: html`<!doctype html>
      <html lang="${locale}">
        <body style="font-family:sans-serif;line-height:1.5">
          <p>${opening}</p>
          <p>${closing}</p>
          ${json && html`<pre style="white-space:pre-wrap;overflow-wrap:anywhere">${json}</pre>`}
        </body>
      </html>`.value,
    locale,
  });
}
