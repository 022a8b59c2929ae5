import type { ContractStatus, DeliveryMethod, Interval } from "~/generated/prisma/enums";
import type { ContractDiscount } from "~/money/next-amount";
import type {
  ContractFieldsFragment,
  ContractGlanceQuery,
  CustomerFieldsFragment,
  CycleFieldsFragment,
  InstrumentFragment,
  PickupPlaceFragment,
} from "~/shopify/generated/admin";

import type { Attribute } from "./edit";

/** What Shopify said about a contract, in the mirror's terms. */
export interface ContractReading {
  shopifyId: string;
  status: ContractStatus;
  revisionId: string;
  currencyCode: string;
  billingInterval: Interval;
  billingIntervalCount: number;
  deliveryInterval: Interval;
  deliveryIntervalCount: number;
  minCycles: number | null;
  maxCycles: number | null;
  deliveryPrice: string;
  originOrderId: string | null;
  originOrderName: string | null;
  paymentMethodId: string | null;
  paymentMethodLabel: string | null;
  /** "2027-04" */
  paymentMethodExpiry: string | null;
  paymentMethodRevokedAt: Date | null;
  deliveryMethod: DeliveryMethod;
  /** Null where nothing is delivered. */
  deliveryOption: DeliveryOption | null;
  shippingAddress: Address | null;
  /** "Standard"; null where nothing is delivered. */
  deliveryMethodTitle: string | null;
  discounts: ContractDiscount[];
  shopifyCreatedAt: Date;
  shopifyUpdatedAt: Date;
  customer: CustomerReading | null;
  lines: LineReading[];
}

export interface LineReading {
  shopifyId: string;
  position: number;
  productId: string | null;
  variantId: string | null;
  title: string;
  variantTitle: string | null;
  sku: string | null;
  imageUrl: string | null;
  quantity: number;
  currentPrice: string;
  /** The line's total after the contract's discounts. */
  discountedPrice: string;
  attributes: Attribute[];
  sellingPlanId: string | null;
  sellingPlanName: string | null;
}

export interface CustomerReading {
  shopifyId: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  locale: string | null;
}

/** What was chosen of a way of delivery; stored as JSON on the contract. */
export interface DeliveryOption {
  code: string | null;
  title: string | null;
  presentmentTitle: string | null;
  description: string | null;
  /** Of local delivery: whom the shop calls, in E.164, and what it should know. */
  phone: string | null;
  instructions: string | null;
  /** Of pick-up. */
  place: PickupPlace | null;
}

/** A location of the shop's. */
export interface PickupPlace {
  /** "gid://shopify/Location/1" */
  id: string;
  name: string;
  address1: string | null;
  address2: string | null;
  zip: string | null;
  city: string | null;
  /** ISO 3166-1 */
  countryCode: string | null;
}

/** As Shopify's MailingAddress; stored as JSON on the contract. */
export interface Address {
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  address1: string | null;
  address2: string | null;
  zip: string | null;
  city: string | null;
  provinceCode: string | null;
  countryCode: string | null;
  phone: string | null;
}

export interface CycleReading {
  cycleIndex: number;
  startAt: Date;
  endAt: Date;
  expectedAt: Date;
  skipped: boolean;
  billed: boolean;
}

/** The few fields that tell whether the rest must be read again. */
export interface Glance {
  shopifyId: string;
  status: ContractStatus;
  revisionId: string;
  paymentMethodId: string | null;
  customerId: string | null;
  shopifyUpdatedAt: Date;
}

export function contractReading(contract: ContractFieldsFragment): ContractReading {
  const { billingPolicy, deliveryPolicy, deliveryMethod, customerPaymentMethod: method } = contract;
  return {
    shopifyId: contract.id,
    status: contract.status,
    revisionId: contract.revisionId,
    currencyCode: contract.currencyCode,
    billingInterval: billingPolicy.interval,
    billingIntervalCount: billingPolicy.intervalCount,
    deliveryInterval: deliveryPolicy.interval,
    deliveryIntervalCount: deliveryPolicy.intervalCount,
    minCycles: billingPolicy.minCycles,
    maxCycles: billingPolicy.maxCycles,
    deliveryPrice: contract.deliveryPrice.amount,
    originOrderId: contract.originOrder?.id ?? null,
    originOrderName: contract.originOrder?.name ?? null,
    paymentMethodId: method?.id ?? null,
    paymentMethodLabel: method?.instrument ? instrumentLabel(method.instrument) : null,
    paymentMethodExpiry: method?.instrument ? instrumentExpiry(method.instrument) : null,
    paymentMethodRevokedAt: method?.revokedAt ? new Date(method.revokedAt) : null,
    shippingAddress: deliveryMethod && "address" in deliveryMethod ? addressOf(deliveryMethod.address) : null,
    ...deliveryReading(deliveryMethod),
    discounts: contract.discounts.nodes.map(discountReading),
    shopifyCreatedAt: new Date(contract.createdAt),
    shopifyUpdatedAt: new Date(contract.updatedAt),
    customer: contract.customer ? customerReading(contract.customer) : null,
    lines: contract.lines.nodes.map((line, position) => ({
      shopifyId: line.id,
      position,
      productId: line.productId,
      variantId: line.variantId,
      title: line.title,
      variantTitle: line.variantTitle,
      sku: line.sku,
      imageUrl: line.variantImage?.url ?? null,
      quantity: line.quantity,
      currentPrice: line.currentPrice.amount,
      discountedPrice: line.lineDiscountedPrice.amount,
      attributes: line.customAttributes.map(({ key, value }) => ({ key, value: value ?? "" })),
      sellingPlanId: line.sellingPlanId,
      sellingPlanName: line.sellingPlanName,
    })),
  };
}

type MethodNode = ContractFieldsFragment["deliveryMethod"];
type DeliveryReading = Pick<ContractReading, "deliveryMethod" | "deliveryOption" | "deliveryMethodTitle">;

function deliveryReading(node: MethodNode): DeliveryReading {
  switch (node?.__typename) {
    case "SubscriptionDeliveryMethodShipping":
      return chosen("SHIPPING", node.shippingOption, {});
    case "SubscriptionDeliveryMethodLocalDelivery": {
      const { phone, instructions } = node.localDeliveryOption;
      return chosen("LOCAL_DELIVERY", node.localDeliveryOption, { phone, instructions });
    }
    case "SubscriptionDeliveryMethodPickup":
      return chosen("PICKUP", node.pickupOption, { place: pickupPlace(node.pickupOption.location) });
    case undefined:
      return { deliveryMethod: "NONE", deliveryOption: null, deliveryMethodTitle: null };
  }
}

type OptionNode = Pick<DeliveryOption, "code" | "title" | "presentmentTitle" | "description">;

function chosen(
  deliveryMethod: DeliveryMethod,
  { code, title, presentmentTitle, description }: OptionNode,
  { phone = null, instructions = null, place = null }: Partial<DeliveryOption>,
): DeliveryReading {
  const deliveryOption = { code, title, presentmentTitle, description, phone, instructions, place };
  return { deliveryMethod, deliveryOption, deliveryMethodTitle: presentmentTitle ?? title };
}

export const pickupPlace = ({ id, name, address }: PickupPlaceFragment): PickupPlace => {
  const { address1, address2, zip, city, countryCode } = address;
  return { id, name, address1, address2, zip, city, countryCode };
};

type DiscountNode = ContractFieldsFragment["discounts"]["nodes"][number];

const discountReading = (discount: DiscountNode): ContractDiscount => ({
  id: discount.id,
  title: discount.title,
  type: discount.type,
  target: discount.targetType,
  value:
    discount.value.__typename === "SubscriptionDiscountPercentageValue"
      ? { percentage: discount.value.percentage }
      : { amount: discount.value.amount.amount, appliesOnEachItem: discount.value.appliesOnEachItem },
  orders: discount.recurringCycleLimit,
  used: discount.usageCount,
  all: discount.entitledLines.all,
  lineIds: discount.entitledLines.all ? [] : discount.entitledLines.lines.nodes.map(({ id }) => id),
});

export function customerReading(customer: CustomerFieldsFragment): CustomerReading {
  return {
    shopifyId: customer.id,
    email: customer.defaultEmailAddress?.emailAddress ?? null,
    firstName: customer.firstName,
    lastName: customer.lastName,
    locale: customer.locale,
  };
}

export function cycleReading(cycle: CycleFieldsFragment): CycleReading {
  return {
    cycleIndex: cycle.cycleIndex,
    startAt: new Date(cycle.cycleStartAt),
    endAt: new Date(cycle.cycleEndAt),
    expectedAt: new Date(cycle.billingAttemptExpectedDate),
    skipped: cycle.skipped,
    billed: cycle.status === "BILLED",
  };
}

export function glanceOf(contract: NonNullable<ContractGlanceQuery["subscriptionContract"]>): Glance {
  return {
    shopifyId: contract.id,
    status: contract.status,
    revisionId: contract.revisionId,
    paymentMethodId: contract.customerPaymentMethod?.id ?? null,
    customerId: contract.customer?.id ?? null,
    shopifyUpdatedAt: new Date(contract.updatedAt),
  };
}

const DOTS = "••••";

/** Last month of the card, "2027-04"; null for what does not run out. */
export const instrumentExpiry = (instrument: InstrumentFragment): string | null =>
  instrument.__typename === "CustomerCreditCard"
    ? `${instrument.expiryYear}-${String(instrument.expiryMonth).padStart(2, "0")}`
    : null;

/** "Visa •••• 4242"; null for an instrument that has no number to show. */
export function instrumentLabel(instrument: InstrumentFragment): string | null {
  switch (instrument.__typename) {
    case "CustomerCreditCard":
      return `${brandName(instrument.brand)} ${DOTS} ${instrument.lastDigits}`;
    case "CustomerShopPayAgreement":
      return `Shop Pay ${DOTS} ${instrument.lastDigits}`;
    case "CustomerPaypalBillingAgreement":
      return "PayPal";
    case "BankAccount":
      return null;
  }
}

/** Shopify's "visa", "american_express" as people write them. */
const brandName = (brand: string): string =>
  brand
    .split(/[_ ]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

interface MailingAddress extends Omit<Address, "countryCode"> {
  countryCodeV2: string | null;
}

export const addressOf = ({ countryCodeV2, ...rest }: MailingAddress): Address => ({
  ...rest,
  countryCode: countryCodeV2,
});

/** The number in a global id: "gid://shopify/SubscriptionContract/1" → "1". */
export const numberOf = (shopifyId: string): string => shopifyId.slice(shopifyId.lastIndexOf("/") + 1);
