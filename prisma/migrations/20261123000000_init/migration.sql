-- Tables, as schema.prisma has them; below them what its language can't say.
-- CreateEnum
CREATE TYPE "ShopStatus" AS ENUM ('ACTIVE', 'UNINSTALLED');

-- CreateEnum
CREATE TYPE "ContractStatus" AS ENUM ('ACTIVE', 'PAUSED', 'CANCELLED', 'EXPIRED', 'FAILED');

-- CreateEnum
CREATE TYPE "Interval" AS ENUM ('DAY', 'WEEK', 'MONTH', 'YEAR');

-- CreateEnum
CREATE TYPE "CycleOutcome" AS ENUM ('BILLED', 'SKIPPED', 'SKIPPED_PAUSED', 'ENDED');

-- CreateEnum
CREATE TYPE "ChargeState" AS ENUM ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED', 'PAID', 'FAILED', 'PARKED');

-- CreateEnum
CREATE TYPE "AttemptState" AS ENUM ('INTENT', 'SENDING', 'PENDING', 'ACTION_REQUIRED', 'SUCCESS', 'FAILED', 'REFUSED');

-- CreateEnum
CREATE TYPE "RereadKind" AS ENUM ('CONTRACT', 'PAYMENT_METHOD', 'CUSTOMER', 'ATTEMPT', 'SHOP');

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" TIMESTAMPTZ(3),
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "refreshTokenExpires" TIMESTAMPTZ(3),
    "userId" TEXT,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Shop" (
    "id" UUID NOT NULL,
    "domain" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "currencyCode" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "countryCode" TEXT,
    "contactEmail" TEXT,
    "storefrontUrl" TEXT,
    "status" "ShopStatus" NOT NULL DEFAULT 'ACTIVE',
    "grantedScopes" TEXT NOT NULL DEFAULT '',
    "billingHour" INTEGER NOT NULL DEFAULT 9,
    "installedAt" TIMESTAMPTZ(3) NOT NULL,
    "uninstalledAt" TIMESTAMPTZ(3),
    "reconciledAt" TIMESTAMPTZ(3),
    "reconcileCursor" TEXT,
    "reconcileStartedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Shop_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Customer" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "shopifyId" TEXT NOT NULL,
    "email" TEXT,
    "firstName" TEXT,
    "lastName" TEXT,
    "locale" TEXT,
    "redactedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Customer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SubscriptionContract" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "shopifyId" TEXT NOT NULL,
    "customerId" UUID,
    "status" "ContractStatus" NOT NULL,
    "currencyCode" TEXT NOT NULL,
    "billingInterval" "Interval" NOT NULL,
    "billingIntervalCount" INTEGER NOT NULL,
    "deliveryInterval" "Interval" NOT NULL,
    "deliveryIntervalCount" INTEGER NOT NULL,
    "minCycles" INTEGER,
    "maxCycles" INTEGER,
    "deliveryPrice" DECIMAL(20,4) NOT NULL,
    "revisionId" TEXT NOT NULL,
    "originOrderId" TEXT,
    "originOrderName" TEXT,
    "paymentFailedAt" TIMESTAMPTZ(3),
    "paymentErrorCode" TEXT,
    "paymentMethodId" TEXT,
    "paymentMethodLabel" TEXT,
    "paymentMethodRevokedAt" TIMESTAMPTZ(3),
    "nextBillingAt" TIMESTAMPTZ(3),
    "shippingAddress" JSONB,
    "shopifyCreatedAt" TIMESTAMPTZ(3) NOT NULL,
    "shopifyUpdatedAt" TIMESTAMPTZ(3) NOT NULL,
    "readAt" TIMESTAMPTZ(3) NOT NULL,
    "goneAt" TIMESTAMPTZ(3),
    "pendingAct" JSONB,

    CONSTRAINT "SubscriptionContract_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SubscriptionLine" (
    "id" UUID NOT NULL,
    "contractId" UUID NOT NULL,
    "shopifyId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "productId" TEXT,
    "variantId" TEXT,
    "title" TEXT NOT NULL,
    "variantTitle" TEXT,
    "sku" TEXT,
    "imageUrl" TEXT,
    "quantity" INTEGER NOT NULL,
    "currentPrice" DECIMAL(20,4) NOT NULL,
    "sellingPlanId" TEXT,
    "sellingPlanName" TEXT,

    CONSTRAINT "SubscriptionLine_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BillingCycle" (
    "contractId" UUID NOT NULL,
    "cycleIndex" INTEGER NOT NULL,
    "shopId" UUID NOT NULL,
    "startAt" TIMESTAMPTZ(3) NOT NULL,
    "endAt" TIMESTAMPTZ(3) NOT NULL,
    "expectedAt" TIMESTAMPTZ(3) NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "skipped" BOOLEAN NOT NULL DEFAULT false,
    "billed" BOOLEAN NOT NULL DEFAULT false,
    "outcome" "CycleOutcome",
    "claimed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "BillingCycle_pkey" PRIMARY KEY ("contractId","cycleIndex")
);

-- CreateTable
CREATE TABLE "Charge" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "contractId" UUID NOT NULL,
    "cycleIndex" INTEGER NOT NULL,
    "state" "ChargeState" NOT NULL,
    "expectedAmount" DECIMAL(20,4) NOT NULL,
    "currencyCode" TEXT NOT NULL,
    "paidAmount" DECIMAL(20,4),
    "orderId" TEXT,
    "orderName" TEXT,
    "paidAt" TIMESTAMPTZ(3),
    "errorCode" TEXT,
    "parkedReason" TEXT,
    "nextActionAt" TIMESTAMPTZ(3),
    "claimedAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "imported" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Charge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BillingAttempt" (
    "id" UUID NOT NULL,
    "chargeId" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "shopifyId" TEXT,
    "state" "AttemptState" NOT NULL,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "orderId" TEXT,
    "orderName" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "sentAt" TIMESTAMPTZ(3),
    "completedAt" TIMESTAMPTZ(3),

    CONSTRAINT "BillingAttempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Webhook" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "triggeredAt" TIMESTAMPTZ(3),
    "receivedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Webhook_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Reread" (
    "shopId" UUID NOT NULL,
    "kind" "RereadKind" NOT NULL,
    "shopifyId" TEXT NOT NULL,
    "markedAt" TIMESTAMPTZ(3) NOT NULL,
    "marks" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "Reread_pkey" PRIMARY KEY ("shopId","kind","shopifyId")
);

-- CreateTable
CREATE TABLE "HistoryEvent" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "contractId" UUID,
    "type" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "HistoryEvent_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Session_shop_idx" ON "Session"("shop");

-- CreateIndex
CREATE UNIQUE INDEX "Shop_domain_key" ON "Shop"("domain");

-- CreateIndex
CREATE UNIQUE INDEX "Customer_shopId_shopifyId_key" ON "Customer"("shopId", "shopifyId");

-- CreateIndex
CREATE INDEX "SubscriptionContract_shopId_status_idx" ON "SubscriptionContract"("shopId", "status");

-- CreateIndex
CREATE INDEX "SubscriptionContract_shopId_nextBillingAt_idx" ON "SubscriptionContract"("shopId", "nextBillingAt");

-- CreateIndex
CREATE INDEX "SubscriptionContract_shopId_customerId_idx" ON "SubscriptionContract"("shopId", "customerId");

-- CreateIndex
CREATE UNIQUE INDEX "SubscriptionContract_shopId_shopifyId_key" ON "SubscriptionContract"("shopId", "shopifyId");

-- CreateIndex
CREATE UNIQUE INDEX "SubscriptionLine_contractId_shopifyId_key" ON "SubscriptionLine"("contractId", "shopifyId");

-- CreateIndex
CREATE INDEX "BillingCycle_shopId_dueAt_idx" ON "BillingCycle"("shopId", "dueAt");

-- CreateIndex
CREATE INDEX "Charge_shopId_nextActionAt_idx" ON "Charge"("shopId", "nextActionAt");

-- CreateIndex
CREATE INDEX "Charge_shopId_state_idx" ON "Charge"("shopId", "state");

-- CreateIndex
CREATE UNIQUE INDEX "Charge_contractId_cycleIndex_key" ON "Charge"("contractId", "cycleIndex");

-- CreateIndex
CREATE UNIQUE INDEX "BillingAttempt_chargeId_number_key" ON "BillingAttempt"("chargeId", "number");

-- CreateIndex
CREATE UNIQUE INDEX "BillingAttempt_shopId_idempotencyKey_key" ON "BillingAttempt"("shopId", "idempotencyKey");

-- CreateIndex
CREATE INDEX "Webhook_receivedAt_idx" ON "Webhook"("receivedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Webhook_shopId_topic_name_eventId_key" ON "Webhook"("shopId", "topic", "name", "eventId");

-- CreateIndex
CREATE INDEX "HistoryEvent_shopId_at_idx" ON "HistoryEvent"("shopId", "at");

-- CreateIndex
CREATE INDEX "HistoryEvent_contractId_at_idx" ON "HistoryEvent"("contractId", "at");

-- AddForeignKey
ALTER TABLE "Customer" ADD CONSTRAINT "Customer_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SubscriptionContract" ADD CONSTRAINT "SubscriptionContract_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SubscriptionContract" ADD CONSTRAINT "SubscriptionContract_customerId_fkey" FOREIGN KEY ("customerId") REFERENCES "Customer"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SubscriptionLine" ADD CONSTRAINT "SubscriptionLine_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "SubscriptionContract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BillingCycle" ADD CONSTRAINT "BillingCycle_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "SubscriptionContract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Charge" ADD CONSTRAINT "Charge_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Charge" ADD CONSTRAINT "Charge_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "SubscriptionContract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Charge" ADD CONSTRAINT "Charge_contractId_cycleIndex_fkey" FOREIGN KEY ("contractId", "cycleIndex") REFERENCES "BillingCycle"("contractId", "cycleIndex") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BillingAttempt" ADD CONSTRAINT "BillingAttempt_chargeId_fkey" FOREIGN KEY ("chargeId") REFERENCES "Charge"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Webhook" ADD CONSTRAINT "Webhook_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Reread" ADD CONSTRAINT "Reread_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HistoryEvent" ADD CONSTRAINT "HistoryEvent_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HistoryEvent" ADD CONSTRAINT "HistoryEvent_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "SubscriptionContract"("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- What Prisma's schema language can't say.

-- The due scan: only cycles that may still be charged are in it.
CREATE INDEX "BillingCycle_due_of_shop" ON "BillingCycle" ("shopId", "dueAt", "contractId") WHERE outcome IS NULL AND NOT claimed;
CREATE INDEX "BillingCycle_due" ON "BillingCycle" ("dueAt") WHERE outcome IS NULL AND NOT claimed;
CREATE INDEX "BillingCycle_open_of_contract" ON "BillingCycle" ("contractId", "cycleIndex") WHERE outcome IS NULL AND NOT claimed;
CREATE INDEX "Charge_next_action" ON "Charge" ("nextActionAt") WHERE "nextActionAt" IS NOT NULL;
CREATE INDEX "BillingAttempt_shopify" ON "BillingAttempt" ("shopifyId") WHERE "shopifyId" IS NOT NULL;

-- First safety bound: one success for a cycle. (A cycle has one charge by its own unique key.)
CREATE UNIQUE INDEX "BillingAttempt_one_success" ON "BillingAttempt" ("chargeId") WHERE state = 'SUCCESS';

-- A contract has at most one charge on its way.
CREATE UNIQUE INDEX "Charge_one_running" ON "Charge" ("contractId")
  WHERE state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED');

-- Second safety bound: nothing is claimed within half an interval of the contract's latest success. The truth about what
-- Shopify has taken can always be written down; what this stops is the engine's own intent to take more.
-- The same table of lengths stands in app/schedule/interval.ts.
CREATE FUNCTION charge_half_interval_bound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  half interval;
  last timestamptz;
BEGIN
  SELECT make_interval(hours => (CASE contract."billingInterval"
      WHEN 'DAY' THEN 24 WHEN 'WEEK' THEN 168 WHEN 'MONTH' THEN 672 ELSE 8760 END) * contract."billingIntervalCount") / 2
    INTO half FROM "SubscriptionContract" contract WHERE contract.id = NEW."contractId";
  SELECT max(charge."paidAt") INTO last FROM "Charge" charge
    WHERE charge."contractId" = NEW."contractId" AND charge.state = 'PAID' AND charge.id <> NEW.id;
  IF last IS NOT NULL AND NEW."claimedAt" - last < half THEN
    RAISE EXCEPTION 'safety bound: contract % was charged at %, less than half its interval before %',
      NEW."contractId", last, NEW."claimedAt" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "Charge_half_interval" BEFORE INSERT ON "Charge"
  FOR EACH ROW WHEN (NEW.state IN ('CLAIMED', 'SENDING')) EXECUTE FUNCTION charge_half_interval_bound();

-- Nothing is lost in silence: what is on its way has a next moment, what is at rest has none and says why.
ALTER TABLE "Charge"
  ADD CONSTRAINT "Charge_running_has_next_action" CHECK (
    (state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'ACTION_REQUIRED')) = ("nextActionAt" IS NOT NULL)),
  ADD CONSTRAINT "Charge_paid_when" CHECK ((state = 'PAID') = ("paidAt" IS NOT NULL)),
  ADD CONSTRAINT "Charge_failed_why" CHECK (state <> 'FAILED' OR "errorCode" IS NOT NULL),
  ADD CONSTRAINT "Charge_parked_why" CHECK (state <> 'PARKED' OR "parkedReason" IS NOT NULL),
  ADD CONSTRAINT "Charge_amount" CHECK ("expectedAmount" >= 0 AND ("paidAmount" IS NULL OR "paidAmount" >= 0));

ALTER TABLE "BillingAttempt"
  ADD CONSTRAINT "BillingAttempt_number" CHECK (number >= 1),
  ADD CONSTRAINT "BillingAttempt_ended_when" CHECK (
    (state IN ('SUCCESS', 'FAILED', 'REFUSED')) = ("completedAt" IS NOT NULL)),
  ADD CONSTRAINT "BillingAttempt_failed_why" CHECK (state NOT IN ('FAILED', 'REFUSED') OR "errorCode" IS NOT NULL);

ALTER TABLE "BillingCycle"
  ADD CONSTRAINT "BillingCycle_index" CHECK ("cycleIndex" >= 1),
  ADD CONSTRAINT "BillingCycle_billed" CHECK (NOT billed OR outcome = 'BILLED'),
  ADD CONSTRAINT "BillingCycle_claimed" CHECK (NOT claimed OR outcome IS NULL OR outcome = 'BILLED');

ALTER TABLE "SubscriptionContract"
  ADD CONSTRAINT "SubscriptionContract_intervals" CHECK ("billingIntervalCount" >= 1 AND "deliveryIntervalCount" >= 1),
  ADD CONSTRAINT "SubscriptionContract_payment_failed" CHECK (("paymentFailedAt" IS NULL) = ("paymentErrorCode" IS NULL));
ALTER TABLE "SubscriptionLine" ADD CONSTRAINT "SubscriptionLine_quantity" CHECK (quantity >= 1 AND "currentPrice" >= 0);
ALTER TABLE "Reread" ADD CONSTRAINT "Reread_marks" CHECK (marks >= 1);
ALTER TABLE "Shop" ADD CONSTRAINT "Shop_billing_hour" CHECK ("billingHour" BETWEEN 0 AND 23);

-- The history is append-only: an event is never rewritten but to take personal data out of it.
CREATE FUNCTION history_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> OLD.id OR NEW."shopId" <> OLD."shopId" OR NEW."contractId" IS DISTINCT FROM OLD."contractId"
    OR NEW.type <> OLD.type OR NEW.actor <> OLD.actor OR NEW.at <> OLD.at THEN
    RAISE EXCEPTION 'history events are append-only' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "HistoryEvent_final" BEFORE UPDATE ON "HistoryEvent"
  FOR EACH ROW EXECUTE FUNCTION history_event_is_final();
