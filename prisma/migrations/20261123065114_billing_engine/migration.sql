-- CreateEnum
CREATE TYPE "DunningEnd" AS ENUM ('PAUSE', 'SKIP', 'CANCEL');

-- CreateEnum
CREATE TYPE "MissedCycles" AS ENUM ('SKIP', 'CHARGE');

-- CreateEnum
CREATE TYPE "StockPolicy" AS ENUM ('WAIT', 'SKIP_LINE', 'SUBSTITUTE', 'SHIP_REST');

-- AlterEnum
ALTER TYPE "ChargeState" ADD VALUE 'SKIPPED';

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "CycleOutcome" ADD VALUE 'SKIPPED_DUNNING';
ALTER TYPE "CycleOutcome" ADD VALUE 'SKIPPED_STOCK';
ALTER TYPE "CycleOutcome" ADD VALUE 'SKIPPED_BY_MERCHANT';

-- AlterTable
ALTER TABLE "BillingCycle" ADD COLUMN     "waitReason" TEXT,
ADD COLUMN     "waitSince" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "Charge" ADD COLUMN     "confirmedBy" TEXT,
ADD COLUMN     "cycleEdited" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "declineClass" TEXT,
ADD COLUMN     "declines" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "differsBy" DECIMAL(20,4),
ADD COLUMN     "dunningEndsAt" TIMESTAMPTZ(3),
ADD COLUMN     "expectedDelivery" DECIMAL(20,4),
ADD COLUMN     "expectedLines" JSONB,
ADD COLUMN     "firstFailedAt" TIMESTAMPTZ(3),
ADD COLUMN     "gatewayTroubles" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "nextActionUrl" TEXT,
ADD COLUMN     "remindedAt" TIMESTAMPTZ(3),
ADD COLUMN     "revisionId" TEXT,
ADD COLUMN     "skippedReason" TEXT;

-- AlterTable
ALTER TABLE "Shop" ADD COLUMN     "attemptsPerMinute" INTEGER,
ADD COLUMN     "attemptsProbedAt" TIMESTAMPTZ(3),
ADD COLUMN     "attemptsReadTo" BIGINT,
ADD COLUMN     "billingHeldReason" TEXT,
ADD COLUMN     "billingHeldSince" TIMESTAMPTZ(3),
ADD COLUMN     "billingHeldUntil" TIMESTAMPTZ(3),
ADD COLUMN     "billingWindowMinutes" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "challengeDays" INTEGER NOT NULL DEFAULT 3,
ADD COLUMN     "contractsReadTo" TIMESTAMPTZ(3),
ADD COLUMN     "dunningEnd" "DunningEnd" NOT NULL DEFAULT 'PAUSE',
ADD COLUMN     "dunningHourFrom" INTEGER NOT NULL DEFAULT 9,
ADD COLUMN     "dunningHourTo" INTEGER NOT NULL DEFAULT 17,
ADD COLUMN     "dunningRetryDays" INTEGER[] DEFAULT ARRAY[1, 2, 4, 6, 8, 11, 14]::INTEGER[],
ADD COLUMN     "lateDaysMax" INTEGER NOT NULL DEFAULT 14,
ADD COLUMN     "missedCycles" "MissedCycles" NOT NULL DEFAULT 'SKIP',
ADD COLUMN     "payDays" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
ADD COLUMN     "stockPolicy" "StockPolicy" NOT NULL DEFAULT 'WAIT',
ADD COLUMN     "stockWaitDays" INTEGER NOT NULL DEFAULT 14,
ADD COLUMN     "sweepOperationId" TEXT,
ADD COLUMN     "sweptAt" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "SubscriptionContract" ADD COLUMN     "dunningPausedAt" TIMESTAMPTZ(3),
ADD COLUMN     "foreignSeenAt" TIMESTAMPTZ(3),
ADD COLUMN     "paymentMethodChangedAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "StockRule" (
    "shopId" UUID NOT NULL,
    "variantId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "policy" "StockPolicy" NOT NULL,
    "substituteVariantId" TEXT,
    "substituteTitle" TEXT,

    CONSTRAINT "StockRule_pkey" PRIMARY KEY ("shopId","variantId")
);

-- AddForeignKey
ALTER TABLE "StockRule" ADD CONSTRAINT "StockRule_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;
