import fs from "node:fs";

import pg from "pg";
import type { TestProject } from "vitest/node";

import { createBoss, ensureQueues } from "~/jobs/queue.server";

import { startPostgres } from "../prisma/embedded-postgres";
import { migrate } from "../prisma/migrations";

declare module "vitest" {
  interface ProvidedContext {
    /** Server with the migrated template database; tests copy it (tests/db.ts). */
    databaseServer: string;
  }
}

export const TEMPLATE = "perennial_template";

/** One PostgreSQL for the run: the embedded one, or the server that TEST_DATABASE_URL names. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const dataDir = `.data/test-${process.pid}`;
  const server = given ? null : await startPostgres({ dataDir, durable: false });
  const url = given ?? server?.url("postgres") ?? "";
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE}`);
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  const template = new URL(url);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.href);
  const boss = createBoss({ connectionString: template.href, role: "web" });
  await boss.start();
  await ensureQueues(boss);
  await boss.stop({ graceful: false });
  project.provide("databaseServer", url);
  return async () => {
    await server?.stop();
    if (server) fs.rmSync(dataDir, { recursive: true, force: true });
  };
}
