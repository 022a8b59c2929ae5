import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const SOURCES = ["app", "public", "prisma/schema.prisma", "vite.config.ts", "package-lock.json"];
const STAMP = "build/.sources";

/** Makes the database client and the production build, unless they are those of the present sources. */
export async function ensureBuild(root: string): Promise<"built" | "up to date"> {
  const sources = fingerprint(root);
  const stamp = path.join(root, STAMP);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === sources) return "up to date";
  await run(root, ["prisma/generate.mjs"], "The database client could not be generated");
  await run(root, ["node_modules/@remix-run/dev/dist/cli.js", "vite:build"], "The app could not be built");
  fs.writeFileSync(stamp, fingerprint(root));
  return "built";
}

async function run(root: string, args: string[], sentence: string): Promise<void> {
  await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: "production" },
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stderr?: string; message: string }) => {
    const lines = (error.stderr || error.message).trim().split("\n");
    throw new Error(`${sentence}: ${lines.find((line) => /error/i.test(line)) ?? lines.at(-1)}`);
  });
}

/** What decides whether a build is current; generated files are left out, as building makes them. */
function fingerprint(root: string): string {
  const hash = createHash("sha256");
  const add = (file: string) => {
    const stat = fs.statSync(file);
    if (stat.isDirectory()) {
      for (const name of fs.readdirSync(file).sort()) add(path.join(file, name));
    } else if (!file.includes(`${path.sep}generated${path.sep}prisma`) && !/\.test\.tsx?$/.test(file)) {
      hash.update(path.relative(root, file)).update(fs.readFileSync(file));
    }
  };
  for (const source of SOURCES) if (fs.existsSync(path.join(root, source))) add(path.join(root, source));
  return hash.digest("hex");
}
