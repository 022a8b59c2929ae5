import { namedId } from "~/lib/ids";

/**
 * The idempotency key of the nth attempt at a cycle: the same for ever, so that whoever sends again, after whatever
 * crash, sends the same one. Shopify recommends UUIDs.
 */
export const idempotencyKey = (
  shopDomain: string,
  contractShopifyId: string,
  cycleIndex: number,
  attemptNumber: number,
): string => namedId(`v1:${shopDomain}:${contractShopifyId}:${cycleIndex}:${attemptNumber}`);
