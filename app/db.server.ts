import net from "node:net";

import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";

import { PrismaClient } from "~/generated/prisma/client";
import type { Prisma } from "~/generated/prisma/client";
import { databaseTimeoutMs, isDemo } from "~/lib/config.server";

export type Db = PrismaClient;
/** A transaction or the client itself: what a step inside a use case is handed. */
export type Tx = Prisma.TransactionClient;

/**
 * Session settings of every connection. UTC, because the PostgreSQL driver adapter writes instants shifted under any
 * other zone (prisma/orm#28629); in the demo also the queue's virtual clock. A machine that vanishes
 * leaves its locks to sessions that the server takes for alive: it asks after them, and ends a transaction that nobody
 * goes on with.
 */
export const connectionOptions = (): string =>
  [
    "TimeZone=UTC",
    "idle_in_transaction_session_timeout=60s",
    "tcp_keepalives_idle=30",
    "tcp_keepalives_interval=10",
    "tcp_keepalives_count=3",
    ...(isDemo() ? ["pgboss.test_clock=on"] : []),
  ]
    .map((setting) => `-c ${setting}`)
    .join(" ");

/**
 * A connection that gives up on a server which says nothing any more. Without it a statement whose answer got lost on a
 * broken line waits for ever, and with it the job that needs it and one place of the pool.
 */
export class WatchfulClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.once("connect", () => {
      const { stream } = this.connection;
      const timeout = databaseTimeoutMs();
      // TLS has replaced the first stream by now.
      if (stream instanceof net.Socket) {
        stream.setTimeout(timeout, () => stream.destroy(new Error(`The database was silent for ${timeout / 1000} s.`)));
      }
    });
  }
}

/** What the pools of this process have in common. */
export const poolSettings = () => ({
  options: connectionOptions(),
  Client: WatchfulClient,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  connectionTimeoutMillis: 10_000,
});

/** Connections of one process; web and worker both fit several times into PostgreSQL's default of 100. */
const POOL_SIZE = 10;

export function createDb(connectionString: string): Db {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString, max: POOL_SIZE, ...poolSettings() }),
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
}

/** @throws an Error in plain words if the server's sessions do not run in UTC (a pooler that drops `options`). */
export async function assertUtc(db: Db): Promise<void> {
  const [row] = await db.$queryRaw<{ zone: string }[]>`SELECT current_setting('TimeZone') AS zone`;
  if (row?.zone !== "UTC") {
    throw new Error(
      `The database connection runs in the time zone ${row?.zone ?? "?"}; every instant would be stored wrongly. ` +
        "Let the pooler pass the connection's options, or run: ALTER ROLE <role> SET timezone = 'UTC'.",
    );
  }
}
