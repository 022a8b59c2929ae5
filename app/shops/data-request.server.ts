import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Customer, Prisma, Shop } from "~/generated/prisma/client";
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
  consents: { orderBy: { agreedAt: "asc" } },
  leavings: { orderBy: { startedAt: "asc" } },
  oneOffs: { orderBy: { addedAt: "asc" } },
  queuedEdits: { orderBy: { queuedAt: "asc" } },
  moves: { orderBy: { startedAt: "asc" } },
} satisfies Prisma.SubscriptionContractInclude;

/**
 * Everything we keep about a customer, as it stands in the tables (docs/personal-data.md).
 * @param customerId "gid://shopify/Customer/1"
 * @returns null when we keep nothing
 */
export async function personalDataOf(ctx: Context, shop: Shop, customerId: string) {
  const customer = await ctx.db.customer.findUnique({
    where: { shopId_shopifyId: { shopId: shop.id, shopifyId: customerId } },
    include: { contracts: { orderBy: { shopifyCreatedAt: "asc" }, include: KEPT } },
  });
  if (!customer) return null;
  const cases = await ctx.db.withdrawalCase.findMany({
    where: { shopId: shop.id, OR: await casesOf(ctx.db, shop, customer) },
    orderBy: { receivedAt: "asc" },
  });
  return { ...customer, cases };
}

/** What picks a customer's declarations: their e-mail address, or the subscriptions they fit. */
export async function casesOf(
  tx: Tx,
  shop: Pick<Shop, "id">,
  customer: Pick<Customer, "id" | "email">,
): Promise<Prisma.WithdrawalCaseWhereInput[]> {
  const contracts = await tx.subscriptionContract.findMany({
    where: { shopId: shop.id, customerId: customer.id },
    select: { id: true },
  });
  return [
    { contractId: { in: contracts.map(({ id }) => id) } },
    ...(customer.email === null ? [] : [{ email: { equals: customer.email, mode: "insensitive" as const } }]),
  ];
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
