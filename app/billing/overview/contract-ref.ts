import { numberOf } from "~/contracts/reading";
import type { Prisma } from "~/generated/prisma/client";

import type { ContractRef } from "./views";

/** Ended contracts bring no orders, whatever was left of them. */
export const runningContract: Prisma.SubscriptionContractWhereInput = {
  status: { in: ["ACTIVE", "PAUSED", "FAILED"] },
  goneAt: null,
};

/** What a list needs to name a contract. */
export const refSelect = {
  id: true,
  shopifyId: true,
  customer: { select: { firstName: true, lastName: true, email: true } },
  lines: { select: { title: true }, orderBy: { position: "asc" } },
} as const satisfies Prisma.SubscriptionContractSelect;

type RefRow = Prisma.SubscriptionContractGetPayload<{ select: typeof refSelect }>;

export function contractRef({ id, shopifyId, customer, lines }: RefRow): ContractRef {
  const name = [customer?.firstName, customer?.lastName].filter(Boolean).join(" ");
  return {
    id,
    number: numberOf(shopifyId),
    customer: name || (customer?.email ?? null),
    titles: lines.map(({ title }) => title),
  };
}
