import { randomUUID } from "node:crypto";
import type { DevShop } from "../dev-shop";
import type { World } from "../world";
import { copyAppTables, readAppCopy, returnAppTables } from "./app-database";
import { HttpRefusal } from "./express-tools";

/** The moment to which `reset` returns the app's database: after its start, before its first install. */
const BASELINE = "baseline";

/** Moments of both sides: the world, and every row of the app's database when it is known. */
export class Snapshots {
  private readonly worlds = new Map<string, string>();

  constructor(
    private readonly devShop: DevShop,
    /** Called when the world has been replaced by an earlier one. */
    private readonly onReplaced: () => void,
  ) {}

  /** Keeps this moment; answers its id. */
  async keep(id: string = randomUUID().replaceAll("-", "").slice(0, 12)): Promise<string> {
    const text = JSON.stringify(this.devShop.world);
    const { appDatabaseUrl } = this.devShop.config;
    if (appDatabaseUrl !== null) await copyAppTables(appDatabaseUrl, id, text);
    this.worlds.set(id, text);
    return id;
  }

  /** Returns both sides to a kept moment. */
  async restore(id: string): Promise<void> {
    const { appDatabaseUrl } = this.devShop.config;
    if (!/^[a-z0-9]{1,32}$/.test(id)) throw new HttpRefusal(400, "That is not the id of a snapshot.");
    const text = this.worlds.get(id) ?? (appDatabaseUrl === null ? null : await readAppCopy(appDatabaseUrl, id));
    if (text === null || text === undefined) {
      throw new HttpRefusal(404, `There is no snapshot "${id}".`);
    }
    if (appDatabaseUrl !== null) await returnAppTables(appDatabaseUrl, id);
    this.replaceWorld(JSON.parse(text) as World);
  }

  /** Keeps the app's empty database before the first install, once. */
  async keepBaseline(): Promise<void> {
    const { appDatabaseUrl } = this.devShop.config;
    if (appDatabaseUrl === null || (await readAppCopy(appDatabaseUrl, BASELINE)) !== null) return;
    await copyAppTables(appDatabaseUrl, BASELINE, JSON.stringify(this.devShop.world));
  }

  /** Starts over: a world as new, and the app's database as it was before its first install. */
  async reset(freshWorld: World): Promise<void> {
    const { appDatabaseUrl } = this.devShop.config;
    if (appDatabaseUrl !== null && (await readAppCopy(appDatabaseUrl, BASELINE)) !== null) {
      await returnAppTables(appDatabaseUrl, BASELINE);
    }
    this.replaceWorld(freshWorld);
  }

  private replaceWorld(world: World): void {
    this.devShop.world = world;
    this.onReplaced();
  }
}
