import {
  nextId,
  type Address,
  type Contract,
  type Instant,
  type Order,
  type OrderLine,
  type Shop,
  type ShippingRate,
  type World,
} from "../world";
import { addOrder, indexOf } from "./indexes";
import { add, atLeast, includedTax, round, times } from "./money";

const FIRST_ORDER_NUMBER = 1001;

export interface OrderDraft {
  customerId: string;
  contractIds: string[];
  cycleIndex: number | null;
  lines: Omit<OrderLine, "id">[];
  shipping: string;
  shippingTitle: string | null;
  shippingAddress: Address | null;
  source: Order["source"];
  createdAt: Instant;
}

/** Makes a paid order: prices and shipping include the tax, which is reckoned on the total. */
export function placeOrder(world: World, shop: Shop, draft: OrderDraft): Order {
  const subtotal = add(shop.currency, ...draft.lines.map((line) => times(line.price, line.quantity, shop.currency)));
  const total = add(shop.currency, subtotal, draft.shipping);
  const order: Order = {
    id: nextId(world),
    name: `#${FIRST_ORDER_NUMBER + indexOf(shop).orderCount}`,
    customerId: draft.customerId,
    contractIds: draft.contractIds,
    cycleIndex: draft.cycleIndex,
    lines: draft.lines.map((line) => ({ id: nextId(world), ...line })),
    subtotal,
    shipping: round(draft.shipping, shop.currency),
    tax: includedTax(total, shop.taxRate, shop.currency),
    total,
    currency: shop.currency,
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

/** The order of one renewal, from what the contract says at that moment. */
export const placeRenewalOrder = (
  world: World,
  shop: Shop,
  contract: Contract,
  cycleIndex: number | null,
  createdAt: Instant,
): Order =>
  placeOrder(world, shop, {
    customerId: contract.customerId,
    contractIds: [contract.id],
    cycleIndex,
    lines: contract.lines.map((line) => ({
      productId: line.productId,
      variantId: line.variantId,
      title: line.title,
      variantTitle: line.variantTitle,
      quantity: line.quantity,
      price: line.currentPrice,
      sellingPlanId: line.sellingPlanId,
      sellingPlanName: line.sellingPlanName,
      contractId: contract.id,
    })),
    shipping: contract.deliveryPrice,
    shippingTitle: contract.shippingTitle,
    shippingAddress: contract.shippingAddress,
    source: "subscription_contract",
    createdAt,
  });

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
