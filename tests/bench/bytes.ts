import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const root = path.resolve(import.meta.dirname, "../..");
const gzip = (file: string) => gzipSync(fs.readFileSync(file)).byteLength;

/** Bytes of what the subscribe widget sends to a shopper's browser, gzip and raw. */
export function widgetBytes(): { script: number; scriptRaw: number; style: number } {
  const { script, scriptRaw, style } = blockBytes("subscribe");
  return { script, scriptRaw, style };
}

/** Bytes of what one of the storefront's blocks sends to a shopper's browser; a block without a script sends none. */
export function blockBytes(block: string): { script: number; scriptRaw: number; style: number } {
  const asset = (name: string) => path.join(root, "extensions/storefront/assets", name);
  const script = asset(`${block}.js`);
  const hasScript = fs.existsSync(script);
  return {
    script: hasScript ? gzip(script) : 0,
    scriptRaw: hasScript ? fs.statSync(script).size : 0,
    style: gzip(asset(`${block}.css`)),
  };
}

/** The storefront's blocks besides the widget, by the names of their files. */
export const OTHER_BLOCKS = ["cart", "badge", "links"] as const;

interface RouteManifest {
  entry: { module: string; imports: string[] };
  routes: Record<string, { module: string; imports?: string[] }>;
}

/** Gzip bytes of scripts and styles that the admin's home page loads, from the production build. */
export function adminHomeBytes(): { script: number; style: number } {
  const assets = path.join(root, "build/client/assets");
  const manifestFile = fs.readdirSync(assets).find((name) => /^manifest-.*\.js$/.test(name));
  if (!manifestFile) throw new Error("There is no production build: npm run build");
  const text = fs.readFileSync(path.join(assets, manifestFile), "utf8");
  const manifest = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as RouteManifest;
  const routes = ["root", "routes/app", "routes/app._index"].map((id) => manifest.routes[id]);
  const scripts = new Set(
    [manifest.entry, ...routes].flatMap((part) => (part ? [part.module, ...(part.imports ?? [])] : [])),
  );
  // The admin's are the only styles in the build; the routes name them by `links`, which the manifest does not list.
  const styles = new Set(
    fs
      .readdirSync(assets)
      .filter((name) => name.endsWith(".css"))
      .map((name) => `/assets/${name}`),
  );
  const sum = (urls: Set<string>) =>
    [...urls].reduce((bytes, url) => bytes + gzip(path.join(root, "build/client", url)), 0);
  return { script: sum(scripts) + gzip(path.join(assets, manifestFile)), style: sum(styles) };
}
