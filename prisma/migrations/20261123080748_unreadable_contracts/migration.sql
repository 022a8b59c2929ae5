-- AlterTable
ALTER TABLE "SubscriptionContract" ADD COLUMN     "unreadableAnswer" TEXT,
ADD COLUMN     "unreadableSince" TIMESTAMPTZ(3);
