import type { Address, Anchor, CustomAttribute, Interval, PricingPolicy } from "../world";
import type { CycleSelector } from "./cycles";

type Maybe<T> = T | null | undefined;

/** The inputs of the draft mutations, as the schema has them, with ids as this stand-in's own (not global) ones. */
export interface PolicyInput {
  interval: Interval;
  intervalCount: number;
  anchors?: Maybe<Partial<Anchor>[]>;
  minCycles?: Maybe<number>;
  maxCycles?: Maybe<number>;
}

export interface ShippingInput {
  address?: Maybe<{ [Field in keyof Address]?: Maybe<string> }>;
  shippingOption?: Maybe<{ title?: Maybe<string>; presentmentTitle?: Maybe<string> }>;
}

export interface LocalDeliveryInput {
  address?: ShippingInput["address"];
  localDeliveryOption?: Maybe<OptionInput & { phone: string; instructions?: Maybe<string> }>;
}

export interface PickupInput {
  pickupOption?: Maybe<OptionInput & { locationId: string }>;
}

interface OptionInput {
  code?: Maybe<string>;
  title?: Maybe<string>;
  presentmentTitle?: Maybe<string>;
  description?: Maybe<string>;
}

export interface DeliveryMethodInput {
  shipping?: Maybe<ShippingInput>;
  localDelivery?: Maybe<LocalDeliveryInput>;
  pickup?: Maybe<PickupInput>;
}

export interface DraftInput {
  status?: Maybe<"ACTIVE" | "PAUSED" | "CANCELLED" | "EXPIRED" | "FAILED">;
  paymentMethodId?: Maybe<string>;
  nextBillingDate?: Maybe<string>;
  billingPolicy?: Maybe<PolicyInput>;
  deliveryPolicy?: Maybe<PolicyInput>;
  deliveryPrice?: Maybe<string>;
  deliveryMethod?: Maybe<DeliveryMethodInput>;
  note?: Maybe<string>;
  customAttributes?: Maybe<CustomAttribute[]>;
}

export interface PricingPolicyInput {
  basePrice: string;
  cycleDiscounts: {
    adjustmentType: PricingPolicy["adjustmentType"];
    adjustmentValue: { percentage?: Maybe<number>; fixedValue?: Maybe<string> };
    afterCycle: number;
    computedPrice: string;
  }[];
}

export interface LineUpdateInput {
  productVariantId?: Maybe<string>;
  quantity?: Maybe<number>;
  currentPrice?: Maybe<string>;
  sellingPlanId?: Maybe<string>;
  sellingPlanName?: Maybe<string>;
  pricingPolicy?: Maybe<PricingPolicyInput>;
  customAttributes?: Maybe<CustomAttribute[]>;
}

export interface LineInput extends LineUpdateInput {
  productVariantId: string;
  quantity: number;
  currentPrice: string;
}

export interface FreeShippingInput {
  title?: Maybe<string>;
  recurringCycleLimit?: Maybe<number>;
}

export interface DiscountInput extends FreeShippingInput {
  value?: Maybe<{
    percentage?: Maybe<number>;
    fixedAmount?: Maybe<{ amount?: Maybe<number>; appliesOnEachItem?: Maybe<boolean> }>;
  }>;
  entitledLines?: Maybe<{ all?: Maybe<boolean>; lines?: Maybe<{ add?: Maybe<string[]>; remove?: Maybe<string[]> }> }>;
}

export interface ConcatenationInput {
  contractId: string;
  selector: CycleSelector;
}
