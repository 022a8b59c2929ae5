import { refreshNextBilling } from "~/contracts/mirror.server";
import type { Tx } from "~/db.server";
import type { AttemptState, ChargeState } from "~/generated/prisma/enums";

/** What a charge and one of its attempts become. Fields that are left out stay as they are. */
export interface Change {
  chargeId: string;
  attemptId: string;
  contractId: string;
  cycleIndex: number;
  /** Null leaves the charge as it is: only its attempt has changed. */
  chargeState: ChargeState | null;
  attemptState: AttemptState;
  nextActionAt?: Date | null;
  dunningEndsAt?: Date | null;
  attemptShopifyId?: string;
  errorCode?: string;
  /** Of the attempt: what Shopify said. */
  errorMessage?: string;
  declineClass?: string;
  declines?: number;
  gatewayTroubles?: number;
  firstFailedAt?: Date;
  nextActionUrl?: string | null;
  remindedAt?: Date;
  parkedReason?: string;
  differsBy?: string | null;
  orderId?: string | null;
  orderName?: string | null;
  paidAmount?: string | null;
  paidAt?: Date;
  completedAt?: Date;
}

/** Charges, attempts and, for those paid, cycles: three statements whatever the number of rows. */
export async function write(tx: Tx, changes: readonly Change[], now: Date): Promise<void> {
  if (changes.length === 0) return;
  const rows = JSON.stringify(changes);
  await tx.$executeRaw`
    UPDATE "Charge" AS charge SET state = c."chargeState"::"ChargeState", "nextActionAt" = c."nextActionAt",
      "dunningEndsAt" = c."dunningEndsAt", "parkedReason" = c."parkedReason",
      "errorCode" = CASE WHEN c."chargeState" = 'PAID' THEN NULL ELSE coalesce(c."errorCode", charge."errorCode") END,
      "declineClass" = coalesce(c."declineClass", charge."declineClass"),
      declines = coalesce(c.declines, charge.declines),
      "gatewayTroubles" = coalesce(c."gatewayTroubles", charge."gatewayTroubles"),
      "firstFailedAt" = coalesce(c."firstFailedAt", charge."firstFailedAt"),
      "nextActionUrl" = CASE WHEN c."chargeState" = 'ACTION_REQUIRED' THEN c."nextActionUrl" END,
      "remindedAt" = coalesce(c."remindedAt", charge."remindedAt"),
      "differsBy" = coalesce(c."differsBy", charge."differsBy"),
      "orderId" = coalesce(c."orderId", charge."orderId"), "orderName" = coalesce(c."orderName", charge."orderName"),
      "paidAmount" = coalesce(c."paidAmount", charge."paidAmount"), "paidAt" = coalesce(c."paidAt", charge."paidAt"),
      "updatedAt" = ${now}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS c("chargeId" uuid, "chargeState" text, "nextActionAt" timestamptz,
      "dunningEndsAt" timestamptz, "errorCode" text, "declineClass" text, declines int, "gatewayTroubles" int,
      "firstFailedAt" timestamptz, "nextActionUrl" text, "remindedAt" timestamptz, "parkedReason" text,
      "differsBy" numeric, "orderId" text, "orderName" text, "paidAmount" numeric, "paidAt" timestamptz)
    WHERE charge.id = c."chargeId" AND c."chargeState" IS NOT NULL`;
  await tx.$executeRaw`
    UPDATE "BillingAttempt" AS attempt SET state = c."attemptState"::"AttemptState",
      "shopifyId" = coalesce(c."attemptShopifyId", attempt."shopifyId"), "errorCode" = c."errorCode",
      "errorMessage" = coalesce(c."errorMessage", attempt."errorMessage"),
      "orderId" = c."orderId", "orderName" = c."orderName", "completedAt" = c."completedAt"
    FROM jsonb_to_recordset(${rows}::jsonb) AS c("attemptId" uuid, "attemptState" text, "attemptShopifyId" text,
      "errorCode" text, "errorMessage" text, "orderId" text, "orderName" text, "completedAt" timestamptz)
    WHERE attempt.id = c."attemptId"`;
  await tx.$executeRaw`
    UPDATE "BillingCycle" AS cycle SET billed = true, outcome = 'BILLED', "waitReason" = NULL, "waitSince" = NULL
    FROM jsonb_to_recordset(${rows}::jsonb) AS c("contractId" uuid, "cycleIndex" int, "chargeState" text)
    WHERE cycle."contractId" = c."contractId" AND cycle."cycleIndex" = c."cycleIndex" AND c."chargeState" = 'PAID'`;
}

/** Failures that are the shopper's to mend: the others don't count as "payment failed". */
const DECLINED = ["SOFT", "INSUFFICIENT_FUNDS", "EXPIRED", "HARD", "CHALLENGE"];

/** A decline puts the contract among those that need a look, a later success takes it out again. */
export async function settleContracts(tx: Tx, changes: readonly Change[]): Promise<void> {
  const settled = changes.filter(
    ({ chargeState, declineClass }) =>
      chargeState === "PAID" || (chargeState === "FAILED" && DECLINED.includes(declineClass ?? "")),
  );
  if (settled.length === 0) return;
  await tx.$executeRaw`
    UPDATE "SubscriptionContract" AS contract
    SET "paymentFailedAt" = CASE WHEN c."chargeState" = 'FAILED' THEN coalesce(c."completedAt", c."firstFailedAt") END,
      "paymentErrorCode" = CASE WHEN c."chargeState" = 'FAILED' THEN c."errorCode" END
    FROM jsonb_to_recordset(${JSON.stringify(settled)}::jsonb) AS c(
      "contractId" uuid, "chargeState" text, "errorCode" text, "completedAt" timestamptz, "firstFailedAt" timestamptz)
    WHERE contract.id = c."contractId"`;
  await refreshNextBilling(
    tx,
    settled.map(({ contractId }) => contractId),
  );
}

/**
 * Dunning's own pause of contracts whose payment has come without another try (approved late, or charged by others) ends
 * now, as one that somebody has set a day for does (contracts/pause.server.ts): nobody else would lift it.
 */
export async function liftPause(tx: Tx, contractIds: readonly string[], now: Date): Promise<void> {
  if (contractIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE "SubscriptionContract" AS contract SET "dunningPausedAt" = NULL, "pausedUntil" = ${now}::timestamptz
    WHERE contract.id = ANY(${[...contractIds]}::uuid[]) AND contract.status = 'PAUSED'
      AND contract."dunningPausedAt" IS NOT NULL AND contract."goneAt" IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM "Charge" holding WHERE holding."contractId" = contract.id
          AND holding.state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED', 'FAILED', 'PARKED'))`;
}
