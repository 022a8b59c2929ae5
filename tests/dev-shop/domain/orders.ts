import {
  nextId,
  type Address,
  type Contract,
  type Instant,
  type Order,
  type OrderLine,
  type OrderTerms,
  type Shop,
  type ShippingRate,
  type World,
} from "../world";
import { concatenatedWith, contractOfCycle } from "./cycle-contracts";
import { amountsOf, discountOn } from "./discounts";
import { addOrder, forgetIndexes, indexOf } from "./indexes";
import { add, addedTax, atLeast, includedTax, round, times } from "./money";

const FIRST_ORDER_NUMBER = 1001;

export interface OrderDraft {
  customerId: string;
  contractIds: string[];
  cycleIndex: number | null;
  currency: string;
  lines: Omit<OrderLine, "id">[];
  shipping: string;
  shippingTitle: string | null;
  shippingAddress: Address | null;
  source: Order["source"];
  createdAt: Instant;
}

const lineTotal = (line: Omit<OrderLine, "id">, currency: string): string =>
  add(currency, times(line.price, line.quantity, currency), `-${line.discount ?? "0"}`);

/** Makes a paid order: lines and shipping, which include the tax unless the shop puts it on top. */
export function placeOrder(world: World, shop: Shop, draft: OrderDraft): Order {
  const { currency } = draft;
  const subtotal = add(currency, ...draft.lines.map((line) => lineTotal(line, currency)));
  const net = add(currency, subtotal, draft.shipping);
  const taxesIncluded = shop.taxesIncluded ?? true;
  const tax = (taxesIncluded ? includedTax : addedTax)(net, shop.taxRate, currency);
  const order: Order = {
    id: nextId(world),
    name: `#${FIRST_ORDER_NUMBER + indexOf(shop).orderCount + (shop.deletedOrders ?? 0)}`,
    customerId: draft.customerId,
    contractIds: draft.contractIds,
    cycleIndex: draft.cycleIndex,
    lines: draft.lines.map((line) => ({ id: nextId(world), ...line })),
    subtotal,
    shipping: round(draft.shipping, currency),
    tax,
    total: taxesIncluded ? net : add(currency, net, tax),
    ...(taxesIncluded ? {} : { taxesIncluded }),
    currency,
    shippingAddress: draft.shippingAddress,
    shippingTitle: draft.shippingTitle,
    source: draft.source,
    financialStatus: "PAID",
    fulfillmentStatus: "UNFULFILLED",
    createdAt: draft.createdAt,
  };
  addOrder(shop, order);
  return order;
}

/** What an order of the cycle is made of, as the contract and the cycle's own edit have it at this moment. */
export function termsOf(contract: Contract, cycleIndex: number | null): OrderTerms {
  const { lines, deliveryPrice, shippingTitle, shippingAddress, discounts } = contractOfCycle(contract, cycleIndex);
  return structuredClone({ lines, deliveryPrice, shippingTitle, shippingAddress, ...(discounts ? { discounts } : {}) });
}

/** The order of one renewal on the given terms. */
export function placeRenewalOrder(
  world: World,
  shop: Shop,
  contract: Contract,
  terms: OrderTerms,
  cycleIndex: number | null,
  createdAt: Instant,
): Order {
  const amounts = amountsOf(world, { ...contract, ...terms });
  return placeOrder(world, shop, {
    customerId: contract.customerId,
    contractIds: [contract.id, ...concatenatedWith(shop, contract, cycleIndex).map(({ contract: other }) => other.id)],
    cycleIndex,
    currency: contract.currency,
    lines: terms.lines.map((line) => ({
      productId: line.productId,
      variantId: line.variantId,
      title: line.title,
      variantTitle: line.variantTitle,
      quantity: line.quantity,
      price: line.currentPrice,
      discount: discountOn(amounts, line.id, contract.currency),
      sellingPlanId: line.sellingPlanId,
      sellingPlanName: line.sellingPlanName,
      contractId: line.concatenatedFrom ?? contract.id,
    })),
    shipping: amounts.shipping,
    shippingTitle: terms.shippingTitle,
    shippingAddress: terms.shippingAddress,
    source: "subscription_contract",
    createdAt,
  });
}

/** The merchant gives all of the money back; the order and the billed cycle stay. */
export function refundOrder(order: Order): void {
  order.financialStatus = "REFUNDED";
}

/**
 * The risk assessment of an order changes. While a contract's origin order is high risk and unfulfilled, the contract
 * cannot be billed (documented: CONTRACT_UNDER_REVIEW).
 */
export function setHighRisk(order: Order, highRisk: boolean): void {
  if (highRisk) order.highRisk = true;
  else delete order.highRisk;
}

/** The order is deleted; an attempt that made it stays a success, with no order (RULES.deletedOrdersLeaveTheSuccess). */
export function deleteOrder(shop: Shop, order: Order): void {
  delete shop.orders[order.id];
  shop.deletedOrders = (shop.deletedOrders ?? 0) + 1;
  forgetIndexes(shop);
}

/** The shop's first rate at a subtotal, or null when nothing has to be shipped or the shop has no rates. */
export function shippingFor(
  shop: Shop,
  subtotal: string,
  requiresShipping: boolean,
): { rate: ShippingRate; price: string } | null {
  const rate = shop.shippingRates[0];
  if (!requiresShipping || !rate) return null;
  const free = rate.freeFrom !== undefined && atLeast(subtotal, rate.freeFrom);
  return { rate, price: round(free ? "0" : rate.price, shop.currency) };
}
