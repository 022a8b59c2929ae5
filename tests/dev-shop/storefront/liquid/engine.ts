import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Liquid } from "liquidjs";
import type { Template } from "liquidjs";
import { registerFilters } from "./filters";
import { unwrapLiquidError } from "./not-served";
import { registerTags } from "./tags";

/** A page's Liquid may not spin or swell: it is written by apps, too. */
const RENDER_LIMIT_MS = 5_000;

export interface Schema {
  target?: string;
  settings?: { id?: string; type: string; default?: unknown }[];
  stylesheet?: string;
  javascript?: string;
}

interface Parsed {
  modifiedAt: number;
  templates: Template[];
  schema: Schema;
}

const SCHEMA = /\{%-?\s*schema\s*-?%\}([\s\S]*?)\{%-?\s*endschema\s*-?%\}/;

/** Renders the Liquid of one folder (a theme, or an extension) the way Shopify does, as far as it is served. */
export class LiquidFolder {
  private readonly engine: Liquid;
  private readonly parsed = new Map<string, Parsed>();

  /** @param under the folder whose files hold where `root` has none of its own, as a theme's child has its parent's */
  constructor(
    readonly root: string,
    private readonly under: string | null = null,
  ) {
    this.engine = new Liquid({
      root: [root, ...(under ? [under] : [])].map((folder) => join(folder, "snippets")),
      extname: ".liquid",
      strictFilters: true,
      // Properties of drops come through a proxy, which owns none of them.
      ownPropertyOnly: false,
      cache: false,
      renderLimit: RENDER_LIMIT_MS,
    });
    registerFilters(this.engine);
    registerTags(this.engine);
  }

  /** @throws NotServedError naming a tag, filter or property that the stand-in lacks. */
  async render(file: string, globals: object): Promise<string> {
    return this.run(this.parse(file).templates, globals);
  }

  async renderText(source: string, globals: object): Promise<string> {
    try {
      return await this.run(this.engine.parse(source), globals);
    } catch (error) {
      throw unwrapLiquidError(error);
    }
  }

  schema(file: string): Schema {
    return this.parse(file).schema;
  }

  /** Where a file is, in this folder or the one under it; null if neither has it. */
  path(file: string): string | null {
    const folders = [this.root, ...(this.under ? [this.under] : [])];
    return folders.map((folder) => join(folder, file)).find((path) => existsSync(path)) ?? null;
  }

  private async run(templates: Template[], globals: object): Promise<string> {
    try {
      return String(await this.engine.render(templates, {}, { globals }));
    } catch (error) {
      throw unwrapLiquidError(error);
    }
  }

  private parse(file: string): Parsed {
    const path = this.path(file) ?? join(this.root, file);
    const modifiedAt = statSync(path).mtimeMs;
    const known = this.parsed.get(path);
    if (known && known.modifiedAt === modifiedAt) return known;
    const source = readFileSync(path, "utf8");
    const schemaText = SCHEMA.exec(source)?.[1];
    try {
      const parsed: Parsed = {
        modifiedAt,
        templates: this.engine.parse(source.replace(SCHEMA, ""), path),
        schema: schemaText ? (JSON.parse(schemaText) as Schema) : {},
      };
      this.parsed.set(path, parsed);
      return parsed;
    } catch (error) {
      throw unwrapLiquidError(error);
    }
  }
}

/** A section's or block's settings: what the merchant chose, else the schema's defaults, else empty. */
export function settingsOf(schema: Schema, chosen: Record<string, unknown>): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const { id, type, default: preset } of schema.settings ?? []) {
    if (id) settings[id] = chosen[id] ?? preset ?? (type === "checkbox" ? false : "");
  }
  return settings;
}
