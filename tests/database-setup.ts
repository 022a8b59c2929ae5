import fs from "node:fs";

import pg from "pg";
import type { TestProject } from "vitest/node";

import { createBoss, ensureQueues } from "~/jobs/queue.server";

import { startPostgres } from "../prisma/embedded-postgres";
import { migrate } from "../prisma/migrations";

declare module "vitest" {
  interface ProvidedContext {
    /** Server with the migrated template database that tests copy (tests/db.ts), and which of its tables have no rows. */
    databases: { url: string; empty: readonly string[] };
  }
}

export const TEMPLATE = "perennial_template";
/** Names of copies that no test uses. */
export const FREE_DATABASES = "perennial_free_databases";

/** One PostgreSQL for the run: the embedded one, or the server that TEST_DATABASE_URL names. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const dataDir = `.data/test-${process.pid}`;
  const server = given ? null : await startPostgres({ dataDir, durable: false });
  const url = given ?? server?.url("postgres") ?? "";
  await onServer(url, async (admin) => {
    await dropCopies(admin);
    await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE}`);
    await admin.query(`CREATE DATABASE ${TEMPLATE}`);
    await admin.query(`DROP TABLE IF EXISTS ${FREE_DATABASES}`);
    await admin.query(`CREATE TABLE ${FREE_DATABASES} (name text PRIMARY KEY)`);
  });
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.href);
  const boss = createBoss({ connectionString: template.href, role: "web" });
  await boss.start();
  await ensureQueues(boss);
  await boss.stop({ graceful: false });
  const empty = await onServer(template.href, emptyTables);
  project.provide("databases", { url, empty });
  return async () => {
    if (given) await onServer(url, dropCopies);
    await server?.stop();
    if (server) fs.rmSync(dataDir, { recursive: true, force: true });
  };
}

/** On a server of one's own they would stay. */
async function dropCopies(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE datname ~ '^test_[0-9a-f]{32}$'",
  );
  for (const { datname } of rows) await admin.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
}

async function emptyTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`);
  const empty: string[] = [];
  for (const { name } of rows) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${name} LIMIT 1`);
    if (!rowCount) empty.push(name);
  }
  return empty;
}

/** One connection for one piece of work. */
export async function onServer<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
