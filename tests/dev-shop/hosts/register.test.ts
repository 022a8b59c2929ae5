import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_API_KEY } from "../start";
import { startTinyApp, type TinyApp } from "./test-kit";

const REGISTER = fileURLToPath(new URL("../register.mjs", import.meta.url));
let standIn: TinyApp;

beforeAll(async () => {
  standIn = await startTinyApp();
});
afterAll(() => standIn.stop());

/** Runs a line of code in a process that loads register.mjs first. */
function run(code: string, env: Record<string, string>): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", REGISTER, "--input-type=module", "-e", code], {
      env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "test", ...env },
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("close", (status) => resolve({ status, output }));
  });
}

const good = (): Record<string, string> => ({
  DEMO: "1",
  DEV_SHOP_URL: standIn.origin,
  SHOPIFY_API_KEY: DEMO_API_KEY,
});

test("a call to a shop's host arrives at the stand-in with the host it was meant for", async () => {
  const { output } = await run(
    `const r = await fetch("https://proving.myshopify.com/admin/api/2026-07/graphql.json", {method: "POST", headers: {"x-one": "1"}, body: "{}"}); console.log(r.status)`,
    good(),
  );
  expect(output.trim()).toBe("200");
  const call = standIn.received.at(-1);
  expect(call?.headers["x-dev-shop-original-host"]).toBe("proving.myshopify.com");
  expect(call?.headers["x-one"]).toBe("1");
  expect(call?.path).toBe("/admin/api/2026-07/graphql.json");
});

test("calls to other hosts are left alone", async () => {
  const { output } = await run(`const r = await fetch("${standIn.origin}/other"); console.log(r.status)`, good());
  expect(output.trim()).toBe("200");
  expect(standIn.received.at(-1)?.headers["x-dev-shop-original-host"]).toBeUndefined();
});

test.each([
  ["without DEMO=1", { DEMO: "" }, "DEMO=1"],
  ["for a target that is not on this machine", { DEV_SHOP_URL: "http://192.0.2.1:4000" }, "not on this machine"],
  ["without a target", { DEV_SHOP_URL: "" }, "DEV_SHOP_URL must say"],
  ["with a real app's key", { SHOPIFY_API_KEY: "a-real-one" }, "not the demo's key"],
])("%s the process refuses to start, in a clear sentence", async (_name, change, sentence) => {
  const { status, output } = await run("console.log('ran')", { ...good(), ...change });
  expect(status).not.toBe(0);
  expect(output).toContain(sentence);
  expect(output).not.toContain("ran\n");
});
