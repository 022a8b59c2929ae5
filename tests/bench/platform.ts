import path from "node:path";

import { encryption } from "~/shopify/encryption.server";

import { ensureBuild } from "../dev-shop/demo/build";
import { freePort } from "../dev-shop/demo/ports";
import { startChild } from "./child";
import type { Child } from "./child";
import { Control } from "./control";
import { benchDatabase } from "./database";

const root = path.resolve(import.meta.dirname, "../..");
const KEY = Buffer.alloc(32, "perennial-bench").toString("base64");
/** The stand-in's, which register.mjs insists on. */
const API_KEY = "0123456789abcdef0123456789abcdef";

export interface Platform {
  /** @param shop its name: "bench" */
  control(shop: string): Control;
  /** An Admin API token of the app's in that shop. */
  token(shop: string): Promise<string>;
  /** Where the Admin API answers; the shop's host goes into x-dev-shop-original-host. */
  origin: string;
  stop(): Promise<void>;
}

/**
 * Database, stand-in, worker and the production build as processes, as `npm run demo` has them; but the stand-in keeps no
 * state file, whose writing would take from the time that is measured.
 * @param now virtual time at the start, ISO
 */
export async function startPlatform(name: string, now: string): Promise<Platform> {
  await ensureBuild(root);
  const database = await benchDatabase(name);
  const ports = { app: await freePort(), devShop: await freePort(), smtp: await freePort() };
  const origin = `http://127.0.0.1:${ports.devShop}`;
  const env = {
    NODE_ENV: "production",
    DEMO: "1",
    PORT: String(ports.app),
    HOST: "127.0.0.1",
    SHOPIFY_API_KEY: API_KEY,
    SHOPIFY_API_SECRET: "a-secret-of-this-bench",
    SHOPIFY_APP_URL: `http://perennial.localhost:${ports.devShop}`,
    TOKEN_ENCRYPTION_KEY: KEY,
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    DEV_SHOP_URL: origin,
    DEV_SHOP_PORT: String(ports.devShop),
    DEV_SHOP_SMTP_PORT: String(ports.smtp),
    DEV_SHOP_SCENARIOS: "hudpleie",
    DEV_SHOP_NOW: now,
  };
  const children: Child[] = [];
  const start = async (what: string, args: string[], databaseUrl: string, ready: (line: string) => boolean) => {
    const log = path.join(root, `.data/bench-${name}-${what}.log`);
    children.push(await startChild(log, args, { ...env, DATABASE_URL: databaseUrl }, ready));
  };
  const stop = async () => {
    for (const child of children.reverse()) await child.end("SIGTERM");
    await database.stop();
  };
  const route = ["--import", "./tests/dev-shop/register.mjs"];
  try {
    await start("stand-in", ["--import", "tsx", "tests/dev-shop/main.ts"], "", (line) =>
      line.startsWith("dev-shop ready"),
    );
    await start("worker", [...route, "--import", "tsx", "app/worker.server.ts"], database.url, (line) =>
      line.includes('"worker ready"'),
    );
    await start("web", [...route, "--import", "tsx", "app/server.server.ts"], database.url, (line) =>
      line.includes('"web ready"'),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    origin,
    control: (shop) => new Control(origin, shop),
    stop,
    token: async (shop) => {
      const session = `offline_${shop}.myshopify.com`;
      const { rows } = await database.client.query<{ accessToken: string }>(
        `SELECT "accessToken" FROM "Session" WHERE id = $1`,
        [session],
      );
      const sealed = rows[0]?.accessToken;
      if (!sealed) throw new Error(`The app has no token of ${shop}.`);
      return encryption(KEY).decrypt(sealed, `${session}:access`);
    },
  };
}
