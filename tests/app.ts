import path from "node:path";

import { afterAll } from "vitest";

import { nextBillingMoment, tick } from "~/billing/run.server";
import { nextSweepMoment } from "~/billing/sweep/sweep.server";
import type { Context } from "~/context.server";
import { nextContractMoment } from "~/contracts/attend.server";
import type { Shop as ShopRow } from "~/generated/prisma/client";
import { handlers } from "~/handlers.server";
import { DemoBossClock } from "~/jobs/demo-clock.server";
import { createBoss, jobQueue } from "~/jobs/queue.server";
import { queues } from "~/jobs/queues";
import type { Job, QueueName } from "~/jobs/queues";
import { randomIds } from "~/lib/ids";
import { log as silent } from "~/lib/log.server";
import type { Log } from "~/lib/log.server";
import type { Message } from "~/lib/mailer.server";
import { createAdminApi } from "~/shopify/admin-api.server";
import { installShop } from "~/shops/install.server";
import { receive } from "~/webhooks/inbox.server";

import { testDb } from "./db";
import { handleAdminApi } from "./dev-shop/admin-api";
import { letBucketsFill } from "./dev-shop/admin-api/bucket";
import type { DevShop } from "./dev-shop/dev-shop";
import { nextEventAt, planDeliveries, runDueEvents } from "./dev-shop/domain";
import { readAppConfig } from "./dev-shop/hosts/app-config";
import { bulkResultOf } from "./dev-shop/hosts/bulk-results";
import kaffebonna from "./dev-shop/scenarios/kaffebonna";
import { createWorld, domainOf } from "./dev-shop/world";
import type { OutboxEvent, Shop, World } from "./dev-shop/world";

/**
 * The app's use cases on a database of the test's own, against the stand-in Shopify in the same process: the real
 * Admin API client, the real queue, the real inbox; only HTTP and the worker's polling are left out.
 */
export interface TestApp {
  ctx: Context;
  world: World;
  /** The stand-in's shop. */
  shopify: Shop;
  /** The app's row of it. */
  shop: ShopRow;
  mails: Message[];
  /** Hands the waiting webhooks to the inbox, signed and checked elsewhere. */
  deliver(options?: { drop?: (topic: string) => boolean; times?: number }): Promise<void>;
  /** Carries out every job that is ready, and those they put. */
  work(): Promise<void>;
  /** Webhooks and jobs until nothing is left to do at this moment. */
  settle(): Promise<void>;
  /** Moves time to the instant through every moment at which something is due on either side. */
  advanceTo(instant: string): Promise<void>;
  /** What the next Admin API calls go through: a test puts a fault here. */
  intercept: { fetch: (next: typeof fetch) => typeof fetch };
}

export interface TestAppOptions {
  /** Virtual time at the start. */
  now?: string;
  subscribers?: number;
  /** Whether the nightly sweeps are carried out: four moments a night, which most tests have no use for. */
  sweeps?: boolean;
  /** Switches of assumed rules (tests/dev-shop/domain/rules.ts). */
  assumptions?: Record<string, boolean>;
  /** Where the app's log goes; default: nowhere. */
  log?: Log;
}

const ROOT = path.resolve(import.meta.dirname, "..");

export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { now = "2026-03-02T11:00:00Z", subscribers = 3, assumptions = {}, sweeps = false, log = silent } = options;
  // Sessions read the queue's virtual time (app/db.server.ts).
  process.env.DEMO = "1";
  const { db, url } = await testDb();
  const world = createWorld(new Date(now).toISOString());
  world.settings.assumptions = assumptions;
  const shopify = kaffebonna(world, { subscribers });
  const devShop = inProcess(world);
  shopify.grantedScopes = devShop.config.app.scopes;
  const token = "shpat_test";
  shopify.tokens.push({
    token,
    refreshToken: "shprt_test",
    scopes: devShop.config.app.scopes,
    expiresAt: Number.MAX_SAFE_INTEGER,
    refreshExpiresAt: Number.MAX_SAFE_INTEGER,
    refreshUsed: false,
    online: false,
  });

  const clock = { now: () => new Date(world.now) };
  const bossClock = new DemoBossClock(clock.now());
  const boss = createBoss({ connectionString: url, role: "web", clock: bossClock });
  await boss.start();
  const mails: Message[] = [];
  const intercept: TestApp["intercept"] = { fetch: (next) => next };
  const callStandIn: typeof fetch = async (_input, init) => {
    const { status, headers, body, lost } = await handleAdminApi(devShop, shopify, {
      accessToken: new Headers(init?.headers).get("X-Shopify-Access-Token"),
      version: "2026-07",
      body: JSON.parse(String(init?.body)) as { query: string; variables?: Record<string, unknown> },
      requestId: randomIds.next(),
    });
    // As fetch says it when the connection is cut.
    if (lost) throw new TypeError("fetch failed");
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
  };
  const ctx: Context = {
    clock,
    ids: randomIds,
    log,
    db,
    jobs: jobQueue(boss),
    mailer: { send: (message) => Promise.resolve(void mails.push(message)) },
    admin: (shopDomain) =>
      createAdminApi({
        shopDomain,
        log,
        accessToken: () => Promise.resolve(token),
        // Waiting takes no time here, and brings what it would have brought.
        wait: (milliseconds) => Promise.resolve(letBucketsFill(world, milliseconds)),
        fetch: (input, init) => intercept.fetch(callStandIn)(input, init),
      }),
  };
  // Results of bulk operations lie at addresses of their own, outside the Admin API.
  const callAny = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const result = bulkResultOf(world, input instanceof Request ? input.url : String(input));
    return result === null ? callAny(input, init) : Promise.resolve(new Response(result));
  };
  afterAll(async () => {
    globalThis.fetch = callAny;
    await boss.stop({ graceful: false });
  });

  // Webhooks that faults hold back until their moment.
  let held: { event: OutboxEvent; webhookId: string; at: string }[] = [];
  const nextWebhookAt = () => held.map(({ at }) => new Date(at).toISOString()).sort()[0] ?? null;
  const deliver: TestApp["deliver"] = async ({ drop = () => false, times = 1 } = {}) => {
    for (const event of shopify.outbox.splice(0)) {
      const webhookId = randomIds.next();
      held.push(...planDeliveries(world, shopify, event).map(({ at }) => ({ event, webhookId, at })));
    }
    const isDue = ({ at }: { at: string }) => Date.parse(at) <= Date.parse(world.now);
    const due = held.filter(isDue).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    held = held.filter((each) => !isDue(each));
    for (const { event, webhookId } of due) {
      if (drop(event.topic)) continue;
      for (let time = 0; time < times; time += 1) {
        await receive(ctx, {
          shopDomain: domainOf(shopify),
          topic: event.topic,
          name: null,
          eventId: event.eventId,
          webhookId: time === 0 ? webhookId : randomIds.next(),
          triggeredAt: new Date(event.at),
          payload: event.payload,
        });
      }
    }
  };

  const workOne = async <Name extends QueueName>(name: Name): Promise<number> => {
    const jobs = await boss.fetch<unknown>(name, { batchSize: 10 });
    for (const job of jobs) {
      await handlers[name](ctx, queues[name].parse(job.data) as Job<Name>);
      await boss.complete(name, job);
    }
    return jobs.length;
  };
  const work = async () => {
    for (let done = 1; done > 0;) {
      done = 0;
      for (const name of Object.keys(queues) as QueueName[]) {
        if (name !== "billing.sweep" || sweeps) done += await workOne(name);
      }
    }
  };
  const settle = async () => {
    do {
      await deliver();
      await tick(ctx);
      await work();
    } while (shopify.outbox.length > 0);
  };
  const moveTo = async (instant: string) => {
    // A shop's points come back in the time that passes, as in the running stand-in.
    letBucketsFill(world, Date.parse(instant) - Date.parse(world.now));
    world.now = instant;
    await bossClock.moveTo(new Date(instant));
    runDueEvents(world);
    await settle();
  };
  const sweepMoment = async () => (sweeps ? (await nextSweepMoment(ctx))?.toISOString() : undefined);
  const advanceTo = async (instant: string) => {
    const target = new Date(instant).toISOString();
    await settle();
    for (;;) {
      const moments = [
        nextEventAt(world),
        nextWebhookAt(),
        (await nextBillingMoment(ctx))?.toISOString(),
        (await nextContractMoment(ctx))?.toISOString(),
        await sweepMoment(),
      ].filter((moment): moment is string => typeof moment === "string" && moment > world.now && moment <= target);
      const next = moments.sort()[0];
      if (!next) break;
      await moveTo(next);
    }
    await moveTo(target);
  };

  await installShop(ctx, { domain: domainOf(shopify) });
  await work();
  const shop = await db.shop.findUniqueOrThrow({ where: { domain: domainOf(shopify) } });
  return { ctx, world, shopify, shop, mails, deliver, work, settle, advanceTo, intercept };
}

function inProcess(world: World): DevShop {
  return {
    world,
    changed: () => undefined,
    config: {
      port: 0,
      smtpPort: 0,
      appOrigin: "http://127.0.0.1:0",
      tunnelOrigin: "http://127.0.0.1:0",
      apiKey: "0123456789abcdef0123456789abcdef",
      apiSecret: "test",
      app: readAppConfig(ROOT),
      root: ROOT,
      stateFile: null,
      appDatabaseUrl: null,
    },
  };
}
