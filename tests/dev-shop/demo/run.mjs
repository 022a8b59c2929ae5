// Plain JavaScript, so that a missing `npm ci` is a sentence rather than a stack trace.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
try {
  const { register } = await import(pathToFileURL(require.resolve("tsx/esm/api")).href);
  register();
} catch {
  console.error("The project's packages are not installed here. Run: npm ci");
  process.exit(1);
}
await import("./main.ts");
