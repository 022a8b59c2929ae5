// Prisma's command line looks for an engine to download before it does anything; generating needs none, so it is
// pointed at a file that exists.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const prisma = path.join(path.dirname(createRequire(import.meta.url).resolve("prisma/package.json")), "build/index.js");
const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, "generate"], {
  encoding: "utf8",
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1" },
});
if (status !== 0) {
  process.stderr.write(`The database client could not be generated.\n${stdout}${stderr}`);
  process.exit(status ?? 1);
}
