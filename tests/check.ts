import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/**
 * `npm run check`: everything but the browser tests; `npm test` (--browser) is that and the browser tests.
 * Ends with the plain line "N passed, N failed": a step counts as one, a test as one.
 */

const root = path.resolve(import.meta.dirname, "..");
const bin = (name: string) => path.join(root, "node_modules/.bin", name);
const cache = path.join(root, ".cache");

interface Step {
  name: string;
  command: string;
  args: string[];
  /** Where the tests' counts are written. */
  report?: string;
}

interface Outcome {
  passed: number;
  failed: number;
}

const node = (...args: string[]) => ({ command: process.execPath, args });
const tests = (project: string): Step => {
  const report = path.join(cache, `${project}.json`);
  return {
    name: project === "e2e" ? "browser tests" : "unit and integration tests",
    ...node(
      bin("vitest"),
      "run",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ),
    report,
  };
};

const generate: Step = { name: "database client", ...node("prisma/generate.mjs") };
/** The longest first, so that none is left over for the end. */
const still: Step[] = [
  { name: "lint", ...node(bin("eslint"), ".", "--cache", "--cache-location", ".cache/eslint") },
  { name: "types", ...node(bin("tsc"), "--noEmit", "-p", ".") },
  // They have elements and globals of their own, so they are checked apart.
  ...["extensions/customer-account", "extensions/customer-account-page", "tests/extensions"].map((folder) => ({
    name: `types of ${folder}`,
    ...node(bin("tsc"), "--noEmit", "-p", folder),
  })),
  { name: "GraphQL documents and their types", ...node(bin("graphql-codegen"), "--config", "codegen.ts", "--check") },
  { name: "dependency rules", ...node(bin("depcruise"), "app", "tests", "--config", ".dependency-cruiser.cjs") },
  {
    name: "formatting",
    ...node(bin("prettier"), "--check", "--log-level", "warn", "--cache", "--cache-location", ".cache/prettier", "."),
  },
  { name: "migrations match the schema", ...node("--import", "tsx", "prisma/check-migrations.ts") },
];

/** The browser tests wait for people's time limits most of the time: whatever else runs takes what they leave. */
const BEHIND = os.constants.priority.PRIORITY_BELOW_NORMAL;

fs.mkdirSync(cache, { recursive: true });
const total: Outcome = { passed: 0, failed: 0 };
const count = ({ passed, failed }: Outcome) => {
  total.passed += passed;
  total.failed += failed;
};

count(await run(generate));
await Promise.all([withoutBrowser(), process.argv.includes("--browser") ? run(tests("e2e")).then(count) : null]);

console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

async function withoutBrowser(): Promise<void> {
  // Two cores: two steps at a time.
  const waiting = [...still];
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) count(await run(step, BEHIND));
  };
  await Promise.all([lane(), lane()]);
  count(await run(tests("checks"), BEHIND));
}

async function run(step: Step, priority?: number): Promise<Outcome> {
  const started = performance.now();
  if (step.report) fs.rmSync(step.report, { force: true });
  const { code, output } = await execute(step, priority);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const tested = step.report ? read(step.report) : null;
  // A run that ends badly without a failed test (a crash, an unhandled rejection) is a failure all the same.
  const failed = code === 0 ? 0 : Math.max(1, tested?.failed ?? 1);
  console.log(
    `${code === 0 ? "✓" : "✗"} ${step.name} (${seconds} s)${tested ? `: ${tested.passed} passed, ${failed} failed` : ""}`,
  );
  if (code !== 0) console.log(output.trimEnd());
  return { passed: tested ? tested.passed : code === 0 ? 1 : 0, failed };
}

function execute({ command, args }: Step, priority?: number): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: process.env });
    if (priority !== undefined && child.pid) os.setPriority(child.pid, priority);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => resolve({ code: 1, output: String(error) }));
    child.on("exit", (code) => resolve({ code: code ?? 1, output }));
  });
}

function read(report: string): Outcome {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(fs.readFileSync(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
    };
    // Nothing is skipped in silence: a skipped test is a failed one.
    return { passed: numPassedTests, failed: numFailedTests + numPendingTests };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
