import type pg from "pg";

export interface LedgerSize {
  shops: number;
  contracts: number;
}

/** Of all contracts, the share that the first shop has. */
export const WHALE_SHARE = 0.2;
const DAY_MS = 86_400_000;

/** Ids that are ordered by time, as the app's own are: new rows land together in an index. */
const id = (kind: number, number: string): string =>
  `('0197b0a${kind}-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

export const shopId = (number: number): string => `0197b0a0-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;

/** Shops that have one contract due at the same moment as the first shop's many. */
export const SMALL_SHOPS = [2, 3, 4] as const;

/**
 * Fills an empty database: each contract has a line, a cycle that was billed a month ago with its paid charge, and an
 * open cycle. The first shop's open cycles and one of each small shop's are all due one day after `now`; the others over
 * the thirty days after that. Nothing is due at `now`, and the nights' sweeps, which are not measured, are done.
 */
export async function fillLedger(client: pg.Client, { shops, contracts }: LedgerSize, now: Date): Promise<void> {
  const whale = Math.floor(contracts * WHALE_SHARE);
  // Contracts of the first shop come in among the others', as they would over the years.
  const shopOf = `CASE WHEN n % 5 = 0 THEN 1 ELSE 2 + (n % ${shops - 1}) END`;
  const due = `CASE WHEN n % 5 = 0 OR n IN (${SMALL_SHOPS.map((small) => firstOf(small, shops)).join(", ")}) THEN $1::timestamptz
    ELSE $1::timestamptz + interval '1 day' + (n % 2592000) * interval '1 second' END`;
  const at = new Date(now.getTime() + DAY_MS);
  const past = new Date(now.getTime() - 29 * DAY_MS);
  // Rows that fit together by the way they are made: checking each reference would take longer than making them.
  await client.query("SET session_replication_role = replica");
  await client.query(
    `INSERT INTO "Shop" (id, domain, name, email, "currencyCode", "timeZone", "installedAt", "reconciledAt",
       "sweptAt")
     SELECT ${id(0, "n")}, 'bench-' || n || '.myshopify.com', 'Bench ' || n, 'owner@example.com', 'NOK', 'Europe/Oslo',
       $1, $1, $2 FROM generate_series(1, ${shops}) n`,
    [past, new Date(now.getTime() + 365 * DAY_MS)],
  );
  await client.query(
    `INSERT INTO "SubscriptionContract" (id, "shopId", "shopifyId", status, "currencyCode", "billingInterval",
       "billingIntervalCount", "deliveryInterval", "deliveryIntervalCount", "deliveryPrice", "revisionId",
       "nextBillingAt", "shopifyCreatedAt", "shopifyUpdatedAt", "readAt")
     SELECT ${id(1, "n")}, ${id(0, shopOf)}, 'gid://shopify/SubscriptionContract/' || n, 'ACTIVE', 'NOK', 'MONTH', 1,
       'MONTH', 1, 49, n::text, ${due}, $2, $2, $2 FROM generate_series(1, ${contracts}) n`,
    [at, past],
  );
  await client.query(
    `INSERT INTO "SubscriptionLine" (id, "contractId", "shopifyId", position, "variantId", title, quantity, "currentPrice")
     SELECT ${id(2, "n")}, ${id(1, "n")}, 'gid://shopify/SubscriptionLine/' || n, 0,
       'gid://shopify/ProductVariant/' || n % 500, 'Coffee ' || n % 500, 1, 199 FROM generate_series(1, ${contracts}) n`,
  );
  await client.query(
    `INSERT INTO "BillingCycle" ("contractId", "cycleIndex", "shopId", "startAt", "endAt", "expectedAt", "dueAt", billed,
       outcome, claimed)
     SELECT ${id(1, "n")}, cycle, ${id(0, shopOf)}, ${due} - interval '1 month' * (3 - cycle),
       ${due} - interval '1 month' * (2 - cycle), ${due} - interval '1 month' * (2 - cycle),
       ${due} - interval '1 month' * (2 - cycle), cycle = 1, CASE WHEN cycle = 1 THEN 'BILLED'::"CycleOutcome" END,
       cycle = 1
     FROM generate_series(1, ${contracts}) n CROSS JOIN generate_series(1, 2) cycle`,
    [at],
  );
  await client.query(
    `INSERT INTO "Charge" (id, "shopId", "contractId", "cycleIndex", state, "expectedAmount", "currencyCode", "paidAmount",
       "paidAt", "claimedAt", "updatedAt", imported)
     SELECT ${id(3, "n")}, ${id(0, shopOf)}, ${id(1, "n")}, 1, 'PAID', 248, 'NOK', 248, ${due} - interval '1 month',
       ${due} - interval '1 month', ${due} - interval '1 month', false FROM generate_series(1, ${contracts}) n`,
    [at],
  );
  await client.query("SET session_replication_role = DEFAULT");
  await client.query("VACUUM ANALYZE");
  const { rows } = await client.query<{ whale: string }>(
    `SELECT count(*) AS whale FROM "SubscriptionContract" WHERE "shopId" = $1`,
    [shopId(1)],
  );
  if (Number(rows[0]?.whale) !== whale)
    throw new Error(`The first shop has ${rows[0]?.whale} contracts, not ${whale}.`);
}

/** A shop's lowest contract. */
function firstOf(shop: number, shops: number): number {
  for (let n = 1; ; n += 1) if (n % 5 !== 0 && 2 + (n % (shops - 1)) === shop) return n;
}
