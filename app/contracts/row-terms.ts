import { money } from "~/money/money";
import { nextAmount, storedDiscounts } from "~/money/next-amount";
import type { ContractDiscount } from "~/money/next-amount";

import type { Attribute, Terms } from "./edit";
import type { EditRow } from "./edit-material.server";
import type { ContractTerms, LineTerms } from "./terms";

/** Pure: a contract's row as terms that may be edited, and terms as people read them. */

export const termsOf = (row: EditRow): ContractTerms => ({
  lines: row.lines.map((line): LineTerms => ({
    id: line.id,
    shopifyId: line.shopifyId,
    productId: line.productId,
    variantId: line.variantId,
    title: line.title,
    variantTitle: line.variantTitle,
    imageUrl: line.imageUrl,
    quantity: line.quantity,
    price: money(line.currentPrice, row.currencyCode).amount,
    sellingPlanId: line.sellingPlanId,
    sellingPlanName: line.sellingPlanName,
    // Written by the mirror alone, in this shape.
    attributes: line.attributes as object as Attribute[],
    pricing: null,
  })),
  billing: { interval: row.billingInterval, count: row.billingIntervalCount },
  delivery: { interval: row.deliveryInterval, count: row.deliveryIntervalCount },
  plan: null,
  address: null,
  deliveryCode: null,
  phone: null,
  addDiscounts: [],
  removeDiscounts: [],
  codes: [],
});

/** The contract's discounts as the terms would have them. New ones apply to every line. */
export const discountsAfter = (row: EditRow, terms: ContractTerms): ContractDiscount[] => [
  ...storedDiscounts(row.discounts).filter(({ id }) => !terms.removeDiscounts.includes(id)),
  ...terms.addDiscounts.map(({ percent, orders, title }, index): ContractDiscount => ({
    id: `new ${index}`,
    title,
    type: "MANUAL",
    target: "LINE_ITEM",
    value: { percentage: percent },
    orders,
    used: 0,
    all: true,
    lineIds: [],
  })),
];

/** Terms as people read them. */
export function readTerms(
  row: EditRow,
  terms: ContractTerms,
  delivery: { price: string; title: string | null },
  nextBillingAt: string | null,
): Terms {
  const { currencyCode } = row;
  const next = nextAmount({
    lines: terms.lines.map(({ shopifyId, quantity, price }) => ({
      shopifyId: shopifyId ?? "",
      quantity,
      currentPrice: price,
      discountedPrice: null,
    })),
    deliveryPrice: delivery.price,
    currencyCode,
    discounts: discountsAfter(row, terms),
  });
  return {
    lines: terms.lines.map((line) => ({
      id: line.id,
      productId: line.productId,
      variantId: line.variantId,
      title: line.title,
      variantTitle: line.variantTitle,
      imageUrl: line.imageUrl,
      quantity: line.quantity,
      price: money(line.price, currencyCode),
      sellingPlanId: line.sellingPlanId,
      sellingPlanName: line.sellingPlanName,
      attributes: line.attributes,
    })),
    frequency: terms.billing,
    delivery: terms.delivery,
    deliveryPrice: next.delivery,
    deliveryMethodTitle: delivery.title,
    amount: next.total,
    nextBillingAt,
  };
}
