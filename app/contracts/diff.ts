import type { ContractStatus, DeliveryMethod } from "~/generated/prisma/enums";
import type { ContractPart, EventType } from "~/history/events";
import { isSame } from "~/money/money";
import type { DecimalLike } from "~/money/money";
import { storedDiscounts } from "~/money/next-amount";
import type { ContractDiscount } from "~/money/next-amount";

import type { ContractReading, DeliveryOption, LineReading } from "./reading";

/** The event that a change of status is; null where nothing changed. */
export function statusEvent(
  before: ContractStatus,
  after: ContractStatus,
): Extract<EventType, `contract.${string}`> | null {
  if (before === after) return null;
  switch (after) {
    case "ACTIVE":
      return "contract.resumed";
    case "PAUSED":
      return "contract.paused";
    case "CANCELLED":
      return "contract.cancelled";
    case "EXPIRED":
      return "contract.expired";
    case "FAILED":
      return "contract.failed";
  }
}

type Mirrored<Reading> = {
  [Key in keyof Reading]: Reading[Key] extends string ? Reading[Key] | DecimalLike : Reading[Key];
};

/** What the mirror keeps of a line; both may be rows that were written before there were any. */
type MirroredLine = Mirrored<Omit<LineReading, "attributes" | "discountedPrice">> & {
  attributes: unknown;
  discountedPrice: DecimalLike | null;
};

export interface MirroredContract extends Pick<
  ContractReading,
  "billingInterval" | "billingIntervalCount" | "deliveryInterval" | "deliveryIntervalCount" | "minCycles" | "maxCycles"
> {
  deliveryPrice: DecimalLike;
  shippingAddress: unknown;
  deliveryMethod: DeliveryMethod | null;
  deliveryOption: unknown;
  discounts: unknown;
  deliveryMethodTitle: string | null;
  customerShopifyId: string | null;
  lines: readonly MirroredLine[];
}

/** Which parts of a contract a reading shows to have changed; empty if none. */
export function changedParts(before: MirroredContract, after: ContractReading): ContractPart[] {
  const parts: ContractPart[] = [];
  if (!sameLines(before.lines, after.lines)) parts.push("lines");
  if (
    !isSame(before.deliveryPrice, after.deliveryPrice) ||
    // Null: it was read before titles were.
    (before.deliveryMethodTitle !== null && before.deliveryMethodTitle !== after.deliveryMethodTitle) ||
    (before.deliveryMethod !== null && agreedDelivery(before) !== agreedDelivery(after))
  ) {
    parts.push("delivery");
  }
  if (agreed(storedDiscounts(before.discounts)) !== agreed(after.discounts)) parts.push("discounts");
  if (
    before.billingInterval !== after.billingInterval ||
    before.billingIntervalCount !== after.billingIntervalCount ||
    before.deliveryInterval !== after.deliveryInterval ||
    before.deliveryIntervalCount !== after.deliveryIntervalCount ||
    before.minCycles !== after.minCycles ||
    before.maxCycles !== after.maxCycles
  ) {
    parts.push("schedule");
  }
  if (canonical(before.shippingAddress) !== canonical(after.shippingAddress)) parts.push("address");
  if (before.customerShopifyId !== (after.customer?.shopifyId ?? null)) parts.push("customer");
  return parts;
}

export function sameLines(before: readonly MirroredLine[], after: readonly LineReading[]): boolean {
  return before.length === after.length && before.every((line, index) => sameLine(line, after[index]));
}

/** What a discount takes off changes by itself with its last order: nobody has changed the line then. */
export const sameTotals = (before: readonly MirroredLine[], after: readonly LineReading[]): boolean =>
  before.every(({ discountedPrice }, index) => {
    const now = after[index]?.discountedPrice;
    return discountedPrice !== null && now !== undefined && isSame(discountedPrice, now);
  });

function sameLine(before: MirroredLine, after: LineReading | undefined): boolean {
  if (after === undefined) return false;
  const { currentPrice, attributes, ...rest } = after;
  return (
    isSame(before.currentPrice, currentPrice) &&
    canonical(before.attributes) === canonical(attributes) &&
    Object.entries(rest).every(
      ([key, value]) => key === "discountedPrice" || before[key as keyof typeof rest] === value,
    )
  );
}

/** Another way, another place, or somebody else to call; that a place has another name is no change of the contract. */
function agreedDelivery(contract: Pick<MirroredContract, "deliveryMethod" | "deliveryOption">): string {
  // Written by the mirror alone, in this shape.
  const option = contract.deliveryOption as DeliveryOption | null;
  return JSON.stringify([contract.deliveryMethod, option?.place?.id, option?.phone, option?.instructions]);
}

/** How often a discount has been used is no change that anybody has made. */
const agreed = (discounts: readonly ContractDiscount[]): string =>
  canonical(discounts.map((discount) => ({ ...discount, used: 0 })));

/** PostgreSQL keeps the keys of jsonb in an order of its own. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(canonical));
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries.map(([key, inner]) => [key, canonical(inner)]));
}
