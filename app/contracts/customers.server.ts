import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";

import type { CustomerReading } from "./reading";

export interface MirroredCustomer {
  id: string;
  redacted: boolean;
}

/**
 * Brings the mirrored customers up to what was read.
 * @returns by Shopify's id: ours, and whether the customer has been redacted
 */
export async function customersOf(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  readings: readonly CustomerReading[],
): Promise<Map<string, MirroredCustomer>> {
  const unique = new Map(readings.map((reading) => [reading.shopifyId, reading]));
  if (unique.size === 0) return new Map();
  const rows = await tx.customer.findMany({ where: { shopId: shop.id, shopifyId: { in: [...unique.keys()] } } });
  const mirrored = new Map(rows.map((row) => [row.shopifyId, { id: row.id, redacted: row.redactedAt !== null }]));
  for (const row of rows) {
    const reading = unique.get(row.shopifyId);
    // A redacted customer stays empty, whatever Shopify still says.
    if (!reading || row.redactedAt !== null || sameCustomer(row, reading)) continue;
    await tx.customer.update({ where: { id: row.id }, data: reading });
  }
  const missing = [...unique.values()].filter(({ shopifyId }) => !mirrored.has(shopifyId));
  const created = missing.map((reading) => ({ ...reading, id: ctx.ids.next(), shopId: shop.id }));
  if (created.length > 0) {
    await tx.customer.createMany({ data: created, skipDuplicates: true });
    // Another reader may have been first with one of them.
    const now = await tx.customer.findMany({
      where: { shopId: shop.id, shopifyId: { in: created.map(({ shopifyId }) => shopifyId) } },
      select: { id: true, shopifyId: true },
    });
    for (const row of now) mirrored.set(row.shopifyId, { id: row.id, redacted: false });
  }
  return mirrored;
}

const sameCustomer = (row: CustomerReading, reading: CustomerReading): boolean =>
  row.email === reading.email &&
  row.firstName === reading.firstName &&
  row.lastName === reading.lastName &&
  row.locale === reading.locale;
