import {
  nextId,
  type Address,
  type Attempt,
  type Contract,
  type CustomAttribute,
  type DiscountCode,
  type Customer,
  type Order,
  type SellingPlan,
  type Shop,
  type Variant,
  type World,
} from "../world";
import { codeNamed, discountFrom, rejectionOf, useCode } from "./codes";
import { createPaymentMethod, paymentMethodsOf } from "./customers";
import { amountsOf, discountOn } from "./discounts";
import { emit, nextToken } from "./emit";
import { addAttempt, addContract } from "./indexes";
import { add, adjustedPrice, times } from "./money";
import { placeOrder, shippingFor } from "./orders";
import { groupsOfVariant } from "./selling-plans";
import { shortOf, takeStock } from "./stock";
import { nowOf } from "./time";
import { attemptPayload, contractPayload } from "./webhook-payloads";

export interface CheckoutLine {
  variantId: string;
  quantity: number;
  sellingPlanId?: string | null;
  /** The cart line's properties: they go on to the order's line and to the contract's. */
  customAttributes?: CustomAttribute[];
}

export interface CheckoutInput {
  customerId: string;
  lines: CheckoutLine[];
  shippingAddress?: Address | null;
  discountCode?: string | null;
}

export type CheckoutRefusal =
  | "CUSTOMER_NOT_FOUND"
  | "EMPTY"
  | "VARIANT_NOT_FOUND"
  | "QUANTITY_INVALID"
  | "SELLING_PLAN_REQUIRED"
  | "SELLING_PLAN_NOT_APPLICABLE"
  | "OUT_OF_STOCK"
  | "ADDRESS_REQUIRED"
  | "DISCOUNT_CODE_INVALID";

/** Why a checkout was refused; the message is for the shopper. */
export class CheckoutError extends Error {
  constructor(
    readonly code: CheckoutRefusal,
    message: string,
  ) {
    super(message);
    this.name = "CheckoutError";
  }
}

interface PricedLine {
  variant: Variant;
  quantity: number;
  plan: SellingPlan | null;
  price: string;
  title: string;
  customAttributes: CustomAttribute[];
}

/** A variant's unit price under a plan: the fixed pricing policy's, as the first order has it. */
export function priceUnder(shop: Shop, variant: Variant, plan: SellingPlan | null): string {
  const fixed = plan?.pricingPolicies.find((policy) => policy.kind === "FIXED");
  return adjustedPrice(variant.price, fixed, shop.currency);
}

function priceLine(shop: Shop, line: CheckoutLine): PricedLine {
  const variant = shop.variants[line.variantId];
  const product = variant && shop.products[variant.productId];
  if (!variant || !product) throw new CheckoutError("VARIANT_NOT_FOUND", "This product is no longer available.");
  if (!Number.isInteger(line.quantity) || line.quantity < 1) {
    throw new CheckoutError("QUANTITY_INVALID", "The quantity must be a whole number of at least 1.");
  }
  const planId = line.sellingPlanId ?? null;
  if (planId === null && product.requiresSellingPlan) {
    throw new CheckoutError("SELLING_PLAN_REQUIRED", `${product.title} is sold by subscription only.`);
  }
  const offered = groupsOfVariant(shop, variant.id).some(
    (group) => planId !== null && group.sellingPlanIds.includes(planId),
  );
  const plan = planId === null ? null : shop.sellingPlans[planId];
  if (planId !== null && (!offered || !plan)) {
    throw new CheckoutError("SELLING_PLAN_NOT_APPLICABLE", `This subscription is not offered for ${product.title}.`);
  }
  return {
    variant,
    quantity: line.quantity,
    plan: plan ?? null,
    price: priceUnder(shop, variant, plan ?? null),
    title: product.title,
    customAttributes: line.customAttributes ?? [],
  };
}

const variantTitle = (variant: Variant): string | null => (variant.title === "Default Title" ? null : variant.title);

/** Ids of contract lines are UUIDs at Shopify. */
const lineId = (world: World, shop: Shop): string =>
  nextToken(world, shop).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** One contract for each pair of billing and delivery policy (documented). */
function byPolicy(lines: PricedLine[]): PricedLine[][] {
  const groups = new Map<string, PricedLine[]>();
  for (const line of lines) {
    if (!line.plan) continue;
    const key = JSON.stringify([line.plan.billingPolicy, line.plan.deliveryPolicy]);
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()];
}

function subtotalOf(shop: Shop, lines: readonly PricedLine[]): string {
  return add(shop.currency, ...lines.map((line) => times(line.price, line.quantity, shop.currency)));
}

/** Absent when there are none, as in the worlds kept before lines had any. */
const attributesOf = ({ customAttributes }: PricedLine): { customAttributes?: CustomAttribute[] } =>
  customAttributes.length > 0 ? { customAttributes: customAttributes.map((attribute) => ({ ...attribute })) } : {};

const contractLine = (world: World, shop: Shop, line: PricedLine): Contract["lines"][number] => ({
  id: lineId(world, shop),
  productId: line.variant.productId,
  variantId: line.variant.id,
  title: line.title,
  variantTitle: variantTitle(line.variant),
  sku: line.variant.sku || null,
  quantity: line.quantity,
  currentPrice: line.price,
  basePrice: line.variant.price,
  sellingPlanId: line.plan?.id ?? null,
  sellingPlanName: line.plan?.name ?? null,
  requiresShipping: line.variant.requiresShipping,
  taxable: true,
  pricingPolicies: line.plan?.pricingPolicies.map((policy) => ({ ...policy })) ?? [],
  ...attributesOf(line),
});

function makeContract(
  world: World,
  shop: Shop,
  customer: Customer,
  lines: PricedLine[],
  paymentMethodId: string,
  address: Address | null,
): Contract | null {
  const plan = lines[0]?.plan;
  if (!plan) return null;
  const shipping = shippingFor(
    shop,
    subtotalOf(shop, lines),
    lines.some((line) => line.variant.requiresShipping),
  );
  const now = nowOf(world);
  const contract: Contract = {
    id: nextId(world),
    appId: shop.sellingPlanGroups[plan.groupId]?.appId ?? null,
    status: "ACTIVE",
    customerId: customer.id,
    paymentMethodId,
    currency: shop.currency,
    lines: lines.map((line) => contractLine(world, shop, line)),
    billingPolicy: structuredClone(plan.billingPolicy),
    deliveryPolicy: {
      interval: plan.deliveryPolicy.interval,
      intervalCount: plan.deliveryPolicy.intervalCount,
      anchors: structuredClone(plan.deliveryPolicy.anchors),
    },
    deliveryPrice: shipping?.price ?? "0.00",
    shippingTitle: shipping?.rate.title ?? null,
    shippingAddress: shipping ? address : null,
    originOrderId: null,
    note: null,
    nextBillingDate: null,
    revisionId: nextId(world),
    lastPaymentStatus: "SUCCEEDED",
    lastBillingAttemptErrorType: null,
    createdAt: now,
    updatedAt: now,
    terminatedAt: null,
    cycleEdits: {},
    createdTimeZone: shop.timeZone,
  };
  addContract(shop, contract);
  return contract;
}

/**
 * A paid checkout: an order, a contract for each pair of policies in it, and each contract's own successful attempt,
 * which pays no cycle (RULES.checkoutPaysNoCycle). Throws CheckoutError when Shopify's checkout would refuse.
 */
export function completeCheckout(
  world: World,
  shop: Shop,
  input: CheckoutInput,
): { order: Order; contracts: Contract[] } {
  const customer = shop.customers[input.customerId];
  if (!customer) throw new CheckoutError("CUSTOMER_NOT_FOUND", "This customer does not exist.");
  if (input.lines.length === 0) throw new CheckoutError("EMPTY", "Your cart is empty.");
  const lines = input.lines.map((line) => priceLine(shop, line));
  if (shortOf(shop, input.lines).length > 0) {
    throw new CheckoutError("OUT_OF_STOCK", "Some items are no longer available in this quantity.");
  }
  const requiresShipping = lines.some((line) => line.variant.requiresShipping);
  const address = input.shippingAddress ?? customer.defaultAddress ?? null;
  if (requiresShipping && !address) throw new CheckoutError("ADDRESS_REQUIRED", "Enter a delivery address.");

  const groups = byPolicy(lines);
  const code = input.discountCode ? acceptedCode(world, shop, customer, lines, address, input.discountCode) : null;
  const method =
    paymentMethodsOf(shop, customer.id).find((one) => one.revokedAt === null) ??
    (groups.length > 0 ? createPaymentMethod(world, shop, customer) : null);
  const contracts = groups.flatMap((group) =>
    method ? (makeContract(world, shop, customer, group, method.id, address) ?? []) : [],
  );
  const reduced = code ? redeem(world, shop, code, contracts, groups, customer.id) : null;
  const contractOf = (line: PricedLine): string | null =>
    contracts[groups.findIndex((group) => group.includes(line))]?.id ?? null;
  const shipping = shippingFor(shop, subtotalOf(shop, lines), requiresShipping);
  const order = placeOrder(world, shop, {
    customerId: customer.id,
    contractIds: contracts.map((contract) => contract.id),
    cycleIndex: null,
    currency: shop.currency,
    lines: lines.map((line) => ({
      productId: line.variant.productId,
      variantId: line.variant.id,
      title: line.title,
      variantTitle: variantTitle(line.variant),
      quantity: line.quantity,
      price: line.price,
      sellingPlanId: line.plan?.id ?? null,
      sellingPlanName: line.plan?.name ?? null,
      contractId: contractOf(line),
      ...(reduced?.lines.has(line) ? { discount: reduced.lines.get(line) } : {}),
      ...attributesOf(line),
    })),
    shipping: reduced?.shipsFree ? "0" : (shipping?.price ?? "0"),
    shippingTitle: shipping?.rate.title ?? null,
    shippingAddress: requiresShipping ? address : null,
    source: "checkout",
    createdAt: nowOf(world),
  });
  takeStock(
    shop,
    lines
      .filter((line) => line.plan?.inventoryReserve !== "ON_FULFILLMENT")
      .map((line) => ({ variantId: line.variant.id, quantity: line.quantity })),
  );
  for (const contract of contracts) payAtCheckout(world, shop, contract, order);
  return { order, contracts };
}

/** Codes of subscriptions only are played: on one-time purchases this checkout takes none. */
function acceptedCode(
  world: World,
  shop: Shop,
  customer: Customer,
  lines: readonly PricedLine[],
  shippingAddress: Address | null,
  redeemCode: string,
): DiscountCode {
  const terms = {
    customerId: customer.id,
    currency: shop.currency,
    shippingAddress,
    lines: lines.filter(({ plan }) => plan !== null).map((line) => contractLine(world, shop, line)),
  };
  const code = codeNamed(shop, redeemCode);
  if (!code || rejectionOf(world, shop, terms, redeemCode) !== null) {
    throw new CheckoutError("DISCOUNT_CODE_INVALID", "Enter a valid discount code.");
  }
  return code;
}

/**
 * The code stands on each contract that it applies to, the checkout's own order counted (documented: a recurring limit
 * counts the first order). @returns what it takes off the order
 */
function redeem(
  world: World,
  shop: Shop,
  code: DiscountCode,
  contracts: readonly Contract[],
  groups: readonly PricedLine[][],
  customerId: string,
): { lines: Map<PricedLine, string>; shipsFree: boolean } {
  const lines = new Map<PricedLine, string>();
  contracts.forEach((contract, index) => {
    if (rejectionOf(world, shop, contract, code.code) !== null) return;
    const discount = discountFrom(code, contract.lines, lineId(world, shop));
    contract.discounts = [discount];
    const amounts = amountsOf(world, contract);
    contract.lines.forEach((line, position) => {
      const priced = groups[index]?.[position];
      if (priced) lines.set(priced, discountOn(amounts, line.id, contract.currency));
    });
    discount.usageCount = 1;
  });
  useCode(shop, code.code, customerId);
  return { lines, shipsFree: code.target === "SHIPPING_LINE" };
}

function payAtCheckout(world: World, shop: Shop, contract: Contract, order: Order): void {
  contract.originOrderId = order.id;
  const now = nowOf(world);
  const attempt: Attempt = {
    id: nextId(world),
    contractId: contract.id,
    cycleIndex: null,
    idempotencyKey: `checkout-${order.id}-${contract.id}`,
    state: "Success",
    errorCode: null,
    errorMessage: null,
    nextActionUrl: null,
    orderId: order.id,
    origin: "checkout",
    originTime: now,
    createdAt: now,
    resolvesAt: null,
    completedAt: now,
  };
  addAttempt(shop, attempt);
  emit(world, shop, "subscription_contracts/create", contractPayload(contract));
  emit(world, shop, "subscription_billing_attempts/success", attemptPayload(attempt));
}
