import { isSame } from "~/money/money";
import type { DecimalLike } from "~/money/money";
import type {
  SubscriptionDraftInput,
  SubscriptionLineInput,
  SubscriptionLineUpdateInput,
  SubscriptionManualDiscountInput,
  SubscriptionPricingPolicyInput,
} from "~/shopify/generated/admin";

import { methodInput } from "./delivery";
import type { DeliveryTerms } from "./delivery";
import type { Attribute } from "./edit";
import type { LinePricing, Policy } from "./pricing";
import type { ContractTerms, LineTerms } from "./terms";
import type { Frequency } from "./views";

/** What has to be sent into a draft. */
export interface DraftSteps {
  add: SubscriptionLineInput[];
  change: { lineId: string; input: SubscriptionLineUpdateInput }[];
  remove: string[];
  terms: SubscriptionDraftInput | null;
  addDiscounts: SubscriptionManualDiscountInput[];
  removeDiscounts: string[];
  codes: string[];
}

/**
 * @param delivery the way in which it is delivered then, as Shopify has offered it; null: as it was
 * @param limits payments that were agreed to at least and at most: they stay whatever the rhythm is
 */
export function draftSteps(
  before: ContractTerms,
  after: ContractTerms,
  delivery: DeliveryTerms | null,
  limits: { minCycles: number | null; maxCycles: number | null },
): DraftSteps {
  const kept = new Set(after.lines.map(({ shopifyId }) => shopifyId));
  return {
    add: after.lines.filter(({ shopifyId }) => shopifyId === null).map(lineInput),
    change: after.lines.flatMap((line) => {
      const was = before.lines.find(({ shopifyId }) => shopifyId === line.shopifyId);
      const input = was ? lineUpdate(was, line) : null;
      return input && line.shopifyId !== null ? [{ lineId: line.shopifyId, input }] : [];
    }),
    remove: before.lines.flatMap(({ shopifyId }) => (shopifyId !== null && !kept.has(shopifyId) ? [shopifyId] : [])),
    terms: termsInput(after, delivery, limits),
    addDiscounts: after.addDiscounts.map(({ percent, orders, title }) => ({
      title,
      value: { percentage: percent },
      recurringCycleLimit: orders,
      entitledLines: { all: true },
    })),
    removeDiscounts: after.removeDiscounts,
    codes: after.codes,
  };
}

export const isNothing = (steps: DraftSteps): boolean =>
  steps.terms === null &&
  [steps.add, steps.change, steps.remove, steps.addDiscounts, steps.removeDiscounts, steps.codes].every(
    ({ length }) => length === 0,
  );

export const pricingInput = ({ basePrice, phases }: LinePricing): SubscriptionPricingPolicyInput => ({
  basePrice,
  cycleDiscounts: phases.map(({ type, value, afterCycle, price }) => ({
    adjustmentType: type,
    adjustmentValue: type === "PERCENTAGE" ? { percentage: Number(value) } : { fixedValue: value },
    afterCycle,
    computedPrice: price,
  })),
});

export const lineInput = (line: LineTerms): SubscriptionLineInput => ({
  productVariantId: line.variantId ?? "",
  quantity: line.quantity,
  currentPrice: line.price,
  ...(line.pricing ? { pricingPolicy: pricingInput(line.pricing) } : {}),
  ...(line.sellingPlanId === null ? {} : { sellingPlanId: line.sellingPlanId }),
  ...(line.sellingPlanName === null ? {} : { sellingPlanName: line.sellingPlanName }),
  ...(line.attributes.length > 0 ? { customAttributes: line.attributes } : {}),
});

function lineUpdate(before: LineTerms, after: LineTerms): SubscriptionLineUpdateInput | null {
  const input: SubscriptionLineUpdateInput = {
    ...(before.variantId !== after.variantId && after.variantId !== null ? { productVariantId: after.variantId } : {}),
    ...(before.quantity === after.quantity ? {} : { quantity: after.quantity }),
    ...(before.sellingPlanId === after.sellingPlanId
      ? {}
      : { sellingPlanId: after.sellingPlanId, sellingPlanName: after.sellingPlanName }),
    ...(sameAttributes(before.attributes, after.attributes) ? {} : { customAttributes: after.attributes }),
    // A price without its policy would be the last one that is known of the line's future.
    ...(after.pricing ? { currentPrice: after.price, pricingPolicy: pricingInput(after.pricing) } : {}),
  };
  return Object.keys(input).length > 0 ? input : null;
}

const sameAttributes = (a: readonly Attribute[], b: readonly Attribute[]): boolean =>
  a.length === b.length && a.every(({ key, value }) => b.some((one) => one.key === key && one.value === value));

export const policyInput = ({ interval, count, anchors }: Policy) => ({
  interval,
  intervalCount: count,
  anchors: anchors.map((anchor) => ({ ...anchor })),
});

function termsInput(
  after: ContractTerms,
  delivery: DeliveryTerms | null,
  limits: { minCycles: number | null; maxCycles: number | null },
): SubscriptionDraftInput | null {
  const { plan } = after;
  const { minCycles, maxCycles } = limits;
  const input: SubscriptionDraftInput = {
    ...(plan
      ? {
          billingPolicy: { ...policyInput(plan.billing), minCycles, maxCycles },
          deliveryPolicy: policyInput(plan.delivery),
        }
      : {}),
    ...(delivery
      ? {
          deliveryPrice: delivery.price,
          deliveryMethod: methodInput(delivery.method, delivery.option, delivery.address),
        }
      : {}),
  };
  return Object.keys(input).length > 0 ? input : null;
}

/** How Shopify has a contract or a draft, to be compared with what was asked for. */
export interface TermsSeen {
  lines: readonly {
    shopifyId: string;
    variantId: string | null;
    quantity: number;
    price: DecimalLike;
    sellingPlanId: string | null;
  }[];
  billing: Frequency;
  delivery: Frequency;
  deliveryPrice: DecimalLike;
}

const sameFrequency = (a: Frequency, b: Frequency): boolean => a.interval === b.interval && a.count === b.count;

/** Whether what is there is what was asked for, line by line. */
export function isAsAsked(seen: TermsSeen, asked: ContractTerms, deliveryPrice: DecimalLike): boolean {
  const left = [...seen.lines];
  for (const line of asked.lines) {
    const position = left.findIndex(
      (one) =>
        (line.shopifyId === null || one.shopifyId === line.shopifyId) &&
        one.variantId === line.variantId &&
        one.quantity === line.quantity &&
        one.sellingPlanId === line.sellingPlanId &&
        isSame(one.price, line.price),
    );
    if (position < 0) return false;
    left.splice(position, 1);
  }
  return (
    left.length === 0 &&
    sameFrequency(seen.billing, asked.billing) &&
    sameFrequency(seen.delivery, asked.delivery) &&
    isSame(seen.deliveryPrice, deliveryPrice)
  );
}
