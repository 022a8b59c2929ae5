-- AlterTable
ALTER TABLE "SubscriptionContract" ADD COLUMN     "paymentMethodExpiry" TEXT;
