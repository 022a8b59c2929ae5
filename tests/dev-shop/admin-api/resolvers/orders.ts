import { appNumber } from "../../domain";
import { add, round, times, unitPriceAfter } from "../../domain/money";
import { domainOf, gid, type Order, type OrderLine, type Shop } from "../../world";
import { list } from "../connection";
import type { Context, Fields, Paging } from "../context";
import { bag, image, owned } from "./values";

const moneyOf =
  (read: (order: Order) => string) =>
  (order: Order, _: object, { shop }: Context): unknown =>
    bag(read(order), shop, order);

const isRefunded = (order: Order): boolean => order.financialStatus === "REFUNDED";
const kept = (read: (order: Order) => string) => moneyOf((order) => (isRefunded(order) ? "0" : read(order)));
const totalDiscount = ({ lines, currency }: Order): string =>
  add(currency, ...lines.map(({ discount }) => discount ?? "0"));
const zero = moneyOf(() => "0");

const personal =
  <T>(read: (order: Order, shop: Shop) => T) =>
  (order: Order, _: object, { shop }: Context): T | null =>
    shop.protectedCustomerData === 2 ? read(order, shop) : null;

/** A line and what it needs from its order. */
interface Placed {
  line: OrderLine;
  order: Order;
}

const quantity = (order: Order): number => order.lines.reduce((sum, line) => sum + line.quantity, 0);
const lineTotal = ({ line, order }: Placed, _: object, { shop }: Context): unknown =>
  bag(times(line.price, line.quantity, order.currency), shop, order);
const discountOf = ({ discount }: OrderLine): string => discount ?? "0";
const discountedTotal = ({ line, order }: Placed, _: object, { shop }: Context): unknown =>
  bag(add(order.currency, times(line.price, line.quantity, order.currency), `-${discountOf(line)}`), shop, order);
const discountedUnitPrice = ({ line, order }: Placed, _: object, { shop }: Context): unknown =>
  bag(unitPriceAfter(line, discountOf(line), order.currency), shop, order);
const unitPrice = ({ line, order }: Placed, _: object, { shop }: Context): unknown => bag(line.price, shop, order);

const taxLines = (order: Order, shop: Shop): Record<string, unknown>[] =>
  Number(order.tax) === 0
    ? []
    : [
        {
          title: "MVA",
          rate: Number(shop.taxRate),
          ratePercentage: Number(shop.taxRate) * 100,
          priceSet: bag(order.tax, shop, order),
        },
      ];

export const orderFields: Record<string, Fields> = {
  Order: {
    id: (order: Order) => gid("Order", order.id),
    legacyResourceId: (order: Order) => order.id,
    name: (order: Order) => order.name,
    number: (order: Order) => Number(order.name.replace(/\D/g, "")),
    createdAt: (order: Order) => order.createdAt,
    processedAt: (order: Order) => order.createdAt,
    updatedAt: (order: Order) => order.createdAt,
    cancelledAt: () => null,
    cancelReason: () => null,
    closed: () => false,
    closedAt: () => null,
    confirmed: () => true,
    edited: () => false,
    test: () => false,
    note: () => null,
    tags: () => [],
    customAttributes: () => [],
    discountCode: () => null,
    discountCodes: () => [],
    sourceName: (order: Order) => (order.source === "checkout" ? "web" : "subscription_contract_checkout_one"),
    app: ({ source }: Order, _: object, { app }: Context) =>
      source === "checkout"
        ? { id: gid("App", "580111"), name: "Online Store" }
        : { id: gid("App", appNumber(app.clientId)), name: app.name },
    currencyCode: (_: Order, __: object, { shop }: Context) => shop.currency,
    presentmentCurrencyCode: (order: Order) => order.currency,
    displayFinancialStatus: (order: Order) => order.financialStatus,
    displayFulfillmentStatus: (order: Order) => order.fulfillmentStatus,
    fullyPaid: () => true,
    unpaid: () => false,
    refundable: (order: Order) => !isRefunded(order),
    requiresShipping: (order: Order) => order.shippingTitle !== null,
    taxesIncluded: (order: Order) => order.taxesIncluded ?? true,
    taxExempt: () => false,
    taxLines: (order: Order, _: object, { shop }: Context) => taxLines(order, shop),
    currentTaxLines: (order: Order, _: object, { shop }: Context) => taxLines(order, shop),
    totalPriceSet: moneyOf(({ total }) => total),
    originalTotalPriceSet: moneyOf(({ total }) => total),
    currentTotalPriceSet: kept(({ total }) => total),
    subtotalPriceSet: moneyOf(({ subtotal }) => subtotal),
    currentSubtotalPriceSet: kept(({ subtotal }) => subtotal),
    totalShippingPriceSet: moneyOf(({ shipping }) => shipping),
    currentShippingPriceSet: kept(({ shipping }) => shipping),
    totalTaxSet: moneyOf(({ tax }) => tax),
    currentTotalTaxSet: kept(({ tax }) => tax),
    totalDiscountsSet: moneyOf(totalDiscount),
    currentTotalDiscountsSet: kept(totalDiscount),
    totalOutstandingSet: zero,
    totalTipReceivedSet: zero,
    totalReceivedSet: moneyOf(({ total }) => total),
    netPaymentSet: kept(({ total }) => total),
    totalRefundedSet: moneyOf((order) => (isRefunded(order) ? order.total : "0")),
    totalRefundedShippingSet: moneyOf((order) => (isRefunded(order) ? order.shipping : "0")),
    subtotalLineItemsQuantity: quantity,
    currentSubtotalLineItemsQuantity: (order: Order) => (isRefunded(order) ? 0 : quantity(order)),
    customer: (order: Order, _: object, { shop }: Context) => shop.customers[order.customerId] ?? null,
    customerLocale: (order: Order, _: object, { shop }: Context) => shop.customers[order.customerId]?.locale ?? null,
    email: personal((order, shop) => shop.customers[order.customerId]?.email ?? null),
    phone: personal((order, shop) => shop.customers[order.customerId]?.phone ?? null),
    shippingAddress: personal((order) => owned(order.id, order.shippingAddress)),
    billingAddress: personal((order) => owned(order.id, order.shippingAddress)),
    displayAddress: personal((order) => owned(order.id, order.shippingAddress)),
    shippingLine: (order: Order, _: object, { shop }: Context) =>
      order.shippingTitle === null
        ? null
        : {
            id: `gid://shopify/ShippingLine/${order.id}`,
            title: order.shippingTitle,
            code: order.shippingTitle,
            originalPriceSet: bag(order.shipping, shop, order),
            discountedPriceSet: bag(order.shipping, shop, order),
            currentDiscountedPriceSet: bag(order.shipping, shop, order),
          },
    statusPageUrl: (order: Order, _: object, { shop }: Context) =>
      `https://${domainOf(shop)}/account/orders/${order.id}`,
    lineItems: (order: Order, args: Paging) =>
      list(
        order.lines.map((line) => ({ line, order })),
        args,
      ),
  },
  LineItem: {
    id: ({ line }: Placed) => gid("LineItem", line.id),
    title: ({ line }: Placed) => line.title,
    name: ({ line }: Placed) => (line.variantTitle ? `${line.title} - ${line.variantTitle}` : line.title),
    variantTitle: ({ line }: Placed) => line.variantTitle,
    sku: ({ line }: Placed, _: object, { shop }: Context) => shop.variants[line.variantId]?.sku ?? null,
    vendor: ({ line }: Placed, _: object, { shop }: Context) => shop.products[line.productId]?.vendor ?? null,
    quantity: ({ line }: Placed) => line.quantity,
    currentQuantity: ({ line, order }: Placed) => (isRefunded(order) ? 0 : line.quantity),
    refundableQuantity: ({ line, order }: Placed) => (isRefunded(order) ? 0 : line.quantity),
    unfulfilledQuantity: ({ line, order }: Placed) => (order.fulfillmentStatus === "FULFILLED" ? 0 : line.quantity),
    requiresShipping: ({ line }: Placed, _: object, { shop }: Context) =>
      shop.variants[line.variantId]?.requiresShipping ?? false,
    taxable: () => true,
    isGiftCard: () => false,
    customAttributes: ({ line }: Placed) => line.customAttributes ?? [],
    image: ({ line }: Placed, _: object, { shop }: Context) => image(shop.products[line.productId]?.image),
    product: ({ line }: Placed, _: object, { shop }: Context) => shop.products[line.productId] ?? null,
    variant: ({ line }: Placed, _: object, { shop }: Context) => shop.variants[line.variantId] ?? null,
    sellingPlan: ({ line }: Placed) =>
      line.sellingPlanName === null
        ? null
        : {
            name: line.sellingPlanName,
            sellingPlanId: line.sellingPlanId === null ? null : gid("SellingPlan", line.sellingPlanId),
          },
    contract: ({ line }: Placed, _: object, { shop, app }: Context) => {
      const contract = line.contractId === null ? undefined : shop.contracts[line.contractId];
      return contract?.appId === app.clientId ? contract : null;
    },
    originalUnitPriceSet: unitPrice,
    discountedUnitPriceSet: unitPrice,
    discountedUnitPriceAfterAllDiscountsSet: discountedUnitPrice,
    originalTotalSet: lineTotal,
    discountedTotalSet: discountedTotal,
    totalDiscountSet: ({ line, order }: Placed, _: object, { shop }: Context) =>
      bag(round(discountOf(line), order.currency), shop, order),
  },
};
