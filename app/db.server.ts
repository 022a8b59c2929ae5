import { PrismaPg } from "@prisma/adapter-pg";

import { PrismaClient } from "~/generated/prisma/client";
import type { Prisma } from "~/generated/prisma/client";
import { isDemo } from "~/lib/config.server";

export type Db = PrismaClient;
/** A transaction or the client itself: what a step inside a use case is handed. */
export type Tx = Prisma.TransactionClient;

/**
 * Session settings of every connection. UTC, because the PostgreSQL driver adapter writes instants shifted under any
 * other zone (prisma/orm#28629); in the demo also the queue's virtual clock.
 */
export const connectionOptions = (): string =>
  isDemo() ? "-c TimeZone=UTC -c pgboss.test_clock=on" : "-c TimeZone=UTC";

/** Connections of one process; web and worker both fit several times into PostgreSQL's default of 100. */
const POOL_SIZE = 10;

export function createDb(connectionString: string): Db {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString, max: POOL_SIZE, options: connectionOptions() }),
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
