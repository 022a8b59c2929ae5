import { setTimeout as wait } from "node:timers/promises";

import { sqlChargeStore } from "~/billing/ledger/charge-store.server";
import { idempotencyKey } from "~/billing/key";
import { dueShops, nextBillingMoment, tick } from "~/billing/run.server";
import { billingSettings } from "~/billing/settings/settings.server";
import type { Context } from "~/context.server";
import { createDb } from "~/db.server";
import { handlers } from "~/handlers.server";
import { createBoss, jobQueue } from "~/jobs/queue.server";
import { bindQueues } from "~/jobs/worker.server";
import { FixedClock } from "~/lib/clock";
import { randomIds } from "~/lib/ids";
import { log } from "~/lib/log.server";

import { benchDatabase } from "./database";
import type { BenchDatabase } from "./database";
import { fillLedger, shopId, SMALL_SHOPS, WHALE_SHARE } from "./ledger-rows";
import { median } from "./measure";

/**
 * `npm run bench:claims [-- --quick]`: the ledger's side of a billing run, on the app's own queries, queue and worker;
 * Shopify's side is waiting. Quick: 20,000 contracts of 200 shops instead of a million of 10,000.
 */

const quick = process.argv.includes("--quick");
const SHOPS = quick ? 200 : 10_000;
const FEW = quick ? 2_000 : 10_000;
const MANY = quick ? 20_000 : 1_000_000;
const CLAIM_SECONDS = quick ? 3 : 20;
/** Cycles of one round, as the engine takes them for a Standard shop. */
const ROUND = 200;
/** What such a round waits for at Shopify: 10 points each of 100 a second. */
const ROUND_AT_SHOPIFY_MS = 20_000;
const TICKS = 25;

const NOW = new Date("2026-12-01T00:00:00Z");
const DAY_MS = 86_400_000;

interface World {
  ctx: Context;
  clock: FixedClock;
  database: BenchDatabase;
  stop(): Promise<void>;
}

async function worldOf(contracts: number): Promise<World> {
  const database = await benchDatabase("claims");
  await fillLedger(database.client, { shops: SHOPS, contracts }, NOW);
  const db = createDb(database.url);
  const boss = createBoss({ connectionString: database.url, role: "web" });
  await boss.start();
  const clock = new FixedClock(NOW);
  const ctx: Context = {
    clock,
    ids: randomIds,
    log,
    db,
    jobs: jobQueue(boss),
    mailer: { send: () => Promise.resolve() },
    admin: () => {
      throw new Error("Nothing is asked of Shopify here.");
    },
  };
  const stop = async () => {
    await boss.stop({ graceful: false });
    await db.$disconnect();
    await database.stop();
  };
  return { ctx, clock, database, stop };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

/** Milliseconds of a tick that finds nothing, and of the question what comes next. */
async function idleTick({ ctx }: World): Promise<{ tick: number; next: number }> {
  const ticks: number[] = [];
  const nexts: number[] = [];
  for (let time = 0; time < TICKS; time += 1) {
    ticks.push(await timed(() => tick(ctx)));
    nexts.push(await timed(() => nextBillingMoment(ctx)));
  }
  return { tick: median(ticks), next: median(nexts) };
}

/** Claims one round of the shop's due cycles through the ledger. @returns how many */
async function claimRound(ctx: Context, id: string): Promise<number> {
  const shop = await ctx.db.shop.findUniqueOrThrow({ where: { id } });
  const store = sqlChargeStore(ctx, shop, await billingSettings(ctx, shop));
  const now = ctx.clock.now();
  const due = await store.dueCycles(now, ROUND);
  const claimed = await store.claim(
    due.map((cycle) => ({
      ...cycle,
      idempotencyKey: idempotencyKey(shop.domain, cycle.contractShopifyId, cycle.cycleIndex, 1),
    })),
    now,
    new Date(now.getTime() + 5 * 60_000),
  );
  return claimed.length;
}

/** Claims a second of one process with so many lanes, each on its own shop, over shops as the tick names them. */
async function claimsPerSecond({ ctx }: World, lanes: number): Promise<{ perSecond: number; shops: number }> {
  const shops = (await dueShops(ctx)).filter((id) => id !== shopId(1));
  const served = new Set<string>();
  let claims = 0;
  let next = 0;
  const started = performance.now();
  const lane = async (): Promise<void> => {
    while (performance.now() - started < CLAIM_SECONDS * 1000) {
      const id = shops[next % shops.length];
      next += 1;
      if (id === undefined || next > shops.length * 3) return;
      const claimed = await claimRound(ctx, id);
      if (claimed > 0) served.add(id);
      claims += claimed;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { perSecond: claims / ((performance.now() - started) / 1000), shops: served.size };
}

/** Rounds a second and cycles a second of the first shop alone. */
async function whaleClaims({ ctx }: World): Promise<number> {
  let claims = 0;
  const started = performance.now();
  while (performance.now() - started < CLAIM_SECONDS * 1000) {
    const claimed = await claimRound(ctx, shopId(1));
    if (claimed === 0) break;
    claims += claimed;
  }
  return claims / ((performance.now() - started) / 1000);
}

/**
 * Milliseconds from the tick until a small shop's only due cycle is claimed, by a worker that works on all queues. A
 * round's sending takes as long as Shopify's points for it do.
 */
async function servedAfter({ ctx, database }: World, small: string, others: "ALONE" | "BESIDE_WHALE"): Promise<number> {
  const all = [shopId(1), ...SMALL_SHOPS.map(shopId)];
  await database.client.query(
    `UPDATE "Shop" SET status = CASE WHEN id = ANY($2) THEN 'ACTIVE' ELSE 'UNINSTALLED' END::"ShopStatus"
     WHERE id = ANY($1)`,
    [all, others === "ALONE" ? [small] : all],
  );
  const boss = createBoss({ connectionString: database.url, role: "worker" });
  await boss.start();
  let served = (): void => undefined;
  const done = new Promise<void>((resolve) => (served = resolve));
  await bindQueues(boss, ctx, {
    ...handlers,
    "billing.run": async (own, { shopId: id }) => {
      const claimed = await claimRound(own, id);
      if (id === small && claimed > 0) served();
      // Ends with the measurement: the whale's round is still at Shopify then.
      await Promise.race([wait((ROUND_AT_SHOPIFY_MS * claimed) / ROUND, undefined, { ref: false }), done]);
    },
  });
  const spent = await timed(async () => {
    await tick(ctx);
    await done;
  });
  await boss.stop({ graceful: true });
  return spent;
}

const line = (what: string, value: string) => console.log(`${what.padEnd(58)} ${value}`);
const ms = (value: number) => `${value.toFixed(1)} ms`;

const few = await worldOf(FEW);
const idleFew = await idleTick(few).finally(() => few.stop());
const many = await worldOf(MANY);
try {
  const idleMany = await idleTick(many);
  line(`tick with nothing due, ${FEW} contracts of ${SHOPS} shops`, ms(idleFew.tick));
  line(`tick with nothing due, ${MANY} contracts of ${SHOPS} shops`, ms(idleMany.tick));
  line("  ratio", `${(idleMany.tick / idleFew.tick).toFixed(2)} ×`);
  line("next moment at which anything is due, ratio", `${(idleMany.next / idleFew.next).toFixed(2)} ×`);

  many.clock.set(new Date(NOW.getTime() + DAY_MS));
  const [first, second, third] = SMALL_SHOPS;
  // The first one warms up queries and connections.
  await servedAfter(many, shopId(first), "ALONE");
  const alone = await servedAfter(many, shopId(second), "ALONE");
  const beside = await servedAfter(many, shopId(third), "BESIDE_WHALE");
  line("tick until a shop with 1 due is served, alone", ms(alone));
  line(`tick until a shop with 1 due is served, beside ${MANY * WHALE_SHARE} due`, ms(beside));
  line("  ratio", `${(beside / alone).toFixed(2)} ×`);
  line("first shop's claims a second, alone", (await whaleClaims(many)).toFixed(0));
  const ticks = [];
  for (let time = 0; time < 5; time += 1) ticks.push(await timed(() => dueShops(many.ctx)));
  line("naming the due shops while one has many due", ms(median(ticks)));

  many.clock.set(new Date(NOW.getTime() + 40 * DAY_MS));
  for (const lanes of [1, 4]) {
    const { perSecond, shops } = await claimsPerSecond(many, lanes);
    line(`claims a second, one process of ${lanes} lanes (${shops} shops served)`, perSecond.toFixed(0));
  }
} finally {
  await many.stop();
}
