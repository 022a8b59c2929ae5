-- AlterTable
ALTER TABLE "SubscriptionContract" ADD COLUMN     "restartingSince" TIMESTAMPTZ(3);

-- CreateIndex
CREATE UNIQUE INDEX "SubscriptionContract_restartedFromId_key" ON "SubscriptionContract"("restartedFromId");
