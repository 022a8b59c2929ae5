-- AlterTable
ALTER TABLE "Shop" ADD COLUMN     "shipsTo" TEXT[] DEFAULT ARRAY[]::TEXT[];
