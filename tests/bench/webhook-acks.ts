import { createHmac, randomUUID } from "node:crypto";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { ensureBuild } from "../dev-shop/demo/build";
import { freePort } from "../dev-shop/demo/ports";
import { startChild } from "./child";
import type { Child } from "./child";
import { benchDatabase } from "./database";
import type { BenchDatabase } from "./database";
import { asFastAsItGoes, atRate } from "./load";
import type { Post } from "./load";
import { median, percentile } from "./measure";

/**
 * `npm run bench:webhooks [-- --quick]`: how quickly the app's web process answers Shopify's webhooks, beside a bare
 * server that only checks the same signature, under the same load; and that none it answered is lost when it is killed.
 */

const root = path.resolve(import.meta.dirname, "../..");
const SECRET = "a-secret-of-this-bench";
/** A fleet's webhooks come from many shops; in a run of renewals nearly all come from one. */
const SHOPS = Array.from({ length: 50 }, (_, index) => `bench-${index}.myshopify.com`);
const RATE = 200;

const quick = process.argv.includes("--quick");
const SECONDS = quick ? 3 : 30;
const FLAT_OUT = quick ? 600 : 6000;
const WARM_UP = quick ? 200 : 1000;
const AT_ONCE = 32;

/** What Shopify sends most: how an attempt ended, and that a contract changed. */
function webhook(shop: string): Post & { eventId: string } {
  const number = Math.floor(webhooks * 7919);
  webhooks += 1;
  const attempt = webhooks % 2 === 0;
  const contract = `gid://shopify/SubscriptionContract/${number}`;
  const body = JSON.stringify(
    attempt
      ? {
          id: number,
          admin_graphql_api_id: `gid://shopify/SubscriptionBillingAttempt/${number}`,
          idempotency_key: randomUUID(),
          order_id: number,
          admin_graphql_api_order_id: `gid://shopify/Order/${number}`,
          subscription_contract_id: number,
          admin_graphql_api_subscription_contract_id: contract,
          ready: true,
          error_message: null,
          error_code: null,
        }
      : {
          id: number,
          admin_graphql_api_id: contract,
          billing_policy: { interval: "month", interval_count: 1, min_cycles: 1, max_cycles: null },
          currency_code: "NOK",
          customer_id: number,
          admin_graphql_api_customer_id: `gid://shopify/Customer/${number}`,
          delivery_policy: { interval: "month", interval_count: 1 },
          status: "active",
          admin_graphql_api_origin_order_id: `gid://shopify/Order/${number}`,
          origin_order_id: number,
          revision_id: String(number),
        },
  );
  const eventId = randomUUID();
  return {
    eventId,
    path: "/webhooks",
    body,
    headers: {
      "content-type": "application/json",
      "x-shopify-topic": attempt ? "subscription_billing_attempts/success" : "subscription_contracts/update",
      "x-shopify-hmac-sha256": createHmac("sha256", SECRET).update(body).digest("base64"),
      "x-shopify-shop-domain": shop,
      "x-shopify-api-version": "2026-07",
      "x-shopify-webhook-id": randomUUID(),
      "x-shopify-event-id": eventId,
      "x-shopify-triggered-at": new Date().toISOString(),
    },
  };
}
let webhooks = 1;
const many = (count: number, shops = SHOPS) =>
  Array.from({ length: count }, (_, index) => webhook(shops[index % shops.length] ?? ""));

interface Measured {
  p50: number;
  p99: number;
  refused: number;
  /** Acks a second, flat out, of many shops and of a single one. */
  perSecond: number;
  ofOneShop: number;
  /** Milliseconds of processor time that the process spends on one, which other programs on the machine don't change. */
  cpuMs: number;
}

async function measure(origin: string, server: Child): Promise<Measured> {
  await asFastAsItGoes(origin, many(WARM_UP), AT_ONCE);
  const cpuBefore = server.cpuSeconds() ?? Number.NaN;
  const answers = await atRate(origin, many(RATE * SECONDS), RATE);
  const cpuSeconds = (server.cpuSeconds() ?? Number.NaN) - cpuBefore;
  const times = answers.map(({ ms }) => ms);
  const { perSecond, refused } = await asFastAsItGoes(origin, many(FLAT_OUT), AT_ONCE);
  const oneShop = await asFastAsItGoes(origin, many(FLAT_OUT / 2, SHOPS.slice(0, 1)), AT_ONCE);
  return {
    p50: median(times),
    p99: percentile(times, 0.99),
    refused: answers.filter(({ status }) => status !== 200).length + refused + oneShop.refused,
    perSecond,
    ofOneShop: oneShop.perSecond,
    cpuMs: (cpuSeconds * 1000) / answers.length,
  };
}

function startApp(port: number, databaseUrl: string): Promise<Child> {
  const env = {
    NODE_ENV: "production",
    PORT: String(port),
    HOST: "127.0.0.1",
    DATABASE_URL: databaseUrl,
    SHOPIFY_API_KEY: "bench",
    SHOPIFY_API_SECRET: SECRET,
    SHOPIFY_APP_URL: "https://perennial.example.com",
    TOKEN_ENCRYPTION_KEY: Buffer.alloc(32, "perennial-bench").toString("base64"),
    SMTP_URL: "smtp://127.0.0.1:1",
  };
  const serve = ["--import", "tsx", "app/server.server.ts"];
  return startChild(path.join(root, ".data/bench-webhooks-app.log"), serve, env, (line) =>
    line.includes('"web ready"'),
  );
}

async function addShops({ client }: BenchDatabase): Promise<void> {
  await client.query(
    `INSERT INTO "Shop" (id, domain, name, email, "currencyCode", "timeZone", "installedAt", "reconciledAt")
     SELECT gen_random_uuid(), domain, 'Bench', 'owner@bench.example.com', 'NOK', 'Europe/Oslo', now(), now()
     FROM unnest($1::text[]) domain`,
    [SHOPS],
  );
}

/** The web process is killed without warning under load and started again; what it had not acked comes again. */
async function killedInTheMiddle(database: BenchDatabase): Promise<{ acked: number; lost: number; missing: number }> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  let app = await startApp(port, database.url);
  await asFastAsItGoes(origin, many(WARM_UP), AT_ONCE);
  const sent = many(RATE * (quick ? 4 : 20));
  const load = atRate(origin, sent, RATE);
  await wait((sent.length / RATE) * 500);
  await app.end("SIGKILL");
  app = await startApp(port, database.url);
  const answers = await load;
  const acked = sent.filter((_, index) => answers.some((each) => each.index === index && each.status === 200));
  const again = sent.filter((each) => !acked.includes(each));
  const lost = await notStored(database, acked);
  // Shopify sends again what was not answered with 200.
  const resent = await atRate(origin, again, RATE);
  const missing = await notStored(database, sent);
  await app.end("SIGTERM");
  const refused = resent.filter(({ status }) => status !== 200).length;
  if (refused > 0) throw new Error(`${refused} webhooks were refused when they came again.`);
  if (again.length === 0) throw new Error("Nothing was on its way when the process was killed: nothing is shown.");
  return { acked: acked.length, lost, missing };
}

async function notStored({ client }: BenchDatabase, posts: readonly { eventId: string }[]): Promise<number> {
  const { rows } = await client.query<{ stored: string }>(
    `SELECT count(*) AS stored FROM "Webhook" WHERE "eventId" = ANY($1)`,
    [posts.map(({ eventId }) => eventId)],
  );
  return posts.length - Number(rows[0]?.stored);
}

await ensureBuild(root);
const database = await benchDatabase("webhooks");
try {
  await addShops(database);
  const barePort = await freePort();
  const bare = await startChild(
    path.join(root, ".data/bench-webhooks-bare.log"),
    ["--import", "tsx", "tests/bench/bare-server.ts"],
    { PORT: String(barePort), SHOPIFY_API_SECRET: SECRET },
    (line) => line === "bare server ready",
  );
  const floor = await measure(`http://127.0.0.1:${barePort}`, bare).finally(() => bare.end("SIGKILL"));
  const appPort = await freePort();
  const app = await startApp(appPort, database.url);
  const own = await measure(`http://127.0.0.1:${appPort}`, app).finally(() => app.end("SIGTERM"));
  const killed = await killedInTheMiddle(database);

  const ms = (value: number) => `${value.toFixed(2)} ms`;
  console.log(`webhooks at ${RATE}/s for ${SECONDS} s, times from when each was due:`);
  console.log(`  bare server:  p50 ${ms(floor.p50)}, p99 ${ms(floor.p99)}; flat out ${floor.perSecond.toFixed(0)}/s`);
  console.log(`  the app:      p50 ${ms(own.p50)}, p99 ${ms(own.p99)}; flat out ${own.perSecond.toFixed(0)}/s`);
  console.log(`  processor time of each: bare ${ms(floor.cpuMs)}, the app ${ms(own.cpuMs)}`);
  console.log(`  of one shop:  the app ${own.ofOneShop.toFixed(0)}/s`);
  console.log(`  p99, app to bare server:        ${(own.p99 / floor.p99).toFixed(1)} ×`);
  console.log(`  acks a second, app to bare:     ${(own.perSecond / floor.perSecond).toFixed(3)} ×`);
  console.log(`  p99 to Shopify's limit of 5 s:  ${(own.p99 / 5000).toFixed(4)}`);
  console.log(`  refused:                        ${own.refused}`);
  console.log(`killed under load: ${killed.acked} acked at the first try, of which not stored: ${killed.lost}`);
  console.log(`  sent again until acked, not stored in the end: ${killed.missing}`);
  if (own.refused + killed.lost + killed.missing > 0) process.exitCode = 1;
} finally {
  await database.stop();
}
