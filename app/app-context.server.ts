import type { PgBoss } from "pg-boss";

import type { Context } from "~/context.server";
import { assertUtc } from "~/db.server";
import { db } from "~/database.server";
import { DemoBossClock } from "~/jobs/demo-clock.server";
import { createBoss, ensureQueues, jobQueue } from "~/jobs/queue.server";
import { systemClock } from "~/lib/clock";
import type { Clock } from "~/lib/clock";
import { config } from "~/lib/config.server";
import { DemoClock } from "~/lib/demo-clock.server";
import { randomIds } from "~/lib/ids";
import { log } from "~/lib/log.server";
import { smtpMailer } from "~/lib/mailer.server";
import { offlineToken } from "~/shopify/access-token.server";
import { createAdminApi } from "~/shopify/admin-api.server";
import { RateLines } from "~/shopify/rate-line";

export interface Process {
  ctx: Context;
  boss: PgBoss;
  /** Set in the demo alone. */
  demo: { clock: DemoClock; bossClock: DemoBossClock } | null;
}

/** Builds the outside world of this process from its settings. @throws when the database or the queue can't be had */
export async function startProcess(role: "web" | "worker"): Promise<Process> {
  const { DATABASE_URL, SMTP_URL, MAIL_FROM, DEMO, DEV_SHOP_URL } = config();
  await assertUtc(db);
  const demoClock = DEMO && DEV_SHOP_URL ? await DemoClock.connect(DEV_SHOP_URL, role) : null;
  const clock: Clock = demoClock ?? systemClock;
  // The worker's queue alone installs the demo's time in the database; the web process's sessions read it there.
  const bossClock = demoClock ? new DemoBossClock(clock.now()) : null;
  const boss = createBoss({
    connectionString: DATABASE_URL,
    role,
    ...(role === "worker" && bossClock ? { clock: bossClock } : {}),
  });
  await boss.start();
  await ensureQueues(boss);
  const lines = new RateLines();
  const ctx: Context = {
    clock,
    ids: randomIds,
    log,
    db,
    jobs: jobQueue(boss),
    mailer: smtpMailer(SMTP_URL, MAIL_FROM),
    admin: (shopDomain) =>
      createAdminApi({
        shopDomain,
        log,
        accessToken: (options) => offlineToken(db, shopDomain, options),
        line: lines.of(shopDomain),
        priority: role === "web" ? "page" : "background",
      }),
  };
  return { ctx, boss, demo: demoClock && bossClock ? { clock: demoClock, bossClock } : null };
}

let web: Promise<Process> | undefined;

/** The web process's context, made at the first request that needs it. */
export async function appContext(): Promise<Context> {
  web ??= startProcess("web").catch((error: unknown) => {
    web = undefined;
    throw error;
  });
  return (await web).ctx;
}

/** Closes what would keep the web process alive; no request may need it any more. */
export async function closeContext(): Promise<void> {
  const started = await web;
  started?.demo?.clock.stop();
  await started?.boss.stop({ graceful: false });
  await db.$disconnect();
}
