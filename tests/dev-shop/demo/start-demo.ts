import fs from "node:fs";
import path from "node:path";

import pg from "pg";

import { startPostgres } from "../../../prisma/embedded-postgres";
import { migrate } from "../../../prisma/migrations";
import { ensureBuild } from "./build";
import { Children } from "./children";
import { assertFree } from "./ports";

/** The demo's app credentials: public, and refused by everything but the stand-in. */
const API_KEY = "0123456789abcdef0123456789abcdef";
const API_SECRET = "the-demo-secret-is-no-secret";
const ENCRYPTION_KEY = Buffer.alloc(32, "perennial-demo").toString("base64");

const DATABASE = "perennial_demo";

export interface DemoOptions {
  root: string;
  /** Where the database and the stand-in's world are kept between runs. */
  dataDir: string;
  scenarios: string[];
  fresh: boolean;
  ports: { app: number; devShop: number; smtp: number };
  /** Virtual time of a fresh start (ISO); default today at 11:00 UTC. */
  now?: string;
  /** A PostgreSQL server's database to use instead of the embedded one. */
  databaseUrl?: string;
  durable?: boolean;
  progress(sentence: string): void;
  onUnexpectedEnd(sentence: string): void;
}

export interface Demo {
  /** The stand-in: "http://localhost:4000". */
  origin: string;
  databaseUrl: string;
  /** What the app's processes were started with, so that more of them can be. */
  env: Record<string, string>;
  admin(shop: string): string;
  storefront(shop: string): string;
  control: string;
  stop(): Promise<void>;
}

/** Starts everything: database, stand-in Shopify, worker and the production build, with the app installed in each shop. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { root, dataDir, ports, progress } = options;
  await assertFree(ports.app, "PORT", "the app");
  await assertFree(ports.devShop, "DEV_SHOP_PORT", "the stand-in Shopify");
  await assertFree(ports.smtp, "DEV_SHOP_SMTP_PORT", "the stand-in's mailbox");

  const stateFile = path.join(dataDir, "shopify.json");
  if (options.fresh) fs.rmSync(stateFile, { force: true });
  const children = new Children(root, path.join(dataDir, "logs"), options.onUnexpectedEnd);
  const stops: (() => Promise<void>)[] = [() => children.stop()];
  const stop = async () => {
    for (const each of stops) await each();
  };
  try {
    progress("Building the app, starting PostgreSQL and the stand-in Shopify");
    const standIn = async () => {
      const database = await prepareDatabase(options);
      stops.push(database.stop);
      const env = environment(options, database.databaseUrl, stateFile);
      await children.start("stand-in Shopify", ["--import", "tsx", "tests/dev-shop/main.ts"], env, (line) =>
        line.startsWith("dev-shop ready"),
      );
      return { env, databaseUrl: database.databaseUrl };
    };
    const { env, databaseUrl } = await both(standIn(), ensureBuild(root));
    progress("Starting the worker and the app");
    const route = ["--import", "./tests/dev-shop/register.mjs"];
    await both(
      children.start("worker", [...route, "--import", "tsx", "app/worker.server.ts"], env, (line) =>
        line.includes('"worker ready"'),
      ),
      children.start("app", [...route, "--import", "tsx", "app/server.server.ts"], env, (line) =>
        line.includes('"web ready"'),
      ),
    );
    const origin = `http://127.0.0.1:${ports.devShop}`;
    progress("Installing the app in the shop and importing its subscriptions");
    for (const shop of options.scenarios) await install(origin, shop);
    return {
      origin: `http://localhost:${ports.devShop}`,
      databaseUrl,
      env,
      admin: (shop) => `http://localhost:${ports.devShop}/store/${shop}/apps/perennial/app`,
      storefront: (shop) => `http://${shop}.localhost:${ports.devShop}/`,
      control: `http://localhost:${ports.devShop}/_control`,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for both before it tells of either's failure, so that nothing is left half started. */
async function both<First>(first: Promise<First>, second: Promise<unknown>): Promise<First> {
  const [one, other] = await Promise.allSettled([first, second]);
  if (one.status === "rejected") throw one.reason;
  if (other.status === "rejected") throw other.reason;
  return one.value;
}

async function prepareDatabase(options: DemoOptions): Promise<{ databaseUrl: string; stop(): Promise<void> }> {
  const server = options.databaseUrl
    ? null
    : await startPostgres({ dataDir: path.join(options.dataDir, "postgres"), durable: options.durable ?? true });
  const databaseUrl = options.databaseUrl ?? server?.url(DATABASE) ?? "";
  try {
    if (options.fresh) await empty(databaseUrl, server ? server.url("postgres") : null);
    await server?.ensureDatabase(DATABASE);
    await migrate(databaseUrl);
  } catch (error) {
    await server?.stop();
    throw new Error(
      `The demo's database can't be used: ${error instanceof Error ? error.message : String(error)} ` +
        "Start over with: npm run demo -- --fresh",
      { cause: error },
    );
  }
  return { databaseUrl, stop: async () => server?.stop() };
}

async function empty(databaseUrl: string, maintenanceUrl: string | null): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl ?? databaseUrl });
  await client.connect();
  try {
    if (maintenanceUrl) await client.query(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
    else await client.query("DROP SCHEMA IF EXISTS public, pgboss CASCADE; CREATE SCHEMA public");
  } finally {
    await client.end();
  }
}

function environment(options: DemoOptions, databaseUrl: string, stateFile: string): Record<string, string> {
  const { ports } = options;
  return {
    NODE_ENV: "production",
    DEMO: "1",
    PORT: String(ports.app),
    HOST: "127.0.0.1",
    DATABASE_URL: databaseUrl,
    SHOPIFY_API_KEY: API_KEY,
    SHOPIFY_API_SECRET: API_SECRET,
    SHOPIFY_APP_URL: `http://perennial.localhost:${ports.devShop}`,
    TOKEN_ENCRYPTION_KEY: ENCRYPTION_KEY,
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    DEV_SHOP_URL: `http://127.0.0.1:${ports.devShop}`,
    DEV_SHOP_PORT: String(ports.devShop),
    DEV_SHOP_SMTP_PORT: String(ports.smtp),
    DEV_SHOP_STATE: stateFile,
    DEV_SHOP_SCENARIOS: options.scenarios.join(","),
    ...(options.now ? { DEV_SHOP_NOW: options.now } : {}),
  };
}

async function install(origin: string, shop: string): Promise<void> {
  const response = await fetch(`${origin}/_control/shops/${shop}/install`, { method: "POST" });
  if (!response.ok)
    throw new Error(`The app could not be installed in ${shop}: ${(await response.text()).slice(0, 300)}`);
}
