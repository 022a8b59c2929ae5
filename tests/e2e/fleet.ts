import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { startPostgres } from "../../prisma/embedded-postgres";
import { freePort } from "../dev-shop/demo/ports";
import { startDemo } from "../dev-shop/demo/start-demo";
import type { Demo } from "../dev-shop/demo/start-demo";
import { FaultProxy } from "./fault-proxy";

export const root = path.resolve(import.meta.dirname, "../..");

const ROUTE = ["--import", "./tests/dev-shop/register.mjs"];
const WORKER = [...ROUTE, "--import", "tsx", "app/worker.server.ts"];
const WEB = [...ROUTE, "--import", "tsx", "app/server.server.ts"];
const DATABASE = "perennial_fleet";

export interface FleetOptions {
  /** Names the folder of its data, so that two files may run side by side. */
  name: string;
  now: string;
  /** Zone of the embedded server's sessions. */
  timeZone?: string;
  /** A server of somebody else's, and an empty database on it; default: an embedded one of its own. */
  databaseUrl?: string;
}

/** The app as many processes on one database, each of which a test may kill, behind a line that it may cut. */
export class Fleet {
  private readonly children = new Set<ChildProcess>();

  private constructor(
    readonly demo: Demo,
    readonly port: number,
    /** The web that the stand-in calls. */
    readonly appPort: number,
    /** The database itself, past the proxy. */
    readonly databaseUrl: string,
    readonly proxy: FaultProxy,
    private readonly logFile: string,
    private readonly stopDatabase: () => Promise<void>,
  ) {}

  /** A database, a line to it, the stand-in, and one worker and one web. */
  static async start({ name, now, timeZone, databaseUrl: given }: FleetOptions): Promise<Fleet> {
    const dataDir = path.join(root, ".data", name);
    const server = given
      ? null
      : await startPostgres({
          dataDir: path.join(dataDir, "postgres"),
          durable: false,
          ...(timeZone ? { timeZone } : {}),
        });
    await server?.ensureDatabase(DATABASE);
    const databaseUrl = given ?? server?.url(DATABASE) ?? "";
    const target = new URL(databaseUrl);
    const proxy = await FaultProxy.start({ host: target.hostname, port: Number(target.port || 5432) });
    const proxied = new URL(databaseUrl);
    [proxied.hostname, proxied.port] = ["127.0.0.1", String(proxy.port)];
    const ports = { app: await freePort(), devShop: await freePort(), smtp: await freePort() };
    const stopDatabase = async () => {
      await proxy.stop();
      await server?.stop();
    };
    try {
      // Given up within seconds here, but not before a pool closes what it does not need (10 s).
      process.env.DATABASE_TIMEOUT_SECONDS = "12";
      const demo = await startDemo({
        root,
        dataDir,
        scenarios: ["kaffebonna"],
        fresh: true,
        ports,
        now,
        databaseUrl: proxied.href,
        progress: () => undefined,
        // Ends here are meant.
        onUnexpectedEnd: () => undefined,
      });
      const log = path.join(dataDir, "logs", "fleet.log");
      fs.rmSync(log, { force: true });
      return new Fleet(demo, ports.devShop, ports.app, databaseUrl, proxy, log, stopDatabase);
    } catch (error) {
      await stopDatabase();
      throw error;
    }
  }

  /** One more worker. @returns its process id, once it is ready */
  worker(): Promise<number> {
    return this.run(WORKER, {}, "worker ready");
  }

  /** One more web. @returns its process id, once it answers on `port` */
  async web(port: number): Promise<number> {
    const pid = await this.run(WEB, { PORT: String(port) }, "web ready");
    // What a request needs is made at the first one.
    await fetch(`http://127.0.0.1:${port}/webhooks`);
    return pid;
  }

  private run(args: string[], env: Record<string, string>, ready: string): Promise<number> {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...this.demo.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.children.add(child);
    const log = fs.createWriteStream(this.logFile, { flags: "a" });
    return new Promise((resolve, reject) => {
      const read = (chunk: Buffer) => {
        log.write(chunk);
        if (chunk.toString().includes(ready)) resolve(child.pid ?? 0);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("exit", (code) => {
        this.children.delete(child);
        reject(new Error(`${args.join(" ")} ended with ${code ?? "a signal"}`));
      });
    });
  }

  async stop(): Promise<void> {
    this.proxy.recover();
    await Promise.all(
      [...this.children].map((child) => {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        return ended;
      }),
    );
    await this.demo.stop();
    await this.stopDatabase();
  }
}

/** `kill -9`; resolves when the process is gone. */
export async function killHard(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A killed child is there until its parent has taken note. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
