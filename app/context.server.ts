import type { Db } from "~/db.server";
import type { JobQueue } from "~/jobs/queue.server";
import type { Clock } from "~/lib/clock";
import type { Ids } from "~/lib/ids";
import type { Log } from "~/lib/log.server";
import type { Mailer } from "~/lib/mailer.server";
import type { AdminApi } from "~/shopify/admin-api.server";

/** The outside world as use cases see it. Every use case takes it first, then the shop, then its input. */
export interface Context {
  clock: Clock;
  ids: Ids;
  log: Log;
  db: Db;
  jobs: JobQueue;
  mailer: Mailer;
  /** The Admin API of one shop ("kaffebonna.myshopify.com"), with its tokens, limits, retries and time-outs. */
  admin(shopDomain: string): AdminApi;
}
