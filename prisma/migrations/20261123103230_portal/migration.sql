-- CreateEnum
CREATE TYPE "QueuedEditState" AS ENUM ('WAITING', 'DONE', 'FAILED');

-- CreateEnum
CREATE TYPE "DeliveryMoveState" AS ENUM ('RUNNING', 'DONE', 'UNDONE');

-- CreateEnum
CREATE TYPE "LeavingOutcome" AS ENUM ('OPEN', 'ACCEPTED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "CaseKind" AS ENUM ('WITHDRAWAL', 'TERMINATION');

-- CreateEnum
CREATE TYPE "CaseState" AS ENUM ('OPEN', 'SETTLED', 'DECLINED');

-- AlterTable
ALTER TABLE "SubscriptionContract" ADD COLUMN     "deliveryMethodTitle" TEXT,
ADD COLUMN     "discounts" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "pausedUntil" TIMESTAMPTZ(3),
ADD COLUMN     "restartedFromId" UUID;

-- AlterTable
ALTER TABLE "SubscriptionLine" ADD COLUMN     "attributes" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "discountedPrice" DECIMAL(20,4);

-- CreateTable
CREATE TABLE "QueuedEdit" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "contractId" UUID NOT NULL,
    "edits" JSONB NOT NULL,
    "actor" TEXT NOT NULL,
    "state" "QueuedEditState" NOT NULL DEFAULT 'WAITING',
    "reason" TEXT,
    "queuedAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "QueuedEdit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OneOff" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "contractId" UUID NOT NULL,
    "variantId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "variantTitle" TEXT,
    "imageUrl" TEXT,
    "quantity" INTEGER NOT NULL,
    "price" DECIMAL(20,4) NOT NULL,
    "currencyCode" TEXT NOT NULL,
    "addedBy" TEXT NOT NULL,
    "addedAt" TIMESTAMPTZ(3) NOT NULL,
    "cycleIndex" INTEGER,
    "chargedAt" TIMESTAMPTZ(3),
    "removedAt" TIMESTAMPTZ(3),

    CONSTRAINT "OneOff_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DeliveryMove" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "contractId" UUID NOT NULL,
    "fromIndex" INTEGER NOT NULL,
    "toIndex" INTEGER NOT NULL,
    "target" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "state" "DeliveryMoveState" NOT NULL DEFAULT 'RUNNING',
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "DeliveryMove_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Consent" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "contractId" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "orderId" TEXT,
    "agreedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Consent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PortalSettings" (
    "shopId" UUID NOT NULL,
    "switchedOff" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "offers" JSONB NOT NULL DEFAULT '[]',
    "reasons" JSONB NOT NULL DEFAULT '[]',
    "withdrawalCountries" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "cancelPageCountries" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "angrerettCountries" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "withdrawalTextEn" TEXT NOT NULL DEFAULT '',
    "withdrawalTextNb" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "PortalSettings_pkey" PRIMARY KEY ("shopId")
);

-- CreateTable
CREATE TABLE "SwapOption" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "variantId" TEXT NOT NULL,
    "productId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "variantTitle" TEXT,
    "imageUrl" TEXT,
    "position" INTEGER NOT NULL,
    "forSwap" BOOLEAN NOT NULL DEFAULT true,
    "forAdd" BOOLEAN NOT NULL DEFAULT true,
    "forOneOff" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "SwapOption_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LinePreference" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "labelEn" TEXT NOT NULL,
    "labelNb" TEXT NOT NULL,
    "options" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "productId" TEXT,
    "position" INTEGER NOT NULL,

    CONSTRAINT "LinePreference_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Leaving" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "contractId" UUID NOT NULL,
    "reason" TEXT,
    "comment" TEXT,
    "offer" JSONB,
    "heldOut" BOOLEAN NOT NULL DEFAULT false,
    "outcome" "LeavingOutcome" NOT NULL DEFAULT 'OPEN',
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "decidedAt" TIMESTAMPTZ(3),
    "saved" BOOLEAN,

    CONSTRAINT "Leaving_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WithdrawalCase" (
    "id" UUID NOT NULL,
    "shopId" UUID NOT NULL,
    "kind" "CaseKind" NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "endsOn" TEXT,
    "locale" TEXT NOT NULL,
    "contractId" UUID,
    "state" "CaseState" NOT NULL DEFAULT 'OPEN',
    "note" TEXT NOT NULL DEFAULT '',
    "receivedAt" TIMESTAMPTZ(3) NOT NULL,
    "settledAt" TIMESTAMPTZ(3),
    "receiptSentAt" TIMESTAMPTZ(3),

    CONSTRAINT "WithdrawalCase_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MagicLink" (
    "hash" TEXT NOT NULL,
    "shopId" UUID NOT NULL,
    "customerId" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "MagicLink_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "ProxySignature" (
    "hash" TEXT NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ProxySignature_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "QueuedEdit_contractId_state_idx" ON "QueuedEdit"("contractId", "state");

-- CreateIndex
CREATE INDEX "OneOff_contractId_chargedAt_idx" ON "OneOff"("contractId", "chargedAt");

-- CreateIndex
CREATE INDEX "DeliveryMove_shopId_state_idx" ON "DeliveryMove"("shopId", "state");

-- CreateIndex
CREATE INDEX "Consent_contractId_idx" ON "Consent"("contractId");

-- CreateIndex
CREATE UNIQUE INDEX "SwapOption_shopId_variantId_key" ON "SwapOption"("shopId", "variantId");

-- CreateIndex
CREATE UNIQUE INDEX "LinePreference_shopId_key_key" ON "LinePreference"("shopId", "key");

-- CreateIndex
CREATE INDEX "Leaving_shopId_startedAt_idx" ON "Leaving"("shopId", "startedAt");

-- CreateIndex
CREATE INDEX "Leaving_contractId_idx" ON "Leaving"("contractId");

-- CreateIndex
CREATE INDEX "WithdrawalCase_shopId_state_receivedAt_idx" ON "WithdrawalCase"("shopId", "state", "receivedAt");

-- CreateIndex
CREATE INDEX "MagicLink_expiresAt_idx" ON "MagicLink"("expiresAt");

-- CreateIndex
CREATE INDEX "ProxySignature_seenAt_idx" ON "ProxySignature"("seenAt");

-- CreateIndex
CREATE INDEX "SubscriptionContract_pausedUntil_idx" ON "SubscriptionContract"("pausedUntil");

-- AddForeignKey
ALTER TABLE "QueuedEdit" ADD CONSTRAINT "QueuedEdit_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "SubscriptionContract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OneOff" ADD CONSTRAINT "OneOff_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "SubscriptionContract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DeliveryMove" ADD CONSTRAINT "DeliveryMove_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "SubscriptionContract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Consent" ADD CONSTRAINT "Consent_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "SubscriptionContract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PortalSettings" ADD CONSTRAINT "PortalSettings_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SwapOption" ADD CONSTRAINT "SwapOption_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LinePreference" ADD CONSTRAINT "LinePreference_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Leaving" ADD CONSTRAINT "Leaving_contractId_fkey" FOREIGN KEY ("contractId") REFERENCES "SubscriptionContract"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WithdrawalCase" ADD CONSTRAINT "WithdrawalCase_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MagicLink" ADD CONSTRAINT "MagicLink_shopId_fkey" FOREIGN KEY ("shopId") REFERENCES "Shop"("id") ON DELETE CASCADE ON UPDATE CASCADE;
