import type { Tx } from "~/db.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";
import { money } from "~/money/money";

import type { Intent, OpenAttempt, OpenCharge } from "./charge-store";
import type { ContractFacts } from "./engine";

/** How the ledger's rows are read: one shape for what is due and for what is on its way. */

/** Columns of ContractFacts, of a query over `contract` with `factsJoins`. */
export const contractFacts = Prisma.sql`
  contract.id AS "contractId", contract."shopifyId" AS "contractShopifyId", contract.status::text AS status,
  contract."revisionId", contract."originOrderId", contract."billingInterval"::text AS "billingInterval",
  contract."billingIntervalCount", contract."currencyCode", contract."foreignSeenAt",
  contract."paymentMethodChangedAt", contract."dunningPausedAt", contract."unreadableSince", contract."deliveryPrice" AS "expectedDelivery",
  contract."deliveryPrice" + lines.amount AS "expectedAmount", lines.lines,
  (SELECT max(paid."paidAt") FROM "Charge" paid
   WHERE paid."contractId" = contract.id AND paid.state = 'PAID') AS "lastPaidAt"`;

export const factsJoins = Prisma.sql`
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(line."currentPrice" * line.quantity), 0) AS amount,
      coalesce(jsonb_agg(jsonb_build_object('lineShopifyId', line."shopifyId", 'variantId', line."variantId",
        'title', line.title, 'quantity', line.quantity, 'price', line."currentPrice"::text) ORDER BY line.position),
        '[]') AS lines
    FROM "SubscriptionLine" line WHERE line."contractId" = contract.id
  ) AS lines`;

type Amounts = Record<"expectedAmount" | "expectedDelivery", { toString(): string }>;
export type FactsRow = Omit<ContractFacts, keyof Amounts> & Amounts;

export const factsOf = ({ expectedAmount, expectedDelivery, currencyCode }: FactsRow) => ({
  expectedAmount: money(expectedAmount, currencyCode).amount,
  expectedDelivery: money(expectedDelivery, currencyCode).amount,
});

type OpenRow = FactsRow & Omit<OpenCharge, keyof FactsRow | "attempt"> & { attempt: OpenAttempt | null };

/** These charges with their latest attempt and what the contract is now. */
export async function openCharges(tx: Tx, shop: Shop, chargeIds: readonly string[]): Promise<OpenCharge[]> {
  if (chargeIds.length === 0) return [];
  const rows = await tx.$queryRaw<OpenRow[]>`
    SELECT charge.id AS "chargeId", charge."cycleIndex", charge.state::text AS state, cycle."expectedAt",
      charge."claimedAt", charge."confirmedBy" IS NOT NULL AS confirmed, charge."nextActionAt" AS "leaseUntil", charge."firstFailedAt", charge."declineClass",
      charge."errorCode", charge."dunningEndsAt", charge."cycleEdited",
      CASE WHEN cycle."waitReason" = 'STOCK' THEN cycle."waitSince" END AS "waitSince",
      CASE WHEN attempt.id IS NOT NULL THEN jsonb_build_object('attemptId', attempt.id, 'number', attempt.number,
        'idempotencyKey', attempt."idempotencyKey", 'state', attempt.state, 'shopifyId', attempt."shopifyId") END AS attempt,
      ${contractFacts}
    FROM "Charge" charge
    JOIN "SubscriptionContract" contract ON contract.id = charge."contractId"
    JOIN "BillingCycle" cycle ON cycle."contractId" = charge."contractId" AND cycle."cycleIndex" = charge."cycleIndex"
    LEFT JOIN LATERAL (
      SELECT own.id, own.number, own."idempotencyKey", own.state, own."shopifyId"
      FROM "BillingAttempt" own WHERE own."chargeId" = charge.id ORDER BY own.number DESC LIMIT 1
    ) AS attempt ON true
    ${factsJoins}
    WHERE charge."shopId" = ${shop.id}::uuid AND charge.id = ANY(${[...chargeIds]}::uuid[])
    ORDER BY cycle."dueAt", contract.id`;
  return rows.map((row) => ({ ...row, ...factsOf(row) }));
}

export const intentsOf = (charges: readonly OpenCharge[]): Intent[] =>
  charges.filter((charge): charge is Intent => charge.attempt !== null);
