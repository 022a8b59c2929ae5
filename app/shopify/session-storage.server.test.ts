import { Session } from "@shopify/shopify-api";
import { describe, expect, test } from "vitest";

import { testDb } from "../../tests/db";
import { encryption } from "./encryption.server";
import { PrismaSessionStorage } from "./session-storage.server";

const key = (fill: string) => Buffer.alloc(32, fill).toString("base64");

describe("Shopify's sessions", async () => {
  const { db } = await testDb();
  const storage = new PrismaSessionStorage(db, encryption(key("a")));
  const session = new Session({
    id: "offline_kaffebonna.myshopify.com",
    shop: "kaffebonna.myshopify.com",
    state: "",
    isOnline: false,
    scope: "write_products",
    accessToken: "shpat_secret",
    refreshToken: "shprt_secret",
    expires: new Date("2026-12-01T12:00:00Z"),
    refreshTokenExpires: new Date("2027-03-01T12:00:00Z"),
  });

  test("come back as they were stored", async () => {
    await storage.storeSession(session);
    await storage.storeSession(session);
    expect((await storage.loadSession(session.id))?.toObject()).toEqual(session.toObject());
    expect(await storage.findSessionsByShop(session.shop)).toHaveLength(1);
  });

  test("hold no token in readable form", async () => {
    const row = await db.session.findUniqueOrThrow({ where: { id: session.id } });
    expect(JSON.stringify(row)).not.toContain("secret");
  });

  test("whose key is lost count as none, so that the merchant's next visit signs in anew", async () => {
    const other = new PrismaSessionStorage(db, encryption(key("b")));
    expect(await other.loadSession(session.id)).toBeUndefined();
    expect(await other.findSessionsByShop(session.shop)).toEqual([]);
  });

  test("can't be read under another session's name", async () => {
    const row = await db.session.findUniqueOrThrow({ where: { id: session.id } });
    await db.session.create({ data: { ...row, id: "offline_other.myshopify.com" } });
    expect(await storage.loadSession("offline_other.myshopify.com")).toBeUndefined();
  });
});
