import type { Actor } from "~/history/events";
import { cycle } from "~/schedule/cycles";
import type { SubscriptionContractAtomicCreateInput } from "~/shopify/generated/admin";

import { deliveryMethodOf, editAddressOf, methodInput, storedAddress, storedOption } from "./delivery";
import { lineInput, policyInput } from "./draft-steps";
import type { EditRow } from "./edit-material.server";
import { planIn, pricingInProportion, pricingOn } from "./pricing";
import type { LinePricing, PlanTerms, Policy } from "./pricing";
import { instrumentLabel, numberOf } from "./reading";
import { termsOf } from "./row-terms";
import type { DeliveryOption } from "./reading";
import type { ContractTerms, LineTerms, Material } from "./terms";

/** Tells a contract that a restart has made, also when Shopify's answer was lost. Hidden from shoppers by its underscore. */
export const MARK = "_perennial_restarted_from";
/** What a restart is about to make. */
export interface RestartPlan {
  row: EditRow;
  customerShopifyId: string;
  terms: ContractTerms;
  rhythm: PlanTerms | null;
  method: { id: string; label: string | null };
  /** When its first order is expected, always a moment that is to come. */
  firstAt: string;
  /** Shopify's id of a contract that an earlier try has made. */
  made: string | null;
}

type MethodNode = { id: string; revokedAt: string | null; instrument: Parameters<typeof instrumentLabel>[0] | null };

/** The contract's own if it still holds, else the newest that does. */
export function methodOf(row: EditRow, methods: readonly MethodNode[]): { id: string; label: string | null } | null {
  const valid = methods.filter(({ revokedAt }) => revokedAt === null);
  const method = valid.find(({ id }) => id === row.paymentMethodId) ?? valid.at(-1);
  return method ? { id: method.id, label: method.instrument ? instrumentLabel(method.instrument) : null } : null;
}

/** What is still sold, at today's prices, from the plan's first phase on. */
export function todaysTerms(
  row: EditRow,
  material: Material,
): { terms: ContractTerms; rhythm: PlanTerms | null } | null {
  const before = termsOf(row);
  let rhythm: PlanTerms | null = null;
  const lines = before.lines.flatMap((line): LineTerms[] => {
    const facts = line.variantId === null ? undefined : material.variants.get(line.variantId);
    if (!facts) return [];
    const plan = planIn(material.plans.get(facts.variantId) ?? [], line.sellingPlanId);
    rhythm ??= plan;
    const kept = { ...line, id: null, shopifyId: null, title: facts.title, variantTitle: facts.variantTitle };
    const pricing = todaysPricing(line, facts.price, plan, row.currencyCode);
    // Without a price in its currency what it cost is the only one that is known.
    if (!pricing) return [kept];
    const sold = plan ? {} : { sellingPlanId: null };
    return [{ ...kept, ...sold, price: pricing.currentPrice, pricing }];
  });
  return lines.length === 0 ? null : { terms: { ...before, lines }, rhythm };
}

function todaysPricing(
  line: LineTerms,
  price: string | null,
  plan: PlanTerms | null,
  currencyCode: string,
): LinePricing | null {
  if (price === null) return null;
  return plan
    ? pricingOn(price, plan, 0, currencyCode)
    : pricingInProportion(price, { price: line.price, basePrice: price }, currencyCode);
}

/** The end of the first cycle of a contract that begins now: on the plan's anchor if it has one, else an interval on. */
export function firstOrderAt(policy: Policy | ContractTerms["billing"], timeZone: string, now: Date): Date {
  const { interval, count: intervalCount } = policy;
  const anchors = "anchors" in policy ? policy.anchors : [];
  const limits = { minCycles: null, maxCycles: null };
  return cycle({ interval, intervalCount, anchors, timeZone, createdAt: now, ...limits }, 1).endAt;
}

export function createInput(plan: RestartPlan, actor: Actor): SubscriptionContractAtomicCreateInput {
  const { row, terms, rhythm, method } = plan;
  const address = storedAddress(row);
  const way = deliveryMethodOf(row);
  const rhythmOf = ({ interval, count }: ContractTerms["billing"]) => ({ interval, intervalCount: count });
  return {
    customerId: plan.customerShopifyId,
    // Mirrored from Shopify, which names it so.
    currencyCode: row.currencyCode as SubscriptionContractAtomicCreateInput["currencyCode"],
    // Should Shopify end the first cycle then, it is still the date that the shopper has agreed to.
    nextBillingDate: plan.firstAt,
    actor: actor === "shopper" ? "CUSTOMER" : "MERCHANT",
    lines: terms.lines.map((line) => ({ line: lineInput(line) })),
    contract: {
      status: "ACTIVE",
      paymentMethodId: method.id,
      billingPolicy: {
        ...(rhythm ? policyInput(rhythm.billing) : rhythmOf(terms.billing)),
        minCycles: row.minCycles,
        maxCycles: row.maxCycles,
      },
      deliveryPolicy: rhythm ? policyInput(rhythm.delivery) : rhythmOf(terms.delivery),
      deliveryPrice: row.deliveryPrice.toString(),
      customAttributes: [{ key: MARK, value: numberOf(row.shopifyId) }],
      ...(way ? { deliveryMethod: methodInput(way, keptOption(row), address && editAddressOf(address)) } : {}),
    },
  };
}

/** What was chosen of its way of delivery; of one that was read before there were options the title is known. */
function keptOption(row: EditRow): DeliveryOption | null {
  const { deliveryMethodTitle: title } = row;
  const bare = { code: null, description: null, phone: null, instructions: null, place: null };
  return storedOption(row) ?? (title === null ? null : { ...bare, title, presentmentTitle: title });
}
