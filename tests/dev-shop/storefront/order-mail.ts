import { nextId } from "../world";
import type { Customer, Order, Shop, World } from "../world";
import { formatMoney, moneyFormat, toCents } from "./liquid/money";
import { themeText } from "./pages/tools";

const escapeHtml = (value: string): string => value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** Shopify's own order confirmation, filed in the shop's mailbox. What the subscription is about is the app's to say. */
export function sendOrderConfirmation(
  world: World,
  shop: Shop,
  customer: Customer,
  order: Order,
  language: string,
  origin: string,
): void {
  const t = themeText(language);
  const money = (amount: string): string => formatMoney(toCents(amount), moneyFormat(shop.currency));
  const rows: [string, string][] = order.lines.map((line) => {
    const title = [line.title, line.variantTitle, line.sellingPlanName].filter(Boolean).join(" – ");
    return [`${line.quantity} × ${title}`, money((Number(line.price) * line.quantity).toFixed(2))];
  });
  rows.push([t("checkout.shipping"), money(order.shipping)], [t("checkout.total"), money(order.total)]);
  const greeting = t("order_mail.greeting", { name: customer.firstName });
  const thanks = t("order_mail.thanks", { order: order.name, shop: shop.title });
  const link = `${origin}/account/orders/${order.id}`;
  const tax = t("checkout.included_tax", { amount: money(order.tax) });
  const table = rows
    .map(
      ([name, price]) =>
        `<tr><td style="padding:6px 0">${escapeHtml(name)}</td><td align="right" style="white-space:nowrap">${escapeHtml(price)}</td></tr>`,
    )
    .join("");
  shop.mail.push({
    id: nextId(world),
    from: `${shop.title} <${shop.email}>`,
    to: customer.email,
    subject: t("order_mail.subject", { order: order.name }),
    text: [greeting, "", thanks, "", ...rows.map(([name, price]) => `${name}: ${price}`), tax, "", link].join("\n"),
    html: `<!doctype html><html lang="${language}"><body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#2b1d16"><h1 style="font-size:22px">${escapeHtml(shop.title)}</h1><p>${greeting}</p><p>${thanks}</p><table role="presentation" width="100%" style="max-width:32rem;border-collapse:collapse">${table}</table><p>${escapeHtml(tax)}</p><p><a href="${escapeHtml(link)}" style="display:inline-block;padding:12px 20px;background:#2b1d16;color:#fff;text-decoration:none;border-radius:6px">${t("order_mail.view")}</a></p></body></html>`,
    locale: language,
    at: world.now,
  });
}
