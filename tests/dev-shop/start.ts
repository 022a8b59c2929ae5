import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { dirname, join } from "node:path";
import { existsSync } from "node:fs";
import { handleAdminApi } from "./admin-api";
import { accountsRouter } from "./customer-accounts";
import type { DevShop } from "./dev-shop";
import { nextEventAt, runDueEvents } from "./domain";
import { readAppConfig } from "./hosts/app-config";
import { Clock } from "./hosts/clock";
import type { Hosts } from "./hosts/context";
import { Holds } from "./hosts/control-hold";
import { HttpRefusal } from "./hosts/express-tools";
import { startMailServer } from "./hosts/mail";
import { createHostServer } from "./hosts/server";
import { shellHost } from "./hosts/shell-host";
import { shopifyHost } from "./hosts/shopify-host";
import { Snapshots } from "./hosts/snapshots";
import { readStateFile, StateFile } from "./hosts/state-file";
import { WebhookSender } from "./hosts/webhooks";
import { storefrontRouter } from "./storefront";
import { createWorld, type Instant, type Shop, type World } from "./world";

export interface DevShopOptions {
  /** 0 takes any free port. */
  port?: number;
  /** 0 takes any free port. */
  smtpPort?: number;
  /** Where the app's web process listens. */
  appOrigin: string;
  apiKey?: string;
  apiSecret?: string;
  /** Repository root; the one this file lies in unless given. */
  root?: string;
  stateFile?: string | null;
  appDatabaseUrl?: string | null;
  /** Names of files in scenarios/; one may stand more than once only under different shop names. */
  scenarios?: readonly string[];
  /** Passed to every scenario ({subscribers: 30}). */
  scenarioOptions?: Record<string, unknown>;
  now?: Instant;
}

export interface RunningDevShop {
  devShop: DevShop;
  /** "http://localhost:4000": admin shell and control page. */
  origin: string;
  /** Saves the state file, if there is one, and closes every port. */
  stop(): Promise<void>;
}

type Scenario = (world: World, options: Record<string, unknown>) => Shop;

/** The key that only the demo's app has; register.mjs reroutes nothing for any other. */
export const DEMO_API_KEY = "0123456789abcdef0123456789abcdef";
export const DEMO_API_SECRET = "shpss_demo_secret_of_the_stand_in";

const HERE = dirname(fileURLToPath(import.meta.url));

/**
 * Starts the stand-in Shopify in this process. Resolves when every host answers. Rejects with one sentence when the
 * port is in use, a scenario does not exist, the TOML is wrong or the state file is damaged.
 */
export async function startDevShop(options: DevShopOptions): Promise<RunningDevShop> {
  const root = options.root ?? join(HERE, "../..");
  const stateFile = options.stateFile ?? null;
  const app = readAppConfig(root);
  const devShop: DevShop = {
    world: (stateFile === null ? null : readStateFile(stateFile)) ?? createWorld(options.now ?? todayAtEleven()),
    config: {
      port: options.port ?? 4000,
      smtpPort: options.smtpPort ?? 0,
      appOrigin: options.appOrigin,
      tunnelOrigin: "",
      apiKey: options.apiKey ?? DEMO_API_KEY,
      apiSecret: options.apiSecret ?? DEMO_API_SECRET,
      app,
      root,
      stateFile,
      appDatabaseUrl: options.appDatabaseUrl ?? null,
    },
    changed: () => undefined,
  };
  const scenarios = options.scenarios ?? [];
  const fill = async (world: World): Promise<void> => {
    for (const name of scenarios) {
      if (!world.shops[name]) await playScenario(world, name, options.scenarioOptions ?? {});
    }
  };
  await fill(devShop.world);

  const webhooks = new WebhookSender(devShop);
  const clock = new Clock({
    devShop,
    webhooks,
    nextEventAt: () => nextEventAt(devShop.world),
    runDueEvents: () => runDueEvents(devShop.world),
  });
  const snapshots = new Snapshots(devShop, () => {
    webhooks.reload();
    clock.announce();
  });
  const hosts: Hosts = {
    devShop,
    clock,
    webhooks,
    snapshots,
    holds: new Holds(),
    shellOrigin: "",
    startOver: async () => {
      hosts.holds.release();
      const fresh = createWorld(options.now ?? todayAtEleven());
      await fill(fresh);
      await snapshots.reset(fresh);
    },
    addShop: async (scenario, given = {}) => {
      const name = given.name ?? scenario;
      if (devShop.world.shops[name]) throw new HttpRefusal(409, `There is a shop called "${name}" already.`);
      return playScenario(devShop.world, scenario, { ...options.scenarioOptions, ...given });
    },
  };
  const file =
    stateFile === null
      ? null
      : new StateFile(
          stateFile,
          () => devShop.world,
          () => clock.settling,
        );
  devShop.changed = () => {
    file?.changed();
    deliverSoon(hosts);
  };

  const server = createHostServer(hosts, {
    shopify: shopifyHost(
      devShop,
      (shop, request) => handleAdminApi(devShop, shop, request),
      hosts.holds,
      () => {
        clock.mutations += 1;
        devShop.changed();
      },
    ),
    shell: shellHost(hosts),
    storefront: storefrontRouter(devShop),
    accounts: accountsRouter(devShop),
  });
  await listen(server, devShop.config.port, "127.0.0.1");
  const { port } = server.address() as AddressInfo;
  devShop.config.port = port;
  devShop.config.tunnelOrigin = `http://${app.handle}.localhost:${port}`;
  hosts.shellOrigin = `http://localhost:${port}`;
  const server6 = await alsoOnIpv6(server, port);
  const mail = await startMailServer(devShop);
  deliverSoon(hosts);

  return {
    devShop,
    origin: hosts.shellOrigin,
    stop: async () => {
      await mail.stop();
      await Promise.all([server, server6].map(close));
      file?.close();
    },
  };
}

/** Outside a settle webhooks leave at once, and the app's processes are told, so that they act on them at once. */
function deliverSoon({ clock, webhooks, devShop }: Hosts): void {
  setImmediate(() => {
    if (clock.settling) return;
    const due = nextEventAt(devShop.world);
    if (due !== null && Date.parse(due) <= Date.parse(devShop.world.now)) runDueEvents(devShop.world);
    if (!webhooks.hasDue()) return;
    void webhooks.deliverDue().then((tries) => {
      if (tries > 0 && !clock.settling) clock.announce();
    });
  });
}

async function playScenario(world: World, name: string, options: Record<string, unknown>): Promise<Shop> {
  const path = join(HERE, "scenarios", `${name}.ts`);
  if (!/^[a-z0-9-]+$/.test(name) || !existsSync(path)) {
    throw new HttpRefusal(404, `There is no demo shop called "${name}".`);
  }
  const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { default?: unknown };
  if (typeof module.default !== "function") throw new Error(`scenarios/${name}.ts has no default function.`);
  return (module.default as Scenario)(world, options);
}

const todayAtEleven = (): Instant => `${new Date().toISOString().slice(0, 10)}T11:00:00.000Z`;

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is in use: stop what listens there, or choose another with DEV_SHOP_PORT.`)
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
}

/** Some browsers try ::1 first for names under localhost; a machine without IPv6 does without. */
async function alsoOnIpv6(server: Server, port: number): Promise<Server | null> {
  const { createServer } = await import("node:http");
  const second = createServer((request, response) => server.emit("request", request, response));
  return listen(second, port, "::1").then(
    () => second,
    () => null,
  );
}

function close(server: Server | null): Promise<void> {
  return new Promise((resolve) => {
    if (!server) {
      resolve();
      return;
    }
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
