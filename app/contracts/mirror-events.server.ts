import type { Prisma, Shop } from "~/generated/prisma/client";
import type { NewEvent } from "~/history/events";

import { actorOf } from "./act";
import type { PendingAct } from "./act";
import { changedParts, statusEvent } from "./diff";
import type { MirroredContract } from "./diff";
import type { ContractReading } from "./reading";

export const withAll = { lines: { orderBy: { position: "asc" } }, customer: { select: { shopifyId: true } } } as const;
/** A contract as the mirror has it before a reading is applied. */
export type MirrorRow = Prisma.SubscriptionContractGetPayload<{ include: typeof withAll }>;

/** What a new contract says to the history. */
export function createdEvent(shop: Shop, contractId: string, reading: ContractReading): NewEvent {
  const fromCheckout = reading.originOrderId !== null && reading.shopifyCreatedAt >= shop.installedAt;
  return {
    shopId: shop.id,
    contractId,
    type: "contract.created",
    actor: fromCheckout ? "shopper" : "shopify",
    data: { origin: fromCheckout ? "checkout" : "import", originOrderName: reading.originOrderName },
  };
}

/** What a reading that differs from the mirror says to the history. */
export function changeEvents(shop: Shop, row: MirrorRow, reading: ContractReading, act: PendingAct | null): NewEvent[] {
  const about = { shopId: shop.id, contractId: row.id };
  const events: NewEvent[] = [];
  const status = statusEvent(row.status, reading.status);
  if (status) {
    const actor = actorOf(act, status, null);
    const until = status === "contract.paused" && act?.type === status ? act.until : null;
    events.push(
      status === "contract.resumed"
        ? { ...about, type: status, actor, data: { nextBillingAt: null } }
        : ({ ...about, type: status, actor, data: until ? { until } : {} } as NewEvent),
    );
  }
  const before: MirroredContract = { ...row, customerShopifyId: row.customer?.shopifyId ?? null };
  const changed = changedParts(before, reading);
  if (changed.length > 0) {
    events.push({
      ...about,
      type: "contract.changed",
      actor: actorOf(act, "contract.changed", null),
      data: { changed },
    });
  }
  const label = reading.paymentMethodLabel;
  if (reading.paymentMethodRevokedAt !== null && row.paymentMethodRevokedAt === null) {
    events.push({ ...about, type: "payment-method.revoked", actor: "shopify", data: { label } });
  } else if (
    row.paymentMethodId !== reading.paymentMethodId ||
    row.paymentMethodLabel !== label ||
    row.paymentMethodExpiry !== reading.paymentMethodExpiry
  ) {
    events.push({ ...about, type: "payment-method.changed", actor: "shopify", data: { label } });
  }
  return events;
}
