import { fromPrisma, PgBoss } from "pg-boss";
import type { Clock as BossClock, Queue } from "pg-boss";

import { poolSettings } from "~/db.server";
import type { Tx } from "~/db.server";
import { log } from "~/lib/log.server";

import { queues } from "./queues";
import type { Job, QueueName } from "./queues";

export interface PutOptions {
  /**
   * Only one waiting and one running job per key; a put while one waits changes nothing (it will see the newest rows).
   * Default: the shop's id, so one job per shop and queue at a time; queues that are about no shop have one job.
   */
  key?: string;
  /** Not before. Future renewals are rows, not delayed jobs: use it for short waits only. */
  startAfter?: Date;
}

/** Puts work on a queue inside the caller's transaction: the job exists if and only if the rows it is about do. */
export interface JobQueue {
  put<Name extends QueueName>(tx: Tx, queue: Name, job: Job<Name>, options?: PutOptions): Promise<void>;
  /** As `put`, many in one statement; each shop has one at a time. */
  putAll<Name extends QueueName>(tx: Tx, queue: Name, jobs: readonly Job<Name>[]): Promise<void>;
}

/** Jobs with the same key follow each other. */
const keyOf = <Name extends QueueName>(queue: Name, job: Job<Name>): string => ("shopId" in job ? job.shopId : queue);

/** A killed worker's jobs return after this long without a heartbeat (pg-boss's smallest is 10 s). */
const HEARTBEAT_SECONDS = 20;
/** Longest that one job may run: a shop's billing run is time-sliced well below this. */
const EXPIRE_SECONDS = 15 * 60;
const RETRY_LIMIT = 12;
const RETRY_DELAY_SECONDS = 15;
const RETRY_DELAY_MAX_SECONDS = 3600;

const queueSettings = (name: QueueName): Queue => ({
  name,
  // One waiting and one running per key. Hot queues have a table of their own, so that a large shop's rows don't slow
  // the others' fetches.
  policy: "stately",
  partition: true,
  notify: true,
  heartbeatSeconds: HEARTBEAT_SECONDS,
  expireInSeconds: EXPIRE_SECONDS,
  retryLimit: RETRY_LIMIT,
  retryDelay: RETRY_DELAY_SECONDS,
  retryDelayMax: RETRY_DELAY_MAX_SECONDS,
  retryBackoff: true,
});

/**
 * How often killed workers' jobs are looked for, and how long a worker may go by a list of busy shops that is no longer
 * true: a shop on it gets no job, and one that is missing keeps the shops behind it waiting.
 */
const SUPERVISE_SECONDS = 5;

export interface BossOptions {
  connectionString: string;
  /** The web process only puts jobs; the worker also supervises and listens. */
  role: "web" | "worker";
  clock?: BossClock;
}

const WEB_POOL_SIZE = 2;
const WORKER_POOL_SIZE = 8;

export function createBoss({ connectionString, role, clock }: BossOptions): PgBoss {
  const boss = new PgBoss({
    connectionString,
    max: role === "web" ? WEB_POOL_SIZE : WORKER_POOL_SIZE,
    ...poolSettings(),
    // By the demo's clock a pass would come at any moment of a turn, and what it noted would stay so as the time stands still.
    supervise: role === "worker" && clock === undefined,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    queueCacheIntervalSeconds: SUPERVISE_SECONDS,
    schedule: role === "worker",
    useListenNotify: role === "worker",
    migrate: true,
    ...(clock ? { clock } : {}),
  });
  boss.on("error", (error) => log.error({ err: error }, "job queue trouble"));
  return boss;
}

/** Has the jobs of workers that were killed carried out by others, without waiting for the next regular look. */
export async function takeOver(boss: PgBoss, db: Tx): Promise<void> {
  await boss.supervise();
  // The pass has noted who was busy before it took the jobs from the dead: nobody is held up by that.
  await db.$executeRaw`UPDATE pgboss.queue SET singletons_active = NULL WHERE singletons_active IS NOT NULL`;
}

/** Makes the queues that are missing and brings the settings of the others up to date. */
export async function ensureQueues(boss: PgBoss): Promise<void> {
  const existing = new Set((await boss.getQueues()).map((queue) => queue.name));
  for (const name of Object.keys(queues) as QueueName[]) {
    if (!existing.has(name)) await boss.createQueue(name, queueSettings(name));
  }
}

export function jobQueue(boss: PgBoss): JobQueue {
  return {
    async put(tx, queue, job, options) {
      await boss.send(queue, job, {
        db: fromPrisma(tx),
        singletonKey: options?.key ?? keyOf(queue, job),
        ...(options?.startAfter ? { startAfter: options.startAfter } : {}),
      });
    },
    async putAll(tx, queue, jobs) {
      if (jobs.length === 0) return;
      await boss.insert(
        queue,
        jobs.map((job) => ({ data: job, singletonKey: keyOf(queue, job) })),
        { db: fromPrisma(tx) },
      );
    },
  };
}
