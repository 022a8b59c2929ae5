import { money } from "~/money/money";

import { MOST_LINES } from "./edit";
import type { Attribute, ContractEdit, EditAddress } from "./edit";
import { planIn, pricingInProportion, pricingOn, sameRhythm, siblingsOf } from "./pricing";
import type { LinePricing, PlanGroups, PlanTerms } from "./pricing";
import type { Frequency } from "./views";

/** Pure: what a contract is, what an edit makes of it. */

export interface LineTerms {
  /** Ours and Shopify's; null for a line that is added. */
  id: string | null;
  shopifyId: string | null;
  productId: string | null;
  variantId: string | null;
  title: string;
  variantTitle: string | null;
  imageUrl: string | null;
  quantity: number;
  /** Per unit, in the contract's currency. */
  price: string;
  sellingPlanId: string | null;
  sellingPlanName: string | null;
  attributes: Attribute[];
  /** To be restated, because the line's price follows from something else now; null: as it was. */
  pricing: LinePricing | null;
}

export interface ContractTerms {
  lines: LineTerms[];
  billing: Frequency;
  delivery: Frequency;
  /** Another plan's rhythm; null: as it was. */
  plan: PlanTerms | null;
  address: EditAddress | null;
  deliveryCode: string | null;
  /** Whom the shop calls that delivers by itself; null: as it was. */
  phone: string | null;
  addDiscounts: { percent: number; orders: number | null; title: string }[];
  /** Shopify's ids. */
  removeDiscounts: string[];
  codes: string[];
}

/** A variant as it is sold today. */
export interface VariantFacts {
  variantId: string;
  productId: string;
  title: string;
  variantTitle: string | null;
  imageUrl: string | null;
  /** In the contract's currency; null where it has no price in that. */
  price: string | null;
  available: boolean;
}

/** What Shopify had to be asked for. */
export interface Material {
  currencyCode: string;
  /** Payments so far, the checkout's among them. */
  paid: number;
  variants: ReadonlyMap<string, VariantFacts>;
  plans: ReadonlyMap<string, PlanGroups>;
  /** What lines cost without their plan, by Shopify's id of the line. */
  basePrices: ReadonlyMap<string, string>;
  discountIds: readonly string[];
  /** Codes that it has already. */
  codes: readonly string[];
}

export type CannotBe = "LAST_LINE" | "NOT_OFFERED" | "TOO_MANY_LINES" | "SOLD_OUT";

/** What the edits make of the terms, one after another; or why they can't. */
export function applyEdits(
  now: ContractTerms,
  edits: readonly ContractEdit[],
  material: Material,
): ContractTerms | CannotBe {
  let terms = now;
  for (const edit of edits) {
    const next = applyOne(terms, edit, material);
    if (typeof next === "string") return next;
    terms = next;
  }
  return terms.lines.length === 0 ? "LAST_LINE" : terms;
}

function applyOne(terms: ContractTerms, edit: ContractEdit, material: Material): ContractTerms | CannotBe {
  switch (edit.kind) {
    case "FREQUENCY":
      return onPlan(terms, edit.sellingPlanId, material);
    case "QUANTITY":
      return changed(terms, edit.lineId, (line) => ({ ...line, quantity: edit.quantity }));
    case "ATTRIBUTES":
      return changed(terms, edit.lineId, (line) => ({ ...line, attributes: edit.attributes }));
    case "VARIANT":
      return changed(terms, edit.lineId, (line) => withVariant(line, edit.variantId, material));
    case "ADD_LINE":
      return withLine(terms, edit.variantId, edit.quantity, material);
    case "REMOVE_LINE": {
      if (!terms.lines.some(({ id }) => id === edit.lineId)) return "NOT_OFFERED";
      return { ...terms, lines: terms.lines.filter(({ id }) => id !== edit.lineId) };
    }
    case "ADDRESS":
      return { ...terms, address: edit.address };
    case "DELIVERY_METHOD":
      return { ...terms, deliveryCode: edit.code, phone: edit.phone ?? null };
    case "DISCOUNT_CODE": {
      const code = edit.code.trim();
      // The same in capitals and small letters; twice is once.
      const known = [...material.codes, ...terms.codes].some((one) => one.toUpperCase() === code.toUpperCase());
      return known ? terms : { ...terms, codes: [...terms.codes, code] };
    }
    case "REMOVE_DISCOUNT":
      if (!material.discountIds.includes(edit.discountId)) return "NOT_OFFERED";
      return { ...terms, removeDiscounts: [...terms.removeDiscounts, edit.discountId] };
    case "DISCOUNT": {
      const { percent, orders, title } = edit;
      return { ...terms, addDiscounts: [...terms.addDiscounts, { percent, orders, title }] };
    }
  }
}

function changed(
  terms: ContractTerms,
  lineId: string,
  change: (line: LineTerms) => LineTerms | CannotBe,
): ContractTerms | CannotBe {
  const line = terms.lines.find(({ id }) => id === lineId);
  if (!line) return "NOT_OFFERED";
  const next = change(line);
  if (typeof next === "string") return next;
  return { ...terms, lines: terms.lines.map((one) => (one === line ? next : one)) };
}

const plansOf = (material: Material, variantId: string | null): PlanGroups =>
  (variantId === null ? undefined : material.plans.get(variantId)) ?? [];

function withVariant(line: LineTerms, variantId: string, material: Material): LineTerms | CannotBe {
  if (line.variantId === variantId) return line;
  const facts = material.variants.get(variantId);
  if (facts?.price == null) return "NOT_OFFERED";
  if (!facts.available) return "SOLD_OUT";
  const plan =
    planIn(plansOf(material, variantId), line.sellingPlanId) ??
    planIn(plansOf(material, line.variantId), line.sellingPlanId);
  const pricing = plan
    ? pricingOn(facts.price, plan, material.paid, material.currencyCode)
    : pricingInProportion(facts.price, { price: line.price, basePrice: baseOf(line, material) }, material.currencyCode);
  if (!pricing) return "NOT_OFFERED";
  return { ...line, ...shown(facts), price: pricing.currentPrice, pricing };
}

const shown = ({ variantId, productId, title, variantTitle, imageUrl }: VariantFacts) => ({
  variantId,
  productId,
  title,
  variantTitle,
  imageUrl,
});

/** What the line costs without its plan: as it was agreed, else as it is today. */
const baseOf = ({ shopifyId, variantId }: LineTerms, { basePrices, variants }: Material): string | null =>
  (shopifyId === null ? undefined : basePrices.get(shopifyId)) ??
  (variantId === null ? undefined : variants.get(variantId)?.price) ??
  null;

function withLine(
  terms: ContractTerms,
  variantId: string,
  quantity: number,
  material: Material,
): ContractTerms | CannotBe {
  if (terms.lines.length >= MOST_LINES) return "TOO_MANY_LINES";
  const facts = material.variants.get(variantId);
  if (facts?.price == null) return "NOT_OFFERED";
  if (!facts.available) return "SOLD_OUT";
  const plan = planFor(terms, variantId, material);
  const pricing = plan ? pricingOn(facts.price, plan, material.paid, material.currencyCode) : null;
  if (plan && !pricing) return "NOT_OFFERED";
  const line: LineTerms = {
    id: null,
    shopifyId: null,
    ...shown(facts),
    quantity,
    price: pricing?.currentPrice ?? money(facts.price, material.currencyCode).amount,
    sellingPlanId: plan?.id ?? null,
    sellingPlanName: plan?.name ?? null,
    attributes: [],
    pricing,
  };
  return { ...terms, lines: [...terms.lines, line] };
}

/** The contract's own plan if the variant is sold on it, else one of the same rhythm; null: none is. */
export function planFor(terms: ContractTerms, variantId: string, material: Material): PlanTerms | null {
  const own = terms.lines.find(({ sellingPlanId }) => sellingPlanId !== null);
  if (!own) return null;
  const groups = plansOf(material, variantId);
  const same = planIn(groups, own.sellingPlanId);
  if (same) return same;
  const plan = terms.plan ?? planIn(plansOf(material, own.variantId), own.sellingPlanId);
  return plan ? (groups.flatMap(({ plans }) => plans).find((one) => sameRhythm(one, plan)) ?? null) : null;
}

/** Every plan that is beside one of the contract's own, with the current ones. */
export function plansBeside(terms: ContractTerms, material: Material): PlanTerms[] {
  const first = terms.lines.find(
    ({ variantId, sellingPlanId }) => siblingsOf(plansOf(material, variantId), sellingPlanId).length > 0,
  );
  return first ? [...siblingsOf(plansOf(material, first.variantId), first.sellingPlanId)] : [];
}

/** Lines of other groups go along to their own plan of the same rhythm; without one they keep price and plan. */
function onPlan(terms: ContractTerms, planId: string, material: Material): ContractTerms | CannotBe {
  const plan = plansBeside(terms, material).find(({ id }) => id === planId);
  if (!plan) return "NOT_OFFERED";
  const lines: LineTerms[] = [];
  for (const line of terms.lines) {
    const moved = movedTo(plan, line, material);
    if (typeof moved === "string") return moved;
    lines.push(moved);
  }
  const billing = { interval: plan.billing.interval, count: plan.billing.count };
  const delivery = { interval: plan.delivery.interval, count: plan.delivery.count };
  return { ...terms, lines, billing, delivery, plan };
}

function movedTo(plan: PlanTerms, line: LineTerms, material: Material): LineTerms | CannotBe {
  if (line.sellingPlanId === null || line.sellingPlanId === plan.id) return line;
  const own = siblingsOf(plansOf(material, line.variantId), line.sellingPlanId).find(
    (one) => one.id === plan.id || sameRhythm(one, plan),
  );
  if (!own) return line;
  const base = baseOf(line, material);
  const plain = { ...line, sellingPlanId: own.id, sellingPlanName: own.name };
  if (base === null) return plain;
  const pricing = pricingOn(base, own, material.paid, material.currencyCode);
  return pricing ? { ...plain, price: pricing.currentPrice, pricing } : "NOT_OFFERED";
}
