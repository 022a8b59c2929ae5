import type { Contract, ContractDiscount, DiscountCode, Shop, World } from "../world";
import { add, times } from "./money";
import { ms } from "./time";

/** The schema's SubscriptionDiscountRejectionReason. */
export type RejectionReason =
  | "CURRENTLY_INACTIVE"
  | "CUSTOMER_NOT_ELIGIBLE"
  | "CUSTOMER_USAGE_LIMIT_REACHED"
  | "INCOMPATIBLE_PURCHASE_TYPE"
  | "NOT_FOUND"
  | "NO_ENTITLED_LINE_ITEMS"
  | "NO_ENTITLED_SHIPPING_LINES"
  | "PURCHASE_NOT_IN_RANGE"
  | "QUANTITY_NOT_IN_RANGE"
  | "USAGE_LIMIT_REACHED";

/** Codes are the same in capitals and small letters (documented). */
export const codeNamed = (shop: Shop, redeemCode: string): DiscountCode | null =>
  shop.discountCodes?.find(({ code }) => code.toUpperCase() === redeemCode.trim().toUpperCase()) ?? null;

/** Why a code takes nothing off a subscription's terms; null when it does (documented: the schema's reasons). */
export function rejectionOf(
  world: World,
  shop: Shop,
  terms: Pick<Contract, "lines" | "customerId" | "currency" | "shippingAddress">,
  redeemCode: string,
): RejectionReason | null {
  const code = codeNamed(shop, redeemCode);
  if (!code) return "NOT_FOUND";
  const now = ms(world.now);
  if (code.startsAt && ms(code.startsAt) > now) return "CURRENTLY_INACTIVE";
  if (code.endsAt && ms(code.endsAt) <= now) return "CURRENTLY_INACTIVE";
  if (!code.appliesOnSubscription) return "INCOMPATIBLE_PURCHASE_TYPE";
  if (code.customerIds && !code.customerIds.includes(terms.customerId)) return "CUSTOMER_NOT_ELIGIBLE";
  if (typeof code.usageLimit === "number" && code.usedBy.length >= code.usageLimit) return "USAGE_LIMIT_REACHED";
  if (code.oncePerCustomer && code.usedBy.includes(terms.customerId)) return "CUSTOMER_USAGE_LIMIT_REACHED";
  if (code.target === "SHIPPING_LINE") return terms.shippingAddress ? null : "NO_ENTITLED_SHIPPING_LINES";
  const entitled = entitledTo(code, terms.lines);
  if (entitled.length === 0) return "NO_ENTITLED_LINE_ITEMS";
  const subtotal = add(
    terms.currency,
    ...entitled.map(({ currentPrice, quantity }) => times(currentPrice, quantity, terms.currency)),
  );
  if (code.minimumSubtotal && Number(subtotal) < Number(code.minimumSubtotal)) return "PURCHASE_NOT_IN_RANGE";
  const pieces = entitled.reduce((sum, { quantity }) => sum + quantity, 0);
  return code.minimumQuantity && pieces < code.minimumQuantity ? "QUANTITY_NOT_IN_RANGE" : null;
}

const entitledTo = ({ productIds }: DiscountCode, lines: Contract["lines"]): Contract["lines"] =>
  productIds ? lines.filter(({ productId }) => productIds.includes(productId)) : lines;

/** What an accepted code is on a contract. */
export function discountFrom(code: DiscountCode, lines: Contract["lines"], id: string): ContractDiscount {
  const all = !code.productIds;
  return {
    id,
    title: code.code,
    target: code.target ?? "LINE_ITEM",
    value: code.value,
    recurringCycleLimit: code.recurringCycleLimit ?? null,
    usageCount: 0,
    all,
    lineIds: all ? [] : entitledTo(code, lines).map((line) => line.id),
    code: code.code,
  };
}

/** Counted when a contract takes it, and when a checkout does. */
export function useCode(shop: Shop, redeemCode: string, customerId: string): void {
  codeNamed(shop, redeemCode)?.usedBy.push(customerId);
}
