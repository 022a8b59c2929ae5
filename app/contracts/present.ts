import type { Prisma } from "~/generated/prisma/client";
import { provinceName } from "~/lib/regions/regions";
import { money, times } from "~/money/money";
import { isSpent, nextAmountOf, storedDiscounts } from "~/money/next-amount";
import type { ContractDiscount } from "~/money/next-amount";

import { isEnded } from "./cycle-rules";
import { dayOf } from "./days";
import { placeOf, storedAddress, storedOption } from "./delivery";
import type { Attribute } from "./edit";
import { movableDays } from "./move";
import { numberOf } from "./reading";
import type { Address, PickupPlace } from "./reading";
import type {
  AddressView,
  Attention,
  ChargeView,
  ContractListItem,
  ContractView,
  CycleState,
  CycleView,
  DiscountView,
  LineView,
} from "./views";

/** Coming cycles that a page shows. */
export const UPCOMING_SHOWN = 6;

const RUNNING_STATES: readonly string[] = ["CLAIMED", "SENDING", "PENDING", "UNKNOWN"];
const NEEDS_A_LOOK: Partial<Record<string, Attention>> = {
  UNKNOWN: "PAYMENT_UNKNOWN",
  ACTION_REQUIRED: "PAYMENT_ACTION_REQUIRED",
  PARKED: "CHARGE_PARKED",
};

export const listInclude = {
  customer: true,
  lines: { orderBy: { position: "asc" } },
  charges: { where: { state: { in: ["UNKNOWN", "ACTION_REQUIRED", "PARKED"] } }, select: { state: true } },
} as const satisfies Prisma.SubscriptionContractInclude;

export const viewInclude = {
  customer: true,
  lines: { orderBy: { position: "asc" } },
  charges: {
    include: { attempts: { orderBy: { number: "asc" } }, cycle: { select: { expectedAt: true } } },
    orderBy: { cycleIndex: "desc" },
  },
} as const satisfies Prisma.SubscriptionContractInclude;

/** Contracts that a person should look at; ended ones don't need it any more. */
export const needsAttention: Prisma.SubscriptionContractWhereInput = {
  status: { in: ["ACTIVE", "PAUSED", "FAILED"] },
  OR: [
    { paymentFailedAt: { not: null } },
    { charges: { some: { state: { in: ["UNKNOWN", "ACTION_REQUIRED", "PARKED"] } } } },
  ],
};

type ListRow = Prisma.SubscriptionContractGetPayload<{ include: typeof listInclude }>;
type ViewRow = Prisma.SubscriptionContractGetPayload<{ include: typeof viewInclude }>;
type ChargeRow = ViewRow["charges"][number];
type CycleRow = Prisma.BillingCycleGetPayload<object>;

export function listItem(
  row: Omit<ListRow, "charges"> & { charges: readonly { state: string }[] },
  timeZone: string,
): ContractListItem {
  return {
    id: row.id,
    shopifyId: row.shopifyId,
    number: numberOf(row.shopifyId),
    status: row.status,
    attention: attentionOf(row),
    customerName: row.customer ? nameOf(row.customer) : null,
    customerEmail: row.customer?.email ?? null,
    lines: row.lines.map((line) => lineView(line, row.currencyCode)),
    frequency: { interval: row.billingInterval, count: row.billingIntervalCount },
    nextBillingAt: row.nextBillingAt?.toISOString() ?? null,
    amount: nextAmountOf(row).total,
    pausedUntil: row.pausedUntil ? dayOf(row.pausedUntil, timeZone) : null,
  };
}

/**
 * @param cycles those that have not passed, earliest first
 * @param timeZone the shop's
 */
export function contractView(row: ViewRow, cycles: readonly CycleRow[], now: Date, timeZone: string): ContractView {
  const charges = new Map(row.charges.map((charge) => [charge.cycleIndex, charge]));
  const next = nextAmountOf(row);
  const address = storedAddress(row);
  const place = placeOf(row);
  return {
    ...listItem(row, timeZone),
    revisionId: row.revisionId,
    renewalRunning: row.charges.some(({ state }) => RUNNING_STATES.includes(state)),
    customer: row.customer
      ? {
          id: row.customer.id,
          shopifyId: row.customer.shopifyId,
          name: nameOf(row.customer),
          email: row.customer.email,
          locale: row.customer.locale,
        }
      : null,
    subtotal: next.subtotal,
    deliveryPrice: next.delivery,
    deliveryMethodTitle: row.deliveryMethodTitle,
    discounts: storedDiscounts(row.discounts)
      .filter((discount) => !isSpent(discount))
      .map((discount) => discountView(discount, row.currencyCode)),
    minCycles: row.minCycles,
    maxCycles: row.maxCycles,
    paidCycles: row.charges.filter(({ state }) => state === "PAID").length + (row.originOrderId === null ? 0 : 1),
    restartedFromId: row.restartedFromId,
    delivery: { interval: row.deliveryInterval, count: row.deliveryIntervalCount },
    paymentMethodLabel: row.paymentMethodLabel,
    paymentFailedAt: row.paymentFailedAt?.toISOString() ?? null,
    paymentErrorCode: row.paymentErrorCode,
    shippingAddress: address ? addressView(address) : null,
    pickup: place ? placeView(place) : null,
    localDelivery: localDeliveryOf(row),
    address,
    originOrder: row.originOrderId ? { id: row.originOrderId, name: row.originOrderName } : null,
    createdAt: row.shopifyCreatedAt.toISOString(),
    upcoming: isEnded(row.status)
      ? []
      : cycles
          .filter(({ outcome }) => outcome !== "ENDED")
          .slice(0, UPCOMING_SHOWN)
          .map((cycle) => {
            const view = cycleView(cycle, charges.get(cycle.cycleIndex) ?? null, row.status === "ACTIVE", now);
            return { ...view, movable: view.canSkip ? movableDays(cycles, cycle.cycleIndex, now, timeZone) : null };
          }),
    charges: row.charges.map(chargeView),
  };
}

function attentionOf(row: {
  paymentFailedAt: Date | null;
  status: ContractListItem["status"];
  charges: readonly { state: string }[];
}): Attention | null {
  if (isEnded(row.status)) return null;
  for (const { state } of row.charges) {
    const attention = NEEDS_A_LOOK[state];
    if (attention) return attention;
  }
  return row.paymentFailedAt ? "PAYMENT_FAILED" : null;
}

const nameOf = ({ firstName, lastName }: { firstName: string | null; lastName: string | null }): string | null =>
  [firstName, lastName].filter(Boolean).join(" ") || null;

function lineView(line: ListRow["lines"][number], currencyCode: string): LineView {
  const price = money(line.currentPrice, currencyCode);
  const { id, title, variantTitle, sku, imageUrl, quantity, productId, variantId } = line;
  const { sellingPlanId, sellingPlanName } = line;
  return {
    id,
    title,
    variantTitle,
    sku,
    imageUrl,
    quantity,
    price,
    total: times(price, quantity),
    productId,
    variantId,
    sellingPlanId,
    sellingPlanName,
    // Written by the mirror alone, in this shape.
    attributes: line.attributes as object as Attribute[],
  };
}

const discountView = (discount: ContractDiscount, currencyCode: string): DiscountView => {
  const { id, title, type, target, value, orders, used } = discount;
  return {
    id,
    title,
    isCode: type === "CODE_DISCOUNT",
    target,
    percentage: "percentage" in value ? value.percentage : null,
    amount: "amount" in value ? money(value.amount, currencyCode) : null,
    ordersLeft: orders === null ? null : Math.max(0, orders - used),
  };
};

function cycleView(cycle: CycleRow, charge: ChargeRow | null, active: boolean, now: Date): Omit<CycleView, "movable"> {
  const state = cycleState(cycle, charge);
  const coming = cycle.dueAt > now;
  return {
    cycleIndex: cycle.cycleIndex,
    expectedAt: cycle.expectedAt.toISOString(),
    dueAt: cycle.dueAt.toISOString(),
    state,
    canSkip: active && coming && state === "OPEN",
    canUnskip: coming && state === "SKIPPED",
  };
}

function cycleState(cycle: CycleRow, charge: ChargeRow | null): CycleState {
  if (cycle.billed || cycle.outcome === "BILLED") return "PAID";
  if (charge?.state === "FAILED") return "FAILED";
  if (charge?.state === "PARKED") return "PARKED";
  if (charge && charge.state !== "SKIPPED") return "RUNNING";
  if (cycle.skipped) return "SKIPPED";
  return cycle.outcome === null ? "OPEN" : "PASSED";
}

function chargeView(charge: ChargeRow): ChargeView {
  const { id, cycleIndex, state, orderId, orderName, errorCode, parkedReason, imported, currencyCode } = charge;
  return {
    id,
    cycleIndex,
    expectedAt: charge.cycle.expectedAt.toISOString(),
    state,
    expectedAmount: money(charge.expectedAmount, currencyCode),
    paidAmount: charge.paidAmount ? money(charge.paidAmount, currencyCode) : null,
    orderId,
    orderName,
    paidAt: charge.paidAt?.toISOString() ?? null,
    errorCode,
    parkedReason,
    imported,
    attempts: charge.attempts.map((attempt) => ({
      id: attempt.id,
      number: attempt.number,
      state: attempt.state,
      errorCode: attempt.errorCode,
      errorMessage: attempt.errorMessage,
      createdAt: attempt.createdAt.toISOString(),
      completedAt: attempt.completedAt?.toISOString() ?? null,
    })),
  };
}

/** "Kaffebønna Grünerløkka", its street and town. */
const placeView = ({ name, address1, address2, zip, city, countryCode }: PickupPlace): AddressView => ({
  name,
  lines: [address1, address2, [zip, city].filter(Boolean).join(" ")].filter((line): line is string => Boolean(line)),
  countryCode,
});

function localDeliveryOf(row: ViewRow): ContractView["localDelivery"] {
  if (row.deliveryMethod !== "LOCAL_DELIVERY") return null;
  const { phone = null, instructions = null } = storedOption(row) ?? {};
  return { phone: phone === "" ? null : phone, instructions };
}

function addressView(address: Address): AddressView {
  const town = [address.zip, address.city].filter(Boolean).join(" ");
  const province = address.provinceCode && provinceName(address.countryCode, address.provinceCode);
  const lines = [address.company, address.address1, address.address2, town, province];
  return {
    name: nameOf(address),
    lines: lines.filter((line): line is string => Boolean(line)),
    countryCode: address.countryCode ?? null,
  };
}
