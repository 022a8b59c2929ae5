import type { PgBoss } from "pg-boss";

import type { Context } from "~/context.server";
import type { Db } from "~/db.server";

import { queues } from "./queues";
import type { Job, QueueName } from "./queues";

/** Jobs of one queue that a worker process carries out side by side (each of another shop). */
const LOCAL_CONCURRENCY = 4;
/**
 * NOTIFY wakes a worker when a job is put; a job that had to wait for another of its shop becomes ready without one, so
 * workers look again after each job, and at least this often.
 */
const POLLING_SECONDS = 1;

type Handlers = { [Name in QueueName]: (ctx: Context, job: Job<Name>) => Promise<unknown> };

/** Those who wait for a job of this process to end. */
const finished: (() => void)[] = [];

/** @returns has every queue looked at now: when the demo's clock moves, nobody says that a waiting job has become ready */
export async function bindQueues(boss: PgBoss, ctx: Context, handlers: Handlers): Promise<() => void> {
  const bind = async <Name extends QueueName>(name: Name) => {
    const handler = handlers[name];
    return boss.work<unknown>(
      name,
      {
        batchSize: 1,
        localConcurrency: LOCAL_CONCURRENCY,
        burstWhenBatchFull: true,
        pollingIntervalSeconds: POLLING_SECONDS,
        notifyPollingIntervalSeconds: POLLING_SECONDS,
      },
      async ([job]) => {
        if (!job) return;
        try {
          await handler(ctx, queues[name].parse(job.data) as Job<Name>);
        } catch (error) {
          ctx.log.error({ err: error, queue: name, job: job.id }, "job failed; it will be tried again");
          throw error;
        } finally {
          for (const resolve of finished.splice(0)) resolve();
        }
      },
    );
  };
  const workers: string[] = [];
  for (const name of Object.keys(handlers) as QueueName[]) workers.push(await bind(name));
  return () => {
    for (const worker of workers) boss.notifyWorker(worker);
  };
}

/** A finished job's row is settled a moment after its handler; this bounds how late that is noticed. */
const LOOK_AGAIN_MS = 15;

/**
 * Waits until no job is running or ready, as the demo's clock needs to know.
 * @param wake has the queues looked at: a job that became ready without a notice would wait for the next poll
 * @returns when the earliest job that waits for a later time will be ready, or null
 */
export async function untilIdle(db: Db, wake: () => void): Promise<Date | null> {
  for (;;) {
    const [row] = await db.$queryRaw<{ active: boolean; ready: boolean; next: Date | null }[]>`
      SELECT coalesce(bool_or(state = 'active'), false) AS active,
             coalesce(bool_or(state <> 'active' AND start_after <= pgboss.job_now()), false) AS ready,
             min(start_after) FILTER (WHERE state <> 'active' AND start_after > pgboss.job_now()) AS next
      FROM pgboss.job WHERE state IN ('created', 'retry', 'active')`;
    if (!row || !(row.active || row.ready)) return row?.next ?? null;
    if (row.ready && !row.active) wake();
    await new Promise<void>((resolve) => {
      finished.push(resolve);
      setTimeout(resolve, LOOK_AGAIN_MS);
    });
  }
}
