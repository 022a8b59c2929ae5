import type { Context } from "~/context.server";
import { nextAmount } from "~/contracts/next-amount";
import type { ContractDiscount } from "~/contracts/next-amount";
import type { Prisma } from "~/generated/prisma/client";
import type { Job } from "~/jobs/queues";
import { formatMoney } from "~/lib/format";
import { supportedLocale } from "~/lib/i18n";
import { money } from "~/money/money";
import { ConsentPlansDocument } from "~/shopify/generated/admin";

import { recordConsent } from "./consent.server";
import { leavingWords } from "./leaving-words";

const include = {
  shop: true,
  customer: { select: { locale: true } },
  lines: { orderBy: { position: "asc" } },
  cycles: { where: { outcome: null }, orderBy: { cycleIndex: "asc" }, take: 1 },
} as const satisfies Prisma.SubscriptionContractInclude;
type Row = Prisma.SubscriptionContractGetPayload<{ include: typeof include }>;

interface Plan {
  id: string;
  name: string;
  description: string | null;
}

/**
 * Handler of portal.consent: keeps what was agreed to at the checkout. Shopify tells nobody the page's very words; what
 * is kept is what the widget and the checkout show: products, prices, schedule, minimum and maximum, and the plan's name
 * and terms in the merchant's words, read at once, before anybody changes them. Once per contract.
 * @throws when Shopify can't be reached: the job is tried again
 */
export async function keepCheckoutConsent(ctx: Context, { shopId, contractId }: Job<"portal.consent">): Promise<void> {
  const where = { shopId, contractId, source: "CHECKOUT" };
  const contract = await ctx.db.subscriptionContract.findFirst({ where: { id: contractId, shopId }, include });
  if (!contract || contract.shop.status !== "ACTIVE" || (await ctx.db.consent.count({ where })) > 0) return;
  const plans = await plansOf(ctx, contract);
  await ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM "SubscriptionContract" WHERE id = ${contractId}::uuid FOR UPDATE`;
    if ((await tx.consent.count({ where })) > 0) return;
    const locale = supportedLocale(contract.customer?.locale ?? contract.shop.locale);
    await recordConsent(ctx, tx, contract.shop, contractId, {
      source: "CHECKOUT",
      locale,
      text: checkoutText(contract, plans, locale),
      terms: checkoutTerms(contract, plans),
      orderId: contract.originOrderId,
      agreedAt: contract.shopifyCreatedAt,
    });
  });
}

async function plansOf(ctx: Context, { shop, lines }: Row): Promise<Plan[]> {
  const ids = [...new Set(lines.flatMap(({ sellingPlanId }) => (sellingPlanId === null ? [] : [sellingPlanId])))];
  if (ids.length === 0) return [];
  const { nodes } = await ctx.admin(shop.domain).request(ConsentPlansDocument, { ids });
  return nodes.flatMap((node) =>
    node?.__typename === "SellingPlan"
      ? [{ id: node.id, name: node.name, description: node.description?.trim() || null }]
      : [],
  );
}

const discountsOf = (row: Row): ContractDiscount[] =>
  // Written by the mirror alone, in this shape.
  row.discounts as object as ContractDiscount[];

function amountOf(row: Row) {
  const { lines, deliveryPrice, currencyCode } = row;
  return nextAmount({ lines, deliveryPrice, currencyCode, discounts: discountsOf(row) }).total;
}

function checkoutText(row: Row, plans: readonly Plan[], locale: ReturnType<typeof supportedLocale>): string {
  const { shop, lines, currencyCode, minCycles, maxCycles, originOrderName, cycles } = row;
  const words = leavingWords(locale, shop.timeZone);
  const { t } = words;
  const amount = words.money(amountOf(row));
  const delivery = money(row.deliveryPrice, currencyCode);
  const interval = words.interval(row.billingInterval, row.billingIntervalCount);
  const comes = words.interval(row.deliveryInterval, row.deliveryIntervalCount);
  const next = cycles[0]?.dueAt;
  return [
    t("consent.title", { shop: shop.name, at: words.dateTime(row.shopifyCreatedAt) }),
    ...(originOrderName ? [t("consent.order", { order: originOrderName })] : []),
    ...lines.map(({ title, variantTitle, quantity, currentPrice }) =>
      t("consent.line", {
        quantity,
        what: variantTitle ? `${title} – ${variantTitle}` : title,
        price: formatMoney(money(currentPrice, currencyCode), locale),
      }),
    ),
    ...discountsOf(row).flatMap(({ title }) => (title ? [t("consent.discount", { title })] : [])),
    ...plans.map(({ name, description }) =>
      description ? t("consent.planTerms", { name, description }) : t("consent.plan", { name }),
    ),
    Number(delivery.amount) === 0
      ? t("consent.amountFree", { amount, interval })
      : t("consent.amount", { amount, interval, delivery: words.money(delivery) }),
    ...(comes === interval ? [] : [t("consent.prepaid", { interval: comes })]),
    ...(originOrderName ? [t("consent.first")] : []),
    ...(next ? [t("consent.next", { date: words.date(next) })] : []),
    ...(minCycles !== null && minCycles > 1 ? [t("consent.minimum", { count: minCycles })] : []),
    maxCycles === null ? t("consent.goesOn") : t("consent.maximum", { count: maxCycles }),
    t("consent.cancel"),
  ].join("\n");
}

function checkoutTerms(row: Row, plans: readonly Plan[]): Prisma.InputJsonObject {
  const { currencyCode } = row;
  return {
    lines: row.lines.map(({ title, variantTitle, variantId, quantity, currentPrice, sellingPlanId }) => ({
      title,
      variantTitle,
      variantId,
      quantity,
      price: { ...money(currentPrice, currencyCode) },
      sellingPlanId,
    })),
    plans: plans.map((plan) => ({ ...plan })),
    discounts: discountsOf(row).map(({ title, orders }) => ({ title, orders })),
    deliveryPrice: { ...money(row.deliveryPrice, currencyCode) },
    amount: { ...amountOf(row) },
    billing: { interval: row.billingInterval, count: row.billingIntervalCount },
    delivery: { interval: row.deliveryInterval, count: row.deliveryIntervalCount },
    minCycles: row.minCycles,
    maxCycles: row.maxCycles,
  };
}
