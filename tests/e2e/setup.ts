import path from "node:path";

import type { TestProject } from "vitest/node";

import { freePort } from "../dev-shop/demo/ports";
import { startDemo } from "../dev-shop/demo/start-demo";

declare module "vitest" {
  interface ProvidedContext {
    demo: {
      origin: string;
      port: number;
      appPort: number;
      databaseUrl: string;
      /** What the app's processes are started with; a test may start one more. */
      env: Record<string, string>;
    };
  }
}

/** A Tuesday morning in Oslo, before the shop's billing hour has come for the day after. */
const START = "2026-12-01T11:00:00Z";

/** The demo of its own, fresh, on free ports: the production build, as a merchant and a shopper meet it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = path.resolve(import.meta.dirname, "../..");
  const ports = { app: await freePort(), devShop: await freePort(), smtp: await freePort() };
  const demo = await startDemo({
    root,
    // Two runs at once in one checkout need a folder each.
    dataDir: path.resolve(root, process.env.E2E_DATA_DIR ?? ".data/e2e"),
    scenarios: ["kaffebonna"],
    fresh: true,
    ports,
    now: START,
    durable: false,
    progress: () => undefined,
    onUnexpectedEnd: (sentence) => {
      console.error(sentence);
    },
  });
  project.provide("demo", {
    origin: demo.origin,
    port: ports.devShop,
    appPort: ports.app,
    databaseUrl: demo.databaseUrl,
    env: demo.env,
  });
  return () => demo.stop();
}
