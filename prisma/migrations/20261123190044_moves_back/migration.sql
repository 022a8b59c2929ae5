-- AlterEnum
ALTER TYPE "DeliveryMoveState" ADD VALUE 'UNDOING';

-- AlterTable
ALTER TABLE "DeliveryMove" ADD COLUMN     "previous" TIMESTAMPTZ(3);
