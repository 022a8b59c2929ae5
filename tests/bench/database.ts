import fs from "node:fs";
import path from "node:path";

import pg from "pg";

import { createBoss, ensureQueues } from "~/jobs/queue.server";

import { startPostgres } from "../../prisma/embedded-postgres";
import { migrate } from "../../prisma/migrations";

const root = path.resolve(import.meta.dirname, "../..");

export interface BenchDatabase {
  url: string;
  client: pg.Client;
  stop(): Promise<void>;
}

/**
 * An empty, migrated database on an embedded server of its own, which writes to disk as a real one does; or, with
 * BENCH_DATABASE_URL, the one named there (emptied!).
 * @param name also the name of its folder
 */
export async function benchDatabase(name: string): Promise<BenchDatabase> {
  const given = process.env.BENCH_DATABASE_URL;
  const dataDir = path.join(root, ".data", `bench-${name}`);
  const server = given ? null : await startPostgres({ dataDir, durable: true });
  const url = given ?? server?.url(name) ?? "";
  if (server) {
    await onServer(server.url("postgres"), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server.ensureDatabase(name);
  } else await onServer(url, "DROP SCHEMA IF EXISTS public, pgboss CASCADE; CREATE SCHEMA public");
  await migrate(url);
  const boss = createBoss({ connectionString: url, role: "web" });
  await boss.start();
  await ensureQueues(boss);
  await boss.stop({ graceful: false });
  const client = new pg.Client({ connectionString: url, options: "-c TimeZone=UTC" });
  await client.connect();
  return {
    url,
    client,
    stop: async () => {
      await client.end();
      await server?.stop();
      if (server) fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
