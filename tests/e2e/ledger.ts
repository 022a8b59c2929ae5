import type { Attempt, DemoClient } from "./demo";
import type { Database } from "./database";

export interface Due {
  /** Shopify's number of the contract. */
  contractId: string;
  cycleIndex: number;
  dueAt: Date;
  customerId: string;
}

/** What the app will charge in a shop, soonest first. */
export async function dueIn(database: Database, shop: string): Promise<Due[]> {
  return database.rows<Due>(
    `SELECT split_part(contract."shopifyId", '/', 5) AS "contractId", cycle."cycleIndex", cycle."dueAt",
            split_part(customer."shopifyId", '/', 5) AS "customerId"
     FROM "BillingCycle" cycle
     JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId"
     JOIN "Customer" customer ON customer.id = contract."customerId"
     JOIN "Shop" shop ON shop.id = cycle."shopId"
     WHERE shop.domain = $1 AND contract.status = 'ACTIVE' AND cycle.outcome IS NULL AND NOT cycle.claimed
     ORDER BY cycle."dueAt", cycle."contractId", cycle."cycleIndex"`,
    [`${shop}.myshopify.com`],
  );
}

export async function firstDueIn(database: Database, shop: string): Promise<Due> {
  const [first] = await dueIn(database, shop);
  if (!first) throw new Error(`Nothing is due in ${shop}.`);
  return first;
}

/** The app's attempts at one cycle, as Shopify knows them. */
export async function attemptsAt(demo: DemoClient, due: Due): Promise<Attempt[]> {
  return (await demo.list<Attempt>("attempts")).filter(
    ({ contractId, cycleIndex }) => contractId === due.contractId && cycleIndex === due.cycleIndex,
  );
}

/**
 * A shop of its own for a test, with the app installed and its contracts read; of eight subscribers, one has a renewal
 * within two days.
 */
export async function addShop(
  demo: DemoClient,
  database: Database,
  client: DemoClient,
  scenario = "kaffebonna",
  subscribers = 8,
): Promise<void> {
  await demo.post("/shops", { scenario, name: client.shop, subscribers });
  await demo.settle();
  const read = await database.count(`"Shop" WHERE domain = $1 AND "reconciledAt" IS NOT NULL`, [
    `${client.shop}.myshopify.com`,
  ]);
  if (read !== 1) throw new Error(`The contracts of ${client.shop} have not been read.`);
}

export const HOUR_MS = 3_600_000;

export const after = (at: Date, hours: number): string => new Date(at.getTime() + hours * HOUR_MS).toISOString();
