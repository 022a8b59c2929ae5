import { randomUUID } from "node:crypto";

import type pg from "pg";
import { afterAll, inject } from "vitest";

import { createDb } from "~/db.server";
import type { Db } from "~/db.server";

import { FREE_DATABASES, onServer, TEMPLATE } from "./database-setup";

/**
 * A migrated, empty database of the calling test file's own. When the file is done it is emptied and kept for the next
 * one: a copy of the template is twelve new megabytes.
 */
export async function testDb(): Promise<{ db: Db; url: string }> {
  const { url: server, empty } = inject("databases");
  const name = (await onServer(server, takeFree)) ?? (await onServer(server, copyTemplate));
  const url = new URL(server);
  url.pathname = `/${name}`;
  const db = createDb(url.href);
  afterAll(async () => {
    await db.$disconnect();
    await onServer(url.href, (client) => emptyAgain(client, empty));
    await onServer(server, async (client) => {
      await client.query(`ALTER DATABASE ${name} RESET ALL`);
      await client.query(`INSERT INTO ${FREE_DATABASES} VALUES ($1)`, [name]);
    });
  });
  return { db, url: url.href };
}

async function takeFree(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(`
    DELETE FROM ${FREE_DATABASES}
    WHERE name = (SELECT name FROM ${FREE_DATABASES} LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING name`);
  return rows[0]?.name;
}

async function copyTemplate(client: pg.Client): Promise<string> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  // Copying the template needs it unused: one copy at a time, whatever the number of workers.
  await client.query("SELECT pg_advisory_lock(20261123)");
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  return name;
}

/** @param tables those that are empty in the template too */
async function emptyAgain(client: pg.Client, tables: readonly string[]): Promise<void> {
  // Whatever a test has left open must not write into the next one's rows.
  await client.query(`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  // Without foreign keys' triggers the order doesn't matter.
  await client.query(
    ["SET session_replication_role = replica", ...tables.map((name) => `DELETE FROM ${name}`)].join(";"),
  );
}
