import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { PGlite } from "@electric-sql/pglite";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { PrismaPGlite } from "pglite-prisma-adapter";

import { committedMigrations } from "./migrations";

/**
 * Prisma's schema engine as WebAssembly (its command line would download a native one), with an in-memory PostgreSQL
 * as the shadow database. An internal package of Prisma's: a development tool, pinned exactly.
 */
interface SchemaEngine {
  diff(input: object): Promise<{ stdout?: string; exitCode: number }>;
}

interface EngineModule {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  SchemaEngine: { new: (options: object, log: (line: string) => void, adapter: unknown) => Promise<SchemaEngine> };
}

const SCHEMA = "prisma/schema.prisma";

/** The SQL that the committed migrations lack to be what schema.prisma says; "" when they agree. */
export async function difference(): Promise<string> {
  const content = fs.readFileSync(SCHEMA, "utf8");
  const engine = await loadEngine(content);
  const { stdout, exitCode } = await engine.diff({
    from: {
      tag: "migrations",
      baseDir: path.resolve("prisma/migrations"),
      lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
      shadowDbInitScript: "",
      migrationDirectories: committedMigrations().map(({ name, sql }) => ({
        path: name,
        migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
      })),
    },
    to: { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  return exitCode === 0 ? "" : (stdout ?? "");
}

async function loadEngine(schema: string): Promise<SchemaEngine> {
  const folder = path.dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm"));
  const glue = (await import(pathToFileURL(path.join(folder, "schema_engine_bg.js")).href)) as EngineModule;
  const module = new WebAssembly.Module(fs.readFileSync(path.join(folder, "schema_engine_bg.wasm")));
  const instance = new WebAssembly.Instance(module, {
    "./schema_engine_bg.js": glue as WebAssembly.ModuleImports & EngineModule,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  const shadow = new PrismaPGlite(await PGlite.create());
  return glue.SchemaEngine.new(
    { datamodels: [["schema.prisma", schema]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(shadow),
  );
}
