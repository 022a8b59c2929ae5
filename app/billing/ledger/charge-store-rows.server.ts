import type { Tx } from "~/db.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";
import { money } from "~/money/money";

import type { Intent, OpenAttempt, OpenCharge } from "./charge-store";
import { CHANGE_TAKES_MS } from "../engine";
import type { ContractFacts } from "../engine";

/** How the ledger's rows are read: one shape for what is due and for what is on its way. */

/** Somebody is changing the query's `contract` at this moment, as isBeingChanged (engine.ts) says it. */
export const isBeingChangedAt = (now: Date) =>
  Prisma.sql`coalesce((contract."pendingAct" ->> 'at')::timestamptz > ${new Date(now.getTime() - CHANGE_TAKES_MS)}::timestamptz, false)`;

/** Shopify shows the use of a discount late at times: a reading this soon after an order may not have it. */
const READ_LATE_MS = 60 * 60_000;

/**
 * What the next order of the query's `contract` takes: Shopify's own totals after the contract's discounts, and delivery
 * (money/next-amount.ts says the same in plain words). Of several discounts on delivery the largest counts: what is
 * expected may be too much, which harms nobody, but never too little.
 */
export const amountOfContract = Prisma.sql`((SELECT delivery.amount FROM (${deliveryOf()}) AS delivery) + coalesce(
  (SELECT sum(coalesce(line."discountedPrice", line."currentPrice" * line.quantity))
   FROM "SubscriptionLine" line WHERE line."contractId" = contract.id), 0))`;

/** Columns of ContractFacts, of a query over `contract` with `factsJoins`. */
export const contractFacts = Prisma.sql`
  contract.id AS "contractId", contract."shopifyId" AS "contractShopifyId", contract.status::text AS status,
  contract."revisionId", contract."originOrderId", contract."billingInterval"::text AS "billingInterval",
  contract."billingIntervalCount", contract."currencyCode", contract."foreignSeenAt",
  contract."paymentMethodChangedAt", (contract."pendingAct" ->> 'at')::timestamptz AS "changingSince",
  contract."dunningPausedAt", contract."unreadableSince",
  delivery.amount AS "expectedDelivery", delivery.amount + lines.amount AS "expectedAmount", lines.lines,
  contract.discounts <> '[]' AND EXISTS (
    SELECT 1 FROM "Charge" paid WHERE paid."contractId" = contract.id AND paid.state = 'PAID'
      AND paid."paidAt" > contract."readAt" - ${READ_LATE_MS} * interval '1 millisecond') AS "discountsUsed",
  (SELECT max(paid."paidAt") FROM "Charge" paid
   WHERE paid."contractId" = contract.id AND paid.state = 'PAID') AS "lastPaidAt"`;

export const factsJoins = Prisma.sql`
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(coalesce(line."discountedPrice", line."currentPrice" * line.quantity)), 0) AS amount,
      coalesce(jsonb_agg(jsonb_build_object('lineShopifyId', line."shopifyId", 'variantId', line."variantId",
        'title', line.title, 'quantity', line.quantity, 'price', line."currentPrice"::text) ORDER BY line.position),
        '[]') AS lines
    FROM "SubscriptionLine" line WHERE line."contractId" = contract.id
  ) AS lines
  CROSS JOIN LATERAL (${deliveryOf()}) AS delivery`;

function deliveryOf() {
  return Prisma.sql`
    SELECT contract."deliveryPrice" - coalesce(max(least(contract."deliveryPrice", round(CASE
        WHEN discount.value ? 'percentage'
          THEN contract."deliveryPrice" * (discount.value ->> 'percentage')::numeric / 100
        ELSE (discount.value ->> 'amount')::numeric END, 4))), 0) AS amount
    FROM jsonb_to_recordset(contract.discounts) AS discount(target text, value jsonb, orders int, used int)
    WHERE discount.target = 'SHIPPING_LINE' AND (discount.orders IS NULL OR discount.used < discount.orders)`;
}

type Amounts = Record<"expectedAmount" | "expectedDelivery", { toString(): string }>;
export type FactsRow = Omit<ContractFacts, keyof Amounts> & Amounts;

export const factsOf = ({ expectedAmount, expectedDelivery, currencyCode }: FactsRow) => ({
  expectedAmount: money(expectedAmount, currencyCode).amount,
  expectedDelivery: money(expectedDelivery, currencyCode).amount,
});

type OpenRow = FactsRow & Omit<OpenCharge, keyof FactsRow | "attempt"> & { attempt: OpenAttempt | null };

/** Those that wait, and those that an earlier try of the charge has put on its cycle. */
const oneOffsOfCharge = Prisma.sql`(
  SELECT coalesce(jsonb_agg(jsonb_build_object('oneOffId', waiting.id, 'variantId', waiting."variantId",
    'title', concat_ws(', ', waiting.title, waiting."variantTitle"), 'quantity', waiting.quantity,
    'price', waiting.price::text) ORDER BY waiting."addedAt", waiting.id), '[]')
  FROM "OneOff" waiting
  WHERE waiting."contractId" = charge."contractId" AND waiting."chargedAt" IS NULL AND waiting."removedAt" IS NULL
    AND (waiting."cycleIndex" IS NULL OR waiting."cycleIndex" = charge."cycleIndex"))`;

/** These charges with their latest attempt and what the contract is now. */
export async function openCharges(tx: Tx, shop: Shop, chargeIds: readonly string[]): Promise<OpenCharge[]> {
  if (chargeIds.length === 0) return [];
  const rows = await tx.$queryRaw<OpenRow[]>`
    SELECT charge.id AS "chargeId", charge."cycleIndex", charge.state::text AS state, cycle."expectedAt",
      charge."claimedAt", charge."confirmedBy" IS NOT NULL AS confirmed, charge."nextActionAt" AS "leaseUntil", charge."firstFailedAt", charge."declineClass",
      charge."errorCode", charge."dunningEndsAt", charge."cycleEdited", ${oneOffsOfCharge} AS "oneOffs",
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
