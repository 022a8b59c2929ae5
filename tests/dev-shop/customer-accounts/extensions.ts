import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { parse } from "smol-toml";
import { z } from "zod";

/** What Shopify acts on in a UI extension's TOML; a setting that is not here is refused rather than ignored. */
const settings = z.strictObject({
  api_version: z.string(),
  extensions: z.array(
    z.strictObject({
      type: z.literal("ui_extension"),
      name: z.string(),
      handle: z.string(),
      description: z.string().optional(),
      targeting: z.array(z.strictObject({ target: z.string(), module: z.string() })).min(1),
      capabilities: z
        .strictObject({ network_access: z.boolean().optional(), api_access: z.boolean().optional() })
        .optional(),
    }),
  ),
});

const FULL_PAGE = "customer-account.page.render";

/** One extension of the app, as `shopify app deploy` would register it. */
export interface UiExtension {
  handle: string;
  folder: string;
  apiVersion: string;
  targets: { target: string; module: string }[];
  networkAccess: boolean;
  /** May ask Shopify's own APIs. */
  apiAccess: boolean;
}

/**
 * Reads `extensions/*` of type ui_extension, in the order of their folders.
 * @throws one sentence when a TOML says what Shopify would not deploy
 */
export function readUiExtensions(root: string): UiExtension[] {
  const base = join(root, "extensions");
  return readdirSync(base)
    .sort()
    .map((name) => join(base, name))
    .filter((folder) => existsSync(join(folder, "shopify.extension.toml")))
    .flatMap((folder) => {
      const file = join(folder, "shopify.extension.toml");
      const text = readFileSync(file, "utf8");
      if (!/^type = "ui_extension"$/m.test(text)) return [];
      const read = settings.safeParse(parse(text));
      if (!read.success)
        throw new Error(`${file}: ${read.error.issues[0]?.path.join(".")} ${read.error.issues[0]?.message}`);
      return read.data.extensions.map((extension) => {
        const targets = extension.targeting;
        if (targets.length > 1 && targets.some(({ target }) => target === FULL_PAGE)) {
          throw new Error(`${file}: a full page has no other target beside it (shopify.dev, full-page extensions).`);
        }
        return {
          handle: extension.handle,
          folder,
          apiVersion: read.data.api_version,
          targets,
          networkAccess: extension.capabilities?.network_access === true,
          apiAccess: extension.capabilities?.api_access === true,
        };
      });
    });
}

export const targetsOf = (extensions: readonly UiExtension[], target: string): UiExtension[] =>
  extensions.filter(({ targets }) => targets.some((entry) => entry.target === target));

/** Texts of one locale, English where there are none; and which language they are in. */
export function translationsOf(extension: UiExtension, language: string): { language: string; texts: unknown } {
  const folder = join(extension.folder, "locales");
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const file = files.find((name) => new RegExp(`^${language}(\\.default)?\\.json$`).test(name)) ?? "en.default.json";
  const texts: unknown = files.includes(file) ? JSON.parse(readFileSync(join(folder, file), "utf8")) : {};
  return { language: file.split(".")[0] ?? "en", texts };
}

export interface Bundle {
  script: string;
  /** What Shopify's limits are about (64 KB, 128 KB for a full page). */
  compressedBytes: number;
}

/** Where the sources of a bundle changed last decides whether it is made again. */
const made = new Map<string, { stamp: string; bundle: Promise<Bundle> }>();

/** One bundle for all targets of an extension, made as Shopify's CLI 4.8 makes it: iife, es6, minified, Preact's JSX. */
export function bundleOf(extension: UiExtension): Promise<Bundle> {
  const stamp = stampOf(join(extension.folder, ".."));
  const known = made.get(extension.folder);
  if (known?.stamp === stamp) return known.bundle;
  const bundle = bundle_(extension);
  made.set(extension.folder, { stamp, bundle });
  return bundle;
}

async function bundle_(extension: UiExtension): Promise<Bundle> {
  const contents = extension.targets
    .map(
      ({ target, module }, index) =>
        `import Target_${index} from ${JSON.stringify(module)};\n` +
        `shopify.extend(${JSON.stringify(target)}, (...args) => Target_${index}(...args));`,
    )
    .join("\n");
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: extension.folder, loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    target: "es6",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "none",
    loader: { ".esnext": "ts", ".js": "jsx" },
    resolveExtensions: [".tsx", ".ts", ".js", ".json", ".esnext", ".mjs", ".ejs"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  const script = outputFiles[0]?.text ?? "";
  return { script, compressedBytes: gzipSync(script).length };
}

function stampOf(folder: string): string {
  const hash = createHash("sha256");
  const add = (path: string): void => {
    const stat = statSync(path);
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(`${path}:${stat.mtimeMs}:${stat.size}\n`);
  };
  for (const name of readdirSync(folder).sort()) if (name.startsWith("customer-account")) add(join(folder, name));
  return hash.digest("hex");
}
