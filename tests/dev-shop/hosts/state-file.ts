import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { World } from "../world";

/** Real milliseconds of quiet before the world is written; a kill in between loses no more than this. */
const DEBOUNCE_MS = 1000;

/** Keeps the world on disk between runs. Written beside the file and moved into place, so it is never half there. */
export class StateFile {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly path: string,
    private readonly world: () => World,
    /** While this answers true writing waits: a settle changes the world thousands of times. */
    private readonly isBusy: () => boolean,
  ) {}

  changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.isBusy()) this.changed();
      else this.write();
    }, DEBOUNCE_MS);
  }

  /** Writes what is waiting to be written, and no more after it. */
  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.write();
  }

  private write(): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const temporary = `${this.path}.writing`;
    writeFileSync(temporary, JSON.stringify(this.world()));
    renameSync(temporary, this.path);
  }
}

/** The world of a state file, null when there is none. Throws one sentence when the file is damaged. */
export function readStateFile(path: string): World | null {
  if (!existsSync(path)) return null;
  try {
    const world: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isWorld(world)) return world;
  } catch {
    // The sentence below says it better than a parser's message.
  }
  throw new Error(`The stand-in's state file ${path} is damaged: delete it (or start with --fresh) to begin again.`);
}

const isWorld = (value: unknown): value is World =>
  typeof value === "object" &&
  value !== null &&
  "now" in value &&
  typeof value.now === "string" &&
  "shops" in value &&
  typeof value.shops === "object" &&
  "settings" in value;
