import pg from "pg";
import { afterEach, describe, expect, test, vi } from "vitest";

import { testDb } from "../tests/db";
import { FaultProxy } from "../tests/e2e/fault-proxy";
import { assertUtc, createDb } from "./db.server";

const SHOP = {
  domain: "zone.myshopify.com",
  name: "Zone",
  email: "zone@example.com",
  currencyCode: "NOK",
  timeZone: "Europe/Oslo",
};

describe("time zone of the database", async () => {
  const { url } = await testDb();

  test("an instant is stored as that instant on a server whose own zone is Oslo", async () => {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    await client.connect();
    await client.query(
      `ALTER DATABASE ${client.escapeIdentifier(new URL(url).pathname.slice(1))} SET timezone = 'Europe/Oslo'`,
    );
    const db = createDb(url);
    const installedAt = new Date("2026-07-01T12:00:00Z");
    await db.shop.create({ data: { id: "0197b0a0-0000-7000-8000-000000000001", ...SHOP, installedAt } });

    const { rows } = await client.query<{ epoch: string }>(
      `SELECT extract(epoch FROM "installedAt") AS epoch FROM "Shop"`,
    );
    expect(Number(rows[0]?.epoch) * 1000).toBe(installedAt.getTime());
    expect((await db.shop.findFirstOrThrow()).installedAt).toEqual(installedAt);
    await expect(assertUtc(db)).resolves.toBeUndefined();
    await db.$disconnect();
    await client.end();
  });

  test("a connection that does not run in UTC stops the start with a sentence that says what to do", async () => {
    const db = createDb(url);
    await db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL TimeZone = 'Europe/Oslo'`;
      await expect(assertUtc(tx as typeof db)).rejects.toThrow(/Europe\/Oslo.*ALTER ROLE/s);
    });
    await db.$disconnect();
  });
});

describe("a broken line to the database", async () => {
  const { url } = await testDb();
  afterEach(() => vi.unstubAllEnvs());

  const throughProxy = async () => {
    vi.stubEnv("DATABASE_TIMEOUT_SECONDS", "1");
    const there = new URL(url);
    const proxy = await FaultProxy.start({ host: there.hostname, port: Number(there.port) });
    there.port = String(proxy.port);
    const db = createDb(there.href);
    return { proxy, db, ask: () => db.$queryRaw<{ n: number }[]>`SELECT 1 AS n` };
  };

  test("a connection that was reset is replaced by the next one", async () => {
    const { proxy, db, ask } = await throughProxy();
    await ask();
    proxy.reset();
    await ask().catch(() => undefined);
    expect(await ask()).toEqual([{ n: 1 }]);
    await db.$disconnect();
    await proxy.stop();
  });

  test("a statement, and a transaction, that a silent server never answers fail, and keep no place of the pool", async () => {
    const { proxy, db, ask } = await throughProxy();
    await ask();
    const transactions = Array.from({ length: 12 }, () =>
      db.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT 1`;
        if (!proxy.isSilent) proxy.fallSilent();
        await tx.$queryRaw`SELECT 2`;
      }),
    );
    const ended = await Promise.allSettled([...transactions, ask()]);
    expect(ended.map(({ status }) => status)).toEqual(Array.from({ length: 13 }, () => "rejected"));
    proxy.recover();
    expect(await ask()).toEqual([{ n: 1 }]);
    await db.$disconnect();
    await proxy.stop();
  });

  test("a transaction of a process that has vanished does not hold its locks for ever", async () => {
    const db = createDb(url);
    const [row] = await db.$queryRaw<{ idle: string; keepalive: string }[]>`
      SELECT current_setting('idle_in_transaction_session_timeout') AS idle,
             current_setting('tcp_keepalives_idle') AS keepalive`;
    expect(row).toEqual({ idle: "1min", keepalive: "30" });
    await db.$disconnect();
  });
});
