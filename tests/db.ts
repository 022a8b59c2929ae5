import { randomUUID } from "node:crypto";

import pg from "pg";
import { afterAll, inject } from "vitest";

import { createDb } from "~/db.server";
import type { Db } from "~/db.server";

import { TEMPLATE } from "./database-setup";

/** A migrated, empty database of the calling test file's own, dropped when the file is done. */
export async function testDb(): Promise<{ db: Db; url: string }> {
  const server = inject("databaseServer");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const db = createDb(url.href);
  afterAll(async () => {
    await db.$disconnect();
    await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
  return { db, url: url.href };
}

async function onServer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  // Copying the template needs it unused: one copy at a time, whatever the number of workers.
  await client.query("SELECT pg_advisory_lock(20261123)");
  await client.query(sql);
  await client.end();
}
