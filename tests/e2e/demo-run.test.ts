import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import pg from "pg";
import { afterAll, describe, expect, inject, test } from "vitest";

import { freePort } from "../dev-shop/demo/ports";

/** `npm run demo` as a newcomer meets it, when something is wrong and when all is well. */

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, ".data", `demo-run-${process.pid}`);
fs.mkdirSync(folder, { recursive: true });
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

interface Run {
  args?: string[];
  env?: Record<string, string>;
  cwd?: string;
}

async function launch({ args = [], env = {}, cwd = root }: Run) {
  const ports = { app: await freePort(), devShop: await freePort(), smtp: await freePort() };
  const child = spawn(process.execPath, ["tests/dev-shop/demo/run.mjs", ...args], {
    cwd,
    env: {
      ...process.env,
      DATABASE_URL: "",
      PORT: String(ports.app),
      DEV_SHOP_PORT: String(ports.devShop),
      DEV_SHOP_SMTP_PORT: String(ports.smtp),
      DEMO_DATA_DIR: path.join(folder, "none"),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return { child, said, ended, ports };
}

const data = (name: string, files: Record<string, string> = {}): string => {
  const at = path.join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(at, file)), { recursive: true });
    fs.writeFileSync(path.join(at, file), text);
  }
  return at;
};

/** The project without its packages, or with some of them. */
function copyWithPackages(name: string, packages: string[]): string {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), `perennial-${name}-`));
  for (const part of ["tests/dev-shop/demo", "tests/dev-shop/scenarios", "prisma", "package.json", "tsconfig.json"]) {
    fs.cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
  }
  fs.mkdirSync(path.join(copy, "node_modules"));
  for (const each of packages) {
    fs.symlinkSync(path.join(root, "node_modules", each), path.join(copy, "node_modules", each));
  }
  afterAll(() => fs.rmSync(copy, { recursive: true, force: true }));
  return copy;
}

describe("npm run demo says in one sentence", () => {
  test.each<[string, () => Run, RegExp]>([
    [
      "which port is in use and how to choose another",
      () => ({ env: { PORT: String(inject("demo").appPort) } }),
      /^Port \d+ \(the app\) is in use\. .*PORT=\d+ npm run demo$/,
    ],
    [
      "which shops there are",
      () => ({ args: ["--shop", "ukjent"] }),
      /^There is no demo shop "ukjent"\. There is: .*kaffebonna/,
    ],
    ["which option it does not know", () => ({ args: ["--frsh"] }), /--frsh/],
    [
      "that the data folder holds no database",
      () => ({ env: { DEMO_DATA_DIR: data("garbage", { "postgres/PG_VERSION": "tull" }) } }),
      /embedded PostgreSQL|database can't be used/,
    ],
    [
      "that the database can't be reached",
      () => ({ env: { DATABASE_URL: "postgresql://nobody@127.0.0.1:1/nothing", DEMO_DATA_DIR: data("unreachable") } }),
      /^The demo's database can't be used: .*ECONNREFUSED/,
    ],
    [
      "that DATABASE_URL is no address",
      () => ({ env: { DATABASE_URL: "tull", DEMO_DATA_DIR: data("no-address") } }),
      /DATABASE_URL|database can't be used/,
    ],
    [
      "that the stand-in's state is damaged",
      () => ({
        env: { DATABASE_URL: inject("demo").databaseUrl, DEMO_DATA_DIR: data("damaged", { "shopify.json": "{nei" }) },
      }),
      /shopify\.json is damaged/,
    ],
    [
      "that the packages are not installed",
      () => ({ cwd: copyWithPackages("bare", []) }),
      /^The project's packages are not installed here\. Run: npm ci$/,
    ],
    [
      "which package is missing",
      () => ({ cwd: copyWithPackages("half", ["tsx"]) }),
      /^A package is missing \(pg\)\. Run: npm ci$/,
    ],
  ])("%s", async (_what, run, sentence) => {
    const { said, ended } = await launch(run());
    expect({ code: await ended, out: said.out }).toMatchObject({ code: 1 });
    const lines = said.err.split("\n").filter((line) => line.trim() !== "");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(sentence);
  });
});

describe("a second run", () => {
  const dataDir = path.join(folder, "kept");

  const untilReady = async ({ child, said, ended }: Awaited<ReturnType<typeof launch>>) => {
    const exited = ended.then(() => "exited");
    const ready = new Promise<string>((resolve) => {
      child.stdout.on("data", () => {
        if (said.out.includes("Ctrl-C stops everything")) resolve("ready");
      });
    });
    if ((await Promise.race([ready, exited])) !== "ready") throw new Error(`${said.out}\n${said.err}`);
  };
  const control = async <Answer>(port: number, pathname: string, body?: object): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}/_control${pathname}`, {
      method: body ? "POST" : "GET",
      headers: { "Content-Type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as Answer;
  };
  const listens = (port: number) =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  const postmaster = () => {
    const lines = fs.readFileSync(path.join(dataDir, "postgres/postmaster.pid"), "utf8").split("\n");
    return { port: Number(lines[3]) };
  };
  const mirrored = async (contractId: string) => {
    const client = new pg.Client({
      connectionString: `postgresql://perennial@127.0.0.1:${postmaster().port}/perennial_demo`,
    });
    await client.connect();
    const { rowCount } = await client.query(`SELECT 1 FROM "SubscriptionContract" WHERE "shopifyId" = $1`, [
      `gid://shopify/SubscriptionContract/${contractId}`,
    ]);
    await client.end();
    return rowCount;
  };

  test("finds what was done in the first, and Ctrl-C leaves nothing running", async () => {
    const first = await launch({ env: { DEMO_DATA_DIR: dataDir } });
    await untilReady(first);
    const { items } = await control<{ items: { lines: { variantId: string; sellingPlanId: string }[] }[] }>(
      first.ports.devShop,
      "/contracts?limit=1",
    );
    const [line] = items[0]?.lines ?? [];
    const made = await control<{ contractIds: string[] }>(first.ports.devShop, "/subscribe", {
      customer: "kari.nordby@example.com",
      lines: [{ variantId: line?.variantId, sellingPlanId: line?.sellingPlanId, quantity: 1 }],
    });
    const contractId = made.contractIds[0] ?? "";
    const state = await control<{ now: string }>(first.ports.devShop, "/clock", { advance: "P1D", settle: true });
    expect(await mirrored(contractId)).toBe(1);
    first.child.kill("SIGINT");
    expect(await first.ended).toBe(0);
    for (const port of Object.values(first.ports)) expect(await listens(port)).toBe(false);
    expect(fs.existsSync(path.join(dataDir, "postgres/postmaster.pid"))).toBe(false);

    const second = await launch({ env: { DEMO_DATA_DIR: dataDir } });
    await untilReady(second);
    expect(await control(second.ports.devShop, "/state")).toMatchObject({ now: state.now });
    const again = await control<{ items: { id: string }[] }>(second.ports.devShop, "/contracts?limit=1000");
    expect(again.items.map(({ id }) => id)).toContain(contractId);
    expect(await mirrored(contractId)).toBe(1);
    second.child.kill("SIGINT");
    expect(await second.ended).toBe(0);
  });

  test("that is stopped while it starts leaves nothing running either", async () => {
    const run = await launch({ env: { DEMO_DATA_DIR: dataDir } });
    await expect.poll(() => run.said.out, { timeout: 20_000 }).toContain("Starting the worker");
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(0);
    for (const port of Object.values(run.ports)) expect(await listens(port)).toBe(false);
    expect(fs.existsSync(path.join(dataDir, "postgres/postmaster.pid"))).toBe(false);
  });
});
