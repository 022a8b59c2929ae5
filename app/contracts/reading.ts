import type { ContractStatus, Interval } from "~/generated/prisma/enums";
import type { ContractDiscount } from "~/money/next-amount";
import type {
  ContractFieldsFragment,
  ContractGlanceQuery,
  CustomerFieldsFragment,
  CycleFieldsFragment,
  InstrumentFragment,
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
  shippingAddress: Address | null;
  /** "Standard"; null where nothing is shipped. */
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
    deliveryMethodTitle:
      deliveryMethod?.__typename === "SubscriptionDeliveryMethodShipping"
        ? (deliveryMethod.shippingOption.presentmentTitle ?? deliveryMethod.shippingOption.title)
        : null,
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

const addressOf = ({ countryCodeV2, ...rest }: MailingAddress): Address => ({ ...rest, countryCode: countryCodeV2 });

/** The number in a global id: "gid://shopify/SubscriptionContract/1" → "1". */
export const numberOf = (shopifyId: string): string => shopifyId.slice(shopifyId.lastIndexOf("/") + 1);
