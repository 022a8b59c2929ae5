import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import pg from "pg";
import { afterAll, expect, test } from "vitest";

import { copyFolder, startPostgres } from "./embedded-postgres";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "perennial-test-"));
const options = { dataDir: path.join(folder, "postgres"), durable: true };
afterAll(async () => {
  const server = await startPostgres(options);
  await server.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<Row>(sql);
  await client.end();
  return rows;
}

test("starts in a folder that only its owner may enter, keeps what was acknowledged through a kill -9, and is adopted by the next start", async () => {
  expect(fs.statSync(folder).mode & 0o077).toBe(0);
  const first = await startPostgres(options);
  await first.ensureDatabase("kept");
  await query(first.url("kept"), "CREATE TABLE note (text text); INSERT INTO note VALUES ('Blåbær')");
  const [server] = await query<{ pid: string }>(
    first.url("kept"),
    "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid",
  );
  process.kill(Number(server?.pid), "SIGKILL");

  const second = await startPostgres(options);
  expect(await query(second.url("kept"), "SELECT text FROM note WHERE lower(text) = 'blåbær'")).toEqual([
    { text: "Blåbær" },
  ]);
  const third = await startPostgres(options);
  expect(third.url("kept")).toBe(second.url("kept"));
}, 60_000);

test("the copy made for who may not enter the original stands by itself, library links too", () => {
  const original = path.join(folder, "original");
  fs.mkdirSync(original);
  fs.writeFileSync(path.join(original, "libicu.so.60.2"), "library");
  fs.symlinkSync("libicu.so.60.2", path.join(original, "libicu.so.60"));
  const copy = path.join(folder, "copy");
  copyFolder(original, copy);
  fs.rmSync(original, { recursive: true });
  expect(fs.readFileSync(path.join(copy, "libicu.so.60"), "utf8")).toBe("library");
});
