import pg from "pg";
import { describe, expect, test } from "vitest";

import { testDb } from "../tests/db";
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
