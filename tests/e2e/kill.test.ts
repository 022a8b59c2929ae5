import { createHmac, randomUUID } from "node:crypto";

import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

import { freePort } from "../dev-shop/demo/ports";
import { openDatabase } from "./database";
import type { Database } from "./database";
import { DemoClient } from "./demo";
import type { Attempt, Contract } from "./demo";
import { Fleet, killHard } from "./fleet";

/**
 * Processes killed with SIGKILL at named points of a renewal, and connections cut in the middle of a run. Whatever
 * happens: no cycle is paid twice, none is left behind, and the ledger says what Shopify says.
 */

const SUBSCRIBERS = 12;
/** A Tuesday morning in Oslo. */
const START = "2026-12-01T11:00:00Z";
const PATIENCE = { timeout: 60_000, interval: 25 };

// Processes start anew in nearly every test: on a busy machine that alone takes its minute.
vi.setConfig({ testTimeout: 300_000 });

let fleet: Fleet;
let shop: DemoClient;
let database: Database;
let secondWeb = 0;
/** Shopify's numbers of our contracts: all weekly, and all due at one moment. */
const ours: string[] = [];
/** Attempts older than the app: what it imports has no intents. */
const history = new Set<string>();

beforeAll(async () => {
  const { KILL_DATABASE_URL, KILL_TIME_ZONE } = process.env;
  fleet = await Fleet.start({
    name: "kill",
    now: START,
    ...(KILL_DATABASE_URL ? { databaseUrl: KILL_DATABASE_URL } : {}),
    ...(KILL_TIME_ZONE ? { timeZone: KILL_TIME_ZONE } : {}),
  });
  shop = new DemoClient("kaffebonna", fleet.port);
  const own = new URL(fleet.databaseUrl);
  own.searchParams.set("application_name", "kill.test");
  database = openDatabase(own.href);
  secondWeb = await freePort();
  await Promise.all([fleet.worker(), fleet.web(secondWeb)]);
  const weekly = (await shop.list<Contract>("contracts")).find(({ billingCycles: [first, second] }) => {
    const [from, to] = [first, second].map((cycle) => Date.parse(cycle?.billingAttemptExpectedDate ?? ""));
    return Number(to) - Number(from) <= 8 * 86_400_000;
  });
  const line = weekly?.lines[0];
  for (const { id } of await shop.list<Attempt>("attempts")) history.add(id);
  for (let number = 1; number <= SUBSCRIBERS; number += 1) {
    const { contractIds } = await shop.post<{ contractIds: string[] }>("/subscribe", {
      customer: `person${number}@example.com`,
      lines: [{ variantId: line?.variantId, sellingPlanId: line?.sellingPlanId, quantity: 1 }],
    });
    ours.push(...contractIds);
  }
  await shop.settle();
}, 600_000);

afterEach(async () => {
  await shop.post("/release");
  await shop.post("/faults");
  await shop.post("/latency", { attemptPendingMinutes: 0 });
});

afterAll(async () => {
  await database?.close();
  await fleet?.stop();
});

const gids = () => ours.map((id) => `gid://shopify/SubscriptionContract/${id}`);

/** Stands a minute before our next renewals are due, with all at rest. */
async function beforeTheNext(): Promise<{ dueAt: Date; cycleIndex: number }> {
  const [next] = await database.rows<{ dueAt: Date; cycleIndex: number; count: string }>(
    `SELECT cycle."dueAt", cycle."cycleIndex", count(*) FROM "BillingCycle" cycle
     JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId"
     WHERE contract."shopifyId" = ANY($1) AND cycle.outcome IS NULL AND NOT cycle.claimed AND contract.status = 'ACTIVE'
     GROUP BY 1, 2 ORDER BY 1 LIMIT 1`,
    [gids()],
  );
  if (!next) throw new Error("None of ours is due any more.");
  expect(Number(next.count)).toBeGreaterThanOrEqual(SUBSCRIBERS - 1);
  await shop.moveTo(new Date(next.dueAt.getTime() - 60_000).toISOString());
  return next;
}

/** The clock strikes, and nobody waits for what comes of it. */
const strike = (dueAt: Date) => shop.post("/clock", { set: dueAt.toISOString(), settle: false });

interface Held {
  operation: string;
  process: number;
}

const hold = (operation: string, when: "before" | "after", skip = 0) => shop.post("/hold", { operation, when, skip });

/** The process whose call is being held. */
async function held(): Promise<number> {
  const waiting = async () => (await shop.get<{ waiting: Held[] }>("/hold")).waiting;
  await expect.poll(waiting, PATIENCE).toHaveLength(1);
  return (await waiting())[0]?.process ?? 0;
}

/**
 * What a supervisor does: a new worker in the place of the killed one. By then the killed one's job has missed its
 * heartbeats, and its lease runs out within the quarter of an hour after. Where only connections were cut it makes one
 * more: a job whose end could not be written down is let go by the clock, which stands still here until somebody starts.
 */
async function recover(): Promise<void> {
  await shop.post("/clock", { advance: "PT2M", settle: false });
  await fleet.worker();
  await shop.advance("PT1H");
}

const cycleOf = ({ contractId, cycleIndex }: { contractId: string; cycleIndex: number | null }) =>
  `${contractId} ${cycleIndex}`;

/** The guarantees of this file, of everything that the app has ever charged here. */
async function expectTheLedgerToAgree(): Promise<void> {
  const attempts = (await shop.list<Attempt>("attempts")).filter(({ cycleIndex }) => cycleIndex !== null);
  const paidAtShopify = attempts.filter(({ state }) => state === "Success").map(cycleOf);
  expect(paidAtShopify.filter((cycle, index) => paidAtShopify.indexOf(cycle) !== index)).toEqual([]);

  const paidHere = await database.rows<{ cycle: string }>(
    `SELECT split_part(contract."shopifyId", '/', 5) || ' ' || charge."cycleIndex" AS cycle FROM "Charge" charge
     JOIN "SubscriptionContract" contract ON contract.id = charge."contractId" WHERE charge.state = 'PAID'`,
  );
  expect(paidHere.map(({ cycle }) => cycle).sort()).toEqual(paidAtShopify.sort());

  const keys = await database.rows<{ key: string }>(`SELECT "idempotencyKey" AS key FROM "BillingAttempt"`);
  const known = new Set(keys.map(({ key }) => key));
  const sent = attempts.filter(({ id, origin }) => origin === "app" && !history.has(id));
  expect(sent.filter(({ idempotencyKey }) => !known.has(idempotencyKey))).toEqual([]);

  const now = await shop.now();
  // A renewal that was declined, or waits for stock, holds the later ones of its contract: that is not forgetting.
  expect(
    await database.rows(
      `SELECT cycle."contractId", cycle."cycleIndex", cycle."dueAt", cycle."waitReason" FROM "BillingCycle" cycle
       JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId"
       WHERE cycle."dueAt" <= $1 AND cycle.outcome IS NULL AND NOT cycle.claimed AND contract.status = 'ACTIVE'
         AND NOT EXISTS (
           SELECT 1 FROM "Charge" holding WHERE holding."contractId" = contract.id AND holding.state = 'FAILED')
         AND NOT EXISTS (
           SELECT 1 FROM "BillingCycle" earlier WHERE earlier."contractId" = contract.id
             AND earlier."cycleIndex" < cycle."cycleIndex" AND earlier.outcome IS NULL AND NOT earlier.claimed
             AND earlier."waitReason" IS NOT NULL)`,
      [now],
    ),
  ).toEqual([]);
  expect(
    await database.rows(
      `SELECT id, state, "nextActionAt" FROM "Charge"
       WHERE "nextActionAt" <= $1 OR state IN ('CLAIMED', 'SENDING', 'PENDING', 'UNKNOWN', 'PARKED')`,
      [now],
    ),
  ).toEqual([]);
}

async function expectAllPaid(cycleIndex: number, howMany = SUBSCRIBERS): Promise<void> {
  const paid = (await shop.list<Attempt>("attempts")).filter(
    (attempt) => attempt.cycleIndex === cycleIndex && ours.includes(attempt.contractId) && attempt.state === "Success",
  );
  expect(paid).toHaveLength(howMany);
  await expectTheLedgerToAgree();
}

test.each([
  ["between the committed intent and the look at Shopify's attempts", "AttemptFeed", "before", 0],
  ["when Shopify's attempts have been looked at and none is sent", "BillingAttemptCreate", "before", 0],
  ["with a batch on its way that Shopify has not seen", "BillingAttemptCreate", "before", 1],
  ["with a batch that Shopify has carried out and not answered", "BillingAttemptCreate", "after", 1],
] as const)("a worker killed %s leaves no renewal behind and none doubled", async (_, operation, when, skip) => {
  const { dueAt, cycleIndex } = await beforeTheNext();
  await hold(operation, when, skip);
  await strike(dueAt);
  await killHard(await held());
  await recover();
  await expectAllPaid(cycleIndex);
});

/** Holds the rows of our contracts, as one more transaction of the app would, until `letGo`. */
async function lockContracts(): Promise<{ letGo(): Promise<void> }> {
  const client = new pg.Client({ connectionString: fleet.databaseUrl });
  await client.connect();
  await client.query(`BEGIN`);
  await client.query(`SELECT id FROM "SubscriptionContract" WHERE "shopifyId" = ANY($1) ORDER BY id FOR UPDATE`, [
    gids(),
  ]);
  return { letGo: () => client.end() };
}

/** Somebody waits for a row that somebody else holds. */
const someoneWaits = () =>
  expect
    .poll(
      () =>
        database.count(
          `pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'`,
        ),
      PATIENCE,
    )
    .toBeGreaterThan(0);

test("a worker killed before it has written down Shopify's answer asks Shopify, and sends nothing anew", async () => {
  const { dueAt, cycleIndex } = await beforeTheNext();
  // No webhook tells the outcome: the ledger alone has to find out.
  await shop.post("/faults", { webhookDrop: 1 });
  await hold("BillingAttemptCreate", "after", 1);
  await strike(dueAt);
  const worker = await held();
  const lock = await lockContracts();
  await shop.post("/release");
  await someoneWaits();
  await killHard(worker);
  await lock.letGo();
  await recover();
  await expectAllPaid(cycleIndex);
});

test("a worker killed between reading an outcome and booking it leaves it to be read again", async () => {
  const { dueAt, cycleIndex } = await beforeTheNext();
  await shop.post("/faults", { webhookDrop: 1 });
  await shop.post("/latency", { attemptPendingMinutes: 1 });
  await shop.moveTo(dueAt.toISOString());
  // So many outcomes are read from the list of attempts.
  await hold("AttemptFeed", "after");
  await shop.post("/clock", { advance: "PT5M", settle: false });
  const worker = await held();
  const lock = await lockContracts();
  await shop.post("/release");
  await someoneWaits();
  await killHard(worker);
  await lock.letGo();
  await recover();
  await expectAllPaid(cycleIndex);
});

test("a web killed while webhooks come keeps every one that it has acknowledged, and they are all acted on", async () => {
  const web = await fleet.web(await freePort().then((port) => (secondWeb = port)));
  const acknowledged: string[] = [];
  let refused = 0;
  const send = async (number: number) => {
    const body = JSON.stringify({ id: number, admin_graphql_api_id: `gid://shopify/Customer/${number}` });
    const eventId = randomUUID();
    try {
      const response = await fetch(`http://127.0.0.1:${secondWeb}/webhooks`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-Shopify-Topic": "customers/update",
          "X-Shopify-Hmac-Sha256": createHmac("sha256", fleet.demo.env["SHOPIFY_API_SECRET"] ?? "")
            .update(body)
            .digest("base64"),
          "X-Shopify-Shop-Domain": "kaffebonna.myshopify.com",
          "X-Shopify-Api-Version": "2026-07",
          "X-Shopify-Webhook-Id": randomUUID(),
          "X-Shopify-Event-Id": eventId,
        },
        body,
      });
      if (response.status === 200) acknowledged.push(eventId);
    } catch {
      refused += 1;
    }
  };
  let next = 1;
  const lanes = Array.from({ length: 4 }, async () => {
    while (refused === 0) await send((next += 1));
  });
  await expect.poll(() => acknowledged.length, PATIENCE).toBeGreaterThan(20);
  await killHard(web);
  await Promise.all(lanes);
  expect(await database.count(`"Webhook" WHERE "eventId" = ANY($1)`, [acknowledged])).toBe(acknowledged.length);
  await shop.advance("PT1M");
  expect(await database.count(`"Reread" WHERE true`)).toBe(0);
});

test("a worker killed in the middle of an import leaves a shop that the next one reads to its end", async () => {
  await shop.post("/shop", { status: "uninstalled" });
  await shop.settle();
  await hold("ContractPage", "after");
  await shop.post("/shop", { status: "active" });
  await killHard(await held());
  await recover();
  const [read] = await database.rows<{ isRead: boolean; contracts: string }>(
    `SELECT shop."reconciledAt" >= shop."installedAt" AS "isRead",
       (SELECT count(*) FROM "SubscriptionContract" WHERE "shopId" = shop.id AND "goneAt" IS NULL) AS contracts
     FROM "Shop" shop`,
  );
  expect(read?.isRead).toBe(true);
  expect(Number(read?.contracts)).toBe((await shop.list<Contract>("contracts")).length);
  const { dueAt, cycleIndex } = await beforeTheNext();
  await shop.moveTo(dueAt.toISOString());
  await expectAllPaid(cycleIndex);
});

test("every database connection cut in the middle of a run stops no process for good, and the run goes on", async () => {
  const before = await workers();
  const { dueAt, cycleIndex } = await beforeTheNext();
  await hold("BillingAttemptCreate", "after", 1);
  await strike(dueAt);
  await held();
  const cut = await database.count(
    `(SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND client_port <> -1
        AND application_name <> 'kill.test') AS cut`,
  );
  expect(cut).toBeGreaterThan(3);
  await shop.post("/release");
  await recover();
  await expectAllPaid(cycleIndex);
  expect(await workers()).toBe(before + 1);
});

test("connections reset on their way do not stop the run", async () => {
  const before = await workers();
  const { dueAt, cycleIndex } = await beforeTheNext();
  await hold("BillingAttemptCreate", "before", 1);
  await strike(dueAt);
  await held();
  fleet.proxy.reset();
  await shop.post("/release");
  await recover();
  await expectAllPaid(cycleIndex);
  expect(await workers()).toBe(before + 1);
});

test("a line that falls silent is given up, and whoever waited for an answer goes on with a new one", async () => {
  const before = await workers();
  const { dueAt, cycleIndex } = await beforeTheNext();
  await hold("BillingAttemptCreate", "after", 1);
  await strike(dueAt);
  await held();
  fleet.proxy.fallSilent();
  await shop.post("/release");
  // The app has given up what it had: the connections that it opens anew are as silent.
  await expect.poll(() => fleet.proxy.givenUp, PATIENCE).toBeGreaterThan(3);
  fleet.proxy.recover();
  await recover();
  await expectAllPaid(cycleIndex);
  expect(await workers()).toBe(before + 1);
});

test("a worker killed in the middle of dunning's pause pauses once and tells it once", async () => {
  const { dueAt, cycleIndex } = await beforeTheNext();
  const [unlucky] = ours;
  const contract = (await shop.list<Contract>("contracts")).find(({ id }) => id === unlucky);
  await shop.post(`/customers/${contract?.customer.id}/card`, { outcome: "EXPIRED_PAYMENT_METHOD" });
  await shop.moveTo(dueAt.toISOString());
  const [charge] = await database.rows<{ contractId: string; endsAt: Date }>(
    `SELECT "contractId", "dunningEndsAt" AS "endsAt" FROM "Charge" WHERE state = 'FAILED' AND "contractId" = (
       SELECT id FROM "SubscriptionContract" WHERE "shopifyId" = $1)`,
    [`gid://shopify/SubscriptionContract/${unlucky}`],
  );
  if (!charge) throw new Error("The card was not refused.");
  await shop.moveTo(new Date(charge.endsAt.getTime() - 60_000).toISOString());
  await hold("ContractPause", "after");
  await strike(charge.endsAt);
  await killHard(await held());
  await recover();
  const ended = `"HistoryEvent" WHERE "contractId" = $1 AND type = 'dunning.ended'`;
  expect(await database.count(ended, [charge.contractId])).toBe(1);
  expect((await shop.list<Contract>("contracts")).find(({ id }) => id === unlucky)?.status).toBe("PAUSED");
  const atRest = `"Charge" WHERE "contractId" = $1 AND state = 'FAILED' AND "nextActionAt" IS NULL`;
  expect(await database.count(atRest, [charge.contractId])).toBe(1);
  await expectAllPaid(cycleIndex, SUBSCRIBERS - 1);
});

async function workers(): Promise<number> {
  const { participants } = await shop.get<{ participants: { process: string }[] }>("/clock");
  return participants.filter(({ process }) => process === "worker").length;
}
