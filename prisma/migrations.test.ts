import pg from "pg";
import { expect, inject, test } from "vitest";

import { committedMigrations, migrate } from "./migrations";

async function emptyDatabase(name: string): Promise<string> {
  const server = inject("databases").url;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

test("two processes that start at once apply every migration once", async () => {
  const url = await emptyDatabase("migrate_twice");
  const applied = await Promise.all([migrate(url), migrate(url)]);
  expect(applied.flat()).toEqual(committedMigrations().map(({ name }) => name));
  expect(await migrate(url)).toEqual([]);
});

test("a migration that was changed after it was applied is refused by name", async () => {
  const url = await emptyDatabase("migrate_edited");
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("UPDATE _prisma_migrations SET checksum = 'another'");
  await client.end();
  await expect(migrate(url)).rejects.toThrow(/Migration \S+ was applied to this database in another form/);
});
