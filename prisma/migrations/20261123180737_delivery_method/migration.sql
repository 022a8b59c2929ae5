-- CreateEnum
CREATE TYPE "DeliveryMethod" AS ENUM ('SHIPPING', 'LOCAL_DELIVERY', 'PICKUP', 'NONE');

-- AlterTable
ALTER TABLE "SubscriptionContract" ADD COLUMN     "deliveryMethod" "DeliveryMethod",
ADD COLUMN     "deliveryOption" JSONB;
