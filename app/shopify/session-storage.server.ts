import { Session } from "@shopify/shopify-api";
import type { SessionStorage } from "@shopify/shopify-app-session-storage";

import type { Db } from "~/db.server";
import type { Session as SessionRow } from "~/generated/prisma/client";

import type { Encryption } from "./encryption.server";

/** Shopify's sessions in our own table, with both tokens encrypted. (The published adapter does not know Prisma 7.) */
export class PrismaSessionStorage implements SessionStorage {
  constructor(
    private readonly db: Db,
    private readonly encryption: Encryption,
  ) {}

  async storeSession(session: Session): Promise<boolean> {
    const seal = (value: string | undefined, field: string) =>
      value ? this.encryption.encrypt(value, `${session.id}:${field}`) : null;
    const row: SessionRow = {
      id: session.id,
      shop: session.shop,
      state: session.state,
      isOnline: session.isOnline,
      scope: session.scope ?? null,
      expires: session.expires ?? null,
      accessToken: seal(session.accessToken, "access"),
      refreshToken: seal(session.refreshToken, "refresh"),
      refreshTokenExpires: session.refreshTokenExpires ?? null,
      userId: session.onlineAccessInfo ? String(session.onlineAccessInfo.associated_user.id) : null,
    };
    await this.db.session.upsert({ where: { id: row.id }, create: row, update: row });
    return true;
  }

  async loadSession(id: string): Promise<Session | undefined> {
    const row = await this.db.session.findUnique({ where: { id } });
    return row ? this.read(row) : undefined;
  }

  async deleteSession(id: string): Promise<boolean> {
    return this.deleteSessions([id]);
  }

  async deleteSessions(ids: string[]): Promise<boolean> {
    await this.db.session.deleteMany({ where: { id: { in: ids } } });
    return true;
  }

  async findSessionsByShop(shop: string): Promise<Session[]> {
    const rows = await this.db.session.findMany({ where: { shop } });
    return rows.flatMap((row) => this.read(row) ?? []);
  }

  /** A session whose tokens can't be read (another key) counts as none: the merchant's next visit makes a new one. */
  private read(row: SessionRow): Session | undefined {
    try {
      const open = (value: string | null, field: string) =>
        value ? this.encryption.decrypt(value, `${row.id}:${field}`) : undefined;
      return new Session({
        id: row.id,
        shop: row.shop,
        state: row.state,
        isOnline: row.isOnline,
        scope: row.scope ?? undefined,
        expires: row.expires ?? undefined,
        accessToken: open(row.accessToken, "access"),
        refreshToken: open(row.refreshToken, "refresh"),
        refreshTokenExpires: row.refreshTokenExpires ?? undefined,
      });
    } catch {
      return undefined;
    }
  }
}
