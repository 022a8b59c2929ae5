import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import http from "node:http";
import path from "node:path";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { freePort } from "../dev-shop/demo/ports";
import { useDatabase } from "./database";
import { DemoClient } from "./demo";
import type { Attempt, Contract, Order } from "./demo";

/** The app as it is deployed when one machine is not enough: two workers and two webs on one database. */

const demo = new DemoClient();
const database = useDatabase();
const root = path.resolve(import.meta.dirname, "../..");
const { env, appPort } = inject("demo");
const SUBSCRIBERS = 20;
const running: ChildProcess[] = [];
let secondPort = 0;
const ours: string[] = [];

const startWeb = (port: number) => start(["--import", "tsx", "app/server.server.ts"], port, '"web ready"');

/** What the processes have said. */
let said = "";

function start(args: string[], port: number, ready: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "./tests/dev-shop/register.mjs", ...args], {
    cwd: root,
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    process.stderr.write(chunk);
  });
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (chunk.toString().includes(ready)) resolve(child);
    });
    child.on("exit", (code) => reject(new Error(`${args.join(" ")} ended with ${code}`)));
  });
}

beforeAll(async () => {
  secondPort = await freePort();
  await Promise.all([
    start(["--import", "tsx", "app/worker.server.ts"], secondPort, "worker ready"),
    startWeb(secondPort),
  ]);
  const health = await fetch(`http://127.0.0.1:${secondPort}/health`);
  expect(health.status).toBe(200);
});

afterAll(async () => {
  await Promise.all(
    running.map((child) => {
      if (child.exitCode !== null) return;
      child.removeAllListeners("exit");
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      return ended;
    }),
  );
});

/** One delivery of Shopify's. */
function webhook(eventId: string) {
  const body = JSON.stringify({ id: 1, admin_graphql_api_id: "gid://shopify/Customer/1" });
  const signature = createHmac("sha256", env["SHOPIFY_API_SECRET"] ?? "").update(body);
  return {
    body,
    headers: {
      "Content-Type": "application/json",
      "X-Shopify-Topic": "customers/update",
      "X-Shopify-Hmac-Sha256": signature.digest("base64"),
      "X-Shopify-Shop-Domain": "kaffebonna.myshopify.com",
      "X-Shopify-Api-Version": "2026-07",
      "X-Shopify-Webhook-Id": randomUUID(),
      "X-Shopify-Event-Id": eventId,
    },
  };
}

test("two workers keep the clock", async () => {
  const { participants } = await demo.get<{ participants: { process: string }[] }>("/clock");
  expect(participants.filter(({ process }) => process === "worker")).toHaveLength(2);
});

test(`${SUBSCRIBERS} renewals due at one moment are charged by both workers together, each exactly once`, async () => {
  // A weekly plan: the shorter the way there, the fewer renewals of others lie on it.
  const weekly = (await demo.list<Contract>("contracts")).find(({ billingCycles: [first, second] }) => {
    const [from, to] = [first, second].map((cycle) => Date.parse(cycle?.billingAttemptExpectedDate ?? ""));
    return Number(to) - Number(from) <= 8 * 86_400_000;
  });
  const line = weekly?.lines[0];
  for (let number = 1; number <= SUBSCRIBERS; number += 1) {
    const { contractIds } = await demo.post<{ contractIds: string[] }>("/subscribe", {
      customer: `person${number}@example.com`,
      lines: [{ variantId: line?.variantId, sellingPlanId: line?.sellingPlanId, quantity: 1 }],
    });
    ours.push(...contractIds);
  }
  await demo.settle();
  const due = await database.rows<{ dueAt: Date; count: string }>(
    `SELECT cycle."dueAt", count(*) FROM "BillingCycle" cycle
     JOIN "SubscriptionContract" contract ON contract.id = cycle."contractId"
     WHERE contract."shopifyId" = ANY($1) AND cycle."cycleIndex" = 1 GROUP BY 1`,
    [ours.map((id) => `gid://shopify/SubscriptionContract/${id}`)],
  );
  expect(due.map(({ count }) => Number(count))).toEqual([SUBSCRIBERS]);

  // Tokens run out at the same moment: whoever renews them must not sign the other process out.
  await demo.post("/tokens/expire");
  await demo.moveTo(new Date((due[0]?.dueAt.getTime() ?? 0) + 3_600_000).toISOString());

  const attempts = (await demo.list<Attempt>("attempts")).filter(
    ({ contractId, cycleIndex }) => ours.includes(contractId) && cycleIndex === 1,
  );
  expect(attempts.map(({ state }) => state)).toEqual(Array.from({ length: SUBSCRIBERS }, () => "Success"));
  expect(new Set(attempts.map(({ contractId }) => contractId)).size).toBe(SUBSCRIBERS);
  const orders = (await demo.list<Order>("orders")).filter(
    ({ contractId, cycleIndex }) => contractId !== null && ours.includes(contractId) && cycleIndex === 1,
  );
  expect(orders).toHaveLength(SUBSCRIBERS);
  expect(
    await database.count(
      `"Charge" charge JOIN "SubscriptionContract" contract ON contract.id = charge."contractId"
       WHERE contract."shopifyId" = ANY($1) AND charge.state = 'PAID' AND charge."cycleIndex" = 1`,
      [ours.map((id) => `gid://shopify/SubscriptionContract/${id}`)],
    ),
  ).toBe(SUBSCRIBERS);
});

test("one webhook that reaches both webs at once is stored once", async () => {
  const eventId = randomUUID();
  const send = async (port: number) => {
    const response = await fetch(`http://127.0.0.1:${port}/webhooks`, { method: "POST", ...webhook(eventId) });
    return response.status;
  };
  const answers = await Promise.all([appPort, secondPort, appPort, secondPort].map(send));
  expect(answers).toEqual([200, 200, 200, 200]);
  expect(await database.count(`"Webhook" WHERE "eventId" = $1`, [eventId])).toBe(1);
});

test("a link's token stands in no log, whether the page is found, refused or fails", async () => {
  const token = randomBytes(32).toString("base64url");
  const before = said.length;
  const paths = [`/proxy/link/${token}?signature=${token}`, `/health?token=${token}`, `/app/${token}`, `/${token}`];
  for (const path of paths) await fetch(`http://127.0.0.1:${secondPort}${path}`, { redirect: "manual" });
  const lines = () => said.slice(before);
  await expect.poll(() => lines().match(/"msg":"request"/g)).toHaveLength(paths.length);
  expect(lines()).toContain('"method":"GET","path":"/proxy/link/…","status":');
  expect(lines()).toContain('"path":"/health","status":200,"ms":');
  expect(lines()).not.toContain(token);
});

test("a web that is told to stop answers what it was asked before, and ends", async () => {
  const port = await freePort();
  const child = await startWeb(port);
  child.removeAllListeners("exit");
  const ended = new Promise((resolve) => child.once("exit", resolve));
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  const eventId = randomUUID();
  const { body, headers } = webhook(eventId);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = { port, path: "/webhooks", method: "POST", headers: { ...headers, Expect: "100-continue" } };
    const request = http.request(asked, ({ statusCode }) => resolve(statusCode));
    request.once("error", reject);
    // The server has the request, and takes no other any more before it gets the rest of it.
    request.once("continue", () => {
      child.kill("SIGTERM");
      expect
        .poll(() => fetch(`http://127.0.0.1:${port}/health`).then(String, () => "refused"))
        .toBe("refused")
        .then(() => request.end(body), reject);
    });
    request.flushHeaders();
  });
  expect(status).toBe(200);
  expect(await ended).toBe(0);
  expect(await database.count(`"Webhook" WHERE "eventId" = $1`, [eventId])).toBe(1);
});

test("the reconcile command has a worker read the shop again, and names a shop that is not there", async () => {
  const run = (domain: string) =>
    new Promise<{ code: number | null; said: string }>((resolve) => {
      const args = ["--import", "./tests/dev-shop/register.mjs", "--import", "tsx", "app/reconcile.server.ts", domain];
      const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.on("exit", (code) => resolve({ code, said }));
    });
  const readAt = async () => {
    const sql = `SELECT "reconciledAt" AS at, "reconcileStartedAt" AS started FROM "Shop" WHERE domain LIKE 'kaffebonna.%'`;
    return (await database.rows<{ at: Date; started: Date | null }>(sql))[0];
  };
  const before = await readAt();
  await demo.advance("PT1M");
  expect(await run("kaffebonna.myshopify.com")).toMatchObject({ code: 0 });
  await expect
    .poll(async () => (await readAt())?.at.getTime(), { timeout: 30_000 })
    .toBeGreaterThan(before?.at.getTime() ?? 0);
  const unknown = await run("nobody.myshopify.com");
  expect(unknown.code).toBe(1);
  expect(unknown.said).toContain("There is no shop nobody.myshopify.com here.");
});
