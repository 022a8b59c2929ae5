import { createHmac } from "node:crypto";
import path from "node:path";

import pg from "pg";

import { freePort } from "../dev-shop/demo/ports";
import { startDemo } from "../dev-shop/demo/start-demo";
import { median, percentile } from "./measure";

/**
 * `npm run bench:portal [-- --quick]`: how quickly the app's web process makes the portal's first page and one
 * subscription's page in a shop with 10,000 contracts, beside a route of its own that does nothing but refuse; and how
 * many skips and their undoing it carries out a second through the stand-in, for shoppers side by side.
 */

const root = path.resolve(import.meta.dirname, "../..");
const START = "2026-12-01T11:00:00Z";
const SHOP = "bench";

const quick = process.argv.includes("--quick");
const CONTRACTS = quick ? 1_000 : 10_000;
/** Whose clicks go through to the stand-in. */
const SHOPPERS = quick ? 10 : 40;
const PAGES = quick ? 100 : 1_000;
const AT_ONCE = 4;

const ports = { app: await freePort(), devShop: await freePort(), smtp: await freePort() };
const demo = await startDemo({
  root,
  dataDir: path.join(root, ".data/bench-portal"),
  scenarios: ["hudpleie"],
  fresh: true,
  ports,
  now: START,
  progress: () => undefined,
  onUnexpectedEnd: (sentence) => {
    console.error(sentence);
  },
});

async function control(pathname: string, body: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${ports.devShop}/_control${pathname}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${pathname}: ${response.status} ${(await response.text()).slice(0, 300)}`);
}

/** A request as Shopify's app proxy signs it. @param age seconds; each is a signature of its own */
function portalUrl(customer: string, where: string, age = 0): string {
  const pairs = [
    ["logged_in_customer_id", customer],
    ["path_prefix", "/apps/perennial"],
    ["shop", `${SHOP}.myshopify.com`],
    ["timestamp", String(Math.floor(Date.now() / 1000) - age)],
  ] as const;
  const secret = demo.env.SHOPIFY_API_SECRET ?? "";
  const signature = createHmac("sha256", secret)
    .update(pairs.map(([name, value]) => `${name}=${value}`).join(""))
    .digest("hex");
  const query = new URLSearchParams([...pairs.map(([name, value]) => [name, value]), ["signature", signature]]);
  return `http://127.0.0.1:${ports.app}/proxy${where}?${query.toString()}`;
}

/** Rows beside those that the stand-in knows, so that the shop is large: they are read, never changed. */
async function fill(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ id: string }>(`SELECT id FROM "Shop" WHERE domain = $1`, [
    `${SHOP}.myshopify.com`,
  ]);
  const shop = rows[0]?.id;
  const number = `9000000000 + n`;
  await client.query(
    `INSERT INTO "Customer" (id, "shopId", "shopifyId", email)
     SELECT gen_random_uuid(), $1, 'gid://shopify/Customer/' || (${number}), 'n' || n || '@example.com'
     FROM generate_series(1, ${CONTRACTS}) n`,
    [shop],
  );
  await client.query(
    `INSERT INTO "SubscriptionContract" (id, "shopId", "shopifyId", "customerId", status, "currencyCode", "billingInterval",
       "billingIntervalCount", "deliveryInterval", "deliveryIntervalCount", "deliveryPrice", "revisionId",
       "nextBillingAt", "shopifyCreatedAt", "shopifyUpdatedAt", "readAt")
     SELECT gen_random_uuid(), c."shopId", replace(c."shopifyId", 'Customer', 'SubscriptionContract'), c.id, 'ACTIVE', 'NOK',
       'MONTH', 1, 'MONTH', 1, 49, '1', $2, $2, $2, $2
     FROM "Customer" c WHERE c."shopId" = $1 AND c."shopifyId" LIKE 'gid://shopify/Customer/90000%'`,
    [shop, "2027-01-10T10:00:00Z"],
  );
  const filled = `"SubscriptionContract" c WHERE c."shopId" = $1 AND c."revisionId" = '1' AND c."billingInterval" = 'MONTH'`;
  await client.query(
    `INSERT INTO "SubscriptionLine" (id, "contractId", "shopifyId", position, "variantId", title, quantity, "currentPrice")
     SELECT gen_random_uuid(), c.id, 'gid://shopify/SubscriptionLine/' || c.id, 0, 'gid://shopify/ProductVariant/1',
       'Coffee', 1, 199 FROM ${filled}`,
    [shop],
  );
  await client.query(
    `INSERT INTO "BillingCycle" ("contractId", "cycleIndex", "shopId", "startAt", "endAt", "expectedAt", "dueAt")
     SELECT c.id, cycle, c."shopId", at - interval '1 month', at, at, at
     FROM (SELECT c.id, c."shopId", cycle, $2::timestamptz + cycle * interval '1 month' AS at
       FROM generate_series(1, 6) cycle CROSS JOIN ${filled}) c`,
    [shop, "2027-01-10T10:00:00Z"],
  );
  await client.query("VACUUM ANALYZE");
}

/** Milliseconds of each answer, so many at a time. @throws when one is not of this status */
async function times(urls: readonly (() => string)[], status: number): Promise<number[]> {
  const taken: number[] = [];
  let next = 0;
  const one = async () => {
    for (let url = urls[next++]; url; url = urls[next++]) {
      const started = performance.now();
      const answer = await fetch(url());
      await answer.text();
      taken.push(performance.now() - started);
      if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return taken;
}

interface Shopper {
  customer: string;
  contract: string;
}

const decode = (text: string): string =>
  text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

/** The forms of a page that carry something out, in its order. */
const orders = (html: string): URLSearchParams[] =>
  [...html.matchAll(/<form[\s\S]*?<\/form>/g)]
    .map(
      ([form]) =>
        new URLSearchParams(
          [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [
            name ?? "",
            decode(value ?? ""),
          ]),
        ),
    )
    .filter((fields) => fields.get("step") === "perform");

/** Looks at what a skip does, skips, and takes it back. @returns changes carried out */
async function skipAndBack({ customer, contract }: Shopper, round: number): Promise<number> {
  const ask = (where: string, age: number, form?: URLSearchParams) =>
    fetch(portalUrl(customer, where, age), form ? { method: "POST", body: form } : {});
  const page = await (await ask(`/s/${contract}`, 0)).text();
  const way = new RegExp(`/s/${contract}/skip/\\d+`).exec(page)?.[0];
  const [skip] = way ? orders(await (await ask(way, 0)).text()) : [];
  if (!way || !skip) return 0;
  const receipt = await ask(way, 2 * round, skip);
  const [undo] = orders(await receipt.text());
  if (receipt.status !== 200 || !undo) return 0;
  const back = await ask(`/s/${contract}/unskip`, 2 * round + 1, undo);
  await back.text();
  return back.status === 200 ? 2 : 1;
}

const client = new pg.Client({ connectionString: demo.databaseUrl, options: "-c TimeZone=UTC" });
try {
  await control("/shops", { scenario: "kaffebonna", name: SHOP, subscribers: SHOPPERS * 2 });
  await control("/clock", { advance: "PT1M", settle: true });
  await client.connect();
  const { rows: shoppers } = await client.query<Shopper>(
    `SELECT replace(cu."shopifyId", 'gid://shopify/Customer/', '') AS customer, c.id AS contract
     FROM "SubscriptionContract" c JOIN "Customer" cu ON cu.id = c."customerId" JOIN "Shop" s ON s.id = c."shopId"
     WHERE s.domain = $1 AND c.status = 'ACTIVE' LIMIT ${SHOPPERS}`,
    [`${SHOP}.myshopify.com`],
  );
  await fill(client);

  const bare = Array.from({ length: PAGES }, () => () => `http://127.0.0.1:${ports.app}/proxy`);
  const list = Array.from({ length: PAGES }, (_, n) => () => portalUrl(String(9_000_000_001 + (n % CONTRACTS)), ""));
  const one = Array.from({ length: PAGES }, (_, n) => () => {
    const { customer = "", contract = "" } = shoppers[n % shoppers.length] ?? {};
    return portalUrl(customer, `/s/${contract}`);
  });
  await times(list.slice(0, AT_ONCE * 5), 200);
  const floor = await times(bare, 400);
  const first = await times(list, 200);
  // Fewer than a shopper may ask for within a minute.
  const second = await times(one.slice(0, SHOPPERS * 20), 200);

  const started = performance.now();
  const done = await Promise.all(shoppers.map((shopper, index) => skipAndBack(shopper, index % AT_ONCE)));
  const changes = done.reduce((sum, each) => sum + each, 0);
  const perSecond = changes / ((performance.now() - started) / 1000);

  const said = (samples: number[]) =>
    `p50 ${median(samples).toFixed(1)} ms, p95 ${percentile(samples, 0.95).toFixed(1)} ms`;
  console.log(`the portal in a shop of ${CONTRACTS} contracts, ${AT_ONCE} requests at a time:`);
  console.log(`  a route that only refuses:  ${said(floor)}`);
  console.log(`  the list:                   ${said(first)}`);
  console.log(`  one subscription:           ${said(second)}`);
  console.log(`  p95 of the list to bare:    ${(percentile(first, 0.95) / percentile(floor, 0.95)).toFixed(1)} ×`);
  console.log(`  changes a second (skip and undo, with the pages between them): ${perSecond.toFixed(1)}`);
  console.log(`  clicks that were not carried out: ${shoppers.length * 2 - changes}`);
  if (changes < shoppers.length * 2) process.exitCode = 1;
} finally {
  await client.end();
  await demo.stop();
}
