import type { ContractDiscount } from "~/money/next-amount";
import { formatPercentage } from "~/lib/format";
import { money } from "~/money/money";

import type { PortalWords } from "./words";

/** "KAFFE20: 20 % off, for 2 more orders" */
export function discountText(words: PortalWords, discount: ContractDiscount, currencyCode: string): string {
  const { t, locale } = words;
  const { value, title, orders, used, target } = discount;
  const off =
    "percentage" in value ? formatPercentage(value.percentage, locale) : words.money(money(value.amount, currencyCode));
  const what = t(target === "SHIPPING_LINE" ? "discount.delivery" : "discount.lines", {
    title: title ?? t("discount.untitled"),
    off,
  });
  if (orders === null) return what;
  const left = Math.max(0, orders - used);
  return left === 0 ? t("discount.over", { what }) : t("discount.left", { what, count: left });
}
